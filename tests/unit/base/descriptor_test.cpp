#include "common/base/descriptor.hpp"

#include <gtest/gtest.h>

namespace nrm {
namespace {
int open_nothing() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

TEST(Descriptor, ClosesOnceAndByItsLastOwner) {
  const int number = open_nothing();
  {
    Descriptor first(number);
    ASSERT_TRUE(first);
    const Descriptor second(std::move(first));
    EXPECT_FALSE(first);
    EXPECT_EQ(second.get(), number);
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Descriptor, AssignmentClosesWhatWasHeld) {
  const int before = open_nothing(), after = open_nothing();
  Descriptor held(before);
  held = Descriptor(after);
  EXPECT_FALSE(is_open(before));
  EXPECT_TRUE(is_open(after));
}

TEST(Descriptor, KeepsTheFaultBeforeIt) {
  const int gone = open_nothing();
  {
    const Descriptor held(gone);
    ::close(gone);  // its own close will fail with EBADF
    errno = ENOSPC;
  }
  EXPECT_EQ(errno, ENOSPC);
}

TEST(Descriptor, AFolderThatIsNotThereCannotBeSynced) {
  EXPECT_TRUE(sync_folder("/tmp"));
  EXPECT_FALSE(sync_folder("/tmp/nrm-no-such-folder"));
  EXPECT_EQ(errno, ENOENT);
  EXPECT_FALSE(sync_folder("/dev/null"));
  EXPECT_EQ(errno, ENOTDIR);
}
}  // namespace
}  // namespace nrm
