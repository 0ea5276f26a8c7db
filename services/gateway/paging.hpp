// Pages of a list. A cursor is the last key that the client has, enciphered and bound to its list
// and its reader: nobody reads on in another's list, guesses keys, or learns from a key the time of
// what was passed over. It stays valid while rows come and go.
// THREAD: any.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.hpp"
#include "common/base/result.hpp"
#include "common/crypto/crypto.hpp"
#include "common/http/http.hpp"
#include "common/store/store.hpp"

namespace nrm::gateway {
class Cursors {
 public:
  explicit Cursors(std::string_view secret);
  // base64url of the part of `key` behind `prefix`, sealed.
  std::string seal(const AccountId& reader, std::string_view prefix, std::string_view key) const;
  // ERRORS: bad_request (of another list or reader, changed, or made up).
  Result<std::string> open(const AccountId& reader, std::string_view prefix,
                           std::string_view cursor) const;

 private:
  crypto::SecretKey key_;
};

enum class Order { ascending, descending };

struct Page {
  std::vector<std::pair<std::string, std::string>> rows;
  std::string next;  // cursor; empty: this was the last page
};

// Who asks for a page, and how.
struct Reader {
  const http::Request& request;
  AccountId account;
};

// One page of the rows under `prefix`, by the request's `cursor` and `limit`. `take` says which
// rows are there for this reader (all without it); at most gateway_rows_per_page_max are looked at.
// A next page is promised for what the reader may see, never for what it may not.
// ERRORS: bad_request (cursor), out_of_range (limit), of the store.
Result<Page> read_page(const Store& store, const Cursors& cursors, const Reader& reader,
                       std::string_view prefix, Order order, const Store::Take& take = {});

// {"items":[…],"next":"…"} and its Link field (RFC 8288). `items` are JSON texts.
http::Response page_response(const http::Request& request, const std::vector<std::string>& items,
                             std::string_view next, std::string_view position = {});
}  // namespace nrm::gateway
