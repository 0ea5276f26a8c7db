// The directory as HSDS 3 JSON (openreferral/specification: organization, service,
// service_at_location, schedule, service_area, language, attribute; service_capacity of 3.1), both
// ways. Pure.
//
// HSDS has words where matching needs codes (eligibility, accreditation, funding): these are
// `attributes`, whose `link_type` is "nrm:…" and whose `value` is a code of schemas/codelists.json.
// Other people's files may leave them out; then minimum_age and maximum_age say the age band.
//
// A location is a region and nothing else: there is no member for an address, a point or a contact
// here, so none leaves, and a file that has one is refused with its place (services/vault: sealed
// items).
// INVARIANT: read_hsds(write_hsds(x)) is x, but for the figures of use (`reserved`).
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/event/facts.hpp"

namespace nrm::cli {
// One service at one place, and whose it is.
struct DirectoryEntry {
  OrganisationId organisation;
  Text<120> name;  // the organisation's
  ProviderId provider;
  ServiceOffering offering;
  std::uint32_t reserved = 0;
  bool suspended = false;
};

// Entries of one organisation need not stand together.
std::string write_hsds(std::span<const DirectoryEntry> entries);

// ERRORS: every mistake, each with its JSON pointer; none: all was understood.
struct ReadDirectory {
  std::vector<DirectoryEntry> entries;
  std::vector<Error> faults;
};
ReadDirectory read_hsds(std::string_view bytes);
}  // namespace nrm::cli
