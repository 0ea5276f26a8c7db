// The members of HSDS 3 that are kept here, named as there (hsds.hpp). What is not among them is
// refused with its place.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/codec.hpp"
#include "common/event/facts.hpp"

namespace nrm::cli {
struct HsdsAttribute {
  Uuid id;
  Text<40> link_type;
  Text<40> value;
};
BOOST_DESCRIBE_STRUCT(HsdsAttribute, (), (id, link_type, value))

struct HsdsLanguage {
  Uuid id;
  Language code;
  std::optional<Text<80>> name;
};
BOOST_DESCRIBE_STRUCT(HsdsLanguage, (), (id, code, name))

struct HsdsArea {
  Uuid id;
  Region name;
};
BOOST_DESCRIBE_STRUCT(HsdsArea, (), (id, name))

struct HsdsSchedule {
  Uuid id;
  Text<8> freq;      // WEEKLY
  Text<20> byday;    // RFC 5545: MO,TU
  Text<8> opens_at;  // 09:00:00; 24:00:00 is the day's end
  Text<8> closes_at;
};
BOOST_DESCRIBE_STRUCT(HsdsSchedule, (), (id, freq, byday, opens_at, closes_at))

struct HsdsLocation {
  Uuid id;
  Text<16> location_type;
  Region name;  // the region, and no more
};
BOOST_DESCRIBE_STRUCT(HsdsLocation, (), (id, location_type, name))

struct HsdsPlace {
  Uuid id;
  HsdsLocation location;
};
BOOST_DESCRIBE_STRUCT(HsdsPlace, (), (id, location))

struct HsdsUnit {
  Uuid id;
  Text<40> name;
};
BOOST_DESCRIBE_STRUCT(HsdsUnit, (), (id, name))

struct HsdsCapacity {
  Uuid id;
  HsdsUnit unit;
  std::uint32_t available = 0;
  std::optional<std::uint32_t> maximum;
  Instant updated;
};
BOOST_DESCRIBE_STRUCT(HsdsCapacity, (), (id, unit, available, maximum, updated))

struct HsdsService {
  Uuid id;
  Text<120> name;
  Text<20> status;
  std::optional<std::uint32_t> minimum_age;
  std::optional<std::uint32_t> maximum_age;
  std::vector<HsdsLanguage> languages;
  std::vector<HsdsArea> service_areas;
  std::vector<HsdsSchedule> schedules;
  std::vector<HsdsPlace> service_at_locations;
  std::vector<HsdsCapacity> capacities;
  std::vector<HsdsAttribute> attributes;
};
BOOST_DESCRIBE_STRUCT(HsdsService, (),
                      (id, name, status, minimum_age, maximum_age, languages, service_areas,
                       schedules, service_at_locations, capacities, attributes))

struct HsdsOrganization {
  Uuid id;
  Text<120> name;
  Text<400> description;
  std::vector<HsdsService> services;
};
BOOST_DESCRIBE_STRUCT(HsdsOrganization, (), (id, name, description, services))

struct HsdsFile {
  std::vector<HsdsOrganization> contents;
};
BOOST_DESCRIBE_STRUCT(HsdsFile, (), (contents))
}  // namespace nrm::cli
