// Lines: how the processes of a town talk.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"

namespace nrm::test {
// `zeromq`: real sockets with CURVE keys and allow-lists, as processes have them, over ipc.
// `memory`: the fake bus, where a message arrives with the next turn, so that turns can be counted.
enum class Wires : bool { memory, zeromq };

class Lines {
 public:
  virtual ~Lines() = default;
  // A process that listens under its name, if others connect to it, and connects to these peers.
  virtual std::unique_ptr<Bus> join(const std::string& name,
                                    const std::vector<std::string>& peers) = 0;
  // Lets what is on the way get on.
  virtual void turn() = 0;
  virtual bool turns_take_time() const = 0;
};

// `folder`: for the sockets. REQUIRES: it outlives the buses.
std::unique_ptr<Lines> make_lines(Wires wires, const std::string& folder);
}  // namespace nrm::test
