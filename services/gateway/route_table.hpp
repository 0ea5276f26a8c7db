// The route table: every method and path, who may use it, what it takes, gives and sends. The
// dispatcher, the metrics, the tests and openapi.json all read this one table.
#pragma once
#include <array>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "common/base/ids.hpp"
#include "common/event/codes.hpp"

namespace nrm::gateway {
class Gateway;
struct Call;
using CallPtr = std::shared_ptr<Call>;

class RoleSet {
 public:
  constexpr RoleSet(std::initializer_list<Role> roles) {
    for (const Role role : roles) bits_ |= 1u << static_cast<unsigned>(role);
  }
  constexpr bool has(Role role) const { return (bits_ >> static_cast<unsigned>(role) & 1u) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  unsigned bits_ = 0;
};

// What a path is about: its id's stream, which If-Match is compared with. A matter is what hangs on
// a case and has an id of its own; who may not see the case does not see it.
enum class About { nothing, a_case, a_referral, a_matter };

struct MatterPath {
  std::string_view prefix;
  StreamKind kind;
};
inline constexpr MatterPath matter_paths[] = {{"/v1/procedures/{id}", StreamKind::procedure},
                                              {"/v1/alarms/{id}", StreamKind::alarm},
                                              {"/v1/incidents/{id}", StreamKind::incident},
                                              {"/v1/transitions/{id}", StreamKind::transition},
                                              {"/v1/child-notices/{id}", StreamKind::notice},
                                              {"/v1/follow-ups/{id}", StreamKind::visit}};

struct Route {
  std::string_view method;   // GET, POST or DELETE
  std::string_view pattern;  // "/v1/cases/{id}/plan": {id} a UUID, {name} a word,
                             // {rest} all that follows
  RoleSet roles;             // empty: anybody, without a token
  std::string_view summary;
  std::string_view parameters;  // of the query, separated by spaces
  std::string_view form;        // of forms.hpp; empty: no body
  std::string_view answer;  // of answers.hpp, "[]" behind it for a page of them; or a media type
  int status;               // of the answer when all is well
  std::array<std::string_view, 3> commands;  // types of what it may send
  void (*handle)(Gateway&, const CallPtr&);

  constexpr About about() const {
    if (pattern.starts_with("/v1/cases/{id}")) return About::a_case;
    if (pattern.starts_with("/v1/referrals/{id}")) return About::a_referral;
    return matter() ? About::a_matter : About::nothing;
  }
  constexpr std::optional<StreamKind> matter() const {
    for (const MatterPath& one : matter_paths)
      if (pattern.starts_with(one.prefix)) return one.kind;
    return std::nullopt;
  }
};

std::span<const Route> routes();

struct Match {
  const Route* route = nullptr;  // none: see `allowed`
  Uuid id;
  std::string_view name;  // borrows from the path
  std::string_view rest;  // likewise
  std::string allowed;    // methods that this path has, for 405; empty: unknown path
};
Match find_route(std::string_view method, std::string_view path);
}  // namespace nrm::gateway
