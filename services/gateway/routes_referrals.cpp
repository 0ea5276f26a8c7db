// A provider's inbox, as a list and as a stream, and single referrals.
#include "services/gateway/chronicle.hpp"
#include "services/gateway/handlers.hpp"
#include "services/gateway/listing.hpp"
#include "services/gateway/tags.hpp"

namespace nrm::gateway {
namespace {
// Where the inbox has a status; none: a referral in this status is in nobody's inbox.
std::optional<std::string_view> shelf_of(ReferralStatus status) {
  switch (status) {
    case ReferralStatus::offered:
    case ReferralStatus::delivered:
    case ReferralStatus::acknowledged:
      return "1";
    case ReferralStatus::waitlisted:
      return "2";
    case ReferralStatus::accepted:
    case ReferralStatus::in_progress:
    case ReferralStatus::on_hold:
      return "3";
    default:
      break;
  }
  return std::nullopt;
}

// Up to which the rows have the news: a stream that starts there misses nothing of this list.
std::string present_position(const Freshness& freshness, Service log) {
  const std::uint64_t next = freshness.projected(log);
  return next == 0 ? "0" : std::to_string(next - 1);
}

// What is told to organisations, and by whose log.
struct Channel {
  std::string_view kind;  // of rows
  Service log;
};
constexpr Channel inbox_news{"news", Service::referral};
constexpr Channel access_notices{"notices", Service::vault};

// The news of one organisation after a position, as far as the rows have them.
class NewsStream {
 public:
  NewsStream(Gateway& gateway, const Call& call, const Channel& channel, std::string after,
             Admission::Place place)
      : gateway_(gateway),
        place_(std::move(place)),
        caller_(call.caller),
        channel_(channel),
        organisation_(call.caller.organisation.text()),
        evidence_(evidence_of(call.request)),
        after_(std::move(after)) {
    ++gateway_.streams();
  }
  ~NewsStream() { --gateway_.streams(); }
  NewsStream(const NewsStream&) = delete;
  NewsStream& operator=(const NewsStream&) = delete;

  // None: this stream is over, and a new one is told why.
  std::optional<std::string> next() {
    // A token that was revoked meanwhile opens nothing more, also while nothing happens.
    if (!gateway_.authentication().caller(evidence_)) return std::nullopt;
    const auto& parts = gateway_.parts();
    const std::uint64_t projected = parts.freshness.projected(channel_.log);
    if (projected == seen_) return std::string();
    const std::string from = after_;
    std::string out;
    std::size_t count = 0, told = 0;
    const Bars bars(parts.store, caller_);
    Range range = prefixed(row_key({channel_.kind, organisation_, ""}));
    range.from = after_ + '\0';
    const auto read = parts.store.scan(Family::rows, range, [&](auto key, auto value) {
      if (may_tell(bars, value)) {
        out += http::event_text(position_of(key), value);
        ++told;
      }
      after_ = key;
      return ++count < limits::page_items_max;
    });
    // The client was so slow that news which it has not seen were dropped.
    const auto lost = is_behind_dropped(parts.store, organisation_, from, channel_.kind);
    if (!read || !lost || *lost) return std::nullopt;
    if (count < limits::page_items_max) seen_ = projected;
    // Counted as a listing, so that who follows from the beginning again and again is seen; never
    // refused, for an offer has to reach its provider.
    if (told > 0) note_listing(gateway_, caller_, told);
    return out;
  }

 private:
  // Not of a case that is barred to the caller; a withdrawal is news of a duty, and always told.
  static bool may_tell(const Bars& bars, std::string_view value) {
    if (!scratch().parse_trusted(value)) return false;
    const json::Value news = scratch().root(), named = news.find("data").find("case");
    const auto stream = StreamKey::parse(news.find("subject").text());
    if (const auto id = named ? Uuid::parse(named.text()) : std::nullopt) return !bars.cover(*id);
    return !stream || stream->kind != StreamKind::case_ || !bars.cover(stream->id);
  }

