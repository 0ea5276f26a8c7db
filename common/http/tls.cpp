#include "common/http/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <memory>

namespace nrm::http {
namespace {
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

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
}  // namespace

Result<SSL_CTX*> server_tls(const std::string& certificate_file, const std::string& key_file) {
  struct stat file {};
  if (stat(key_file.c_str(), &file) != 0) return failed("no key file", key_file);
  if ((file.st_mode & 077) != 0) return failed("others may read the key file", key_file);
  Context context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (!context) return failed("OpenSSL did not start");
  NRM_TRY(restrict(context.get()));
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1)
    return failed("not a certificate", certificate_file);
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return failed("not the key of the certificate", key_file);
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return failed("not the key of the certificate", key_file);
  return context.release();
}

Result<SSL_CTX*> client_tls(const std::string& authority_file) {
  Context context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!context) return failed("OpenSSL did not start");
  NRM_TRY(restrict(context.get()));
  if (SSL_CTX_load_verify_file(context.get(), authority_file.c_str()) != 1)
    return failed("not the certificate of an authority", authority_file);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context.release();
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
