#include "services/gateway/route_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/event/codec.hpp"
#include "services/gateway/answers.hpp"
#include "services/gateway/forms.hpp"
#include "services/gateway/scopes.hpp"

namespace nrm::gateway {
namespace {
template <class List, class F>
void each(F&& f) {
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, List>>(
      [&](auto identity) { f(identity); });
}

template <class List>
std::set<std::string> form_names() {
  std::set<std::string> out;
  each<List>([&]<class T>(boost::mp11::mp_identity<T>) {
    EXPECT_TRUE(out.emplace(T::form).second) << T::form;
  });
  return out;
}

std::set<std::string> answer_names() {
  std::set<std::string> out{"text/event-stream", "application/health+json", "text/plain",
                            "application/octet-stream"};
  each<Answers>([&]<class T>(boost::mp11::mp_identity<T>) {
    EXPECT_TRUE(out.emplace(T::answer).second) << T::answer;
  });
  return out;
}

TEST(RouteTable, EveryCommandIsSentBySomeRoute) {
  std::set<std::string_view> sent = {EnrolSubject::type};  // by any route, for who asks
  for (const Route& route : routes())
    for (const auto command : route.commands)
      if (!command.empty()) sent.insert(command);
  sent.insert(NoteAnomaly::type);        // no client's: the gateway's own, of who lists too much
  sent.insert(ObserveIndicators::type);  // the audit's own, of what all logs say of a week
  each<AllCommands>([&]<class C>(boost::mp11::mp_identity<C>) {
    EXPECT_EQ(sent.erase(C::type), 1u) << C::type << " cannot be reached";
  });
  EXPECT_TRUE(sent.empty()) << *sent.begin() << " is no command";
}

TEST(RouteTable, HasAScopeForAllThatACredentialMayBeLimitedTo) {
  std::set<Scope> used;
  for (const Route& route : routes()) {
    if (route.roles.empty()) continue;
    if (route.pattern == "/v1/sessions/current") {  // to give something up takes no right
      EXPECT_TRUE(may_use(ScopeSet({Scope::report}), route));
      continue;
    }
    const auto scope = scope_of(route);
    ASSERT_TRUE(scope) << route.pattern << ": add it to scopes.cpp";
    used.insert(*scope);
  }
  EXPECT_EQ(used.size(), boost::mp11::mp_size<boost::describe::describe_enumerators<Scope>>::value);
}

TEST(RouteTable, NamesFormsAndAnswersThatExistAndUsesAll) {
  const auto forms = form_names<Forms>();
  const auto answers = answer_names();
  std::set<std::string> used_forms, used_answers;
  for (const Route& route : routes()) {
    if (!route.form.empty()) {
      EXPECT_TRUE(forms.contains(std::string(route.form))) << route.form;
      EXPECT_TRUE(used_forms.emplace(route.form).second) << route.form << " is used twice";
    }
    std::string answer(route.answer);
    if (answer.ends_with("[]")) answer.resize(answer.size() - 2);
    EXPECT_TRUE(answers.contains(answer)) << answer;
    used_answers.insert(answer);
  }
  EXPECT_EQ(used_forms, forms);
  for (const auto& answer : answers)
    // The two that are only inside others.
    EXPECT_TRUE(used_answers.contains(answer) || answer == "LogItem" || answer == "DuplicateItem")
        << answer << " is not used";
}

TEST(RouteTable, EveryRouteIsConsistent) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Route& route : routes()) {
    SCOPED_TRACE(std::string(route.method) + ' ' + std::string(route.pattern));
    EXPECT_TRUE(seen.emplace(route.method, route.pattern).second);
    EXPECT_TRUE(route.method == "GET" || route.method == "POST" || route.method == "DELETE");
    EXPECT_EQ(route.method == "POST", !route.form.empty());
    // Who signs in is nobody yet, and the old password is what proves who wants another.
    EXPECT_EQ(route.roles.empty(), route.pattern == "/livez" || route.pattern == "/readyz" ||
                                       route.pattern == "/v1/sessions" ||
                                       route.pattern == "/v1/accounts/{id}/password");
    EXPECT_FALSE(route.summary.empty());
    EXPECT_NE(route.handle, nullptr);
    EXPECT_EQ(route.answer.ends_with("[]"),
              route.parameters.find("cursor") != std::string_view::npos);
    // A person reads, consents and asks in its own case, complains, says what the help was like,
    // and reaches nothing else.
    constexpr std::string_view read[] = {"/v1/cases",
                                         "/v1/cases/{id}",
                                         "/v1/cases/{id}/timeline",
                                         "/v1/cases/{id}/referrals",
                                         "/v1/cases/{id}/consents",
                                         "/v1/complaints",
                                         "/v1/complaints/{id}"};
    constexpr std::string_view asked[] = {"/v1/cases/{id}/consents",
                                          "/v1/cases/{id}/route",
                                          "/v1/cases/{id}/recovery-request",
                                          "/v1/cases/{id}/reconsideration-request",
                                          "/v1/cases/{id}/identification-withdrawal",
                                          "/v1/complaints",
                                          "/v1/complaints/{id}/satisfaction",
                                          "/v1/complaints/{id}/escalation",
                                          "/v1/complaints/{id}/withdrawal",
                                          "/v1/cases/{id}/feedback"};
    const auto among = [&](const auto& patterns) {
      return std::ranges::find(patterns, route.pattern) != std::end(patterns);
    };
    EXPECT_EQ(route.roles.has(Role::person), (route.method == "GET" && among(read)) ||
                                                 (route.method == "POST" && among(asked)) ||
                                                 route.method == "DELETE");
    // A witness sees signed heads of logs and nothing that they are about.
    EXPECT_EQ(route.roles.has(Role::witness),
              (route.pattern.starts_with("/v1/logs") && route.pattern != "/v1/logs/feed" &&
               route.pattern.find("/receipts/") == std::string_view::npos &&
               route.pattern.find("/entries/") == std::string_view::npos) ||
                  route.method == "DELETE");
    if (route.method == "GET") {
      EXPECT_EQ(route.commands[0], "");
    }
    EXPECT_TRUE(route.status == 200 || route.status == 201);
  }
}

