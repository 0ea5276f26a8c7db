// Our statuses and Gravity's: one to one, and each of the ten is used.
#include "common/event/fhir_task.hpp"

#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <set>
#include <string>

namespace nrm {
namespace {
template <class E, class F>
void for_each_code(F&& f) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) { f(d.value); });
}

TEST(FhirTask, EveryStatusHasAPairOfItsOwnAndComesBack) {
  std::set<std::string> pairs;
  std::set<std::string_view> used;
  const auto check = [&](auto ours) {
    const FhirTask task = fhir_task(ours);
    EXPECT_TRUE(
        pairs.insert(std::string(task.status) + '|' + std::string(task.business_status)).second)
        << task.status << ' ' << task.business_status;
    used.insert(task.status);
    const auto back = from_fhir_task(task);
    ASSERT_TRUE(back);
    const auto* same = std::get_if<decltype(ours)>(&*back);
    ASSERT_NE(same, nullptr);
    EXPECT_EQ(*same, ours);
  };
  for_each_code<ReferralStatus>(check);
  for_each_code<OfferEnd>(check);
  EXPECT_EQ(used,
            std::set<std::string_view>(fhir_task_statuses().begin(), fhir_task_statuses().end()));
}

// FHIR R4 Task.status without `received` and `ready`, as Gravity's guide has it (peers.md, c2).
TEST(FhirTask, TheTenOfTheProfile) {
  EXPECT_EQ(fhir_task_statuses().size(), 10u);
  EXPECT_EQ(fhir_task(ReferralStatus::waitlisted), (FhirTask{"requested", "waitlisted"}));
  EXPECT_EQ(fhir_task(OfferEnd::declined), (FhirTask{"rejected", ""}));
  EXPECT_FALSE(from_fhir_task({"received", ""}));
  EXPECT_FALSE(from_fhir_task({"requested", "nonsense"}));
}
}  // namespace
}  // namespace nrm
