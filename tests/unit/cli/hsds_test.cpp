// The directory as HSDS 3 JSON: what is written is read back, and every mistake has its place.
#include "services/cli/hsds.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/generate.hpp"

namespace nrm::cli {
namespace {
template <class T>
void make_set(std::vector<T>& list) {
  std::ranges::sort(list);
  const auto repeated = std::ranges::unique(list);
  list.erase(repeated.begin(), repeated.end());
}

// A generated offering as a directory keeps one: hours of a real week, places that are allowed.
ServiceOffering some_offering(std::uint64_t seed) {
  test::Generator generator(seed);
  auto offering = generator.make<ServiceOffering>();
  for (OpenHours& one : offering.hours) {
    one.weekday = one.weekday % 7 + 1;
    one.opens = one.opens % 1440;
    one.closes = one.opens + 1 + one.closes % (1440 - one.opens);
  }
  offering.places %= limits::provider_places_max + 1;
  make_set(offering.ages);
  return offering;
}

TEST(Hsds, RoundTrip) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<DirectoryEntry> entries;
    const OrganisationId organisation(derive(Uuid{}, 7));
    for (std::uint32_t i = 0; i < 3; ++i) {
      DirectoryEntry entry{organisation,
                           *Text<120>::parse("A shelter"),
                           ProviderId(derive(organisation, i)),
                           some_offering(seed * 3 + i),
                           i,
                           i == 2};
      entry.offering.organisation = organisation;
      entries.push_back(std::move(entry));
    }
    const std::string text = write_hsds(entries);
    const ReadDirectory back = read_hsds(text);
    ASSERT_TRUE(back.faults.empty())
        << back.faults.front().where << ' ' << back.faults.front().detail << text;
    ASSERT_EQ(back.entries.size(), entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      EXPECT_EQ(to_json(back.entries[i].offering), to_json(entries[i].offering)) << text;
      EXPECT_EQ(back.entries[i].provider, entries[i].provider);
      EXPECT_EQ(back.entries[i].name, entries[i].name);
      EXPECT_EQ(back.entries[i].suspended, entries[i].suspended);
    }
    EXPECT_EQ(write_hsds(back.entries), write_hsds([&] {
                auto unused = entries;
                for (DirectoryEntry& one : unused) one.reserved = 0;
                return unused;
              }()));
  }
}

constexpr std::string_view somebody_elses = R"({"contents":[{
  "id":"d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610","name":"Example Support","description":"a charity",
  "services":[{"id":"ac148810-d857-441c-9679-408f346de14b","name":"Refuge","status":"active",
    "minimum_age":18,
    "languages":[{"id":"2989d3ed-c547-48f8-8f9d-432d81c7892e","name":"Urdu","code":"ur"}],
    "service_areas":[{"id":"381c64f1-a724-4884-9c21-ac96c21cca3e","name":"GB-LND"}],
    "schedules":[{"id":"48102e86-bb50-41c4-8f1e-e269368c41d1","freq":"WEEKLY","byday":"TH,FR",
                  "opens_at":"10:00:00","closes_at":"18:00:00"}],
    "capacities":[{"id":"8896b788-7b3e-11ef-8db9-7f3d040352b3",
                   "unit":{"id":"187a37a2-7b40-11ef-9790-dbf7623d4407","name":"beds"},
                   "available":4,"maximum":10,"updated":"2024-09-25T13:23:06.500Z"}],
    "attributes":[{"id":"30951f94-7b24-41ef-ba1b-a79405d4dcaa","link_type":"nrm:service_type",
                   "value":"safe_accommodation"}]}]}]})";

std::string with(std::string_view what, std::string_view instead) {
  std::string out(somebody_elses);
  const auto at = out.find(what);
  EXPECT_NE(at, out.npos) << what;
  return out.replace(at, what.size(), instead);
}
std::vector<std::string> places(std::string_view text) {
  std::vector<std::string> out;
  for (const Error& one : read_hsds(text).faults)
    out.push_back(std::string(row_of(one.code).name) + ' ' + one.where);
  return out;
}

