#include "common/http/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "common/base/hex.hpp"
#include "common/base/owned.hpp"

namespace nrm::http {
namespace {
Error failed(const char* what, const std::string& file = {}) {
  ERR_clear_error();
  return Error(Code::io_failed, {}, file.empty() ? what : what + (": " + file));
}

Result<void> restrict(SSL_CTX* context) {
  if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1)
    return failed("OpenSSL has no TLS 1.3");
  // A ticket would outlive the process's keys in a client; early data can be replayed.
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_early_data(context, 0);
  return {};
}

// What this side shows of itself.
Result<void> show(SSL_CTX* context, const std::string& certificate_file,
                  const std::string& key_file) {
  struct stat file {};
  if (stat(key_file.c_str(), &file) != 0) return failed("no key file", key_file);
  if ((file.st_mode & 077) != 0) return failed("others may read the key file", key_file);
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1)
    return failed("not a certificate", certificate_file);
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return failed("not the key of the certificate", key_file);
  if (SSL_CTX_check_private_key(context) != 1)
    return failed("not the key of the certificate", key_file);
  return {};
}
}  // namespace

void FreeTlsContext::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

Result<TlsContext> server_tls(const std::string& certificate_file, const std::string& key_file) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) return failed("OpenSSL did not start");
  NRM_TRY(restrict(context.get()));
  NRM_TRY(show(context.get(), certificate_file, key_file));
  return context;
}

Result<void> admit_certificates(SSL_CTX* context, const std::string& authority_file,
                                const std::string& revoked_file) {
  if (SSL_CTX_load_verify_file(context, authority_file.c_str()) != 1)
    return failed("not the certificate of an authority", authority_file);
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(authority_file.c_str());
  if (names == nullptr) return failed("not the certificate of an authority", authority_file);
  SSL_CTX_set_client_CA_list(context, names);  // takes it over
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  X509_LOOKUP* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
  if (lookup == nullptr || X509_load_crl_file(lookup, revoked_file.c_str(), X509_FILETYPE_PEM) < 1)
    return failed("not the revocation list of an authority", revoked_file);
  if (X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK) != 1)
    return failed("OpenSSL cannot check revocation");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return {};
}

void refuse_certificates(SSL_CTX* context) {
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
}

std::shared_ptr<const PeerCertificate> peer_certificate(const SSL* session) {
  const Owned<X509, X509_free> shown(SSL_get1_peer_certificate(session));
  if (!shown || SSL_get_verify_result(session) != X509_V_OK) return nullptr;
  unsigned char digest[32];
  unsigned int size = sizeof digest;
  if (X509_digest(shown.get(), EVP_sha256(), digest, &size) != 1) return nullptr;
  auto out = std::make_shared<PeerCertificate>();
  tm until{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(shown.get()), &until) != 1) return nullptr;
  out->expires = Instant{timegm(&until) * 1000LL};
  out->thumbprint = to_hex({reinterpret_cast<const char*>(digest), size});
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(shown.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    out->uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                           static_cast<std::size_t>(ASN1_STRING_length(uri)));
  }
  return out;
}

Result<TlsContext> client_tls(const std::string& authority_file,
                              const std::string& certificate_file, const std::string& key_file) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) return failed("OpenSSL did not start");
  NRM_TRY(restrict(context.get()));
  if (SSL_CTX_load_verify_file(context.get(), authority_file.c_str()) != 1)
    return failed("not the certificate of an authority", authority_file);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!certificate_file.empty()) NRM_TRY(show(context.get(), certificate_file, key_file));
  return context;
}

Result<void> expect_host(SSL* session, const std::string& host) {
  unsigned char address[sizeof(in6_addr)];
  const bool is_address = inet_pton(AF_INET, host.c_str(), address) == 1 ||
                          inet_pton(AF_INET6, host.c_str(), address) == 1;
  const bool set = is_address
                       ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1
                       : SSL_set1_host(session, host.c_str()) == 1 &&
                             SSL_set_tlsext_host_name(session, host.c_str()) == 1;
  if (!set) return failed("not a host name", host);
  return {};
}
}  // namespace nrm::http
