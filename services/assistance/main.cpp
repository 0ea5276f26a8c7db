#include "common/runtime/run.hpp"
#include "services/assistance/assistance.hpp"

int main(int argc, char** argv) {
  return nrm::run_service(nrm::core_of<nrm::Assistance>(), argc, argv);
}
