// Caseload: drives cases through the services straight over the bus, as a gateway with very many
// clients would: sends commands, follows the logs of referral and assistance, and answers what it
// sees there (an offer is accepted, support that opened gets its plan).
//
// THREAD: one. A case's life here, and the records that it leaves:
//   report (identification 1, referral 1 with the offer, closure 2), first decision
//   (identification 1), offer accepted (referral 1, assistance 1, closure 1), plan agreed, two
//   services given, service ended (assistance 4, referral 1, closure 2), person informed (closure
//   1)
#pragma once
#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/runtime/feed.hpp"
#include "common/runtime/folder.hpp"
#include "common/runtime/messages.hpp"

namespace nrm::cli::measure {
// A report's facts, a little different for each `n`; needs safe accommodation, urgently.
ReportFacts example_facts(std::uint64_t n);

class Caseload {
 public:
  static Result<std::unique_ptr<Caseload>> open(const Folder& folder, std::uint64_t seed);

  // Registers providers, seals `cases` dossiers with the person's consents, and waits until
  // referral knows of them. REQUIRES: vault and referral run. ERRORS: timeout.
  Result<void> prepare(std::size_t cases);

  // An organisation with one account. REQUIRES: vault runs.
  Result<void> issue_account(OrganisationKind kind, Role role, const Text<64>& token_digest);

  struct Flow {
    double seconds = 0;
    std::uint64_t hops = 0;  // records that became durable in the four services meanwhile
    std::uint64_t cases = 0;
    std::uint64_t rejected = 0;
  };
  // Keeps `window` cases under way. The first half second does not count. ERRORS: timeout.
  Result<Flow> saturate(std::size_t window, double seconds);

  // Sends one report every 1/rate s: seals its dossier at the vault, then submits it. Milliseconds
  // from the first to the offer of its urgent need, as a follower of referral's log sees it.
  Result<std::vector<double>> offer_times(double rate, double seconds);

 private:
  struct Dossier {
    Uuid subject;
    std::string report;  // the command's JSON
  };
  struct Owner {  // a service, as seen from here
    Service service{};
    Link link{};
    std::optional<FeedCursor> cursor;  // of those whose log is followed
    double heard = 0;                  // when
    std::uint64_t head = 0;
    wire::Asks asks;
  };
  explicit Caseload(std::uint64_t seed);

  Owner& owner(Service service) { return owners_[static_cast<std::size_t>(service)]; }
  // Texts of one message are kept until it is sent.
  void ask(Service service, const Actor& actor, std::string_view type, std::string data,
           std::string personal = {});
  template <class C>
  void ask(const Actor& actor, const C& command);
  Result<void> send(Owner& owner);
  Result<void> send_all();
  void ask_for_heads();
  Result<void> wait_until_heard();
  std::uint64_t durable() const;
  void turn(std::chrono::milliseconds wait);
  void on(Owner& owner, const wire::Answers& answers);
  void follow(Owner& owner, const LogPlace& from);
  void on(Owner& owner, const wire::Records& records);
  void on_referral_record(std::string_view record);
  void on_assistance_record(std::string_view record);
  void register_providers();
  void on_sealed(const wire::Answer& answer);
  void report(const Dossier& dossier);
  Result<void> wait_until(const std::function<bool()>& done, double seconds);

  std::unique_ptr<Bus> bus_;
  std::unique_ptr<Entropy> entropy_;
  Policy policy_;
  std::array<Owner, 5> owners_;  // vault, identification, referral, assistance, closure
  std::deque<std::string> texts_;
  std::uint64_t asked_ = 0, answered_ = 0, rejected_ = 0;
  std::string first_rejection_;

  Actor reporter_, authority_, manager_;
  std::unordered_map<Uuid, Actor> providers_;  // by organisation
  std::deque<Dossier> stock_;
  std::uint64_t consents_noted_ = 0;
  std::uint64_t begun_ = 0, ended_ = 0;  // cases
  // While offer times are taken.
  bool only_offers_ = false;
  std::unordered_map<std::uint64_t, double> sealing_since_;  // by command
  std::unordered_map<Uuid, double> since_;                   // by case
  std::vector<double> times_;
  Date today_;
};
}  // namespace nrm::cli::measure
