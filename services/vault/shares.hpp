// Shares: the master key in n parts, any k of which give it back and fewer tell nothing (Shamir,
// "How to share a secret", 1979, over GF(2^8) with the polynomial of AES).
//
// Own code: libgfshare is the only such library in Debian; it looks products up in tables, so the
// cache tells what was multiplied, it checks no share, and its last release is of 2011.
// Here no branch and no address depends on a secret.
//
//   a share for people   nrm-share-<k>-<number>-<64 hex>-<8 hex check of all before it>
//   keys/vault/shares    {"threshold":k,"checks":[…]}: SHA-256 of each share. A share is 256 random
//                        bits, so its hash tells nothing; it names one of another splitting.
#pragma once
#include <vector>

#include "common/base/codec.hpp"
#include "common/base/text.hpp"
#include "common/crypto/crypto.hpp"

namespace nrm {
struct ShareChecks {
  std::uint32_t threshold = 0;
  std::vector<Text<64>> checks;  // of share 1, 2 …
  Text<64> master;               // BLAKE2b of the master under a name of its own
};
BOOST_DESCRIBE_STRUCT(ShareChecks, (), (threshold, checks, master))

struct Share {
  std::uint32_t number = 0;  // 1 to 255
  crypto::SecretKey value;
};

// REQUIRES: 2 <= threshold <= shares <= limits::key_shares_max.
std::vector<Share> split_key(const crypto::SecretKey& key, std::uint32_t shares,
                             std::uint32_t threshold);
// The key, when there are as many as the threshold was; with fewer, or a wrong one, another key.
// REQUIRES: different numbers, at least one.
crypto::SecretKey combine_shares(const std::vector<Share>& shares);

Sensitive<std::string> write_share(const Share& share, std::uint32_t threshold);
// ERRORS: bad_request (mistyped, or not a share; the detail says which of the two).
Result<Share> read_share(std::string_view text);

ShareChecks checks_of(const std::vector<Share>& shares, std::uint32_t threshold,
                      const crypto::SecretKey& key);
bool is_of(const ShareChecks& checks, const Share& share);
bool is_master_of(const ShareChecks& checks, const crypto::SecretKey& key);
}  // namespace nrm
