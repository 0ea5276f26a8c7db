// The personal part of a report: what identifies a person. It exists in clear in three places
// only: the client's request, the frame from gateway to vault (CURVE), and the vault's memory.
// It has no writer in base/codec.hpp on purpose; write_personal() is the one way to text, used by
// the gateway to pass the part on and by the vault to answer an opening. read_personal() is the
// vault's way back.
#pragma once
#include <boost/describe/class.hpp>
#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "common/base/sensitive.hpp"
#include "common/base/text.hpp"
#include "common/base/time.hpp"
#include "common/event/codes.hpp"

namespace nrm {
// Text of several lines, up to N bytes.
template <std::size_t N>
class Narrative {
 public:
  static constexpr std::size_t bytes_max = N;

  Narrative() = default;
  static std::optional<Narrative> parse(std::string_view text) {
    if (text.empty() || text.size() > N || !is_clean_text(text, true)) return std::nullopt;
    Narrative out;
    out.value_ = text;
    return out;
  }
  void append_to(std::string& out) const { out += value_; }
  const std::string& text() const { return value_; }
  void wipe() { nrm::wipe(value_); }
  bool operator==(const Narrative&) const = default;

 private:
  std::string value_;
};

struct PersonalPart {
  std::optional<Sensitive<Text<200>>> name;                   // identity
  std::optional<Sensitive<Text<200>>> also_known_as;          // identity
  std::optional<Sensitive<Date>> date_of_birth;               // identity
  std::optional<Sensitive<Text<80>>> document_number;         // identity
  std::optional<Sensitive<Text<80>>> phone;                   // contact
  std::optional<Sensitive<Text<400>>> address;                // contact
  std::optional<Sensitive<Text<400>>> safe_contact;           // safe_contact
  std::optional<Sensitive<Narrative<16'000>>> account;        // narrative: in the person's words
  std::optional<Sensitive<Narrative<4'000>>> health_notes;    // medical
  std::optional<Sensitive<Narrative<4'000>>> family_at_risk;  // family: who else is in danger
};
BOOST_DESCRIBE_STRUCT(PersonalPart, (),
                      (name, also_known_as, date_of_birth, document_number, phone, address,
                       safe_contact, account, health_notes, family_at_risk))

DataClass class_of(std::string_view field);

// Strictly. ERRORS: malformed_json and the like; the first fault, with its pointer in /personal.
Result<PersonalPart> read_personal(std::string_view text);

// JSON of the fields of the given class (all fields without one). Plaintext: hold it in Sensitive.
Sensitive<std::string> write_personal(const PersonalPart& part,
                                      std::optional<DataClass> only = std::nullopt);
}  // namespace nrm
