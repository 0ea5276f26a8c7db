// Every error and rejection code of the system: name, HTTP status (RFC 9110), title.
//
// A code is a state of the world, not of our program: `too_early`, not `validation_failed`. The
// name is the last part of the problem type that a client sees (RFC 9457, section 3.1.1) and the
// `code` of a rejection in a log, so a name is never reused and never renamed.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

// In order of precedence: when an input has several faults, the first code here is answered.
#define NRM_CODES(X)                                                                  \
  X(malformed_json, 400, "The body is not valid JSON")                                \
  X(bad_request, 400, "The request cannot be understood")                             \
  X(idempotency_key_missing, 400, "Idempotency-Key is missing")                       \
  X(unauthenticated, 401, "The token is missing, unknown or revoked")                 \
  X(forbidden, 403, "This role may not do this")                                      \
  X(not_found, 404, "There is nothing here for you")                                  \
  X(method_not_allowed, 405, "This method is not offered here")                       \
  X(timeout, 408, "The request took too long")                                        \
  X(stale_version, 412, "The thing has changed since you read it")                    \
  X(too_large, 413, "The body is too large")                                          \
  X(unsupported_media_type, 415, "Send application/json")                             \
  X(duplicate_key, 422, "A member occurs twice")                                      \
  X(unknown_field, 422, "A member is not known")                                      \
  X(missing_field, 422, "A member is missing")                                        \
  X(wrong_type, 422, "A member has the wrong type")                                   \
  X(unknown_code, 422, "A code is not in its list")                                   \
  X(out_of_range, 422, "A value is out of range")                                     \
  X(invalid_date, 422, "This date or time does not exist")                            \
  X(too_long, 422, "A text or list is too long")                                      \
  X(invalid_text, 422, "A text has characters that are not allowed")                  \
  X(key_reused, 422, "This Idempotency-Key was used for another request")             \
  X(consent_missing, 422, "The consent that this needs is missing")                   \
  X(child_not_anonymous, 422, "A child is never put through the anonymous route")     \
  X(identifying_combination, 422, "Too few people share this combination of facts")   \
  X(personal_part_not_allowed, 422, "An anonymous notification has no personal part") \
  X(personal_part_missing, 422, "A formal report needs its personal part")            \
  X(version_required, 428, "If-Match is missing")                                     \
  X(too_many_requests, 429, "Too many requests")                                      \
  X(quota_exceeded, 429, "So much may not be opened or listed in an hour")            \
  X(headers_too_large, 431, "The header fields are too large")                        \
  X(misdirected, 421, "This is not the server that was asked for")                    \
  X(already_exists, 409, "This exists already with other content")                    \
  X(case_closed, 409, "The case is closed")                                           \
  X(not_in_state, 409, "The present state does not allow this")                       \
  X(already_decided, 409, "This has been decided already")                            \
  X(too_early, 409, "The minimum period has not passed")                              \
  X(window_closed, 409, "The period for this has passed")                             \
  X(offer_expired, 409, "The offer has expired")                                      \
  X(offer_revoked, 409, "The offer was revoked")                                      \
  X(no_place_left, 409, "No place is left")                                           \
  X(second_person_required, 409, "Somebody else must do this")                        \
  X(checklist_open, 409, "The closure checklist is not complete")                     \
  X(contact_not_safe, 409, "The person may not be reached this way now")              \
  X(clock_not_movable, 409, "Only a sandbox has a movable clock")                     \
  X(key_not_approved, 409, "This key is not approved for sealing")                    \
  X(fingerprint_differs, 409, "The fingerprint is not that of this key")              \
  X(budget_spent, 409, "The privacy budget of this year does not allow it")           \
  X(figures_differ, 409, "These are not the bytes that were proposed")                \
  X(internal, 500, "Something went wrong on our side")                                \
  X(unavailable, 503, "A service is not available; retry with the same key")          \
  X(io_failed, 500, "The disk or network failed")                                     \
  X(corrupt, 500, "Stored bytes do not check out")                                    \
  X(diverged, 500, "Two copies of one history differ")                                \
  X(unknown_version, 500, "A record is of a version that is not known here")

namespace nrm {
enum class Code : std::uint8_t {
#define NRM_CODE_ENUMERATOR(name, status, title) name,
  NRM_CODES(NRM_CODE_ENUMERATOR)
#undef NRM_CODE_ENUMERATOR
};

struct CodeRow {
  std::string_view name;
  int status;
  std::string_view title;
};

inline constexpr CodeRow code_rows[] = {
#define NRM_CODE_ROW(name, status, title) {#name, status, title},
    NRM_CODES(NRM_CODE_ROW)
#undef NRM_CODE_ROW
};

constexpr const CodeRow& row_of(Code code) { return code_rows[static_cast<std::size_t>(code)]; }

constexpr std::optional<Code> code_from(std::string_view name) {
  for (std::size_t i = 0; i < std::size(code_rows); ++i)
    if (code_rows[i].name == name) return static_cast<Code>(i);
  return std::nullopt;
}
}  // namespace nrm
