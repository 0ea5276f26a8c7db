#include "tests/torture/ledger.hpp"

#include "tests/unit/runtime/ledger_of_notes.hpp"

namespace nrm::torture {
namespace {
const Instant begin = *Instant::parse("2023-07-03T09:00:00.000Z");
constexpr const char* origin = "torture/vault/0";

// splitmix64 (Steele, Lea, Flood 2014)
std::uint64_t mixed(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}
}  // namespace

// Some stretches only move the cursor, so that much is unsynced; some batches span many sectors.
Act act_of(std::uint64_t seed, std::uint64_t number) {
  const bool cursors_only = mixed(seed ^ mixed(number / 16)) % 3 == 0;
  const std::uint64_t bits = mixed(seed + mixed(number));
  Act act{.flush = bits % 61 == 0, .write_back = bits % 7 == 0};
  const std::uint64_t most = bits / 1024 % 5 == 0 ? 60 : 6;
  if (!cursors_only && bits % 8 < 6) act.asks = static_cast<std::uint32_t>(1 + bits / 8 % most);
  act.moves_cursor = act.asks == 0 || bits / 4096 % 2 == 0;
  return act;
}

Place after(Place place, const Act& act) {
  return {place.head + act.asks, place.cursor + (act.moves_cursor ? 1 : 0)};
}

std::string key_of(std::uint64_t seq) {
  std::string out;
  keys::append_u64(out, seq);
  keys::append_u64(out, mixed(seq));
  return out;
}

std::string parked_of(std::uint64_t cursor) {
  const std::uint64_t bits = mixed(cursor);
  return bits % 2 == 0 ? "" : std::string(1 + bits / 2 % 6000, static_cast<char>('a' + bits % 26));
}

Ledger::Ledger(std::unique_ptr<Store> store)
    : entropy_(system_entropy()),
      signer_(crypto::Signer::from_seed(std::string(32, 's')).value()),
      store_(std::move(store)) {
  policy_.pack = *Text<32>::parse("test");
  policy_.version = 1;
}

Result<std::unique_ptr<Ledger>> Ledger::open(std::unique_ptr<Store> store) {
  std::unique_ptr<Ledger> out(new Ledger(std::move(store)));
  NRM_TRY_ASSIGN(out->step_, Step::open({.core = core_of<test::LedgerOfNotes>(),
                                         .store = *out->store_,
                                         .entropy = *out->entropy_,
                                         .policy = out->policy_,
                                         .policy_digest = "digest",
                                         .signer = out->signer_,
                                         .origin = origin,
                                         .sandbox = true},
                                        begin));
  return out;
}

void Ledger::ask(std::uint64_t seq, std::uint64_t ticket) {
  Uuid subject = *Uuid::parse("00000000-0000-4000-8000-000000000000");
  subject.bytes[15] = static_cast<std::uint8_t>(mixed(seq) % 50);
  const std::string& data =
      texts_.emplace_back(to_json(RecordConsent{CaseId(subject), {ConsentPurpose::support, true}}));
  const std::string& key = texts_.emplace_back(key_of(seq));
  step_->ask({.number = 0,
              .key = key,
              .actor = {},
              .expects = {},
              .type = RecordConsent::type,
              .data = data,
              .personal = {}},
             ticket, begin + Milliseconds(static_cast<std::int64_t>(seq) * 1000));
}

Result<std::string> Ledger::perform(const Act& act) {
  const Place from = place();
  if (act.moves_cursor) {
    if (auto parked = parked_of(from.cursor); !parked.empty())
      step_->batch().put(Family::parked, keys::archive(followed_log, from.cursor), parked);
    step_->move_cursor(followed_log, {from.cursor + 1, {}});
  }
  for (std::uint32_t i = 0; i < act.asks; ++i) ask(from.head + i, i);
  NRM_TRY_ASSIGN(last_, step_->commit());
  texts_.clear();
  std::string leaf;
  for (std::uint32_t i = 0; i < act.asks; ++i) {
    const wire::Answer& answer = last_.answers.at(i).answer;
    if (answer.repeated || answer.rejection || answer.seq != from.head + i)
      return Error(Code::diverged, "", "a fresh request found an earlier answer");
    leaf = answer.leaf.hex();
  }
  if (act.write_back) NRM_TRY(step_->write_back());
  if (act.flush) NRM_TRY(store_->flush());
  return leaf;
}

Result<wire::Answer> Ledger::ask_again(std::uint64_t seq) {
  ask(seq, 0);
  NRM_TRY_ASSIGN(last_, step_->commit());
  texts_.clear();
  return last_.answers.at(0).answer;
}
}  // namespace nrm::torture