  Gateway& gateway_;
  const Admission::Place place_;
  const Actor caller_;
  const Channel channel_;
  const std::string organisation_;
  const Evidence evidence_;
  std::string after_;           // key of the last row sent, or where to begin
  std::uint64_t seen_ = ~0ull;  // projected() when nothing was left
};
}  // namespace

void get_inbox(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  const std::string position =
      present_position(parts.freshness, Service::referral);  // before the rows are read
  std::string prefix = row_key({"inbox", call->caller.organisation.text(), ""});
  std::optional<ReferralStatus> wanted;
  if (const auto status = call->request.parameter("status"); !status.empty()) {
    wanted = enum_from<ReferralStatus>(status);
    const auto shelf = wanted ? shelf_of(*wanted) : std::nullopt;
    if (!shelf)
      return call->fail(
          Error(Code::unknown_code, "",
                "status is one that a referral has in an inbox: offered, delivered, acknowledged, "
                "waitlisted, accepted, in_progress or on_hold"));
    prefix.append(*shelf).append("/");
  }
  const Bars bars(parts.store, call->caller);
  // Here, not behind the page: how full one is, and that there is a next, would tell.
  const auto take = [&](std::string_view key, std::string_view) {
    const auto found = find_view<ReferralView>(parts.store, id_of<ReferralId>(key));
    return found && !(wanted && found->view.status != *wanted) && !bars.cover(found->view.subject);
  };
  const auto page =
      read_page(parts.store, gateway.cursors(), reader_of(*call), prefix, Order::ascending, take);
  if (!page) return call->fail(page.error());
  std::vector<std::string> items;
  for (const auto& [key, value] : page->rows) {
    const auto id = id_of<ReferralId>(key);
    const auto found = find_view<ReferralView>(parts.store, id);
    if (!found) return call->fail(found.error());
    items.push_back(to_json(disclose(id, found->view, call->caller)));
  }
  answer_list(gateway, call, items, page->next, position);
}

namespace {
void open_stream(Gateway& gateway, const CallPtr& call, const Channel& channel) {
  if (gateway.streams() >= limits::gateway_streams_max)
    return call->fail(Error(Code::unavailable, "", "too many streams are open"));
  std::string_view from = call->request.header("last-event-id");
  if (from.empty()) from = call->request.parameter("after");
  const std::string present = present_position(gateway.parts().freshness, channel.log);
  const auto position = read_position(from.empty() ? std::string_view(present) : from);
  if (!position)
    return call->fail(Error(Code::bad_request, "", "Last-Event-ID is not one of this stream"));
  if (position->first > read_position(present)->first)  // it would wait there, and miss all before
    return call->fail(Error(Code::window_closed, "",
                            "this position is ahead of the log here; read the list, and follow "
                            "from its position"));
  const std::string organisation = call->caller.organisation.text();
  std::string after = news_key(organisation, position->first, position->second, channel.kind);
  const auto lost = is_behind_dropped(gateway.parts().store, organisation, after, channel.kind);
  if (!lost) return call->fail(lost.error());
  if (*lost)
    return call->fail(Error(Code::window_closed, "",
                            "news behind this position are kept no longer; read the list, and "
                            "follow from its position"));
  auto place = gateway.admission().follow(call->caller.account);
  if (!place)
    return call->fail(Error(Code::too_many_requests, "", "this account follows enough streams"));
  const auto stream =
      std::make_shared<NewsStream>(gateway, *call, channel, std::move(after), std::move(place));
  http::Response response;
  response.content_type = "text/event-stream";
  response.stream = [stream] { return stream->next(); };
  call->answer(std::move(response));
}
}  // namespace

void get_inbox_stream(Gateway& gateway, const CallPtr& call) {
  open_stream(gateway, call, inbox_news);
}
void get_notices_stream(Gateway& gateway, const CallPtr& call) {
  open_stream(gateway, call, access_notices);
}

void get_referral(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  const auto found = find_referral(parts.store, parts.offices, call->caller, call->id);
  if (!found) return call->fail(found.error());
  call->answer(item_response(disclose(ReferralId(call->id), found->view, call->caller)),
               referral_tag(found->version));
}
}  // namespace nrm::gateway
