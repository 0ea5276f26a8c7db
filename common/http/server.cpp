#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "common/diag/diag.hpp"
#include "common/http/connection.hpp"
#include "common/http/server_tls.hpp"

namespace nrm::http {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
using Steady = std::chrono::steady_clock;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;
using Timer = asio::steady_timer;

// One clock looks at all connections: re-arming a timer of each one at each phase of each request
// would cost more than looking at 512 deadlines fifty times a second.
constexpr std::chrono::milliseconds tick{20};
constexpr std::chrono::milliseconds accept_pause{100};  // while no descriptor is left

struct Late {
  std::uint64_t connection = 0;
  std::uint64_t turn = 0;
  Response response;
};

// A descriptor kept for the moment when none is left: with it the next connection can be accepted
// and judged, instead of waiting outside while slow clients hold all others.
class Spare {
 public:
  Spare() { regain(); }
  ~Spare() { give_up(); }
  Spare(const Spare&) = delete;
  Spare& operator=(const Spare&) = delete;
  bool is_there() const { return fd_ >= 0; }
  void give_up() {
    if (is_there()) ::close(fd_);
    fd_ = -1;
  }
  void regain() {
    if (!is_there()) fd_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  }

 private:
  int fd_ = -1;
};

PeerAddress address_of(const tcp::endpoint& peer) {
  const auto address = peer.address();
  const auto bytes = address.is_v6()
                         ? address.to_v6()
                         : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4());
  return shared_part(bytes.to_bytes());
}

bool is_shortage(const error_code& fault) {
  return fault == asio::error::no_descriptors || fault.value() == ENFILE;
}

class HttpServer final : public Server, public ConnectionOwner {
 public:
  HttpServer(const ServerOptions& options, Handler handler, ServerTls tls);
  ~HttpServer() override;
  Result<void> start();

  std::uint16_t port() const override { return port_; }
  void stop(std::chrono::milliseconds grace) override;

 private:
  // Where answers of other threads wait. It outlives the server: a Reply may be called whenever.
  struct Mailbox {
    std::mutex mutex;
    std::vector<Late> waiting;
    HttpServer* server = nullptr;         // null: stopped; answers are dropped
    std::atomic<std::thread::id> thread;  // the server's, while it runs
    void put(Late late);
  };

  // For connections, on the server's thread.
  const ServerOptions& options() const override { return options_; }
  bool is_stopping() const override { return stopping_; }
  void hand_over(Connection& connection, Request request) override;
  void forget(std::uint64_t connection) override { connections_.erase(connection); }

  void run();
  void accept();
  void on_refused(error_code fault);
  void regain_spare();
  bool make_room_for(const PeerAddress& from);
  void cut(std::uint64_t connection);
  void take_in(int peer, const PeerAddress& from);
  const std::vector<Seat>& seats();
  void look_at_deadlines();
  void begin_stop(Steady::time_point until);
  void deliver_waiting();
  void deliver(Late& late);

  const ServerOptions options_;
  const Handler handler_;
  ServerTls tls_;
  asio::io_context loop_{1};
  Acceptor acceptor_{loop_};
  Timer ticker_{loop_}, pause_{loop_};
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> looked_at_;
  std::vector<Seat> seats_;  // kept for its memory
  std::vector<Late> delivering_;
  Spare spare_;
  std::uint64_t next_connection_ = 0;
  std::uint16_t port_ = 0;
  bool stopping_ = false;
  Steady::time_point stop_until_ = Steady::time_point::max();
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::thread thread_;
};

void HttpServer::Mailbox::put(Late late) {
  // Only the server's thread takes `server` away, so that thread need not lock to look.
  if (std::this_thread::get_id() == thread.load()) return server->deliver(late);
  const std::lock_guard lock(mutex);
  if (server == nullptr) return;
  waiting.push_back(std::move(late));
  if (waiting.size() == 1) asio::post(server->loop_, [at = server] { at->deliver_waiting(); });
}

HttpServer::HttpServer(const ServerOptions& options, Handler handler, ServerTls tls)
    : options_(options), handler_(std::move(handler)), tls_(std::move(tls)) {}

HttpServer::~HttpServer() { stop(std::chrono::milliseconds(0)); }

Result<void> HttpServer::start() {
  error_code fault;
  const auto address = asio::ip::make_address(options_.address, fault);
  const tcp::endpoint endpoint(address, options_.port);
  if (!fault) acceptor_.open(endpoint.protocol(), fault);
  if (!fault) acceptor_.set_option(tcp::acceptor::reuse_address(true), fault);
  if (!fault) acceptor_.bind(endpoint, fault);
  if (!fault) acceptor_.listen(tcp::acceptor::max_listen_connections, fault);
  if (fault)
    return Error(Code::io_failed, {},
                 "cannot listen on " + options_.address + ": " + fault.message());
  port_ = acceptor_.local_endpoint().port();
  mailbox_->server = this;
  thread_ = std::thread([this] { run(); });
  return {};
}

