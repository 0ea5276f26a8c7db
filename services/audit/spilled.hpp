// Spilled: a map of more than memory should hold. What was used last lies decoded in memory, the
// rest in a scratch store, in the form of kept.hpp. Without a store all of it is in memory.
//
// A store serves several maps, each under a prefix of its own, which no other's begins with.
// THREAD: one. OWNERSHIP: borrows the store. What is given out is good until trim() or each().
// INVARIANT: at most `hot_max` values are in memory after trim().
#pragma once
#include <string>
#include <unordered_map>

#include "common/base/check.hpp"
#include "common/store/store.hpp"
#include "services/audit/kept.hpp"

namespace nrm {
inline constexpr std::size_t spilled_hot_max = 16'384;  // values of one map, some 0.3 KiB each

template <class Key, class Value>
class Spilled {
 public:
  // REQUIRES: nothing was put in yet.
  void use(Store& store, std::string prefix, std::size_t hot_max = spilled_hot_max) {
    CHECK(size_ == 0, "what is in memory is not moved");
    store_ = &store;
    prefix_ = std::move(prefix);
    hot_max_ = hot_max;
  }

  Value& operator[](const Key& key) {
    Entry* entry = load(key);
    if (entry == nullptr) {
      entry = &hot_[key];
      ++size_;
    }
    entry->changed = true;
    return entry->value;
  }
  const Value* find(const Key& key) const {
    const Entry* entry = load(key);
    return entry == nullptr ? nullptr : &entry->value;
  }
  std::uint64_t size() const { return size_; }

  void trim() const {
    if (hot_.size() > hot_max_) spill();
  }
  // All of them, in no order that means anything. Other maps may be asked and trimmed meanwhile.
  template <class Take>
  void each(const Take& take) const {
    if (store_ == nullptr) {
      for (const auto& [key, entry] : hot_) take(key, entry.value);
      return;
    }
    spill();
    const auto all = store_->scan(Family::state, prefixed(prefix_),
                                  [&](std::string_view stored, std::string_view bytes) {
                                    const auto key = read<Key>(stored.substr(prefix_.size()));
                                    take(key, read<Value>(bytes));
                                    return true;
                                  });
    CHECK(all, "a scratch store can be read");
  }

  template <class Archive>
  void keep(Archive& archive) {
    std::uint64_t count = size_;
    archive(count);
    if constexpr (std::is_same_v<Archive, KeptWriter>) {
      each([&](const Key& key, const Value& value) { archive(key, value); });
    } else {
      for (; archive.good() && count > 0; --count) {
        Key key{};
        archive(key);
        archive((*this)[key]);
        trim();
      }
    }
  }

 private:
  struct Entry {
    Value value{};
    bool changed = false;  // since it was stored
  };
  template <class T>
  static T read(std::string_view bytes) {
    T out{};
    KeptReader in(bytes);
    in(out);
    CHECK(in.whole(), "what was put into a scratch store comes out of it");
    return out;
  }
  std::string stored_key(const Key& key) const {
    KeptWriter out;
    out(key);
    return prefix_ + out.bytes();
  }
  Entry* load(const Key& key) const {
    if (const auto hot = hot_.find(key); hot != hot_.end()) return &hot->second;
    if (!spilled_) return nullptr;
    const auto stored = store_->get(Family::state, stored_key(key));
    CHECK(stored, "a scratch store can be read");
    if (!*stored) return nullptr;
    Entry& entry = hot_[key];
    entry.value = read<Value>(**stored);
    return &entry;
  }
  void spill() const {
    Batch batch;
    for (const auto& [key, entry] : hot_) {
      if (!entry.changed) continue;
      KeptWriter out;
      out(entry.value);
      batch.put(Family::state, stored_key(key), out.bytes());
    }
    CHECK(batch.empty() || store_->commit(batch, Sync::no), "a scratch store can be written");
    hot_.clear();
    spilled_ = true;
  }

  Store* store_ = nullptr;
  std::string prefix_;
  std::size_t hot_max_ = SIZE_MAX;
  std::uint64_t size_ = 0;
  mutable std::unordered_map<Key, Entry> hot_;  // where an answer lies is nobody's business
  mutable bool spilled_ = false;
};
}  // namespace nrm
