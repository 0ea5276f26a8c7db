#include "common/bus/memory_bus.hpp"

#include <deque>
#include <map>
#include <set>
#include <utility>

#include "common/base/limits.hpp"

namespace nrm {
namespace {
using ProcessId = std::uint64_t;  // never used again, so a name that rejoins is somebody else
constexpr ProcessId nobody = 0;

// One process' end of a connection: to whoever has the peer's name now, or to the process that
// connected to us. A Link is its index.
struct End {
  std::string peer;
  ProcessId process = nobody;  // of a connection that came in
  int queued = 0;              // sent here, not yet received there
};

struct Message {
  ProcessId from, to;
  std::size_t end;  // of the sender
  std::string sender;
  bool is_answer;  // goes back over a connection that the receiver made
  bool is_copy;    // made by a fault: does not count as queued
  std::uint64_t due;
  Frames frames;
};

struct Process {
  std::string name;
  std::vector<End> ends;
  std::map<std::string, std::size_t> connected;  // peer name -> end
  std::map<ProcessId, std::size_t> accepted;
  std::deque<Message> arrived;
};

std::size_t end_for(Process& process, const std::string& peer) {
  const auto [at, is_new] = process.connected.try_emplace(peer, process.ends.size());
  if (is_new) process.ends.push_back({peer});
  return at->second;
}

std::size_t end_for(Process& process, ProcessId id, const std::string& peer) {
  const auto [at, is_new] = process.accepted.try_emplace(id, process.ends.size());
  if (is_new) process.ends.push_back({peer, id});
  return at->second;
}

std::pair<std::string, std::string> pair_of(const std::string& one, const std::string& other) {
  return one < other ? std::pair(one, other) : std::pair(other, one);
}
}  // namespace

struct MemoryNetwork::State {
  std::uint64_t random;
  Faults faults;
  std::uint64_t turns = 0;
  ProcessId last_id = nobody;
  std::map<ProcessId, Process> processes;
  std::map<std::string, ProcessId> names;
  std::set<std::pair<std::string, std::string>> cuts;
  std::deque<Message> on_the_way;

