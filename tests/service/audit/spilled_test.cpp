// A map that lies in a scratch store for the most part is, to who uses it, a map.
#include "services/audit/spilled.hpp"

#include <gtest/gtest.h>

#include <random>

#include "common/store/memory_store.hpp"

namespace nrm {
namespace {
using Names = Spilled<std::string, std::set<std::uint64_t>>;

std::map<std::string, std::set<std::uint64_t>> all(const Names& names) {
  std::map<std::string, std::set<std::uint64_t>> out;
  names.each([&](const std::string& key, const std::set<std::uint64_t>& value) {
    EXPECT_TRUE(out.emplace(key, value).second) << key;
  });
  return out;
}

TEST(Spilled, IsAMapWhateverLiesInMemory) {
  for (const std::size_t hot_max : {0u, 1u, 7u, 1'000u}) {
    MemoryStore store;
    Names names, others;
    names.use(store, "name/", hot_max);
    others.use(store, "other/", hot_max);
    std::map<std::string, std::set<std::uint64_t>> model;
    std::mt19937 random(1);
    for (int i = 0; i < 3'000; ++i) {
      const std::string key = std::to_string(random() % 200);
      others[key].insert(7);
      if (random() % 3 == 0) {
        names[key].insert(random() % 5);
        model[key] = *names.find(key);
      } else {
        const auto* found = names.find(key);
        ASSERT_EQ(found != nullptr, model.contains(key));
        if (found != nullptr) {
          ASSERT_EQ(*found, model[key]);
        }
      }
      names.trim();
      others.trim();
    }
    EXPECT_EQ(names.size(), model.size());
    EXPECT_EQ(all(names), model);
  }
}

TEST(Spilled, IsKeptAndReadBack) {
  MemoryStore first, second;
  Names names, again, in_memory;
  names.use(first, "a/", 2);
  again.use(second, "b/", 3);
  for (std::uint64_t i = 0; i < 20; ++i) {
    names[std::to_string(i)] = {i, i + 1};
    names.trim();
  }
  KeptWriter out;
  names.keep(out);
  for (Names* const one : {&again, &in_memory}) {
    KeptReader in(out.bytes());
    one->keep(in);
    EXPECT_TRUE(in.whole());
    EXPECT_EQ(all(*one), all(names));
  }
  KeptReader cut(std::string_view(out.bytes()).substr(0, 100));
  Names broken;
  broken.keep(cut);
  EXPECT_FALSE(cut.whole());
}
}  // namespace
}  // namespace nrm
