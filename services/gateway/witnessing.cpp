#include "services/gateway/witnessing.hpp"

#include <algorithm>
#include <future>

#include "common/base/limits.hpp"
#include "common/diag/diag.hpp"
#include "common/ledger/add_checkpoint.hpp"
#include "common/ledger/checkpoint.hpp"
#include "common/oidc/provider.hpp"
#include "common/runtime/folder.hpp"

namespace nrm::gateway {
namespace {
constexpr const char* system_authorities = "/etc/ssl/certs/ca-certificates.crt";
constexpr Milliseconds every_default = std::chrono::minutes(1), every_min = std::chrono::seconds(1),
                       every_max = std::chrono::hours(1);
// Of one call: a witness abroad answers in a second; the others wait meanwhile.
constexpr std::chrono::milliseconds call_deadline{5'000};
constexpr std::chrono::milliseconds proof_deadline{5'000}, look_each{50};
// First try, then with the size that it said; once more if another round of ours was under way.
constexpr int tries_max = 3;

Result<Milliseconds> read_every(const std::string& file) {
  const auto text = read_file(file, 64);
  if (!text && text.error().code == Code::not_found) return every_default;
  if (!text) return text.error();
  const auto every = parse_duration(std::string_view(*text).substr(0, text->find('\n')));
  if (!every || *every < every_min || *every > every_max)
    return Error(Code::corrupt, "", file + ": write a time from 1s to 1h, as in 60s");
  return *every;
}
}  // namespace

Result<std::optional<WitnessSettings>> read_witness_settings(const std::string& folder) {
  const std::string file = folder + "/witnesses/policy", own = folder + "/witnesses/ca.pem";
  const auto text = read_file(file, witness_policy_bytes_max);
  if (!text && text.error().code == Code::not_found) return std::optional<WitnessSettings>();
  if (!text) return text.error();
  auto policy = read_witness_policy(*text);
  if (!policy)
    return Error(policy.error().code, "",
                 file + ", " + policy.error().where + ": " + policy.error().detail);
  for (const auto& witness : policy->witnesses)
    if (!witness.url.empty() && !oidc::read_address(witness.url))
      return Error(Code::corrupt, "",
                   file + ", witness " + witness.name +
                       ": its URL is none; write https://HOST[:PORT][/PREFIX]");
  WitnessSettings out{.policy = std::move(*policy), .authority_file = system_authorities};
  const auto has_own = read_file(own, limits::policy_bytes_max);
  if (has_own) out.authority_file = own;
  if (!has_own && has_own.error().code != Code::not_found) return has_own.error();
  NRM_TRY_ASSIGN(out.every, read_every(folder + "/witnesses/every"));
  return std::optional(std::move(out));
}

Result<std::unique_ptr<Witnessing>> Witnessing::start(Parts parts) {
  std::unique_ptr<Witnessing> out(new Witnessing(std::move(parts)));
  const WitnessSettings& settings = out->parts_.settings;
  for (const WitnessPolicy::Witness& named : settings.policy.witnesses) {
    if (named.url.empty()) continue;  // its cosignatures come in another way
    const auto address = oidc::read_address(named.url);
    if (!address) return Error(Code::corrupt, "", "a witness's URL is none");
    std::string prefix = address->path;
    while (prefix.ends_with('/')) prefix.pop_back();
    NRM_TRY_ASSIGN(auto client, http::connect({.host = address->host,
                                               .port = address->port,
                                               .authority_file = settings.authority_file,
                                               .deadline = call_deadline}));
    Witness witness;
    witness.named = named;
    witness.target = prefix + "/add-checkpoint";
    witness.client = std::move(client);
    out->witnesses_.push_back(std::move(witness));
  }
  out->thread_ = std::thread([self = out.get()] { self->run(); });
  return out;
}

Witnessing::~Witnessing() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Witnessing::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    round();
    lock.lock();
    changed_.wait_for(lock, parts_.settings.every, [this] { return stopping_.load(); });
  }
}

void Witnessing::round() {
  for (Witness& witness : witnesses_) witness.silent = false;
  for (const Head& head : parts_.heads()) {
    if (stopping_) return;
    if (!head.note.empty()) submit_everywhere(head);
  }
  diag::gauge("witnesses_answering",
              std::ranges::count_if(witnesses_, [](const Witness& one) { return !one.silent; }));
  diag::gauge("witnesses_contradicting", std::ranges::count_if(witnesses_, [](const Witness& one) {
                return !one.contradicts.empty();
              }));
}

void Witnessing::submit_everywhere(const Head& head) {
  const WitnessPolicy& policy = parts_.settings.policy;
  auto note = read_note(head.note);
  const auto checkpoint = read_checkpoint(note_text(head.note));
  if (!note || !checkpoint) return;  // the feed side shows only what it could read
  const std::vector<NoteKey> keys = policy.witness_keys();
  std::string trouble;
  for (Witness& witness : witnesses_) {
    if (witness.silent || stopping_) continue;
    const auto lines = submit(witness, head, *note, *checkpoint);
    auto with = lines ? with_cosignatures(*note, *lines, keys) : Result<Note>(lines.error());
    if (!with) {
      failed(witness, head.log, with.error());
    } else {
      note = std::move(with);
      witness.contradicts.erase(head.log);
    }
  }
  for (const Witness& witness : witnesses_)
    if (witness.contradicts.contains(head.log))
      trouble += "; " + witness.named.name + " HAS SEEN ANOTHER HISTORY";
  const Trust trust = is_trusted(*note, policy, checkpoint->origin);
  parts_.witnessed.say(head.log, trust.why + trouble);
  if (trust.trusted && trust.at)
    parts_.witnessed.keep({head.log, checkpoint->size, *trust.at, write_note(*note)});
}

void Witnessing::failed(Witness& witness, const std::string& log, const Error& why) {
  if (why.code == Code::unavailable || why.code == Code::timeout) {
    witness.silent = true;
    return diag::count("witness_calls_failed_total");
  }
  if (why.code != Code::diverged) {
    diag::count("witness_refusals_total");
    return diag::warning("witness_refused",
                         {{"log", log}, {"peer", witness.named.name}, {"why", why.detail}});
  }
  diag::count("witness_contradictions_total");
  if (witness.contradicts.insert(log).second)
    diag::error("witness_contradicts",
                {{"log", log}, {"peer", witness.named.name}, {"why", why.detail}});
}

Result<std::vector<Hash>> Witnessing::prove(const std::string& log, std::uint64_t old_size,
                                            std::uint64_t size) {
  if (old_size == 0 || old_size == size) return std::vector<Hash>();
  const auto promise = std::make_shared<std::promise<Result<std::vector<Hash>>>>();
  auto future = promise->get_future();
  parts_.prove(log, old_size, size, [promise](Result<std::vector<Hash>> proved) {
    promise->set_value(std::move(proved));
  });
  for (auto waited = look_each; future.wait_for(look_each) != std::future_status::ready;
       waited += look_each)
    if (waited >= proof_deadline || stopping_)
      return Error(Code::not_found, "", "the log's owner gave no proof");
  auto proved = future.get();
  if (!proved) return Error(Code::not_found, "", proved.error().detail);
  return proved;
}

Result<std::string> Witnessing::submit(Witness& witness, const Head& head, const Note& note,
                                       const Checkpoint& checkpoint) {
  std::uint64_t& cosigned = witness.cosigned[head.log];
  if (cosigned > checkpoint.size) cosigned = 0;  // it says its size again
  for (int n = 0; n < tries_max; ++n) {
    NRM_TRY_ASSIGN(auto proof, prove(head.log, cosigned, checkpoint.size));
    NRM_TRY_ASSIGN(
        const auto answer,
        witness.client->call({.method = "POST",
                              .target = witness.target,
                              .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
                              .body = write_add_checkpoint({cosigned, std::move(proof), note})}));
    if (answer.status == 200) {
      cosigned = checkpoint.size;
      return answer.body;
    }
    if (answer.status == 422)
      return Error(Code::diverged, "", "what it cosigned before is not how this log begins");
    if (answer.status != 409)
      return Error(Code::forbidden, "", "it answered " + std::to_string(answer.status));
    const auto has =
        read_tree_size(std::string_view(answer.body).substr(0, answer.body.find('\n')));
    if (!has) return Error(Code::forbidden, "", "it answered 409 without a size");
    if (*has == cosigned && cosigned == checkpoint.size)
      return Error(Code::diverged, "", "it cosigned another root of this size");
    if (*has > checkpoint.size)
      return Error(Code::diverged, "", "it cosigned more records than this log has");
    cosigned = *has;
  }
  return Error(Code::forbidden, "", "it does not settle on a size");
}
}  // namespace nrm::gateway
