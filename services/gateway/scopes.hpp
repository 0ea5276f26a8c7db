// Scopes: what a credential may be used for, within what its role may do. A shelter's booking
// system gets `read refer`, and whoever steals its token opens no personal field with it.
#pragma once
#include <optional>
#include <vector>

#include "services/gateway/route_table.hpp"

namespace nrm::gateway {
class ScopeSet {
 public:
  ScopeSet() = default;  // all
  explicit ScopeSet(const std::vector<Scope>& scopes) {
    for (const Scope scope : scopes) bits_ |= 1u << static_cast<unsigned>(scope);
  }
  bool covers(Scope scope) const {
    return bits_ == 0 || (bits_ >> static_cast<unsigned>(scope) & 1u) != 0;
  }
  bool all() const { return bits_ == 0; }

 private:
  unsigned bits_ = 0;  // none: all
};

// What a route is used for. A POST that is not listed has none: no limited credential may use it.
std::optional<Scope> scope_of(const Route& route);
bool may_use(const ScopeSet& scopes, const Route& route);
}  // namespace nrm::gateway
