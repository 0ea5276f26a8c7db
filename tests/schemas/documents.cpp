// Prints documents with the verdict of our decoder, one JSON line each, for agree.mjs:
//   {"schema": "commands/….schema.json", "document": "…", "accepted": true}
//
// Documents are random values of every described type that comes from outside or goes into a log,
// as they are and with one thing wrong; and one example of each with every wrong thing everywhere.
// What JSON Schema cannot say is left out here and tested in schemas_test.cpp: limits in bytes
// (schemas count characters), members that occur twice, 1.0 for 1, a fraction in a member that is
// ignored, and rules between members of a policy pack. usage: schema_documents ROUNDS
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "common/event/codec.hpp"
#include "common/event/personal.hpp"
#include "common/step/policy.hpp"
#include "schemas/generator/examples.hpp"
#include "schemas/generator/generate.hpp"
#include "services/gateway/forms.hpp"
#include "tests/schemas/mutation.hpp"
#include "tests/support/generate.hpp"

namespace nrm::schemas {
namespace {
using boost::mp11::mp_identity;
using boost::mp11::mp_transform;
using test::Generator;

void print(std::string_view schema, const std::string& document, bool accepted) {
  const std::string line =
      Tree::object({{"schema", schema}, {"document", document}, {"accepted", accepted}}).compact();
  std::puts(line.c_str());
}

Tree tree_of(const std::string& text) {
  json::Document document;
  CHECK(document.parse_strict(text), "what we wrote, we read");
  return Tree::copy(document.root());
}

// What comes from outside: the whole of strict reading.
template <class T>
bool reads_strictly(const std::string& text) {
  json::Document document;
  if (!document.parse_strict(text)) return false;
  T value{};
  Reading reading(Unknown::refuse);
  return read_json(document.root(), value, reading);
}

// What a log holds: complete, but members may have been added, and lists are as long as they are.
template <class T>
bool reads_from_log(const std::string& text) {
  json::Document document;
  if (!document.parse_strict(text)) return false;
  T value{};
  Reading reading(Unknown::refuse, limits::json_nodes_max);
  if (read_json(document.root(), value, reading)) return true;
  for (const Error& fault : reading.faults())
    if (fault.code != Code::unknown_field) return false;
  return true;
}

// `original` as it is, and then `rounds` times with one thing wrong.
void print_with_mutations(Generator& random, const std::string& schema, const Tree& original,
                          bool (*accepts)(const std::string&), int rounds) {
  print(schema, original.compact(), accepts(original.compact()));
  for (int round = 0; round < rounds; ++round) {
    const std::string text = mutated(random, original).compact();
    print(schema, text, accepts(text));
  }
}

// The example of a type has every member: each place gets each wrong value.
void print_exhaustively(const std::string& schema, const Tree& example,
                        bool (*accepts)(const std::string&)) {
  for (const Tree& tree : every_mutation(example)) {
    const std::string text = tree.compact();
    print(schema, text, accepts(text));
  }
}

void print_events(Generator& random, int rounds) {
  boost::mp11::mp_for_each<mp_transform<mp_identity, AllEvents>>([&](auto identity) {
    using E = typename decltype(identity)::type;
    print_exhaustively(event_path(E::type), example_of<E>(), reads_from_log<E>);
    for (int round = 0; round < rounds; ++round)
      print_with_mutations(random, event_path(E::type), tree_of(to_json(random.make<E>())),
                           reads_from_log<E>, 8);
  });
}

void print_commands(Generator& random, int rounds) {
  boost::mp11::mp_for_each<mp_transform<mp_identity, AllCommands>>([&](auto identity) {
    using C = typename decltype(identity)::type;
    print_exhaustively(command_path(C::type), example_of<C>(), reads_strictly<C>);
    for (int round = 0; round < rounds; ++round)
      print_with_mutations(random, command_path(C::type), tree_of(to_json(random.make<C>())),
                           reads_strictly<C>, 8);
  });
}

// Every code of two letters: the closed lists of languages and countries are the same to both.
void print_two_letter_codes() {
  for (const char first : {'a', 'A'})
    for (int n = 0; n < 26 * 26; ++n) {
      const std::string code{static_cast<char>(first + n / 26), static_cast<char>(first + n % 26)};
      Tree consent = example_of<RecordConsent>();
      consent["consent"].set("language", code);
      print(command_path(RecordConsent::type), consent.compact(),
            reads_strictly<RecordConsent>(consent.compact()));
      Tree report = example_of<SubmitReport>();
      report["facts"]["place"].set("countries", Tree::array({code}));
      print(command_path(SubmitReport::type), report.compact(),
            reads_strictly<SubmitReport>(report.compact()));
    }
}

template <class Form>
Tree form_tree(Generator& random) {
  const Form form = random.make<Form>();
  if constexpr (std::is_same_v<Form, gateway::ReportForm>) {  // personal parts have no codec
    Tree out = Tree::object({{"route", to_text(form.route)}});
    if (!form.consents.empty()) out.set("consents", tree_of(to_json(form.consents)));
    if (form.personal) out.set("personal", tree_of(write_personal(*form.personal).reveal()));
    return out.set("facts", tree_of(to_json(form.facts)));
  } else if constexpr (std::is_same_v<Form, gateway::SessionForm>) {  // nor have passwords
    return Tree::object({{"account", form.account.text()},
                         {"password", form.password.reveal().text()},
                         {"code", form.code.reveal().text()}});
  } else if constexpr (std::is_same_v<Form, gateway::PasswordForm>) {
    return Tree::object(
        {{"password", form.password.reveal().text()}, {"code", form.code.reveal().text()}});
  } else {
    return tree_of(to_json(form));
  }
}

void print_forms(Generator& random, int rounds) {
  boost::mp11::mp_for_each<mp_transform<mp_identity, gateway::Forms>>([&](auto identity) {
    using Form = typename decltype(identity)::type;
    const std::string schema = "openapi.json#/components/schemas/" + std::string(Form::form);
    print_exhaustively(schema, example_of<Form>(), reads_strictly<Form>);
    for (int round = 0; round < rounds; ++round)
      print_with_mutations(random, schema, form_tree<Form>(random), reads_strictly<Form>, 8);
  });
}

bool reads_record(const std::string& text) {
  json::Document document;
  return document.parse_strict(text, limits::record_bytes_max) && read_record(document.root());
}

// Only faults of the envelope: inside it the reader is tolerant where the schema says what is
// written.
void print_records(Generator& random, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    std::string text;
    write_record(text, test::any_record(random.bits()));
    const Tree original = tree_of(text);
    print("record.schema.json", text, reads_record(text));
    for (const std::string_view member : {"seq", "id", "at", "input", "policy", "engine"}) {
      Tree wrong = original;
      wrong.set(member, Tree());
      print("record.schema.json", wrong.compact(), reads_record(wrong.compact()));
      for (std::size_t n = 0; n < wrong.size(); ++n)
        if (wrong.key(n) == member) wrong.remove(n);
      print("record.schema.json", wrong.compact(), reads_record(wrong.compact()));
    }
  }
}

std::string file(const std::string& path) {
  std::ifstream in(std::string(NRM_SOURCE_FOLDER) + "/" + path, std::ios::binary);
  CHECK(in.is_open(), "a file of the source folder");
  return {std::istreambuf_iterator<char>(in), {}};
}

void print_golden_records() {
  for (const char* name : {"command", "due", "opened", "received", "rejected"}) {
    const std::string text = file("tests/golden/record_" + std::string(name) + ".json");
    print("record.schema.json", text, reads_record(text));
  }
}

// Whether the reader of members takes it: what check_policy() refuses beyond that are rules between
// members, but for those that the schema has, too.
bool is_rule_between_members(const std::string& text, const Error& fault) {
  json::Document document;
  if (!document.parse_strict(text, limits::policy_bytes_max)) return false;
  Policy policy;
  Reading reading(Unknown::refuse, limits::policy_list_items_max);
  if (!read_json(document.root(), policy, reading)) return false;
  for (const std::string_view said : {"/version", "/offers_max", "/zone/minutes_ahead", "/length"})
    if (fault.where.ends_with(said)) return false;
  return true;
}

void print_packs(Generator& random, int rounds) {
  for (const char* name : {"osce", "uk", "bulgaria", "georgia", "ireland", "latvia"}) {
    const Tree pack = Tree::parse(file("deploy/policy/" + std::string(name) + ".json"));
    print("policy.schema.json", pack.compact(), bool(read_policy(pack.compact())));
    for (int round = 0; round < rounds; ++round) {
      const std::string text = mutated(random, pack).compact();
      const auto read = read_policy(text);
      if (!read && is_rule_between_members(text, read.error())) continue;
      print("policy.schema.json", text, bool(read));
    }
  }
}
}  // namespace
}  // namespace nrm::schemas

int main(int argc, char** argv) {
  using namespace nrm::schemas;
  const int rounds = argc == 2 ? std::atoi(argv[1]) : 0;
  if (rounds < 1) {
    std::fprintf(stderr, "usage: schema_documents ROUNDS\n");
    return 64;
  }
  nrm::test::Generator random(20'250'101);
  print_events(random, rounds);
  print_commands(random, rounds);
  print_two_letter_codes();
  print_forms(random, rounds);
  print_records(random, rounds * 4);
  print_golden_records();
  print_packs(random, rounds * 7);
  return 0;
}
