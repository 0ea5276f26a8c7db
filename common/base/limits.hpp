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
// Members of one object. The longest form has 40; looking for a name twice costs their square.
inline constexpr std::size_t json_members_max = 256;
// Field errors listed in one problem answer: enough to mend a form in one go.
inline constexpr std::size_t field_errors_max = 16;

// Inputs decided in one batch: beyond 512 the sync costs nothing more (limits.md, section 2).
inline constexpr std::size_t inputs_per_batch_max = 512;
// Deadlines taken up per batch, so that a clock jump with 100,000 overdue ones cannot starve
// commands (peers.md, Zeebe #14882).
inline constexpr std::size_t deadlines_per_batch_max = 256;
// Messages that wait for a batch; more stay in ZeroMQ's pipes, which push back on the senders.
inline constexpr std::size_t inbox_messages_max = 1'024;
static_assert(inbox_messages_max >= inputs_per_batch_max);
// Events of one decision: closing a case with many referrals is the longest one.
inline constexpr std::size_t events_per_record_max = 128;
// Rows that one decision may read by prefix: providers of one service in one country.
inline constexpr std::size_t view_rows_max = 512;
// Lists of stored rows kept between two looks of deciders; a list is at most view_rows_max long.
inline constexpr std::size_t cached_row_lists_max = 1'024;
// Folded states kept decoded; about 2 KiB each.
inline constexpr std::size_t cached_states_max = 65'536;
// States that a replay holds before it writes them out: half a GiB of an auditor's machine.
inline constexpr std::size_t refolded_states_max = 262'144;

// Records that the stored states may be behind the log: a start after a crash folds these again, in
// about 0.2 s; a stream that changes several times within them is written once.
inline constexpr std::size_t unfolded_records_max = 32'768;

// Bytes and records in flight to one follower: covers the delay of one commit at full speed.
inline constexpr std::uint32_t feed_records_in_flight_max = 4'096;
inline constexpr std::size_t feed_bytes_per_message_max = 256 * 1024;
// Event types that a follower may name as of no use to it: more than the vocabulary has.
inline constexpr std::size_t feed_skipped_types_max = 512;
// Records that an owner lets pass before it tells a follower that none was for it: a heartbeat
// says it anyway.
inline constexpr std::size_t feed_untold_max = 256;
// What waits for an upgrade because it says something that is not known here: streams, remembered
// one by one, and their records, which a start reads again. The largest mechanism known has 20,000
// people a year, so an upgrade may be years late. Beyond either, the whole log waits. Never
// narrower: what is parked must fit when a process starts.
inline constexpr std::size_t parked_streams_max = 65'536;
inline constexpr std::size_t parked_records_max = 1'048'576;
// Answers in one message: small ones of a batch go together.
inline constexpr std::size_t answer_bytes_per_message_max = 128 * 1024;
// ZeroMQ's default is unlimited: a peer could make us allocate anything.
inline constexpr std::size_t bus_message_bytes_max = 1024 * 1024;
static_assert(feed_bytes_per_message_max + record_bytes_max < bus_message_bytes_max);
static_assert(answer_bytes_per_message_max + 2 * record_bytes_max < bus_message_bytes_max / 4);
inline constexpr std::size_t bus_frames_max = 8;
// Messages per ZeroMQ pipe; credit keeps feeds far below it.
inline constexpr int bus_pipe_messages_max = 10'000;

