// The files of a data folder, as they were looked at before they were opened (evidence.cpp). Those
// of an export are looked at while they are read (layer_tiles.cpp).
#include "services/audit/layers.hpp"

namespace nrm {
void check_stored_files(Check& check) {
  if (!check.evidence.remark.empty())
    check.findings.remark(LayerName::files, check.evidence.remark);
  check.findings.at(LayerName::files).checked += check.evidence.files;
  for (const Fault& fault : check.evidence.file_faults)
    check.findings.fault(LayerName::files, fault);
}
}  // namespace nrm
