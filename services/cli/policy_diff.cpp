#include "services/cli/policy_diff.hpp"

#include <algorithm>
#include <map>

#include "common/base/check.hpp"
#include "common/base/json.hpp"

namespace nrm::cli {
namespace {
// Members that name an item of a list, in the order in which they are said.
constexpr std::string_view names[] = {"name", "urgency", "stage",    "route",
                                      "role", "region",  "category", "class"};

bool is_name(std::string_view member) {
  return std::ranges::find(names, member) != std::end(names);
}

std::string scalar(json::Value value) {
  switch (value.kind()) {
    case json::Kind::boolean:
      return value.boolean() ? "yes" : "no";
    case json::Kind::integer:
      return std::to_string(value.integer());
    case json::Kind::string:
      return std::string(value.text());
    default:
      return "";
  }
}

// All that a value says, without what names it and where it is from.
std::string summary(json::Value value) {
  std::string out;
  const auto add = [&out](const std::string& more) {
    if (!more.empty()) out += (out.empty() ? "" : ", ") + more;
  };
  if (value.kind() == json::Kind::object) {
    for (const json::Value member : value)
      if (!is_name(member.key()) && member.key() != "source")
        add(std::string(member.key()) + ' ' + summary(member));
  } else if (value.kind() == json::Kind::array) {
    for (const json::Value item : value) add(summary(item));
  } else {
    return scalar(value);
  }
  return out.empty() ? "nothing" : out;
}

std::string name_of(json::Value item) {
  std::string out;
  for (const std::string_view name : names)
    if (const json::Value member = item.find(name))
      out += (out.empty() ? "" : " ") + scalar(member);
  return out;
}

bool has_items_with_names(json::Value list) {
  for (const json::Value item : list)
    if (item.kind() != json::Kind::object || name_of(item).empty()) return false;
  return true;
}

class Comparison {
 public:
  std::vector<PolicyDifference> take() { return std::move(out_); }

  void compare(json::Value a, json::Value b, const std::string& part, const std::string& what) {
    if (!a || !b || a.kind() != b.kind()) return differ(a, b, part, what);
    if (a.kind() == json::Kind::object) return members(a, b, part, what);
    if (a.kind() == json::Kind::array) {
      if (has_items_with_names(a) && has_items_with_names(b)) return named(a, b, part, what);
      return sets(a, b, part, what);
    }
    if (scalar(a) != scalar(b)) differ(a, b, part, what);
  }

 private:
  void differ(json::Value a, json::Value b, const std::string& part, const std::string& what) {
    PolicyDifference one{part, what, std::nullopt, std::nullopt};
    if (a) one.before = summary(a);
    if (b) one.after = summary(b);
    out_.push_back(std::move(one));
  }

  static std::string below(const std::string& what, std::string_view more) {
    return what.empty() ? std::string(more) : what + ", " + std::string(more);
  }

  void members(json::Value a, json::Value b, const std::string& part, const std::string& what) {
    for (const json::Value one : a)
      compare(one, b.find(one.key()), part.empty() ? std::string(one.key()) : part,
              part.empty() ? "" : below(what, one.key()));
    for (const json::Value one : b)
      if (!a.find(one.key()))
        compare({}, one, part.empty() ? std::string(one.key()) : part,
                part.empty() ? "" : below(what, one.key()));
  }

  void named(json::Value a, json::Value b, const std::string& part, const std::string& what) {
    std::map<std::string, json::Value> in_b;
    for (const json::Value one : b) in_b.emplace(name_of(one), one);
    for (const json::Value one : a) {
      const auto found = in_b.extract(name_of(one));
      compare(one, found ? found.mapped() : json::Value(), part, below(what, name_of(one)));
    }
    for (const json::Value one : b)
      if (in_b.contains(name_of(one))) compare({}, one, part, below(what, name_of(one)));
  }

  // Each item that only one of them has.
  void sets(json::Value a, json::Value b, const std::string& part, const std::string& what) {
    std::multimap<std::string, bool> in_a, in_b;
    for (const json::Value one : a) in_a.emplace(summary(one), true);
    for (const json::Value one : b) in_b.emplace(summary(one), true);
    const std::size_t before = out_.size();
    for (const json::Value one : a)
      if (!in_b.contains(summary(one))) out_.push_back({part, what, summary(one), std::nullopt});
    for (const json::Value one : b)
      if (!in_a.contains(summary(one))) out_.push_back({part, what, std::nullopt, summary(one)});
    if (out_.size() == before && summary(a) != summary(b)) differ(a, b, part, what);
  }

  std::vector<PolicyDifference> out_;
};
}  // namespace

std::vector<PolicyDifference> differences(const Policy& a, const Policy& b) {
  json::Document before, after;
  CHECK(before.parse_trusted(to_json(a)) && after.parse_trusted(to_json(b)), "we wrote it");
  Comparison comparison;
  comparison.compare(before.root(), after.root(), "", "");
  return comparison.take();
}

std::string text_of_differences(const std::vector<PolicyDifference>& all) {
  std::string out, part;
  for (const PolicyDifference& one : all) {
    if (one.part != part) out += (part = one.part) + '\n';
    const std::string what = one.what.empty() ? "" : one.what + ": ";
    if (one.before && one.after)
      out += "  ~ " + what + *one.before + " -> " + *one.after + '\n';
    else
      out += (one.before ? "  - " + what + *one.before : "  + " + what + *one.after) + '\n';
  }
  return out;
}
}  // namespace nrm::cli
