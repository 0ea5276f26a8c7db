// One connection of a client: connects when it must, sends one call, reads its answer.
//
// THREAD: the loop's. OWNERSHIP: the owner's list and pending operations keep it alive.
// INVARIANT: on_answer or on_broken is called once per send(), unless close() came first.
#pragma once
#include <chrono>
#include <cstdint>

#include "common/http/http.hpp"
#include "common/http/wire.hpp"

namespace nrm::http {
// Where a client's calls go.
struct Origin {
  std::string host;       // a name or an address: what the certificate must be of
  std::string host_port;  // the Host field
  std::vector<Address> addresses;
  ssl_ctx_st* tls = nullptr;  // the client's
};

class Link : public Wire {
 public:
  Link(boost::asio::io_context& loop, const Origin& origin);
  ~Link() override;

  // `bytes` must live until the answer. REQUIRES: is_free().
  void send(std::string_view bytes, bool head_only);
  bool is_free() const { return phase_ == Phase::closed || phase_ == Phase::idle; }
  bool was_used() const { return used_; }  // has answered before, so it may have grown stale
  bool answer_began() const { return began_; }
  using Wire::close;

 protected:
  virtual void on_answer(Answer answer, bool reusable) = 0;
  virtual void on_broken() = 0;
  // A piece of the body has come. True: it is dealt with; false: it belongs into answer.body.
  virtual bool on_body(const Answer&, std::string_view) { return false; }

 private:
  class AnswerReader;
  enum class Phase : std::uint8_t { closed, connecting, securing, sending, reading, idle };

  void try_address();
  void start_call();
  void read_more();
  void break_off();
  void finish();

  void on_connected(bool good) override;
  void on_handshake(bool good) override;
  void on_written(bool good) override;
  void on_read(std::size_t bytes, bool orderly) override;

  const Origin& origin_;
  Phase phase_ = Phase::closed;
  std::size_t address_ = 0;
  bool used_ = false, began_ = false, head_only_ = false;
  std::string_view bytes_;
  std::chrono::steady_clock::time_point sent_;
  std::unique_ptr<AnswerReader> reader_;
  std::size_t room_, filled_ = 0;
  std::unique_ptr<char[]> in_;
};
}  // namespace nrm::http
