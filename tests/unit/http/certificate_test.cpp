#include "common/http/certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>

#include "common/http/tls.hpp"
#include "tests/unit/http/raw_peer.hpp"

namespace nrm::http::test {
namespace {
std::shared_ptr<X509> read_certificate(const std::string& file) {
  FILE* in = std::fopen(file.c_str(), "r");
  EXPECT_NE(in, nullptr);
  X509* certificate = PEM_read_X509(in, nullptr, nullptr, nullptr);
  std::fclose(in);
  return {certificate, X509_free};
}

unsigned mode_of(const std::string& file) {
  struct stat found {};
  EXPECT_EQ(stat(file.c_str(), &found), 0);
  return found.st_mode & 0777u;
}

TEST(Certificate, IsForThisMachineAndSignedByItsAuthority) {
  const auto ca = read_certificate(certificate_folder() + "/ca.pem");
  const auto server = read_certificate(certificate_folder() + "/server.pem");
  EXPECT_EQ(X509_verify(server.get(), X509_get0_pubkey(ca.get())), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "127.0.0.2", 0), 0);
  EXPECT_EQ(X509_check_host(server.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_NE(X509_check_ca(ca.get()), 0);
  EXPECT_EQ(X509_check_ca(server.get()), 0);
  int days = 0, seconds = 0;
  ASSERT_EQ(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(server.get()),
                           X509_get0_notAfter(server.get())),
            1);
  EXPECT_EQ(days, 825);
}

TEST(Certificate, KeyIsItsOwnersAlone) {
  EXPECT_EQ(mode_of(certificate_folder() + "/server-key.pem"), 0400u);
  const std::string open = certificate_folder() + "/open-key.pem";
  std::filesystem::copy_file(certificate_folder() + "/server-key.pem", open);
  std::filesystem::permissions(open, std::filesystem::perms(0440));
  EXPECT_FALSE(server_tls(certificate_folder() + "/server.pem", open));
  std::filesystem::permissions(open, std::filesystem::perms(0400));
  EXPECT_TRUE(server_tls(certificate_folder() + "/server.pem", open));
  std::filesystem::remove(open);
}

TEST(Certificate, IsNeverOverwritten) {
  const auto again = make_development_certificate(certificate_folder());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::already_exists);
  EXPECT_FALSE(make_development_certificate("/proc/nowhere"));
}
}  // namespace
}  // namespace nrm::http::test
