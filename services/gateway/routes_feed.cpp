// The auditors' feed: every record of every log, over the API. As an event stream it goes on live;
// as NDJSON it is one page, and its last line says where the next one begins.
//
// A slow reader costs nothing: a stream is asked for more only when its last piece has left, and
// reads the archive again then; nothing queues for it. Who takes nothing for half a minute is
// disconnected and resumes.
#include <chrono>
#include <mutex>

#include "common/diag/diag.hpp"
#include "common/store/keys.hpp"
#include "services/gateway/handlers.hpp"
#include "services/gateway/log_feed.hpp"

namespace nrm::gateway {
namespace {
// Of one piece of a stream, and of a page; the record that goes over comes whole.
constexpr std::size_t piece_bytes = 128 * 1024, page_bytes = 512 * 1024;
constexpr auto bookmark_each = std::chrono::seconds(5);

FeedPlace reached(const Gateway& gateway) {
  FeedPlace out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = gateway.parts().freshness.projected(log_owners[i]);
  return out;
}

LogFeed::SubjectOf subjects(const Gateway& gateway) {
  return [&store = gateway.parts().store](const StreamKey& stream) {
    return subject_of(store, stream);
  };
}

// Who has seen more than there is has seen another history, or another installation.
Result<FeedPlace> read_from(const Gateway& gateway, std::string_view text) {
  if (text == "now") return reached(gateway);
  if (text.empty() || text == "0") return FeedPlace{};
  const auto place = read_feed_place(text);
  if (!place)
    return Error(Code::bad_request, "",
                 "after: the cursor of an event of this feed, 0 for the beginning, or now");
  const auto logs = gateway.parts().status();
  for (std::size_t i = 0; i < logs.size() && i < place->size(); ++i) {
    if ((*place)[i] <= logs[i].head) continue;
    if (!logs[i].heard)
      return Error(Code::unavailable, "", logs[i].log + " has not been heard of yet");
    return Error(Code::window_closed, "",
                 "this cursor is ahead of " + logs[i].log +
                     ": it is another installation's, or records were taken back (keep it, and "
                     "compare checkpoints)");
  }
  return *place;
}

// What a reader has open: the feed, and what the archive brings for it on its own thread.
class FeedReader {
 public:
  FeedReader(Gateway& gateway, CallPtr call, LogFeed feed)
      : gateway_(gateway), call_(std::move(call)), feed_(std::move(feed)) {}

  LogFeed& feed() { return feed_; }
  // Reads are recorded as all reads of things about people are (listing.hpp).
  void told(std::size_t records) {
    if (records > 0) note_listing(gateway_, call_->caller, records);
  }
  // Takes what came. ERRORS: of the archive.
  Result<void> collect() {
    std::vector<std::pair<LogFeed::Want, Result<std::string>>> came;
    {
      const std::lock_guard lock(mutex_);
      came.swap(came_);
    }
    Result<void> good;
    for (auto& [want, stretch] : came) {
      brought_ += stretch && !stretch->empty();
      if (auto put = stretch ? feed_.put(want, std::move(*stretch)) : stretch.error(); !put)
        good = put;
    }
    return good;
  }
  // Asks for all that is wanted, once; `all_here` when it came, on the archive's thread.
  static void fetch(const std::shared_ptr<FeedReader>& self, std::function<void()> all_here = {}) {
    const auto wants = self->feed_.wants();
    {
      const std::lock_guard lock(self->mutex_);
      if (self->under_way_ > 0) return;
      self->under_way_ = wants.size();
    }
    for (const LogFeed::Want& want : wants)
      self->gateway_.parts().archive(log_name(want.service), "records/" + std::to_string(want.from),
                                     [self, want, all_here](Result<std::string> stretch) {
                                       bool last = false;
                                       {
                                         const std::lock_guard lock(self->mutex_);
                                         self->came_.emplace_back(want, std::move(stretch));
                                         last = --self->under_way_ == 0;
                                       }
                                       if (last && all_here) all_here();
                                     });
  }
  std::size_t take_brought() { return std::exchange(brought_, 0); }

 private:
  Gateway& gateway_;
  const CallPtr call_;
  LogFeed feed_;
  std::size_t brought_ = 0;  // stretches with records in them
  std::mutex mutex_;         // what follows
  std::vector<std::pair<LogFeed::Want, Result<std::string>>> came_;
  std::size_t under_way_ = 0;
};

class FeedStream {
 public:
  FeedStream(Gateway& gateway, const CallPtr& call, LogFeed feed, Admission::Place place)
      : gateway_(gateway),
        place_(std::move(place)),
        evidence_(evidence_of(call->request)),
        reader_(std::make_shared<FeedReader>(gateway, call, std::move(feed))) {
    ++gateway_.streams();
  }
  ~FeedStream() { --gateway_.streams(); }
  FeedStream(const FeedStream&) = delete;
  FeedStream& operator=(const FeedStream&) = delete;

