// Entity tags (RFC 9110, 8.8.3) of cases and referrals: what a client saw, told back in If-Match
// and If-None-Match.
//
// THREAD: any; pure.
#pragma once
#include <string>
#include <string_view>

#include "services/gateway/views.hpp"

namespace nrm::gateway {
// Strong ETag of a case: "v.i.r.a.c".
std::string case_tag(const Versions& versions);
// Behind the firewall "v.i.0.0.h", `h` following from what is shown: how often something was noted
// of the help is nothing for those who investigate or decide.
std::string walled_case_tag(const Versions& versions, std::string_view shown);
std::string referral_tag(std::uint64_t version);
// What If-Match says about the stream in the deciding service. ERRORS: bad_request.
Result<std::uint64_t> read_case_tag(std::string_view field, Service service);
Result<std::uint64_t> read_referral_tag(std::string_view field);
}  // namespace nrm::gateway
