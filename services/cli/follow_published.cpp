#include "services/cli/follow_published.hpp"

#include <cstdio>
#include <filesystem>

#include "services/cli/outcome.hpp"
#include "services/cli/published_figures.hpp"
#include "services/cli/reporting.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
// Before the quarter: a first stage takes up to eight days (stand_ins.cpp), and the board of some
// packs a day more. Who begins takes a few more.
constexpr int days_needed = 10, days_before = 14;
// A working day: so that none goes on into the next one, or into the next quarter.
constexpr int day_begins_at = 8, day_begins_until = 12;

Error refused(Code code, std::string what) { return Error(code, "", std::move(what)); }

// Stages and routes that the tables have and the pack may not.
Result<void> check_pack(const Policy& policy, const PublishedPlan& plan) {
  std::uint64_t second = 0;
  for (const PublishedDecisions& one : plan.second) second += one.total();
  const auto without = [&](std::uint64_t number, const std::string& what) {
    return refused(Code::bad_request,
                   plan.quarter + " has " + with_commas(number) + ' ' + what + ", and the pack " +
                       policy.pack.text() +
                       " has no way to them: make the folder with a pack that has one (uk)");
  };
  if (second > 0 && !policy.identification.second_stage)
    return without(second, "second-stage decisions");
  if (plan.notifications > 0 && !policy.anonymous_route)
    return without(plan.notifications, "anonymous notifications");
  return {};
}

class Following {
 public:
  Following(Api& api, const RehearseOptions& options, const PublishedPlan& plan, Intake intake,
            std::string digest)
      : api_(api),
        options_(options),
        plan_(plan),
        intake_(std::move(intake)),
        digest_(std::move(digest)),
        carried_(carried_over(plan, intake_)),
        notifications_(notifications(plan, intake_)),
        docket_(plan.end() + Milliseconds(1)) {}

  Result<int> run(std::optional<Instant> stop_at);

 private:
  std::uint64_t carried() const {
    return people_of(carried_.positive) + people_of(carried_.undecided);
  }
  Result<void> check_time(Instant now) const;
  Result<void> wait_for_morning(Rehearsal& rehearsal);
  Result<Roll> report(const std::string& phase, const std::vector<IntakeRow>& rows,
                      const std::string& salt, const Responders& responders,
                      SyntheticReport (*make)(const IntakeRow&, std::uint32_t, std::string_view,
                                              const Policy&) = make_report);
  Result<void> play(Rehearsal& rehearsal, const Responders& responders);
  void announce() const;

  Api& api_;
  const RehearseOptions& options_;
  const PublishedPlan& plan_;
  const Intake intake_;
  const std::string digest_;
  const CarriedOver carried_;
  const std::vector<IntakeRow> notifications_;
  Docket docket_;
  std::uint64_t not_taken_in_ = 0;
};

// People cannot be reported into the past: who is late is there already, or never will be.
Result<void> Following::check_time(Instant now) const {
  if (now < plan_.begin() - days(days_needed)) return {};
  NRM_TRY_ASSIGN(const CaseBook book, read_decisions(api_.folder()));
  std::uint64_t before = 0, in = 0;
  for (const auto& [id, person] : book.people())
    if (!person.notification) {
      before += person.at < plan_.begin();
      in += person.at >= plan_.begin() && person.at <= plan_.end();
    }
  if (before >= carried() && (now <= plan_.end() || in >= intake_.people)) return {};
  return refused(
      Code::not_in_state,
      "this sandbox has reached " + now.date().text() + ", and " +
          (before < carried() ? with_commas(carried()) + " people must be reported " +
                                    std::to_string(days_needed) + " days before " + plan_.quarter
                              : plan_.quarter + " is over") +
          ": begin anew, with nrm init --begin " +
          (plan_.begin() - days(days_before)).date().text());
}

Result<void> Following::wait_for_morning(Rehearsal& rehearsal) {
  NRM_TRY_ASSIGN(const Instant now, rehearsal.time().now());
  const auto into_day = now - start_of(now.date());
  if (into_day >= hours(day_begins_at) && into_day < hours(day_begins_until)) return {};
  const auto until =
      into_day < hours(day_begins_at) ? hours(day_begins_at) : hours(24 + day_begins_at);
  NRM_TRY(rehearsal.time().advance(until - into_day));
  return {};
}

Result<Roll> Following::report(const std::string& phase, const std::vector<IntakeRow>& rows,
                               const std::string& salt, const Responders& responders,
                               SyntheticReport (*make)(const IntakeRow&, std::uint32_t,
                                                       std::string_view, const Policy&)) {
  Roll roll;
  if (rows.empty()) return roll;
  NRM_TRY_ASSIGN(const Reported reported,
                 report_people(api_, rows, responders,
                               {.phase = phase,
                                .digest = digest_ + salt,
                                .connections = options_.connections,
                                .quiet = options_.access.json,
                                .make = make},
                               [&roll](const IntakeRow& row, std::uint32_t, std::string_view id) {
                                 const auto age =
                                     static_cast<std::size_t>(row.facts.age_at_exploitation);
                                 roll[age].emplace_back(id);
                               }));
  not_taken_in_ += reported.failed.size();
  if (!options_.access.json) show_failures(reported.failed);
  const bool own = salt.empty() && make == make_report;
  if (own && reported.figures.fresh == reported.figures.taken_in)
    NRM_TRY(keep_figures(api_.folder(), reported.figures));
  return roll;
}

