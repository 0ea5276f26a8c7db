#include "common/event/demonyms.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "common/base/check.hpp"
#include "common/base/limits.hpp"

namespace nrm {
namespace {
struct Entry {
  std::string_view country;
  std::string_view demonym;  // a country's first is its canonical one
};

// clang-format off
constexpr Entry entries[] = {
    {"AD", "Andorran"}, {"AE", "Emirati"}, {"AF", "Afghan"},
    {"AG", "Citizen of Antigua and Barbuda"}, {"AG", "Antiguan"}, {"AG", "Barbudan"},
    {"AG", "Antiguan and Barbudan"}, {"AI", "Anguillan"}, {"AL", "Albanian"}, {"AM", "Armenian"},
    {"AO", "Angolan"}, {"AR", "Argentine"}, {"AR", "Argentinian"}, {"AR", "Argentinean"},
    {"AS", "American Samoan"}, {"AT", "Austrian"}, {"AU", "Australian"}, {"AW", "Aruban"},
    {"AX", "Ålander"}, {"AX", "Åland Islander"}, {"AZ", "Azerbaijani"}, {"AZ", "Azeri"},
    {"BA", "Citizen of Bosnia and Herzegovina"}, {"BA", "Bosnian"},
    {"BA", "Bosnian and Herzegovinian"}, {"BA", "Herzegovinian"}, {"BA", "Bosnian Herzegovinian"},
    {"BB", "Barbadian"}, {"BB", "Bajan"}, {"BD", "Bangladeshi"}, {"BE", "Belgian"},
    {"BF", "Burkinan"}, {"BF", "Burkinabe"}, {"BF", "Burkinabé"}, {"BG", "Bulgarian"},
    {"BH", "Bahraini"}, {"BI", "Burundian"}, {"BJ", "Beninese"}, {"BL", "Barthélemois"},
    {"BM", "Bermudian"}, {"BM", "Bermudan"}, {"BN", "Bruneian"}, {"BO", "Bolivian"},
    {"BQ", "Bonairean"}, {"BQ", "Bonaire Dutch"}, {"BR", "Brazilian"}, {"BS", "Bahamian"},
    {"BT", "Bhutanese"}, {"BW", "Botswanan"}, {"BW", "Motswana"}, {"BY", "Belarusian"},
    {"BY", "Belarusan"}, {"BY", "Belarussian"}, {"BZ", "Belizean"}, {"CA", "Canadian"},
    {"CC", "Cocos Islander"}, {"CD", "Congolese (DRC)"}, {"CD", "Congolese DRC"},
    {"CD", "Congolese (Democratic Republic)"},
    {"CD", "Citizen of the Democratic Republic of the Congo"}, {"CF", "Central African"},
    {"CF", "Citizen of the Central African Republic"}, {"CG", "Congolese (Congo)"},
    {"CG", "Congolese Congo"}, {"CG", "Congolese (Republic)"}, {"CG", "Congolese (Brazzaville)"},
    {"CH", "Swiss"}, {"CI", "Ivorian"}, {"CI", "Ivoirian"}, {"CI", "Citizen of Ivory Coast"},
    {"CK", "Cook Islander"}, {"CL", "Chilean"}, {"CM", "Cameroonian"}, {"CN", "Chinese"},
    {"CO", "Colombian"}, {"CR", "Costa Rican"}, {"CU", "Cuban"}, {"CV", "Cape Verdean"},
    {"CV", "Cabo Verdean"}, {"CW", "Curaçaoan"}, {"CW", "Curacaoan"}, {"CX", "Christmas Islander"},
    {"CY", "Cypriot"}, {"CZ", "Czech"}, {"DE", "German"}, {"DJ", "Djiboutian"}, {"DK", "Danish"},
    {"DK", "Dane"}, {"DM", "Dominican"}, {"DM", "Dominican (Dominica)"},
    {"DM", "Citizen of Dominica"}, {"DO", "Citizen of the Dominican Republic"},
    {"DO", "Dominican (Dominican Republic)"}, {"DO", "Dominican Republic"}, {"DZ", "Algerian"},
    {"EC", "Ecuadorean"}, {"EC", "Ecuadorian"}, {"EE", "Estonian"}, {"EG", "Egyptian"},
    {"EH", "Sahrawi"}, {"EH", "Western Saharan"}, {"ER", "Eritrean"}, {"ES", "Spanish"},
    {"ES", "Spaniard"}, {"ET", "Ethiopian"}, {"FI", "Finnish"}, {"FI", "Finn"}, {"FJ", "Fijian"},
    {"FK", "Falkland Islander"}, {"FM", "Micronesian"}, {"FO", "Faroese"},
    {"FO", "Faroe Islander"}, {"FR", "French"}, {"GA", "Gabonese"}, {"GB", "UK"},
    {"GB", "British"}, {"GB", "English"}, {"GB", "Scottish"}, {"GB", "Welsh"},
    {"GB", "Northern Irish"}, {"GB", "Briton"}, {"GB", "United Kingdom"},
    {"GB", "British Citizen"}, {"GB", "GBR"}, {"GD", "Grenadian"}, {"GE", "Georgian"},
    {"GF", "French Guianese"}, {"GG", "Guernsey Islander"}, {"GG", "Channel Islander"},
    {"GH", "Ghanaian"}, {"GI", "Gibraltarian"}, {"GL", "Greenlandic"}, {"GL", "Greenlander"},
    {"GM", "Gambian"}, {"GN", "Guinean"}, {"GP", "Guadeloupean"}, {"GQ", "Equatorial Guinean"},
    {"GQ", "Equatoguinean"}, {"GR", "Greek"}, {"GT", "Guatemalan"}, {"GU", "Guamanian"},
    {"GW", "Citizen of Guinea-Bissau"}, {"GW", "Citizen of Guinea Bissau"},
    {"GW", "Bissau-Guinean"}, {"GW", "Bissau Guinean"}, {"GW", "Guinea-Bissauan"},
    {"GY", "Guyanese"}, {"HK", "Hong Konger"}, {"HK", "Hongkonger"}, {"HK", "Hong Kong Chinese"},
    {"HN", "Honduran"}, {"HR", "Croatian"}, {"HR", "Croat"}, {"HT", "Haitian"},
    {"HU", "Hungarian"}, {"ID", "Indonesian"}, {"IE", "Irish"}, {"IL", "Israeli"}, {"IM", "Manx"},
    {"IN", "Indian"}, {"IO", "Chagossian"}, {"IQ", "Iraqi"}, {"IR", "Iranian"},
    {"IS", "Icelandic"}, {"IS", "Icelander"}, {"IT", "Italian"}, {"JE", "Jersey Islander"},
    {"JM", "Jamaican"}, {"JO", "Jordanian"}, {"JP", "Japanese"}, {"KE", "Kenyan"},
    {"KG", "Kyrgyz"}, {"KG", "Kyrgyzstani"}, {"KG", "Kirghiz"}, {"KH", "Cambodian"},
    {"KI", "Citizen of Kiribati"}, {"KI", "I-Kiribati"}, {"KM", "Comoran"}, {"KM", "Comorian"},
    {"KN", "Kittitian"}, {"KN", "Nevisian"}, {"KN", "Kittitian and Nevisian"},
    {"KN", "St Kitts and Nevis"}, {"KP", "North Korean"}, {"KR", "South Korean"},
    {"KW", "Kuwaiti"}, {"KY", "Cayman Islander"}, {"KY", "Caymanian"}, {"KZ", "Kazakh"},
    {"KZ", "Kazakhstani"}, {"LA", "Lao"}, {"LA", "Laotian"}, {"LB", "Lebanese"},
    {"LC", "St Lucian"}, {"LC", "Saint Lucian"}, {"LC", "St. Lucian"},
    {"LI", "Liechtenstein citizen"}, {"LI", "Liechtensteiner"}, {"LK", "Sri Lankan"},
    {"LR", "Liberian"}, {"LS", "Mosotho"}, {"LS", "Basotho"}, {"LS", "Lesothan"},
    {"LT", "Lithuanian"}, {"LU", "Luxembourger"}, {"LU", "Luxembourgish"}, {"LV", "Latvian"},
    {"LY", "Libyan"}, {"MA", "Moroccan"}, {"MC", "Monegasque"}, {"MC", "Monégasque"},
    {"MC", "Monacan"}, {"MD", "Moldovan"}, {"ME", "Montenegrin"}, {"MF", "Saint-Martinois"},
    {"MG", "Malagasy"}, {"MG", "Madagascan"}, {"MH", "Marshallese"}, {"MK", "Macedonian"},
    {"MK", "North Macedonian"}, {"ML", "Malian"}, {"MM", "Burmese"}, {"MM", "Myanmar"},
    {"MM", "Myanmarese"}, {"MN", "Mongolian"}, {"MO", "Macanese"},
    {"MP", "Northern Mariana Islander"}, {"MQ", "Martiniquais"}, {"MQ", "Martinican"},
    {"MR", "Mauritanian"}, {"MS", "Montserratian"}, {"MT", "Maltese"}, {"MU", "Mauritian"},
    {"MV", "Maldivian"}, {"MW", "Malawian"}, {"MX", "Mexican"}, {"MY", "Malaysian"},
    {"MZ", "Mozambican"}, {"NA", "Namibian"}, {"NC", "New Caledonian"}, {"NE", "Nigerien"},
    {"NF", "Norfolk Islander"}, {"NG", "Nigerian"}, {"NI", "Nicaraguan"}, {"NL", "Dutch"},
    {"NO", "Norwegian"}, {"NP", "Nepalese"}, {"NP", "Nepali"}, {"NR", "Nauruan"}, {"NU", "Niuean"},
    {"NZ", "New Zealander"}, {"OM", "Omani"}, {"PA", "Panamanian"}, {"PE", "Peruvian"},
    {"PF", "French Polynesian"}, {"PG", "Papua New Guinean"}, {"PH", "Filipino"},
    {"PH", "Philippine"}, {"PH", "Filipina"}, {"PK", "Pakistani"}, {"PL", "Polish"},
    {"PL", "Pole"}, {"PM", "Saint-Pierrais"}, {"PN", "Pitcairn Islander"}, {"PR", "Puerto Rican"},
    {"PS", "Palestinian"}, {"PT", "Portuguese"}, {"PW", "Palauan"}, {"PY", "Paraguayan"},
    {"QA", "Qatari"}, {"RE", "Réunionese"}, {"RE", "Reunionese"}, {"RO", "Romanian"},
    {"RS", "Serbian"}, {"RS", "Serb"}, {"RU", "Russian"}, {"RW", "Rwandan"},
    {"SA", "Saudi Arabian"}, {"SA", "Saudi"}, {"SB", "Solomon Islander"},
    {"SC", "Citizen of Seychelles"}, {"SC", "Seychellois"}, {"SD", "Sudanese"}, {"SE", "Swedish"},
    {"SE", "Swede"}, {"SG", "Singaporean"}, {"SH", "St Helenian"}, {"SH", "Saint Helenian"},
    {"SH", "Tristanian"}, {"SI", "Slovenian"}, {"SI", "Slovene"}, {"SK", "Slovak"},
    {"SK", "Slovakian"}, {"SL", "Sierra Leonean"}, {"SL", "Sierra Leonian"}, {"SM", "Sammarinese"},
    {"SM", "San Marinese"}, {"SN", "Senegalese"}, {"SO", "Somali"}, {"SO", "Somalian"},
    {"SR", "Surinamese"}, {"SS", "South Sudanese"}, {"ST", "Sao Tomean"}, {"ST", "São Tomean"},
    {"SV", "Salvadorean"}, {"SV", "Salvadoran"}, {"SV", "Salvadorian"}, {"SX", "Sint Maartener"},
    {"SY", "Syrian"}, {"SZ", "Swazi"}, {"SZ", "Eswatini"}, {"SZ", "Liswati"},
    {"TC", "Turks and Caicos Islander"}, {"TD", "Chadian"}, {"TG", "Togolese"}, {"TH", "Thai"},
    {"TJ", "Tajik"}, {"TJ", "Tajikistani"}, {"TK", "Tokelauan"}, {"TL", "East Timorese"},
    {"TL", "Timorese"}, {"TM", "Turkmen"}, {"TM", "Turkmenistani"}, {"TN", "Tunisian"},
    {"TO", "Tongan"}, {"TR", "Turkish"}, {"TR", "Turk"}, {"TT", "Trinidadian"},
    {"TT", "Tobagonian"}, {"TT", "Trinidadian and Tobagonian"},
    {"TT", "Citizen of Trinidad and Tobago"}, {"TV", "Tuvaluan"}, {"TW", "Taiwanese"},
    {"TZ", "Tanzanian"}, {"UA", "Ukrainian"}, {"UG", "Ugandan"}, {"US", "American"}, {"US", "US"},
    {"US", "USA"}, {"US", "US American"}, {"US", "United States"}, {"UY", "Uruguayan"},
    {"UZ", "Uzbek"}, {"UZ", "Uzbekistani"}, {"VA", "Vatican citizen"}, {"VC", "Vincentian"},
    {"VC", "St Vincentian"}, {"VE", "Venezuelan"}, {"VG", "British Virgin Islander"},
    {"VI", "US Virgin Islander"}, {"VN", "Vietnamese"}, {"VU", "Citizen of Vanuatu"},
    {"VU", "Ni-Vanuatu"}, {"VU", "Vanuatuan"}, {"WF", "Wallisian"},
    {"WF", "Wallis and Futuna Islander"}, {"WS", "Samoan"}, {"XK", "Kosovan"}, {"XK", "Kosovar"},
    {"YE", "Yemeni"}, {"YE", "Yemenite"}, {"YT", "Mahoran"}, {"ZA", "South African"},
    {"ZM", "Zambian"}, {"ZW", "Zimbabwean"}, {"ZZ", "Unknown"}, {"ZZ", "Not known"},
    {"ZZ", "Not recorded"}, {"ZZ", "Not specified"}, {"ZZ", "Not specified or unknown"},
    {"ZZ", "Stateless"}, {"ZZ", "Bidoon"}, {"ZZ", "Bedoon"}, {"ZZ", "Kurdish"}, {"ZZ", "Rohingya"},
    {"ZZ", "Refugee"}, {"ZZ", "Other"},};
// clang-format on

// "Citizen of the Democratic Republic of the Congo".
constexpr std::size_t words_max = 8;

// Sources differ in case ("UKrainian"). ASCII is enough: it only decides what counts as a spelling.
std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

struct Index {
  std::map<std::string, Entry, std::less<>> by_demonym;  // lower case
  std::map<std::string_view, std::string_view> canonical;

