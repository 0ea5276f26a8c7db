#include "tests/support/matrix.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/support/refusals.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;
constexpr std::string_view packs[] = {"bulgaria", "georgia", "ireland", "latvia", "osce", "uk"};
// A status may be reached with more or less behind it: so often, in different stories, it is
// looked at in each pack.
constexpr unsigned looks_max = 4;
// One of each role, where stories have them; those of the story itself come on top.
constexpr std::string_view everybody[] = {"first_responder@avon",
                                          "competent_authority@owner",
                                          "case_manager@managers/ben",
                                          "service_provider@haven",
                                          "person@avon/person",
                                          "guardian@managers/mary",
                                          "auditor@overseer",
                                          "operator@owner",
                                          "competent_authority@board/one"};

// The streams that an id of this type may name.
template <class Named>
std::vector<StreamKind> kinds_of() {
  using enum StreamKind;
  if constexpr (std::is_same_v<Named, CaseId>) return {case_, child, feedback};
  if constexpr (std::is_same_v<Named, ReferralId>) return {referral};
  if constexpr (std::is_same_v<Named, ProviderId>) return {provider};
  if constexpr (std::is_same_v<Named, OrganisationId>) return {organisation};
  if constexpr (std::is_same_v<Named, AccountId>) return {account};
  if constexpr (std::is_same_v<Named, WithdrawalId>) return {withdrawal};
  if constexpr (std::is_same_v<Named, EmergencyId>) return {emergency};
  if constexpr (std::is_same_v<Named, ProposalId>) return {proposal};
  if constexpr (std::is_same_v<Named, OrganisationKeyId>) return {key};
  if constexpr (std::is_same_v<Named, SealedItemId>) return {item};
  if constexpr (std::is_same_v<Named, TransnationalId>) return {transnational};
  if constexpr (std::is_same_v<Named, DuplicateId>) return {duplicate};
  if constexpr (std::is_same_v<Named, GroupEventId>) return {group};
  if constexpr (std::is_same_v<Named, ProcedureId>) return {procedure};
  if constexpr (std::is_same_v<Named, AlarmId>) return {alarm};
  if constexpr (std::is_same_v<Named, IncidentId>) return {incident};
  if constexpr (std::is_same_v<Named, ChildNoticeId>) return {notice};
  if constexpr (std::is_same_v<Named, TransitionId>) return {transition};
  if constexpr (std::is_same_v<Named, FollowUpId>) return {visit};
  if constexpr (std::is_same_v<Named, PublicationId>) return {publication};
  if constexpr (std::is_same_v<Named, ComplaintId>) return {complaint};
  if constexpr (std::is_same_v<Named, WarningId>) return {warning};
  return {};
}

// Each id that the command names, with the streams that it may be of.
template <class C, class Take>
void each_id(C& command, Take take) {
  using Members =
      boost::describe::describe_members<std::remove_const_t<C>, boost::describe::mod_any_access>;
  boost::mp11::mp_for_each<Members>([&](auto member) {
    auto& value = command.*member.pointer;
    using Member = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_base_of_v<Uuid, Member>) take(value, kinds_of<Member>());
  });
}

// At this stream, and at its case. Whether the command names the stream at all.
bool aim(Command& command, const StreamKey& stream) {
  bool named = false;
  visit(
      [&](auto& one) {
        each_id(one, [&](auto& id, const std::vector<StreamKind>& kinds) {
          if (std::ranges::find(kinds, stream.kind) == kinds.end()) return;
          id = std::remove_reference_t<decltype(id)>(stream.id);
          named = true;
        });
      },
      command);
  return named;
}

// The command as it is; then with each value of each of its codes, one at a time.
std::vector<Command> variants_of(const Command& command) {
  std::vector<Command> out{command};
  visit(
      [&]<class C>(const C& one) {
        using Members = boost::describe::describe_members<C, boost::describe::mod_any_access>;
        boost::mp11::mp_for_each<Members>([&](auto member) {
          using Member = std::remove_cvref_t<decltype(one.*member.pointer)>;
          C other = one;
          if constexpr (std::is_same_v<Member, bool>) {
            other.*member.pointer = !(one.*member.pointer);
            out.emplace_back(other);
          } else if constexpr (DescribedEnum<Member>) {
            boost::mp11::mp_for_each<boost::describe::describe_enumerators<Member>>([&](auto d) {
              other.*member.pointer = d.value;
              out.emplace_back(other);
            });
          }
        });
      },
      command);
  return out;
}

std::string member_of(const Desk& desk, const StreamKey& stream, std::string_view member) {
  json::Document document;
  const std::string state = desk.state_json(stream);
  if (state.empty() || !document.parse_strict(state)) return {};
  const json::Value value = document.root().find(member);
  return value && value.kind() == json::Kind::string ? std::string(value.text()) : std::string();
}

