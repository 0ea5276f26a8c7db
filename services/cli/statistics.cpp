#include "services/cli/statistics.hpp"

#include "common/base/csv.hpp"
#include "common/store/rocksdb_store.hpp"
#include "services/cli/scratch.hpp"

namespace nrm::cli {
namespace {
using Cells = std::map<std::string, std::uint64_t>;  // the six labels -> people

std::string label(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) {
    if (!out.empty()) out += " | ";
    out += part;
  }
  return out;
}

Result<Cells> published_cells(const std::string& file) {
  NRM_TRY_ASSIGN(std::string text, read_file(file, limits::intake_file_bytes_max));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  NRM_TRY_ASSIGN(const auto rows, csv::read(text));
  Cells out;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& cells = rows[i].cells;
    if (cells.size() != referral_table_columns.size())
      return Error(Code::bad_request, "line " + std::to_string(rows[i].line), "seven columns");
    out[label({cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]})] +=
        std::strtoull(cells[6].c_str(), nullptr, 10);
  }
  return out;
}
}  // namespace

Result<std::vector<StateCount>> count_states(const Replay& replay) {
  std::map<std::pair<StreamKind, std::string>, std::uint64_t> counts;
  NRM_TRY(replay.each([&](const StreamKey& stream, json::Value folded) {
    const json::Value status = folded.find("state").find("status");
    if (status && status.kind() == json::Kind::string)
      ++counts[{stream.kind, std::string(status.text())}];
  }));
  std::vector<StateCount> out;
  for (const auto& [key, streams] : counts)
    out.push_back({replay.service(), key.first, key.second, streams});
  return out;
}

Result<std::vector<StateCount>> count_states(const Folder& folder, Service service) {
  NRM_TRY_ASSIGN(const auto logs, open_logs("", folder.path()));
  NRM_TRY_ASSIGN(const Scratch scratch, Scratch::make());
  NRM_TRY_ASSIGN(const auto store, open_rocksdb({.folder = scratch.path() + "/store",
                                                 .footprint = Footprint::small}));
  Replay replay(service, *store);
  NRM_TRY(replay.run(*logs, {}));
  return count_states(replay);
}

Result<std::vector<std::string>> differences(const std::string& published_file,
                                             const ReferralTable& computed) {
  NRM_TRY_ASSIGN(Cells cells, published_cells(published_file));
  std::vector<std::string> out;
  for (const ReferralCell& cell : computed.cells()) {
    const std::string key =
        label({cell.first_responder_type, cell.first_responder, cell.exploitation,
               cell.age_at_exploitation, cell.gender, cell.nationality});
    const auto found = cells.find(key);
    const std::uint64_t published = found == cells.end() ? 0 : found->second;
    if (published != cell.people)
      out.push_back(key + ": published " + std::to_string(published) + ", computed " +
                    std::to_string(cell.people));
    if (found != cells.end()) cells.erase(found);
  }
  for (const auto& [key, people] : cells)
    out.push_back(key + ": published " + std::to_string(people) + ", computed 0");
  return out;
}
}  // namespace nrm::cli
