#include <netdb.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "common/base/limits.hpp"
#include "common/http/event_stream.hpp"
#include "common/http/link.hpp"
#include "common/http/message.hpp"
#include "common/http/tls.hpp"

namespace nrm::http {
namespace asio = boost::asio;

namespace {
using Steady = std::chrono::steady_clock;
using Done = std::function<void(Result<Answer>)>;

constexpr std::chrono::milliseconds tick{20};  // one clock for the deadlines of all calls

// A call on its way.
struct Posted {
  std::string bytes;
  bool head_only = false;
  bool may_repeat = false;     // once, when an idle connection turned out to be stale
  std::optional<Error> fault;  // it cannot be sent
  Steady::time_point deadline;
  Done done;
};

class HttpClient;

class PoolLink final : public Link {
 public:
  PoolLink(HttpClient& client, asio::io_context& loop, const Origin& origin, std::size_t place)
      : Link(loop, origin), client_(client), place_(place) {}
  std::size_t place() const { return place_; }

  void start(Posted posted) {
    posted_ = std::move(posted);
    send(posted_->bytes, posted_->head_only);
  }
  const std::optional<Posted>& posted() const { return posted_; }
  Posted take() { return *std::exchange(posted_, std::nullopt); }

 private:
  void on_answer(Answer answer, bool reusable) override;
  void on_broken() override;

  HttpClient& client_;
  const std::size_t place_;  // in the pool
  std::optional<Posted> posted_;
};

class HttpClient final : public Client {
 public:
  HttpClient(const ClientOptions& options, Origin origin, TlsContext tls);
  ~HttpClient() override;

  Result<Answer> call(const Call& call) override;
  void post(Call call, Done done) override;
  Result<void> follow(const Call& call,
                      const std::function<bool(std::string_view, std::string_view)>& take) override;

  // For links, on the client's thread.
  void answered(PoolLink& link, Answer answer, bool reusable);
  void broken(PoolLink& link);

 private:
  void run();
  void take_in();  // what other threads posted
  void pump();     // gives waiting calls to free links
  void settle(Posted& posted, Result<Answer> result);
  void renew(std::size_t place);
  void look_at_deadlines();
  void shut_down();

  const ClientOptions options_;
  const TlsContext tls_;
  const Origin origin_;
  asio::io_context loop_{1};
  asio::steady_timer ticker_{loop_};
  std::vector<std::shared_ptr<PoolLink>> links_;
  std::vector<std::size_t> free_;  // places of links without a call, the last used one on top
  std::deque<Posted> waiting_;     // in order of deadlines, which are all equally far
  bool stopping_ = false;

  std::mutex mutex_;
  std::vector<Posted> posted_;  // guarded by mutex_, like the next two
  std::size_t open_ = 0;        // calls not answered yet
  bool closed_ = false;
  std::thread thread_;
};

void PoolLink::on_answer(Answer answer, bool reusable) {
  client_.answered(*this, std::move(answer), reusable);
}
void PoolLink::on_broken() { client_.broken(*this); }

HttpClient::HttpClient(const ClientOptions& options, Origin origin, TlsContext tls)
    : options_(options), tls_(std::move(tls)), origin_(std::move(origin)) {
  links_.resize(options_.connections);
  for (std::size_t place = 0; place < options_.connections; ++place) renew(place);
  thread_ = std::thread([this] { run(); });
}

HttpClient::~HttpClient() {
  asio::post(loop_, [this] { shut_down(); });
  thread_.join();
}

void HttpClient::run() {
  try {
    look_at_deadlines();
    loop_.run();
  } catch (...) {
    CHECK(false, "no exception reaches the client's loop");
  }
}

void HttpClient::post(Call call, Done done) {
  Posted posted;
  posted.done = std::move(done);
  posted.head_only = call.method == "HEAD";
  posted.may_repeat = is_repeatable(call);
  posted.deadline = Steady::now() + options_.deadline;
  auto written = write_call(posted.bytes, call, origin_.host_port);
  if (!written) posted.fault = written.error();

  const std::lock_guard lock(mutex_);
  if (closed_) return;  // from a `done` of the shutdown: nobody waits for it
  if (++open_ > limits::http_calls_waiting_max)
    posted.fault = Error(Code::unavailable, {}, "too many calls are waiting");
  posted_.push_back(std::move(posted));
  if (posted_.size() == 1) asio::post(loop_, [this] { take_in(); });
}

Result<Answer> HttpClient::call(const Call& call) {
  CHECK(std::this_thread::get_id() != thread_.get_id(), "a `done` must not wait for a call");
  std::promise<Result<Answer>> promise;
  auto answer = promise.get_future();
  post(call, [&promise](Result<Answer> result) { promise.set_value(std::move(result)); });
  return answer.get();
}

void HttpClient::take_in() {
  std::vector<Posted> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(posted_);
  }
  for (Posted& posted : taken) waiting_.push_back(std::move(posted));
  pump();
}

void HttpClient::pump() {
  while (!waiting_.empty() && (!free_.empty() || waiting_.front().fault)) {
    Posted next = std::move(waiting_.front());
    waiting_.pop_front();
    if (next.fault) {
      settle(next, *next.fault);
      continue;
    }
    const auto link = links_[free_.back()];
    free_.pop_back();
    link->start(std::move(next));
  }
}

void HttpClient::settle(Posted& posted, Result<Answer> result) {
  {
    const std::lock_guard lock(mutex_);
    --open_;
  }
  posted.done(std::move(result));
}

// A link that has failed or said goodbye cannot connect again; another one takes its place.
void HttpClient::renew(std::size_t place) {
  links_[place] = std::make_shared<PoolLink>(*this, loop_, origin_, place);
  free_.push_back(place);
}

void HttpClient::answered(PoolLink& link, Answer answer, bool reusable) {
  Posted posted = link.take();
  if (reusable) {
    free_.push_back(link.place());
  } else {
    link.close();
    renew(link.place());
  }
  settle(posted, std::move(answer));
  pump();
}

void HttpClient::broken(PoolLink& link) {
  Posted posted = link.take();
  // The server may close an idle connection just as we use it. Then nothing of the answer has
  // come, and the key of the call keeps it from being done twice.
  const bool stale = link.was_used() && !link.answer_began() && posted.may_repeat;
  renew(link.place());
  if (stale && !stopping_) {
    posted.may_repeat = false;
    waiting_.push_front(std::move(posted));
  } else {
    settle(posted, Error(Code::unavailable, {}, "the connection failed"));
  }
  pump();
}

void HttpClient::look_at_deadlines() {
  if (stopping_) return;
  const auto now = Steady::now();
  std::vector<Posted> late;
  for (std::size_t place = 0; place < links_.size(); ++place) {
    const auto link = links_[place];
    if (!link->posted() || now < link->posted()->deadline) continue;
    link->close();
    late.push_back(link->take());
    renew(place);
  }
  while (!waiting_.empty() && now >= waiting_.front().deadline) {
    late.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  for (Posted& posted : late) settle(posted, Error(Code::timeout, {}, "no answer in time"));
  pump();
  ticker_.expires_after(tick);
  ticker_.async_wait([this](boost::system::error_code) { look_at_deadlines(); });
}

void HttpClient::shut_down() {
  stopping_ = true;
  ticker_.cancel();
  std::vector<Posted> left;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    left.swap(posted_);
  }
  for (Posted& posted : waiting_) left.push_back(std::move(posted));
  waiting_.clear();
  for (const auto& link : links_) {
    link->close();
    if (link->posted()) left.push_back(link->take());
  }
  for (Posted& posted : left) settle(posted, Error(Code::unavailable, {}, "the client is closed"));
}

// The connection of one follow(), on a loop of the caller's thread.
class FollowLink final : public Link {
 public:
  using Link::Link;
  EventReader::Take take;
  Steady::time_point heard = Steady::now();
  std::optional<Result<void>> end;

