#include "common/runtime/edge_settings.hpp"

#include <algorithm>

namespace nrm {
namespace {
// Letters, digits, hyphens and dots (RFC 1123, 2.1), or an IPv6 address in brackets.
bool is_host_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '[' ||
           c == ']' || c == ':';
  });
}

Result<void> check(const std::optional<Allowance>& allowance, std::string_view name) {
  if (!allowance || (allowance->burst > 0 && allowance->per_minute > 0)) return {};
  return Error(Code::out_of_range, "/edge/" + std::string(name),
               "burst and per_minute are at least 1; leave the member out for the default");
}

std::optional<limits::Rate> rate_of(const std::optional<Allowance>& allowance, bool sandbox,
                                    const limits::Rate& standard) {
  if (allowance) return limits::Rate{allowance->burst, allowance->per_minute};
  return sandbox ? std::nullopt : std::optional(standard);
}
}  // namespace

Result<void> check(const EdgeSettings& settings) {
  if (settings.host_names.size() > limits::http_hosts_max)
    return Error(Code::too_long, "/edge/host_names",
                 "at most " + std::to_string(limits::http_hosts_max) + " names");
  for (const auto& name : settings.host_names)
    if (!is_host_name(name.text()))
      return Error(Code::invalid_text, "/edge/host_names",
                   "names in lower case, without port, as in nrm.example");
  const auto per_address = settings.connections_per_address;
  if (per_address && (*per_address == 0 || *per_address > limits::http_connections_max))
    return Error(Code::out_of_range, "/edge/connections_per_address",
                 "1 to " + std::to_string(limits::http_connections_max));
  NRM_TRY(check(settings.urgent_reports, "urgent_reports"));
  NRM_TRY(check(settings.acts, "acts"));
  NRM_TRY(check(settings.openings, "openings"));
  return check(settings.reads, "reads");
}

Edge edge_of(const std::optional<EdgeSettings>& settings, bool sandbox) {
  const EdgeSettings said = settings.value_or(EdgeSettings{});
  Edge out{.hosts = {"localhost", "127.0.0.1", "[::1]"},
           .connections_per_address =
               sandbox ? limits::http_connections_max : limits::http_connections_per_address_max,
           .urgent_reports = rate_of(said.urgent_reports, sandbox, limits::urgent_reports_rate),
           .acts = rate_of(said.acts, sandbox, limits::acts_rate),
           .openings = rate_of(said.openings, sandbox, limits::openings_rate),
           .reads = rate_of(said.reads, sandbox, limits::reads_rate)};
  for (const auto& name : said.host_names) out.hosts.push_back(name.text());
  if (said.connections_per_address) out.connections_per_address = *said.connections_per_address;
  return out;
}
}  // namespace nrm
