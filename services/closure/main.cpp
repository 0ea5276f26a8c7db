#include "common/runtime/run.hpp"
#include "services/closure/closure.hpp"

int main(int argc, char** argv) {
  return nrm::run_service(nrm::core_of<nrm::Closure>(), argc, argv);
}
