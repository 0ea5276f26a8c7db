// One client of the server: request after request, each head, body, handling, answering.
//
// THREAD: the server's. OWNERSHIP: the owner's map and pending operations keep it alive.
// INVARIANT: every phase has a deadline for the whole of it, however many bytes trickle in.
#pragma once
#include <chrono>
#include <cstdint>

#include "common/http/framing.hpp"
#include "common/http/http.hpp"
#include "common/http/places.hpp"
#include "common/http/wire.hpp"

namespace nrm::http {
class Connection;

// What a connection needs of its server.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual const ServerOptions& options() const = 0;
  virtual bool is_stopping() const = 0;
  virtual void hand_over(Connection& connection, Request request) = 0;
  virtual void forget(std::uint64_t connection) = 0;
};

class Connection final : public Wire {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Connection(ConnectionOwner& owner, boost::asio::io_context& loop, ssl_ctx_st* tls,
             std::uint64_t id, const PeerAddress& from);
  ~Connection() override;  // what a client began to send may be about a person
  std::uint64_t id() const { return id_; }
  std::uint64_t turn() const { return turn_; }  // of the request that is being handled

  void start(int accepted_socket);
  // The handler's answer. One of an earlier turn comes too late and is dropped.
  void answer(std::uint64_t turn, Response response);
  void look_at(Time now);  // deadlines, and the next piece of a stream
  Seat seat(Time now) const;
  // Certificates are judged anew: who showed one has to show it again, on a new connection. What
  // is being handled is answered; nothing more is taken from here.
  void distrust();
  // The server stops: what waits for nothing ends now, what is under way ends after its answer.
  void wind_down();
  void over();  // at once

 private:
  enum class Phase : std::uint8_t {
    handshake,
    idle,  // waits for the first byte of a request
    head,
    body,
    handling,  // waits for the handler's reply
    answering,
    streaming,
    ending
  };

  void enter(Phase phase, std::chrono::milliseconds deadline);
  void wait_for_request();
  void read_more();
  void grow(std::size_t room);
  void take_bytes();
  void serve();
  void refuse(const Error& error);
  void send(Response response);
  void begin_stream();
  void poll(Time now);
  std::chrono::milliseconds body_deadline() const;
  void expire();
  void stop_reading();
  void end();
  std::size_t request_bytes() const { return framing_.head_bytes + framing_.body_bytes; }

  void on_handshake(bool good) override;
  void on_read(std::size_t bytes, bool orderly) override;
  void on_written(bool good) override;
  void on_shut() override { over(); }

  ConnectionOwner& owner_;
  const std::uint64_t id_;
  const PeerAddress from_;
  std::uint64_t turn_ = 0;
  Phase phase_ = Phase::handshake;
  bool head_only_ = false, close_after_ = false;
  bool distrusted_ = false;
  std::string address_;
  std::shared_ptr<const PeerCertificate> certificate_;
  bool expired_ = false;  // the read was cancelled: the connection ends when it comes back
  bool known_ = false;    // the caller of the last request
  Time since_{}, deadline_ = Time::max();  // of the present phase
  std::size_t room_, filled_ = 0;
  std::unique_ptr<char[]> in_;  // bytes from the first one of the present request
  Framing framing_;
  std::string out_;
  std::function<std::optional<std::string>()> stream_;
  Time next_poll_, last_sent_;
};
}  // namespace nrm::http
