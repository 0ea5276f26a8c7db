// Row 23: what is installed. Hardened as the flags say, nothing left in it that tests or developers
// use, and the same source gives the same bytes.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <regex>

#include "tests/e2e/installation.hpp"
#include "tests/support/file_bytes.hpp"

namespace nrm::test {
namespace {
namespace fs = std::filesystem;
const std::string source = NRM_SOURCE_FOLDER, programs = NRM_BINARY_FOLDER;
const char* const names[] = {"nrm",          "nrm-vault",      "nrm-identification",
                             "nrm-referral", "nrm-assistance", "nrm-closure",
                             "nrm-audit",    "nrm-gateway"};

std::string readelf(const std::string& what, const std::string& file) {
  const Ran ran = run({"/usr/bin/readelf", "-W", what, file});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  return ran.out;
}

bool has(const std::string& text, const std::string& pattern) {
  return std::regex_search(text, std::regex(pattern));
}

TEST(Threat23_Binaries, AreHardened) {
  for (const std::string name : names) {
    const std::string file = programs + "/" + name;
    const std::string header = readelf("-h", file), segments = readelf("-l", file),
                      dynamic = readelf("-d", file), symbols = readelf("--dyn-syms", file);
    EXPECT_TRUE(has(header, "Type: +DYN")) << name << ": position-independent";
    EXPECT_TRUE(has(dynamic, "FLAGS_1.*PIE")) << name;
    EXPECT_TRUE(has(segments, "GNU_RELRO")) << name;
    EXPECT_TRUE(has(dynamic, "BIND_NOW|FLAGS.*NOW")) << name << ": all of the table read-only";
    EXPECT_TRUE(has(segments, "GNU_STACK .* RW ")) << name << ": no code on the stack";
    EXPECT_FALSE(has(segments, "LOAD .* RWE ")) << name << ": nothing is written and executed";
    EXPECT_FALSE(has(dynamic, "RPATH|RUNPATH|TEXTREL")) << name;
    EXPECT_TRUE(has(symbols, "__stack_chk_fail")) << name << ": canaries";
    EXPECT_TRUE(has(symbols, "__\\w+_chk@")) << name << ": _FORTIFY_SOURCE";
  }
}

// The programs' own notes are the linker's AND over all objects, the C library's start files among
// them; so ours are looked at one by one.
TEST(Threat23_Binaries, OurObjectsAllowOnlyMarkedJumps) {
  int objects = 0;
  for (const char* folder : {"/../common", "/../services"})
    for (const auto& entry : fs::recursive_directory_iterator(programs + folder)) {
      if (entry.path().extension() != ".o") continue;
      ++objects;
      EXPECT_TRUE(has(readelf("-n", entry.path().string()), "IBT, SHSTK")) << entry.path();
    }
  EXPECT_GT(objects, 50);
}

TEST(Threat23_Binaries, HoldNothingOfTestsOrDevelopers) {
  for (const std::string name : names) {
    const std::string file = programs + "/" + name;
    const std::string sections = readelf("-S", file), symbols = readelf("-s", file),
                      dynamic = readelf("-d", file), bytes = file_bytes(file);
    EXPECT_FALSE(has(sections, "\\.debug_")) << name;
    // Fakes and stand-ins of tests (of `nrm` too, but for the memory store that a replay folds in).
    EXPECT_FALSE(has(symbols, "failpoint|fault_inject|MemoryNetwork|gtest|5torture")) << name;
    // Its functions may be there, as the compiler's guess at a virtual call; no object can be.
    EXPECT_FALSE(has(symbols, "_ZTVN3nrm11ManualClock")) << name;
    if (name != "nrm") {
      EXPECT_FALSE(has(symbols, "MemoryStore|seeded_entropy")) << name;
    }
    EXPECT_FALSE(has(dynamic, "libgtest|libgmock|libasan|libtsan|libubsan|libgcov")) << name;
    for (const std::string& trace : {source + "/", std::string("/debug/"), std::string("/pprof")})
      EXPECT_EQ(bytes.find(trace), std::string::npos) << name << " has " << trace;
  }
}

TEST(Threat23_Binaries, NoSourceAsksForTheTimeOfItsBuild) {
  for (const char* folder : {"common", "services"})
    for (const auto& entry : fs::recursive_directory_iterator(source + "/" + folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string text = file_bytes(entry.path());
      for (const char* macro : {"__DATE__", "__TIME__", "__TIMESTAMP__"})
        EXPECT_EQ(text.find(macro), std::string::npos) << entry.path();
    }
}

// All of it, twice, takes as long as it sounds: deploy/reproduce. Here one library of it, in two
// folders with other names, without the compiler's cache.
TEST(Threat23_Binaries, TheSameSourceGivesTheSameBytes) {
  const Ran ran = run({source + "/deploy/reproduce", "nrm_clock"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_TRUE(has(ran.out, "1 of 1 .*the same")) << ran.out;
}
}  // namespace
}  // namespace nrm::test
