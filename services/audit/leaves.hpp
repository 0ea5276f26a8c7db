// Leaves: the leaf hashes of one log in a file of their own, so that a check of a long log takes no
// more memory than one of a short log. The file has no name: it is gone with the object.
// THREAD: append() by one; afterwards at() and each() by any.
#pragma once
#include <functional>
#include <string>

#include "common/base/descriptor.hpp"
#include "common/crypto/crypto.hpp"

namespace nrm {
class Leaves {
 public:
  // `folder`: where the file is made. ERRORS: io_failed.
  static Result<Leaves> make(const std::string& folder);
  Result<void> append(const Hash& leaf);
  Result<void> finish();  // nothing is appended any more

  std::uint64_t size() const { return size_; }
  Hash at(std::uint64_t index) const;  // REQUIRES: index < size(), finish()
  void each(std::uint64_t until, const std::function<void(const Hash&)>& take) const;

 private:
  Descriptor file_{-1};
  std::string waiting_;
  std::uint64_t size_ = 0;
};
}  // namespace nrm
