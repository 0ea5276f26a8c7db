// Scene: where the stand-ins of a rehearsal act. Everything goes through the public API, many
// requests at once; what they did and what was refused is counted.
//
// THREAD: one. A `take` or `then` may act and walk further; land() waits for all of it.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "services/cli/flight.hpp"
#include "services/cli/pages.hpp"

namespace nrm::cli {
class Scene {
 public:
  using Then = std::function<void()>;
  using Answered = std::function<void(json::Value)>;
  using Refused = std::function<void(Code)>;
  Scene(Api& api, std::size_t connections) : flight_(api.client(), connections) {}

  Instant now() const { return now_; }
  void set_now(Instant now) { now_ = now; }

  // One act. `then` when it was accepted, `refused` when the present state does not allow it: the
  // clock or somebody else was faster, which is no fault of a stand-in.
  void act(const std::string& token, std::string target, std::string body = {}, Then then = {},
           Refused refused = {});
  // The same, to be done once however often it is asked for.
  void act_once(const std::string& token, std::string key, std::string target, std::string body,
                Then then = {});
  // One act whose answer is needed to go on.
  void ask(const std::string& token, std::string target, std::string body, Answered then);
  void walk(const std::string& token, const std::string& target, TakeItem take);
  void look(const std::string& token, const std::string& target, TakeItem take);
  void land() { flight_.land(); }

  std::uint64_t acts() const { return acts_; }
  std::uint64_t outrun() const { return outrun_; }  // acts that came too late
  // What nobody expects, with how often.
  const std::map<std::string, std::uint64_t>& faults() const { return faults_; }

 private:
  void post(http::Call call, Then then, Refused refused);
  void walk_on(const std::string& token, std::string base, std::string cursor, TakeItem take);
  void fault(const Result<http::Answer>& answer);

  Instant now_;
  std::uint64_t acts_ = 0, outrun_ = 0;
  std::map<std::string, std::uint64_t> faults_;
  Flight flight_;  // last: it lands before the rest goes
};
}  // namespace nrm::cli
