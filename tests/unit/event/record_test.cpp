#include "common/event/record.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/event/codec.hpp"
#include "common/event/record_reader.hpp"
#include "tests/support/generate.hpp"
#include "tests/support/golden.hpp"

namespace nrm {
namespace {
std::string text_of(const Record& record) {
  std::string out;
  write_record(out, record);
  return out;
}

Result<Record> read(std::string_view text) {
  json::Document document;
  const auto parsed = document.parse_trusted(text);
  if (!parsed) return parsed.error();
  return read_record(document.root());
}

// --- golden: one record of each kind of input, and a rejected one
// ---------------------------------

const Uuid case_id = *Uuid::parse("5f0c9a1e-7b2d-4c3f-8e4a-0123456789ab");
const Uuid record_id = *Uuid::parse("00010203-0405-4607-8809-0a0b0c0d0e0f");
const OrganisationId police(*Uuid::parse("10000000-0000-4000-8000-000000000001"));
const Instant noon = *Instant::parse("2024-02-29T12:00:00.123Z");

Record bare(std::uint64_t seq, InputNote input) {
  Record record;
  record.seq = seq;
  record.id = record_id;
  record.at = noon;
  record.input = std::move(input);
  record.policy = "uk@1";
  return record;
}

Record opened() {
  Record record = bare(0, OpenedNote{});
  record.events.push_back(
      {{StreamKind::log, Uuid{}},
       LogOpened{Service::identification, 0, true, "uk@1", std::string(64, 'a')}});
  return record;
}

Record command(std::optional<Expectation> expects) {
  SubmitReport report;
  report.subject = CaseId(case_id);
  report.dossier = *Text<64>::parse(std::string(64, 'd'));
  report.facts.entry_source = EntrySource::border_check;
  report.facts.exploitation = {Exploitation::labour, Exploitation::criminal};
  report.facts.nationalities = {{*Country::parse("MD"), {}},
                                {*Country::parse("VN"), Text<64>::parse("Viet \"Nam\"")}};
  report.facts.indicators = {{Indicator::debt_bondage, Observed::present}};
  report.facts.languages = {*Language::parse("ro")};
  report.facts.region = *Region::parse("GB-LND");
  report.facts.met_on = Date::parse("2024-02-28");
  Record record = bare(1, CommandNote{report, *Digest16::parse(std::string(32, 'b')),
                                      *Digest16::parse(std::string(32, 'c')), expects});
  record.actor = Actor{AccountId(record_id), police, Role::first_responder};
  return record;
}

Record decided() {
  Record record = command(std::nullopt);
  const auto& report = get<SubmitReport>(std::get<CommandNote>(record.input).command);
  record.events.push_back(
      {case_stream(case_id), ReportReceived{*Text<16>::parse("NRM-2345-6"), police, police,
                                            report.dossier, report.facts, noon + days(5)}});
  record.clocks.push_back({case_stream(case_id), ClockName::first_stage, noon + days(5)});
  return record;
}

Record rejected() {
  Record record = command(Expectation{case_stream(case_id), 7});
  record.rejection.emplace(Code::consent_missing, "/subject",
                           "the consent to \"support\" is missing");
  return record;
}

Record received() {
  Record record = bare(2, ReceivedNote{"identification/0", 41, 1, std::string(64, 'e')});
  record.events.push_back({case_stream(case_id), DossierReported{}});
  return record;
}

Record due() {
  Record record = bare(3, DueNote{ClockName::first_stage, case_stream(case_id), noon});
  record.events.push_back({case_stream(case_id), FirstStageOverdue{noon, police}});
  record.clocks.push_back({case_stream(case_id), ClockName::first_stage, std::nullopt});
  return record;
}

TEST(Records, GoldenBytesDoNotChange) {
  const std::pair<const char*, Record> golden[] = {{"record_opened.json", opened()},
                                                   {"record_command.json", decided()},
                                                   {"record_rejected.json", rejected()},
                                                   {"record_received.json", received()},
                                                   {"record_due.json", due()}};
  for (const auto& [name, record] : golden) {
    const std::string bytes = test::golden(name);
    EXPECT_EQ(text_of(record) + "\n", bytes) << name;
    const auto again = read(bytes);
    ASSERT_TRUE(again) << name << " " << again.error().where;
    EXPECT_EQ(text_of(*again) + "\n", bytes) << name;
  }
}

// --- by generated values
// --------------------------------------------------------------------------

TEST(Records, RoundTripThroughBothReaders) {
  std::set<std::size_t> inputs;
  std::set<bool> rejections;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const Record record = test::any_record(seed);
    const std::string text = text_of(record);
    json::Document strict, trusted;
    ASSERT_TRUE(strict.parse_strict(text, limits::record_bytes_max)) << text;
    ASSERT_TRUE(trusted.parse_trusted(text)) << text;
    for (const auto root : {strict.root(), trusted.root()}) {
      const auto again = read_record(root);
      ASSERT_TRUE(again) << again.error().where << " " << text;
      ASSERT_EQ(text_of(*again), text);
      EXPECT_EQ(again->input.index(), record.input.index());
      EXPECT_EQ(again->events.size(), record.events.size());
      EXPECT_EQ(again->clocks, record.clocks);
      EXPECT_EQ(again->actor, record.actor);
      EXPECT_EQ(again->rejection, record.rejection);
    }
    const auto outline = read_outline(trusted.root());
    ASSERT_TRUE(outline);
    EXPECT_EQ(outline->seq, record.seq);
    EXPECT_EQ(outline->at, record.at);
    EXPECT_EQ(outline->actor, record.actor);
    EXPECT_EQ(static_cast<bool>(outline->events), !record.events.empty());
    inputs.insert(record.input.index());
    rejections.insert(record.rejection.has_value());
  }
  EXPECT_EQ(inputs.size(), std::variant_size_v<InputNote>);
  EXPECT_EQ(rejections.size(), 2u);
}

TEST(Records, AMemberOfALaterVersionIsIgnored) {
  std::string text = text_of(decided());
  const std::string piece = "\"data\":{";
  for (auto at = text.find(piece); at != text.npos; at = text.find(piece, at + 1))
    text.insert(at + piece.size(), "\"of_later\":[{}],");
  text.insert(1, "\"of_later\":1,");
  const auto again = read(text);
  ASSERT_TRUE(again) << again.error().where;
  EXPECT_EQ(text_of(*again), text_of(decided()));
}

TEST(Records, AnEventOfALaterVersionParksTheRecord) {
  std::string text = text_of(decided());
  const std::string_view type = "nrm.case.report_received.v1";
  text.replace(text.find(type), type.size(), "nrm.case.report_received.v9");
  EXPECT_EQ(read(text).error().code, Code::unknown_version);
  json::Document document;
  ASSERT_TRUE(document.parse_trusted(text));
  EXPECT_TRUE(read_outline(document.root())) << "who does not want that event need not know it";
}

TEST(Records, ARecordThatLacksSomethingIsCorrupt) {
  const std::string good = text_of(rejected());
  ASSERT_TRUE(read(good));
  for (const char* name : {"seq", "id", "at", "input", "policy", "engine", "command", "key",
                           "digest", "code", "where", "detail"}) {
    std::string text = good;
    const std::string quoted = "\"" + std::string(name) + "\":";
    text.replace(text.rfind(quoted), quoted.size(), "\"another\":");
    EXPECT_FALSE(read(text)) << name;
  }
  const std::pair<const char*, const char*> changes[] = {
      {"\"seq\":1", "\"seq\":-1"},           {"\"seq\":1", "\"seq\":\"1\""},
      {"consent_missing", "consent_missin"}, {"\"role\":\"first_responder\"", "\"role\":\"king\""},
      {"2024-02-29T12", "2023-02-29T12"},
  };
  for (const auto& [from, to] : changes) {
    std::string text = good;
    text.replace(text.find(from), std::string_view(from).size(), to);
    const auto result = read(text);
    ASSERT_FALSE(result) << to;
    EXPECT_EQ(result.error().code, Code::corrupt) << to;
  }
  for (const char* text : {"[]", "1", "\"\"", "null", "{}"}) EXPECT_FALSE(read(text)) << text;
}

TEST(Records, EventsAreAListAndNeverBesideARejection) {
  std::string text = text_of(decided());
  std::string both = text;
  both.insert(both.size() - 1,
              ",\"rejection\":{\"code\":\"too_early\",\"where\":\"\",\"detail\":\"\"}");
  EXPECT_EQ(read(both).error().where, "/rejection");
  const auto open = text.find("\"events\":[") + 9, close = text.find("],\"clocks\"");
  text[open] = '{';
  text.insert(open + 1, "\"x\":");
  text[close + 4] = '}';
  EXPECT_EQ(read(text).error().where, "/events");
  json::Document document;
  ASSERT_TRUE(document.parse_trusted(text));
  EXPECT_FALSE(read_outline(document.root()));
}

TEST(Records, LogNames) {
  EXPECT_EQ(log_name(Service::identification), "identification/0");
  EXPECT_EQ(log_name(Service::vault, 12), "vault/12");
}
// Reads a record to its end the short way and the long way, and compares.
void expect_read_alike(const std::string& text) {
  json::Document document;
  ASSERT_TRUE(document.parse_trusted(text)) << text;
  const auto whole = read_record(document.root());
  ASSERT_TRUE(whole) << text;
  RecordReader reader;
  ASSERT_TRUE(reader.open(text)) << text;
  EXPECT_EQ(reader.seq(), whole->seq);
  EXPECT_EQ(reader.at(), whole->at);
  EXPECT_EQ(reader.actor(), whole->actor);
  const auto* command = std::get_if<CommandNote>(&whole->input);
  ASSERT_EQ(reader.request().has_value(), command != nullptr);
  if (command != nullptr) {
    EXPECT_EQ(reader.request()->key, command->key);
    EXPECT_EQ(reader.request()->digest, command->digest);
  }
  const auto* due = std::get_if<DueNote>(&whole->input);
  ASSERT_EQ(reader.due().has_value(), due != nullptr);
  if (due != nullptr) {
    EXPECT_EQ(reader.due()->stream, due->stream);
    EXPECT_EQ(reader.due()->name, due->name);
    EXPECT_EQ(reader.due()->set_for, due->set_for);
  }
  for (std::size_t i = 0; i < whole->events.size(); ++i) {
    const auto more = reader.next();
    ASSERT_TRUE(more && *more) << text;
    EXPECT_EQ(reader.index(), i);
    EXPECT_EQ(reader.type(), type_of(whole->events[i].event));
    EXPECT_EQ(reader.stream(), whole->events[i].stream);
    if (i % 3 == 2) continue;  // not wanted: passed over
    const auto event = reader.event();
    ASSERT_TRUE(event) << text;
    std::string one, other;
    write_event(one, *event);
    write_event(other, whole->events[i].event);
    EXPECT_EQ(one, other);
    json::Document again;
    ASSERT_TRUE(again.parse_trusted(reader.data())) << reader.data();
    const auto data = read_event(reader.type(), again.root(), Unknown::ignore);
    ASSERT_TRUE(data) << reader.data();
    one.clear();
    write_event(one, *data);
    EXPECT_EQ(one, other);
  }
  const auto more = reader.next();
  ASSERT_TRUE(more) << text;
  EXPECT_FALSE(*more);
  const auto clocks = reader.clocks();
  ASSERT_TRUE(clocks);
  EXPECT_EQ(*clocks, whole->clocks);
}

TEST(RecordReader, AgreesWithTheTreeOnEveryRecord) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    std::string text;
    write_record(text, test::any_record(seed));
    expect_read_alike(text);
  }
}