void HttpServer::run() {
  mailbox_->thread = std::this_thread::get_id();
  try {
    accept();
    look_at_deadlines();
    loop_.run();  // until stopped: no connection, no timer, no acceptor left
  } catch (...) {
    CHECK(false, "no exception reaches the server's loop");
  }
  const std::lock_guard lock(mailbox_->mutex);
  mailbox_->thread = std::thread::id();
  mailbox_->server = nullptr;
}

void HttpServer::accept() {
  acceptor_.async_accept([this](error_code fault, auto peer) {
    if (stopping_) return;
    if (fault) return on_refused(fault);
    regain_spare();
    const auto endpoint = peer.remote_endpoint(fault);
    const PeerAddress from = fault ? PeerAddress{} : address_of(endpoint);
    if (fault)
      diag::count("http_connections_lost_total");  // gone before we looked
    else if (make_room_for(from))
      take_in(peer.release(fault), from);
    else
      diag::count("http_connections_refused_total");  // closed here: a TLS answer would cost us
    accept();
  });
}

// Out of descriptors or memory: to try at once would spin, unless we have one to spare.
void HttpServer::on_refused(error_code fault) {
  diag::count("http_accepts_failed_total");
  if (is_shortage(fault) && spare_.is_there()) {
    spare_.give_up();
    return accept();
  }
  diag::warning("http_accept_failed", {{"error", fault.value()}});
  pause_.expires_after(accept_pause);
  pause_.async_wait([this](error_code cancelled) {
    if (!cancelled && !stopping_) accept();
  });
}

// After a shortage the spare costs one who keeps us waiting his place.
void HttpServer::regain_spare() {
  spare_.regain();
  if (spare_.is_there()) return;
  if (const auto gives_way = most_dispensable(seats())) cut(*gives_way);
  spare_.regain();
}

const std::vector<Seat>& HttpServer::seats() {
  const auto now = Steady::now();
  seats_.clear();
  for (const auto& [id, connection] : connections_) seats_.push_back(connection->seat(now));
  return seats_;
}

bool HttpServer::make_room_for(const PeerAddress& from) {
  const Verdict verdict =
      judge(seats(), from, options_.connections_max, options_.connections_per_address_max);
  if (verdict.gives_way) cut(*verdict.gives_way);
  return verdict.enters;
}

void HttpServer::cut(std::uint64_t connection) {
  diag::count("http_connections_cut_total");
  const auto found = connections_.at(connection);  // it leaves the map on the way
  found->over();
}

void HttpServer::take_in(int peer, const PeerAddress& from) {
  const auto id = ++next_connection_;
  auto connection = std::make_shared<Connection>(*this, loop_, tls_.context(), id, from);
  connections_.emplace(id, connection);
  connection->start(peer);
}

void HttpServer::look_at_deadlines() {
  const auto now = Steady::now();
  const bool renewed = tls_.look_at_files(now);
  looked_at_.clear();
  for (const auto& [id, connection] : connections_) looked_at_.push_back(connection);
  if (renewed)
    for (const auto& connection : looked_at_) connection->distrust();
  for (const auto& connection : looked_at_)
    now >= stop_until_ ? connection->over() : connection->look_at(now);
  looked_at_.clear();
  if (stopping_ && connections_.empty()) return;
  ticker_.expires_after(tick);
  ticker_.async_wait([this](error_code) { look_at_deadlines(); });
}

void HttpServer::hand_over(Connection& connection, Request request) {
  const auto turn = connection.turn();
  try {
    handler_(std::move(request), [to = mailbox_, id = connection.id(), turn](Response response) {
      to->put({id, turn, std::move(response)});
    });
  } catch (...) {
    diag::error("http_handler_threw");
    connection.answer(turn, problem(Error(Code::internal)));
  }
}

void HttpServer::deliver_waiting() {
  {
    const std::lock_guard lock(mailbox_->mutex);
    delivering_.swap(mailbox_->waiting);
  }
  for (Late& late : delivering_) deliver(late);
  delivering_.clear();
}

void HttpServer::deliver(Late& late) {
  const auto found = connections_.find(late.connection);
  if (found == connections_.end()) return;
  const auto connection = found->second;  // it may leave the map on the way
  connection->answer(late.turn, std::move(late.response));
}

void HttpServer::begin_stop(Steady::time_point until) {
  stopping_ = true;
  stop_until_ = until;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (const auto& [id, connection] : connections_) looked_at_.push_back(connection);
  for (const auto& connection : looked_at_) connection->wind_down();
  looked_at_.clear();
}

void HttpServer::stop(std::chrono::milliseconds grace) {
  if (!thread_.joinable()) return;
  CHECK(std::this_thread::get_id() != thread_.get_id(), "a handler cannot stop its own server");
  asio::post(loop_, [this, until = Steady::now() + grace] { begin_stop(until); });
  thread_.join();
}
}  // namespace

Result<std::unique_ptr<Server>> serve(const ServerOptions& options, Handler handler) {
  NRM_TRY_ASSIGN(ServerTls tls, ServerTls::open(options));
  auto server = std::make_unique<HttpServer>(options, std::move(handler), std::move(tls));
  NRM_TRY(server->start());
  return std::unique_ptr<Server>(std::move(server));
}
}  // namespace nrm::http
