#include "common/runtime/roles.hpp"

#include <algorithm>

#include "common/base/codec.hpp"

namespace nrm {
namespace {
struct Follows {
  Service follower;
  Service owner;
};
constexpr Follows follows[] = {
    {Service::vault, Service::identification},      {Service::vault, Service::referral},
    {Service::vault, Service::assistance},          {Service::vault, Service::closure},
    {Service::identification, Service::vault},      {Service::identification, Service::referral},
    {Service::identification, Service::closure},    {Service::referral, Service::vault},
    {Service::referral, Service::identification},   {Service::referral, Service::assistance},
    {Service::referral, Service::closure},          {Service::assistance, Service::vault},
    {Service::assistance, Service::identification}, {Service::assistance, Service::referral},
    {Service::assistance, Service::closure},        {Service::closure, Service::vault},
    {Service::closure, Service::identification},    {Service::closure, Service::referral},
    {Service::closure, Service::assistance}};

bool is_bench(std::string_view peer, bool sandbox) { return sandbox && peer == "bench"; }
}  // namespace

bool may_command(std::string_view peer, bool sandbox) {
  return peer == to_text(Service::gateway) || is_bench(peer, sandbox);
}

bool may_follow(std::string_view peer, Service owner, bool sandbox) {
  if (peer == to_text(Service::audit) || peer == to_text(Service::gateway)) return true;
  return is_bench(peer, sandbox) || std::ranges::any_of(follows, [&](const Follows& one) {
           return one.owner == owner && to_text(one.follower) == peer;
         });
}

bool may_connect(std::string_view peer, std::string_view listener, bool sandbox) {
  const auto owner = enum_from<Service>(listener);
  return owner && (may_command(peer, sandbox) || may_follow(peer, *owner, sandbox));
}
}  // namespace nrm
