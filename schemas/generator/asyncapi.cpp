// The logs as AsyncAPI 3.0: who writes which events, and who follows them.
#include <algorithm>

#include "common/event/codec.hpp"
#include "schemas/generator/generate.hpp"
#include "services/assistance/assistance.hpp"
#include "services/closure/closure.hpp"
#include "services/gateway/views.hpp"
#include "services/identification/identification.hpp"
#include "services/referral/referral.hpp"
#include "services/vault/vault.hpp"

namespace nrm::schemas {
namespace {
constexpr Service writers[] = {Service::vault,      Service::identification, Service::referral,
                               Service::assistance, Service::closure,        Service::audit};

template <class F>
void for_events(F&& visit) {
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, AllEvents>>(
      [&](auto identity) { visit(identity); });
}

bool is_in_log(std::string_view type, Service service) {
  return owner_of(type).value_or(service) == service;  // no owner: in every log
}

Tree refer_to(const std::string& to) { return Tree::object({{"$ref", to}}); }

// AsyncAPI has no binding for ZeroMQ and refuses unknown names, but takes `x-`.
Tree bindings() {
  return Tree::object(
      {{"x-zmq", Tree::object({{"pattern", "DEALER/ROUTER"},
                               {"mechanism", "CURVE"},
                               {"opens", "RESUME(log, next seq, hash of the last record, credit)"},
                               {"frames", "common/runtime/messages.hpp"}})}});
}

Tree messages() {
  Tree out = Tree::object();
  for_events([&](auto identity) {
    using E = typename decltype(identity)::type;
    out.set(name_of<E>(), Tree::object({{"name", E::type},
                                        {"title", name_of<E>()},
                                        {"contentType", "application/json"},
                                        {"payload", refer_to(event_path(E::type))},
                                        {"x-stream", to_text(E::stream)}}));
  });
  return out;
}

Tree channel(Service service) {
  Tree out = Tree::object(
      {{"address", log_name(service)},
       {"title", "The log of " + std::string(to_text(service))},
       {"description",
        "Records in order, from any sequence number on; an event is in `events` of its record "
        "(record.schema.json), and the record is what is hashed and signed."},
       {"servers", Tree::array({refer_to("#/servers/" + std::string(to_text(service)))})}});
  Tree& list = out["messages"];
  for_events([&](auto identity) {
    using E = typename decltype(identity)::type;
    if (is_in_log(E::type, service))
      list.set(name_of<E>(), refer_to("#/components/messages/" + name_of<E>()));
  });
  return out.set("bindings", refer_to("#/components/channelBindings/zmq"));
}

template <class Wants>
Tree operation(std::string_view action, Service log, std::string_view summary, Wants&& wants) {
  const std::string to = "#/channels/" + std::string(to_text(log));
  Tree list = Tree::array();
  for_events([&](auto identity) {
    using E = typename decltype(identity)::type;
    if (is_in_log(E::type, log) && wants(E::type))
      list.add(refer_to(to + "/messages/" + name_of<E>()));
  });
  if (list.empty()) return list;
  return Tree::object({{"action", action},
                       {"channel", refer_to(to)},
                       {"summary", summary},
                       {"messages", std::move(list)}});
}

template <class Wants>
void add_receiving(Tree& out, std::string_view follower, Wants&& wants) {
  for (const Service log : writers) {
    if (follower == to_text(log)) continue;
    const std::string name(to_text(log));
    out.set_if_any(
        std::string(follower) + "_follows_" + name,
        operation("receive", log, "nrm-" + std::string(follower) + " follows the log of " + name,
                  wants));
  }
}

template <class Core>
void add_core(Tree& out) {
  constexpr auto& wanted = Core::Receives::names;
  add_receiving(out, to_text(Core::service), [&](std::string_view type) {
    return std::ranges::find(wanted, type) != wanted.end();
  });
}

Tree operations() {
  Tree out = Tree::object();
  for (const Service service : writers)
    out.set(std::string(to_text(service)) + "_writes",
            operation("send", service, "nrm-" + std::string(to_text(service)) + " writes its log",
                      [](std::string_view) { return true; }));
  add_core<Vault>(out);
  add_core<Identification>(out);
  add_core<Referrals>(out);
  add_core<Assistance>(out);
  add_core<Closure>(out);
  add_core<gateway::Views>(out);
  add_receiving(out, to_text(Service::audit), [](std::string_view) { return true; });
  return out;
}
}  // namespace

void add_asyncapi(Files& files) {
  Tree out = Tree::object({{"asyncapi", "3.0.0"}});
  out.set("info",
          Tree::object({{"title", "National referral mechanism: logs"},
                        {"version", "1"},
                        {"description",
                         "Each service owns one append-only log; the others follow it over ZeroMQ "
                         "and keep their place themselves. Nothing is published into the void."}}));
  out.set("defaultContentType", "application/json");
  for (const Service service : writers) {
    const std::string name(to_text(service));
    out["servers"].set(name,
                       Tree::object({{"host", "127.0.0.1"},
                                     {"protocol", "zmq"},
                                     {"description", "nrm-" + name},
                                     {"bindings", refer_to("#/components/serverBindings/zmq")}}));
    out["channels"].set(name, channel(service));
  }
  out.set("operations", operations());
  out["components"].set("messages", messages());
  for (const char* kind : {"serverBindings", "channelBindings"})
    out["components"][kind].set("zmq", bindings());
  files["asyncapi.json"] = out.pretty();
}
}  // namespace nrm::schemas
