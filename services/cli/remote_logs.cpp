#include "services/cli/remote_logs.hpp"

#include <algorithm>
#include <charconv>
#include <thread>

#include "services/cli/flight.hpp"

namespace nrm::cli {
namespace {
// Waits where the other side says so. ERRORS: of a problem, or of the way there.
Result<std::string> patient_get(http::Client& client, const http::Call& call, int tries_max) {
  for (int tries = 1;; ++tries) {
    auto answer = client.call(call);
    if (answer && answer->status == 200) return std::move(answer->body);
    if (!answer && answer.error().code == Code::unavailable) return answer.error();
    if (!is_worth_retrying(answer) || tries >= tries_max)
      return answer ? problem_of(*answer) : answer.error();
    const std::string_view after = answer ? answer->header("retry-after") : std::string_view("1");
    int seconds = 1;
    std::from_chars(after.data(), after.data() + after.size(), seconds);
    std::this_thread::sleep_for(std::chrono::seconds(std::clamp(seconds, 1, 60)));
  }
}
}  // namespace

std::string log_folder(std::string log) {
  std::ranges::replace(log, '/', '-');
  return log;
}

Result<std::vector<ServedLog>> served_logs(http::Client& client, const std::string& token,
                                           int tries) {
  NRM_TRY_ASSIGN(const std::string body, patient_get(client, get_call("/v1/logs", token), tries));
  http::Answer answer;
  answer.body = body;
  NRM_TRY_ASSIGN(const Read read, read_answer(answer));
  std::vector<ServedLog> out;
  for (const json::Value log : read.root().find("logs")) {
    if (text_of(log, "checkpoint").empty()) continue;  // not heard of yet
    const std::string name(text_of(log, "log"));
    // It becomes a folder's name here, whoever said it.
    const bool plain = std::ranges::all_of(
        name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/'; });
    if (!plain || name.empty() || name.front() == '/')
      return Error(Code::corrupt, "", "the server names a log that is none");
    NRM_TRY_ASSIGN(NoteKey key, read_note_key(text_of(log, "verifier_key")));
    out.push_back({name, std::move(key), std::string(text_of(log, "cosigned_checkpoint"))});
  }
  if (out.empty()) return Error(Code::unavailable, "", "the server has heard of no log yet");
  return out;
}

Result<std::string> HttpLog::get(const std::string& path) {
  return patient_get(client_, get_call(prefix_ + path, token_), tries_);
}

Result<RemoteLog::Continuation> HttpLog::consistency(std::uint64_t size) {
  NRM_TRY_ASSIGN(const std::string text, get("/consistency?from=" + std::to_string(size)));
  return read_continuation(text);
}

Result<void> HttpLog::tiles(const std::vector<Tile>& wanted, const Take& take) {
  Result<void> good;
  std::vector<Tile> again;  // asked for one after the other: the account has used up its bucket
  {
    Flight flight(client_, at_once_);
    for (const Tile& tile : wanted) {
      if (!good) break;
      flight.send(get_call(prefix_ + '/' + tile_path(tile), token_),
                  [&, tile](const Result<http::Answer>& answer) {
                    if (!good) return;
                    if (answer && answer->status == 200)
                      good = take(tile, answer->body);
                    else if (is_worth_retrying(answer))
                      again.push_back(tile);
                    else
                      good = answer ? problem_of(*answer) : answer.error();
                  });
    }
  }
  for (const Tile& tile : again) {
    NRM_TRY(good);
    NRM_TRY_ASSIGN(std::string bytes, get('/' + tile_path(tile)));
    good = take(tile, std::move(bytes));
  }
  return good;
}
}  // namespace nrm::cli
