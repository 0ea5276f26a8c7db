// run_gateway(): the gateway's main(). Opens folder, store, bus and HTTPS server, turns the bus
// side until SIGTERM or SIGINT, and closes in order: no new requests, the running ones, bus, store.
//
// Usage: nrm-gateway DATA_FOLDER. Exit codes as in runtime/run.hpp.
#pragma once

namespace nrm::gateway {
int run_gateway(int argc, char** argv);
}  // namespace nrm::gateway
