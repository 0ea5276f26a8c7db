#include "tests/support/consent_watch.hpp"

#include "services/vault/vault.hpp"

namespace nrm::test {
namespace {
std::string words(const Actor& who, OpeningPurpose purpose, DataClass wanted) {
  return std::string(to_text(who.role)) + " for " + std::string(to_text(purpose)) + " of " +
         std::string(to_text(wanted));
}
}  // namespace

void ConsentCounts::add(const ConsentCounts& other) {
  histories += other.histories;
  questions += other.questions;
  opened += other.opened;
  by_time += other.by_time;
  restarts += other.restarts;
  recorded += other.recorded;
  ends_before += other.ends_before;
  withdrawals += other.withdrawals;
}

ConsentCounts ConsentWatch::counts() const {
  ConsentCounts out = counts_;
  out.histories = oracle_.histories().size();
  return out;
}

Record ConsentWatch::record(const std::string& log, std::uint64_t seq) {
  CHECK(document_.parse_trusted(read_(log, seq)), "a record is JSON");
  auto record = read_record(document_.root());
  CHECK(record, "a record is readable");
  return std::move(record).value();
}

// What the vault has heard of, whether or not it made anything of it.
void ConsentWatch::hear(const Step& vault) {
  for (const Service owner : core_of<Vault>().follows()) {
    const std::string log = log_name(owner);
    std::uint64_t& next = heard_[log];
    for (; next < vault.cursor(log).next; ++next) {
      const Record heard = record(log, next);
      for (std::uint32_t i = 0; i < heard.events.size(); ++i)
        if (core_of<Vault>().wants(type_of(heard.events[i].event)))
          unrecorded_.emplace(Place{log, next, i}, heard.events[i]);
    }
  }
}

void ConsentWatch::take(const Emit& fact) {
  if (const auto* accepted = get_if<ReferralAccepted>(&fact.event)) {
    begun_.insert(ReferralId(fact.stream.id));
    touched_.insert(accepted->subject);
  } else if (fact.stream.kind == StreamKind::case_) {
    touched_.insert(CaseId(fact.stream.id));
  }
  if (const auto* ended = get_if<ServiceEnded>(&fact.event))
    counts_.ends_before += !begun_.contains(ended->referral);
  if (const auto* recorded = get_if<ConsentRecorded>(&fact.event))
    counts_.withdrawals += !recorded->consent.given;
  oracle_.take(fact.stream, fact.event);
}

// All comes in the order of the log. What left no record changed nothing, so it may come last.
std::optional<std::string> ConsentWatch::take_records(const Step& vault) {
  const std::string own = log_name(Service::vault);
  std::vector<Record> records;
  std::map<Place, Emit> noted;
  for (; taken_ < vault.head(); ++taken_) {
    records.push_back(record(own, taken_));
    if (const auto* from = std::get_if<ReceivedNote>(&records.back().input))
      if (auto fact = unrecorded_.extract({from->log, from->seq, from->index}))
        noted.insert(std::move(fact));
  }
  for (const Record& one : records) {
    if (auto fault = check(one)) return fault;
    if (const auto* from = std::get_if<ReceivedNote>(&one.input))
      if (const auto fact = noted.find({from->log, from->seq, from->index}); fact != noted.end())
        take(fact->second);
    for (const Emit& emit : one.events) take(emit);
  }
  for (const auto& [place, fact] : unrecorded_) take(fact);
  unrecorded_.clear();
  return std::nullopt;
}

// What was really asked for got the answer that the oracle gives for that moment.
std::optional<std::string> ConsentWatch::check(const Record& record) {
  const auto* command = std::get_if<CommandNote>(&record.input);
  if (command == nullptr) return std::nullopt;
  const std::string where = "record " + std::to_string(record.seq) + " of the vault: ";
  if (const auto* wish = get_if<OpenDossier>(&command->command)) {
    ++counts_.recorded;
    CHECK(wish->classes.size() == 1, "people here ask for one class");
    const bool opens = oracle_.opens(wish->subject, *record.actor, wish->purpose,
                                     wish->classes.front(), record.at);
    if (opens == !record.rejection) return std::nullopt;
    return where + (opens ? "refused: " : "opened: ") +
           words(*record.actor, wish->purpose, wish->classes.front());
  }
  if (const auto* word = get_if<RecordConsent>(&command->command)) {
    ++counts_.recorded;
    const bool hidden = record.rejection && record.rejection->code == Code::not_found &&
                        record.rejection->where.empty();
    if (hidden == !oracle_.is_there(word->subject, *record.actor)) return std::nullopt;
    return where + "a consent was " + (hidden ? "refused to " : "taken from ") +
           std::string(to_text(record.actor->role));
  }
  return std::nullopt;
}

Result<Decision> ConsentWatch::decide(const View& vault, const Actor& who,
                                      const OpenDossier& opening, Instant now) const {
  return Vault::decide(vault, {.id = {}, .at = now, .actor = who, .what = Command(opening)},
                       policy_);
}

std::optional<std::string> ConsentWatch::compare(const Step& vault, const CaseId& subject,
                                                 Instant now) {
  Answers answers;
  for (const Actor& who : visitors_of(cast_, subject))
    for (const OpeningPurpose purpose : all_purposes)
      for (const DataClass wanted : all_classes) {
        const auto decided = decide(vault.fold(), who, opening_of(subject, purpose, wanted), now);
        const bool expected = oracle_.opens(subject, who, purpose, wanted, now);
        answers.push_back(expected);
        counts_.opened += expected;
        if (decided.has_value() == expected) continue;
        return now.text() + ", " + std::to_string(vault.head()) +
               " records of the vault: " + words(who, purpose, wanted) + ": the oracle says " +
               (expected ? "yes" : "no") + ", the vault " +
               (decided ? "yes" : "no: " + decided.error().detail);
      }
  counts_.questions += answers.size();
  Answers& last = answers_[subject];
  if (!touched_.contains(subject) && last.size() == answers.size())
    for (std::size_t i = 0; i < answers.size(); ++i) counts_.by_time += last[i] != answers[i];
  last = std::move(answers);
  return std::nullopt;
}

std::optional<std::string> ConsentWatch::look(const Step& vault, Instant now) {
  if (!vault.idle()) return std::nullopt;  // what is taken in is not in the log yet
  hear(vault);
  if (taken_ > vault.head()) return "the vault has lost records that it had synced";
  if (auto fault = take_records(vault)) return fault;
  const bool another_day = now.date() != last_look_.date();
  for (const auto& [subject, history] : oracle_.histories())
    if (touched_.contains(subject) ||
        (another_day && oracle_.ends_between(subject, last_look_, now)))
      if (auto fault = compare(vault, subject, now)) return fault;
  touched_.clear();
  last_look_ = now;
  return std::nullopt;
}

std::map<CaseId, ConsentWatch::Answers> ConsentWatch::all_answers(const Step& vault,
                                                                  Instant now) const {
  std::map<CaseId, Answers> out;
  for (const auto& [subject, history] : oracle_.histories())
    for (const Actor& who : visitors_of(cast_, subject))
      for (const OpeningPurpose purpose : all_purposes)
        for (const DataClass wanted : all_classes)
          out[subject].push_back(
              decide(vault.fold(), who, opening_of(subject, purpose, wanted), now).has_value());
  return out;
}

void ConsentWatch::before_crash(const Step& vault, Instant now) {
  before_.clear();
  if (!vault.idle()) return;
  crashed_ = now;
  before_ = all_answers(vault, now);
}

std::optional<std::string> ConsentWatch::after_crash(const Step& vault) {
  if (before_.empty()) return std::nullopt;
  ++counts_.restarts;
  if (all_answers(vault, crashed_) == before_) return std::nullopt;
  return "back from a crash, the vault gives other answers for " + crashed_.text();
}
}  // namespace nrm::test
