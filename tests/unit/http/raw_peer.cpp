#include "tests/unit/http/raw_peer.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "common/http/certificate.hpp"

namespace nrm::http::test {
struct RawPeer::Session {
  SSL_CTX* context = nullptr;
  SSL* tls = nullptr;
  ~Session() {
    SSL_free(tls);
    SSL_CTX_free(context);
  }
};

RawPeer::RawPeer(std::uint16_t port, const std::string& authority_file, bool tls_1_2,
                 const std::string& from, int receive_buffer_bytes)
    : session_(std::make_unique<Session>()) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes with write(2)
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{std::chrono::seconds(generous).count(), 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const int on = 1;  // else each handshake waits for a delayed acknowledgement
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer_bytes > 0)
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  inet_pton(AF_INET, from.c_str(), &to.sin_addr);
  EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  to.sin_port = htons(port);
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  if (!connected_ || authority_file.empty()) return;
  session_->context = SSL_CTX_new(TLS_client_method());
  if (tls_1_2) SSL_CTX_set_max_proto_version(session_->context, TLS1_2_VERSION);
  SSL_CTX_load_verify_file(session_->context, authority_file.c_str());
  SSL_CTX_set_verify(session_->context, SSL_VERIFY_PEER, nullptr);
  session_->tls = SSL_new(session_->context);
  SSL_set_fd(session_->tls, socket_);
  connected_ = SSL_connect(session_->tls) == 1;
}

RawPeer::~RawPeer() {
  session_.reset();
  close(socket_);
}

bool RawPeer::send(std::string_view bytes) {
  // A refused peer may be hung up on while it still sends: what it then reads is what counts.
  while (!bytes.empty()) {
    const auto sent = session_->tls != nullptr
                          ? SSL_write(session_->tls, bytes.data(), static_cast<int>(bytes.size()))
                          : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawPeer::read_some() {
  char bytes[4096];
  errno = 0;
  const auto count = session_->tls != nullptr ? SSL_read(session_->tls, bytes, sizeof bytes)
                                              : recv(socket_, bytes, sizeof bytes, 0);
  if (count > 0) {
    kept_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    ADD_FAILURE() << "the server neither answered nor closed";
  ended_ = true;
  return false;
}

std::string RawPeer::read_until(std::string_view end) {
  while (kept_.find(end) == std::string::npos)
    if (!read_some()) return std::exchange(kept_, {});
  const auto length = kept_.find(end) + end.size();
  std::string taken = kept_.substr(0, length);
  kept_.erase(0, length);
  return taken;
}

std::string RawPeer::read_response() {
  std::string response = read_until("\r\n\r\n");
  const std::string_view name = "Content-Length: ";
  const auto at = response.find(name);
  if (at == std::string::npos) return response;
  const std::size_t length = std::strtoul(response.c_str() + at + name.size(), nullptr, 10);
  while (kept_.size() < length)
    if (!read_some()) break;
  const auto body = std::min(length, kept_.size());
  response += kept_.substr(0, body);
  kept_.erase(0, body);
  return response;
}

std::string RawPeer::read_all() {
  while (read_some()) {
  }
  return std::exchange(kept_, {});
}

int status_of(std::string_view response) {
  if (!response.starts_with("HTTP/1.1 ")) return 0;
  return std::atoi(std::string(response.substr(9, 3)).c_str());
}

const std::string& certificate_folder() {
  struct Folder {
    std::string path;
    Folder() {
      std::string pattern = std::filesystem::temp_directory_path() / "nrm-http-XXXXXX";
      path = mkdtemp(pattern.data());
      EXPECT_TRUE(make_development_certificate(path).has_value());
    }
    ~Folder() { std::filesystem::remove_all(path); }
  };
  static const Folder folder;
  return folder.path;
}
}  // namespace nrm::http::test
