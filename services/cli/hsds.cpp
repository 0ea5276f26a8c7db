#include "services/cli/hsds.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "services/cli/hsds_file.hpp"

namespace nrm::cli {
namespace {
// A file of the largest country's directory: hundreds of organisations with some services each.
constexpr std::size_t file_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t file_items_max = 10'000;
constexpr std::uint32_t minutes_per_day = 24 * 60;
constexpr std::uint32_t adult_from = 18;

constexpr std::array<std::string_view, 7> weekdays{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
constexpr std::string_view default_unit = "places";

template <std::size_t N>
Text<N> text(std::string_view from) {
  const auto out = Text<N>::parse(from);
  CHECK(out, "our own words fit");
  return *out;
}

// --- writing ------------------------------------------------------------------------------------

// Ids of what has none of its own here: the same for the same provider, whenever it is written.
class Ids {
 public:
  explicit Ids(const Uuid& seed) : seed_(seed) {}
  Uuid next() { return derive(seed_, ++count_); }

 private:
  Uuid seed_;
  std::uint32_t count_ = 0;
};

std::string code_of(const Country& country) { return country.text(); }
template <DescribedEnum E>
std::string code_of(E value) {
  return std::string(to_text(value));
}

class ServiceWriter {
 public:
  explicit ServiceWriter(const DirectoryEntry& entry) : entry_(entry), ids_(entry.provider) {}

  HsdsService write() {
    const ServiceOffering& offering = entry_.offering;
    HsdsService out;
    out.id = entry_.provider;
    out.name = text<120>(to_text(offering.service));
    out.status = text<20>(entry_.suspended ? "temporarily closed" : "active");
    if (offering.ages == std::vector{AgeBand::adult}) out.minimum_age = adult_from;
    if (offering.ages == std::vector{AgeBand::child}) out.maximum_age = adult_from - 1;
    for (const Language& one : offering.languages)
      out.languages.push_back({ids_.next(), one, std::nullopt});
    for (const Region& one : offering.regions) out.service_areas.push_back({ids_.next(), one});
    for (const OpenHours& one : offering.hours) out.schedules.push_back(schedule(one));
    if (offering.located_in)
      out.service_at_locations.push_back(
          {ids_.next(), {ids_.next(), text<16>("physical"), *offering.located_in}});
    out.capacities.push_back(capacity());
    put("service_type", std::vector{offering.service});
    put("age", offering.ages);
    put("gender", offering.genders);
    put("special_need", offering.special);
    put("staff_gender", offering.staff_genders);
    put("community", offering.communities);
    if (offering.by_hand) put("by_hand", std::vector{*offering.by_hand});
    put_period("funded", offering.funding);
    put_period("accredited", offering.accreditation);
    if (!offering.places_as_of) put_text("undated", "capacity");
    out.attributes = std::move(attributes_);
    return out;
  }

 private:
  void put_text(std::string_view kind, std::string_view value) {
    attributes_.push_back({ids_.next(), text<40>("nrm:" + std::string(kind)), text<40>(value)});
  }
  template <class T>
  void put(std::string_view kind, const std::vector<T>& values) {
    for (const T& one : values) put_text(kind, code_of(one));
  }
  void put_period(std::string_view kind, const std::optional<Period>& period) {
    if (!period) return;
    const std::string name(kind);
    if (period->from) put_text(name + "_from", period->from->text());
    if (period->until) put_text(name + "_until", period->until->text());
    if (!period->from && !period->until) put_text(name, "always");
  }
  static Text<8> clock(std::uint32_t minutes) {
    std::array<char, 9> out{};
    std::snprintf(out.data(), out.size(), "%02u:%02u:00", minutes / 60 % 100, minutes % 60);
    return text<8>(std::string_view(out.data(), 8));
  }
  HsdsSchedule schedule(const OpenHours& one) {
    return {ids_.next(), text<8>("WEEKLY"), text<20>(weekdays.at(one.weekday - 1)),
            clock(one.opens), clock(one.closes)};
  }
  HsdsCapacity capacity() {
    const ServiceOffering& offering = entry_.offering;
    const std::uint32_t free =
        offering.places > entry_.reserved ? offering.places - entry_.reserved : 0;
    return {ids_.next(),
            {ids_.next(), text<40>(offering.unit ? to_text(*offering.unit) : default_unit)},
            free,
            offering.places,
            offering.places_as_of.value_or(Instant{})};
  }

  const DirectoryEntry& entry_;
  Ids ids_;
  std::vector<HsdsAttribute> attributes_;
};

// --- reading ------------------------------------------------------------------------------------

class ServiceReader {
 public:
  ServiceReader(const HsdsService& in, std::string where, std::vector<Error>& faults)
      : in_(in), where_(std::move(where)), faults_(faults) {}

  ServiceOffering read(const OrganisationId& organisation) {
    out_.organisation = organisation;
    for (std::size_t i = 0; i < in_.attributes.size(); ++i) read_attribute(i);
    if (!typed_)
      fault(Code::missing_field, "/attributes", "one with link_type nrm:service_type is needed");
    if (out_.ages.empty()) ages();
    for (const HsdsLanguage& one : in_.languages) out_.languages.push_back(one.code);
    for (const HsdsArea& one : in_.service_areas) out_.regions.push_back(one.name);
    for (std::size_t i = 0; i < in_.schedules.size(); ++i) read_schedule(i);
    if (in_.service_at_locations.size() > 1)
      fault(Code::too_long, "/service_at_locations", "a service has one place here");
    else if (!in_.service_at_locations.empty())
      out_.located_in = in_.service_at_locations[0].location.name;
    read_capacity();
    if (in_.status.text() != "active" && in_.status.text() != "temporarily closed")
      fault(Code::unknown_code, "/status", "only what is active or temporarily closed is kept");
    return std::move(out_);
  }
  bool suspended() const { return in_.status.text() != "active"; }

 private:
  void fault(Code code, const std::string& where, std::string detail) {
    if (faults_.size() < limits::field_errors_max)
      faults_.emplace_back(code, where_ + where, std::move(detail));
  }

  template <class T>
  bool take(std::vector<T>& list, std::string_view value) {
    std::optional<T> one;
    if constexpr (DescribedEnum<T>)
      one = enum_from<T>(value);
    else
      one = T::parse(value);
    if (one) list.push_back(*one);
    return one.has_value();
  }
  template <class E>
  bool take(std::optional<E>& out, std::string_view value) {
    out = enum_from<E>(value);
    return out.has_value();
  }
  static bool take_day(std::optional<Period>& period, bool until, std::string_view value) {
    const auto day = Date::parse(value);
    if (!day) return false;
    if (!period) period.emplace();
    (until ? period->until : period->from) = day;
    return true;
  }

  bool take_attribute(std::string_view kind, std::string_view value) {
    if (kind == "nrm:service_type") {
      const auto service = enum_from<ServiceType>(value);
      typed_ |= service.has_value();
      out_.service = service.value_or(ServiceType{});
      return service.has_value();
    }
    if (kind == "nrm:age") return take(out_.ages, value);
    if (kind == "nrm:gender") return take(out_.genders, value);
    if (kind == "nrm:special_need") return take(out_.special, value);
    if (kind == "nrm:staff_gender") return take(out_.staff_genders, value);
    if (kind == "nrm:community") return take(out_.communities, value);
    if (kind == "nrm:by_hand") return take(out_.by_hand, value);
    if (kind == "nrm:funded_from") return take_day(out_.funding, false, value);
    if (kind == "nrm:funded_until") return take_day(out_.funding, true, value);
    if (kind == "nrm:accredited_from") return take_day(out_.accreditation, false, value);
    if (kind == "nrm:accredited_until") return take_day(out_.accreditation, true, value);
    if (kind == "nrm:funded" && value == "always") return out_.funding.emplace(), true;
    if (kind == "nrm:accredited" && value == "always") return out_.accreditation.emplace(), true;
    if (kind == "nrm:undated" && value == "capacity") return undated_ = true;
    return false;
  }
  void read_attribute(std::size_t i) {
    const HsdsAttribute& one = in_.attributes[i];
    if (!take_attribute(one.link_type.text(), one.value.text()))
      fault(Code::unknown_code, "/attributes/" + std::to_string(i) + "/value",
            "no code of an attribute that is kept here");
  }

  void ages() {
    if (in_.minimum_age && *in_.minimum_age >= adult_from) out_.ages = {AgeBand::adult};
    if (in_.maximum_age && *in_.maximum_age < adult_from) out_.ages = {AgeBand::child};
  }

  static std::optional<std::uint32_t> minutes_of(std::string_view clock) {
    if (clock.size() != 8 || clock[2] != ':' || clock.substr(5) != ":00") return std::nullopt;
    std::uint32_t hour = 0, minute = 0;
    const auto number = [&](std::size_t at, std::uint32_t& out) {
      const char* const first = clock.data() + at;
      return std::from_chars(first, first + 2, out).ptr == first + 2;
    };
    if (!number(0, hour) || !number(3, minute) || minute > 59) return std::nullopt;
    const std::uint32_t all = hour * 60 + minute;
    return all <= minutes_per_day ? std::optional(all) : std::nullopt;
  }
  void read_schedule(std::size_t i) {
    const HsdsSchedule& one = in_.schedules[i];
    const std::string where = "/schedules/" + std::to_string(i);
    if (one.freq.text() != "WEEKLY")
      fault(Code::unknown_code, where + "/freq", "only WEEKLY is kept");
    const auto opens = minutes_of(one.opens_at.text()), closes = minutes_of(one.closes_at.text());
    if (!opens) fault(Code::invalid_date, where + "/opens_at", "as 09:00:00");
    if (!closes || (opens && *opens >= *closes))
      fault(Code::invalid_date, where + "/closes_at", "as 17:00:00, on the same day");
    std::string_view days = one.byday.text();
    while (!days.empty()) {
      const std::string_view day = days.substr(0, days.find(','));
      days.remove_prefix(std::min(days.size(), day.size() + 1));
      const auto* found = std::ranges::find(weekdays, day);
      if (found == weekdays.end()) {
        fault(Code::unknown_code, where + "/byday", "as MO,TU");
        continue;
      }
      out_.hours.push_back({static_cast<std::uint32_t>(found - weekdays.begin()) + 1,
                            opens.value_or(0), closes.value_or(1)});
    }
  }

  void read_capacity() {
    if (in_.capacities.size() != 1)
      return fault(in_.capacities.empty() ? Code::missing_field : Code::too_long, "/capacities",
                   "one figure of its places");
    const HsdsCapacity& one = in_.capacities[0];
    out_.places = one.maximum.value_or(one.available);
    if (out_.places > limits::provider_places_max)
      fault(Code::out_of_range, "/capacities/0/maximum",
            "at most " + std::to_string(limits::provider_places_max));
    if (one.unit.name.text() != default_unit) {
      out_.unit = enum_from<CapacityUnit>(one.unit.name.text());
      if (!out_.unit) fault(Code::unknown_code, "/capacities/0/unit/name", "not a unit kept here");
    }
    if (!undated_) out_.places_as_of = one.updated;
  }

  const HsdsService& in_;
  const std::string where_;
  std::vector<Error>& faults_;
  ServiceOffering out_;
  bool typed_ = false, undated_ = false;
};
}  // namespace

std::string write_hsds(std::span<const DirectoryEntry> entries) {
  HsdsFile file;
  for (const DirectoryEntry& entry : entries) {
    auto own = std::ranges::find(file.contents, Uuid(entry.organisation), &HsdsOrganization::id);
    if (own == file.contents.end()) {
      file.contents.push_back({entry.organisation, entry.name, text<400>(entry.name.text()), {}});
      own = file.contents.end() - 1;
    }
    own->services.push_back(ServiceWriter(entry).write());
  }
  return to_json(file);
}

ReadDirectory read_hsds(std::string_view bytes) {
  ReadDirectory out;
  json::Document document;
  if (const auto parsed = document.parse_strict(bytes, file_bytes_max); !parsed) {
    out.faults.push_back(parsed.error());
    return out;
  }
  HsdsFile file;
  Reading reading(Unknown::refuse, file_items_max);
  if (!read_json(document.root(), file, reading)) {
    out.faults = reading.faults();
    return out;
  }
  for (std::size_t i = 0; i < file.contents.size(); ++i) {
    const HsdsOrganization& organization = file.contents[i];
    for (std::size_t n = 0; n < organization.services.size(); ++n) {
      const HsdsService& service = organization.services[n];
      ServiceReader reader(
          service, "/contents/" + std::to_string(i) + "/services/" + std::to_string(n), out.faults);
      DirectoryEntry entry{OrganisationId(organization.id),
                           organization.name,
                           ProviderId(service.id),
                           {},
                           0,
                           reader.suspended()};
      entry.offering = reader.read(entry.organisation);
      out.entries.push_back(std::move(entry));
    }
  }
  return out;
}
}  // namespace nrm::cli
