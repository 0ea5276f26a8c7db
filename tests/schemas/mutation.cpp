#include "tests/schemas/mutation.hpp"

#include <utility>

namespace nrm::schemas {
namespace {
using test::Generator;

// Every value of the document, the document itself first.
void collect(Tree& tree, std::vector<Tree*>& out) {
  out.push_back(&tree);
  for (std::size_t i = 0; i < tree.size(); ++i) collect(tree.child(i), out);
}

const std::vector<Tree>& other_types() {
  static const std::vector<Tree> all = {Tree(),
                                        Tree(true),
                                        Tree(7),
                                        Tree("seven"),
                                        Tree::array(),
                                        Tree::object(),
                                        Tree::array({"adult"}),
                                        Tree::literal("1.5")};
  return all;
}

constexpr std::string_view texts[] = {
    "", "no_such_code", "Adult", "adult ",
    // dates and times
    "2024-02-29", "2023-02-29", "2023-02-30", "2024-13-01", "2024-00-10", "2024-1-1", "0000-01-01",
    "0001-01-01", "9999-12-31", "10000-01-01", "2024-02-29T09:30:00.000Z", "2024-02-29T09:30:00Z",
    "2024-02-29T09:30:00.0000Z", "2024-02-29T09:30:00.000+00:00", "2024-02-29t09:30:00.000z",
    "2023-02-29T09:30:00.000Z", "2024-02-29T24:00:00.000Z", "2024-02-29T23:60:00.000Z",
    "2024-12-31T23:59:60.000Z", "0000-01-01T00:00:00.000Z",
    // ids
    "00000000-0000-0000-0000-000000000000", "5f0c0000-0000-4000-8000-00000000000",
    "5F0C0000-0000-4000-8000-000000000000", "5f0c0000-0000-4000-8000-00000000000g",
    "urn:uuid:5f0c0000-0000-4000-8000-000000000000", "5f0c00000000400080000000000000000000",
    "case/5f0c0000-0000-4000-8000-000000000000", "nothing/5f0c0000-0000-4000-8000-000000000000",
    "case/", "case/5f0c0000-0000-4000-8000-000000000000/",
    // countries and languages
    "RO", "ro", "QQ", "ZZ", "en", "EN", "en-GB", "qq", "R", "ROU",
    // characters that no text has, and some that a text may have
    "a\x01", "a\nb", "a\tb", "\x7f", "a\u0085", "\u00a0", "\u2028", "\u6f22\u5b57", "'\"\\/"};

// Texts at each of the limits in use and one byte beyond, in ASCII because the limits are in bytes.
constexpr std::size_t text_limits[] = {16, 32, 64, 80, 120, 200, 400, 16'000};

const std::vector<Tree>& other_texts() {
  static const auto all = [] {
    std::vector<Tree> out;
    for (const std::string_view text : texts) out.emplace_back(text);
    for (const std::size_t limit : text_limits) {
      out.emplace_back(std::string(limit, 'x'));
      out.emplace_back(std::string(limit + 1, 'x'));
    }
    return out;
  }();
  return all;
}

const std::vector<Tree>& other_numbers() {
  static const auto all = [] {
    std::vector<Tree> out;
    for (const std::string_view token :
         {"-1", "0", "1", "50", "51", "36500", "36501", "4294967295", "4294967296",
          "9007199254740991", "9007199254740993", "1.5"})
      out.push_back(Tree::literal(token));
    return out;
  }();
  return all;
}

const Tree& one_of(Generator& random, const std::vector<Tree>& all) {
  return all[random.below(all.size())];
}

bool is_boolean(const Tree& tree) {
  return tree.kind() == Tree::Kind::literal && (tree.text() == "true" || tree.text() == "false");
}

void change_object(Generator& random, Tree& object) {
  if (object.empty() || random.coin())
    object.set("unexpected", random.coin() ? Tree("seven") : Tree::array({1}));
  else
    object.remove(random.below(object.size()));
}

void change_list(Generator& random, Tree& list) {
  switch (random.below(3)) {
    case 0:
      list.add(one_of(random, other_types()));
      break;
    case 1:
      if (!list.empty()) list.remove(random.below(list.size()));
      break;
    default:
      // Beyond limits::list_items_max, and exactly so long.
      const std::size_t wanted = limits::list_items_max + random.below(2);
      while (!list.empty() && list.size() < wanted) list.add(Tree(list.child(0)));
  }
}
}  // namespace

Tree mutated(Generator& random, const Tree& original) {
  Tree out = original;
  std::vector<Tree*> places;
  collect(out, places);
  Tree& place = *places[random.below(places.size())];
  if (random.below(5) == 0) {
    place = one_of(random, other_types());
    return out;
  }
  switch (place.kind()) {
    case Tree::Kind::object:
      change_object(random, place);
      break;
    case Tree::Kind::array:
      change_list(random, place);
      break;
    case Tree::Kind::text:
      place = one_of(random, other_texts());
      break;
    case Tree::Kind::literal:
      place = is_boolean(place) ? one_of(random, other_types()) : one_of(random, other_numbers());
  }
  return out;
}

std::vector<Tree> every_mutation(const Tree& original) {
  Tree changing = original;
  std::vector<Tree*> places;
  collect(changing, places);
  std::vector<Tree> out;
  const auto put = [&](Tree& place, const Tree& wrong) {
    Tree kept = std::exchange(place, wrong);
    out.push_back(changing);
    place = std::move(kept);
  };
  for (Tree* place : places) {
    for (const Tree& type : other_types()) put(*place, type);
    if (place->kind() == Tree::Kind::text)
      for (const Tree& text : other_texts()) put(*place, text);
    if (place->kind() == Tree::Kind::literal && !is_boolean(*place))
      for (const Tree& number : other_numbers()) put(*place, number);
    for (std::size_t n = 0; n < place->size(); ++n) {
      Tree less = *place;
      less.remove(n);
      put(*place, less);
    }
    if (place->kind() == Tree::Kind::object) put(*place, Tree(*place).set("unexpected", "seven"));
    if (place->kind() == Tree::Kind::array)
      for (const std::size_t wanted : {limits::list_items_max, limits::list_items_max + 1}) {
        Tree more = *place;
        while (!more.empty() && more.size() < wanted) more.add(Tree(more.child(0)));
        put(*place, more);
      }
  }
  return out;
}
}  // namespace nrm::schemas
