// An identity provider on loopback whose keys the test holds, so that it can make every token that
// a thief could dream of; and an installation that trusts it.
#pragma once
#include <atomic>
#include <ctime>
#include <memory>
#include <mutex>
#include <string>

#include "common/http/http.hpp"
#include "tests/e2e/installation.hpp"
#include "tests/support/forge.hpp"

namespace nrm::test {
class Issuer {
 public:
  explicit Issuer(std::string folder);  // for its certificate; made
  const std::string& url() const { return url_; }
  std::string authority_file() const { return folder_ + "/ca.pem"; }
  void publish(std::string keys);  // the JSON Web Keys, with commas between
  int requests() const { return requests_; }

 private:
  const std::string folder_;
  std::mutex mutex_;
  std::string keys_;
  std::string url_;
  std::atomic<int> requests_{0};
  std::unique_ptr<http::Server> server_;
};

// The claims of a good token of `issuer`, as text; with members replaced, removed (value "") or
// added by `change`.
struct Claims {
  explicit Claims(const std::string& issuer);
  Claims& set(const std::string& member, const std::string& json);
  std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> members_;
};

// Writes identity.json: claim "org" "authority" is the competent authority's organisation; groups
// "deciders" and "auditors" are roles.
void trust(const Installation& at, const std::string& issuer, const std::string& authority_file,
           int refetch_seconds);

http::ClientOptions client_of(const Installation& at);
http::Answer get(http::Client& client, const std::string& target, const std::string& token);
}  // namespace nrm::test
