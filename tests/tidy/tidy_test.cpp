// Style as a test: what the READMEs promise about the sources is checked here, not in review.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "tests/tidy/source_tree.hpp"

namespace nrm::tidy {
namespace {
constexpr std::size_t line_columns_max = 100;
constexpr std::size_t file_lines_max = 400;
constexpr std::size_t function_lines_max = 70;
// Tests are read one case at a time, and a table of attacks or faults is one function.
constexpr std::size_t test_file_lines_max = 500;
constexpr std::size_t test_function_lines_max = 120;
// One list that is read as a whole; each with its reason.
const std::map<std::string, std::size_t> longer = {
    {"common/event/vault_events.hpp", 510},  // the vocabulary: one small struct after the other
    {"common/event/identification_events.hpp", 430},
    {"common/event/referral_events.hpp", 450},
    {"common/event/assistance_events.hpp", 440},
    {"common/event/facts.hpp", 440},
    {"services/gateway/answers.hpp", 700},
    {"services/gateway/views.hpp", 450},
    {"services/gateway/forms.hpp", 720},
    {"services/gateway/views.cpp", 560},        // one fold after the other: what each event changes
    {"services/gateway/route_table.cpp", 580},  // a row for each route
    {"services/audit/places.cpp", 640},         // tables
    {"services/cli/commands.hpp", 420},         // the options of every command
    {"services/cli/arguments.cpp", 950},        // every command and option: one tree
    {"tests/service/audit/conservation_test.cpp", 610},  // a planted fault for each rule
    {"tests/threats/access_matrix_test.cpp", 620},       // a row for each route
    {"services/cli/bench_caseload.cpp", 420},
};

bool is_test(const SourceFile& file) { return file.path.starts_with("tests/"); }

std::size_t lines_max(const SourceFile& file) {
  const auto found = longer.find(file.path);
  if (found != longer.end()) return found->second;
  return is_test(file) ? test_file_lines_max : file_lines_max;
}

const std::vector<SourceFile>& sources() {
  static const auto all = read_sources();
  return all;
}

std::string at(const SourceFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line) + ": ";
}

// Characters, not bytes: arrows and dashes in comments count once.
std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

TEST(Tidy, TheTreeIsThere) {
  EXPECT_GT(sources().size(), 100u);
  EXPECT_GT(read_rules().size(), 8u);
}

TEST(Tidy, LinesAndFilesAreShort) {
  for (const SourceFile& file : sources()) {
    EXPECT_LE(file.lines.size(), lines_max(file))
        << file.path << ": a file this long usually hides two things";
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const bool is_literal = file.lines[i].find("R\"") != std::string::npos;
      if (!is_literal) {
        EXPECT_LE(columns(file.lines[i]), line_columns_max) << at(file, i + 1);
      }
      EXPECT_EQ(file.lines[i].find('\t'), std::string::npos) << at(file, i + 1) << "a tab";
    }
  }
}

// A function body starts with a line that ends in "{" at the outermost level of its namespace or
// class and ends with the "}" in the same column: good enough for clang-formatted sources.
TEST(Tidy, FunctionsAreShort) {
  const std::regex opening(R"(^( {0,4})[A-Za-z~\[].*\)[^;=]*\{$)");
  const std::regex keyword(
      R"(^ *(if|for|while|switch|namespace|struct|class|enum|TEST|TEST_F|TEST_P)\b)");
  for (const SourceFile& file : sources())
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_match(file.lines[i], match, opening) ||
          std::regex_search(file.lines[i], keyword))
        continue;
      // The column is that of the line on which the signature begins.
      std::size_t head = i;
      const auto goes_on = [&](std::size_t line) {
        return file.lines[line].ends_with("(") || file.lines[line].ends_with(",");
      };
      while (head > 0 && goes_on(head - 1)) --head;
      const std::string closing(file.lines[head].find_first_not_of(' '), ' ');
      std::size_t end = i + 1;
      while (end < file.lines.size() && !file.lines[end].starts_with(closing + '}')) ++end;
      EXPECT_LE(end - i + 1, is_test(file) ? test_function_lines_max : function_lines_max)
          << at(file, i + 1) << "a long function";
    }
}

TEST(Tidy, FoldersIncludeOnlyWhatTheTableAllows) {
  const auto rules = read_rules();
  for (const SourceFile& file : sources()) {
    const auto rule = rules.find(file.folder());
    if (rule == rules.end()) continue;
    const std::string own = file.folder().substr(std::string("common/").size());
    for (const Include& include : includes_of(file)) {
      if (!include.is_ours) continue;
      ASSERT_TRUE(include.target.starts_with("common/"))
          << at(file, include.line) << "common never includes services or tests";
      const auto slash = include.target.find('/', 7);
      const std::string folder = include.target.substr(7, slash - 7);
      EXPECT_TRUE(folder == own || rule->second.may_include.contains(folder))
          << at(file, include.line) << own << " may not include " << folder;
    }
  }
}

