#include "tests/threats/town_archive.hpp"

#include "common/runtime/log.hpp"
#include "services/audit/archive_tiles.hpp"

namespace nrm::test {
namespace {
class DeafBus final : public Bus {
 public:
  Link link_to(std::string_view) const override { return Link{0}; }
  Result<void> send(Link, Frames) override { return {}; }
  void receive(std::chrono::milliseconds, std::size_t, std::vector<Delivery>&) override {}
  void wake() override {}
};
}  // namespace

TownArchive::TownArchive(std::vector<Owner> owners)
    : owners_(std::move(owners)), next_(owners_.size()) {
  std::vector<Archive::Followed> logs;
  for (const Owner& owner : owners_)
    logs.push_back({owner.log, Link{logs.size() + 1}, owner.origin, owner.key});
  archive_ = Archive::open(*store_, logs).value();
}

void TownArchive::catch_up() {
  DeafBus bus;
  for (std::size_t i = 0; i < owners_.size(); ++i) {
    const Link link{i + 1};
    // First the note, then the records that it covers, as on the wire.
    const wire::Beat beat{owners_[i].log, next_[i], owners_[i].checkpoint(), {}};
    if (!beat.checkpoint.empty())
      CHECK(archive_->on(link, beat, Instant{1}), "a good note is taken");
    const auto read = read_log(*owners_[i].store, next_[i], [&](auto seq, auto bytes) {
      wire::Records one{.log = owners_[i].log, .first = seq, .head = seq + 1, .items = {bytes}};
      CHECK(archive_->on(link, one, Instant{1}), "a good record is taken");
      next_[i] = seq + 1;
      return true;
    });
    CHECK(read, "a good disk can be read");
  }
  CHECK(archive_->commit(bus, Instant{1}) && !archive_->stopped(), "nothing contradicts it");
}

Result<std::string> TownArchive::fetch(const std::string& log, const std::string& what) {
  catch_up();
  return fetch_archived(*store_, log, what);
}
}  // namespace nrm::test