Result<void> Following::play(Rehearsal& rehearsal, const Responders& responders) {
  const std::string salt = "/before " + plan_.quarter;
  NRM_TRY_ASSIGN(const Roll positive, report("Reporting: carried over, to be confirmed",
                                             carried_.positive, salt + " positive", responders));
  NRM_TRY_ASSIGN(const Roll undecided, report("Reporting: carried over, undecided",
                                              carried_.undecided, salt + " undecided", responders));
  rule_carried_over(docket_, plan_, positive);
  NRM_TRY(rehearsal.live_until(plan_.begin(), "Before " + plan_.quarter + ", day by day"));
  if (rehearsal.stopped()) return {};
  NRM_TRY_ASSIGN(const Roll reported,
                 report("Reporting: " + plan_.quarter, intake_.rows, "", responders));
  NRM_TRY(report("Anonymous notifications", notifications_, "", responders, make_notification));
  rule_quarter(docket_, plan_, undecided, reported);
  NRM_TRY(rehearsal.live_until(plan_.end() + Milliseconds(1), plan_.quarter + ", day by day"));
  return rehearsal.run();
}

void Following::announce() const {
  std::uint64_t first = 0, second = 0;
  for (std::size_t age = 0; age < 3; ++age) {
    first += plan_.first[age].total();
    second += plan_.second[age].total();
  }
  std::printf(
      "%s: %s people reported, %s first-stage and %s second-stage decisions, %s notifications;\n"
      "carried over into it: %s people whose second stage comes, %s who wait for the first\n",
      plan_.quarter.c_str(), with_commas(intake_.people).c_str(), with_commas(first).c_str(),
      with_commas(second).c_str(), with_commas(plan_.notifications).c_str(),
      with_commas(people_of(carried_.positive)).c_str(),
      with_commas(people_of(carried_.undecided)).c_str());
}

Result<int> Following::run(std::optional<Instant> stop_at) {
  const bool quiet = options_.access.json;
  NRM_TRY(check_pack(api_.folder().policy(), plan_));
  if (!quiet) announce();
  NRM_TRY_ASSIGN(const Cast cast, gather_cast(api_, carried() + intake_.people, quiet));
  Rehearsal rehearsal({api_, cast, docket_, options_.connections, quiet, stop_at});
  NRM_TRY_ASSIGN(const Instant now, rehearsal.time().now());
  NRM_TRY(check_time(now));
  NRM_TRY(wait_for_morning(rehearsal));
  NRM_TRY_ASSIGN(const Responders responders, Responders::register_all(api_, intake_, quiet));
  NRM_TRY(play(rehearsal, responders));
  const int told = tell_of(rehearsal, quiet);
  return not_taken_in_ == 0 ? told : Exit::refused;
}
}  // namespace

Result<FollowedQuarter> find_followed(const RehearseOptions& options) {
  FollowedQuarter out;
  if (!std::filesystem::is_directory(options.follow))
    return Error(Code::bad_request, options.follow, "there is no such folder");
  std::string quarter = options.quarter;
  if (const auto there = published_quarters(options.follow); quarter.empty() && !there.empty())
    quarter = there.back();
  if (quarter.empty())
    return Error(Code::bad_request, options.follow,
                 "it has no table of a quarter's referrals, as …_2023_q3.csv");
  NRM_TRY_ASSIGN(out.plan, read_published_plan(options.follow, quarter));
  NRM_TRY_ASSIGN(out.table, published_referrals(options.follow, quarter));
  return out;
}

int follow_published(Api& api, const RehearseOptions& options, const FollowedQuarter& quarter,
                     std::optional<Instant> stop_at) {
  std::string digest;
  auto intake = read_whole_intake(quarter.table, digest);
  if (!intake) return fail(intake.error());
  Following following(api, options, quarter.plan, std::move(*intake), std::move(digest));
  const auto played = following.run(stop_at);
  return played ? *played : fail_at_api(played.error(), options.access.dir);
}

int tell_of(const Rehearsal& rehearsal, bool quiet) {
  if (!quiet)
    std::printf(
        "%d days lived, %s acts of the stand-ins; %s came too late (a clock or somebody "
        "else was faster)\n",
        rehearsal.days_lived(), with_commas(rehearsal.scene().acts()).c_str(),
        with_commas(rehearsal.scene().outrun()).c_str());
  int code = Exit::done;
  for (const auto& [what, times] : rehearsal.scene().faults()) {
    std::fprintf(stderr, "nrm: not expected, %s times: %s\n", with_commas(times).c_str(),
                 what.c_str());
    code = Exit::refused;
  }
  return code;
}
}  // namespace nrm::cli
