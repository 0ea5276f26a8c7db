#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "common/http/certificate.hpp"
#include "tests/unit/http/server_fixture.hpp"

namespace nrm::http::test {
namespace {
std::unique_ptr<Client> client_of(const Server& server, std::size_t connections = 1,
                                  std::chrono::milliseconds deadline = generous) {
  auto client = connect({.port = server.port(),
                         .authority_file = authority(),
                         .connections = connections,
                         .deadline = deadline});
  EXPECT_TRUE(client);
  return std::move(*client);
}

TEST(Client, CallsAndGetsAnswers) {
  const auto server = started(options_of(Wiring::tls), [](Request request, const Reply& reply) {
    if (request.path == "/problem") return reply(problem(Error(Code::not_found)));
    reply({.status = 201, .headers = {{"Location", "/there"}}, .body = request.body});
  });
  const auto client = client_of(*server);
  for (const std::string& body : {std::string("{}"), std::string(30'000, 'x'), std::string()}) {
    const auto answer = client->call({.method = "POST", .target = "/", .body = body});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->header("LOCATION"), "/there");
    EXPECT_EQ(answer->body, body);
    EXPECT_GT(answer->took.count(), 0);
  }
  EXPECT_EQ(client->call({.target = "/problem"})->status, 404);
  const auto head = client->call({.method = "HEAD", .target = "/"});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(client->call({.target = "bad target"}).error().code, Code::bad_request);
}

TEST(Client, ResolvesNames) {
  const auto server = started(options_of(Wiring::tls), echo);
  const auto client =
      connect({.host = "localhost", .port = server->port(), .authority_file = authority()});
  ASSERT_TRUE(client);
  EXPECT_EQ((*client)->call({.target = "/x"})->body, "GET /x ");
}

TEST(Client, UsesItsWholePoolAtOnce) {
  std::mutex mutex;
  std::vector<Reply> open;
  const auto server = started(options_of(Wiring::tls), [&](const Request&, Reply reply) {
    const std::lock_guard lock(mutex);
    open.push_back(std::move(reply));
    if (open.size() < 8) return;  // nobody is answered before all eight have come
    for (const Reply& each : open) each({.body = "together"});
    open.clear();
  });
  const auto client = client_of(*server, 8);
  Told<Result<Answer>> answers;
  for (int i = 0; i < 80; ++i)
    client->post({.target = "/"}, [&](Result<Answer> answer) { answers.say(std::move(answer)); });
  for (const auto& answer : answers.wait_for(80)) {
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "together");
  }
}

TEST(Client, TakesCallsFromManyThreads) {
  const auto server = started(options_of(Wiring::tls), echo);
  const auto client = client_of(*server, 4);
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        const auto answer = client->call({.target = path});
        if (answer && answer->body == "GET " + path + " ") ++good;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 400);
}

TEST(Client, MayPostFromDone) {
  const auto server = started(options_of(Wiring::tls), echo);
  const auto client = client_of(*server);
  Told<int> rounds;
  std::function<void(int)> again = [&](int left) {
    client->post({.target = "/"}, [&, left](const Result<Answer>& answer) {
      EXPECT_TRUE(answer);
      left == 0 ? rounds.say(1) : again(left - 1);
    });
  };
  again(100);
  rounds.wait_for(1);
}

TEST(Client, NoticesADeadline) {
  const auto server = started(options_of(Wiring::tls), [](Request request, const Reply& reply) {
    if (request.path != "/never") echo(std::move(request), reply);
  });
  const auto client = client_of(*server, 1, 100ms);
  EXPECT_EQ(client->call({.target = "/never"}).error().code, Code::timeout);
  Told<Code> codes;  // one waits for an answer, the other for the connection
  for (int i = 0; i < 2; ++i)
    client->post({.target = "/never"}, [&](const Result<Answer>& answer) {
      codes.say(answer ? Code::internal : answer.error().code);
    });
  EXPECT_EQ(codes.wait_for(2), (std::vector<Code>{Code::timeout, Code::timeout}));
  const auto patient = client_of(*server);
  EXPECT_TRUE(patient->call({.target = "/"}));
}

TEST(Client, SaysThatNobodyIsThere) {
  auto server = started(options_of(Wiring::tls), echo);
  const auto client = client_of(*server);
  EXPECT_TRUE(client->call({.target = "/"}));
  server.reset();
  EXPECT_EQ(client->call({.target = "/"}).error().code, Code::unavailable);
}

// A connection that the server closed while it was idle is found out by using it. What has a key
// is then sent once more, on a new connection; what has none is the caller's to decide.
TEST(Client, RepeatsOnAStaleConnectionWhatHasAKey) {
  auto server = started(options_of(Wiring::tls), echo);
  auto options = options_of(Wiring::tls);
  options.port = server->port();
  const auto client = client_of(*server);
  EXPECT_TRUE(client->call({.target = "/"}));
  server.reset();
  server = started(options, echo);
  const auto answer = client->call(
      {.method = "POST", .target = "/", .headers = {{"Idempotency-Key", "k"}}, .body = "x"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "POST / x");
  server.reset();
  server = started(options, echo);
  EXPECT_EQ(client->call({.method = "POST", .target = "/", .body = "x"}).error().code,
            Code::unavailable);
  EXPECT_TRUE(client->call({.method = "POST", .target = "/", .body = "x"}));
}

TEST(Client, AnswersWhatIsOpenWhenItGoes) {
  Told<int> handled;
  const auto server =
      started(options_of(Wiring::tls), [&](const Request&, const Reply&) { handled.say(1); });
  auto client = client_of(*server);
  Told<Code> codes;
  for (int i = 0; i < 3; ++i)
    client->post({.target = "/"}, [&](const Result<Answer>& answer) {
      codes.say(answer ? Code::internal : answer.error().code);
    });
  handled.wait_for(1);
  client.reset();
  EXPECT_EQ(codes.wait_for(3), std::vector<Code>(3, Code::unavailable));
}

// --- whom it trusts -----------------------------------------------------------------------------

TEST(Trust, AnotherAuthorityIsRefused) {
  const std::string other = certificate_folder() + "/other";
  std::filesystem::remove_all(other);
  ASSERT_TRUE(make_development_certificate(other));
  const auto server = started(options_of(Wiring::tls), echo);
  const auto client = connect({.port = server->port(), .authority_file = other + "/ca.pem"});
  ASSERT_TRUE(client);
  EXPECT_EQ((*client)->call({.target = "/"}).error().code, Code::unavailable);
  const auto followed = (*client)->follow({.target = "/"}, [](auto, auto) { return true; });
  EXPECT_EQ(followed.error().code, Code::unavailable);
}

TEST(Trust, AnotherNameIsRefused) {
  auto options = options_of(Wiring::tls);
  options.address = "0.0.0.0";
  const auto server = started(options, echo);
  // 127.0.0.2 reaches the same server, but its certificate is not for it.
  const auto client =
      connect({.host = "127.0.0.2", .port = server->port(), .authority_file = authority()});
  ASSERT_TRUE(client);
  EXPECT_EQ((*client)->call({.target = "/"}).error().code, Code::unavailable);
}

TEST(Trust, APlainServerIsRefused) {
  const auto server = started({}, echo);
  const auto client = client_of(*server);
  EXPECT_EQ(client->call({.target = "/"}).error().code, Code::unavailable);
}

TEST(Trust, NeedsAnAuthority) {
  EXPECT_EQ(connect({.port = 1}).error().code, Code::io_failed);
  EXPECT_EQ(connect({.port = 1, .authority_file = "/nonexistent"}).error().code, Code::io_failed);
  EXPECT_EQ(
      connect({.host = "nowhere.invalid", .port = 1, .authority_file = authority()}).error().code,
      Code::unavailable);
}

// --- following a stream -------------------------------------------------------------------------

// Numbers from the one after Last-Event-ID; hangs up after `at_most` of them.
Handler numbers(int at_most) {
  return [at_most](const Request& request, const Reply& reply) {
    if (request.header("authorization").empty())
      return reply(problem(Error(Code::unauthenticated)));
    Response response;
    const int start = std::atoi(std::string(request.header("last-event-id")).c_str());
    response.stream = [next = start, end = start + at_most]() mutable -> std::string {
      if (next == end) throw std::runtime_error("the connection breaks");
      ++next;
      return event_text(std::to_string(next), "number\n" + std::to_string(next));
    };
    reply(std::move(response));
  };
}

TEST(Following, ResumesWhereItWasCut) {
  auto options = options_of(Wiring::tls);
  options.stream_poll = 1ms;
  const auto server = started(options, numbers(7));
  const auto client = client_of(*server);
  std::vector<std::string> seen;
  std::string last = "0";
  int connections = 0;
  for (bool wanted = true; wanted; ++connections) {
    ASSERT_LT(connections, 10);
    const auto end = client->follow(
        {.target = "/events", .headers = {{"Authorization", "x"}, {"Last-Event-ID", last}}},
        [&](std::string_view id, std::string_view data) {
          EXPECT_EQ(data, "number\n" + std::string(id));
          seen.emplace_back(id);
          last = id;
          return seen.size() < 20;
        });
    wanted = !end;
    if (!end) {
      EXPECT_EQ(end.error().code, Code::unavailable);
    }
  }
  EXPECT_EQ(connections, 3);  // 7, 7 and 6
  ASSERT_EQ(seen.size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(seen[i], std::to_string(i + 1));
}

TEST(Following, TellsWhyItWasRefused) {
  const auto server = started(options_of(Wiring::tls), numbers(1));
  const auto client = client_of(*server);
  const auto end = client->follow({.target = "/events"}, [](auto, auto) { return true; });
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Code::unauthenticated);
}

TEST(Following, NoticesSilence) {
  auto options = options_of(Wiring::tls);
  options.stream_ping = 1h;
  const auto server = started(options, [](const Request&, const Reply& reply) {
    Response response;
    response.stream = [] { return std::string(); };
    reply(std::move(response));
  });
  const auto client = client_of(*server, 1, 100ms);
  const auto end = client->follow({.target = "/"}, [](auto, auto) { return true; });
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Code::timeout);
}
}  // namespace
}  // namespace nrm::http::test
