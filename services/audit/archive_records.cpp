#include "services/audit/archive_records.hpp"

#include "common/base/check.hpp"
#include "common/base/limits.hpp"
#include "common/store/keys.hpp"

namespace nrm {
Result<std::string> archived_records(const Store& store, const std::string& log,
                                     std::uint64_t seq) {
  std::string out;
  bool dense = true;
  Range range = prefixed(log + std::string(1, '\0'));
  range.from = keys::archive(log, seq);
  NRM_TRY(store.scan(
      Family::archive, range,
      [&](std::string_view key, std::string_view record) {
        dense = key == keys::archive(log, seq++);
        if (!dense) return false;
        CHECK(record.size() <= limits::record_bytes_max, "a cursor takes nothing larger");
        out += static_cast<char>(record.size() >> 8);
        out += static_cast<char>(record.size() & 0xff);
        out += record;
        return out.size() < archived_stretch_bytes;
      },
      false));
  if (!dense) return Error(Code::corrupt, "", "a record is missing in the archive of " + log);
  return out;
}
}  // namespace nrm
