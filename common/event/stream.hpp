// StreamKey: which thing an event is about, as in "case/5f0c…". One service folds one state per
// key.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "common/base/codec.hpp"
#include "common/base/ids.hpp"
#include "common/event/codes.hpp"

namespace nrm {
struct StreamKey {
  StreamKind kind{};
  Uuid id;

  static std::optional<StreamKey> parse(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == text.npos) return std::nullopt;
    const auto kind = enum_from<StreamKind>(text.substr(0, slash));
    const auto id = Uuid::parse(text.substr(slash + 1));
    if (!kind || !id) return std::nullopt;
    return StreamKey{*kind, *id};
  }
  void append_to(std::string& out) const {
    out += to_text(kind);
    out += '/';
    id.append_to(out);
  }
  std::string text() const {
    std::string out;
    append_to(out);
    return out;
  }
  auto operator<=>(const StreamKey&) const = default;

  static constexpr std::string_view schema =
      R"({"type":"string","pattern":"^[a-z]+/[0-9a-f-]{36}$"})";
};

inline StreamKey case_stream(const Uuid& id) { return {StreamKind::case_, id}; }
inline StreamKey referral_stream(const Uuid& id) { return {StreamKind::referral, id}; }
inline StreamKey provider_stream(const Uuid& id) { return {StreamKind::provider, id}; }
inline StreamKey account_stream(const Uuid& id) { return {StreamKind::account, id}; }
inline StreamKey withdrawal_stream(const Uuid& id) { return {StreamKind::withdrawal, id}; }
inline StreamKey emergency_stream(const Uuid& id) { return {StreamKind::emergency, id}; }
inline StreamKey proposal_stream(const Uuid& id) { return {StreamKind::proposal, id}; }
inline StreamKey organisation_stream(const Uuid& id) { return {StreamKind::organisation, id}; }
// The epochs of the vault's keys: one stream, so it needs no id.
inline StreamKey keys_stream() { return {StreamKind::keys, Uuid{}}; }
inline StreamKey key_stream(const Uuid& id) { return {StreamKind::key, id}; }
inline StreamKey item_stream(const Uuid& id) { return {StreamKind::item, id}; }
inline StreamKey transnational_stream(const Uuid& id) { return {StreamKind::transnational, id}; }
inline StreamKey duplicate_stream(const Uuid& id) { return {StreamKind::duplicate, id}; }
// The children's pathway of a case: under the case's own id.
inline StreamKey child_stream(const Uuid& id) { return {StreamKind::child, id}; }
inline StreamKey procedure_stream(const Uuid& id) { return {StreamKind::procedure, id}; }
inline StreamKey alarm_stream(const Uuid& id) { return {StreamKind::alarm, id}; }
inline StreamKey incident_stream(const Uuid& id) { return {StreamKind::incident, id}; }
inline StreamKey notice_stream(const Uuid& id) { return {StreamKind::notice, id}; }
inline StreamKey transition_stream(const Uuid& id) { return {StreamKind::transition, id}; }
inline StreamKey visit_stream(const Uuid& id) { return {StreamKind::visit, id}; }
inline StreamKey group_stream(const Uuid& id) { return {StreamKind::group, id}; }
inline StreamKey publication_stream(const Uuid& id) { return {StreamKind::publication, id}; }
// The privacy budget of one calendar year: the id is the year and nothing else.
inline StreamKey budget_stream(int year) {
  StreamKey out{StreamKind::budget, {}};
  out.id.bytes[14] = static_cast<std::uint8_t>(year / 256);
  out.id.bytes[15] = static_cast<std::uint8_t>(year % 256);
  return out;
}
inline StreamKey complaint_stream(const Uuid& id) { return {StreamKind::complaint, id}; }
// Feedback of a person: under the case's own id.
inline StreamKey feedback_stream(const Uuid& id) { return {StreamKind::feedback, id}; }
inline StreamKey warning_stream(const Uuid& id) { return {StreamKind::warning, id}; }
// What was observed of all logs: one stream, so it needs no id.
inline StreamKey observation_stream() { return {StreamKind::observation, Uuid{}}; }
}  // namespace nrm

template <>
struct std::hash<nrm::StreamKey> {
  std::size_t operator()(const nrm::StreamKey& key) const noexcept {
    return std::hash<nrm::Uuid>()(key.id) * 31 + static_cast<std::size_t>(key.kind);
  }
};
