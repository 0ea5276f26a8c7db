#include "services/cli/commands.hpp"

int main(int argc, char** argv) { return nrm::cli::run(argc, argv); }
