// A server's TLS settings, and those of its clients' certificates as they change on disk.
//
// INVARIANT: when the authority's file or its revocation list cannot be read, no certificate is
// accepted until both can: a list that is half written must not let in who is in it.
// THREAD: the server's, after open().
#pragma once
#include <chrono>
#include <string>

#include "common/http/http.hpp"
#include "common/http/tls.hpp"

namespace nrm::http {
class ServerTls {
 public:
  // ERRORS: io_failed, of the server's own files only.
  static Result<ServerTls> open(const ServerOptions& options);

  ssl_ctx_st* context() const { return context_.get(); }  // null: plain
  // At most once a second: has a file of the clients' certificates changed? True: connections made
  // from now on are judged by what is there now.
  bool look_at_files(std::chrono::steady_clock::time_point now);

 private:
  explicit ServerTls(const ServerOptions& options);
  // Identifies what is on disk without reading it.
  std::string seen() const;
  Result<TlsContext> load() const;

  std::string certificate_file_, key_file_, authority_file_, revoked_file_;
  TlsContext context_;
  std::string seen_;
  std::chrono::steady_clock::time_point next_look_{};
};
}  // namespace nrm::http
