// TLS settings of both sides: version 1.3 only, no session tickets, no early data.
#pragma once
#include <memory>
#include <string>

#include "common/base/result.hpp"
#include "common/http/http.hpp"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // OpenSSL's SSL

namespace nrm::http {
struct FreeTlsContext {
  void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTlsContext>;

// ERRORS: io_failed: a file that cannot be read, a key of another certificate, a key file that
// others than its owner may read.
Result<TlsContext> server_tls(const std::string& certificate_file, const std::string& key_file);
// Clients may show a certificate from now on: of this authority, for client authentication (RFC
// 5280, 4.2.1.12), in force, and not in the authority's revocation list, which must be in force
// too. A bad one ends the handshake; none is a client that says who it is in another way.
// ERRORS: io_failed: a file that cannot be read or says nothing.
Result<void> admit_certificates(ssl_ctx_st* context, const std::string& authority_file,
                                const std::string& revoked_file);
// From now on nobody is asked for a certificate.
void refuse_certificates(ssl_ctx_st* context);
// With files: what the client shows when it is asked for a certificate. ERRORS: io_failed.
Result<TlsContext> client_tls(const std::string& authority_file,
                              const std::string& certificate_file = {},
                              const std::string& key_file = {});
// Of the other side, verified by the handshake; null when it showed none.
std::shared_ptr<const PeerCertificate> peer_certificate(const ssl_st* session);
// The peer must prove to be `host`, a name or an IP address. REQUIRES: before the handshake.
Result<void> expect_host(ssl_st* session, const std::string& host);
}  // namespace nrm::http
