#include "common/http/wire.hpp"

#include <openssl/ssl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstring>
#include <optional>

#include "common/base/check.hpp"

namespace nrm::http {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
// The concrete executor: any_io_executor would cost a virtual call and an allocation each time.
using Tcp = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;
// What a refused client may still have under way: a body at its limit, several times over.
constexpr std::size_t drain_bytes_max = 256 * 1024;
}  // namespace

struct Wire::Socket {
  explicit Socket(asio::io_context& loop) : tcp(loop) {}
  Tcp tcp;
  std::optional<asio::ssl::stream<Tcp&>> tls;
  std::array<char, 4096> scratch;  // what is read to be forgotten
};

Wire::Wire(asio::io_context& loop, SSL_CTX* tls) : socket_(std::make_unique<Socket>(loop)) {
  if (tls == nullptr) return;
  SSL* session = SSL_new(tls);
  CHECK(session != nullptr, "memory for a TLS session");
  socket_->tls.emplace(socket_->tcp, session);
}

Wire::~Wire() = default;

SSL* Wire::session() const { return socket_->tls ? socket_->tls->native_handle() : nullptr; }

bool Wire::adopt(int accepted_socket) {
  error_code fault;  // v4 or v6 makes no difference to a socket that is connected
  socket_->tcp.assign(tcp::v4(), accepted_socket, fault);
  if (fault) ::close(accepted_socket);
  if (!fault) socket_->tcp.set_option(tcp::no_delay(true), fault);
  return !fault;
}

std::string Wire::peer_address() const {
  error_code fault;
  const auto peer = socket_->tcp.remote_endpoint(fault);
  return fault ? std::string() : peer.address().to_string();
}

void Wire::connect(const Address& to) {
  error_code ignored;
  socket_->tcp.close(ignored);  // of an address that did not answer
  tcp::endpoint endpoint;
  endpoint.resize(to.size);
  std::memcpy(endpoint.data(), &to.bytes, to.size);
  socket_->tcp.async_connect(endpoint, [self = shared_from_this()](error_code fault) {
    if (self->closed_) return;
    if (!fault) self->socket_->tcp.set_option(tcp::no_delay(true), fault);
    self->on_connected(!fault);
  });
}

void Wire::handshake(bool as_server) {
  const auto role = as_server ? asio::ssl::stream_base::server : asio::ssl::stream_base::client;
  socket_->tls->async_handshake(role, [self = shared_from_this()](error_code fault) {
    if (!self->closed_) self->on_handshake(!fault);
  });
}

void Wire::read(char* into, std::size_t room) {
  CHECK(!reading_ && room > 0, "one read at a time");
  reading_ = true;
  auto done = [self = shared_from_this()](error_code fault, std::size_t bytes) {
    self->reading_ = false;
    if (!self->closed_) self->on_read(fault ? 0 : bytes, fault == asio::error::eof);
  };
  if (socket_->tls)
    socket_->tls->async_read_some(asio::buffer(into, room), std::move(done));
  else
    socket_->tcp.async_read_some(asio::buffer(into, room), std::move(done));
}

void Wire::write(std::string_view all) {
  CHECK(!writing_ && !all.empty(), "one write at a time");
  writing_ = true;
  unwritten_ = all;
  write_more();
}

void Wire::write_more() {
  auto done = [self = shared_from_this()](error_code fault, std::size_t bytes) {
    self->unwritten_.remove_prefix(bytes);
    const bool more = !fault && !self->closed_ && !self->unwritten_.empty();
    if (more) return self->write_more();
    self->writing_ = false;
    if (!self->closed_) self->on_written(!fault);
  };
  const auto bytes = asio::buffer(unwritten_.data(), unwritten_.size());
  if (socket_->tls)
    socket_->tls->async_write_some(bytes, std::move(done));
  else
    socket_->tcp.async_write_some(bytes, std::move(done));
}

void Wire::cancel_read() {
  error_code ignored;
  socket_->tcp.cancel(ignored);
}

void Wire::shut() {
  CHECK(!reading_ && !writing_, "nothing is pending at the end");
  drained_ = 0;
  const auto hang_up = [](const std::shared_ptr<Wire>& self) {
    error_code ignored;
    self->socket_->tcp.shutdown(tcp::socket::shutdown_send, ignored);
    self->drain();
  };
  if (!socket_->tls) return hang_up(shared_from_this());
  socket_->tls->async_shutdown([hang_up, self = shared_from_this()](error_code) {
    if (!self->closed_) hang_up(self);
  });
}

void Wire::drain() {
  socket_->tcp.async_read_some(asio::buffer(socket_->scratch),
                               [self = shared_from_this()](error_code fault, std::size_t n) {
                                 if (self->closed_) return;
                                 self->drained_ += n;
                                 if (fault || self->drained_ > drain_bytes_max)
                                   return self->on_shut();
                                 self->drain();
                               });
}

void Wire::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;
  socket_->tcp.close(ignored);
}
}  // namespace nrm::http
