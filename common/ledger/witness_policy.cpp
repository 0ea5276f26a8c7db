#include "common/ledger/witness_policy.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "common/base/check.hpp"

namespace nrm {
namespace {
using Words = std::vector<std::string>;

Words words_of(std::string_view line) {
  Words out;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t", at)) != line.npos;) {
    const auto end = std::min(line.find_first_of(" \t", at), line.size());
    out.emplace_back(line.substr(at, end - at));
    at = end;
  }
  return out;
}

// Tab, newline, printable ASCII, and anything beyond it, which is not looked into.
bool is_policy_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || byte == '\n' || (byte >= 0x20 && byte != 0x7f);
  });
}

// One file, line by line.
class Reader {
 public:
  explicit Reader(bool logs_only) : logs_only_(logs_only) {}

  Result<WitnessPolicy> read(std::string_view text) {
    if (text.size() > witness_policy_bytes_max)
      return Error(Code::too_large, "", "the policy is longer than 128 KiB");
    if (!text.empty() && !text.ends_with('\n'))
      return Error(Code::corrupt, "", "the last line has no end: is the file whole?");
    while (const auto line = take_line(text)) {
      ++number_;
      if (!is_policy_text(*line))
        return fault("it has control characters; write it with a plain editor");
      const Words words = words_of(*line);
      if (words.empty() || words[0].starts_with('#')) continue;
      NRM_TRY(take(words));
    }
    if (!logs_only_ && out_.quorum.empty())
      return Error(Code::corrupt, "",
                   "there is no quorum line; add \"quorum NAME\", or \"quorum none\" to ask for no "
                   "cosignatures");
    return std::move(out_);
  }

 private:
  Error fault(const std::string& what) const {
    return Error(Code::corrupt, "line " + std::to_string(number_), what);
  }

  Result<void> take(const Words& words) {
    if (words[0] == "log") return take_log(words);
    if (logs_only_)
      return fault("\"" + words[0] +
                   "\" is no line of a witness's logs; only \"log VKEY [URL]\" is");
    if (words[0] == "witness") return take_witness(words);
    if (words[0] == "group") return take_group(words);
    if (words[0] == "quorum") return take_quorum(words);
    return fault("\"" + words[0] + "\" begins no line; write log, witness, group or quorum");
  }

  // Keys count, not what they are called.
  Result<NoteKey> take_key(const std::string& vkey, KeyType type) {
    const auto key = read_note_key(vkey);
    if (!key) return fault(key.error().detail + "; copy it again from who gave it to you");
    if (key->type != type)
      return fault(type == KeyType::ed25519
                       ? "this is a witness's key; a log's vkey has type 0x01"
                       : "this is a log's key; a witness's vkey has type 0x04: nrm witness key");
    if (!keys_.insert({type, key->key}).second)
      return fault("the same key stands above already; remove one of the two");
    return *key;
  }

  Result<void> take_log(const Words& words) {
    if (words.size() < 2 || words.size() > 3) return fault("write: log VKEY [URL]");
    if (out_.logs.size() >= policy_logs_max) return fault("there are more than 256 logs");
    NRM_TRY_ASSIGN(auto key, take_key(words[1], KeyType::ed25519));
    out_.logs.push_back({std::move(key), words.size() > 2 ? words[2] : std::string()});
    return {};
  }

  Result<void> take_name(const std::string& name) {
    if (name == "none") return fault("\"none\" is the name of no quorum; choose another");
    if (!names_.insert(name).second)
      return fault("\"" + name + "\" is the name of something above; choose another");
    return {};
  }

  Result<void> take_witness(const Words& words) {
    if (words.size() < 3 || words.size() > 4) return fault("write: witness NAME VKEY [URL]");
    if (out_.witnesses.size() >= policy_witnesses_max)
      return fault("there are more than 64 witnesses");
    NRM_TRY(take_name(words[1]));
    NRM_TRY_ASSIGN(auto key, take_key(words[2], KeyType::cosignature_v1));
    out_.witnesses.push_back(
        {words[1], std::move(key), words.size() > 3 ? words[3] : std::string()});
    return {};
  }

  Result<void> take_group(const Words& words) {
    if (words.size() < 4) return fault("write: group NAME all|any|K MEMBER…");
    if (out_.groups.size() >= policy_groups_max) return fault("there are more than 64 groups");
    WitnessPolicy::Group group{words[1], 0, {words.begin() + 3, words.end()}};
    for (const std::string& member : group.members) {
      if (!names_.contains(member))
        return fault("no witness or group above is called \"" + member +
                     "\"; groups name what stands before them");
      if (!members_.insert(member).second)
        return fault("\"" + member + "\" is in a group already; each counts in one place only");
    }
    if (words[2] == "all" || words[2] == "any") {
      group.needed = words[2] == "all" ? group.members.size() : 1;
    } else {
      const auto needed = read_tree_size(words[2]);
      if (!needed || *needed < 1 || *needed > group.members.size())
        return fault("\"" + words[2] + "\" must be all, any, or 1 to the number of members, " +
                     std::to_string(group.members.size()));
      group.needed = *needed;
    }
    NRM_TRY(take_name(group.name));
    out_.groups.push_back(std::move(group));
    return {};
  }

