// One JSON Schema per command.
#include "common/event/commands.hpp"

#include "schemas/generator/generate.hpp"

namespace nrm::schemas {
void add_commands(Files& files) {
  using boost::mp11::mp_identity;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<mp_identity, AllCommands>>([&](auto identity) {
    using C = typename decltype(identity)::type;
    Shapes shapes({});
    const Tree schema = shapes.object<C>();
    const std::string path = command_path(C::type);
    const std::string description =
        "`" + std::string(C::type) + "`, a command to " + std::string(to_text(C::target)) +
        ". It holds coded facts only, and no member that is not described here.";
    files[path] = document(path, name_of<C>(), description, schema, shapes.definitions());
  });
}
}  // namespace nrm::schemas
