#include "services/cli/flight.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>

#include "common/http/certificate.hpp"
#include "services/cli/api.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::cli {
namespace {
class FlightTest : public testing::Test {
 protected:
  void serve(http::Handler handler) {
    ASSERT_TRUE(http::make_development_certificate(dir_.file("tls")));
    auto server = http::serve({.certificate_file = dir_.file("tls/server.pem"),
                               .key_file = dir_.file("tls/server-key.pem")},
                              std::move(handler));
    ASSERT_TRUE(server);
    server_ = std::move(*server);
    auto client = http::connect(
        {.port = server_->port(), .authority_file = dir_.file("tls/ca.pem"), .connections = 4});
    ASSERT_TRUE(client);
    client_ = std::move(*client);
  }
  static http::Call post(const std::string& key) {
    return post_call({.target = "/v1/things", .body = "{}", .key = key, .if_match = {}}, "token");
  }
  static http::Response status(int code) {
    http::Response response;
    response.status = code;
    response.body = "{}";
    return response;
  }

  test::TemporaryFolder dir_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::Client> client_;
};

TEST_F(FlightTest, EveryAnswerComesBackOnce) {
  serve([](http::Request, http::Reply reply) { reply(status(201)); });
  Flight flight(*client_, 4);
  std::map<int, int> answers;
  for (int i = 0; i < 50; ++i)
    flight.send(post(std::to_string(i)), [&answers, i](const Result<http::Answer>& answer) {
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->status, 201);
      ++answers[i];
    });
  flight.land();
  EXPECT_EQ(answers.size(), 50u);
  for (const auto& [i, times] : answers) EXPECT_EQ(times, 1) << i;
  EXPECT_EQ(flight.times().size(), 50u);
}

TEST_F(FlightTest, ABusyServiceIsAskedAgainWithTheSameKey) {
  std::map<std::string, int> seen;  // the server's thread alone
  serve([&seen](http::Request request, http::Reply reply) {
    reply(status(++seen[std::string(request.header("idempotency-key"))] < 3 ? 503 : 200));
  });
  int good = 0;
  {
    Flight flight(*client_, 4);
    for (int i = 0; i < 5; ++i)
      flight.send(post(std::to_string(i)), [&](const Result<http::Answer>& answer) {
        good += answer && answer->status == 200;
      });
  }  // lands
  EXPECT_EQ(good, 5);
  server_.reset();
  EXPECT_EQ(seen.size(), 5u);
  for (const auto& [key, times] : seen) EXPECT_EQ(times, 3) << key;
}

TEST_F(FlightTest, ARefusalIsNotAskedAgain) {
  std::atomic<int> asked = 0;
  serve([&asked](http::Request, http::Reply reply) {
    ++asked;
    reply(http::problem(Error(Code::too_early)));
  });
  Flight flight(*client_, 4);
  std::optional<Code> code;
  flight.send(post("k"),
              [&](const Result<http::Answer>& answer) { code = problem_of(*answer).code; });
  flight.land();
  EXPECT_EQ(code, Code::too_early);
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(flight.times().empty());
}

TEST_F(FlightTest, AnAnswerMaySendMore) {
  serve([](http::Request, http::Reply reply) { reply(status(200)); });
  Flight flight(*client_, 1);
  int steps = 0;
  std::function<void(const Result<http::Answer>&)> next = [&](const Result<http::Answer>&) {
    if (++steps < 20) flight.send(post(std::to_string(steps)), next);
  };
  flight.send(post("first"), next);
  flight.land();
  EXPECT_EQ(steps, 20);
}

TEST_F(FlightTest, NoMoreAreUnderWayThanAllowed) {
  std::vector<http::Reply> held;  // the server's thread alone
  std::atomic<std::size_t> most = 0;
  serve([&](http::Request, http::Reply reply) {
    held.push_back(std::move(reply));
    most = std::max<std::size_t>(most, held.size());
    if (held.size() < 2) return;
    for (auto& one : held) one(status(200));
    held.clear();
  });
  Flight flight(*client_, 2);
  for (int i = 0; i < 20; ++i) flight.send(post(std::to_string(i)), [](const auto&) {});
  flight.land();
  server_.reset();  // its thread may still be in the handler, with `held`
  EXPECT_EQ(most, 2u);
}

TEST(PercentileTest, IsOfTheSortedTimes) {
  using std::chrono::microseconds;
  std::vector<microseconds> times;
  for (int i = 100; i >= 0; --i) times.emplace_back(i);
  EXPECT_EQ(percentile(times, 0.5), microseconds(50));
  EXPECT_EQ(percentile(times, 0.99), microseconds(99));
  std::vector<microseconds> none;
  EXPECT_EQ(percentile(none, 0.5), microseconds(0));
  EXPECT_EQ(in_milliseconds(microseconds(1'234)), "1.2 ms");
}
}  // namespace
}  // namespace nrm::cli
