#include "common/event/personal.hpp"

#include "common/base/codec.hpp"

namespace nrm {
DataClass class_of(std::string_view field) {
  if (field == "phone" || field == "address") return DataClass::contact;
  if (field == "safe_contact") return DataClass::safe_contact;
  if (field == "account") return DataClass::narrative;
  if (field == "health_notes") return DataClass::medical;
  if (field == "family_at_risk") return DataClass::family;
  return DataClass::identity;
}

Result<PersonalPart> read_personal(std::string_view text) {
  json::Document document;
  NRM_TRY(document.parse_strict(text));
  PersonalPart part;
  Reading reading(Unknown::refuse);
  if (read_json(document.root(), part, reading)) return part;
  Error fault = reading.faults().front();
  fault.where = "/personal" + fault.where;
  return fault;
}

Sensitive<std::string> write_personal(const PersonalPart& part, std::optional<DataClass> only) {
  std::string out = "{";
  using Members = boost::describe::describe_members<PersonalPart, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>([&](auto d) {
    const auto& field = part.*d.pointer;
    if (!field || (only && class_of(d.name) != *only)) return;
    if (out.size() > 1) out += ',';
    json::append_string(out, d.name);
    out += ':';
    write_json(out, field->reveal());
  });
  out += '}';
  return Sensitive<std::string>(std::move(out));
}
}  // namespace nrm
