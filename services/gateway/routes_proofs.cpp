// What proves the logs, from the archive of nrm-audit: checkpoints, tiles and entries at the
// addresses of C2SP tlog-tiles (prefix /v1/logs/<service>-<partition>), proofs, and receipts.
#include <algorithm>
#include <charconv>

#include "common/crypto/crypto.hpp"
#include "common/event/codec.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/ledger/receipt.hpp"
#include "common/ledger/tiles.hpp"
#include "services/gateway/handlers.hpp"

namespace nrm::gateway {
namespace {
// A tile never changes (tlog-tiles, "Merkle Tree"). Not for shared caches: a token was needed.
constexpr std::string_view immutable = "private, max-age=31536000, immutable";

// "identification-0" -> "identification/0", if there is that log.
std::optional<FeedSide::LogStatus> log_named(const Gateway& gateway, std::string name) {
  const auto dash = name.rfind('-');
  if (dash == name.npos) return std::nullopt;
  name[dash] = '/';
  const auto logs = gateway.parts().status();
  const auto found = std::ranges::find(logs, name, &FeedSide::LogStatus::log);
  return found == logs.end() ? std::nullopt : std::optional(*found);
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool good = fault == std::errc() && end == text.data() + text.size();
  return good && std::to_string(out) == text ? std::optional(out) : std::nullopt;
}

using Use = std::function<void(const CallPtr&, std::string bytes)>;
void fetch(Gateway& gateway, const CallPtr& call, const std::string& log, std::string what,
           Use use) {
  if (!gateway.parts().archive)
    return call->fail(Error(Code::unavailable, "", "no archive is connected"));
  gateway.parts().archive(log, std::move(what),
                          [call, use = std::move(use)](Result<std::string> got) {
                            if (got) return use(call, std::move(*got));
                            Error error = got.error();
                            if (error.code == Code::not_found) error = nothing_here();
                            if (error.code != Code::not_found && error.code != Code::unavailable)
                              error = Error(Code::internal);
                            call->fail(error);
                          });
}

void answer_bytes(const CallPtr& call, std::string bytes, std::string_view type,
                  std::string_view caching) {
  http::Response response;
  response.content_type = type;
  response.body = std::move(bytes);
  if (!caching.empty()) response.headers.emplace_back("Cache-Control", std::string(caching));
  call->answer(std::move(response));
}

void answer_tile(Gateway& gateway, const CallPtr& call, const std::string& path) {
  const auto log = log_named(gateway, call->name);
  if (!log || !read_tile_path(path)) return call->fail(nothing_here());
  fetch(gateway, call, log->log, path, [](const CallPtr& asked, std::string bytes) {
    answer_bytes(asked, std::move(bytes), "application/octet-stream", immutable);
  });
}

// Whose command a record is; none: a clock's or another service's.
std::optional<Actor> sender_of(std::string_view record) {
  json::Document& document = scratch();
  if (!document.parse_trusted(record)) return std::nullopt;
  const auto outline = read_outline(document.root());
  return outline ? outline->actor : std::nullopt;
}

// Whether the reader's organisation sent it, in the reader's role: who also runs a shelter does not
// read what that wrote with an account that decides. Never of a case that is barred to the reader.
bool may_have(const Gateway& gateway, const Actor& reader, std::string_view record) {
  const auto sender = sender_of(record);
  if (!sender || sender->organisation != reader.organisation || sender->role != reader.role)
    return false;
  const Store& store = gateway.parts().store;
  return !cover_record(Bars(store, reader), store, record);
}

// The archive's receipt, with no more than this reader may see. `own`: only of what the reader's
// organisation sent; an auditor may have any.
void answer_receipt(Gateway& gateway, const CallPtr& call, const FeedSide::LogStatus& log,
                    std::uint64_t seq, bool own) {
  if (seq >= log.head) return call->fail(nothing_here());
  // The newest note that witnesses cosigned, when it covers the record; else the newest one.
  std::string what = "receipt/" + std::to_string(seq);
  const auto* witnessed = gateway.parts().witnessed;
  const auto cosigned = witnessed ? witnessed->latest(log.log) : std::nullopt;
  std::string note;
  if (cosigned && cosigned->size > seq) {
    note = cosigned->note;
    what += '/' + std::to_string(cosigned->size);
  }
  fetch(gateway, call, log.log, std::move(what),
        [&gateway, own, note = std::move(note)](const CallPtr& asked, const std::string& text) {
          auto receipt = read_receipt(text);
          if (!receipt || !receipt->record) return asked->fail(Error(Code::internal));
          if (!note.empty()) receipt->proof.note = note;
          const bool auditor = asked->caller.role == Role::auditor;
          if (own && !auditor && !may_have(gateway, asked->caller, *receipt->record))
            return asked->fail(nothing_here());
          if (!auditor && !may_see_record(asked->caller, *receipt->record)) receipt->record.reset();
          answer_bytes(asked, write_receipt(std::move(*receipt)), "text/plain; charset=utf-8", {});
        });
}
}  // namespace

void get_log_checkpoint(Gateway& gateway, const CallPtr& call) {
  const auto log = log_named(gateway, call->name);
  if (!log) return call->fail(nothing_here());
  fetch(gateway, call, log->log, "checkpoint", [](const CallPtr& asked, std::string note) {
    answer_bytes(asked, std::move(note), "text/plain; charset=utf-8", {});
  });
}

void get_log_tile(Gateway& gateway, const CallPtr& call) {
  answer_tile(gateway, call, "tile/" + call->rest);
}

// Coded facts of many people: an auditor may read all of them, and the vault's log says that it was
// done, where listing says it (listing.hpp). Nothing is refused: to check a log is to read it.
void get_log_entries(Gateway& gateway, const CallPtr& call) {
  const auto tile = read_tile_path("tile/entries/" + call->rest);
  if (!tile) return call->fail(nothing_here());
  note_listing(gateway, call->caller, tile->width);
  answer_tile(gateway, call, "tile/entries/" + call->rest);
}

void get_log_receipt(Gateway& gateway, const CallPtr& call) {
  const auto log = log_named(gateway, call->name);
  const auto seq = number_in(call->rest);
  if (!log || !seq) return call->fail(nothing_here());
  note_listing(gateway, call->caller, 1);  // one by one they are a copy of all that was sent
  answer_receipt(gateway, call, *log, *seq, true);
}

void get_log_consistency(Gateway& gateway, const CallPtr& call) {
  const auto log = log_named(gateway, call->name);
  if (!log) return call->fail(nothing_here());
  std::string_view from;
  for (const auto& [name, value] : call->request.query)
    if (name == "from") from = value;
  if (!number_in(from))
    return call->fail(Error(Code::bad_request, "", "from: the size of the checkpoint you have"));
  fetch(gateway, call, log->log, "consistency/" + std::string(from),
        [](const CallPtr& asked, std::string proof) {
          answer_bytes(asked, std::move(proof), "text/plain; charset=utf-8", {});
        });
}

// Of the record that took the report in.
void get_case_receipt(Gateway& gateway, const CallPtr& call) {
  const auto& parts = gateway.parts();
  if (const auto seen = find_case(parts.store, parts.offices, call->caller, call->id); !seen)
    return call->fail(seen.error());
  std::optional<std::uint64_t> seq;
  const auto scanned =
      parts.store.scan(Family::rows, prefixed(row_key({"timeline", call->id.text(), ""})),
                       [&](std::string_view, std::string_view row) {
                         json::Document& document = scratch();
                         if (!document.parse_trusted(row)) return false;
                         const std::string_view type = document.root().find("type").text();
                         if (type == ReportReceived::type || type == NotificationRecorded::type)
                           seq = static_cast<std::uint64_t>(document.root().find("seq").integer());
                         return !seq;
                       });
  if (!scanned) return call->fail(scanned.error());
  const auto log = log_named(gateway, "identification-0");
  if (!seq || !log) return call->fail(nothing_here());
  answer_receipt(gateway, call, *log, *seq, false);
}
}  // namespace nrm::gateway
