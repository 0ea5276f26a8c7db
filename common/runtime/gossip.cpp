#include "common/runtime/gossip.hpp"

#include <algorithm>

#include "common/diag/diag.hpp"
#include "common/ledger/merkle.hpp"

namespace nrm {
namespace {
// Own checkpoints remembered: half a minute of heartbeats, so that most comparisons need no proof.
constexpr std::size_t sizes_kept_max = 32;
constexpr Milliseconds ask_again_after = std::chrono::seconds(2);
// An owner that answers nobody for so long is down, of an earlier build, or has something to hide.
constexpr Milliseconds proves_within = std::chrono::seconds(30);
// Peers whose last word is remembered: there are four others.
constexpr std::size_t peers_max = 64;
}  // namespace

Gossip::Gossip(std::vector<Log> logs, Keys keys) : keys_(std::move(keys)) {
  for (Log& log : logs) logs_.push_back({.log = std::move(log)});
}

std::optional<Checkpoint> Gossip::signed_checkpoint(std::string_view log,
                                                    const std::string& note) const {
  if (!keys_) return std::nullopt;
  for (const std::string& named : keys_(log)) {
    const auto key = read_verifier_key(named);
    if (!key) continue;
    const auto text = open_note(note, key->first, key->second);
    const auto checkpoint = text ? read_checkpoint(*text) : Result<Checkpoint>(text.error());
    if (checkpoint && checkpoint->origin == key->first) return *checkpoint;
  }
  return std::nullopt;
}

void Gossip::heard(std::string_view log, const std::string& note) {
  const auto found =
      std::ranges::find_if(logs_, [&](const Heard& one) { return one.log.name == log; });
  if (found == logs_.end() || note == found->note) return;
  const auto checkpoint = signed_checkpoint(log, note);
  if (!checkpoint) return diag::count("gossip_unsigned_total");
  found->note = note;
  // Of one size the first that was shown stays: another root of it is another history.
  const auto same = std::ranges::find(found->ours, checkpoint->size, &Checkpoint::size);
  if (same != found->ours.end()) {
    if (same->root != checkpoint->root) find(*found, *checkpoint, "us");
    return;
  }
  found->ours.push_back(*checkpoint);
  if (found->ours.size() > sizes_kept_max) found->ours.pop_front();
  if (found->doubt && compare(*found, found->doubt->told, found->doubt->peer)) found->doubt.reset();
}

void Gossip::told(std::string_view peer, const std::vector<std::string>& seen, Instant now) {
  for (const std::string& note : seen) {
    const auto claimed = read_checkpoint(note_text(note));
    if (!claimed) continue;
    const auto found = std::ranges::find_if(
        logs_, [&](const Heard& one) { return claimed->origin.ends_with('/' + one.log.name); });
    if (found == logs_.end() || found->contradicted || found->doubt) continue;
    if (const auto last = found->last_told.find(peer);
        last != found->last_told.end() && last->second == note)
      continue;
    const auto checkpoint = signed_checkpoint(found->log.name, note);
    if (!checkpoint) {
      diag::count("gossip_unsigned_total");
      continue;
    }
    if (found->last_told.size() < peers_max || found->last_told.contains(peer))
      found->last_told[std::string(peer)] = note;
    diag::count("gossip_compared_total");
    if (!compare(*found, *checkpoint, peer))
      found->doubt = Doubt{.told = *checkpoint, .peer = std::string(peer), .since = now};
  }
}

bool Gossip::compare(Heard& heard, const Checkpoint& told, std::string_view peer) {
  const auto same = std::ranges::find(heard.ours, told.size, &Checkpoint::size);
  if (same == heard.ours.end()) return false;
  if (same->root != told.root) find(heard, told, peer);
  return true;
}

void Gossip::find(Heard& heard, const Checkpoint& told, std::string_view peer) {
  if (heard.contradicted) return;
  heard.contradicted = true;
  diag::count("split_views_found_total");
  found_.push_back({heard.log.name, std::string(peer), told.size});
}

void Gossip::on(Link link, const wire::Proof& message) {
  for (Heard& heard : logs_) {
    if (heard.log.owner != link || heard.log.name != message.log || !heard.doubt) continue;
    const Doubt& doubt = *heard.doubt;
    if (!doubt.ours) continue;
    const bool ours_first = doubt.ours->size < doubt.told.size;
    const Checkpoint& old = ours_first ? *doubt.ours : doubt.told;
    const Checkpoint& later = ours_first ? doubt.told : *doubt.ours;
    if (message.old_size != old.size || message.size != later.size) continue;
    if (!verify_consistency(old.size, old.root, later.size, later.root, message.hashes))
      find(heard, doubt.told, doubt.peer);
    heard.doubt.reset();
    heard.reported = false;
  }
}

void Gossip::turn(Bus& bus, Instant now) {
  for (Heard& heard : logs_) {
    if (!heard.doubt || heard.contradicted || heard.ours.empty()) continue;
    Doubt& doubt = *heard.doubt;
    if (now - doubt.since > proves_within) {
      diag::count("owners_do_not_prove_total");
      if (!heard.reported)
        diag::error("owner_does_not_prove", {{"log", heard.log.name}, {"peer", doubt.peer}});
      heard.reported = true;
      heard.doubt.reset();
      continue;
    }
    if (doubt.ours && now - doubt.asked < ask_again_after) continue;
    doubt.ours = heard.ours.back();
    doubt.asked = now;
    const auto [old_size, size] = std::minmax(doubt.ours->size, doubt.told.size);
    (void)bus.send(heard.log.owner, wire::write(wire::Prove{heard.log.name, old_size, size}));
  }
}

std::vector<std::string> Gossip::seen() const {
  std::vector<std::string> out;
  for (const Heard& heard : logs_)
    if (!heard.note.empty()) out.push_back(heard.note);
  return out;
}

std::optional<Gossip::Contradiction> Gossip::contradiction() {
  if (found_.empty()) return std::nullopt;
  Contradiction out = std::move(found_.front());
  found_.pop_front();
  return out;
}
}  // namespace nrm