// A signed note: a checkpoint is 300 bytes; room for a hundred witnesses (C2SP asks for 16).
inline constexpr std::size_t note_bytes_max = 16 * 1024;

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
inline constexpr std::uint32_t clock_months_max = 1'200;  // the same, in months
// Providers asked for one referral before it goes to the state owner.
inline constexpr std::size_t offers_per_referral_max = 50;
// Referrals of one case that run at the same time: closing the case must fit into one record, with
// two events for each (cancelled, place released) and one for the case.
inline constexpr std::size_t open_referrals_per_case_max = 24;
static_assert(2 * open_referrals_per_case_max + 1 <= events_per_record_max);
// All referrals of one case, ever: what one decision can still look through.
inline constexpr std::size_t referrals_per_case_max = 256;
static_assert(referrals_per_case_max < view_rows_max);
// Places of one provider; a larger number is a slip of the finger.
inline constexpr std::uint32_t provider_places_max = 100'000;
// Procedures, alarms, incidents and notices of one case that are open at the same time: closing the
// case must fit into one record beside its services.
inline constexpr std::size_t open_matters_per_case_max = 48;
static_assert(open_matters_per_case_max + open_referrals_per_case_max + 8 <= events_per_record_max);
// Hours, nights or sessions of one entry in a support file.
inline constexpr std::uint32_t service_units_max = 10'000;
// A published table: the largest known has 1,705 cells of 7 columns a quarter.
inline constexpr std::size_t csv_rows_max = 100'000;
inline constexpr std::size_t csv_cells_per_row_max = 64;
inline constexpr std::size_t csv_cell_bytes_max = 4'096;
// An intake file and what it may stand for: fifty years of the largest known mechanism.
inline constexpr std::size_t intake_file_bytes_max = 32 * 1024 * 1024;
inline constexpr std::uint32_t intake_people_per_row_max = 100'000;
inline constexpr std::uint64_t intake_people_max = 1'000'000;
// Violations that one check of the conservation rule lists; the rest is only counted.
inline constexpr std::size_t violations_listed_max = 1'000;
// HTTP heads (reliability.md, 1.6): a browser behind two proxies stays far below all of them.
inline constexpr std::size_t http_target_bytes_max = 1024;
inline constexpr std::size_t http_fields_bytes_max = 8 * 1024;
inline constexpr std::size_t http_fields_max = 64;
// "OPTIONS", two spaces, "HTTP/1.1", two line ends: what a head has beside target and fields.
inline constexpr std::size_t http_head_bytes_max =
    http_target_bytes_max + http_fields_bytes_max + 32;
// Parameters of one query: the longest filter form has a dozen.
inline constexpr std::size_t http_parameters_max = 32;
// An answer that a client takes in: a page of the largest records.
inline constexpr std::size_t http_answer_bytes_max = 16 * 1024 * 1024;
static_assert(http_answer_bytes_max > page_items_max * record_bytes_max);
// One server-sent event: a record, escaped at worst by a factor of two, and its envelope.
inline constexpr std::size_t http_event_bytes_max = 256 * 1024;
// Calls that wait for a connection of a client's pool.
inline constexpr std::size_t http_calls_waiting_max = 65'536;

// RocksDB of one process. Blocks, indexes and filters read from SSTs: the hot states of a million
// cases; six processes share a machine of 4 GiB.
inline constexpr std::size_t store_cache_bytes = 64 * 1024 * 1024;
// Memtables of all families together; two of the log's, and some for the others.
inline constexpr std::size_t store_memtables_bytes = 128 * 1024 * 1024;
// WAL that a start after a crash reads back: under a second.
inline constexpr std::size_t store_wal_bytes_max = 128 * 1024 * 1024;
// SSTs held open; with the sockets it stays far below LimitNOFILE=4096.
inline constexpr int store_open_files_max = 256;
// The MANIFEST starts anew beyond this: it is read at every start, and keys of erased rows stay
// in it until then.
inline constexpr std::size_t store_manifest_bytes_max = 4 * 1024 * 1024;
// Metric names of one kind: all are written in the program, so more is a name made from data.
inline constexpr std::size_t metric_names_max = 256;

// Vault. Rows of case keys looked at in one step of wrapping them under a new epoch's key: 2 ms, so
// that nobody who opens a dossier waits for it.
inline constexpr std::size_t rewrapped_rows_per_step_max = 256;
// Shares of the master key: their numbers are one byte, 0 is the secret itself.
inline constexpr std::size_t key_shares_max = 255;
// Openings of one case that a person's own document lists; a case that was opened more often is
// one for the overseer.
inline constexpr std::size_t openings_listed_max = 2'000;

