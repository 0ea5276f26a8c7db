#include "tests/support/refusals.hpp"

#include <gtest/gtest.h>

#include <boost/mp11/algorithm.hpp>

namespace nrm::test {
namespace {
template <std::size_t N>
Text<N> text(std::string_view value) {
  return *Text<N>::parse(value);
}

void complete(SubmitReport& c) { c.dossier = text<64>(std::string(64, '0')); }
void complete(RegisterOrganisation& c) { c.name = text<120>("Avon and Somerset Police"); }
void complete(SealDossier& c) { c.digest = text<64>(std::string(64, '0')); }
void complete(IssueAccount& c) { c.token_digest = text<64>(std::string(64, '0')); }
void complete(RequestClosure& c) { c.evidence = ClosureEvidence{.needs_reviewed = true}; }
template <class Other>
void complete(Other&) {}

template <class C>
void fill(C& command, const CaseId& subject, const Policy& policy) {
  complete(command);
  if constexpr (requires { command.subject; }) command.subject = subject;
  if constexpr (requires { command.facts; }) {
    if constexpr (requires { command.facts.age_now; }) command.facts.age_now = AgeBand::adult;
    command.facts.region = policy.regions.front();
  }
}
}  // namespace

std::vector<Command> every_command(const CaseId& subject, const Policy& policy) {
  std::vector<Command> out;
  using boost::mp11::mp_identity;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<mp_identity, AllCommands>>([&](auto identity) {
    typename decltype(identity)::type command;
    fill(command, subject, policy);
    out.emplace_back(std::move(command));
  });
  return out;
}

std::set<std::string_view> accepted_after(const Core& core, const std::filesystem::path& story,
                                          std::string_view subject, const ActorOf& actor_of) {
  std::set<std::string_view> accepted;
  const std::size_t count = Command::count;
  for (std::size_t i = 0; i < count; ++i) {
    Script script(core);
    EXPECT_TRUE(script.run(story)) << story.string();
    Desk& desk = script.desk();
    const Command command = every_command(CaseId(script.id(subject)), desk.policy())[i];
    const std::string_view type = type_of(command);
    const std::string before = desk.whole();
    const Outcome outcome = desk.apply(script.input(command, script.actor(actor_of(type))));
    EXPECT_FALSE(outcome.nothing()) << type << " after " << story.string();
    if (outcome.rejection) {
      EXPECT_EQ(desk.whole(), before) << type << " was refused and changed something";
    } else {
      accepted.insert(type);
    }
    for (const std::string& fault : desk.faults()) ADD_FAILURE() << type << ": " << fault;
  }
  return accepted;
}
}  // namespace nrm::test
