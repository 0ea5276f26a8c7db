// nrm receipt get: the proof that a record is in a log, as a file. nrm receipt verify: what such a
// file proves, with public keys alone: no installation, no network (common/ledger/receipt.hpp).
#include <cstdio>

#include "common/event/record_reader.hpp"
#include "common/ledger/receipt.hpp"
#include "common/ledger/witness_policy.hpp"
#include "common/runtime/folder.hpp"
#include "services/cli/api.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pages.hpp"
#include "services/cli/receipts.hpp"
#include "services/cli/remote_logs.hpp"
#include "services/cli/seen.hpp"

namespace nrm::cli {
namespace {
constexpr std::size_t keys_file_bytes_max = 64 * 1024;

struct Verdict {
  bool proven = false;
  std::string why;  // when it is not
  std::string log, leaf, root, key;
  std::uint64_t index = 0, records = 0;
  bool record_shown = false;
  bool key_trusted = false;
  bool witnessed = false;
  std::string witnesses;  // in words
  std::vector<std::string> says;
};
BOOST_DESCRIBE_STRUCT(Verdict, (),
                      (proven, why, log, leaf, root, key, index, records, record_shown, key_trusted,
                       witnessed, witnesses, says))

// What the record says, in the words of its events' types.
std::vector<std::string> told(const std::string& bytes) {
  std::vector<std::string> out;
  RecordReader record;
  if (!record.open(bytes)) return {"it is of a version that this program does not know"};
  for (;;) {
    const auto more = record.next();
    if (!more || !*more) break;
    out.push_back(std::string(record.type()) + " about " + record.stream().text());
  }
  if (out.empty()) out.push_back("nothing came of it: it was refused, or changed nothing");
  return out;
}

// Keys of the logs that a policy names count as trusted, too.
Result<std::vector<NoteKey>> trusted_keys(const ReceiptVerifyOptions& options,
                                          const std::optional<WitnessPolicy>& policy) {
  std::vector<NoteKey> out;
  if (!options.keys.empty()) {
    NRM_TRY_ASSIGN(out, read_keys_file(options.keys));
  }
  if (policy)
    for (const auto& log : policy->logs) out.push_back(log.key);
  return out;
}

void judge_witnesses(const Receipt& receipt, const std::optional<WitnessPolicy>& policy,
                     Verdict& out) {
  const auto note = read_note(receipt.proof.note);
  if (!note) return;
  if (policy) {
    const Trust trust = is_trusted(*note, *policy, out.log);
    out.witnessed = trust.trusted && policy->quorum != "none";
    out.witnesses = trust.why;
    if (!trust.trusted) {
      out.proven = false;
      out.why = "its checkpoint is not trusted by the policy: " + trust.why;
    }
    return;
  }
  const std::size_t others = note->signatures.size() - 1;
  out.witnesses = others == 0 ? "none: nobody but the log itself has signed this checkpoint"
                              : std::to_string(others) +
                                    " further signatures, by keys that no "
                                    "--policy names: they count for nothing";
}

Verdict judge(const Receipt& receipt, const std::vector<NoteKey>& trusted,
              const std::optional<WitnessPolicy>& policy) {
  Verdict out{.leaf = receipt.leaf.hex(), .index = receipt.proof.index};
  std::vector<NoteKey> keys = trusted;
  if (keys.empty())
    for (const std::string& own : receipt.keys)
      if (auto key = read_note_key(own)) keys.push_back(std::move(*key));
  const auto proven = verify_receipt(receipt, keys);
  if (!proven) {
    out.why = proven.error().detail;
    return out;
  }
  out.log = proven->checkpoint.origin;
  out.records = proven->checkpoint.size;
  out.root = proven->checkpoint.root.hex();
  out.key = proven->by.vkey();
  out.key_trusted = !trusted.empty();
  out.proven = out.key_trusted;
  if (!out.proven)
    out.why =
        "it is only held against the key that it brings along, which anybody can make: say "
        "whose key it must be (--keys FILE)";
  out.record_shown = receipt.record.has_value();
  if (receipt.record) out.says = told(*receipt.record);
  judge_witnesses(receipt, policy, out);
  return out;
}

void print(const Verdict& verdict) {
  if (verdict.log.empty()) {
    std::printf("NOT PROVEN: %s\n", verdict.why.c_str());
    return;
  }
  if (verdict.proven)
    std::puts("PROVEN: what this receipt is about is in the log.");
  else
    std::printf("NOT PROVEN: %s\n", verdict.why.c_str());
  std::printf("  log         %s\n", verdict.log.c_str());
  std::printf("  record      number %llu, hash %s\n",
              static_cast<unsigned long long>(verdict.index), verdict.leaf.c_str());
  for (const std::string& line : verdict.says) std::printf("              %s\n", line.c_str());
  if (!verdict.record_shown)
    std::puts("              its text is not in this file: whoever has it can hash it");
  std::printf("  checkpoint  %llu records, root %s\n",
              static_cast<unsigned long long>(verdict.records), verdict.root.c_str());
  std::printf("  signed by   %s%s\n", verdict.key.c_str(),
              verdict.key_trusted ? "" : "   (from the receipt itself)");
  std::printf("  witnesses   %s\n", verdict.witnesses.c_str());
  if (!verdict.proven) return;
  std::puts(
      "What that means: whoever holds the log's key has signed a history in which this record is "
      "at\n"
      "this number, unchanged. If a log is ever shown in which it is not, this file is the "
      "evidence.");
  if (!verdict.witnessed)
    std::puts(
        "What it does not mean: no witness has confirmed that everybody is shown the same "
        "history.\n"
        "Until one has, the holder of the key could show you one history and others another.");
  std::puts("It says nothing about whether what was recorded is true.");
}

Result<std::string> target_of(Api& api, const std::string& what) {
  const auto dash = what.rfind('/');
  const bool number = dash != what.npos && dash + 1 < what.size() &&
                      what.find_first_not_of("0123456789", dash + 1) == what.npos;
  if (number)  // identification/0/12
    return "/v1/logs/" + log_folder(what.substr(0, dash)) + "/receipts/" + what.substr(dash + 1);
  NRM_TRY_ASSIGN(const std::string id, find_case_id(api, what));
  return "/v1/cases/" + id + "/receipt";
}
}  // namespace

Result<std::vector<NoteKey>> read_keys_file(const std::string& path) {
  NRM_TRY_ASSIGN(const std::string text, read_file(path, keys_file_bytes_max));
  std::vector<NoteKey> out;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    auto key = read_note_key(line);
    if (!key)
      return Error(Code::corrupt, "", path + ": a line is no verifier key: " + key.error().detail);
    out.push_back(std::move(*key));
  }
  if (out.empty()) return Error(Code::corrupt, "", path + " has no verifier key");
  return out;
}

