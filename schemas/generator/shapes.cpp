#include "schemas/generator/shapes.hpp"

namespace nrm::schemas {
// "… [with T = nrm::Id<nrm::CaseTag>; std::string = …]" of g++, "… [T = nrm::Outcome]" of clang++.
std::string bare_name(std::string_view pretty_function) {
  const auto from = pretty_function.find("T = ") + 4;
  std::string_view name =
      pretty_function.substr(from, pretty_function.find_first_of(";]", from) - from);
  const bool is_id = name.starts_with("nrm::Id<");
  if (is_id) name = name.substr(0, name.rfind("Tag>"));
  if (const auto colon = name.rfind(':'); colon != name.npos) name.remove_prefix(colon + 1);
  return std::string(name) + (is_id ? "Id" : "");
}

Tree Shapes::definitions() const {
  Tree out = Tree::object();
  for (const auto& [name, schema] : definitions_) out.set(name, schema);
  return out;
}

Tree Shapes::reference(const std::string& name) const {
  return Tree::object({{"$ref", options_.prefix + name}});
}

Tree Shapes::integer(std::int64_t least, std::int64_t greatest) const {
  return Tree::object({{"type", "integer"}, {"minimum", least}, {"maximum", greatest}});
}

// Our limit is in bytes of UTF-8; JSON Schema counts characters, of which there are never more.
Tree Shapes::text(std::size_t bytes_max, bool newlines) const {
  return Tree::object(
      {{"type", "string"},
       {"description", "1 to " + std::to_string(bytes_max) + " bytes of UTF-8"},
       {"minLength", 1},
       {"maxLength", bytes_max},
       {"pattern", newlines ? "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$"
                            : "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"}});
}

Tree Shapes::list(Tree items) const {
  Tree out = Tree::object({{"type", "array"}, {"items", std::move(items)}});
  if (options_.unknown == Unknown::refuse) out.set("maxItems", options_.list_items_max);
  return out;
}

Tree Shapes::codes(const std::string& name, std::vector<std::string> codes) {
  Tree all = Tree::array({codes.begin(), codes.end()});
  lists_[name] = std::move(codes);
  return Tree::object({{"type", "string"}, {"enum", std::move(all)}});
}

Tree Shapes::two_letters(const std::string& name, char first, bool (*listed)(std::string_view)) {
  std::vector<std::string> all;
  for (int i = 0; i < 26; ++i)
    for (int j = 0; j < 26; ++j) {
      const std::string code{static_cast<char>(first + i), static_cast<char>(first + j)};
      if (listed(code)) all.push_back(code);
    }
  return codes(name, std::move(all));
}

Tree Shapes::closed(Tree properties, std::vector<Tree> required) const {
  Tree out = Tree::object({{"type", "object"}});
  out.set("properties", std::move(properties));
  out.set_if_any("required", Tree::array(std::move(required)));
  if (options_.unknown == Unknown::refuse) out.set("additionalProperties", false);
  return out;
}
}  // namespace nrm::schemas
