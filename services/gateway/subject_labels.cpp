#include "services/gateway/subject_labels.hpp"

#include <vector>

#include "common/base/check.hpp"
#include "common/base/json.hpp"

namespace nrm::gateway {
namespace {
struct Labels {
  std::string_view language;
  std::string_view text;
};
constexpr Labels compiled_in[] = {
#include "subject_labels_compiled.inc"
};
}  // namespace

const SubjectLabels& SubjectLabels::of(const Language& language) {
  static const auto all = [] {
    std::vector<SubjectLabels> out;
    for (const Labels& one : compiled_in)
      out.push_back(SubjectLabels(*Language::parse(one.language), one.text));
    return out;
  }();
  const SubjectLabels* english = nullptr;
  for (const SubjectLabels& one : all) {
    if (one.language() == language) return one;
    if (one.language() == Language()) english = &one;
  }
  CHECK(english != nullptr, "deploy/labels/en.json is compiled in");
  return *english;
}

std::string SubjectLabels::of(std::string_view key) const {
  json::Document document;
  CHECK(document.parse_strict(text_), "labels are JSON");
  const json::Value label = document.root().find(key);
  return label ? std::string(label.text()) : std::string(key);
}
}  // namespace nrm::gateway
