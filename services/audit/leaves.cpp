#include "services/audit/leaves.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace nrm {
namespace {
constexpr std::size_t hash_size = 32;
constexpr std::size_t written_at_a_time = 256 * 1024;
}  // namespace

Result<Leaves> Leaves::make(const std::string& folder) {
  Leaves out;
  out.file_ = Descriptor(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!out.file_) return Error(Code::io_failed, "", folder + ": " + std::strerror(errno));
  return out;
}

Result<void> Leaves::append(const Hash& leaf) {
  waiting_ += leaf.view();
  ++size_;
  return waiting_.size() < written_at_a_time ? Result<void>() : finish();
}

Result<void> Leaves::finish() {
  for (std::string_view left = waiting_; !left.empty();) {
    const ssize_t wrote = ::write(file_.get(), left.data(), left.size());
    if (wrote < 0) return Error(Code::io_failed, "", "hashes could not be kept on disk");
    left.remove_prefix(static_cast<std::size_t>(wrote));
  }
  waiting_.clear();
  return {};
}

Hash Leaves::at(std::uint64_t index) const {
  Hash out;
  const auto read =
      ::pread(file_.get(), out.bytes.data(), hash_size, static_cast<off_t>(index * hash_size));
  CHECK(read == static_cast<ssize_t>(hash_size), "what was written can be read back");
  return out;
}

void Leaves::each(std::uint64_t until, const std::function<void(const Hash&)>& take) const {
  std::string bytes(written_at_a_time, '\0');
  for (std::uint64_t from = 0; from < until;) {
    const std::uint64_t count =
        std::min(until - from, std::uint64_t{written_at_a_time / hash_size});
    const auto read =
        ::pread(file_.get(), bytes.data(), count * hash_size, static_cast<off_t>(from * hash_size));
    CHECK(read == static_cast<ssize_t>(count * hash_size), "what was written can be read back");
    for (std::uint64_t i = 0; i < count; ++i)
      take(*Hash::from(std::string_view(bytes).substr(i * hash_size, hash_size)));
    from += count;
  }
}
}  // namespace nrm
