#include "services/cli/scene.hpp"

namespace nrm::cli {
void Scene::act(const std::string& token, std::string target, std::string body, Then then,
                Refused refused) {
  post(post_call({.target = std::move(target),
                  .body = std::move(body),
                  .key = fresh_key(),
                  .if_match = {}},
                 token),
       std::move(then), std::move(refused));
}

void Scene::act_once(const std::string& token, std::string key, std::string target,
                     std::string body, Then then) {
  post(post_call({.target = std::move(target),
                  .body = std::move(body),
                  .key = std::move(key),
                  .if_match = {}},
                 token),
       std::move(then), {});
}

void Scene::ask(const std::string& token, std::string target, std::string body, Answered then) {
  flight_.send(post_call({.target = std::move(target),
                          .body = std::move(body),
                          .key = fresh_key(),
                          .if_match = {}},
                         token),
               [this, then = std::move(then)](const Result<http::Answer>& answer) {
                 if (!answer || answer->status / 100 != 2) return fault(answer);
                 ++acts_;
                 if (const auto read = read_answer(*answer)) then(read->root());
               });
}

void Scene::post(http::Call call, Then then, Refused refused) {
  flight_.send(std::move(call), [this, then = std::move(then),
                                 refused = std::move(refused)](const Result<http::Answer>& answer) {
    if (answer && answer->status / 100 == 2) {
      ++acts_;
      if (then) then();
    } else if (answer && answer->status == 409) {
      ++outrun_;
      if (refused) refused(problem_of(*answer).code);
    } else {
      fault(answer);
    }
  });
}

void Scene::fault(const Result<http::Answer>& answer) {
  ++faults_[answer ? problem_of(*answer).detail : answer.error().detail];
}

void Scene::look(const std::string& token, const std::string& target, TakeItem take) {
  flight_.send(get_call(target, token),
               [this, take = std::move(take)](const Result<http::Answer>& answer) {
                 if (!answer || answer->status != 200) return fault(answer);
                 if (const auto read = read_answer(*answer)) take(read->root());
               });
}

void Scene::walk(const std::string& token, const std::string& target, TakeItem take) {
  walk_on(token, target + "?limit=" + std::to_string(limits::page_items_max), {}, std::move(take));
}

void Scene::walk_on(const std::string& token, std::string base, std::string cursor, TakeItem take) {
  const std::string target = cursor.empty() ? base : base + "&cursor=" + cursor;
  look(token, target,
       [this, token, base = std::move(base), take = std::move(take)](json::Value page) {
         for (const json::Value item : page.find("items")) take(item);
         std::string next(text_of(page, "next"));
         if (!next.empty()) walk_on(token, base, std::move(next), take);
       });
}
}  // namespace nrm::cli
