#include <sodium.h>

#include <cstring>

#include "common/base/check.hpp"
#include "common/crypto/crypto.hpp"

namespace nrm {
namespace {
// A system call per id would cost as much as deciding; so a page at a time. Each byte is given out
// once and then forgotten, so that nobody can read ids of the past from memory.
class SystemEntropy final : public Entropy {
 public:
  ~SystemEntropy() override { sodium_memzero(page_, sizeof page_); }
  void fill(unsigned char* out, std::size_t size) override {
    if (size > sizeof page_ / 4) return randombytes_buf(out, size);
    if (size > left_) {
      randombytes_buf(page_, sizeof page_);
      left_ = sizeof page_;
    }
    left_ -= size;
    std::memcpy(out, page_ + left_, size);
    sodium_memzero(page_ + left_, size);
  }

 private:
  unsigned char page_[4096];
  std::size_t left_ = 0;
};
}  // namespace

Uuid Entropy::uuid() {
  Uuid id;
  fill(id.bytes.data(), id.bytes.size());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);  // version 4
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);  // RFC 9562 variant
  return id;
}

std::unique_ptr<Entropy> system_entropy() { return std::make_unique<SystemEntropy>(); }
}  // namespace nrm
