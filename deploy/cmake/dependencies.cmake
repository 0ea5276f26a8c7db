# Debian 12 packages only (deploy/packages.txt). One line of reason each in README.md.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)
# Its header alone: a token's module is loaded by name.
pkg_check_modules(P11KIT REQUIRED IMPORTED_TARGET p11-kit-1)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
find_package(spdlog REQUIRED CONFIG)
find_package(CLI11 REQUIRED CONFIG)
# RocksDB's CMake target is the static archive; the shared library is what Debian updates.
find_library(ROCKSDB_LIBRARY rocksdb REQUIRED)
find_library(PROMETHEUS_CORE_LIBRARY prometheus-cpp-core REQUIRED)
if(NRM_TESTS)
  find_package(GTest REQUIRED CONFIG)
endif()
