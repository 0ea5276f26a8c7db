#include "services/gateway/process.hpp"

int main(int argc, char** argv) { return nrm::gateway::run_gateway(argc, argv); }
