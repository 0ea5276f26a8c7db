// run_gateway(): the gateway's main(). Opens folder, store, buses and HTTPS server, turns
// ask side and feed side until SIGTERM or SIGINT, and closes in order: no new requests, the running
// ones, the sides, store.
//
// Usage: nrm-gateway DATA_FOLDER. Exit codes as in runtime/run.hpp.
#pragma once

namespace nrm::gateway {
int run_gateway(int argc, char** argv);
}  // namespace nrm::gateway
