#include "services/gateway/chronicle.hpp"

#include <algorithm>
#include <charconv>

#include "common/base/json_text.hpp"
#include "common/base/members.hpp"
#include "common/store/keys.hpp"
#include "services/gateway/views.hpp"

namespace nrm::gateway {
namespace {
constexpr std::string_view log_time_row = "log_time";
// Written no more often: one row for hundreds of records.
constexpr Milliseconds log_time_step = std::chrono::seconds(1);

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  json::append_string(out, text);
}

// What a provider may know of its own referral; all other members stay here.
constexpr std::string_view news_members[] = {"provider",  "service", "profile", "answer_by",
                                             "review_at", "reason",  "position"};

// Events of the vault that an organisation is told of, and the member that names it.
struct Notice {
  std::string_view type, to;
};
constexpr Notice notices[] = {
    {WithdrawalNotified::type, "recipient"}, {WithdrawalOverdue::type, "escalated_to"},
    {BreakGlassStarted::type, "overseer"},   {EmergencyReviewOverdue::type, "escalated_to"},
    {DossierOpened::type, "notice_to"},      {AccessAnomaly::type, "overseer"}};

void put_destroyed_epoch(std::string_view data, Instant at, Batch& batch) {
  const std::string_view digits = member_of(data, "epoch");
  std::uint64_t epoch = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), epoch);
  batch.put(Family::rows, row_key({"epoch_destroyed", fixed_hex(epoch, 8)}), at.text());
}
}  // namespace

Chronicle::Chronicle(const Store& store) : store_(store), news_(store), notices_(store, "notices") {
  read_log_time();
}

void Chronicle::read_log_time() {
  const auto row = store_.get(Family::rows, log_time_row);
  CHECK(row, "the store can be read");
  latest_ = stored_ = *row ? Instant::parse(**row).value_or(Instant{}) : Instant{};
}

void Chronicle::record(const std::string& log, const Projection::Told& record, Batch& batch) {
  latest_ = std::max(latest_, record.at);
  if (latest_ - stored_ >= log_time_step) {
    batch.put(Family::rows, std::string(log_time_row), latest_.text());
    stored_ = latest_;
  }
  std::uint32_t index = 0;
  for (const auto& one : record.events) {
    const Event event{log, record, index++, one.type, one.stream, one.data};
    put_notice(event, batch);
    switch (event.stream.kind) {
      case StreamKind::case_:
        on_case(event, batch);
        break;
      case StreamKind::referral:
        on_referral(event, batch);
        break;
      case StreamKind::account:
        accounts_changed_ |=
            event.type == AccountIssued::type || event.type == AccountRevoked::type ||
            event.type == SessionOpened::type || event.type == SessionEnded::type ||
            event.type == PasswordChanged::type;  // a session may push an older one out
        break;
      case StreamKind::withdrawal:
      case StreamKind::emergency:
      case StreamKind::proposal:
      case StreamKind::procedure:
      case StreamKind::alarm:
      case StreamKind::incident:
      case StreamKind::notice:
      case StreamKind::transition:
      case StreamKind::visit:
        put_timeline(event, word_of(event.data, "subject"), {}, std::nullopt, batch);
        break;
      case StreamKind::transnational:  // that it is overdue, or changed hands, names no case
        if (const auto subject = word_of(event.data, "subject"); !subject.empty())
          put_timeline(event, subject, {}, std::nullopt, batch);
        break;
      case StreamKind::child:  // under the id of its case
        put_timeline(event, event.stream.id.text(), {}, std::nullopt, batch);
        break;
      case StreamKind::log:
      case StreamKind::organisation:
      case StreamKind::keys:
        if (event.type == EpochDestroyed::type)
          put_destroyed_epoch(event.data, event.record.at, batch);
        break;
      case StreamKind::provider:
      case StreamKind::key:
      case StreamKind::item:
      case StreamKind::duplicate:
      case StreamKind::group:
      case StreamKind::publication:
      case StreamKind::budget:
      case StreamKind::complaint:  // of these no timeline tells: whom they are about may read it
      case StreamKind::feedback:
      case StreamKind::observation:
      case StreamKind::warning:
        break;
    }
  }
}

bool Chronicle::committed() {
  places_.clear();
  news_.committed();
  notices_.committed();
  return std::exchange(accounts_changed_, false);
}

