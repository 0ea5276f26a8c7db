// Pages of a list. A cursor is the last key that the client has, opaque and sealed with a keyed
// digest that binds it to its list, so that a client can neither read on in another's list nor
// guess keys. It stays valid while rows come and go.
// THREAD: any.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/http/http.hpp"
#include "common/store/store.hpp"

namespace nrm::gateway {
class Cursors {
 public:
  explicit Cursors(std::string_view secret);
  // base64url of the part of `key` behind `prefix`, and its digest.
  std::string seal(std::string_view prefix, std::string_view key) const;
  // ERRORS: bad_request (of another list, changed, or made up).
  Result<std::string> open(std::string_view prefix, std::string_view cursor) const;

 private:
  std::string digest(std::string_view prefix, std::string_view rest) const;
  std::string key_;
};

enum class Order { ascending, descending };

struct Page {
  std::vector<std::pair<std::string, std::string>> rows;
  std::string next;  // cursor; empty: this was the last page
};

// One page of the rows under `prefix`, by the request's `cursor` and `limit`. `take` says which
// rows count (all without it); at most gateway_rows_per_page_max are looked at.
// ERRORS: bad_request (cursor), out_of_range (limit), of the store.
Result<Page> read_page(const Store& store, const Cursors& cursors, const http::Request& request,
                       std::string_view prefix, Order order, const Store::Take& take = {});

// {"items":[…],"next":"…"} and its Link field (RFC 8288). `items` are JSON texts.
http::Response page_response(const http::Request& request, const std::vector<std::string>& items,
                             std::string_view next, std::string_view position = {});
}  // namespace nrm::gateway
