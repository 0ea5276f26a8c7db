// TLS settings of both sides: version 1.3 only, no session tickets, no early data.
//
// OWNERSHIP: the caller frees the context (asio::ssl::context takes it over).
#pragma once
#include <string>

#include "common/base/result.hpp"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // OpenSSL's SSL

namespace nrm::http {
// ERRORS: io_failed: a file that cannot be read, a key of another certificate, a key file that
// others than its owner may read.
Result<ssl_ctx_st*> server_tls(const std::string& certificate_file, const std::string& key_file);
// ERRORS: io_failed.
Result<ssl_ctx_st*> client_tls(const std::string& authority_file);
// The peer must prove to be `host`, a name or an IP address. REQUIRES: before the handshake.
Result<void> expect_host(ssl_st* session, const std::string& host);
}  // namespace nrm::http