// Gateway. Commands that wait for a service's answer: more than one per connection cannot be.
inline constexpr std::size_t gateway_asks_max = 4'096;
// Reads that wait for the projection; more are answered at once, from what is there.
inline constexpr std::size_t gateway_parked_max = 1'024;
// Accounts whose token was looked up lately; the rest is in the store.
inline constexpr std::size_t gateway_accounts_cached_max = 16'384;
// Event streams that are followed at the same time: each costs a look every 100 ms.
inline constexpr std::size_t gateway_streams_max = 128;
// Bearer tokens (RFC 9068) of identity providers: with a hundred groups in them they stay below;
// the whole head has 8 KiB.
inline constexpr std::size_t identity_token_bytes_max = 6 * 1024;
// A key set or discovery document: the largest known ones have a dozen keys with certificates.
inline constexpr std::size_t identity_document_bytes_max = 64 * 1024;
inline constexpr std::size_t identity_keys_max = 32;
// Requests that wait for a provider's keys or for an account's first record.
inline constexpr std::size_t identity_waiting_max = 256;
// Values of a claim that are mapped to organisations or roles.
inline constexpr std::size_t identity_mappings_max = 1'000;
// Passwords that wait to be stretched: each takes most of a second and a quarter of a GiB.
inline constexpr std::size_t passwords_waiting_max = 8;
// Sessions of one account at a time, the newest ones: a desk, a telephone, and room.
inline constexpr std::size_t sessions_per_account_max = 4;
// Accounts and addresses whose failed attempts are remembered.
inline constexpr std::size_t attempts_remembered_max = 16'384;
// Rows looked at for one page when a reader may not see all of them.
inline constexpr std::size_t gateway_rows_per_page_max = 2'000;
// Idempotency-Key: a UUID in any notation, with room.
inline constexpr std::size_t idempotency_key_bytes_max = 128;
// News kept for each organisation: a hundred offers a month make some five hundred, so eight months
// of absence; a client that was away for longer reads its inbox afresh. Half a KiB each.
inline constexpr std::size_t gateway_news_kept_max = 4'096;
// Dropped at once, so that not every event costs a look for the oldest.
inline constexpr std::size_t gateway_news_dropped_at_once = 512;
static_assert(gateway_news_dropped_at_once < gateway_news_kept_max);