// Whitespace, members in another order, members of a later version: the tree's.
TEST(RecordReader, AgreesWithTheTreeOnWhatOthersWrote) {
  expect_read_alike(
      R"({ "id":"00000000-0000-4000-8000-000000000001", "seq":7,"at":"2023-07-03T09:00:00.000Z",)"
      R"("input":{"opened":true},"events":[{"stream":"case/00000000-0000-4000-8000-000000000002",)"
      R"("type":"nrm.case.dossier_abandoned.v1","data":{"later":[{"type":"x"}]}},)"
      R"({"type":"nrm.case.dossier_abandoned.v1","later":1,)"
      R"("stream":"case/00000000-0000-4000-8000-000000000002","data":{}}],)"
      R"("policy":"p@1","engine":1})");
}

// Of a type that is not known here: its data can be shown all the same.
TEST(RecordReader, GivesTheDataOfALaterVersionsEvent) {
  const std::string text =
      R"({"seq":7,"id":"00000000-0000-4000-8000-000000000001","at":"2023-07-03T09:00:00.000Z",)"
      R"("input":{"opened":true},"events":[{"type":"nrm.case.dossier_abandoned.v1",)"
      R"("stream":"case/00000000-0000-4000-8000-000000000002","data":{}},{"type":"nrm.case.new.v9",)"
      R"("stream":"case/00000000-0000-4000-8000-000000000002","data":{"name":"\u00fc\"","n":[1]}}],)"
      R"("policy":"p@1","engine":1})";
  RecordReader reader;
  ASSERT_TRUE(reader.open(text));
  ASSERT_TRUE(reader.next().value());
  ASSERT_TRUE(reader.event());
  EXPECT_EQ(reader.data(), "{}");
  ASSERT_TRUE(reader.next().value());
  const auto event = reader.event();
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, Code::unknown_version);
  EXPECT_EQ(reader.data(), "{\"name\":\"\xc3\xbc\\\"\",\"n\":[1]}");
  EXPECT_FALSE(reader.next().value());
}

TEST(RecordReader, WhatIsCutShortIsCorrupt) {
  std::string text;
  write_record(text, test::any_record(5));
  for (std::size_t size = 0; size < text.size(); ++size) {
    RecordReader reader;
    bool good = reader.open(std::string_view(text).substr(0, size)).has_value();
    while (good) {
      const auto more = reader.next();
      if (!(good = more.has_value()) || !*more) break;
      good = reader.event().has_value();
    }
    if (good) good = reader.clocks().has_value();
    // What comes after the clocks is not looked at.
    EXPECT_TRUE(!good || text.find("\"policy\"") <= size + 1 || text.find("\"rejection\"") <= size)
        << text.substr(0, size);
  }
}

// What the reader relies on to find where the events begin.
TEST(RecordReader, NoMemberOfTheVocabularyIsCalledEvents) {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    Record record = test::any_record(seed);
    record.events.clear();
    std::string text;
    write_record(text, record);
    EXPECT_EQ(text.find("\"events\":"), std::string::npos) << text;
  }
}
}  // namespace
}  // namespace nrm
