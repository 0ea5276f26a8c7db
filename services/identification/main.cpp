#include "common/runtime/run.hpp"
#include "services/identification/identification.hpp"

int main(int argc, char** argv) {
  return nrm::run_service(nrm::core_of<nrm::Identification>(), argc, argv);
}
