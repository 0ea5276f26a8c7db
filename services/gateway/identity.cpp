#include "services/gateway/identity.hpp"

#include <algorithm>

#include "common/base/codec.hpp"
#include "common/crypto/crypto.hpp"
#include "common/diag/diag.hpp"
#include "common/event/commands.hpp"
#include "common/oidc/subject.hpp"
#include "services/gateway/disclosure.hpp"
#include "services/gateway/views.hpp"

namespace nrm::gateway {
namespace {
// Scopes of ours in a token's `scope` (RFC 9068, 2.2.3): "nrm:read". Others are not our business.
constexpr std::string_view scope_prefix = "nrm:";
constexpr std::uint32_t lifetime_minutes_default = 10, keys_hours_default = 24,
                        refetch_seconds_default = 30;

Error refused(const char* why) { return Error(Code::unauthenticated, "", why); }

// One that we do not know refuses the token: it was meant to be limited, and we know not to what.
Result<std::vector<Scope>> read_scopes(std::string_view text) {
  std::vector<Scope> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!one.starts_with(scope_prefix)) continue;
    const auto scope = enum_from<Scope>(one.substr(scope_prefix.size()));
    if (!scope) return refused("its scope is not one of ours");
    out.push_back(*scope);
  }
  return out;
}

// What the values of a claim are mapped to; none when to nothing, or to different things.
template <class T, class Row, class Member>
std::optional<T> mapped(const std::vector<std::string>& values, const std::vector<Row>& rows,
                        Member member) {
  std::optional<T> found;
  for (const Row& row : rows) {
    if (std::ranges::find(values, row.value.text()) == values.end()) continue;
    if (found && *found != row.*member) return std::nullopt;
    found = row.*member;
  }
  return found;
}

std::string enrolment_key(const Actor& actor, std::uint64_t version) {
  return crypto::digest("enrol\n" + to_json(actor) + '\n' + std::to_string(version), 16);
}
}  // namespace

Result<IdentitySettings> read_identity_settings(std::string_view text) {
  json::Document document;
  NRM_TRY(document.parse_strict(text, limits::policy_bytes_max));
  IdentitySettings out;
  Reading reading(Unknown::refuse, limits::identity_mappings_max);
  if (!read_json(document.root(), out, reading)) return reading.faults().front();
  if (!oidc::read_address(out.issuer.text()))
    return Error(Code::out_of_range, "/issuer", "an https address without query");
  for (std::size_t i = 0; i < out.roles.size(); ++i)
    if (is_of_one_case(out.roles[i].role))
      return Error(Code::out_of_range, "/roles/" + std::to_string(i) + "/role",
                   "whose case it is no provider can say: issue a person's account here");
  const auto in_range = [](const std::optional<std::uint32_t>& value, std::uint32_t most) {
    return !value || (*value >= 1 && *value <= most);
  };
  if (!in_range(out.lifetime_minutes_max, 60))
    return Error(Code::out_of_range, "/lifetime_minutes_max", "1 to 60");
  if (!in_range(out.keys_hours_max, 168))
    return Error(Code::out_of_range, "/keys_hours_max", "1 to 168");
  if (!in_range(out.refetch_seconds, 300))
    return Error(Code::out_of_range, "/refetch_seconds", "1 to 300");
  return out;
}

oidc::Provider::Options provider_options(const IdentitySettings& settings,
                                         const std::string& folder) {
  oidc::Provider::Options out;
  out.rules.issuer = settings.issuer.text();
  out.rules.audience = settings.audience.text();
  out.rules.lifetime_max =
      std::chrono::minutes(settings.lifetime_minutes_max.value_or(lifetime_minutes_default));
  out.keys_kept_max = std::chrono::hours(settings.keys_hours_max.value_or(keys_hours_default));
  out.refetch_after =
      std::chrono::seconds(settings.refetch_seconds.value_or(refetch_seconds_default));
  out.authority_file = folder + "/" + settings.authority_file.text();
  return out;
}

Result<Identity::Subject> Identity::map(const oidc::Claims& claims) const {
  const auto organisation =
      mapped<OrganisationId>(claims.texts(settings_.organisation_claim.text()),
                             settings_.organisations, &MappedOrganisation::organisation);
  if (!organisation) return refused("its organisation is mapped to none, or to several");
  const auto role =
      mapped<Role>(claims.texts(settings_.role_claim.text()), settings_.roles, &MappedRole::role);
  if (!role) return refused("its role is mapped to none, or to several");
  NRM_TRY_ASSIGN(const auto scopes, read_scopes(claims.scope));
  return Subject{{oidc::account_of(parts_.secret, settings_.issuer.text(), claims.subject),
                  *organisation, *role},
                 ScopeSet(scopes),
                 claims.expires,
                 claims.certificate};
}

Result<Identity::Subject> Identity::read(std::string_view token) const {
  NRM_TRY_ASSIGN(const auto claims, provider_.verify(token, parts_.clock.now()));
  return map(claims);
}

Result<std::pair<Identity::Standing, std::uint64_t>> Identity::standing(const Actor& actor) const {
  const auto found = find_view<AccountView>(parts_.store, actor.account);
  if (!found && found.error().code == Code::not_found) return std::pair(Standing::outdated, 0ull);
  if (!found) return found.error();
  const AccountView& view = found->view;
  if (view.revoked || view.sort != AccountKind::oidc)
    return std::pair(Standing::refused, found->version);
  const bool same = view.organisation == actor.organisation && view.role == actor.role;
  return std::pair(same ? Standing::current : Standing::outdated, found->version);
}

Result<Identity::Subject> Identity::subject(std::string_view token) const {
  auto out = read(token);
  if (!out) {
    diag::count("identity_tokens_refused_total");
    return refused("this is not a token that we take");
  }
  NRM_TRY_ASSIGN(const auto stands, standing(out->actor));
  if (stands.first != Standing::current) return refused("its account is not there");
  return std::move(*out);
}

void Identity::prepare(std::string_view token, std::function<void()> then) {
  const auto claims = provider_.verify(token, parts_.clock.now());
  if (!claims && claims.error().code == Code::not_found)
    return provider_.refresh([this, token = std::string(token), then = std::move(then)]() mutable {
      enrol(token, std::move(then));
    });
  if (!claims) return then();
  enrol(std::string(token), std::move(then));
}

void Identity::enrol(const std::string& token, std::function<void()> then) {
  const auto subject = read(token);
  if (!subject) return then();
  const Actor actor = subject->actor;
  const auto stands = standing(actor);
  if (!stands || stands->first != Standing::outdated) return then();
  parts_.ask({.service = Service::vault,
              .key = enrolment_key(actor, stands->second),
              .actor = actor,
              .expects = std::nullopt,
              .type = EnrolSubject::type,
              .data = to_json(EnrolSubject{actor.account, actor.organisation, actor.role}),
              .personal = {}},
             [this, then = std::move(then)](const Result<wire::Answer>& answer) mutable {
               if (!answer || answer->rejection) return then();  // subject() refuses it
               diag::count("identity_accounts_enrolled_total");
               parts_.when_fresh(std::move(then));
             });
}
}  // namespace nrm::gateway
