#include "common/runtime/run.hpp"
#include "services/referral/referral.hpp"

int main(int argc, char** argv) {
  return nrm::run_service(nrm::core_of<nrm::Referrals>(), argc, argv);
}
