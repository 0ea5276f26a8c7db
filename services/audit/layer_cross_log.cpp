// Between logs: what one has of another must be what that one has.
#include "common/runtime/log.hpp"
#include "common/store/keys.hpp"
#include "services/audit/layers.hpp"
#include "services/cores.hpp"

namespace nrm {
namespace {
constexpr LayerName layer = LayerName::cross_log;
using Heads = std::map<std::string, std::uint64_t>;  // of another log: what one has taken of it

// Where a follower stands must be a place in the owner's log.
void check_cursor(Check& check, const CheckedLog& log, const CheckedLog& followed, Heads& taken) {
  const auto stored = log.store->get(Family::meta, keys::cursor(followed.name));
  if (!stored || !*stored) return;
  ++check.findings.at(layer).checked;
  const auto fault = [&](const std::string& what, std::optional<std::uint64_t> seq = {}) {
    Fault out = followed.fault(log.name + what, seq);
    check.findings.fault(layer, std::move(out));
  };
  const auto place = read_place(**stored);
  const std::uint64_t next = place ? place->next : 0;
  if (!place) return fault(": its place in " + followed.name + " is unreadable");
  if (next > followed.leaves.size())
    return fault(" has taken " + std::to_string(next) + " records of " + followed.name +
                     ", which has " + std::to_string(followed.leaves.size()) +
                     ": its end is missing",
                 followed.leaves.size());
  if (next > 0 && followed.leaves.at(next - 1) != place->last)
    fault(" took another record " + std::to_string(next - 1) + " of " + followed.name +
              " than is there now",
          next - 1);
  taken[followed.name] = next;
}

// What each record says it took.
void check_received(Check& check, const CheckedLog& log, Heads& taken) {
  json::Document document;
  const Range rest{keys::log(log.from), ""};
  const auto scanned = log.store->scan(Family::log, rest, [&](auto key, auto bytes) {
    if (bytes.find("\"input\":{\"log\":") == bytes.npos) return true;
    if (!document.parse_trusted(bytes)) return true;  // said elsewhere
    const json::Value input = document.root().find("input");
    const json::Value owner = input ? input.find("log") : json::Value();
    if (!owner || owner.kind() != json::Kind::string) return true;
    const CheckedLog* found = check.find(std::string(owner.text()));
    if (found == nullptr || !found->readable) return true;
    ++check.findings.at(layer).checked;
    const json::Value number = input.find("seq"), hash = input.find("hash");
    if (!number || number.kind() != json::Kind::integer || !hash ||
        hash.kind() != json::Kind::string) {
      check.findings.fault(layer, log.at(keys::read_u64(key), "names no record of " + found->name));
      return true;
    }
    const auto seq = static_cast<std::uint64_t>(number.integer());
    // A log of an export ends at its checkpoint, and its followers' may be of a moment later.
    if (check.exported() && seq >= found->leaves.size()) {
      taken[found->name] = std::max(taken[found->name], seq + 1);
      return true;
    }
    if (seq >= found->leaves.size() || found->leaves.at(seq).hex() != hash.text())
      check.findings.fault(
          layer, log.at(keys::read_u64(key), "record " + std::to_string(seq) + " of " +
                                                 found->name + " is not there with that hash"));
    return true;
  });
  if (!scanned) check.findings.fault(layer, log.fault(log.name + ": " + scanned.error().detail));
}

void archive_of(Check& check, const CheckedLog& log) {
  constexpr LayerName archived = LayerName::archive;
  std::uint64_t seq = log.from;
  const Range whole = prefixed(log.name + std::string(1, '\0'));
  const Range rest{keys::archive(log.name, seq), whole.to};
  const auto fault = [&](const std::string& what) {
    check.findings.fault(
        archived,
        log.fault("archive of " + log.name + " record " + std::to_string(seq) + ": " + what, seq));
    return false;
  };
  const auto scanned =
      check.evidence.archive->scan(Family::archive, rest, [&](auto key, auto bytes) {
        if (key != keys::archive(log.name, seq)) return fault("is missing");
        if (seq >= log.leaves.size())  // live: it was written after the log was read
          return check.options.live ? false : fault("the log ends before it");
        if (leaf_hash(bytes) != log.leaves.at(seq)) return fault("the log has other bytes");
        ++seq;
        return true;
      });
  if (!scanned)
    check.findings.fault(archived,
                         log.fault("archive of " + log.name + ": " + scanned.error().detail));
  check.findings.at(archived).checked += seq - log.from;
}
}  // namespace

void check_causes(Check& check) {
  std::uint64_t behind = 0;
  for (const CheckedLog& log : check.logs) {
    if (log.store == nullptr) continue;
    Heads taken;
    if (!check.exported())
      for (const Service owner : core_of(log.service).follows())
        if (const CheckedLog* followed = check.find(owner); followed && followed->readable)
          check_cursor(check, log, *followed, taken);
    if (log.readable) check_received(check, log, taken);
    for (const auto& [name, next] : taken) {
      const std::uint64_t there = check.find(name)->leaves.size();
      if (next <= there) behind += there - next;
      check.claimed[name] = std::max(check.claimed[name], next);
    }
  }
  if (!check.exported()) {
    check.findings.at(layer).counts.push_back({"records not taken yet", behind});
    return;
  }
  check.findings.remark(layer, "who has taken how much is in the stores, and not in an export");
  for (const auto& [name, next] : check.claimed)
    check.findings.remark(layer, name + " ends here at " +
                                     std::to_string(check.find(name)->leaves.size()) +
                                     " records, others had taken " + std::to_string(next) +
                                     ": export again; if that stays, its end is missing");
}

void check_archive(Check& check) {
  if (check.exported()) return check.findings.skip(LayerName::archive, "not in an export");
  if (!check.evidence.archive) return check.findings.skip(LayerName::archive, "there is none");
  for (const CheckedLog& log : check.logs)
    if (log.readable) archive_of(check, log);
}
}  // namespace nrm