 private:
  bool on_body(const Answer& answer, std::string_view piece) override {
    if (answer.status != 200 || !answer.header("content-type").starts_with("text/event-stream"))
      return false;
    heard = Steady::now();
    auto stop = reader_.feed(piece, take);
    if (!stop)
      end = stop.error();
    else if (*stop)
      end = Result<void>();
    if (end) close();
    return true;
  }
  void on_answer(Answer answer, bool) override {
    end = Error(Code::unavailable, {}, "the stream ended");
    if (answer.status == 200) return;
    // Our server's problem type ends in the code.
    constexpr std::string_view type = "\"https://nrm.example/problems/";
    const auto at = answer.body.find(type);
    if (at == std::string::npos) return;
    const auto name = std::string_view(answer.body).substr(at + type.size());
    const auto code = code_from(name.substr(0, name.find('"')));
    if (code) end = Error(*code, {}, "the stream was refused");
  }
  void on_broken() override { end = Error(Code::unavailable, {}, "the connection failed"); }

  EventReader reader_;
};

Result<void> HttpClient::follow(
    const Call& call, const std::function<bool(std::string_view, std::string_view)>& take) {
  std::string bytes;
  NRM_TRY(write_call(bytes, call, origin_.host_port));
  asio::io_context loop(1);
  const auto link = std::make_shared<FollowLink>(loop, origin_);
  link->take = take;
  link->send(bytes, false);
  // The server pings an idle stream, so that silence means that it is gone.
  while (!link->end)
    if (loop.run_one_until(link->heard + options_.deadline) == 0)
      link->end = Error(Code::timeout, {}, "the stream fell silent");
  link->close();
  loop.restart();
  loop.run();  // what was pending comes back cancelled
  return *link->end;
}

Result<std::vector<Address>> resolve(const ClientOptions& options) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const auto port = std::to_string(options.port);
  if (getaddrinfo(options.host.c_str(), port.c_str(), &hints, &found) != 0)
    return Error(Code::unavailable, {}, "this host name has no address: " + options.host);
  std::vector<Address> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    auto& address = addresses.emplace_back();
    std::copy_n(reinterpret_cast<const char*>(each->ai_addr), each->ai_addrlen,
                reinterpret_cast<char*>(&address.bytes));
    address.size = each->ai_addrlen;
  }
  freeaddrinfo(found);
  return addresses;
}
}  // namespace

Result<std::unique_ptr<Client>> connect(const ClientOptions& options) {
  CHECK(options.connections > 0, "a pool has a connection");
  Origin origin;
  origin.host = options.host;
  const bool is_v6 = options.host.find(':') != std::string::npos;
  origin.host_port =
      (is_v6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(options.port);
  NRM_TRY_ASSIGN(origin.addresses, resolve(options));
  NRM_TRY_ASSIGN(TlsContext tls,
                 client_tls(options.authority_file, options.certificate_file, options.key_file));
  origin.tls = tls.get();
  return std::unique_ptr<Client>(
      std::make_unique<HttpClient>(options, std::move(origin), std::move(tls)));
}
}  // namespace nrm::http
