// The words of the document that a person gets about themselves, by language. The data are
// deploy/labels/<language>.json, compiled in: a gateway is never without them.
#pragma once
#include <string>
#include <string_view>

#include "common/event/codes.hpp"

namespace nrm::gateway {
class SubjectLabels {
 public:
  // English where there are none for this language.
  static const SubjectLabels& of(const Language& language);

  const Language& language() const { return language_; }
  std::string of(std::string_view key) const;  // the key itself where it is not labelled

 private:
  SubjectLabels(Language language, std::string_view text) : language_(language), text_(text) {}
  Language language_;
  std::string_view text_;  // a flat JSON object
};
}  // namespace nrm::gateway
