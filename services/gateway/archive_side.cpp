#include "services/gateway/archive_side.hpp"

#include <utility>

#include "common/diag/diag.hpp"
#include "common/ledger/tiles.hpp"

namespace nrm::gateway {
namespace {
constexpr std::size_t messages_per_turn_max = 64;

Error unavailable(const char* why) { return Error(Code::unavailable, "", why); }
}  // namespace

ArchiveSide::ArchiveSide(Parts parts) : parts_(parts), link_(parts.bus.link_to("audit")) {}

void ArchiveSide::fetch(std::string log, std::string what, Fetched done) {
  bool taken = false;
  {
    const std::lock_guard lock(mutex_);
    taken = !closed_ && waiting_ < archive_fetches_max;
    if (taken) {
      ++waiting_;
      queue_.push_back({std::move(log), std::move(what), std::move(done), {}, {}});
    }
  }
  if (!taken) {
    diag::count("gateway_fetches_refused_total");
    return done(unavailable("too much is being fetched from the archive"));
  }
  parts_.bus.wake();
}

bool ArchiveSide::ask(std::uint64_t number, const Waiting& waiting) {
  return parts_.bus
      .send(link_, wire::write(wire::Fetch{.number = number,
                                           .log = waiting.log,
                                           .what = waiting.what,
                                           .from = waiting.got.size()}))
      .has_value();
}

void ArchiveSide::send() {
  std::vector<Waiting> queued;
  {
    const std::lock_guard lock(mutex_);
    queued.swap(queue_);
  }
  for (Waiting& one : queued) {
    one.until = parts_.ticks.now() + archive_deadline;
    const std::uint64_t number = ++last_number_;
    const bool sent = ask(number, one);
    under_way_.emplace(number, std::move(one));
    if (!sent) end(number, unavailable("the archive takes no requests now"));
  }
}

void ArchiveSide::take(const wire::Fetched& piece) {
  const auto found = under_way_.find(piece.number);
  if (found == under_way_.end()) return;  // too late
  Waiting& waiting = found->second;
  if (piece.refused) return end(piece.number, Error(*piece.refused, "", std::string(piece.bytes)));
  waiting.got += piece.bytes;
  if (waiting.got.size() == piece.whole) return end(piece.number, std::move(waiting.got));
  // It is longer than a message; its length is the archive's word, and bounded here.
  const bool goes_on = !piece.bytes.empty() && piece.whole <= bundle_bytes_max &&
                       waiting.got.size() < piece.whole && ask(piece.number, waiting);
  if (!goes_on) return end(piece.number, unavailable("the archive's answer does not check out"));
  waiting.until = parts_.ticks.now() + archive_deadline;
}

void ArchiveSide::end(std::uint64_t number, Result<std::string> result) {
  auto node = under_way_.extract(number);
  {
    const std::lock_guard lock(mutex_);
    --waiting_;
  }
  node.mapped().done(std::move(result));
}

void ArchiveSide::expire() {
  std::vector<std::uint64_t> late;
  for (const auto& [number, one] : under_way_)
    if (one.until <= parts_.ticks.now()) late.push_back(number);
  for (const std::uint64_t number : late) {
    diag::count("gateway_fetches_unanswered_total");
    end(number, unavailable("the archive (nrm-audit) did not answer in time"));
  }
}

void ArchiveSide::turn(std::chrono::milliseconds wait) {
  send();
  std::vector<Delivery> deliveries;
  parts_.bus.receive(wait, messages_per_turn_max, deliveries);
  for (const Delivery& delivery : deliveries) {
    const auto message = wire::read(delivery.frames);
    const auto* piece = message ? std::get_if<wire::Fetched>(&*message) : nullptr;
    if (piece != nullptr && delivery.link == link_)
      take(*piece);
    else
      diag::count("bus_unexpected_total");
  }
  expire();
}

void ArchiveSide::close() {
  std::vector<Waiting> queued;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    queued.swap(queue_);
    waiting_ -= queued.size();
  }
  for (const Waiting& one : queued) one.done(unavailable("the gateway stops"));
  while (!under_way_.empty()) end(under_way_.begin()->first, unavailable("the gateway stops"));
}
}  // namespace nrm::gateway
