#include "schemas/generator/examples.hpp"

namespace nrm::schemas {
namespace {
constexpr std::string_view digest =
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
constexpr std::pair<std::string_view, std::string_view> texts[] = {
    {"account", "She says that her documents were taken on arrival."},
    {"address", "a safe house"},
    {"advance", "35d"},
    {"also_known_as", "Ana"},
    {"certificate", digest},
    {"code", "492039"},
    {"columns", "outcome"},
    {"digest", digest},
    {"document_number", "XX000000"},
    {"dossier", digest},
    {"from", "2023Q3"},
    {"log", "identification/0"},
    {"method", "first_stage@1"},
    {"name", "Example Support"},
    {"password", "MZXW6-YTBOI-GEZDG-NBVGY"},
    {"phone", "+000000000"},
    {"policy", "osce@1"},
    {"policy_digest", digest},
    {"reference", "NRM-0000-0000"},
    {"region", "GB-LND"},
    {"regions", "GB-LND"},
    {"root", digest},
    {"rows", "quarter"},
    {"safe_contact", "through the shelter, on weekdays"},
    {"term", "stateless"},
    {"to", "2023Q3"},
    {"token_digest", digest},
};
}  // namespace

std::string example_text(std::string_view member, std::size_t bytes_max) {
  std::string_view text = member;
  for (const auto& [name, words] : texts)
    if (name == member) text = words;
  return std::string(text.substr(0, bytes_max));
}

std::string example_uuid(std::string_view member) {
  std::uint32_t hash = 2166136261;  // FNV-1a: another id for another member
  for (const char c : member) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  return derive(Uuid{}, hash).text();
}
}  // namespace nrm::schemas
