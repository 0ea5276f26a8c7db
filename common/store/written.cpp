#include "common/store/written.hpp"

#include "common/diag/diag.hpp"

namespace nrm {
void Written::add(const Batch::Change& change) {
  Changes& of = families[static_cast<std::size_t>(change.family)];
  ++(change.value ? of.puts : of.erased);
  of.key_bytes += change.key.size();
  if (change.value) of.value_bytes += change.value->size();
}

void Written::say() const {
  if (batches == 0) return;
  diag::info("store.closed", {{"batches", batches}, {"synced", synced}});
  for (std::size_t i = 0; i < family_count; ++i)
    if (const Changes& of = families[i]; of.puts + of.erased != 0)
      diag::info("store.written", {{"family", family_name(static_cast<Family>(i))},
                                   {"puts", of.puts},
                                   {"erased", of.erased},
                                   {"key_bytes", of.key_bytes},
                                   {"value_bytes", of.value_bytes}});
}
}  // namespace nrm
