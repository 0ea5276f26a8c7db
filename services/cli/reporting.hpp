// Reporting: every person behind the rows of a table, over HTTPS, by who reported them. Safe to
// repeat: keys come from the rows, so nobody is twice in the log, and asking again gives the same
// answer.
// REQUIRES: an Api that was opened as an operator. THREAD: one.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "services/cli/flight.hpp"
#include "services/cli/intake_file.hpp"
#include "services/cli/load_figures.hpp"
#include "services/cli/registry.hpp"
#include "services/cli/synthetic.hpp"

namespace nrm::cli {
// A table, whole and right; `digest`: of its bytes, hex. ERRORS: of read_intake(), with the file.
Result<Intake> read_whole_intake(const std::string& file, std::string& digest);

// Accounts of the first responders of a table, made when they are new.
class Responders {
 public:
  static Result<Responders> register_all(Api& api, const Intake& intake, bool quiet);
  const std::string& token(const IntakeRow& row) const {
    return tokens_.at({row.kind, row.organisation}).reveal();
  }

 private:
  std::map<Responder, Sensitive<std::string>> tokens_;
};

struct NotTakenIn {
  std::size_t line = 0;
  std::string why;
};
struct Reported {
  LoadFigures figures;
  std::vector<NotTakenIn> failed;
};

struct ReportingTerms {
  std::string phase;   // what the progress bar says
  std::string digest;  // hex, of what the rows are of: keys and everything made up follow from it
  std::size_t connections = 32;
  bool quiet = false;
  // The report of a person: make_report() or make_notification() (synthetic.hpp).
  SyntheticReport (*make)(const IntakeRow&, std::uint32_t number, std::string_view digest,
                          const Policy&) = make_report;
};
// Told of each person who is taken in: who, and the id of the case.
using TakeCase =
    std::function<void(const IntakeRow& row, std::uint32_t number, std::string_view id)>;
Result<Reported> report_people(Api& api, const std::vector<IntakeRow>& rows,
                               const Responders& responders, const ReportingTerms& terms,
                               const TakeCase& taken = {});

// Who was not taken in, on standard output; nothing when all were.
void show_failures(const std::vector<NotTakenIn>& failed);
}  // namespace nrm::cli