  Index() {
    for (const Entry& entry : entries) {
      CHECK(by_demonym.emplace(lower(entry.demonym), entry).second, "a demonym is listed once");
      canonical.emplace(entry.country, entry.demonym);  // keeps the first
    }
  }
};
const Index& index() {
  static const Index built;
  return built;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// --- what an unknown demonym may be written with ------------------------------------------------

// Blocks of letters of the scripts in use; symbols, controls, private use and emoji are outside.
constexpr std::array<std::pair<char32_t, char32_t>, 8> letter_blocks{{{0xc0, 0x36f},
                                                                      {0x370, 0x1fff},
                                                                      {0x2c00, 0x2dff},
                                                                      {0x3040, 0xd7ff},
                                                                      {0xf900, 0xfdff},
                                                                      {0xfe70, 0xfefc},
                                                                      {0x10280, 0x11fff},
                                                                      {0x20000, 0x3134f}}};
// Zeros of the other decimal digits in those blocks (Unicode category Nd): a number is no demonym.
constexpr char32_t digit_zeros[] = {
    0x660,  0x6f0,  0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,  0xce6,
    0xd66,  0xde6,  0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,  0x1946, 0x19d0,
    0x1a80, 0x1a90, 0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,  0xa900,  0xa9d0, 0xa9f0,
    0xaa50, 0xabf0, 0x104a0, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0};

bool is_letter(char32_t c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  if (c == 0xd7 || c == 0xf7 || c == 0x61c || c == 0x180e) return false;  // × ÷, invisible marks
  for (const char32_t zero : digit_zeros)
    if (c >= zero && c < zero + 10) return false;
  return std::any_of(letter_blocks.begin(), letter_blocks.end(),
                     [c](const auto& block) { return c >= block.first && c <= block.second; });
}

// REQUIRES: valid UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  char32_t c = first & (0x3f >> more);
  for (int i = 0; i < more; ++i) c = c << 6 | (static_cast<unsigned char>(text[at++]) & 0x3f);
  return c;
}

bool is_worded(std::string_view text) {
  if (!is_clean_text(text)) return false;
  bool has_letter = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    const bool letter = is_letter(c);
    const bool mark =
        c == 0x2019 ||
        (c < 0x80 && std::string_view(" -'().,/&").find(static_cast<char>(c)) != std::string::npos);
    if (!letter && !mark) return false;
    has_letter |= letter;
  }
  return has_letter;
}

// --- reading ------------------------------------------------------------------------------------

using Words = std::vector<std::string_view>;  // without blanks; two blanks enclose an empty one

Words split(std::string_view text) {
  Words words;
  for (std::size_t at = 0;;) {
    const auto blank = text.find(' ', at);
    words.push_back(text.substr(at, blank - at));
    if (blank == text.npos) return words;
    at = blank + 1;
  }
}

// The text from words[first] to words[last - 1], blanks as in the source.
std::string_view span_of(const Words& words, std::size_t first, std::size_t last) {
  const char* begin = words[first].data();
  return {begin, static_cast<std::size_t>(words[last - 1].data() + words[last - 1].size() - begin)};
}

struct Match {
  const Entry* entry = nullptr;
  std::size_t words = 0;
};
Match longest_match(const Words& words, std::size_t at) {
  for (std::size_t n = std::min(words_max, words.size() - at); n != 0; --n) {
    const auto found = index().by_demonym.find(lower(span_of(words, at, at + n)));
    if (found != index().by_demonym.end()) return {&found->second, n};
  }
  return {};
}

Result<Nationality> with_term(std::string_view country, std::string term) {
  const auto text = Text<64>::parse(term);
  if (!text) return Error(Code::too_long, "", "more than 64 bytes for one nationality");
  return Nationality{*Country::parse(country), *text};
}

// Cuts words[first, last) at blanks into unknown nationalities, each within the bound of `term`.
Result<void> add_unknown(std::vector<Nationality>& out, const Words& words, std::size_t first,
                         std::size_t last) {
  constexpr std::size_t room = Text<64>::bytes_max - unknown_nationality_prefix.size();
  while (first < last) {
    std::size_t end = first + 1;
    while (end < last && span_of(words, first, end + 1).size() <= room) ++end;
    const auto part = span_of(words, first, end);
    if (part.size() > room) return Error(Code::too_long, "", "a word is too long for a demonym");
    if (!is_worded(part))
      return Error(Code::invalid_text, "",
                   "a demonym has letters, blanks and - ' ( ) . , / & only");
    NRM_TRY_ASSIGN(auto unknown,
                   with_term("ZZ", std::string(unknown_nationality_prefix) + std::string(part)));
    out.push_back(std::move(unknown));
    first = end;
  }
  return {};
}
}  // namespace

