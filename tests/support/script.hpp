// Script: a story about one service in plain text, and the Desk that lives through it.
// clang-format off
//
//   # a comment; a line that starts with a space continues the line before
//   policy uk                        deploy/policy/uk.json; @owner and @managers hold the offices
//   let facts {"age_now":"adult"}    %facts stands for it from here on
//   continues reported.txt           first live through that story (its outcomes are not compared)
//   at 2023-07-03T09:00:00.000Z
//   as first_responder@avon          role@organisation, or role@organisation/account
//   as itself                        the process, which asks itself without an actor
//   when nrm.report.submit.v1 {"subject":"$c1","dossier":"%digest","facts":%facts}
//   received closure nrm.case.closed.v1 case/$c1 {"reason":"died", …}
//   due case/$c1 first_stage         a running clock has run out; `at` must have reached it
//   stray case/$c1 first_stage       a clock that is not running fires all the same
//   rows queue/                      asks for the rows with that prefix
//
// $name is an id made from the name; the decider's own fresh ids are $fresh1, $fresh2 … in the
// order in which they appear; $nil is the nil id. After each of the last five come the outcome
// lines, compared word by word:
//
//   then nrm.case.report_received.v1 case/$c1 {"reference":"X0D69-13H6N-Q", …}
//   clock case/$c1 first_stage 2023-07-10T23:59:59.999Z         or: … cleared
//   rejected too_early /subject "the recovery period runs until 2023-08-02"
//   nothing
//   row queue/first_stage/2023-07-10T23:59:59.999Z/$c1 {"status":"reported", …}
//
// REWRITE=1 in the environment writes the outcome lines anew. Read the diff before you commit it.
// clang-format on
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/desk.hpp"

namespace nrm::test {
// A pack of deploy/policy with both offices held by the organisations named `owner` and `managers`.
Policy policy_of(std::string_view pack);
// The id that stands behind $name.
Uuid id_of(std::string_view name);

// One step of a stream: its status before and after ("" before its first event), and the input that
// led there.
struct Transition {
  StreamKind kind{};
  std::string from, to, by;
  auto operator<=>(const Transition&) const = default;
};
// Whether a stream with some status was always in a work queue, and always had a clock.
struct Standing {
  bool queued = true, timed = true;
};

class Script {
 public:
  explicit Script(const Core& core) : core_(core) {}
  // The story that `told` has lived, in another pack: nothing is compared. Its regions are that
  // pack's; $fresh3 is what took its place there; a clock that runs longer is waited for, and one
  // that the pack does not have is left out. Borrows `told`.
  Script(const Core& core, std::string_view pack, const Script& told)
      : core_(core), pack_(pack), told_(&told) {}

  // After each input, with the world as it is then.
  using Watch = std::function<void(const Input&, const Outcome&)>;
  void watch(Watch watch) { watch_ = std::move(watch); }

  // Lives through a story; true when every outcome was the expected one and no promise was broken.
  bool run(const std::filesystem::path& file);

  const std::string& expected() const { return expected_; }  // the file as it is
  const std::string& actual() const { return actual_; }      // the file as it should be
  const std::vector<std::string>& mistakes() const { return mistakes_; }  // "line 7: …"

  const std::vector<Transition>& transitions() const { return transitions_; }
  const std::map<std::pair<StreamKind, std::string>, Standing>& standings() const {
    return standings_;
  }

  // The world as the story left it, for tests that go on in C++.
  Desk& desk();
  Instant now() const { return now_; }
  Uuid id(std::string_view name) const;  // of $name, $fresh1 …
  Actor actor(std::string_view role_at_organisation);
  Input input(decltype(Input::what) what, std::optional<Actor> actor = std::nullopt);

 private:
  using Lines = std::vector<std::string>;
  struct Statement {
    std::size_t line = 0;
    std::string text;
    Lines raw, outcome, rest;  // as written; then the comments and empty lines that follow
  };

  static std::vector<Statement> split(const std::string& file);
  Lines live(const Statement& statement, const std::filesystem::path& file);
  Lines when(std::string_view text);
  Lines received(std::string_view text);
  Lines due(std::string_view text, bool stray);
  Lines list_rows(std::string_view prefix);
  Lines apply(const Input& input);
  void continue_from(const std::filesystem::path& file);
  std::string expand(std::string_view text);   // %lets and $names -> what they stand for
  std::string present(std::string_view text);  // and back
  Lines mistake(std::string what);
  void observe(const Input& input, const Outcome& outcome);
  std::string status_of(const StreamKey& stream);
  std::optional<Uuid> in_this_pack(std::string_view fresh) const;
  std::string regions_of_this_pack(std::string text) const;

  const Core& core_;
  std::string pack_;  // of the story, when empty
  const Script* told_ = nullptr;
  Watch watch_;
  std::vector<Region> story_regions_;
  std::map<StreamKind, std::vector<Uuid>> begun_;  // in the order of their first events
  std::unique_ptr<Desk> desk_;
  Instant now_;
  std::optional<Actor> actor_;
  bool by_itself_ = false;
  std::map<std::string, std::string> lets_;
  std::map<Uuid, std::string> names_;
  std::uint32_t inputs_ = 0, fresh_ = 0;
  std::size_t line_ = 0, depth_ = 0;
  std::string expected_, actual_;
  std::vector<std::string> mistakes_;
  std::map<StreamKey, std::string> statuses_;
  std::vector<Transition> transitions_;
  std::map<std::pair<StreamKind, std::string>, Standing> standings_;
};

// tests/service/scripts/<service>/*.txt, sorted.
std::vector<std::filesystem::path> scripts_of(std::string_view service);
// Runs one as a GoogleTest; REWRITE=1 mends the file and still fails where a promise is broken.
void expect_script(const Core& core, const std::filesystem::path& file);
// For INSTANTIATE_TEST_SUITE_P: the file's name without its ending.
std::string script_name(const std::filesystem::path& file);
}  // namespace nrm::test