TEST(Tidy, LibrariesStayInTheirAdapters) {
  const auto rules = read_rules();
  const std::set<std::string> everywhere = {"Boost.Describe", "Boost.Mp11", "Boost.System"};
  for (const SourceFile& file : sources()) {
    if (file.path.starts_with("tests/")) continue;
    for (const Include& include : includes_of(file)) {
      const std::string library = library_of(include.target);
      if (include.is_ours || library.empty() || everywhere.contains(library)) continue;
      const bool cli = (library == "CLI11" && file.path == "services/cli/arguments.cpp") ||
                       (library == "libxlsxwriter" && file.path == "services/audit/workbook.cpp");
      const auto rule = rules.find(file.folder());
      const bool listed = rule != rules.end() && rule->second.libraries.contains(library) &&
                          rule->second.libraries.at(library).contains(file.name());
      EXPECT_TRUE(cli || listed) << at(file, include.line) << library << " may not be seen here";
    }
  }
}

TEST(Tidy, CoresSeeOnlyTheCoreFolders) {
  const std::set<std::string> core = {"decide.cpp", "evolve.cpp", "rows.cpp"};
  for (const SourceFile& file : sources()) {
    const std::regex service(R"(^services/(\w+)$)");
    std::smatch match;
    const std::string folder = file.folder();
    if (!std::regex_match(folder, match, service)) continue;
    const std::string name = match[1];
    const bool is_core = core.contains(file.name()) || file.name() == name + ".hpp" ||
                         file.name().starts_with("decide_");
    for (const Include& include : includes_of(file)) {
      if (!include.is_ours) continue;
      const bool tool = name == "audit" || name == "cli";  // they read everybody's logs
      if (include.target.starts_with("services/") && !tool) {
        EXPECT_TRUE(include.target.starts_with(folder + "/"))
            << at(file, include.line) << "services share only events";
      }
      if (!is_core || tool || name == "gateway" || name == "witness") continue;
      EXPECT_TRUE(
          include.target.starts_with(folder + "/") || include.target.starts_with("common/base/") ||
          include.target.starts_with("common/event/") || include.target.starts_with("common/step/"))
          << at(file, include.line) << "a core sees base, event and step only";
    }
  }
}

TEST(Tidy, HeadersAreHeaders) {
  for (const SourceFile& file : sources()) {
    if (!file.is_header()) continue;
    EXPECT_NE(std::ranges::find(file.lines, "#pragma once"), file.lines.end()) << file.path;
    EXPECT_TRUE(file.lines.front().starts_with("//"))
        << file.path << ": a header begins with what it promises";
    for (const Include& include : includes_of(file))
      for (const char* heavy : {"iostream", "regex", "ranges", "boost/asio.hpp"})
        EXPECT_NE(include.target, heavy) << at(file, include.line);
  }
}

// Each with what to use instead.
struct Ban {
  std::string word;
  std::string instead;
  std::set<std::string> allowed = {};
  bool tests_may = false;
  bool in_comments = false;
};
const Ban bans[] = {{"system_clock::now", "Clock::now()", {"common/clock/clock.cpp"}, true},
                    // Threat 25: a process that decides by it follows whoever sets it.
                    {"system_clock()",
                     "anchored_clock(): nobody sets it",
                     {"common/clock/clock.cpp", "common/clock/clock.hpp"},
                     true},
                    {"random_device", "Entropy"},
                    {"mt19937", "Entropy", {}, true},
                    {"ZMQ_HEARTBEAT_", "a heartbeat message: libzmq 4.3.4 aborts"},
                    {"std::regex", "a hand-written reader: std::regex recurses", {}, true},
                    {"GTEST_SKIP", "a test that runs"},
                    {"DISABLED_", "a test that runs"},
                    {"TODO", "nothing: finish it", {}, false, true},
                    {"FIXME", "nothing: finish it", {}, false, true}};

TEST(Tidy, BannedCallsAreNotMade) {
  for (const SourceFile& file : sources()) {
    if (file.path.starts_with("tests/tidy/")) continue;
    for (const Ban& ban : bans) {
      if (ban.allowed.contains(file.path) || (ban.tests_may && file.path.starts_with("tests/")))
        continue;
      for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const auto found = file.lines[i].find(ban.word);
        const bool comment = file.lines[i].find("//") < found;
        EXPECT_TRUE(found == std::string::npos || (comment && !ban.in_comments))
            << at(file, i + 1) << "use " << ban.instead;
      }
    }
  }
}