TEST(Hsds, ReadsWhatOthersWrote) {
  const ReadDirectory read = read_hsds(somebody_elses);
  ASSERT_TRUE(read.faults.empty()) << read.faults.front().where;
  ASSERT_EQ(read.entries.size(), 1u);
  const ServiceOffering& offering = read.entries[0].offering;
  EXPECT_EQ(offering.service, ServiceType::safe_accommodation);
  EXPECT_EQ(offering.ages, std::vector{AgeBand::adult}) << "from the minimum age";
  EXPECT_EQ(offering.places, 10u);
  EXPECT_EQ(offering.unit, CapacityUnit::beds);
  EXPECT_EQ(offering.hours, (std::vector<OpenHours>{{4, 10 * 60, 18 * 60}, {5, 10 * 60, 18 * 60}}));
}

TEST(Hsds, EveryMistakeHasItsPlace) {
  const std::string service = "/contents/0/services/0";
  EXPECT_EQ(places("{"), std::vector<std::string>{"malformed_json "});
  EXPECT_EQ(places(with(R"("status":"active")", R"("status":"defunct")")),
            std::vector{"unknown_code " + service + "/status"});
  EXPECT_EQ(places(with("TH,FR", "TH,XX")),
            std::vector{"unknown_code " + service + "/schedules/0/byday"});
  EXPECT_EQ(places(with("18:00:00", "10:00:00")),
            std::vector{"invalid_date " + service + "/schedules/0/closes_at"});
  EXPECT_EQ(places(with("10:00:00", "25:00:00")),
            (std::vector{"invalid_date " + service + "/schedules/0/opens_at"}));
  EXPECT_EQ(places(with(R"("value":"safe_accommodation")", R"("value":"a house")")),
            (std::vector{"unknown_code " + service + "/attributes/0/value",
                         "missing_field " + service + "/attributes"}));
  EXPECT_EQ(places(with(R"("name":"beds")", R"("name":"tents")")),
            std::vector{"unknown_code " + service + "/capacities/0/unit/name"});
  EXPECT_EQ(places(with(R"("maximum":10)", R"("maximum":1000000)")),
            std::vector{"out_of_range " + service + "/capacities/0/maximum"});
  EXPECT_EQ(places(with(R"("code":"ur")", R"("code":"Urdu")")),
            std::vector{"unknown_code " + service + "/languages/0/code"});
}

// Where a shelter is never comes in and never goes out.
TEST(Hsds, AnAddressIsRefusedAndNoneIsWritten) {
  EXPECT_EQ(
      places(with(
          R"("minimum_age":18,)",
          R"("minimum_age":18,"service_at_locations":[{"id":"e94c9f38-1e8f-4564-91d4-d53501ab1765",
                     "location":{"id":"3a19ff88-4620-4d17-9830-ac1d859eb5d5",
                     "location_type":"physical","name":"GB-LND","latitude":51,
                     "addresses":[{"address_1":"1 Main Street"}]}}],)")),
      (std::vector<std::string>{
          "unknown_field /contents/0/services/0/service_at_locations/0/location/latitude",
          "unknown_field /contents/0/services/0/service_at_locations/0/location/addresses"}));
  ServiceOffering offering;
  offering.located_in = *Region::parse("GB-LND");
  const DirectoryEntry entry{{}, *Text<120>::parse("A shelter"), {}, offering, 0, false};
  const std::string text = write_hsds({&entry, 1});
  EXPECT_NE(text.find(R"("name":"GB-LND")"), text.npos);
  for (const std::string_view never : {"address", "latitude", "longitude", "phone", "contact"})
    EXPECT_EQ(text.find(never), text.npos) << never;
}
}  // namespace
}  // namespace nrm::cli
