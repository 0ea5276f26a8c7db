// Folding: what of two spellings is the same. "Müller, José" and "JOSE MULLER" have the same words.
// For comparing only: what is folded is never shown or kept.
// THREAD: any.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace nrm {
// The words of a text, in its order: compatibility decomposition and case folding (Unicode, UAX 15
// and section 3.13), without combining marks; letters that do not decompose as people type them
// (ø o, ł l, đ d, ı i, æ ae, œ oe, þ th, ð d, ħ h). A word is letters and digits; apostrophes are
// left out ("O'Brien" is "obrien"), everything else separates ("Anne-Marie" are two words).
// Scripts are not transliterated. Text that is not UTF-8 has no words.
std::vector<std::string> folded_words(std::string_view text);
}  // namespace nrm
