// Policies: C2SP tlog-policy line by line, and "2 of 3 NGOs and 1 abroad" against a plain oracle.
#include "common/ledger/witness_policy.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "common/ledger/merkle.hpp"

namespace nrm {
namespace {
constexpr std::string_view origin = "nrm.example/vault/0";

crypto::Signer signer_of(char name) {
  crypto::start();
  return crypto::Signer::from_seed(std::string(32, name)).value();
}
std::string vkey(char name, KeyType type = KeyType::cosignature_v1) {
  return NoteKey{type == KeyType::ed25519 ? std::string(origin) : std::string(1, name), type,
                 signer_of(name).public_key()}
      .vkey();
}
std::string log_line() { return "log " + vkey('l', KeyType::ed25519) + "\n"; }
std::string witness_line(char name) {
  return std::string("witness ") + name + " " + vkey(name) + "\n";
}
std::string two_ngos_and_one_abroad() {
  return "# who must have seen it\n\n" + log_line() + witness_line('a') + witness_line('b') + "\t" +
         witness_line('c') + witness_line('x') + witness_line('y') +
         "group ngos 2 a b c\ngroup  abroad\tany x y \ngroup both all ngos abroad\nquorum both\n";
}
Note signed_note(std::string_view cosigners, std::int64_t seconds = 1'000) {
  const std::string text = write_checkpoint({std::string(origin), 5, leaf_hash("r")});
  std::string out = sign_note(text, origin, signer_of('l'));
  for (const char name : cosigners)
    out += cosign(text, std::string(1, name), signer_of(name), Instant{seconds++ * 1'000});
  return read_note(out).value();
}

TEST(WitnessPolicy, ReadsTheExampleOfTheSpecification) {
  const auto policy = read_witness_policy(two_ngos_and_one_abroad());
  ASSERT_TRUE(policy) << policy.error().where << policy.error().detail;
  EXPECT_EQ(policy->logs.size(), 1u);
  EXPECT_EQ(policy->witnesses.size(), 5u);
  ASSERT_EQ(policy->groups.size(), 3u);
  EXPECT_EQ(policy->groups[0].needed, 2u);
  EXPECT_EQ(policy->groups[1].needed, 1u);
  EXPECT_EQ(policy->groups[2].needed, 2u);
  EXPECT_EQ(policy->quorum, "both");
  EXPECT_TRUE(read_witness_policy("quorum none\n"));
}

TEST(WitnessPolicy, EveryFaultNamesItsLineAndWhatToDo) {
  const std::string a = witness_line('a');
  const struct {
    std::string text;
    const char *where, *says;
  } rows[] = {
      {"", "", "no quorum line"},
      {"quorum none", "", "the last line has no end"},
      {"# only words\n" + a, "", "no quorum line"},
      {"quorum none\nquorum none\n", "line 2", "keep one of the two"},
      {"quorum a\n", "line 1", "no witness or group above is called \"a\""},
      {"quorum a b\n", "line 1", "write: quorum NAME"},
      {"Quorum none\n", "line 1", "begins no line"},
      {a + a + "quorum a\n", "line 2", "choose another"},
      {a + "witness b " + vkey('a') + "\nquorum a\n", "line 2", "the same key"},
      {"witness none " + vkey('a') + "\nquorum none\n", "line 1", "choose another"},
      {"witness a " + vkey('a', KeyType::ed25519) + "\nquorum a\n", "line 1", "type 0x04"},
      {"log " + vkey('a') + "\nquorum none\n", "line 1", "type 0x01"},
      {"log " + vkey('a').substr(1) + "\nquorum none\n", "line 1", "copy it again"},
      {log_line() + log_line() + "quorum none\n", "line 2", "the same key"},
      {"witness a\nquorum a\n", "line 1", "write: witness NAME VKEY"},
      {"log\nquorum none\n", "line 1", "write: log VKEY"},
      {a + "group g 1\nquorum g\n", "line 2", "write: group"},
      {a + "group g 0 a\nquorum g\n", "line 2", "1 to the number of members, 1"},
      {a + "group g 2 a\nquorum g\n", "line 2", "1 to the number of members, 1"},
      {a + "group g 01 a\nquorum g\n", "line 2", "1 to the number of members, 1"},
      {a + "group g any b\nquorum g\n", "line 2", "groups name what stands before them"},
      {a + "group g any g\nquorum g\n", "line 2", "groups name what stands before them"},
      {a + "group g any none\nquorum g\n", "line 2", "groups name what stands before them"},
      {a + "group g any a a\nquorum g\n", "line 2", "each counts in one place only"},
      {a + "group g any a\ngroup h any a\nquorum g\n", "line 3", "each counts in one place only"},
      {a + "group a any a\nquorum a\n", "line 2", "choose another"},
      {"quorum none\r\n", "line 1", "control characters"},
      {std::string("quorum none\n# \0\n", 16), "line 2", "control characters"},
  };
  for (const auto& row : rows) {
    const auto read = read_witness_policy(row.text);
    ASSERT_FALSE(read) << row.text;
    EXPECT_EQ(read.error().where, row.where) << row.text;
    EXPECT_NE(read.error().detail.find(row.says), std::string::npos)
        << row.text << read.error().detail;
  }
  std::string long_one = "quorum none\n";
  while (long_one.size() <= witness_policy_bytes_max) long_one += "# words\n";
  EXPECT_EQ(read_witness_policy(long_one).error().code, Code::too_large);
}

TEST(WitnessPolicy, NamesAreBytes) {
  EXPECT_TRUE(read_witness_policy("witness \xc5\xa0ibenik\xff " + vkey('a') +
                                  " https://w.example/\nquorum \xc5\xa0ibenik\xff\n"));
}

TEST(WitnessPolicy, AWitnessIsConfiguredWithLogsOnly) {
  const auto logs = read_witnessed_logs("# the mechanism\n" + log_line());
  ASSERT_TRUE(logs);
  EXPECT_EQ((*logs)[0].key.name, origin);
  EXPECT_FALSE(read_witnessed_logs("quorum none\n"));
  EXPECT_TRUE(read_witnessed_logs(""));
}

TEST(WitnessPolicy, SaysWhoIsMissing) {
  const auto policy = read_witness_policy(two_ngos_and_one_abroad()).value();
  const auto no = is_trusted(signed_note("ax"), policy, origin);
  EXPECT_FALSE(no.trusted);
  EXPECT_EQ(no.checkpoint->size, 5u);
  EXPECT_EQ(no.signed_by, (std::vector<std::string>{"a", "x"}));
  EXPECT_EQ(no.why,
            "quorum both not reached: a, x cosigned; b, c, y did not; group ngos has 1 of 2 needed "
            "(a, b, c); group both has 1 of 2 needed (ngos, abroad)");
  const auto yes = is_trusted(signed_note("axb", 100), policy, origin);
  EXPECT_TRUE(yes.trusted);
  EXPECT_EQ(yes.at, Instant{100'000}) << "the oldest that is needed";
  EXPECT_EQ(yes.why, "quorum both reached: a, b, x cosigned; c, y did not");
  EXPECT_EQ(is_trusted(signed_note("axbc", 100), policy, origin).at, Instant{101'000})
      << "of three NGOs the newest two, and x";
}

TEST(WitnessPolicy, TheLogMustHaveSigned) {
  const auto policy = read_witness_policy(two_ngos_and_one_abroad()).value();
  EXPECT_FALSE(is_trusted(signed_note("abx"), policy, "nrm.example/closure/0").trusted);
  Note unsigned_note = signed_note("abx");
  unsigned_note.signatures.erase(unsigned_note.signatures.begin());
  const auto trust = is_trusted(unsigned_note, policy, origin);
  EXPECT_FALSE(trust.trusted);
  EXPECT_EQ(trust.checkpoint, std::nullopt);
  auto without_logs = policy;
  without_logs.logs.clear();
  EXPECT_TRUE(is_trusted(unsigned_note, without_logs, origin).trusted);
  // A bad line of a witness is no missing one.
  Note bad = signed_note("abx");
  bad.signatures.back().signature.back() ^= 1;
  EXPECT_EQ(is_trusted(bad, policy, origin).checkpoint, std::nullopt);
}

RC_GTEST_PROP(WitnessPolicyProperty, TwoOfThreeAndOneAbroad,
              (bool a, bool b, bool c, bool x, bool y)) {
  static const auto policy = read_witness_policy(two_ngos_and_one_abroad()).value();
  std::string who;
  for (const auto& [signs, name] : {std::pair(a, 'a'), {b, 'b'}, {c, 'c'}, {x, 'x'}, {y, 'y'}})
    if (signs) who += name;
  const auto trust = is_trusted(signed_note(who), policy, origin);
  RC_ASSERT(trust.trusted == (a + b + c >= 2 && x + y >= 1));
  RC_ASSERT(trust.signed_by.size() + trust.missing.size() == 5u);
}
}  // namespace
}  // namespace nrm
