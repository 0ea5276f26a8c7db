#include "services/audit/findings.hpp"

#include <algorithm>

namespace nrm {
namespace {
constexpr std::size_t faults_listed_max = 20;
constexpr int first_layer_code = 20, wanting_code = 19;
constexpr const char* units[] = {"files",   "tiles",   "notes",     "records", "causes",
                                 "records", "records", "decisions", "people",  "openings"};
static_assert(std::size(units) == layer_count);
}  // namespace

std::string layer_text(LayerName name) {
  std::string out(to_text(name));
  std::ranges::replace(out, '_', '-');
  return out;
}

Findings::Findings() {
  for (std::size_t i = 0; i < layer_count; ++i) {
    layers_[i].name = static_cast<LayerName>(i);
    layers_[i].unit = units[i];
  }
}

void Findings::fault(LayerName name, Fault fault) {
  Layer& layer = at(name);
  ++layer.fault_count;
  if (layer.faults.size() < faults_listed_max) layer.faults.push_back(std::move(fault));
}

void Findings::remark(LayerName name, const std::string& what) {
  std::string& remark = at(name).remark;
  remark += (remark.empty() ? "" : "; ") + what;
}

void Findings::skip(LayerName name, const std::string& why, bool wanting) {
  at(name).done = false;
  at(name).wanting |= wanting;
  remark(name, why);
}

std::vector<Layer> Findings::take() {
  return {std::make_move_iterator(layers_.begin()), std::make_move_iterator(layers_.end())};
}

int exit_code_of(const std::vector<Layer>& layers) {
  bool wanting = false;
  for (const Layer& layer : layers) {
    if (!layer.holds()) return first_layer_code + static_cast<int>(layer.name);
    wanting |= layer.wanting;
  }
  return wanting ? wanting_code : 0;
}
}  // namespace nrm
