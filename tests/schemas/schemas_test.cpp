// The committed schemas are what the code says, every event that was ever written can be read, and
// the rules that no schema can state hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "common/event/codec.hpp"
#include "schemas/generator/generate.hpp"
#include "tests/support/file_bytes.hpp"

namespace nrm::schemas {
namespace {
namespace fs = std::filesystem;
const fs::path folder = fs::path(NRM_SOURCE_FOLDER) / "schemas";

TEST(Schemas, AreWhatTheCodeSays) {
  for (const auto& [path, bytes] : generate())
    ASSERT_TRUE(test::file_bytes(folder / path) == bytes)
        << "schemas/" << path << " differs from the code; run deploy/schemas and read the diff";
}

TEST(Schemas, NothingIsLeftOverFromAType) {
  const Files files = generate();
  for (const char* part : {"events", "commands"})
    for (const auto& entry : fs::directory_iterator(folder / part))
      EXPECT_TRUE(files.contains(part + ("/" + entry.path().filename().string())))
          << entry.path() << " is of no type; run deploy/schemas";
}

TEST(Schemas, AreTheSameAtEveryRun) { EXPECT_EQ(generate(), generate()); }

// Each file in samples/ was written by some version of this code and must decode for ever.
TEST(Samples, EveryEventTypeHasOneAndNoneIsForgotten) {
  std::set<std::string> wanted, there;
  for (const auto& [path, bytes] : samples()) wanted.insert(fs::path(path).filename());
  for (const auto& entry : fs::directory_iterator(folder / "samples"))
    there.insert(entry.path().filename());
  EXPECT_EQ(there, wanted) << "run deploy/schemas; an event type is never taken away";
}

TEST(Samples, DecodeWithAllTheirMembersAndAreWrittenAsTheyWere) {
  int decoded = 0;
  for (const auto& entry : fs::directory_iterator(folder / "samples")) {
    const std::string text = test::file_bytes(entry.path());
    json::Document document;
    ASSERT_TRUE(document.parse_trusted(text)) << entry.path();
    const std::string type = entry.path().stem();  // without ".json"
    const auto event = read_event(type, document.root(), Unknown::refuse);
    ASSERT_TRUE(event) << type << event.error().where;
    std::string written;
    write_event(written, *event);
    EXPECT_EQ(written + "\n", text) << type;
    ++decoded;
  }
  EXPECT_EQ(decoded, Event::count);
}

// A later version may have added members; what it said before is still understood.
TEST(Samples, DecodeWithMembersThatAreNotKnownYet) {
  for (const auto& [path, bytes] : samples()) {
    Tree later = Tree::parse(bytes);
    later.set("added_later", Tree::object({{"deep", Tree::array({1, 2})}}));
    json::Document document;
    ASSERT_TRUE(document.parse_trusted(later.compact()));
    const std::string type = fs::path(path).stem();
    const auto event = read_event(type, document.root(), Unknown::ignore);
    ASSERT_TRUE(event) << type;
    std::string written;
    write_event(written, *event);
    EXPECT_EQ(written + "\n", bytes) << type;
  }
}

// --- what JSON Schema cannot say, and documents.cpp therefore leaves out ------------------------

Code verdict(std::string_view type, const std::string& text) {
  json::Document document;
  if (const auto parsed = document.parse_strict(text); !parsed) return parsed.error().code;
  Reading reading(Unknown::refuse);
  const auto command = read_command(type, document.root(), reading);
  EXPECT_FALSE(command) << text;
  return command ? Code::internal : command.error().code;
}

std::string organisation(const std::string& name) {
  return R"({"name":")" + name + R"(","kind":"ngo"})";
}

// maxLength counts characters; ours is a limit in bytes, because bytes are what records cost. A
// schema accepts 120 letters of two bytes each, the decoder does not.
TEST(BeyondSchemas, TextsAreLimitedInBytes) {
  std::string half, full;
  for (int i = 0; i < 60; ++i) half += "\u00e9";
  for (int i = 0; i < 61; ++i) full += "\u00e9";
  json::Document document;
  ASSERT_TRUE(document.parse_strict(organisation(half)));
  Reading reading(Unknown::refuse);
  EXPECT_TRUE(read_command(RegisterOrganisation::type, document.root(), reading));
  EXPECT_EQ(verdict(RegisterOrganisation::type, organisation(full)), Code::too_long);
  const Tree schema =
      Tree::parse(test::file_bytes(folder / command_path(RegisterOrganisation::type)));
  const Tree* name = schema.find("properties")->find("name");
  EXPECT_EQ(name->find("maxLength")->text(), "120");
  EXPECT_THAT(name->find("description")->text(), ::testing::HasSubstr("120 bytes"));
}

TEST(BeyondSchemas, AMemberOccursOnce) {
  EXPECT_EQ(verdict(RegisterOrganisation::type, R"({"name":"a","name":"b","kind":"ngo"})"),
            Code::duplicate_key);
}

// To JSON Schema 1.0 is an integer. Records hold no floating point, so the decoder refuses it.
TEST(BeyondSchemas, NumbersAreWrittenWhole) {
  const std::string id = "5f0c0000-0000-4000-8000-000000000000";
  EXPECT_EQ(verdict(ChangeCapacity::type, R"({"provider":")" + id + R"(","places":1.0})"),
            Code::wrong_type);
  // Nor does it take one in a member that it would ignore.
  json::Document document;
  EXPECT_FALSE(document.parse_strict(R"({"ignored":1.5})"));
  EXPECT_FALSE(document.parse_trusted(R"({"ignored":1.5})"));
}

TEST(Names, AreTheTypesOwn) {
  EXPECT_EQ(name_of<ReportFacts>(), "ReportFacts");
  EXPECT_EQ(name_of<CaseId>(), "CaseId");
  EXPECT_EQ(name_of<Uuid>(), "Uuid");
}

TEST(Tree, PrintsShortThingsInOneLineAndFillsLongLists) {
  Tree list = Tree::array();
  for (int i = 0; i < 40; ++i) list.add("code");
  Tree tree = Tree::object({{"a", Tree::object({{"b", 1}})}});
  tree.set("list", list).set("a", Tree::array({true, "x\n"}));
  const std::string text = tree.pretty();
  EXPECT_TRUE(text.starts_with("{\n  \"a\": [true, \"x\\u000a\"],\n  \"list\": [\n    \"code\", "))
      << text;
  std::size_t widest = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    widest = std::max(widest, text.find('\n', at) - at);
  EXPECT_LE(widest, 100u);
  EXPECT_EQ(Tree::parse(text).pretty(), text);
}
}  // namespace
}  // namespace nrm::schemas