  // None: the token opens nothing any more.
  std::optional<std::string> next() {
    if (!gateway_.authentication().caller(evidence_)) return std::nullopt;
    LogFeed& feed = reader_->feed();
    if (const auto good = reader_->collect(); !good)
      diag::count("gateway_feed_fetches_failed_total");  // asked for again, at the next look
    feed.reach(reached(gateway_));
    std::string out;
    std::size_t records = 0;
    for (; out.size() < piece_bytes; ++records) {
      const auto event = feed.next();
      if (!event) break;
      out += http::event_text(event->cursor, event->json);
      feed.marked();
    }
    reader_->told(records);
    if (feed.broken()) {
      diag::error("feed_archive_unreadable");
      if (records == 0) return std::nullopt;
    }
    FeedReader::fetch(reader_);
    const auto now = std::chrono::steady_clock::now();
    const bool moved = feed.place() != marked_at_;
    if (records > 0) marked_at_ = feed.place();
    const bool news = feed.caught_up() && !caught_up_;
    caught_up_ = feed.caught_up();
    const bool due =
        moved && records == 0 && (now - marked_ >= bookmark_each || feed.passed() >= passed_told);
    if (!news && !due) return out;
    const auto mark = feed.bookmark(gateway_.parts().clock.now());
    out += http::event_text(mark.cursor, mark.json);
    feed.marked();
    marked_ = now;
    marked_at_ = feed.place();
    return out;
  }

 private:
  static constexpr std::uint64_t passed_told = 8'192;
  Gateway& gateway_;
  const Admission::Place place_;
  const Evidence evidence_;
  const std::shared_ptr<FeedReader> reader_;
  std::chrono::steady_clock::time_point marked_{};
  FeedPlace marked_at_{};
  bool caught_up_ = false;
};

// One page: fetches until it is full, or until the archive brings nothing more.
class FeedPage : public std::enable_shared_from_this<FeedPage> {
 public:
  FeedPage(Gateway& gateway, const CallPtr& call, LogFeed feed)
      : gateway_(gateway),
        call_(call),
        reader_(std::make_shared<FeedReader>(gateway, call, std::move(feed))) {
    reader_->feed().reach(reached(gateway));
  }

  void go_on() {
    LogFeed& feed = reader_->feed();
    const auto good = reader_->collect();
    if (!good) return body_.empty() ? call_->fail(unavailable(good.error())) : finish();
    while (body_.size() < page_bytes) {
      const auto event = feed.next();
      if (!event && !feed.broken() && feed.passed() >= passes_per_page) return finish();
      if (!event) break;
      body_ += event->json;
      body_ += '\n';
      ++records_;
    }
    if (feed.broken()) return call_->fail(Error(Code::internal));
    const bool stuck = std::exchange(asked_, true) && reader_->take_brought() == 0;
    if (body_.size() >= page_bytes || feed.wants().empty() || stuck) return finish();
    FeedReader::fetch(reader_, [self = shared_from_this()] { self->go_on(); });
  }

 private:
  static constexpr std::uint64_t passes_per_page = 8'192;
  static Error unavailable(const Error& error) {
    return error.code == Code::unavailable ? error : Error(Code::internal);
  }
  void finish() {
    reader_->told(records_);
    const auto mark = reader_->feed().bookmark(gateway_.parts().clock.now());
    http::Response response;
    response.content_type = "application/x-ndjson";
    response.body = std::move(body_) + mark.json + '\n';
    call_->answer(std::move(response));
  }

  Gateway& gateway_;
  const CallPtr call_;
  const std::shared_ptr<FeedReader> reader_;
  std::string body_;
  std::size_t records_ = 0;
  bool asked_ = false;
};
}  // namespace

void get_log_feed(Gateway& gateway, const CallPtr& call) {
  if (!gateway.parts().archive)
    return call->fail(Error(Code::unavailable, "", "no archive is connected"));
  const auto& request = call->request;
  auto filter = read_feed_filter(request.parameter("service"), request.parameter("type"),
                                 request.parameter("case"));
  if (!filter) return call->fail(filter.error());
  std::string_view from = request.header("last-event-id");
  if (from.empty()) from = request.parameter("after");
  const auto place = read_from(gateway, from);
  if (!place) return call->fail(place.error());
  LogFeed feed(*place, std::move(*filter), subjects(gateway));
  if (request.header("accept").find("application/x-ndjson") != std::string_view::npos)
    return std::make_shared<FeedPage>(gateway, call, std::move(feed))->go_on();
  if (gateway.streams() >= limits::gateway_streams_max)
    return call->fail(Error(Code::unavailable, "", "too many streams are open"));
  auto admitted = gateway.admission().follow(call->caller.account);
  if (!admitted)
    return call->fail(Error(Code::too_many_requests, "", "this account follows enough streams"));
  const auto stream =
      std::make_shared<FeedStream>(gateway, call, std::move(feed), std::move(admitted));
  http::Response response;
  response.content_type = "text/event-stream";
  response.stream = [stream] { return stream->next(); };
  call->answer(std::move(response));
}
}  // namespace nrm::gateway
