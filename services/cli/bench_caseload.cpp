#include "services/cli/bench_caseload.hpp"

#include <algorithm>
#include <thread>

#include "common/clock/clock.hpp"
#include "common/event/codec.hpp"
#include "common/ledger/merkle.hpp"
#include "common/runtime/run.hpp"
#include "services/cli/bench.hpp"

namespace nrm::cli::measure {
namespace {
constexpr std::size_t asks_per_message = 128;
constexpr std::size_t ask_bytes_per_message = 256 * 1024;
constexpr std::size_t providers = 24;
constexpr std::string_view names[] = {"vault", "identification", "referral", "assistance",
                                      "closure"};
constexpr Service four[] = {Service::identification, Service::referral, Service::assistance,
                            Service::closure};

// The text after `before`, up to the next quote. The driver shares the machine with what it
// measures, so it looks for what it needs instead of parsing whole records.
std::string_view text_after(std::string_view record, std::string_view before) {
  const auto at = record.find(before);
  if (at == record.npos) return {};
  const auto rest = record.substr(at + before.size());
  return rest.substr(0, rest.find('"'));
}

Instant ticks_now() { return {static_cast<std::int64_t>(seconds_now() * 1e3)}; }

// What the driver acts on.
bool wanted(std::string_view type) {
  return type == ReferralOffered::type || type == SupportConsentNoted::type ||
         type == ServiceStarted::type;
}

Uuid id_after(std::string_view record, std::string_view before) {
  const auto id = Uuid::parse(text_after(record, before));
  CHECK(id, "a record of ours names what it is about");
  return *id;
}

SealDossier dossier_form() {
  const auto language = *Language::parse("en");
  return {.age_now = AgeBand::adult,
          .consents = {{ConsentPurpose::identification, true, ConsentGiver::individual, language},
                       {ConsentPurpose::support, true, ConsentGiver::individual, language}},
          .classes = {},
          .digest = {}};
}
constexpr std::string_view person =
    R"({"name":"Example Person","date_of_birth":"1999-04-01","phone":"+44 7700 900123"})";
}  // namespace

ReportFacts example_facts(std::uint64_t n) {
  static constexpr std::string_view countries[] = {"AL", "VN", "ER", "RO", "GB", "SD", "IN", "CN"};
  static constexpr std::string_view languages[] = {"sq", "vi", "ti", "ro", "en", "ar", "hi", "zh"};
  static constexpr std::string_view regions[] = {"XX-N", "XX-E", "XX-S", "XX-W", "XX-C"};
  ReportFacts facts;
  facts.entry_source = EntrySource::police_operation;
  facts.exploitation = {static_cast<Exploitation>(n % 3)};
  facts.means_of_control = {MeansOfControl::debt_bondage, MeansOfControl::threats};
  facts.age_at_exploitation = facts.age_now = AgeBand::adult;
  facts.gender = n % 3 == 0 ? Gender::female : Gender::male;
  facts.nationalities = {{*Country::parse(countries[n % 8]), std::nullopt}};
  facts.place = {PlaceScope::in_country, {}};
  facts.indicators = {{Indicator::abuse_of_vulnerability, Observed::present},
                      {Indicator::withholding_of_wages, Observed::present}};
  facts.needs = {ServiceType::safe_accommodation};
  facts.urgency = Urgency::urgent;
  facts.languages = {*Language::parse(languages[n % 8])};
  facts.region = *Region::parse(regions[n % 5]);
  return facts;
}

Caseload::Caseload(std::uint64_t seed) : entropy_(seeded_entropy(seed)) {}

Result<std::unique_ptr<Caseload>> Caseload::open(const Folder& folder, std::uint64_t seed) {
  std::unique_ptr<Caseload> out(new Caseload(seed));
  NRM_TRY_ASSIGN(const ZmqOptions options,
                 folder.bus("bench", {std::begin(names), std::end(names)}));
  NRM_TRY_ASSIGN(out->bus_, open_zmq(options));
  NRM_TRY_ASSIGN(const auto clock, clock_of(folder));
  out->today_ = clock->now().date();
  for (std::size_t i = 0; i < out->owners_.size(); ++i)
    out->owners_[i] = {.service = static_cast<Service>(i), .link = out->bus_->link_to(names[i])};
  for (const Service service : {Service::referral, Service::assistance})
    out->follow(out->owner(service), {});
  out->policy_ = folder.policy();
  const auto account = [&] { return AccountId(out->entropy_->uuid()); };
  out->reporter_ = {account(), OrganisationId(out->entropy_->uuid()), Role::first_responder};
  out->authority_ = {account(), out->policy_.appointments->competent_authority,
                     Role::competent_authority};
  out->manager_ = {account(), out->policy_.appointments->case_management, Role::case_manager};
  return out;
}

// --- sending ------------------------------------------------------------------------------------

void Caseload::ask(Service service, const Actor& actor, std::string_view type, std::string data,
                   std::string personal) {
  Owner& to = owner(service);
  const Uuid key = entropy_->uuid();
  wire::Ask ask{.number = ++asked_,
                .key = std::string(key.bytes.begin(), key.bytes.end()),
                .actor = actor,
                .expects = std::nullopt,
                .type = type,
                .data = texts_.emplace_back(std::move(data)),
                .personal = {}};
  if (!personal.empty()) ask.personal = texts_.emplace_back(std::move(personal));
  to.asks.items.push_back(std::move(ask));
}

template <class C>
void Caseload::ask(const Actor& actor, const C& command) {
  ask(C::target, actor, C::type, to_json(command));
}

// Nothing is lost here: the window keeps what is under way far below the bus's queues.
Result<void> Caseload::send(Owner& to) {
  for (std::size_t at = 0; at < to.asks.items.size();) {
    wire::Asks part;
    std::size_t bytes = 0;
    for (; at < to.asks.items.size() && part.items.size() < asks_per_message &&
           bytes < ask_bytes_per_message;
         ++at) {
      bytes += to.asks.items[at].data.size() + to.asks.items[at].personal.size();
      part.items.push_back(std::move(to.asks.items[at]));
    }
    const Frames frames = wire::write(part);
    const double until = seconds_now() + 10;
    while (!bus_->send(to.link, frames)) {  // not connected yet
      if (seconds_now() > until)
        return Error(Code::timeout, "", "a service does not take commands");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  to.asks.items.clear();
  return {};
}

Result<void> Caseload::send_all() {
  for (Owner& one : owners_)
    if (!one.asks.items.empty()) NRM_TRY(send(one));
  texts_.clear();
  return {};
}

// An owner answers RESUME with a heartbeat at once; without credit nothing else follows.
void Caseload::ask_for_heads() {
  for (const Service service : four) {
    Owner& one = owner(service);
    if (!one.cursor)
      (void)bus_->send(one.link, wire::write(wire::Resume{log_name(service), 0, {}, 0}));
  }
}

std::uint64_t Caseload::durable() const {
  std::uint64_t sum = 0;
  for (const Service service : four) sum += owners_[static_cast<std::size_t>(service)].head;
  return sum;
}

// --- receiving ----------------------------------------------------------------------------------

void Caseload::turn(std::chrono::milliseconds wait) {
  std::vector<Delivery> fresh;
  bus_->receive(wait, 256, fresh);
  for (const Delivery& delivery : fresh) {
    const auto message = wire::read(delivery.frames);
    CHECK(message, "services speak the protocol");
    Owner* from = nullptr;
    for (Owner& one : owners_)
      if (one.link == delivery.link) from = &one;
    CHECK(from != nullptr, "only services were connected to");
    from->heard = seconds_now();
    if (const auto* answers = std::get_if<wire::Answers>(&*message)) {
      on(*from, *answers);
    } else if (const auto* records = std::get_if<wire::Records>(&*message)) {
      on(*from, *records);
    } else if (const auto* beat = std::get_if<wire::Beat>(&*message)) {
      from->head = std::max(from->head, beat->head);
      if (from->cursor) from->cursor->on(*beat, ticks_now());
    }
  }
  for (Owner& one : owners_) {
    if (!one.cursor) continue;
    one.cursor->committed();  // nothing is kept here
    one.cursor->turn(*bus_, ticks_now());
  }
}

void Caseload::on(Owner& from, const wire::Answers& answers) {
  answered_ += answers.items.size();
  for (const wire::Answer& answer : answers.items) {
    if (answer.rejection) {
      ++rejected_;
      if (first_rejection_.empty())
        first_rejection_ = std::string(row_of(answer.rejection->code).name) + " " +
                           answer.rejection->where + " " + answer.rejection->detail;
    } else if (answer.record.find(R"({"command":"nrm.dossier.seal.v1")") != answer.record.npos) {
      on_sealed(answer);
    } else if (from.service == Service::assistance) {
      if (answer.record.find(R"({"command":"nrm.service.end.v1")") == answer.record.npos) continue;
      ++ended_;
      const CaseId subject(id_after(answer.record, R"("stream":"case/)"));
      ask(manager_, InformPerson{subject, InformChannel::in_person});
    }
  }
}

void Caseload::on_sealed(const wire::Answer& answer) {
  const auto events = answer.record.substr(answer.record.find(R"("events":)"));
  const Uuid subject = id_after(events, R"("stream":"case/)");
  const auto digest = Text<64>::parse(text_after(events, R"("digest":")"));
  CHECK(digest, "a sealed dossier has its digest");
  const SubmitReport command{.subject = CaseId(subject),
                             .dossier = *digest,
                             .facts = example_facts(begun_ + stock_.size())};
  stock_.push_back({subject, to_json(command)});
  if (!only_offers_) return;
  since_[subject] = sealing_since_.at(answer.number);
  report(stock_.front());
  stock_.pop_front();
}

void Caseload::follow(Owner& one, const LogPlace& from) {
  one.cursor.emplace(log_name(one.service), one.link, from.next, from.last,
                     unwanted_types(one.service, wanted));
}

void Caseload::on(Owner& from, const wire::Records& records) {
  from.head = std::max(from.head, records.head);
  const auto taken = from.cursor->on(records, ticks_now(), [&](auto, auto record, auto&) {
    from.service == Service::referral ? on_referral_record(record) : on_assistance_record(record);
    return Result<void>();
  });
  CHECK(taken, "the driver takes every record");
}

void Caseload::on_referral_record(std::string_view record) {
  constexpr std::string_view offered = R"({"type":"nrm.referral.offered.v1","stream":"referral/)";
  const auto at = record.find(offered);
  if (at == record.npos) {
    consents_noted_ += record.find("support_consent_noted") != record.npos;
    return;
  }
  const auto event = record.substr(at);
  const Uuid referral = id_after(event, offered);
  const Uuid subject = id_after(event, R"("subject":")");
  if (only_offers_) {
    if (const auto found = since_.find(subject); found != since_.end())
      times_.push_back((seconds_now() - found->second) * 1e3);
    return;
  }
  ask(providers_.at(id_after(event, R"("organisation":")")), AcceptOffer{ReferralId(referral)});
  ask(authority_,
      DecideFirstStage{CaseId(subject), Outcome::positive, DecisionGround::evidence_sufficient});
}

void Caseload::on_assistance_record(std::string_view record) {
  constexpr std::string_view started = R"({"type":"nrm.case.service_started.v1","stream":"case/)";
  const auto at = record.find(started);
  if (at == record.npos) return;
  const auto event = record.substr(at);
  const CaseId subject(id_after(event, started));
  const ReferralId referral(id_after(event, R"("referral":")"));
  const Actor& provider = providers_.at(id_after(event, R"("organisation":")"));
  ask(manager_, AgreePlan{subject, {PlanGoal::safety, PlanGoal::health}, true});
  ask(provider, RecordService{subject, referral, today_, 1});
  ask(provider, RecordService{subject, referral, today_, 2});
  ask(provider, EndService{subject, referral, ServiceEndReason::goals_met});
}

// --- phases -------------------------------------------------------------------------------------

Result<void> Caseload::wait_until(const std::function<bool()>& done, double seconds) {
  const double until = seconds_now() + seconds;
  while (!done()) {
    if (seconds_now() > until)
      return Error(Code::timeout, "",
                   "the services do not get on: " + std::to_string(ended_) + " of " +
                       std::to_string(begun_) + " cases, " + std::to_string(answered_) + " of " +
                       std::to_string(asked_) + " commands, " + std::to_string(durable()) +
                       " records " + first_rejection_);
    turn(std::chrono::milliseconds(5));
  }
  return {};
}

void Caseload::register_providers() {
  for (std::size_t i = 0; i < providers; ++i) {
    const Actor provider{AccountId(entropy_->uuid()), OrganisationId(entropy_->uuid()),
                         Role::service_provider};
    providers_[provider.organisation] = provider;
    ServiceOffering offering{.organisation = provider.organisation,
                             .service = ServiceType::safe_accommodation};
    offering.regions = {example_facts(i).region};
    offering.places = 50'000;
    ask(provider, RegisterProvider{offering});
  }
}

// After services were started anew: libzmq may take seconds to try again.
Result<void> Caseload::wait_until_heard() {
  const double since = seconds_now();
  for (Owner& one : owners_)
    if (one.cursor) follow(one, one.cursor->place());  // they do not know us
  return wait_until(
      [&] {
        ask_for_heads();
        return std::ranges::all_of(four,
                                   [&](Service service) { return owner(service).heard > since; });
      },
      30);
}

Result<void> Caseload::prepare(std::size_t cases) {
  register_providers();
  NRM_TRY(send_all());
  const std::string form = to_json(dossier_form());
  for (std::size_t sealed = 0; sealed < cases;) {
    for (std::size_t i = 0; i < asks_per_message && sealed < cases; ++i, ++sealed)
      ask(Service::vault, reporter_, SealDossier::type, form, std::string(person));
    NRM_TRY(send_all());
    NRM_TRY(wait_until([&] { return asked_ - answered_ < 8 * asks_per_message; }, 60));
  }
  NRM_TRY(wait_until(
      [&] { return stock_.size() == cases && consents_noted_ == cases && asked_ == answered_; },
      120));
  if (rejected_ != 0) return Error(Code::internal, "", "refused: " + first_rejection_);
  return {};
}

Result<void> Caseload::issue_account(OrganisationKind kind, Role role,
                                     const Text<64>& token_digest) {
  const Actor chief{AccountId(entropy_->uuid()), OrganisationId(entropy_->uuid()), Role::operator_};
  const OrganisationId organisation(entropy_->uuid());
  ask(chief, RegisterOrganisation{*Text<120>::parse("Bench"), kind, organisation});
  ask(chief, IssueAccount{organisation, role, token_digest});
  NRM_TRY(send_all());
  NRM_TRY(wait_until([&] { return asked_ == answered_; }, 30));
  if (rejected_ != 0) return Error(Code::internal, "", "refused: " + first_rejection_);
  return {};
}

void Caseload::report(const Dossier& dossier) {
  ask(Service::identification, reporter_, SubmitReport::type, dossier.report);
  ++begun_;
}

Result<Caseload::Flow> Caseload::saturate(std::size_t window, double seconds) {
  constexpr double warm_up = 0.5;
  NRM_TRY(wait_until_heard());
  const double begin = seconds_now();
  double from = 0, now = begin, heads_asked = 0;
  std::uint64_t hops = 0, cases = 0;
  Flow flow;
  while ((now = seconds_now()) < begin + warm_up + seconds && !stock_.empty()) {
    while (begun_ - ended_ < window && !stock_.empty()) {
      report(stock_.front());
      stock_.pop_front();
    }
    NRM_TRY(send_all());
    if (now - heads_asked > 0.05) {
      ask_for_heads();
      heads_asked = now;
    }
    turn(std::chrono::milliseconds(1));
    if (from == 0 && now > begin + warm_up) from = now, hops = durable(), cases = ended_;
    if (from != 0) flow = {now - from, durable() - hops, ended_ - cases, rejected_};
  }
  // What is under way comes to its end; a service that lags behind must not look fast.
  NRM_TRY(wait_until(
      [&] {
        (void)send_all();
        return begun_ == ended_ && asked_ == answered_;
      },
      30));
  // A person may be informed before closure has read the report, when it lags; nothing else.
  if (rejected_ > begun_ / 50) return Error(Code::internal, "", "refused: " + first_rejection_);
  return flow;
}

Result<std::vector<double>> Caseload::offer_times(double rate, double seconds) {
  const std::string form = to_json(dossier_form());
  only_offers_ = true;
  times_.clear();
  stock_.clear();
  const double begin = seconds_now();
  std::uint64_t sent = 0;
  while (seconds_now() < begin + seconds) {
    if (seconds_now() >= begin + static_cast<double>(sent) / rate) {
      ask(Service::vault, reporter_, SealDossier::type, form, std::string(person));
      sealing_since_[asked_] = seconds_now();
      ++sent;
    }
    NRM_TRY(send_all());
    turn(std::chrono::milliseconds(1));
  }
  NRM_TRY(wait_until(
      [&] {
        (void)send_all();
        return times_.size() == sent;
      },
      30));
  only_offers_ = false;
  return times_;
}
}  // namespace nrm::cli::measure
