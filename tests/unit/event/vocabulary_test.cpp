// Every event and every command, by generated values.
#include <gtest/gtest.h>

#include <boost/pfr/tuple_size.hpp>
#include <set>

#include "common/event/codec.hpp"
#include "tests/support/generate.hpp"

namespace nrm {
namespace {
using boost::mp11::mp_for_each;
using boost::mp11::mp_identity;
using boost::mp11::mp_transform;

constexpr std::uint64_t values_each = 50;

template <class List, class F>
void for_each_type(F&& f) {
  mp_for_each<mp_transform<mp_identity, List>>(
      [&](auto identity) { f(typename decltype(identity)::type{}); });
}

TEST(Events, RoundTripThroughBothReaders) {
  for (std::size_t type = 0; type < Event::count; ++type)
    for (std::uint64_t seed = 0; seed < values_each; ++seed) {
      const Event event = test::Generator(seed).alternative<Event>(type);
      std::string text;
      write_event(text, event);
      json::Document strict, trusted;
      ASSERT_TRUE(strict.parse_strict(text)) << text;
      ASSERT_TRUE(trusted.parse_trusted(text)) << text;
      for (const auto root : {strict.root(), trusted.root()})
        for (const Unknown unknown : {Unknown::refuse, Unknown::ignore}) {
          const auto again = read_event(type_of(event), root, unknown);
          ASSERT_TRUE(again) << type_of(event) << " " << again.error().where << " " << text;
          ASSERT_EQ(again->index(), type);
          std::string text_again;
          write_event(text_again, *again);
          ASSERT_EQ(text_again, text);
        }
    }
}

TEST(Commands, RoundTripThroughTheStrictReader) {
  for (std::size_t type = 0; type < Command::count; ++type)
    for (std::uint64_t seed = 0; seed < values_each; ++seed) {
      const Command command = test::Generator(seed).alternative<Command>(type);
      std::string text;
      write_command(text, command);
      json::Document document;
      ASSERT_TRUE(document.parse_strict(text)) << text;
      Reading reading(Unknown::refuse);
      const auto again = read_command(type_of(command), document.root(), reading);
      ASSERT_TRUE(again) << type_of(command) << " " << again.error().where << " " << text;
      ASSERT_EQ(again->index(), type);
      std::string text_again;
      write_command(text_again, *again);
      ASSERT_EQ(text_again, text);
    }
}

// A member that BOOST_DESCRIBE_STRUCT forgot would be lost silently: written nowhere, read nowhere.
template <class T>
void expect_all_members_described() {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
  EXPECT_EQ(boost::pfr::tuple_size_v<T>, boost::mp11::mp_size<Members>::value) << typeid(T).name();
}

TEST(Vocabulary, EveryMemberIsDescribed) {
  const auto check = [](auto value) { expect_all_members_described<decltype(value)>(); };
  for_each_type<AllEvents>(check);
  for_each_type<AllCommands>(check);
  expect_all_members_described<ReportFacts>();
  expect_all_members_described<Nationality>();
  expect_all_members_described<IndicatorObservation>();
  expect_all_members_described<PlaceOfExploitation>();
  expect_all_members_described<Consent>();
  expect_all_members_described<NeedProfile>();
  expect_all_members_described<ServiceOffering>();
  expect_all_members_described<Exclusion>();
  expect_all_members_described<ExcludedCount>();
  expect_all_members_described<HandoverPreview>();
  expect_all_members_described<OpenHours>();
  expect_all_members_described<Period>();
  expect_all_members_described<Actor>();
  expect_all_members_described<ClockChange>();
  expect_all_members_described<Expectation>();
  expect_all_members_described<LogPosition>();
  expect_all_members_described<Epsilon>();
  expect_all_members_described<ReleaseTerms>();
  expect_all_members_described<Suppression>();
}

TEST(Vocabulary, TypeNamesAreUniqueAndVersioned) {
  std::set<std::string_view> names;
  const auto check = [&](const auto& value) {
    EXPECT_TRUE(names.insert(value.type).second) << value.type;
    EXPECT_TRUE(value.type.starts_with("nrm.")) << value.type;
    const auto version = value.type.rfind(".v");
    ASSERT_NE(version, std::string_view::npos) << value.type;
    EXPECT_EQ(value.type.find_first_not_of("0123456789", version + 2), std::string_view::npos);
  };
  for_each_type<AllEvents>(check);
  for_each_type<AllCommands>(check);
}

TEST(Vocabulary, EveryEventHasItsOwnerAndEveryCommandItsTarget) {
  for_each_type<AllEvents>([](const auto& event) {
    using T = std::remove_cvref_t<decltype(event)>;
    if constexpr (requires { T::emitter; })
      EXPECT_EQ(owner_of(T::type), T::emitter);
    else
      EXPECT_EQ(owner_of(T::type), std::nullopt);
    EXPECT_EQ(type_of(Event(event)), T::type);
  });
  for_each_type<AllCommands>([](const auto& command) {
    EXPECT_EQ(target_of(Command(command)), command.target);
    EXPECT_EQ(type_of(Command(command)), command.type);
  });
  EXPECT_EQ(owner_of("nrm.log.opened.v1"), std::nullopt) << "every log's first record";
  EXPECT_EQ(owner_of("nrm.case.closed.v1"), Service::closure);
  EXPECT_EQ(owner_of("nrm.case.closed.v2"), std::nullopt);
}

TEST(Vocabulary, UnknownTypesAreUnknownVersions) {
  json::Document document;
  ASSERT_TRUE(document.parse_strict("{}"));
  Reading reading(Unknown::refuse);
  EXPECT_EQ(read_event("nrm.case.closed.v2", document.root(), Unknown::ignore).error().code,
            Code::unknown_version);
  EXPECT_EQ(read_command("nrm.case.closed.v1", document.root(), reading).error().code,
            Code::unknown_version);
  EXPECT_EQ(read_command("nrm.plan.agree.v1", json::Value(), reading).error().code,
            Code::unknown_version);
}

TEST(Vocabulary, FaultsOfACommandHavePlaces) {
  json::Document document;
  ASSERT_TRUE(document.parse_strict(R"({"subject":"x","goals":["safety","wealth"],"extra":1})"));
  Reading reading(Unknown::refuse);
  ASSERT_FALSE(read_command("nrm.plan.agree.v1", document.root(), reading));
  std::vector<std::string> places;
  for (const auto& fault : reading.faults())
    places.push_back(std::string(row_of(fault.code).name) + " " + fault.where);
  EXPECT_EQ(places,
            (std::vector<std::string>{"invalid_text /subject", "unknown_code /goals/1",
                                      "missing_field /agreed_by_person", "unknown_field /extra"}));
}

// What a decider leaves empty must not make a record that nobody can read.
TEST(Vocabulary, DefaultValuesOfEveryEventCanBeReadBack) {
  for_each_type<AllEvents>([](const auto& event) {
    std::string text;
    write_event(text, Event(event));
    json::Document document;
    ASSERT_TRUE(document.parse_trusted(text)) << text;
    const auto again = read_event(event.type, document.root(), Unknown::ignore);
    ASSERT_TRUE(again) << event.type << " " << again.error().where;
    std::string text_again;
    write_event(text_again, *again);
    EXPECT_EQ(text_again, text);
  });
}
}  // namespace
}  // namespace nrm