// Access to a case. Organisations that opened something of a case or had a service in it: one
// withdrawal reaches all of them in one record. A dozen is many; who cannot be told may not open.
inline constexpr std::size_t recipients_per_case_max = 100;
static_assert(recipients_per_case_max + 2 <= events_per_record_max);
// Guardians, denials, declared conflicts, entries of consent and broken glass of one case, each: a
// list that a decision still looks through in no time.
inline constexpr std::size_t access_entries_per_case_max = 64;
// How long a broken glass stays open, and how long a second person has (reliability.md, 1.5).
inline constexpr int break_glass_minutes = 60;
inline constexpr int opening_approval_minutes = 60;
// Openings of the last hour are counted in steps: a thirteenth step covers the hour's beginning.
inline constexpr int quota_step_minutes = 5;
// The share of a limit at which somebody is told.
inline constexpr std::uint32_t anomaly_percent = 80;
// The most that a pack may allow per hour: what a sandbox, whose clock stands still, is given.
inline constexpr std::uint32_t access_per_hour_max = 1'000'000'000;
// Accounts and organisations whose listing is counted at the same time; the oldest give way.
inline constexpr std::size_t listing_accounts_max = 16'384;
// Edge: strangers, slow clients and floods (reliability.md, 1.6 and threats 16, 17, 19, 20).
// Connections of one server: one thread looks at all of them fifty times a second, and each costs
// some 50 KiB with its TLS session.
inline constexpr std::size_t http_connections_max = 512;
// Of one peer address (IPv6: of one /64): a quarter of all, so that four hostile addresses are
// needed to fill the server, and twenty browsers of one office (six connections each) still fit.
inline constexpr std::size_t http_connections_per_address_max = http_connections_max / 4;
// A slower body is no client on a bad line: GPRS brings four times as much.
inline constexpr std::size_t http_body_bytes_per_second_min = 1'024;
// Names that one server answers to: the public one, loopback, some aliases.
inline constexpr std::size_t http_hosts_max = 16;
// What one account may ask for: at once, and for ever after. A full bucket is the quiet state.
struct Rate {
  std::uint32_t burst, per_minute;
};
// Urgent and emergency reports have a bucket of their own, so that an account which used up the
// others is still heard: a raid finds a hundred people at once, then one form a second.
inline constexpr Rate urgent_reports_rate{100, 60};
// All other writing: a system that hands over a day's work of an office, then two acts a second.
inline constexpr Rate acts_rate{120, 120};
// Openings of sealed fields: a caseworker's day has some dozens; the vault's own limits are
// tighter, this one keeps the vault's thread free.
inline constexpr Rate openings_rate{30, 30};
// Reading: a screen makes six calls and polls; ten a second is a screen that is refreshed always.
inline constexpr Rate reads_rate{120, 600};
// Calls under way that are not urgent: the last quarter of all connections is for urgent reports.
inline constexpr std::size_t gateway_ordinary_calls_max = http_connections_max * 3 / 4;
// Event streams of one account: a provider has a few screens.
inline constexpr std::size_t gateway_streams_per_account_max = 8;
static_assert(gateway_streams_per_account_max < gateway_streams_max / 4);
// Connections that wait to be accepted by a bus: a dozen peers that all start again, among
// strangers that come and go (each is thrown out within its handshake's 3 s).
inline constexpr int bus_backlog = 128;
// Processes. A peer's time that is further from ours is an alarm, and no deadline runs out while it
// lasts: NTP keeps machines within milliseconds, a person who sets a clock does not.
inline constexpr std::uint32_t clocks_apart_seconds_max = 300;
// How fast a running process follows a step of its machine's clock, in parts per thousand: twice
// what adjtime() slews, so that honest drift is always followed.
inline constexpr std::uint32_t clock_slew_per_mille = 1;
// Keys that one log may have had: one a month for a hundred years.
inline constexpr std::size_t log_keys_max = 1'200;

// Organisations that one sealed item goes to: a shelter, its medical and legal partners, the case
// managers. Eight boxes of 4 KiB fit into one body.
inline constexpr std::size_t sealed_copies_max = 8;
// The largest box that clients make: 16 KiB of text with its padding, and what sealing adds.
inline constexpr std::size_t sealed_box_bytes_max = 16'384 + 48;
// Of one case, class and sender: an address changes a few times a year.
inline constexpr std::uint32_t sealed_versions_max = 256;
static_assert(sealed_versions_max < view_rows_max);
// Cases that one dossier may be suspected to repeat: more is a phone number of an office.
inline constexpr std::size_t duplicate_candidates_max = 8;

// --- identification -----------------------------------------------------------------------------

// People of one operation: more than 700 were held in one day, over a thousand in a season
// (domain.md, a46).
inline constexpr std::uint32_t group_people_max = 2'000;
// Pieces of evidence in one screening: the 11, 17 and 6 codes of the three lists, and room.
inline constexpr std::size_t evidence_max = 64;
// Members of a committee who vote or recuse themselves; Georgia has five, Ireland one per body.
inline constexpr std::size_t committee_members_max = 32;
// Attempts to reach a person that are counted; further ones are recorded as this many.
inline constexpr std::uint32_t contact_attempts_max = 1'000;
}  // namespace nrm::limits