CaseId subject_of(const Desk& desk, const StreamKey& stream) {
  const auto subject = Uuid::parse(member_of(desk, stream, "subject"));
  return CaseId(subject.value_or(stream.id));
}

std::string short_name(std::string_view type) {
  return std::string(type.substr(4, type.size() - 4 - 3));  // nrm. … .v1
}

std::string in_words(const std::set<std::string>& some) {
  std::string out;
  for (const std::string& one : some) out += (out.empty() ? "" : " ") + one;
  return out;
}

std::string of_packs(const std::set<std::string>& some) {
  return some.size() == std::size(packs) ? "all packs" : in_words(some);
}

// "osce uk + georgia": there by stories, and in one more by what was tried.
std::string told_and_tried(const std::set<std::string>& told, const std::set<std::string>& tried) {
  std::set<std::string> more;
  std::ranges::set_difference(tried, told, std::inserter(more, more.end()));
  if (more.empty()) return of_packs(told);
  return (told.empty() ? "" : of_packs(told) + ' ') + "+ " + of_packs(more);
}
}  // namespace

void Matrix::live(std::string_view service) {
  for (const fs::path& story : scripts_of(service)) {
    Script told(core_);
    told.run(story);
    for (const std::string_view pack : packs) {
      Script here(core_, pack, told);
      live(here, story, std::string(pack));
    }
  }
}

void Matrix::live(Script& script, const fs::path& story, const std::string& pack) {
  Life life{script, pack};
  script.watch([&](const Input& input, const Outcome& outcome) { follow(life, input, outcome); });
  script.run(story);
  for (const std::string& mistake : script.mistakes())
    faults_.insert(story.stem().string() + " in " + pack + ", " + mistake);
  for (const Transition& one : script.transitions())
    if (one.from != one.to) transitions_[{one.kind, one.from, one.to}].told.insert(pack);
}

void Matrix::follow(Life& life, const Input& input, const Outcome& outcome) {
  if (input.actor && std::ranges::find(life.actors, *input.actor) == life.actors.end())
    life.actors.push_back(*input.actor);
  if (outcome.rejection) return;
  note_command(life, input);
  std::set<StreamKey> touched;
  for (const Emit& emit : outcome.decision.events) {
    events_[std::string(type_of(emit.event))].told.insert(life.pack);
    touched.insert(emit.stream);
  }
  for (const StreamKey& stream : touched) {
    const std::string status = member_of(life.script.desk(), stream, "status");
    if (status.empty()) continue;
    life.statuses[stream] = status;
    if (is_to_be_looked_at(life, stream, status))
      try_everything(life, {life.script.desk(), life.script.now()}, stream, status);
  }
}

bool Matrix::is_to_be_looked_at(const Life& life, const StreamKey& stream,
                                const std::string& status) {
  unsigned& looks = looks_[{life.pack, {stream.kind, status}}];
  return looks < looks_max && ++looks > 0;
}

// A command that a story tells of, in the statuses that its streams had before.
void Matrix::note_command(const Life& life, const Input& input) {
  const auto* command = std::get_if<Command>(&input.what);
  if (command == nullptr) return;
  const auto note = [&](const Uuid& id, const std::vector<StreamKind>& kinds) {
    for (const StreamKind kind : kinds) {
      const auto before = life.statuses.find({kind, id});
      if (before == life.statuses.end()) continue;
      Allowed& allowed = cells_[{kind, before->second}].allowed[std::string(type_of(*command))];
      allowed.packs.insert(life.pack);
      allowed.roles.insert(std::string(to_text(input.actor->role)));
      allowed.told = true;
    }
  };
  visit([&](const auto& one) { each_id(one, note); }, *command);
}

void Matrix::try_everything(Life& life, const Moment& moment, const StreamKey& stream,
                            const std::string& status) {
  const Desk& desk = moment.desk;
  Cell& cell = cells_[{stream.kind, status}];
  cell.packs.insert(life.pack);
  std::vector<Actor> actors = life.actors;
  for (const std::string_view one : everybody) {
    const Actor actor = life.script.actor(one);
    if (std::ranges::find(actors, actor) == actors.end()) actors.push_back(actor);
  }
  for (Command& command : every_command(subject_of(desk, stream), desk.policy())) {
    if (!aim(command, stream)) continue;
    for (const Command& one : variants_of(command))
      for (const Actor& actor : actors) try_command(life, moment, cell, one, actor);
  }
  try_clocks(life, moment, stream);
}

