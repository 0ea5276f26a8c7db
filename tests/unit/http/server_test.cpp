#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/unit/http/attacks.hpp"
#include "tests/unit/http/server_fixture.hpp"

namespace nrm::http::test {
namespace {
class Serving : public testing::TestWithParam<Wiring> {
 protected:
  ServerOptions options() const { return options_of(GetParam()); }
  RawPeer peer(const Server& server) const { return peer_of(server, GetParam()); }
};

TEST_P(Serving, KeepsAConnectionForManyRequests) {
  const auto server = started(options(), echo);
  RawPeer client = peer(*server);
  for (int i = 0; i < 100; ++i) {
    const std::string body = repeat("x", i);
    client.send(post("Content-Length: " + std::to_string(i) + "\r\n", body));
    EXPECT_TRUE(client.read_response().ends_with("\r\n\r\nPOST /v1/x " + body));
  }
}

TEST_P(Serving, AnswersRequestsThatCameTogetherInOrder) {
  const auto server = started(options(), echo);
  RawPeer client = peer(*server);
  client.send(get("/1") + post("Content-Length: 2\r\n", "ab") + get("/3"));
  EXPECT_TRUE(client.read_response().ends_with("GET /1 "));
  EXPECT_TRUE(client.read_response().ends_with("POST /v1/x ab"));
  EXPECT_TRUE(client.read_response().ends_with("GET /3 "));
}

TEST_P(Serving, TakesARequestByteByByte) {
  const auto server = started(options(), echo);
  RawPeer client = peer(*server);
  for (const char c : post("Content-Length: 3\r\n", "abc")) client.send({&c, 1});
  EXPECT_TRUE(client.read_response().ends_with("POST /v1/x abc"));
}

TEST_P(Serving, TakesTheLargestBodyAndNoLarger) {
  auto with = options();
  with.body_bytes_max = 40'000;
  const auto server = started(with, echo);
  RawPeer client = peer(*server);
  client.send(post("Content-Length: 40000\r\n", std::string(40'000, 'x')));
  EXPECT_TRUE(client.read_response().ends_with(std::string(40'000, 'x')));
  // The refusal arrives although the client is still sending.
  client.send(post("Content-Length: 200000\r\n", std::string(200'000, 'x')));
  EXPECT_EQ(status_of(client.read_all()), 413);
}

TEST_P(Serving, AnswersLargeBodies) {
  const std::string large(3'000'000, 'x');
  const auto server =
      started(options(), [&](const Request&, const Reply& reply) { reply({.body = large}); });
  RawPeer client = peer(*server);
  client.send(get("/"));
  EXPECT_TRUE(client.read_response().ends_with(large));
}

TEST_P(Serving, ClosesWhenTheClientAsks) {
  const auto server = started(options(), echo);
  RawPeer client = peer(*server);
  client.send(post("Connection: close\r\n"));
  const std::string said = client.read_all();
  EXPECT_EQ(status_of(said), 200);
  EXPECT_NE(said.find("Connection: close\r\n"), std::string::npos);
}

TEST_P(Serving, AnswersHeadWithoutABody) {
  const auto server = started(options(), echo);
  RawPeer client = peer(*server);
  client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"));
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 8\r\n"), std::string::npos);
  EXPECT_TRUE(client.read_response().ends_with("GET /next "));
}

TEST_P(Serving, EndsASlowHead) {
  auto with = options();
  with.header_deadline = 50ms;
  const auto server = started(with, echo);
  RawPeer client = peer(*server);
  client.send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(status_of(client.read_all()), 408);
}

// The deadline is for the whole body: a byte now and then does not move it.
TEST_P(Serving, EndsATricklingBody) {
  auto with = options();
  with.body_deadline = 100ms;
  const auto server = started(with, echo);
  RawPeer client = peer(*server);
  client.send(post("Content-Length: 40000\r\n"));
  std::atomic<bool> ended = false;
  std::thread trickle([&] {
    for (int i = 0; i < 1'000 && !ended; ++i) {
      client.send("x");
      std::this_thread::sleep_for(10ms);
    }
  });
  if (GetParam() == Wiring::tls) {  // one OpenSSL session, one thread
    ended = true;
    trickle.join();
    EXPECT_EQ(status_of(client.read_all()), 408);
  } else {
    EXPECT_EQ(status_of(client.read_all()), 408);
    ended = true;
    trickle.join();
  }
}

TEST_P(Serving, EndsAnIdleConnectionWithoutAWord) {
  auto with = options();
  with.idle_deadline = 50ms;
  const auto server = started(with, echo);
  RawPeer client = peer(*server);
  EXPECT_EQ(client.read_all(), "");
  EXPECT_TRUE(client.ended());
}

TEST_P(Serving, RepliesMayComeFromAnyThreadInAnyOrder) {
  std::mutex mutex;
  std::vector<std::pair<std::string, Reply>> open;
  const auto server = started(options(), [&](const Request& request, Reply reply) {
    const std::lock_guard lock(mutex);
    open.emplace_back(request.path, std::move(reply));
    if (open.size() < 20) return;
    std::thread([all = std::move(open)] {  // in reverse
      for (auto at = all.rbegin(); at != all.rend(); ++at) at->second({.body = at->first});
    })
        .detach();
  });
  std::vector<std::unique_ptr<RawPeer>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(
        std::make_unique<RawPeer>(server->port(), GetParam() == Wiring::tls ? authority() : ""));
    clients.back()->send(get("/" + std::to_string(i)));
  }
  for (int i = 0; i < 20; ++i)
    EXPECT_TRUE(clients[i]->read_response().ends_with("\r\n\r\n/" + std::to_string(i)));
}

TEST_P(Serving, ALateReplyIsDropped) {
  auto with = options();
  with.reply_deadline = 50ms;
  Told<Reply> kept;
  const auto server = started(with, [&](Request request, Reply reply) {
    if (request.path == "/never") return kept.say(std::move(reply));
    echo(std::move(request), reply);
  });
  RawPeer client = peer(*server);
  client.send(get("/never"));
  const std::string said = client.read_response();
  EXPECT_EQ(status_of(said), 503);
  EXPECT_NE(said.find("Retry-After: 1\r\n"), std::string::npos);
  const Reply late = kept.wait_for(1).front();
  late({.body = "late"});
  late({.body = "late again"});
  for (int i = 0; i < 3; ++i) {
    client.send(get("/" + std::to_string(i)));
    EXPECT_TRUE(client.read_response().ends_with("GET /" + std::to_string(i) + " "));
  }
}

TEST_P(Serving, ASecondReplyIsDropped) {
  const auto server = started(options(), [](const Request& request, const Reply& reply) {
    reply({.body = request.path});
    reply({.body = "second"});
  });
  RawPeer client = peer(*server);
  for (const char* path : {"/1", "/2"}) {
    client.send(get(path));
    EXPECT_TRUE(client.read_response().ends_with(path));
  }
}

TEST_P(Serving, AReplyMayOutliveTheServer) {
  Told<Reply> kept;
  auto server =
      started(options(), [&](const Request&, Reply reply) { kept.say(std::move(reply)); });
  RawPeer client = peer(*server);
  client.send(get("/"));
  const Reply late = kept.wait_for(1).front();
  server.reset();
  late({.body = "to nobody"});
  EXPECT_EQ(client.read_all(), "");
}

TEST_P(Serving, AHandlerThatThrowsIsAnError) {
  const auto server = started(options(), [](const Request& request, const Reply& reply) {
    if (request.path == "/std") throw std::runtime_error("secret");
    if (request.path == "/int") throw 7;
    echo(request, reply);
  });
  RawPeer client = peer(*server);
  for (const char* path : {"/std", "/int"}) {
    client.send(get(path));
    const std::string said = client.read_response();
    EXPECT_EQ(status_of(said), 500);
    EXPECT_EQ(said.find("secret"), std::string::npos);
  }
  client.send(get("/good"));
  EXPECT_EQ(status_of(client.read_response()), 200);
}

TEST_P(Serving, RefusesConnectionsBeyondTheCap) {
  auto with = options();
  with.connections_max = 2;
  Told<Reply> kept;
  const auto server = started(with, [&](Request request, Reply reply) {
    if (request.path == "/kept") return kept.say(std::move(reply));
    echo(std::move(request), reply);
  });
  auto first =
      std::make_unique<RawPeer>(server->port(), GetParam() == Wiring::tls ? authority() : "");
  RawPeer second = peer(*server);
  for (RawPeer* client : {first.get(), &second}) client->send(get("/kept"));
  const auto replies = kept.wait_for(2);  // both are being served: nobody gives way
  RawPeer third = peer(*server);
  third.send(get("/"));
  EXPECT_EQ(third.read_all(), "");
  for (const Reply& reply : replies) reply({.body = "done"});
  EXPECT_EQ(status_of(first->read_response()), 200);
  EXPECT_EQ(status_of(second.read_response()), 200);
  first.reset();
  // The place of the first is free as soon as the server has seen it go.
  const auto until = std::chrono::steady_clock::now() + generous;
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < until) {
    RawPeer fourth = peer(*server);
    fourth.send(post("Connection: close\r\n"));
    status = status_of(fourth.read_all());
  }
  EXPECT_EQ(status, 200);
}

TEST_P(Serving, StopsAfterTheRunningRequests) {
  Told<Reply> kept;
  auto server =
      started(options(), [&](const Request&, Reply reply) { kept.say(std::move(reply)); });
  RawPeer busy = peer(*server), idle = peer(*server);
  busy.send(get("/"));
  const Reply reply = kept.wait_for(1).front();
  std::thread stopper([&] { server->stop(generous); });
  EXPECT_EQ(idle.read_all(), "");  // idle ones end at once: so the stop has begun
  reply({.body = "done"});
  const std::string said = busy.read_all();
  EXPECT_TRUE(said.ends_with("done"));
  EXPECT_NE(said.find("Connection: close\r\n"), std::string::npos);
  stopper.join();
  RawPeer nobody = peer(*server);
  EXPECT_FALSE(nobody.connected());
}

TEST_P(Serving, StopsAtTheEndOfGrace) {
  Told<int> handled;
  const auto server = started(options(), [&](const Request&, const Reply&) { handled.say(1); });
  RawPeer client = peer(*server);
  client.send(get("/"));
  handled.wait_for(1);
  server->stop(50ms);
  EXPECT_EQ(client.read_all(), "");
}

// --- event streams ------------------------------------------------------------------------------

TEST_P(Serving, StreamsEventsAndPings) {
  auto with = options();
  with.stream_poll = 5ms;
  with.stream_ping = 50ms;
  const auto server = started(with, [](const Request& request, const Reply& reply) {
    Response response;
    const int start = std::atoi(std::string(request.header("last-event-id")).c_str());
    response.stream = [next = start]() mutable -> std::string {
      if (next == 5) return "";
      return event_text(std::to_string(++next), "line\nnext");
    };
    reply(std::move(response));
  });
  RawPeer client = peer(*server);
  client.send("GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 2\r\n\r\n");
  EXPECT_NE(client.read_until("\r\n\r\n").find("text/event-stream"), std::string::npos);
  for (int id = 3; id <= 5; ++id)
    EXPECT_EQ(client.read_until("\n\n"),
              "id: " + std::to_string(id) + "\ndata: line\ndata: next\n\n");
  EXPECT_EQ(client.read_until("\n\n"), ": ping\n\n");
  EXPECT_EQ(client.read_until("\n\n"), ": ping\n\n");
  server->stop(generous);  // ends streams at once
  client.read_all();
}

TEST_P(Serving, AStreamThatTheHandlerEndsArrivesWholeAndIsClosed) {
  auto with = options();
  with.stream_poll = 5ms;
  const auto server = started(with, [](const Request&, const Reply& reply) {
    Response response;
    response.stream = [left = 2]() mutable -> std::optional<std::string> {
      if (left == 0) return std::nullopt;
      return event_text(std::to_string(left--), "data");
    };
    reply(std::move(response));
  });
  RawPeer client = peer(*server);
  client.send(get("/"));
  EXPECT_NE(client.read_until("\r\n\r\n").find("text/event-stream"), std::string::npos);
  EXPECT_EQ(client.read_all(), "id: 2\ndata: data\n\nid: 1\ndata: data\n\n");
}

// Nothing is asked of the handler while the client does not read: memory stays bounded.
TEST_P(Serving, ASlowClientHoldsItsStreamBack) {
  auto with = options();
  with.stream_poll = 1ms;
  with.reply_deadline = 300ms;
  std::atomic<int> asked = 0;
  Told<int> gone;
  const auto server = started(with, [&](const Request&, const Reply& reply) {
    Response response;
    const std::shared_ptr<int> alive(new int, [&](int* p) {
      delete p;
      gone.say(1);
    });
    response.stream = [&asked, alive, piece = std::string(1'000'000, 'x')] {
      ++asked;
      return piece;
    };
    reply(std::move(response));
  });
  RawPeer client = peer(*server);
  client.send(get("/"));
  gone.wait_for(1);  // the write that never ends reaches its deadline
  EXPECT_LT(asked, 100);
}

TEST_P(Serving, ForgetsAStreamWhoseClientWent) {
  Told<int> gone;
  const auto server = started(options(), [&](const Request&, const Reply& reply) {
    Response response;
    const std::shared_ptr<int> alive(new int, [&](int* p) {
      delete p;
      gone.say(1);
    });
    response.stream = [alive] { return std::string(); };
    reply(std::move(response));
  });
  {
    RawPeer client = peer(*server);
    client.send(get("/"));
    client.read_until("\r\n\r\n");
  }
  gone.wait_for(1);
}

TEST_P(Serving, AStreamThatThrowsEnds) {
  const auto server = started(options(), [](const Request&, const Reply& reply) {
    Response response;
    response.stream = []() -> std::string { throw std::runtime_error("x"); };
    reply(std::move(response));
  });
  RawPeer client = peer(*server);
  client.send(get("/"));
  EXPECT_EQ(status_of(client.read_all()), 200);
}

INSTANTIATE_TEST_SUITE_P(Http, Serving, testing::Values(Wiring::plain, Wiring::tls),
                         [](const auto& each) { return name_of(each.param); });

// --- starting -----------------------------------------------------------------------------------

TEST(Starting, TellsWhyItCannot) {
  const auto server = started({}, echo);
  const auto taken = serve({.port = server->port()}, echo);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::io_failed);
  EXPECT_FALSE(serve({.address = "nowhere"}, echo));
  auto options = options_of(Wiring::tls);
  options.certificate_file = authority();  // not the certificate of this key
  EXPECT_FALSE(serve(options, echo));
  options.key_file = "/nonexistent";
  EXPECT_FALSE(serve(options, echo));
}

TEST(Tls, VersionOneTwoIsRefused) {
  const auto server = started(options_of(Wiring::tls), echo);
  EXPECT_FALSE(RawPeer(server->port(), authority(), true).connected());
  EXPECT_TRUE(RawPeer(server->port(), authority()).connected());
}

TEST(Tls, AHandshakeHasADeadline) {
  auto options = options_of(Wiring::tls);
  options.handshake_deadline = 50ms;
  const auto server = started(options, echo);
  RawPeer silent(server->port());
  EXPECT_EQ(silent.read_all(), "");
  RawPeer plain(server->port());
  plain.send(get("/"));
  EXPECT_EQ(status_of(plain.read_all()), 0);
}

// Without descriptors accepting fails; the server waits, and goes on when there are some again.
TEST(Accepting, OutlivesAShortageOfDescriptors) {
  const auto server = started(options_of(Wiring::plain), echo);
  OneDescriptorLeft shortage;
  RawPeer waiting(server->port());  // takes the last one; the server's side of it gets none
  ASSERT_TRUE(waiting.connected());
  waiting.send(get("/"));
  std::this_thread::sleep_for(50ms);  // lets it fail now; what follows holds either way
  shortage.end();
  EXPECT_EQ(status_of(waiting.read_response()), 200);
}
}  // namespace
}  // namespace nrm::http::test
