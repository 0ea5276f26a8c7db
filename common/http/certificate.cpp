#include "common/http/certificate.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "common/base/descriptor.hpp"
#include "common/base/hex.hpp"
#include "common/base/owned.hpp"

namespace nrm::http {
namespace {
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owned<X509, X509_free>;
using Extension = Owned<X509_EXTENSION, X509_EXTENSION_free>;
using Memory = Owned<BIO, BIO_free_all>;
using Number = Owned<BIGNUM, BN_free>;
using RevokedList = Owned<X509_CRL, X509_CRL_free>;
using Moment = Owned<ASN1_TIME, ASN1_TIME_free>;

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
Certificate begin(const char* name, EVP_PKEY* key, X509* issuer, long lifetime = lifetime_seconds) {
  Certificate made(X509_new());
  if (!made) return nullptr;
  X509_NAME* subject = X509_get_subject_name(made.get());
  const auto* text = reinterpret_cast<const unsigned char*>(name);
  const bool good =
      X509_set_version(made.get(), X509_VERSION_3) == 1 && set_serial(made.get()) &&
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1 &&
      X509_set_issuer_name(made.get(), issuer ? X509_get_subject_name(issuer) : subject) == 1 &&
      X509_gmtime_adj(X509_getm_notBefore(made.get()), -clock_skew_seconds) &&
      X509_gmtime_adj(X509_getm_notAfter(made.get()), lifetime - clock_skew_seconds) &&
      X509_set_pubkey(made.get(), key) == 1;
  return good ? std::move(made) : nullptr;
}

Certificate make_authority(EVP_PKEY* key, const char* name = "nrm development authority") {
  Certificate made = begin(name, key, nullptr);
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

// --- clients ------------------------------------------------------------------------------------

// A list that is older than this is not believed (RFC 5280, 5.1.2.5), so it is signed anew before.
constexpr long revoked_list_seconds = 366L * 24 * 3600;

std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

Memory from_text(const std::string& text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Memory from_file(const std::string& path) { return Memory(BIO_new_file(path.c_str(), "r")); }

struct ClientsAuthority {
  Certificate certificate;
  Key key;
  RevokedList revoked;
};

bool sign_revoked(ClientsAuthority& authority) {
  const Moment now(X509_gmtime_adj(nullptr, -clock_skew_seconds)),
      next(X509_gmtime_adj(nullptr, revoked_list_seconds));
  X509_CRL* list = authority.revoked.get();
  return now && next && X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
         X509_CRL_set_issuer_name(list, X509_get_subject_name(authority.certificate.get())) == 1 &&
         X509_CRL_set1_lastUpdate(list, now.get()) == 1 &&
         X509_CRL_set1_nextUpdate(list, next.get()) == 1 && X509_CRL_sort(list) == 1 &&
         X509_CRL_sign(list, authority.key.get(), EVP_sha256()) > 0;
}

// In one step, so that the server never reads half a list.
Result<void> write_revoked(const std::string& folder, ClientsAuthority& authority) {
  const std::string path = folder + "/clients-crl.pem", fresh = path + ".new";
  const Memory text(BIO_new(BIO_s_mem()));
  if (!text || !sign_revoked(authority) ||
      PEM_write_bio_X509_CRL(text.get(), authority.revoked.get()) != 1)
    return openssl_failed();
  ::unlink(fresh.c_str());
  NRM_TRY(write_file(fresh, text.get(), 0444));
  if (::rename(fresh.c_str(), path.c_str()) != 0 || !sync_folder(folder))
    return Error(Code::io_failed, {}, "cannot replace " + path);
  return {};
}

// Two that read the list, add to it and write it would lose what the first one added.
Result<Descriptor> lock_folder(const std::string& folder) {
  Descriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0)
    return Error(Code::io_failed, {}, "cannot lock the folder " + folder);
  return lock;
}

Result<void> make_clients_authority(const std::string& folder) {
  std::error_code fault;
  if (std::filesystem::exists(folder + "/clients-ca.pem", fault)) return {};
  ::unlink((folder + "/clients-ca-key.pem").c_str());  // of a making that did not end
  ClientsAuthority made{nullptr, Key(EVP_EC_gen("P-256")), RevokedList(X509_CRL_new())};
  if (made.key) made.certificate = make_authority(made.key.get(), "nrm authority of clients");
  const Memory text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_secmem()));
  if (!made.certificate || !made.revoked || !text || !key_text ||
      PEM_write_bio_X509(text.get(), made.certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), made.key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1)
    return openssl_failed();
  NRM_TRY(write_file(folder + "/clients-ca-key.pem", key_text.get(), 0400));
  NRM_TRY(write_revoked(folder, made));
  return write_file(folder + "/clients-ca.pem", text.get(), 0444);
}

Result<ClientsAuthority> read_clients_authority(const std::string& folder) {
  const Memory certificate = from_file(folder + "/clients-ca.pem"),
               key = from_file(folder + "/clients-ca-key.pem"),
               revoked = from_file(folder + "/clients-crl.pem");
  ERR_clear_error();
  if (!certificate || !key || !revoked)
    return Error(Code::io_failed, {},
                 folder +
                     " has no clients-ca.pem, clients-ca-key.pem and clients-crl.pem; "
                     "certificates of another authority are made and revoked there");
  ClientsAuthority out{
      Certificate(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr)),
      Key(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr)),
      RevokedList(PEM_read_bio_X509_CRL(revoked.get(), nullptr, nullptr, nullptr))};
  ERR_clear_error();
  if (!out.certificate || !out.key || !out.revoked)
    return Error(Code::corrupt, {}, "a file of the clients' authority in " + folder + " is broken");
  return out;
}

