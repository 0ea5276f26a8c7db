// Machine: the state machines of a service as its stories show them: every step that a story takes
// from one status to another, and where a stream stands in between.
//
// From this come the diagrams in the services' READMEs (REWRITE=1 writes them anew), and the test
// that nobody waits unseen: a status that is not one of rest has a row in a work queue, or a clock.
// A status that no story reaches fails, so there is a story for each.
#pragma once
#include <map>
#include <set>
#include <span>
#include <string>

#include "tests/support/script.hpp"

namespace nrm::test {
struct Machine {
  StreamKind kind{};
  std::vector<std::string_view> statuses;  // all there are
  std::set<std::string_view> at_rest;      // nothing is awaited there
  std::set<std::string_view> aged;         // no clock; a queue orders them by age
  std::set<std::string_view> elsewhere{};  // no queue here: the gateway's rows have them
};

template <class E>
std::vector<std::string_view> statuses_of() {
  std::vector<std::string_view> out;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto d) { out.push_back(to_text(d.value)); });
  return out;
}

// Lives through all stories of the service and checks these machines, and the diagrams of
// services/<service>/README.md, between `<!-- machine KIND -->` and `<!-- end -->`.
void expect_machines(const Core& core, std::string_view service, std::span<const Machine> machines);
}  // namespace nrm::test
