// A gateway without network: the real routes, projection and views over a MemoryStore; a function
// answers what is asked of the services.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/clock/clock.hpp"
#include "common/runtime/projection.hpp"
#include "common/store/memory_store.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/handlers.hpp"
#include "tests/support/manual_sandbox.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nrm::gateway::test {
class DeafBus final : public Bus {
 public:
  Link link_to(std::string_view) const override { return Link{1}; }
  Result<void> send(Link, Frames) override { return {}; }
  void receive(std::chrono::milliseconds, std::size_t, std::vector<Delivery>&) override {}
  void wake() override {}
};

// What a service answers: events that it decided, or an error.
using Said = Result<std::vector<Emit>>;

class World {
 public:
  explicit World(const Admission::Rates& rates = {});

  // One record of a service's log, seen by the projection. Its number.
  std::uint64_t publish(Service service, std::vector<Emit> events,
                        std::optional<Actor> actor = std::nullopt);
  // This organisation reported a person, under the reference 4FJ2K-7QX0M-9.
  void report(const CaseId& subject, const OrganisationId& reporter);
  // An account with a token, known to the projection.
  std::string account(Role role, const OrganisationId& organisation);

  http::Response get(const std::string& target, const std::string& token = {},
                     http::Headers headers = {});
  // With Idempotency-Key "key" and Content-Type, unless `headers` name them.
  http::Response post(const std::string& path, const std::string& token, std::string body,
                      http::Headers headers = {});
  http::Response request(http::Request request);

  // Answers as a service would; what was asked is in `asked`.
  std::function<Said(const Question&)> says;
  std::vector<Question> asked;
  // Answers as the archive would; silent without.
  std::function<Result<std::string>(const std::string& log, const std::string& what)> archived;
  std::unique_ptr<WitnessedLogs> witnessed;
  std::string opened;     // the vault's, of the next answers
  bool repeated = false;  // the next answers are stored ones

  ManualClock clock;
  nrm::test::ManualSandbox sandbox;
  MemoryStore store;
  Freshness freshness;
  Appointments offices;
  const Policy first_pack;  // as much of one as the gateway asks
  nrm::test::TemporaryFolder folder;
  PolicyInForce policy{first_pack, folder.path()};
  std::vector<FeedSide::LogStatus> logs;
  std::unique_ptr<Gateway> gateway;

  Uuid id();  // a fresh one

 private:
  void answer(Question question, Answered done);

  DeafBus bus_;
  Chronicle chronicle_;
  std::unique_ptr<Projection> projection_;
  std::map<Service, std::uint64_t> next_;
  std::unique_ptr<Entropy> entropy_;
};

std::string code_of(const http::Response& response);  // the last part of the problem type
// "pointer code" of each error in a problem.
std::vector<std::string> errors_of(const http::Response& response);
std::string header_of(const http::Response& response, std::string_view name);
// A text member of the answer, by its path: "receipt/log".
std::string member_of(const http::Response& response, std::string_view path);
std::vector<std::string> items_of(const http::Response& response, std::string_view member);

ReportFacts some_facts();
std::string report_body(std::string_view route = "formal");
}  // namespace nrm::gateway::test
