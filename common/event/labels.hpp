// Labels: the words of published tables for our codes, and back. Both directions are here and
// nowhere else, so that what the loader reads is what the statistics print.
//
// INVARIANT: label(read(x)) == x for every label that can be read; other spellings are refused,
// because the table computed from the logs could not give them back.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/event/codes.hpp"

namespace nrm {
inline constexpr std::string_view not_specified_label = "Not specified or unknown";

// A set of types as one published category: "A", "A & B", "A, B & C", or with commas only.
struct ExploitationLabel {
  std::vector<Exploitation> types;  // sorted, none twice
  std::optional<LabelStyle> style;  // only when it is not the default, ampersand
  bool operator==(const ExploitationLabel&) const = default;
};
std::string exploitation_label(const ExploitationLabel& set);
std::optional<ExploitationLabel> read_exploitation(std::string_view label);

std::string_view age_label(AgeBand age);
std::optional<AgeBand> read_age(std::string_view label);

std::string_view gender_label(Gender gender);
std::optional<Gender> read_gender(std::string_view label);

// The four published types of first responder; a type reads as its most usual kind.
std::string_view responder_type_label(OrganisationKind kind);
std::optional<OrganisationKind> read_responder_type(std::string_view label);
// Where a type stands in a published table: 0 .. 3, then anything else.
std::size_t responder_type_order(std::string_view label);

// What each reader accepts, in one sentence for an error: "Female, Male, …".
std::string expected_exploitation();
std::string expected_age();
std::string expected_gender();
std::string expected_responder_type();
}  // namespace nrm