Result<Certificate> read_certificate(const std::string& text) {
  Certificate out(PEM_read_bio_X509(from_text(text).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!out) return Error(Code::corrupt, {}, "this is not a certificate in PEM");
  return out;
}
}  // namespace

Result<ClientCertificate> issue_client_certificate(const std::string& folder,
                                                   const ClientCertificateForm& form) {
  if (form.uri.find_first_of(",;\n\\ ") != form.uri.npos)  // what separates names in OpenSSL's eyes
    return Error(Code::invalid_text, {}, "a name for a certificate has no comma or blank");
  NRM_TRY_ASSIGN(const Descriptor lock, lock_folder(folder));
  NRM_TRY(make_clients_authority(folder));
  NRM_TRY_ASSIGN(ClientsAuthority authority, read_clients_authority(folder));
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return openssl_failed();
  X509* issuer = authority.certificate.get();
  const Certificate made = begin("nrm client", key.get(), issuer, form.lifetime.count());
  X509* x = made.get();
  const Memory text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_secmem()));
  const bool good = made && text && key_text &&
                    add_extension(x, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(x, issuer, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(x, issuer, NID_ext_key_usage, form.usage.c_str()) &&
                    add_extension(x, issuer, NID_subject_alt_name, ("URI:" + form.uri).c_str()) &&
                    add_extension(x, issuer, NID_authority_key_identifier, "keyid:always") &&
                    X509_sign(x, authority.key.get(), EVP_sha256()) > 0 &&
                    PEM_write_bio_X509(text.get(), x) == 1 &&
                    PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0,
                                                  nullptr, nullptr) == 1;
  if (!good) return openssl_failed();
  NRM_TRY(write_revoked(folder, authority));  // signed anew: it never runs out while it is used
  return ClientCertificate{text_of(text.get()), Sensitive<std::string>(text_of(key_text.get()))};
}

Result<void> revoke_client_certificate(const std::string& folder, const std::string& certificate) {
  NRM_TRY_ASSIGN(const Descriptor lock, lock_folder(folder));
  NRM_TRY_ASSIGN(ClientsAuthority authority, read_clients_authority(folder));
  NRM_TRY_ASSIGN(const Certificate revoked, read_certificate(certificate));
  X509_REVOKED* known = nullptr;
  if (X509_CRL_get0_by_serial(authority.revoked.get(), &known,
                              X509_get_serialNumber(revoked.get())) == 1)
    return {};
  X509_REVOKED* entry = X509_REVOKED_new();
  const Moment now(X509_gmtime_adj(nullptr, 0));
  const bool good =
      entry && now && X509_REVOKED_set_revocationDate(entry, now.get()) == 1 &&
      X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked.get())) == 1 &&
      X509_CRL_add0_revoked(authority.revoked.get(), entry) == 1;
  if (!good) {
    X509_REVOKED_free(entry);
    return openssl_failed();
  }
  return write_revoked(folder, authority);
}

Result<std::string> thumbprint_of(const std::string& certificate) {
  NRM_TRY_ASSIGN(const Certificate read, read_certificate(certificate));
  unsigned char digest[32];
  unsigned int size = sizeof digest;
  if (X509_digest(read.get(), EVP_sha256(), digest, &size) != 1) return openssl_failed();
  return to_hex({reinterpret_cast<const char*>(digest), size});
}

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
