// A certificate for development, tests and one machine: `nrm init` makes one.
#pragma once
#include <chrono>
#include <string>

#include "common/base/result.hpp"
#include "common/base/sensitive.hpp"

namespace nrm::http {
// Writes into `folder` (made when missing): ca.pem, which clients trust; server.pem, for
// 127.0.0.1, ::1 and localhost, P-256, 825 days; server-key.pem, mode 0400. The authority's key is
// forgotten: nobody can issue a second certificate under it. To renew, make all three again.
// ERRORS: already_exists (one of the files is there); io_failed.
Result<void> make_development_certificate(const std::string& folder);

// A certificate for a client, from an authority that lives in `folder` and is made by the first
// one: clients-ca.pem, clients-ca-key.pem (0400) and clients-crl.pem, which revokes nobody yet.
// For places without an authority of their own; with one, the first and the last file are its.
struct ClientCertificateForm {
  std::string uri;                                        // who it is for
  std::chrono::seconds lifetime = std::chrono::days(30);  // short: reliability.md, 1.5
  std::string usage = "clientAuth";
};
struct ClientCertificate {
  std::string certificate;     // PEM
  Sensitive<std::string> key;  // PEM, PKCS #8
};
// ERRORS: io_failed; corrupt (a file that is not what its name says).
Result<ClientCertificate> issue_client_certificate(const std::string& folder,
                                                   const ClientCertificateForm& form);
// From the next look of the server on (a second) it opens nothing. ERRORS: as above.
Result<void> revoke_client_certificate(const std::string& folder, const std::string& certificate);
// SHA-256 of the DER bytes, hex (RFC 8705, 3.1). ERRORS: corrupt.
Result<std::string> thumbprint_of(const std::string& certificate);
}  // namespace nrm::http