Result<void> keep_receipt(Api& api, const std::string& target, const std::string& file) {
  NRM_TRY_ASSIGN(const auto answer, api.get(target));
  NRM_TRY_ASSIGN(const Receipt receipt, read_receipt(answer.body));
  std::vector<NoteKey> keys;
  for (const std::string& named : receipt.keys) {
    NRM_TRY_ASSIGN(NoteKey key, read_note_key(named));
    keys.push_back(std::move(key));
  }
  NRM_TRY_ASSIGN(const Proven proven, verify_receipt(receipt, keys));
  NRM_TRY(write_file(file, answer.body, 0600));
  const std::string& origin = proven.by.name;  // "<installation>/<service>/<partition>"
  const auto service = origin.rfind('/', origin.rfind('/') - 1);
  return look_again(api, {{origin.substr(service + 1), proven.by}});
}

int receipt_get(const ReceiptGetOptions& options) {
  const auto api = Api::open(options.access, "first_responder");
  if (!api) return fail(api.error());
  const auto target = target_of(**api, options.what);
  if (!target) return fail_at_api(target.error(), options.access.dir);
  const auto kept = keep_receipt(**api, *target, options.out);
  if (!kept && kept.error().code == Code::diverged)
    return fail(kept.error(), "keep this receipt and your checkpoints (" + state_folder() +
                                  "): they are the evidence; tell the auditor");
  if (!kept) return fail_at_api(kept.error(), options.access.dir);
  if (options.access.json)
    std::printf("{\"file\":\"%s\"}\n", options.out.c_str());
  else
    std::printf("receipt: %s (check it with: nrm receipt verify %s --keys KEYS)\n",
                options.out.c_str(), options.out.c_str());
  return Exit::done;
}

int receipt_verify(const ReceiptVerifyOptions& options) {
  crypto::start();
  const auto text = read_file(options.file, log_proof_bytes_max);
  if (!text) return fail(Exit::usage, text.error().detail);
  std::optional<WitnessPolicy> policy;
  if (!options.policy.empty()) {
    const auto written = read_file(options.policy, witness_policy_bytes_max);
    auto read = written ? read_witness_policy(*written) : Result<WitnessPolicy>(written.error());
    if (!read)
      return fail(Exit::usage,
                  options.policy + ": " + read.error().where + ' ' + read.error().detail);
    policy = std::move(*read);
  }
  const auto keys = trusted_keys(options, policy);
  if (!keys) return fail(Exit::usage, keys.error().detail, "a key file is what a log's `vkey` is");
  const auto receipt = read_receipt(*text);
  Verdict verdict{.why = receipt ? "" : receipt.error().detail};
  if (receipt) verdict = judge(*receipt, *keys, policy);
  if (options.json)
    std::printf("%s\n", to_json(verdict).c_str());
  else
    print(verdict);
  if (verdict.proven) return Exit::done;
  return verdict.log.empty() ? Exit::corrupt : Exit::refused;
}
}  // namespace nrm::cli
