#include "tests/threats/town_lines.hpp"

#include <map>
#include <thread>

#include "common/base/check.hpp"
#include "common/bus/memory_bus.hpp"
#include "common/bus/zmq_bus.hpp"
#include "common/runtime/roles.hpp"

namespace nrm::test {
namespace {
class MemoryLines final : public Lines {
 public:
  std::unique_ptr<Bus> join(const std::string& name, const std::vector<std::string>&) override {
    return network_.join(name);
  }
  void turn() override {
    while (network_.turn()) {
    }
  }
  bool turns_take_time() const override { return false; }

 private:
  MemoryNetwork network_{1};
};

// Who may connect to whom is the mechanism's own rule (common/runtime/roles.hpp).
class ZmqLines final : public Lines {
 public:
  explicit ZmqLines(std::string folder) : folder_(std::move(folder)) {
    for (const char* name : {"vault", "identification", "referral", "assistance", "closure",
                             "audit", "gateway", "bench"})
      keys_.emplace(name, make_curve_key());
  }
  std::unique_ptr<Bus> join(const std::string& name,
                            const std::vector<std::string>& peers) override {
    ZmqOptions options;
    options.name = name;
    options.key = keys_.at(name);
    for (const auto& [other, key] : keys_)
      if (other != name && may_connect(other, name, true)) options.allow[key.public_key] = other;
    if (!options.allow.empty()) options.listen = address(name);
    for (const std::string& peer : peers)
      options.connect.push_back({peer, address(peer), keys_.at(peer).public_key});
    auto bus = open_zmq(options);
    CHECK(bus, "sockets open in a fresh folder");
    return std::move(bus).value();
  }
  // libzmq's threads need the processor, too.
  void turn() override { std::this_thread::sleep_for(std::chrono::microseconds(50)); }
  bool turns_take_time() const override { return true; }

 private:
  std::string address(const std::string& name) const { return "ipc://" + folder_ + "/" + name; }

  const std::string folder_;
  std::map<std::string, CurveKey> keys_;
};
}  // namespace

std::unique_ptr<Lines> make_lines(Wires wires, const std::string& folder) {
  if (wires == Wires::memory) return std::make_unique<MemoryLines>();
  return std::make_unique<ZmqLines>(folder);
}
}  // namespace nrm::test
