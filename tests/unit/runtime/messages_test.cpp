#include "common/runtime/messages.hpp"

#include <gtest/gtest.h>

#include <random>

namespace nrm::wire {
namespace {
Hash some_hash(char c) { return *Hash::from(std::string(32, c)); }

template <class M>
M round_trip(const Frames& frames) {
  const auto message = read(frames);
  EXPECT_TRUE(message);
  return std::get<M>(message.value_or(Message(Beat{})));
}

TEST(Messages, FeedMessagesRoundTrip) {
  const auto resume = round_trip<Resume>(write(Resume{"vault/0", 12, some_hash('h'), 99}));
  EXPECT_EQ(resume.log, "vault/0");
  EXPECT_EQ(resume.next, 12u);
  EXPECT_EQ(resume.last, some_hash('h'));
  EXPECT_EQ(resume.credit_until, 99u);

  const Frames sent = write(Records{"vault/0", 5, 9, {"one", "", std::string_view("\0x", 2)}});
  const auto records = round_trip<Records>(sent);
  EXPECT_EQ(records.first, 5u);
  EXPECT_EQ(records.head, 9u);
  EXPECT_EQ(records.items, (std::vector<std::string_view>{"one", "", {"\0x", 2}}));

  EXPECT_EQ(round_trip<Credit>(write(Credit{"vault/0", 7})).until, 7u);
  EXPECT_EQ(round_trip<Beat>(write(Beat{"vault/0", 7, "note", Instant{5}})).checkpoint, "note");
  EXPECT_EQ(round_trip<Refused>(write(Refused{"vault/0", "ahead"})).why, "ahead");
}

TEST(Messages, GossipRoundTrips) {
  Beat beat{"vault/0", 7, "note", Instant{5}};
  beat.seen = {"one note", "", "another"};
  const auto heard = round_trip<Beat>(write(beat));
  EXPECT_EQ(heard.seen, beat.seen);
  EXPECT_EQ(heard.checkpoint, "note");
  EXPECT_EQ(write(Beat{"vault/0", 7, "note", Instant{5}}).size(), 2u) << "as before, without any";
  const Frames asked = write(Prove{"vault/0", 3, 9});
  const auto prove = round_trip<Prove>(asked);
  EXPECT_EQ(prove.old_size, 3u);
  EXPECT_EQ(prove.size, 9u);
  Frames proved = write(Proof{"vault/0", 3, 9, {some_hash('a'), some_hash('b')}});
  EXPECT_EQ(round_trip<Proof>(proved).hashes, (std::vector<Hash>{some_hash('a'), some_hash('b')}));
  proved[1] += "x";
  EXPECT_FALSE(read(proved)) << "a hash that is cut off";
  beat.seen.assign(gossip_notes_max + 5, "note");
  EXPECT_EQ(round_trip<Beat>(write(beat)).seen.size(), gossip_notes_max);
}

TEST(Messages, AsksAndAnswersRoundTrip) {
  Ask ask{.number = 77,
          .key = std::string(16, 'k'),
          .actor = {AccountId(derive({}, 1)), OrganisationId(derive({}, 2)), Role::case_manager},
          .expects = Expectation{case_stream(derive({}, 3)), 4},
          .type = "nrm.x.v1",
          .data = "{}",
          .personal = "secret"};
  const Frames sent = write(Asks{{ask, ask}});
  const auto asks = round_trip<Asks>(sent);
  ASSERT_EQ(asks.items.size(), 2u);
  EXPECT_EQ(asks.items[1].actor, ask.actor);
  EXPECT_EQ(asks.items[1].expects, ask.expects);
  EXPECT_EQ(asks.items[1].personal, "secret");

  Answer answer{.number = 77, .rejection = Error(Code::too_early, "/x", "why"), .seq = 3};
  answer.record = "record";
  answer.repeated = true;
  const Frames replied = write(Answers{{answer}});
  const auto answers = round_trip<Answers>(replied);
  EXPECT_EQ(answers.items.at(0).rejection, answer.rejection);
  EXPECT_EQ(answers.items.at(0).record, "record");
  EXPECT_TRUE(answers.items.at(0).repeated);
}

TEST(Messages, FetchesRoundTrip) {
  const auto fetch = round_trip<Fetch>(write(Fetch{7, "vault/0", "tile/0/000.p/5", 1ull << 40}));
  EXPECT_EQ(fetch.number, 7u);
  EXPECT_EQ(fetch.log, "vault/0");
  EXPECT_EQ(fetch.what, "tile/0/000.p/5");
  EXPECT_EQ(fetch.from, 1ull << 40);
  const Frames sent = write(Fetched{7, {}, 9, std::string_view("\0a", 2)});
  const auto piece = round_trip<Fetched>(sent);
  EXPECT_EQ(piece.number, 7u);
  EXPECT_FALSE(piece.refused);
  EXPECT_EQ(piece.whole, 9u);
  EXPECT_EQ(piece.bytes, std::string_view("\0a", 2));
  const Frames no = write(Fetched{8, Code::unavailable, 0, "later"});
  EXPECT_EQ(round_trip<Fetched>(no).refused, Code::unavailable);
  EXPECT_FALSE(read({"FETCHED", no[1]})) << "without its bytes";
}

TEST(Messages, EveryRoleMayAsk) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Role>>([](auto role) {
    const Asks sent{{{.number = 1,
                      .key = std::string(16, 'k'),
                      .actor = {{}, {}, role.value},
                      .expects = {},
                      .type = "t",
                      .data = "{}",
                      .personal = {}}}};
    const auto asks = round_trip<Asks>(write(sent));
    ASSERT_EQ(asks.items.size(), 1u) << role.name;
    EXPECT_EQ(asks.items[0].actor.role, role.value);
  });
}

TEST(Messages, WhatIsCutOrChangedNeverCrashesAndCutOnesAreRefused) {
  std::mt19937_64 dice(1);
  const Frames whole = write(Records{"vault/0", 5, 9, {"one", "two"}});
  for (std::size_t frame = 1; frame < whole.size(); ++frame)
    for (std::size_t size = 0; size < whole[frame].size(); ++size) {
      Frames cut = whole;
      cut[frame].resize(size);
      const auto message = read(cut);
      // A list may end after a whole item: the bus delivers whole frames, so that is no fault here.
      if (frame == 1) {
        EXPECT_FALSE(message) << size;
      }
    }
  for (int i = 0; i < 2'000; ++i) {
    Frames changed = write(Asks{{{.number = 1,
                                  .key = std::string(16, 'k'),
                                  .actor = {},
                                  .expects = {},
                                  .type = "t",
                                  .data = "d",
                                  .personal = ""}}});
    std::string& list = changed[2];
    list[dice() % list.size()] = static_cast<char>(dice());
    (void)read(changed);
  }
  EXPECT_FALSE(read({}));
  EXPECT_FALSE(read({"RESUME"}));
  EXPECT_FALSE(read({"NONSENSE", "x"}));
}
}  // namespace
}  // namespace nrm::wire
