// One pass over all logs gives both layers: conservation and openings. It also finds what is not a
// record (layer `records`).
#include "common/event/codec.hpp"
#include "common/runtime/log.hpp"
#include "common/store/keys.hpp"
#include "services/audit/layers.hpp"

namespace nrm {
namespace {
struct Rules {
  bool whole = true;             // every record of every log was one
  bool opened_by_rules = false;  // the vault's pack is here
  std::vector<Fault> record_faults;
};

std::optional<Openings::Rules> opening_rules(const Policy& policy) {
  if (!policy.appointments) return {};
  Openings::Rules out{
      .offices = {policy.appointments->competent_authority, policy.appointments->case_management},
      .two_people = {}};
  for (const SealedRule& rule : policy.sealed_to_organisations)
    if (rule.two_people) out.two_people.insert(rule.class_);
  return out;
}

// The vault's rules at the time of each record.
class OpeningRules {
 public:
  OpeningRules(const Check& check, const CheckedLog& log)
      : pack_(check.pack_of(log)), history_(pack_.policy), rules_(opening_rules(pack_.policy)) {
    for (const AdoptedPolicy& one : pack_.before) history_.take(one);
  }
  bool known() const { return rules_.has_value(); }
  const Openings::Rules& at(const Record& record) {
    if (const Policy* now = &history_.at(record.at); now != in_force_)
      if (auto rules = opening_rules(*(in_force_ = now))) rules_ = std::move(rules);
    for (const Emit& emit : record.events)
      if (const auto* adoption = get_if<PolicyAdopted>(&emit.event))
        if (auto policy = pack_.adopted(adoption->policy_digest))
          history_.take({*adoption, std::move(policy)});
    return *rules_;
  }

 private:
  const Recompute::Pack pack_;
  PolicyHistory history_;
  std::optional<Openings::Rules> rules_;
  const Policy* in_force_ = nullptr;
};

void take_log(Check& check, const CheckedLog& log, Rules& rules) {
  std::optional<OpeningRules> openings;
  if (log.service == Service::vault && log.pack != nullptr) openings.emplace(check, log);
  if (openings && !openings->known()) openings.reset();
  if (log.service == Service::vault) rules.opened_by_rules = openings.has_value();
  json::Document document;
  const auto read = read_log(*log.store, log.from, [&](std::uint64_t seq, std::string_view bytes) {
    const auto parsed = document.parse_trusted(bytes);
    const auto record = parsed ? read_record(document.root()) : Result<Record>(parsed.error());
    if (!record || record->seq != seq) {
      rules.record_faults.push_back(log.at(seq, "is not a record with this number"));
      return rules.whole = false;
    }
    check.conservation.take(log.name, *record);
    if (openings) check.openings.take(*record, openings->at(*record));
    if (seq % 4'096 == 0) check.tell("rules of " + log.name, seq, log.leaves.size());
    return true;
  });
  rules.whole &= read.has_value();
}

void tell_conservation(Check& check) {
  Findings& findings = check.findings;
  Horizon horizon;
  for (const CheckedLog& log : check.logs)
    horizon.heads[log.name] = std::max(log.leaves.size(), check.claimed[log.name]);
  const Verdict verdict = check.conservation.finish(horizon);
  Layer& layer = findings.at(LayerName::conservation);
  layer.checked = verdict.people + verdict.notifications;
  for (const Violation& one : verdict.violations)
    findings.fault(LayerName::conservation,
                   {.log = one.log,
                    .seq = one.seq,
                    .file = {},
                    .text = one.log + " record " + std::to_string(one.seq) + ": " +
                            std::string(sentence(one.rule)) + " (" + one.stream.text() + ")"});
  layer.fault_count = verdict.violation_count;
  const auto count = [&](const std::string& of, std::uint64_t number) {
    layer.counts.push_back({of, number});
  };
  count("people", verdict.people);
  count("notifications", verdict.notifications);
  count("closed", verdict.closed);
  count("effects on their way", verdict.pending);
  const OfferFates& offers = verdict.offers;
  count("offers", offers.made);
  count("offers accepted", offers.accepted);
  count("offers declined", offers.declined);
  count("offers expired", offers.expired);
  count("offers withdrawn", offers.withdrawn);
  count("offers open", offers.open);
  for (const auto& [name, fates] : verdict.clocks) {
    const std::string clock = "clock " + std::string(to_text(name)) + ' ';
    count(clock + "met", fates.met);
    count(clock + (breach_of(name) ? "breached" : "ended"), fates.ran_out);
    if (fates.late > 0) count(clock + "late", fates.late);
    count(clock + "running", fates.running);
    if (fates.unattended > 0) count(clock + "due and not taken up", fates.unattended);
  }
}

void tell_openings(Check& check, const Rules& rules) {
  Findings& findings = check.findings;
  const CheckedLog* vault = check.find(Service::vault);
  if (vault == nullptr || !vault->readable)
    return findings.skip(LayerName::openings, "the vault's log cannot be read");
  if (!rules.opened_by_rules)
    return findings.skip(
        LayerName::openings,
        vault->name + ": " +
            (vault->opened ? Packs::wanted(*vault->opened) : "its first record names no rules"),
        true);
  Layer& layer = findings.at(LayerName::openings);
  layer.checked = check.openings.openings();
  for (const Groundless& one : check.openings.groundless())
    findings.fault(LayerName::openings, vault->at(one.seq, "opened without a ground: " + one.why +
                                                               " (" + one.stream.text() + ")"));
  layer.fault_count = check.openings.groundless_count();
  for (const auto& [ground, number] : check.openings.by_ground())
    layer.counts.push_back({"by " + std::string(to_text(ground)), number});
  layer.counts.push_back({"by two people", check.openings.by_two()});
}
}  // namespace

void check_rules(Check& check, std::vector<std::function<void()>>& tasks,
                 std::vector<std::function<void()>>& afterwards) {
  auto rules = std::make_shared<Rules>();
  tasks.push_back([rules, &check] {
    for (const CheckedLog& log : check.logs)
      if (log.readable) take_log(check, log, *rules);
  });
  afterwards.push_back([rules, &check] {
    for (Fault& fault : rules->record_faults)
      check.findings.fault(LayerName::records, std::move(fault));
    tell_openings(check, *rules);
    for (const CheckedLog& log : check.logs)
      if (!log.readable || !rules->whole) {
        check.findings.skip(LayerName::conservation, "not every log can be read");
        return;
      }
    tell_conservation(check);
  });
}
}  // namespace nrm
