// One TCP connection, plain or TLS, and its four operations. Server and client derive from it; the
// templates of asio::ssl::stream are compiled once, in wire.cpp.
//
// THREAD: the loop's. OWNERSHIP: pending operations keep the wire alive; the bytes given to read()
// and write() must live until its on_ function is called, so they are members of the derived class.
// INVARIANT: at most one read and one write are pending; after close() no on_ function is called.
#pragma once
#include <sys/socket.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;
namespace boost::asio {
class io_context;
}

namespace nrm::http {
struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

class Wire : public std::enable_shared_from_this<Wire> {
 public:
  virtual ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

 protected:
  // Without `tls`: plain.
  Wire(boost::asio::io_context& loop, ssl_ctx_st* tls);

  bool adopt(int accepted_socket);   // server; false: the socket is unusable
  std::string peer_address() const;  // without port; "" when it is gone
  void connect(const Address& to);   // client; then on_connected
  ssl_st* session() const;           // null when plain
  void handshake(bool as_server);
  void read(char* into, std::size_t room);
  void write(std::string_view all);
  void cancel_read();  // on_read follows, without bytes
  // Says goodbye, then waits until the peer has read everything and said it too: a close with
  // unread bytes would reset the connection and take our last answer from the peer.
  // REQUIRES: nothing is pending. The derived class sets a deadline and closes.
  void shut();
  void close();
  bool is_closed() const { return closed_; }
  bool is_writing() const { return writing_; }

  virtual void on_connected(bool) {}
  virtual void on_handshake(bool good) = 0;
  // 0 bytes: the end; `orderly` when the peer said goodbye (so nothing was cut off).
  virtual void on_read(std::size_t bytes, bool orderly) = 0;
  virtual void on_written(bool good) = 0;
  virtual void on_shut() {}

 private:
  struct Socket;
  void write_more();
  void drain();

  std::unique_ptr<Socket> socket_;
  std::string_view unwritten_;
  std::size_t drained_ = 0;
  bool reading_ = false, writing_ = false, closed_ = false;
};
}  // namespace nrm::http
