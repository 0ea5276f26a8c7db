// A bare HTTPS server of the same library (Boost.Beast on Asio, TLS 1.3, one thread): reads the
// whole request and answers every POST with a canned 201 of the size that ours has. It parses no
// JSON, asks for no token, stores nothing.
//
// usage: bench-tls-echo PORT CERTIFICATE KEY ANSWER-BYTES      runs until SIGTERM
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Stream = beast::ssl_stream<beast::tcp_stream>;

namespace {
asio::awaitable<void> talk(tcp::socket socket, asio::ssl::context& tls, const std::string& body) {
  try {
    socket.set_option(tcp::no_delay(true));
    Stream stream(beast::tcp_stream(std::move(socket)), tls);
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
    beast::flat_buffer buffer;
    for (bool keep = true; keep;) {
      beast::get_lowest_layer(stream).expires_after(std::chrono::seconds(30));
      http::request<http::string_body> request;
      co_await http::async_read(stream, buffer, request, asio::use_awaitable);
      http::response<http::string_body> answer(http::status::created, 11);
      answer.set(http::field::content_type, "application/json");
      answer.body() = body;
      keep = request.keep_alive();
      answer.keep_alive(keep);
      answer.prepare_payload();
      co_await http::async_write(stream, answer, asio::use_awaitable);
    }
  } catch (const std::exception&) {
    // The other side went: that is how a connection ends.
  }
}

asio::awaitable<void> listen(tcp::acceptor acceptor, asio::ssl::context& tls, std::string body) {
  for (;;)
    asio::co_spawn(acceptor.get_executor(),
                   talk(co_await acceptor.async_accept(asio::use_awaitable), tls, body),
                   asio::detached);
}
}  // namespace

int main(int count, char** arguments) {
  if (count != 5)
    return std::fprintf(stderr, "usage: bench-tls-echo PORT CERTIFICATE KEY ANSWER-BYTES\n"), 64;
  asio::io_context io(1);
  asio::ssl::context tls(asio::ssl::context::tls_server);
  tls.set_options(asio::ssl::context::no_tlsv1_2 | asio::ssl::context::default_workarounds);
  tls.use_certificate_chain_file(arguments[2]);
  tls.use_private_key_file(arguments[3], asio::ssl::context::pem);
  const std::string body =
      "{\"case\":\"" + std::string(static_cast<std::size_t>(std::atoi(arguments[4])), 'x') + "\"}";
  asio::signal_set stop(io, SIGTERM, SIGINT);
  stop.async_wait([&](auto, int) { io.stop(); });
  const tcp::endpoint place{asio::ip::make_address("127.0.0.1"),
                            static_cast<std::uint16_t>(std::atoi(arguments[1]))};
  asio::co_spawn(io, listen(tcp::acceptor(io, place), tls, body), asio::detached);
  io.run();
}
