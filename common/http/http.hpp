// HTTP/1.1 over TLS 1.3, both sides, behind plain types: Boost.Beast and Asio stay in the adapters.
//
// Server: strict framing before Beast sees a byte (reliability.md, 1.6): no chunked requests, one
// Content-Length, one Host that is ours, origin-form targets, total deadlines, connection caps.
// What breaks these rules is answered and the connection closed.
// THREAD: handlers run on the server's one thread and must not block; a Reply may be called from
// any thread, once.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/limits.hpp"
#include "common/base/result.hpp"
#include "common/base/sensitive.hpp"
#include "common/base/time.hpp"

namespace nrm::http {
using Headers = std::vector<std::pair<std::string, std::string>>;

// The client's certificate, verified against the authority of clients.
struct PeerCertificate {
  std::string thumbprint;         // SHA-256 of its DER bytes, hex
  Instant expires;                // a connection may outlive it
  std::vector<std::string> uris;  // its subject alternative names of that kind (RFC 5280, 4.2.1.6)
};

struct Request {
  std::string method;
  std::string path;  // decoded once, starts with '/', no "." or ".." or "//"; "/a/" stays
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  Headers headers;                                         // names in lower case
  std::string body;
  std::string address{};                                 // of the peer, without port
  std::shared_ptr<const PeerCertificate> certificate{};  // null: none was shown
  std::string_view header(std::string_view name) const;  // "" when absent
  std::string_view parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string content_type = "application/json";
  std::string body;
  // Server-Sent Events (WHATWG HTML, 9.2): called on the server's thread every stream_poll until
  // the client goes; returns text to send ("" = nothing now), or none to end the stream: what was
  // sent arrives, then the connection closes. The server sends ": ping" when idle.
  std::function<std::optional<std::string>()> stream;
  // Who asked is known to the handler: the connection keeps its place before strangers' ones.
  bool known_caller = false;
};
using Reply = std::function<void(Response)>;
using Handler = std::function<void(Request, Reply)>;

// One event of a stream as text; data of several lines becomes several `data:` lines.
std::string event_text(std::string_view id, std::string_view data);

// RFC 9457 problem of an error: type "https://nrm.example/problems/<code>", JSON pointers in
// `errors`. Several errors: the first by order of Code decides the status. Of our own faults (500)
// only the code goes out: what failed where is nobody's business outside.
Response problem(const Error& error);
Response problem(const std::vector<Error>& errors);

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                  // 0 = any free one
  std::string certificate_file, key_file;  // PEM; empty: plain HTTP (tests of framing only)
  // Names that requests may ask for, without port, in lower case (RFC 9110, 7.4).
  std::vector<std::string> hosts{"localhost", "127.0.0.1", "[::1]"};
  // Mutual TLS: PEM of the authority of clients' certificates, and its revocation list. When the
  // first file exists, clients may show a certificate; both are read anew when they change.
  std::string clients_authority_file, clients_revoked_file;
  std::size_t body_bytes_max = 48 * 1024;
  // A body has header_deadline and the time that it takes at this rate, at most body_deadline.
  std::size_t body_bytes_per_second_min = limits::http_body_bytes_per_second_min;
  std::size_t connections_max = limits::http_connections_max;
  std::size_t connections_per_address_max = limits::http_connections_per_address_max;
  std::chrono::milliseconds handshake_deadline{5'000}, header_deadline{5'000},
      body_deadline{15'000}, reply_deadline{30'000}, idle_deadline{30'000}, stream_poll{100},
      stream_ping{15'000};
};

class Server {
 public:
  virtual ~Server() = default;  // stops
  virtual std::uint16_t port() const = 0;
  // Stops to accept, lets running requests finish for `grace`, then closes.
  virtual void stop(std::chrono::milliseconds grace) = 0;
};
// Starts the server's thread. ERRORS: io_failed (port in use, bad certificate).
Result<std::unique_ptr<Server>> serve(const ServerOptions& options, Handler handler);

// A client of one origin: a pool of keep-alive connections on one thread of its own.
struct ClientOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string authority_file;  // PEM of the CA that the server's certificate must chain to
  std::string certificate_file{}, key_file{};  // PEM; what the client shows of itself, if any
  std::size_t connections = 1;
  std::chrono::milliseconds deadline{30'000};
};
struct Answer {
  int status = 0;
  Headers headers;
  std::string body;
  std::chrono::microseconds took{0};
  std::string_view header(std::string_view name) const;
};
struct Call {
  std::string method = "GET";
  std::string target;
  Headers headers;
  std::string body;
};
class Client {
 public:
  virtual ~Client() = default;
  // Waits for the answer. ERRORS: unavailable (no connection, broken), timeout.
  virtual Result<Answer> call(const Call& call) = 0;
  // Queues a call; `done` runs on the client's thread. Bounded by what the caller leaves open.
  virtual void post(Call call, std::function<void(Result<Answer>)> done) = 0;
  // Follows an event stream on a connection of its own until `take` returns false; blocks.
  // `take` gets one event: id and data.
  virtual Result<void> follow(
      const Call& call,
      const std::function<bool(std::string_view id, std::string_view data)>& take) = 0;
};
Result<std::unique_ptr<Client>> connect(const ClientOptions& options);
}  // namespace nrm::http
