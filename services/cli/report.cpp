// nrm report: sends one report from a file, or prints a complete valid body to start from.
#include <cstdio>
#include <iostream>
#include <iterator>

#include "services/cli/api.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/receipts.hpp"

namespace nrm::cli {
namespace {
// Every member that a report may have; %s is a region of the policy pack.
// clang-format off
constexpr const char* example_body = R"json({
  "route": "formal",
  "consents": [
    {"purpose": "identification", "given": true, "by": "individual", "language": "en"},
    {"purpose": "support", "given": true, "by": "individual", "language": "en"}
  ],
  "personal": {
    "name": "Ana Example (fictitious)",
    "also_known_as": "Anna",
    "date_of_birth": "1990-02-28",
    "document_number": "EX 0000000",
    "phone": "+00 000 000000",
    "address": "1 Example Street, Exampletown",
    "safe_contact": "by text message to the hotline's number, mornings only",
    "account": "In the person's own words.",
    "health_notes": "What a doctor has to know.",
    "family_at_risk": "Who else is in danger."
  },
  "facts": {
    "entry_source": "police_operation",
    "exploitation": ["labour"],
    "means_of_control": ["debt_bondage", "withholds_documents"],
    "age_at_exploitation": "adult",
    "age_now": "adult",
    "gender": "female",
    "nationalities": [{"country": "AL"}],
    "place": {"scope": "both", "countries": ["AL", "GB"]},
    "indicators": [
      {"code": "restriction_of_movement", "value": "present"},
      {"code": "withholding_of_wages", "value": "not_asked"}
    ],
    "needs": ["safe_accommodation", "medical"],
    "urgency": "urgent",
    "languages": ["sq", "en"],
    "region": "%s"
  }
}
)json";
// clang-format on

std::string example(const std::string& dir) {
  std::string region = "XX-N";  // of the default pack
  if (const auto folder = Folder::open(dir)) region = folder->policy().regions.front().text();
  std::string out = example_body;
  out.replace(out.find("%s"), 2, region);
  return out;
}

Result<std::string> read_body(const std::string& file) {
  if (file == "-")
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  return read_file(file, limits::body_bytes_max);
}
}  // namespace

int report(const ReportOptions& options) {
  if (options.example) {
    std::fputs(example(options.access.dir).c_str(), stdout);
    return Exit::done;
  }
  if (options.file.empty())
    return fail(Exit::usage, "name the file with the report, or - for standard input",
                "start from: nrm report --example > report.json");
  const auto body = read_body(options.file);
  if (!body) return fail(Exit::usage, body.error().detail);
  const auto api = Api::open(options.access, "first_responder");
  if (!api)
    return fail(api.error(),
                "an account for reports: nrm accounts add --organisation \"Example Police\" --kind "
                "police --role first_responder");
  const std::string& key = (*api)->key();
  const auto answer =
      (*api)->post({.target = "/v1/reports", .body = *body, .key = key, .if_match = {}});
  if (!answer) return fail_at_api(answer.error(), options.access.dir);
  const auto read = read_answer(*answer);
  if (!read) return fail(read.error());
  if (!options.receipt.empty()) {
    const std::string id(text_of(read->root(), "case"));
    if (const auto kept = keep_receipt(**api, "/v1/cases/" + id + "/receipt", options.receipt);
        !kept)
      return fail(kept.error(),
                  "the report is taken in; fetch its receipt with: nrm receipt get " + id);
  }
  if (options.access.json) {
    std::printf("%s\n", answer->body.c_str());
    return Exit::done;
  }
  const json::Value receipt = read->root().find("receipt");
  std::printf("taken in: case %s, reference %s\n",
              std::string(text_of(read->root(), "case")).c_str(),
              std::string(text_of(read->root(), "reference")).c_str());
  std::printf("receipt:  %s record %lld, leaf %s\n", std::string(text_of(receipt, "log")).c_str(),
              static_cast<long long>(number_of(receipt, "seq")),
              std::string(text_of(receipt, "leaf")).c_str());
  std::printf("key:      %s\n", key.c_str());
  return Exit::done;
}
}  // namespace nrm::cli
