// nrm-audit: the audit's own log (publications, complaints, warnings) and, in the same process and
// store, the archive of all logs, and who looks through it once a day. Verification and statistics
// read both (nrm audit …).
#include "common/diag/diag.hpp"
#include "common/runtime/run.hpp"
#include "services/audit/archive.hpp"
#include "services/audit/audit.hpp"
#include "services/audit/observer.hpp"

namespace nrm {
namespace {
// One sync for all that comes within this: nobody waits for the archive, and each of its syncs
// holds up those of the services.
constexpr Milliseconds gathered_for{20};

class ArchiveBeside final : public Beside {
 public:
  ArchiveBeside(std::unique_ptr<Archive> archive, const Store& store, Bus& bus)
      : archive_(std::move(archive)), store_(store), bus_(bus) {}

  void on(Link link, const wire::Message& message, Instant ticks) override {
    if (good_) good_ = archive_->on(link, message, ticks);
  }
  Result<void> turn(Instant ticks) override {
    NRM_TRY(good_);
    if (ticks - last_ < gathered_for) return {};
    last_ = ticks;
    fresh_ = true;
    return archive_->commit(bus_, ticks);
  }
  Result<std::optional<Command>> asks(Instant now) override {
    // Right after a commit: what is archived can be read.
    if (!std::exchange(fresh_, false)) return std::optional<Command>();
    if (!observer_) {
      NRM_TRY_ASSIGN(const auto last, last_observed(store_));
      NRM_TRY_ASSIGN(observer_, Observer::open(store_, *archive_, last, now));
    }
    NRM_TRY_ASSIGN(auto command, observer_->turn(now));
    return command ? std::optional<Command>(std::move(*command)) : std::nullopt;
  }
  bool stopped() const override { return archive_->stopped(); }

 private:
  std::unique_ptr<Archive> archive_;
  std::unique_ptr<Observer> observer_;
  const Store& store_;
  Bus& bus_;
  bool fresh_ = false;
  Instant last_;
  Result<void> good_;
};

Result<std::unique_ptr<Beside>> open_archive(const Folder& folder, Store& store, Bus& bus) {
  std::vector<Archive::Followed> logs;
  for (const Service service : log_owners) {
    NRM_TRY_ASSIGN(const auto key, folder.log_key(service));
    logs.push_back({log_name(service), bus.link_to(to_text(service)), folder.origin(service), key});
  }
  NRM_TRY_ASSIGN(auto archive, Archive::open(store, logs));
  diag::info("archive_opened", {{"records", archive->records()}});
  return std::unique_ptr<Beside>(std::make_unique<ArchiveBeside>(std::move(archive), store, bus));
}
}  // namespace
}  // namespace nrm

int main(int argc, char** argv) {
  using namespace nrm;
  return run_service(core_of<Audit>(), argc, argv, {}, {},
                     {{std::begin(log_owners), std::end(log_owners)}, open_archive});
}