void Matrix::try_command(Life& life, const Moment& moment, Cell& cell, const Command& command,
                         const Actor& actor) {
  const std::string type(type_of(command));
  Input input = life.script.input(command, actor);
  input.at = moment.now;
  const Result<Decision> decided = core_.decide(moment.desk, input, moment.desk.policy());
  if (!decided) {
    cell.codes.insert(std::string(row_of(decided.error().code).name));
    return;
  }
  if (decided->events.empty() && decided->clocks.empty())
    faults_.insert(type + " is neither done nor refused");
  Allowed& allowed = cell.allowed[type];
  allowed.packs.insert(life.pack);
  allowed.roles.insert(std::string(to_text(actor.role)));
  happen(life, moment, input, type);
}

// In a copy of this world: what it leads to.
void Matrix::happen(Life& life, const Moment& moment, const Input& input, std::string_view what) {
  const auto copy = moment.desk.copy();
  const Outcome outcome = copy->apply(input);
  for (const std::string& fault : copy->faults()) faults_.insert(std::string(what) + ": " + fault);
  std::set<StreamKey> touched;
  for (const Emit& emit : outcome.decision.events) {
    events_[std::string(type_of(emit.event))].tried.insert(life.pack);
    touched.insert(emit.stream);
  }
  for (const StreamKey& stream : touched) {
    const std::string before = member_of(moment.desk, stream, "status");
    const std::string after = member_of(*copy, stream, "status");
    if (after.empty() || before == after) continue;
    transitions_[{stream.kind, before, after}].tried.insert(life.pack);
    if (is_to_be_looked_at(life, stream, after))
      try_everything(life, {*copy, input.at}, stream, after);
  }
}

void Matrix::try_clocks(Life& life, const Moment& moment, const StreamKey& stream) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<ClockName>>([&](auto clock) {
    const auto running = moment.desk.clocks().find({stream, clock.value});
    const bool runs = running != moment.desk.clocks().end();
    const Instant at = runs ? std::max(running->second, moment.now) : moment.now;
    Input input = life.script.input(Due{stream, clock.value, runs ? running->second : at});
    input.at = at;
    const std::string what = "clock " + std::string(to_text(clock.value));
    if (runs)
      happen(life, moment, input, what);
    else if (!core_.decide(moment.desk, input, moment.desk.policy()))
      faults_.insert("a stray " + what + " was refused");
  });
}

std::string Matrix::page() const {
  std::ostringstream out;
  out << "What is allowed in each status, to whom and in which packs. A + is before what no story\n"
         "tells of: it was tried by the test alone. All else that can name the stream is refused,\n"
         "with one of these codes.\n";
  for (const auto& [place, cell] : cells_) {
    out << '\n'
        << to_text(place.first) << ' ' << place.second << " (" << of_packs(cell.packs) << ")\n";
    for (const auto& [type, allowed] : cell.allowed)
      out << (allowed.told ? "    " : "  + ") << short_name(type) << ": " << in_words(allowed.roles)
          << " (" << of_packs(allowed.packs) << ")\n";
    out << "  refused: " << in_words(cell.codes) << '\n';
  }
  out << "\nEvery transition, and the packs in which a story takes it; after a + those in which "
         "it\n"
         "was tried.\n\n";
  for (const auto& [step, some] : transitions_)
    out << to_text(std::get<0>(step)) << ' '
        << (std::get<1>(step).empty() ? "[*]" : std::get<1>(step)) << " -> " << std::get<2>(step)
        << ": " << told_and_tried(some.told, some.tried) << '\n';
  out << "\nEvery event, likewise.\n\n";
  for (const auto& [type, some] : events_)
    out << short_name(type) << ": " << told_and_tried(some.told, some.tried) << '\n';
  return out.str();
}

void expect_matrix(const Core& core, std::string_view service,
                   const std::set<StreamKind>& elsewhere) {
  Matrix matrix(core);
  matrix.live(service);
  for (const std::string& fault : matrix.faults()) ADD_FAILURE() << fault;
  const std::string page = matrix.page();
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, AllEvents>>(
      [&](auto identity) {
        using E = typename decltype(identity)::type;
        if (owner_of(E::type) != core.service() || elsewhere.contains(E::stream)) return;
        EXPECT_TRUE(matrix.tells_of(E::type)) << "no story has " << E::type;
      });
  const fs::path file =
      fs::path(NRM_SOURCE_FOLDER) / "tests/service/matrix" / (std::string(service) + ".txt");
  std::ostringstream there;
  there << std::ifstream(file, std::ios::binary).rdbuf();
  if (std::getenv("REWRITE") != nullptr) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << page;
    return;
  }
  EXPECT_EQ(there.str(), page) << file << ": run this test with REWRITE=1 and read the diff";
}
}  // namespace nrm::test
