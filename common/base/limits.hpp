// Every limit of the system, with its reason. A queue or loop without a bound here is a bug.
#pragma once
#include <cstddef>
#include <cstdint>

namespace nrm::limits {
// C2SP tlog-tiles entry bundles carry 16-bit lengths.
inline constexpr std::size_t record_bytes_max = 65'535;
// A report is about 1 KiB; ten times the longest narrative that a form accepts.
inline constexpr std::size_t body_bytes_max = 48 * 1024;
static_assert(body_bytes_max < record_bytes_max);
// Forms nest four levels; 16 leaves room and keeps recursion shallow.
inline constexpr std::size_t json_depth_max = 16;
// Keys in one document: what stops a body of a hundred thousand empty members.
inline constexpr std::size_t json_nodes_max = 8'192;
// Field errors listed in one problem answer: enough to mend a form in one go.
inline constexpr std::size_t field_errors_max = 16;

// Inputs decided in one batch: beyond 512 the sync costs nothing more (limits.md, section 2).
inline constexpr std::size_t inputs_per_batch_max = 512;
// Deadlines taken up per batch, so that a clock jump with 100,000 overdue ones cannot starve
// commands (peers.md, Zeebe #14882).
inline constexpr std::size_t deadlines_per_batch_max = 256;
// Inputs that wait for a batch; more is answered `unavailable` with Retry-After.
inline constexpr std::size_t inbox_inputs_max = 8'192;
static_assert(inbox_inputs_max >= inputs_per_batch_max);
// Events of one decision: closing a case with many referrals is the longest one.
inline constexpr std::size_t events_per_record_max = 64;
// Rows that one decision may read by prefix: providers of one service in one country.
inline constexpr std::size_t view_rows_max = 512;
// Folded states kept decoded; about 2 KiB each.
inline constexpr std::size_t cached_states_max = 65'536;

// Bytes and records in flight to one follower: covers the delay of one commit at full speed.
inline constexpr std::uint32_t feed_records_in_flight_max = 4'096;
inline constexpr std::size_t feed_bytes_per_message_max = 256 * 1024;
// ZeroMQ's default is unlimited: a peer could make us allocate anything.
inline constexpr std::size_t bus_message_bytes_max = 1024 * 1024;
static_assert(feed_bytes_per_message_max + record_bytes_max < bus_message_bytes_max);
inline constexpr std::size_t bus_frames_max = 8;
// Messages per ZeroMQ pipe; credit keeps feeds far below it.
inline constexpr int bus_pipe_messages_max = 10'000;

// A page of a list: what a screen can use; more only costs.
inline constexpr std::size_t page_items_max = 200;
inline constexpr std::size_t page_items_default = 50;
// Needs, nationalities, indicators … of one report: the code lists are shorter than this.
inline constexpr std::size_t list_items_max = 40;
// A policy pack: a hundred clocks and thirty years of holidays.
inline constexpr std::size_t policy_bytes_max = 256 * 1024;
inline constexpr std::size_t policy_list_items_max = 1'000;
// Hours or days of one clock: a century of days.
inline constexpr std::uint32_t clock_length_max = 36'500;
// Providers asked for one referral before it goes to the state owner.
inline constexpr std::size_t offers_per_referral_max = 50;
}  // namespace nrm::limits