// What a log line may hold: codes, counts, names of our own. A new field is added here, after a
// look at what it can hold (reliability.md, section 2, row 27).
const std::set<std::string> log_fields = {"batches",      "behind",
                                          "by_ms",        "code",
                                          "doing",        "enforced",
                                          "erased",       "error",
                                          "exit",         "family",
                                          "format",       "key_bytes",
                                          "keys",         "log",
                                          "next",         "peer",
                                          "peers_before", "peers_behind",
                                          "port",         "process",
                                          "puts",         "reason",
                                          "records",      "shares_needed",
                                          "signal",       "starts_again_in_ms",
                                          "status",       "synced",
                                          "value_bytes",  "versions",
                                          "what",         "what_next",
                                          "logs",         "size",
                                          "why"};

TEST(Tidy, LogLinesHaveAllowedFieldsOnly) {
  const std::regex call(R"re(diag::(info|warning|error|write)\()re");
  const std::regex field(R"re(\{"([a-z_]+)", )re");
  int calls = 0;
  for (const SourceFile& file : sources()) {
    if (is_test(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (!std::regex_search(file.lines[i], call)) continue;
      ++calls;
      std::string statement;
      for (std::size_t j = i; j < file.lines.size() && j < i + 8; ++j) {
        statement += file.lines[j];
        if (file.lines[j].ends_with(";")) break;
      }
      for (std::sregex_iterator at(statement.begin(), statement.end(), field), end; at != end; ++at)
        EXPECT_TRUE(log_fields.contains((*at)[1])) << ::nrm::tidy::at(file, i + 1) << (*at)[1];
    }
  }
  EXPECT_GT(calls, 10);
}

TEST(Tidy, NamesSayWhatThingsAre) {
  const std::regex vague(
      R"(\b(struct|class) \w*(Manager|Helper|Util|Utils|Impl|Data|Info|Base)\b)");
  for (const SourceFile& file : sources())
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      EXPECT_FALSE(std::regex_search(file.lines[i], vague)) << at(file, i + 1) << file.lines[i];
}

// Two types of one name in two files are two layouts for one set of template instances: the linker
// keeps one of them, and a vector of the other type is read with it (the One Definition Rule,
// [basic.def.odr]; g++ finds it only with link-time optimization).
TEST(Tidy, TypesHaveOneDefinition) {
  const std::regex forward(R"(^(struct|class|enum) .*;$)");
  const std::regex opens(R"(^namespace ([\w:]*) ?\{$)");
  const std::regex type(R"(^(?:struct|class|enum|enum class) (\w+)(?: final)?(?: :[^;]*| \{.*)$)");
  std::map<std::string, std::string> places;  // of the qualified name
  for (const SourceFile& file : sources()) {
    std::vector<std::string> within;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      std::smatch match;
      const bool after_forward = i > 0 && std::regex_match(file.lines[i - 1], forward);
      if (line.starts_with("}  // namespace") || (line == "}" && after_forward)) {
        ASSERT_FALSE(within.empty()) << at(file, i + 1);
        within.pop_back();
      } else if (std::regex_match(line, match, opens)) {
        within.push_back(match[1]);
      } else if (std::regex_match(line, match, type) &&
                 std::ranges::find(within, "") == within.end()) {
        std::string name;
        for (const std::string& one : within) name += one + "::";
        const auto& [where, is_new] = places.emplace(name + match[1].str(), at(file, i + 1));
        EXPECT_TRUE(is_new) << at(file, i + 1) << where->first << " is also in " << where->second;
      }
    }
  }
  EXPECT_GT(places.size(), 1'000u);
}

TEST(Tidy, EverySourceIsBuilt) {
  for (const SourceFile& file : sources()) {
    if (file.is_header()) continue;
    // Listed in its folder's CMakeLists.txt or in that of a folder above.
    bool listed = false;
    for (std::string folder = file.folder(); !listed && !folder.empty();
         folder = folder.find('/') == std::string::npos ? "" : folder.substr(0, folder.rfind('/')))
      listed = read_text(folder + "/CMakeLists.txt")
                   .find(file.name().substr(0, file.name().size() - 4)) != std::string::npos;
    EXPECT_TRUE(listed || file.path.starts_with("tests/support/"))
        << file.path << ": no CMakeLists.txt names it";
  }
}
}  // namespace
}  // namespace nrm::tidy