  Result<void> take_quorum(const Words& words) {
    if (words.size() != 2) return fault("write: quorum NAME, or quorum none");
    if (!out_.quorum.empty()) return fault("there is a quorum already; keep one of the two");
    if (words[1] != "none" && !names_.contains(words[1]))
      return fault("no witness or group above is called \"" + words[1] + "\"");
    out_.quorum = words[1];
    return {};
  }

  const bool logs_only_;
  WitnessPolicy out_;
  std::size_t number_ = 0;
  std::set<std::string> names_, members_;
  std::set<std::pair<KeyType, crypto::PublicKey>> keys_;
};

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "nobody" : out;
}

// Since when each witness and group has witnessed; who has not is not in it.
using Witnessed = std::map<std::string, Instant, std::less<>>;

// The first moment at which enough members had: the k-th of those that stayed longest away from it,
// counted from the newest, for an older cosignature was renewed since.
void add_groups(const WitnessPolicy& policy, Witnessed& witnessed) {
  for (const WitnessPolicy::Group& group : policy.groups) {
    std::vector<Instant> times;
    for (const std::string& member : group.members)
      if (const auto found = witnessed.find(member); found != witnessed.end())
        times.push_back(found->second);
    if (times.size() < group.needed) continue;
    std::ranges::sort(times, std::greater<>());
    witnessed[group.name] = times[group.needed - 1];
  }
}

std::string groups_text(const WitnessPolicy& policy, const Witnessed& witnessed) {
  std::string out;
  for (const WitnessPolicy::Group& group : policy.groups) {
    if (witnessed.contains(group.name)) continue;
    const auto have = static_cast<std::size_t>(std::ranges::count_if(
        group.members, [&](const std::string& one) { return witnessed.contains(one); }));
    out += "; group " + group.name + " has " + std::to_string(have) + " of " +
           std::to_string(group.needed) + " needed (" + listed(group.members) + ")";
  }
  return out;
}
}  // namespace

std::vector<NoteKey> WitnessPolicy::witness_keys() const {
  std::vector<NoteKey> out;
  for (const Witness& witness : witnesses) out.push_back(witness.key);
  return out;
}

Result<WitnessPolicy> read_witness_policy(std::string_view text) {
  return Reader(false).read(text);
}

Result<std::vector<WitnessPolicy::Log>> read_witnessed_logs(std::string_view text) {
  NRM_TRY_ASSIGN(auto read, Reader(true).read(text));
  return std::move(read.logs);
}

Trust is_trusted(const Note& note, const WitnessPolicy& policy, std::string_view origin) {
  Trust out;
  const auto checkpoint = read_checkpoint(note.text);
  const auto refuse = [](std::string why) {
    Trust nobodys;
    nobodys.why = std::move(why);
    return nobodys;
  };
  if (!checkpoint) return refuse(checkpoint.error().detail);
  if (checkpoint->origin != origin) return refuse("it is a checkpoint of " + checkpoint->origin);
  bool by_log = policy.logs.empty();
  for (const WitnessPolicy::Log& log : policy.logs) {
    if (log.key.name != origin) continue;
    const auto good = is_signed(note, log.key);
    if (!good) return refuse(good.error().detail);
    by_log |= *good;
  }
  if (!by_log)
    return refuse("it is not signed by a key that the policy names for " + std::string(origin));
  out.checkpoint = *checkpoint;
  Witnessed witnessed;
  for (const WitnessPolicy::Witness& witness : policy.witnesses) {
    const auto at = cosigned_at(note, witness.key);
    if (!at) return refuse(at.error().detail);
    if (*at) witnessed[witness.name] = **at;
    (*at ? out.signed_by : out.missing).push_back(witness.name);
  }
  if (policy.quorum == "none") {
    out.trusted = true;
    out.why = "no cosignatures are asked for (quorum none)";
    return out;
  }
  add_groups(policy, witnessed);
  const auto found = witnessed.find(policy.quorum);
  out.trusted = found != witnessed.end();
  if (out.trusted) out.at = found->second;
  out.why = "quorum " + policy.quorum + (out.trusted ? " reached: " : " not reached: ") +
            listed(out.signed_by) + " cosigned; " + listed(out.missing) + " did not" +
            (out.trusted ? "" : groups_text(policy, witnessed));
  return out;
}
}  // namespace nrm
