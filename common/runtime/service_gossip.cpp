// The part of a service's turn that is about what peers were shown (gossip.hpp).
#include <algorithm>

#include "common/diag/diag.hpp"
#include "common/runtime/service_loop.hpp"

namespace nrm {
namespace {
// Peers whose word on our own log waits to be looked at: one each, four others.
constexpr std::size_t own_shown_max = 16;
}  // namespace

void ServiceLoop::start_gossip() {
  if (!parts_.verifier_keys) return;
  std::vector<Gossip::Log> logs;
  for (const FeedCursor& cursor : cursors_) logs.push_back({cursor.log(), cursor.link()});
  gossip_.emplace(std::move(logs), [this](std::string_view log) {
    const auto owner =
        std::ranges::find_if(log_owners, [&](Service service) { return log_name(service) == log; });
    return owner == std::end(log_owners) ? std::vector<std::string>()
                                         : parts_.verifier_keys(*owner);
  });
}

void ServiceLoop::take_gossip(FeedCursor& cursor, const Delivery& delivery,
                              const wire::Beat& beat) {
  if (!gossip_ || beat.log != cursor.log()) return;
  gossip_->heard(beat.log, beat.checkpoint);
  gossip_->told(delivery.peer, beat.seen, parts_.ticks.now());
  for (const std::string& note : beat.seen)
    if (own_shown_.size() < own_shown_max && note_text(note).starts_with(parts_.step.origin + '\n'))
      own_shown_.emplace(delivery.peer, note);
  stop_contradicted();
}

// What peers were shown by our key must be of our log. More than we have: it was set back.
Result<void> ServiceLoop::look_at_own_checkpoints() {
  const std::string log = log_name(parts_.step.core.service());
  for (const auto& [peer, note] : own_shown_) {
    const auto shown = gossip_->signed_checkpoint(log, note);
    if (!shown) continue;
    if (shown->size > step_->head()) {
      source_.contradicted_by(peer, "ahead");
      continue;
    }
    NRM_TRY_ASSIGN(const Hash root, step_->root_at(shown->size));
    if (root != shown->root) source_.contradicted_by(peer, "diverged");
  }
  own_shown_.clear();
  return {};
}

void ServiceLoop::stop_contradicted() {
  while (const auto found = gossip_->contradiction())
    for (FeedCursor& cursor : cursors_)
      if (cursor.log() == found->log) {
        diag::error("split_view", {{"log", found->log}, {"peer", found->peer}});
        cursor.stop("it showed another history to a peer");
      }
}

bool ServiceLoop::stopped() const {
  return source_.contradicted() ||
         std::ranges::any_of(cursors_, [](const auto& c) { return !c.stopped().empty(); });
}
}  // namespace nrm