  std::uint64_t draw(std::uint64_t below);
  bool happens(int percent) { return percent > 0 && draw(100) < static_cast<unsigned>(percent); }
  Process* find(ProcessId id);
  Result<void> send(ProcessId from, std::size_t end, Frames frames);
  void move(Message message);
  Delivery hand_over(Process& to, Message message);
  void forget(const Message& message);
  void leave(ProcessId id);
};

// SplitMix64: the same on every machine, unlike the distributions of <random>.
std::uint64_t MemoryNetwork::State::draw(std::uint64_t below) {
  std::uint64_t z = (random += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return (z ^ (z >> 31)) % below;
}

Process* MemoryNetwork::State::find(ProcessId id) {
  const auto at = processes.find(id);
  return at == processes.end() ? nullptr : &at->second;
}

Result<void> MemoryNetwork::State::send(ProcessId from, std::size_t end, Frames frames) {
  CHECK(!frames.empty() && frames.size() <= limits::bus_frames_max, "1 to bus_frames_max frames");
  std::size_t bytes = 0;
  for (const auto& frame : frames) bytes += frame.size();
  CHECK(bytes <= limits::bus_message_bytes_max, "who sends splits at bus_message_bytes_max");
  Process* sender = find(from);
  if (!sender) return Error(Code::unavailable, {}, "this process was replaced");
  CHECK(end < sender->ends.size(), "a link of this bus");

  End& way = sender->ends[end];
  ProcessId to = way.process;
  if (to == nobody)
    if (const auto at = names.find(way.peer); at != names.end()) to = at->second;
  if (!find(to) || way.queued >= limits::bus_pipe_messages_max)
    return Error(Code::unavailable, {}, "the peer is gone or its queue is full");
  ++way.queued;
  on_the_way.push_back(
      {from, to, end, sender->name, way.process != nobody, false, 0, std::move(frames)});
  return {};
}

void MemoryNetwork::State::forget(const Message& message) {
  if (message.is_copy) return;
  if (Process* sender = find(message.from)) --sender->ends[message.end].queued;
}

// One message that is due: it is lost, comes later, comes twice or arrives. It may outlive its
// sender, as bytes in a socket do.
void MemoryNetwork::State::move(Message message) {
  constexpr std::uint64_t delay_turns_max = 8;
  Process* receiver = find(message.to);
  const bool is_cut = receiver && cuts.contains(pair_of(message.sender, receiver->name));
  if (!receiver || is_cut || happens(faults.loss_percent)) return forget(message);
  if (message.due == 0 && happens(faults.delay_percent)) {
    message.due = turns + 1 + draw(delay_turns_max);
    on_the_way.push_back(std::move(message));
    return;
  }
  if (!message.is_copy && happens(faults.duplicate_percent)) {
    Message copy = message;
    copy.is_copy = true;
    copy.due = turns + 1 + draw(delay_turns_max);
    on_the_way.push_back(std::move(copy));
  }
  receiver->arrived.push_back(std::move(message));
}

Delivery MemoryNetwork::State::hand_over(Process& to, Message message) {
  forget(message);
  const auto end =
      message.is_answer ? end_for(to, message.sender) : end_for(to, message.from, message.sender);
  return {Link{end}, std::move(message.sender), std::move(message.frames)};
}

void MemoryNetwork::State::leave(ProcessId id) {
  const Process* process = find(id);
  if (!process) return;
  for (const auto& message : process->arrived) forget(message);
  if (const auto at = names.find(process->name); at->second == id) names.erase(at);
  processes.erase(id);
}

namespace {
class MemoryBus final : public Bus {
 public:
  MemoryBus(std::shared_ptr<MemoryNetwork::State> network, ProcessId id)
      : network_(std::move(network)), id_(id) {}
  ~MemoryBus() override { network_->leave(id_); }

  Link link_to(std::string_view peer) const override {
    Process* process = network_->find(id_);
    return process ? Link{end_for(*process, std::string(peer))} : Link{};
  }
  Result<void> send(Link link, Frames frames) override {
    return network_->send(id_, static_cast<std::size_t>(link), std::move(frames));
  }
  // Never waits: on one thread nothing could come meanwhile.
  void receive(std::chrono::milliseconds, std::size_t max, std::vector<Delivery>& out) override {
    Process* process = network_->find(id_);
    for (std::size_t n = 0; process && n < max && !process->arrived.empty(); ++n) {
      Message message = std::move(process->arrived.front());
      process->arrived.pop_front();
      out.push_back(network_->hand_over(*process, std::move(message)));
    }
  }
  void wake() override {}

 private:
  const std::shared_ptr<MemoryNetwork::State> network_;
  const ProcessId id_;
};
}  // namespace

MemoryNetwork::MemoryNetwork(std::uint64_t seed) : state(std::make_shared<State>()) {
  state->random = seed;
}
MemoryNetwork::~MemoryNetwork() = default;

std::unique_ptr<Bus> MemoryNetwork::join(const std::string& name) {
  if (const auto at = state->names.find(name); at != state->names.end()) state->leave(at->second);
  const ProcessId id = ++state->last_id;
  state->names[name] = id;
  state->processes[id].name = name;
  return std::make_unique<MemoryBus>(state, id);
}

void MemoryNetwork::set_faults(const Faults& faults) { state->faults = faults; }

void MemoryNetwork::cut(const std::string& one, const std::string& other, bool is_cut) {
  if (is_cut)
    state->cuts.insert(pair_of(one, other));
  else
    state->cuts.erase(pair_of(one, other));
}

// A message that is late is still on the way, so a caller that turns until false sees it arrive.
bool MemoryNetwork::turn() {
  ++state->turns;
  auto sent = std::exchange(state->on_the_way, {});
  const bool moved = !sent.empty();
  for (auto& message : sent) {
    if (message.due > state->turns)
      state->on_the_way.push_back(std::move(message));
    else
      state->move(std::move(message));
  }
  return moved;
}
}  // namespace nrm
