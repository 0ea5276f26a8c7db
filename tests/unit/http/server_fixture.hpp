// A server of a test, plain or TLS, that remembers what its handler saw.
#pragma once
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include "common/http/http.hpp"
#include "tests/unit/http/raw_peer.hpp"

namespace nrm::http::test {
enum class Wiring { plain, tls };

inline std::string name_of(Wiring wiring) { return wiring == Wiring::tls ? "tls" : "plain"; }

inline std::string authority() { return certificate_folder() + "/ca.pem"; }

inline ServerOptions options_of(Wiring wiring) {
  ServerOptions options;
  options.hosts.push_back("a");  // which the raw requests of these tests ask for
  if (wiring == Wiring::tls) {
    options.certificate_file = certificate_folder() + "/server.pem";
    options.key_file = certificate_folder() + "/server-key.pem";
  }
  return options;
}

inline std::unique_ptr<Server> started(const ServerOptions& options, Handler handler) {
  auto server = serve(options, std::move(handler));
  EXPECT_TRUE(server) << (server ? "" : server.error().detail);
  return server ? std::move(*server) : nullptr;
}

inline RawPeer peer_of(const Server& server, Wiring wiring) {
  return RawPeer(server.port(), wiring == Wiring::tls ? authority() : "");
}

// Answers with method, path and body of the request.
inline void echo(Request request, const Reply& reply) {
  reply({.content_type = "text/plain",
         .body = request.method + " " + request.path + " " + request.body});
}

// This process may open one more descriptor, until the end of the shortage.
class OneDescriptorLeft {
 public:
  OneDescriptorLeft() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = dup(0);
    EXPECT_GE(lowest_free, 0);
    close(lowest_free);
    const rlimit one_more{static_cast<rlim_t>(lowest_free) + 1, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &one_more);
  }
  ~OneDescriptorLeft() { end(); }
  void end() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

// Something that another thread will say; waiting for it fails the test when it never does.
template <class T>
class Told {
 public:
  void say(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();
  }
  std::vector<T> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, generous, [&] { return values_.size() >= count; }));
    return values_;
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> values_;
};
}  // namespace nrm::http::test
