// A peer that sends bytes as they are, over TCP or TLS: what no HTTP client would send.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nrm::http::test {
using namespace std::chrono_literals;

// Far longer than anything takes: a test that reaches it has failed, not a slow machine.
inline constexpr auto generous = 20s;

class RawPeer {
 public:
  // `authority_file` empty: plain TCP. `tls_1_2`: offers nothing newer.
  // `from`: the address that it calls from, any of 127.0.0.0/8. `receive_buffer_bytes`: 0 for the
  // system's own choice.
  explicit RawPeer(std::uint16_t port, const std::string& authority_file = {}, bool tls_1_2 = false,
                   const std::string& from = "127.0.0.1", int receive_buffer_bytes = 0);
  ~RawPeer();

  bool connected() const { return connected_; }  // with its handshake
  bool send(std::string_view bytes);             // false: it was hung up on
  // Reads until `end` is in it, or the connection ends. What comes after `end` is kept.
  std::string read_until(std::string_view end);
  std::string read_response();  // head, and the body that Content-Length announces
  std::string read_all();       // until the server closes; fails the test when it does not
  bool ended() const { return ended_; }

 private:
  struct Session;
  bool read_some();

  std::unique_ptr<Session> session_;
  int socket_ = -1;
  bool connected_ = false, ended_ = false;
  std::string kept_;
};

int status_of(std::string_view response);  // 0 when it is none

// A certificate made once per test program.
const std::string& certificate_folder();
}  // namespace nrm::http::test