Result<std::vector<Nationality>> read_nationalities(std::string_view published) {
  if (trimmed(published).empty()) return Error(Code::missing_field, "", "a nationality is missing");
  if (published.size() > limits::list_items_max * Text<64>::bytes_max)
    return Error(Code::too_long, "", "too many nationalities");
  const Words words = split(published);
  std::vector<Nationality> out;
  // Surplus blanks belong to the demonym before them, those at the start to the first one.
  std::size_t start = 0;
  std::size_t at = 0;
  while (words[at].empty()) ++at;
  while (start < words.size()) {
    Match match = longest_match(words, at);
    std::size_t end = at + std::max<std::size_t>(match.words, 1);
    while (end < words.size() &&
           (words[end].empty() || (!match.entry && !longest_match(words, end).entry)))
      ++end;
    const auto text = span_of(words, start, end);
    if (!match.entry) {
      NRM_TRY(add_unknown(out, words, start, end));
    } else if (text == index().canonical.at(match.entry->country)) {
      out.push_back({*Country::parse(match.entry->country), std::nullopt});
    } else {
      NRM_TRY_ASSIGN(auto variant, with_term(match.entry->country, std::string(text)));
      out.push_back(std::move(variant));
    }
    if (out.size() > limits::list_items_max)
      return Error(Code::too_long, "", "too many nationalities");
    start = at = end;
  }
  return out;
}

std::string publish(const std::vector<Nationality>& nationalities) {
  if (nationalities.empty()) return std::string(demonym_of(Country{}));
  std::string out;
  for (const Nationality& nationality : nationalities) {
    if (!out.empty()) out += ' ';
    const auto canonical = demonym_of(nationality.country);
    if (nationality.term) {
      std::string_view term = nationality.term->text();
      if (term.starts_with(unknown_nationality_prefix))
        term.remove_prefix(unknown_nationality_prefix.size());
      out += term;
    } else if (canonical.empty()) {
      nationality.country.append_to(out);
    } else {
      out += canonical;
    }
  }
  return out;
}

bool is_listed_term(const Nationality& nationality) {
  if (!nationality.term) return true;
  std::string_view term = nationality.term->text();
  if (nationality.country.unknown() && term.starts_with(unknown_nationality_prefix))
    return is_worded(term.substr(unknown_nationality_prefix.size()));
  const auto found = index().by_demonym.find(lower(trimmed(term)));
  return found != index().by_demonym.end() && found->second.country == nationality.country.text();
}

std::string_view demonym_of(Country country) {
  const auto found = index().canonical.find(country.text());
  return found == index().canonical.end() ? std::string_view{} : found->second;
}
}  // namespace nrm
