#include "common/clock/clock.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <mutex>

#include "common/base/descriptor.hpp"
#include "common/base/limits.hpp"

namespace nrm {
namespace {
// Between processes an atomic works only if it needs no lock.
using SharedOffset = std::atomic_ref<std::int64_t>;
static_assert(SharedOffset::is_always_lock_free);

// 9999-12-31T23:59:59.999Z: later instants have no text (RFC 3339 has four digits for the year).
constexpr std::int64_t last_instant_ms = 253'402'300'799'999;

Instant machine_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<Milliseconds>(since).count()};
}

class SystemClock final : public Clock {
 public:
  Instant now() const override { return machine_now(); }
};

Instant boot_now() {
  timespec time{};
  CHECK(::clock_gettime(CLOCK_BOOTTIME, &time) == 0, "Linux has a boot clock");
  return {std::int64_t{time.tv_sec} * 1'000 + time.tv_nsec / 1'000'000};
}

class AnchoredClock final : public Clock {
 public:
  AnchoredClock(ReadTime machine, ReadTime boot)
      : machine_(std::move(machine)),
        boot_(std::move(boot)),
        offset_(machine_() - boot_()),
        followed_until_(boot_()) {}

  Instant now() const override {
    const std::lock_guard lock(mutex_);
    return follow() + offset_;
  }
  Milliseconds astray() const override {
    const std::lock_guard lock(mutex_);
    const Instant boot = follow();
    return machine_() - boot - offset_;
  }

 private:
  // The boot clock's time, after the offset has moved as far as it may by then.
  Instant follow() const {
    const Instant boot = boot_();
    const Milliseconds may = (boot - followed_until_) * limits::clock_slew_per_mille / 1'000;
    if (may.count() > 0) {
      offset_ += std::clamp(machine_() - boot - offset_, -may, may);
      followed_until_ = boot;
    }
    return boot;
  }

  const ReadTime machine_, boot_;
  mutable std::mutex mutex_;
  mutable Milliseconds offset_;
  mutable Instant followed_until_;
};

// OWNERSHIP: of the mapping. The file stays: it is the sandbox's time.
class MappedClock final : public SandboxClock {
 public:
  explicit MappedClock(std::int64_t* offset) : offset_(offset) {}
  ~MappedClock() override { ::munmap(offset_, sizeof *offset_); }
  MappedClock(const MappedClock&) = delete;
  MappedClock& operator=(const MappedClock&) = delete;

  Instant now() const override { return machine_now() + Milliseconds(offset().load()); }

  Instant advance(Milliseconds by) override {
    CHECK(by.count() >= 0, "a clock moves forward");
    const std::int64_t machine = machine_now().ms;
    std::int64_t before = offset().load();
    std::int64_t after = 0;
    do {
      const std::int64_t room = std::max<std::int64_t>(0, last_instant_ms - machine - before);
      after = before + std::min(by.count(), room);
    } while (!offset().compare_exchange_weak(before, after));
    return Instant{machine} + Milliseconds(after);
  }

  // Whoever is first sets it; everybody else reads what the first one set.
  Instant start_at(Instant begin) override {
    const std::int64_t machine = machine_now().ms;
    std::int64_t before = 0;
    if (offset().compare_exchange_strong(before, begin.ms - machine)) return begin;
    return Instant{machine} + Milliseconds(before);
  }

 private:
  SharedOffset offset() const { return SharedOffset(*offset_); }

  std::int64_t* const offset_;  // page-aligned
};

Error file_error(std::string_view what, const std::string& file) {
  return Error(Code::io_failed, {}, std::string(what) + ' ' + file + ": " + std::strerror(errno));
}

}  // namespace

std::unique_ptr<Clock> system_clock() { return std::make_unique<SystemClock>(); }

std::unique_ptr<Clock> anchored_clock() {
  return anchored_clock([] { return machine_now(); }, [] { return boot_now(); });
}

std::unique_ptr<Clock> anchored_clock(ReadTime machine, ReadTime boot) {
  return std::make_unique<AnchoredClock>(std::move(machine), std::move(boot));
}

Result<std::unique_ptr<SandboxClock>> open_sandbox_clock(const std::string& file) {
  constexpr off_t size = sizeof(std::int64_t);
  const Descriptor descriptor(
      ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (!descriptor) return file_error("cannot open", file);
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) return file_error("cannot read", file);
  if (status.st_size != 0 && status.st_size != size)
    return Error(Code::corrupt, {}, file + " is not a sandbox clock");
  // Two processes that both find it empty both make it eight zeroes.
  if (status.st_size == 0 && ::ftruncate(descriptor.get(), size) != 0)
    return file_error("cannot write", file);
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.get(), 0);
  if (mapped == MAP_FAILED) return file_error("cannot map", file);
  return std::unique_ptr<SandboxClock>(
      std::make_unique<MappedClock>(static_cast<std::int64_t*>(mapped)));
}
}  // namespace nrm
