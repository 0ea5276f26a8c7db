// One JSON Schema and one sample per event.
#include "common/event/events.hpp"

#include "schemas/generator/examples.hpp"
#include "schemas/generator/generate.hpp"

namespace nrm::schemas {
namespace {
using boost::mp11::mp_for_each;
using boost::mp11::mp_identity;
using boost::mp11::mp_transform;

template <class E>
std::string description_of() {
  std::string out = "`" + std::string(E::type) + "`, an event ";
  if constexpr (requires { E::emitter; })
    out += "of the " + std::string(to_text(E::emitter)) + " log";
  else
    out += "of every log";
  return out + ", in a stream of kind `" + std::string(to_text(E::stream)) +
         "`. A reader ignores members that it does not know: a later version may have added them.";
}
}  // namespace

void add_events(Files& files) {
  mp_for_each<mp_transform<mp_identity, AllEvents>>([&](auto identity) {
    using E = typename decltype(identity)::type;
    Shapes shapes({.unknown = Unknown::ignore});
    const Tree schema = shapes.object<E>();
    const std::string path = event_path(E::type);
    files[path] = document(path, name_of<E>(), description_of<E>(), schema, shapes.definitions());
  });
}

Files samples() {
  Files files;
  mp_for_each<mp_transform<mp_identity, AllEvents>>([&](auto identity) {
    using E = typename decltype(identity)::type;
    files["samples/" + std::string(E::type) + ".json"] = example_of<E>().compact() + "\n";
  });
  return files;
}
}  // namespace nrm::schemas
