#include "common/http/certificate.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>

namespace nrm::http {
namespace {
template <auto free>
struct Free {
  template <class T>
  void operator()(T* pointer) const {
    free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;

// Longer than this and Apple's clients refuse a certificate.
constexpr long lifetime_seconds = 825L * 24 * 3600;
constexpr long clock_skew_seconds = 300;

bool add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] &= 0x7f;  // a positive number
  bytes[0] |= 0x40;  // and never zero
  const Number number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

// A certificate of `name` for `key`, ready for its extensions; null when OpenSSL fails.
Certificate begin(const char* name, EVP_PKEY* key, X509* issuer) {
  Certificate made(X509_new());
  if (!made) return nullptr;
  X509_NAME* subject = X509_get_subject_name(made.get());
  const auto* text = reinterpret_cast<const unsigned char*>(name);
  const bool good =
      X509_set_version(made.get(), X509_VERSION_3) == 1 && set_serial(made.get()) &&
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1 &&
      X509_set_issuer_name(made.get(), issuer ? X509_get_subject_name(issuer) : subject) == 1 &&
      X509_gmtime_adj(X509_getm_notBefore(made.get()), -clock_skew_seconds) &&
      X509_gmtime_adj(X509_getm_notAfter(made.get()), lifetime_seconds - clock_skew_seconds) &&
      X509_set_pubkey(made.get(), key) == 1;
  return good ? std::move(made) : nullptr;
}

Certificate make_authority(EVP_PKEY* key) {
  Certificate made = begin("nrm development authority", key, nullptr);
  X509* x = made.get();
  const bool good =
      made && add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
      add_extension(x, x, NID_subject_key_identifier, "hash") && X509_sign(x, key, EVP_sha256());
  return good ? std::move(made) : nullptr;
}

Certificate make_server(EVP_PKEY* key, X509* authority, EVP_PKEY* authority_key) {
  Certificate made = begin("nrm development server", key, authority);
  X509* x = made.get();
  const bool good =
      made && add_extension(x, authority, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(x, authority, NID_key_usage, "critical,digitalSignature") &&
      add_extension(x, authority, NID_ext_key_usage, "serverAuth") &&
      add_extension(x, authority, NID_subject_alt_name, "IP:127.0.0.1,IP:::1,DNS:localhost") &&
      add_extension(x, authority, NID_subject_key_identifier, "hash") &&
      add_extension(x, authority, NID_authority_key_identifier, "keyid:always") &&
      X509_sign(x, authority_key, EVP_sha256());
  return good ? std::move(made) : nullptr;
}

Result<void> write_file(const std::string& path, BIO* text, mode_t mode) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0)
    return Error(errno == EEXIST ? Code::already_exists : Code::io_failed, {},
                 "cannot make " + path);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text, &bytes);
  const bool written = write(file, bytes, static_cast<std::size_t>(size)) == size;
  const bool synced = fsync(file) == 0;
  if (close(file) != 0 || !written || !synced)
    return Error(Code::io_failed, {}, "cannot write " + path);
  return {};
}

Error openssl_failed() {
  ERR_clear_error();
  return Error(Code::io_failed, {}, "OpenSSL could not make a certificate");
}
}  // namespace

Result<void> make_development_certificate(const std::string& folder) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) return Error(Code::io_failed, {}, "cannot make the folder " + folder);

  const Key authority_key(EVP_EC_gen("P-256")), key(EVP_EC_gen("P-256"));
  if (!authority_key || !key) return openssl_failed();
  const Certificate authority = make_authority(authority_key.get());
  if (!authority) return openssl_failed();
  const Certificate server = make_server(key.get(), authority.get(), authority_key.get());
  if (!server) return openssl_failed();

  const Memory ca_text(BIO_new(BIO_s_mem())), server_text(BIO_new(BIO_s_mem()));
  const Memory key_text(BIO_new(BIO_s_secmem()));
  if (!ca_text || !server_text || !key_text ||
      PEM_write_bio_X509(ca_text.get(), authority.get()) != 1 ||
      PEM_write_bio_X509(server_text.get(), server.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1)
    return openssl_failed();
  NRM_TRY(write_file(folder + "/server-key.pem", key_text.get(), 0400));
  NRM_TRY(write_file(folder + "/server.pem", server_text.get(), 0444));
  return write_file(folder + "/ca.pem", ca_text.get(), 0444);
}
}  // namespace nrm::http