Chronicle::Place* Chronicle::find(std::string_view referral) {
  const auto known = places_.find(std::string(referral));
  if (known != places_.end()) return &known->second;
  const auto id = Uuid::parse(referral);
  if (!id) return nullptr;
  const auto stored = store_.get(Family::state, keys::state(referral_stream(*id)));
  CHECK(stored, "the store can be read");
  if (!*stored) return nullptr;
  CHECK(document_.parse_trusted(**stored), "a stored state is JSON");
  const json::Value state = document_.root().find("state");
  Place place{std::string(state.find("subject").text()), std::nullopt};
  if (const json::Value organisation = state.find("organisation"))
    place.organisation = organisation.text();
  return &places_.emplace(referral, std::move(place)).first->second;
}

void Chronicle::on_case(const Event& event, Batch& batch) {
  const std::string subject = event.stream.id.text();
  if (event.type == ReportReceived::type || event.type == NotificationRecorded::type)
    if (const auto facts = member_of(event.data, "facts"); !facts.empty())
      batch.put(Family::rows, row_key({"facts", subject}), std::string(facts));
  const std::string_view referral = word_of(event.data, "referral");
  std::optional<std::string> holder;
  if (!referral.empty())
    if (const Place* place = find(referral)) holder = place->organisation;
  // Where a service runs is known from the event itself, whichever log is read first.
  if (!holder && (event.type == ServiceStarted::type || event.type == ServiceEnded::type))
    if (const auto organisation = word_of(event.data, "organisation"); !organisation.empty())
      holder = organisation;
  put_timeline(event, subject, referral, holder, batch);
}

void Chronicle::on_referral(const Event& event, Batch& batch) {
  const std::string referral = event.stream.id.text();
  if (event.type == ReferralRequested::type)
    places_[referral] = {std::string(word_of(event.data, "subject")), std::nullopt};
  Place* place = find(referral);
  if (place == nullptr) return;  // a log that does not begin with the request: not one of ours
  if (event.type == ReferralOffered::type)
    place->organisation = word_of(event.data, "organisation");
  put_timeline(event, place->subject, referral, place->organisation, batch);
  if (place->organisation) put_news(event, *place, *place->organisation, batch);
  if (event.type == ReferralDeclined::type || event.type == ReferralExpired::type ||
      event.type == ReferralEscalated::type || event.type == OfferRevoked::type)
    place->organisation.reset();
}

void Chronicle::put_timeline(const Event& event, std::string_view subject,
                             std::string_view referral, const std::optional<std::string>& holder,
                             Batch& batch) {
  std::string value = "{\"at\":";
  value.reserve(512);
  write_json(value, event.record.at);
  append_member(value, "log", event.log);
  value += ",\"seq\":";
  json::append_integer(value, static_cast<std::int64_t>(event.record.seq));
  append_member(value, "type", event.type);
  if (event.record.actor) {
    append_member(value, "role", to_text(event.record.actor->role));
    append_member(value, "organisation", event.record.actor->organisation.text());
  }
  if (!referral.empty()) append_member(value, "referral", referral);
  if (holder) append_member(value, "provider_organisation", *holder);
  value += ",\"data\":";
  value += event.data;
  value += '}';
  batch.put(Family::rows,
            row_key({"timeline", subject, event.record.at.text(),
                     event.log.substr(0, event.log.find('/')), fixed_hex(event.record.seq, 16),
                     fixed_hex(event.index, 4)}),
            std::move(value));
}

std::string Chronicle::begin_news(const Event& event) {
  std::string out = R"({"specversion":"1.0")";
  out.reserve(512);
  append_member(out, "id", std::to_string(event.record.seq) + '.' + std::to_string(event.index));
  append_member(out, "source", event.log);
  append_member(out, "type", event.type);
  append_member(out, "subject", event.stream.text());
  append_member(out, "time", event.record.at.text());
  out += R"(,"datacontenttype":"application/json","data":)";
  return out;
}

void Chronicle::put_news(const Event& event, const Place& place, std::string_view organisation,
                         Batch& batch) {
  std::string value = begin_news(event);
  value += R"({"referral":)";
  json::append_string(value, event.stream.id.text());
  append_member(value, "case", place.subject);
  for (Members members(event.data); members.next();) {
    if (std::ranges::find(news_members, members.name()) == std::end(news_members)) continue;
    value += ",\"";
    value += members.name();
    value += "\":";
    value += members.value();
  }
  value += "}}";
  news_.put(organisation, event.record.seq, event.index, std::move(value), batch);
}

void Chronicle::put_notice(const Event& event, Batch& batch) {
  const auto* notice = std::ranges::find(notices, event.type, &Notice::type);
  if (notice == std::end(notices)) return;
  const std::string_view to = word_of(event.data, notice->to);
  if (to.empty()) return;  // nobody is told of this one
  std::string value = begin_news(event);
  value += event.data;
  value += '}';
  notices_.put(to, event.record.seq, event.index, std::move(value), batch);
}
}  // namespace nrm::gateway
