// Every enumeration and closed list with words for people.
#include "common/event/demonyms.hpp"
#include "common/event/labels.hpp"
#include "common/event/record.hpp"
#include "common/step/policy.hpp"
#include "schemas/generator/generate.hpp"
#include "services/gateway/answers.hpp"
#include "services/gateway/forms.hpp"

namespace nrm::schemas {
namespace {
// The words of published tables, where there are any (common/event/labels.hpp).
std::string published(const std::string& list, const std::string& code) {
  if (list == name_of<Exploitation>())
    return exploitation_label({{enum_from<Exploitation>(code).value()}, std::nullopt});
  if (list == name_of<AgeBand>()) return std::string(age_label(enum_from<AgeBand>(code).value()));
  if (list == name_of<Gender>()) return std::string(gender_label(enum_from<Gender>(code).value()));
  if (list == name_of<OrganisationKind>())
    return std::string(responder_type_label(enum_from<OrganisationKind>(code).value()));
  if (list == name_of<Country>()) return std::string(demonym_of(Country::parse(code).value()));
  return {};
}

std::string with_blanks(std::string code) {
  for (char& c : code)
    if (c == '_') c = ' ';
  return code;
}

template <class List>
void visit(Shapes& shapes) {
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, List>>(
      [&](auto identity) { shapes.of<typename decltype(identity)::type>(); });
}

Tree codes_and_titles() {
  Tree out = Tree::array();
  for (const CodeRow& row : code_rows)
    out.add(Tree::object({{"code", row.name}, {"label", row.title}, {"status", row.status}}));
  return out;
}
}  // namespace

void add_codelists(Files& files) {
  Shapes shapes({});
  visit<AllEvents>(shapes);
  visit<AllCommands>(shapes);
  visit<gateway::Forms>(shapes);
  visit<gateway::Answers>(shapes);
  visit<boost::mp11::mp_list<Policy, ClockChange, StreamKind>>(shapes);
  Tree lists = Tree::object();
  for (const auto& [name, codes] : shapes.lists()) {
    Tree list = Tree::array();
    for (const std::string& code : codes) {
      Tree row = Tree::object({{"code", code}, {"label", with_blanks(code)}});
      const std::string words = published(name, code);
      if (!words.empty()) row.set("published", words);
      list.add(std::move(row));
    }
    lists.set(name, std::move(list));
  }
  lists.set("Code", codes_and_titles());
  files["codelists.json"] =
      Tree::object(
          {{"title", "Code lists"},
           {"description",
            "A code is never renamed and never reused; new ones may be added. `published`: "
            "the words of published tables for it (of a country: its demonym)."},
           {"lists", std::move(lists)}})
          .pretty();
}
}  // namespace nrm::schemas