TEST(FindRoute, TakesEveryPatternOfTheTable) {
  const std::string id = "5f0c1a2b-0000-4000-8000-000000000001";
  for (const Route& route : routes()) {
    std::string path(route.pattern);
    if (const auto at = path.find("{id}"); at != path.npos) path.replace(at, 4, id);
    if (const auto at = path.find("{name}"); at != path.npos) path.replace(at, 6, "plan");
    if (const auto at = path.find("{rest}"); at != path.npos) path.replace(at, 6, "x001/002.p/3");
    const Match match = find_route(route.method, path);
    ASSERT_EQ(match.route, &route) << path;
    if (route.pattern.find("{id}") != std::string_view::npos) {
      EXPECT_EQ(match.id.text(), id);
    }
    if (route.pattern.find("{name}") != std::string_view::npos) {
      EXPECT_EQ(match.name, "plan");
    }
    if (route.pattern.find("{rest}") != std::string_view::npos) {
      EXPECT_EQ(match.rest, "x001/002.p/3");
    }
  }
}

TEST(FindRoute, KnowsUnknownPathsFromOtherMethods) {
  for (const std::string path :
       {"", "/", "/v1", "/v1/", "/v1/cases/", "/v1/cases/x", "/v1/cases//timeline", "/v2/cases",
        "/v1/reports/", "/v1/queues", "/v1/queues/", "/V1/cases", "/v1/cases/x/timeline",
        "/v1/cases/5F0C1A2B-0000-4000-8000-000000000001", "/livez/"}) {
    const Match match = find_route("GET", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.allowed, "") << path;
  }
  EXPECT_EQ(find_route("GET", "/v1/reports").allowed, "POST");
  EXPECT_EQ(find_route("DELETE", "/v1/organisations").allowed, "POST, GET, HEAD");
  EXPECT_EQ(find_route("DELETE", "/v1/organisations").route, nullptr);
}
}  // namespace
}  // namespace nrm::gateway
