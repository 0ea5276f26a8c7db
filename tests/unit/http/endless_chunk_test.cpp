// A server that the client calls, and that never ends the line before a chunk.
#include <gtest/gtest.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <thread>

#include "tests/unit/http/server_fixture.hpp"

namespace nrm::http::test {
namespace {
namespace asio = boost::asio;

TEST(Client, HangsUpOnALineThatNeverEnds) {
  constexpr std::size_t endless = 64 * 1024 * 1024;
  asio::io_context loop;
  asio::ssl::context tls(asio::ssl::context::tlsv13_server);
  tls.use_certificate_chain_file(certificate_folder() + "/server.pem");
  tls.use_private_key_file(certificate_folder() + "/server-key.pem", asio::ssl::context::pem);
  asio::ip::tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  std::size_t taken = 0;
  std::thread server([&] {
    asio::ssl::stream<asio::ip::tcp::socket> peer(acceptor.accept(), tls);
    boost::system::error_code fault;
    peer.handshake(asio::ssl::stream_base::server, fault);
    char request[4096];
    peer.read_some(asio::buffer(request), fault);
    asio::write(
        peer, asio::buffer(std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")),
        fault);
    const std::string line(16 * 1024, 'a');
    while (!fault && taken < endless) taken += asio::write(peer, asio::buffer(line), fault);
  });
  const auto client = connect({.port = acceptor.local_endpoint().port(),
                               .authority_file = authority(),
                               .connections = 1,
                               .deadline = generous});
  ASSERT_TRUE(client);
  EXPECT_FALSE((*client)->call({.target = "/"}));
  server.join();
  EXPECT_LT(taken, endless) << "the client kept all of it";
}
}  // namespace
}  // namespace nrm::http::test
