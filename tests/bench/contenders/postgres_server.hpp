// A PostgreSQL server of its own in a temporary folder: started as user postgres, reached through
// a socket in that folder, stopped and removed with the object.
#pragma once
#include <string>

namespace nrm::bench {
class PostgresServer {
 public:
  explicit PostgresServer(std::string dir);  // throws std::runtime_error when it cannot
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  std::string connection() const;  // for PQconnectdb

 private:
  bool run(const std::string& command) const;
  std::string dir_, programs_;
};
}  // namespace nrm::bench
