#include "tests/support/script.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace nrm::test {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t depth_max = 8;  // stories that continue stories

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string join(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + '\n';
  return out;
}

// The first word of `text`, which loses it and the spaces after it.
std::string_view word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const std::string_view out = text.substr(0, end);
  text.remove_prefix(std::min(text.find_first_not_of(' ', end), text.size()));
  return out;
}

bool is_outcome(std::string_view line) {
  const std::string_view first = word(line);
  return first == "then" || first == "clock" || first == "rejected" || first == "nothing" ||
         first == "row";
}

bool is_name_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
}
}  // namespace

Policy policy_of(std::string_view pack) {
  const fs::path file =
      fs::path(NRM_SOURCE_FOLDER) / "deploy/policy" / (std::string(pack) + ".json");
  Result<Policy> policy = read_policy(read_file(file));
  CHECK(policy, "a pack of deploy/policy does not read");
  policy->appointments = Appointments{.competent_authority = OrganisationId(id_of("owner")),
                                      .case_management = OrganisationId(id_of("managers")),
                                      .overseer = OrganisationId(id_of("overseer")),
                                      .board = OrganisationId(id_of("board")),
                                      .trusted_partners = {OrganisationId(id_of("partner"))}};
  return std::move(policy).value();
}

Uuid id_of(std::string_view name) {
  if (name == "nil") return {};
  Uuid seed;  // FNV-1a, spread by derive()
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  for (std::size_t i = 0; i < 8; ++i) seed.bytes[i] = static_cast<std::uint8_t>(hash >> (8 * i));
  return derive(seed, 0);
}

Desk& Script::desk() {
  CHECK(desk_, "the story names no policy");
  return *desk_;
}

// What the told story calls so, by its kind and how many of that kind there were before it.
std::optional<Uuid> Script::in_this_pack(std::string_view fresh) const {
  const auto named =
      std::ranges::find(told_->names_, fresh, [](const auto& n) { return n.second; });
  if (named == told_->names_.end()) return std::nullopt;
  for (const auto& [kind, ids] : told_->begun_) {
    const auto place = std::ranges::find(ids, named->first);
    if (place == ids.end()) continue;
    const auto here = begun_.find(kind);
    const auto before = static_cast<std::size_t>(place - ids.begin());
    if (here == begun_.end() || here->second.size() <= before) return std::nullopt;
    return here->second[before];
  }
  return std::nullopt;
}

std::string Script::regions_of_this_pack(std::string text) const {
  const auto& regions = desk_->policy().regions;
  for (std::size_t i = 0; i < story_regions_.size(); ++i)
    replace_all(text, '"' + story_regions_[i].text() + '"',
                '"' + regions[i % regions.size()].text() + '"');
  return text;
}

Uuid Script::id(std::string_view name) const {
  if (told_ != nullptr && name.starts_with("fresh"))
    if (const auto here = in_this_pack(name)) return *here;
  const auto known = std::ranges::find(names_, name, [](const auto& n) { return n.second; });
  return known != names_.end() ? known->first : id_of(name);
}

Actor Script::actor(std::string_view text) {
  const auto at = text.find('@');
  const auto role = enum_from<Role>(text.substr(0, at));
  CHECK(role && at != text.npos, "an actor is role@organisation/account");
  text.remove_prefix(at + 1);
  const auto slash = std::min(text.find('/'), text.size());
  const std::string organisation(text.substr(0, slash));
  const std::string account =
      slash == text.size() ? organisation + "_desk" : std::string(text.substr(slash + 1));
  names_.emplace(id_of(organisation), organisation);
  const AccountId one(id(account));  // $fresh3: an account that this story issued
  names_.emplace(one, account);
  return {.account = one, .organisation = OrganisationId(id_of(organisation)), .role = *role};
}

Input Script::input(decltype(Input::what) what, std::optional<Actor> actor) {
  return {.id = id_of("input" + std::to_string(++inputs_)),
          .at = now_,
          .actor = std::move(actor),
          .what = std::move(what)};
}

std::vector<Script::Statement> Script::split(const std::string& file) {
  std::vector<Statement> out(1);  // the first holds the comments at the head of the file
  std::istringstream in(file);
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const bool continued = line.starts_with(' ') && out.back().rest.empty();
    if (line.empty() || line.starts_with('#')) {
      out.back().rest.push_back(line);
    } else if (is_outcome(line)) {
      out.back().outcome.push_back(line);
    } else if (continued && out.back().outcome.empty()) {
      out.back().text += line.substr(line.find_first_not_of(' '));
      out.back().raw.push_back(line);
    } else {
      out.push_back({.line = number, .text = line, .raw = {line}, .outcome = {}, .rest = {}});
    }
  }
  return out;
}

bool Script::run(const fs::path& file) {
  const std::string text = read_file(file);
  if (text.empty()) mistake("there is no such story: " + file.string());
  names_.emplace(Uuid{}, "nil");
  names_.emplace(id_of("owner"), "owner");
  names_.emplace(id_of("managers"), "managers");
  names_.emplace(id_of("overseer"), "overseer");
  names_.emplace(id_of("board"), "board");
  names_.emplace(id_of("partner"), "partner");
  expected_.clear();
  actual_.clear();
  for (const Statement& statement : split(text)) {
    line_ = statement.line;
    const Lines outcome = live(statement, file);
    expected_ += join(statement.raw) + join(statement.outcome) + join(statement.rest);
    actual_ += join(statement.raw) + join(outcome) + join(statement.rest);
  }
  return expected_ == actual_ && mistakes_.empty();
}

Script::Lines Script::mistake(std::string what) {
  mistakes_.push_back("line " + std::to_string(line_) + ": " + std::move(what));
  return {};
}

Script::Lines Script::live(const Statement& statement, const fs::path& file) {
  std::string_view rest = statement.text;
  if (rest.empty()) return {};
  const std::string_view verb = word(rest);
  if (verb == "policy") {
    desk_ = std::make_unique<Desk>(core_, policy_of(pack_.empty() ? rest : pack_));
    if (!pack_.empty() && rest != pack_) story_regions_ = policy_of(rest).regions;
    return {};
  }
  if (verb == "let") {
    const std::string name(word(rest));
    lets_[name] = rest;
    return {};
  }
  if (verb == "continues") {
    continue_from(file.parent_path() / rest);
    return {};
  }
  if (verb == "at") {
    const auto instant = Instant::parse(rest);
    if (!instant) return mistake("not a time");
    if (*instant < now_ && told_ == nullptr) return mistake("time does not run backwards");
    now_ = std::max(now_, *instant);  // a clock of another pack may have been waited for
    return {};
  }
  if (verb == "as") {
    by_itself_ = rest == "itself";
    if (by_itself_)
      actor_.reset();
    else
      actor_ = actor(rest);
    return {};
  }
  if (!desk_) return mistake("the story names no policy");
  if (verb == "when") return when(rest);
  if (verb == "received") return received(rest);
  if (verb == "due") return due(rest, false);
  if (verb == "stray") return due(rest, true);
  if (verb == "rows") return list_rows(rest);
  return mistake("no such statement: " + std::string(verb));
}

void Script::continue_from(const fs::path& file) {
  if (depth_ == depth_max) return void(mistake("stories continue each other without end"));
  ++depth_;
  const auto line = line_;
  const std::string text = read_file(file);
  if (text.empty()) mistake("there is no such story: " + file.string());
  for (const Statement& statement : split(text)) live(statement, file);
  line_ = line;
  --depth_;
}

Script::Lines Script::when(std::string_view text) {
  const std::string_view type = word(text);
  const std::string body = expand(text);
  json::Document document;
  if (const auto parsed = document.parse_strict(body); !parsed)
    return mistake("not JSON: " + parsed.error().detail);
  Reading reading(Unknown::refuse);
  const Result<Command> command = read_command(type, document.root(), reading);
  if (!command) return mistake(command.error().where + ": " + command.error().detail);
  if (!actor_ && !by_itself_) return mistake("say who does it: as role@organisation");
  return apply(input(command.value(), actor_));
}

Script::Lines Script::received(std::string_view text) {
  const std::string_view log = word(text), type = word(text), key = word(text);
  const auto service = enum_from<Service>(log);
  if (!service || owner_of(type) != service) return mistake("that log has no such event");
  if (!core_.wants(type)) return mistake("the service does not follow this event");
  const auto stream = StreamKey::parse(expand(key));
  if (!stream) return mistake("not a stream");
  const std::string body = expand(text);
  json::Document document;
  if (const auto parsed = document.parse_strict(body); !parsed)
    return mistake("not JSON: " + parsed.error().detail);
  const Result<Event> event = read_event(type, document.root(), Unknown::refuse);
  if (!event) return mistake(event.error().where + ": " + event.error().detail);
  return apply(input(Received{.log = log_name(*service),
                              .seq = inputs_ + 1,
                              .index = 0,
                              .hash = std::string(64, '0'),
                              .stream = *stream,
                              .event = event.value()}));
}

Script::Lines Script::due(std::string_view text, bool stray) {
  const auto stream = StreamKey::parse(expand(word(text)));
  const auto name = enum_from<ClockName>(text);
  if (!stream || !name) return mistake("due STREAM CLOCK");
  const auto running = desk().clocks().find({*stream, *name});
  const bool runs = running != desk().clocks().end();
  if (told_ != nullptr && stray == runs) return {};
  if (told_ != nullptr && runs) now_ = std::max(now_, running->second);
  if (stray && runs) return mistake("this clock is running: say due");
  if (!stray && !runs) return mistake("this clock is not running");
  if (runs && running->second > now_)
    return mistake("this clock runs out at " + running->second.text());
  return apply(
      input(Due{.stream = *stream, .name = *name, .set_for = runs ? running->second : now_}));
}

Script::Lines Script::list_rows(std::string_view prefix) {
  Lines out;
  desk().rows(expand(prefix), [&](std::string_view key, std::string_view value) {
    out.push_back("row " +
                  present(std::string(key) + (value.empty() ? "" : " ") + std::string(value)));
    return true;
  });
  if (out.empty()) out.push_back("nothing");
  return out;
}

Script::Lines Script::apply(const Input& input) {
  const auto faults_before = desk().faults().size();
  const Outcome outcome = desk().apply(input);
  observe(input, outcome);
  if (watch_) watch_(input, outcome);
  for (std::size_t i = faults_before; i < desk().faults().size(); ++i)
    mistake("broken promise: " + desk().faults()[i]);
  Lines out;
  if (outcome.rejection) {
    std::string line = "rejected " + std::string(row_of(outcome.rejection->code).name);
    if (!outcome.rejection->where.empty()) line += ' ' + outcome.rejection->where;
    line += ' ';
    json::append_string(line, outcome.rejection->detail);
    return {present(line)};
  }
  for (const Emit& emit : outcome.decision.events) {
    std::string line = "then " + std::string(type_of(emit.event)) + ' ' + emit.stream.text() + ' ';
    write_event(line, emit.event);
    out.push_back(present(line));
  }
  for (const ClockChange& change : outcome.decision.clocks)
    out.push_back(present("clock " + change.stream.text() + ' ' +
                          std::string(to_text(change.name)) + ' ' +
                          (change.due ? change.due->text() : "cleared")));
  if (out.empty()) out.push_back("nothing");
  return out;
}

std::string Script::status_of(const StreamKey& stream) {
  json::Document document;
  const std::string state = desk().state_json(stream);
  CHECK(document.parse_strict(state), "a state is JSON");
  const json::Value status = document.root().find("status");
  return status ? std::string(status.text()) : std::string();
}

void Script::observe(const Input& input, const Outcome& outcome) {
  std::string by;
  if (const auto* command = std::get_if<Command>(&input.what))
    by = visit([](const auto& one) { return std::string(one.type); }, *command);
  else if (const auto* received = std::get_if<Received>(&input.what))
    by = std::string(type_of(received->event));
  else
    by = "clock " + std::string(to_text(std::get<Due>(input.what).name));
  std::set<StreamKey> touched;
  for (const Emit& emit : outcome.decision.events) {
    touched.insert(emit.stream);
    auto& begun = begun_[emit.stream.kind];
    if (std::ranges::find(begun, emit.stream.id) == begun.end()) begun.push_back(emit.stream.id);
  }
  for (const StreamKey& stream : touched) {
    const std::string status = status_of(stream);
    if (status.empty()) continue;
    transitions_.push_back({stream.kind, statuses_[stream], status, by});
    statuses_[stream] = status;
    Standing& standing = standings_[{stream.kind, status}];
    const auto& rows = desk().all_rows();
    standing.queued &= std::ranges::any_of(rows, [&](const auto& row) {
      return row.first.starts_with("queue/") && row.first.ends_with(stream.id.text());
    });
    standing.timed &= std::ranges::any_of(
        desk().clocks(), [&](const auto& clock) { return clock.first.first == stream; });
  }
}

std::string Script::expand(std::string_view text) {
  std::string out(text);
  for (auto let = lets_.rbegin(); let != lets_.rend(); ++let)  // %ab before %a
    replace_all(out, '%' + let->first, let->second);
  for (std::size_t at = 0; (at = out.find('$', at)) != out.npos;) {
    std::size_t end = at + 1;
    while (end < out.size() && is_name_letter(out[end])) ++end;
    const std::string name = out.substr(at + 1, end - at - 1);
    const Uuid known = id(name);
    names_.emplace(known, name);
    out.replace(at, end - at, known.text());
    at += 36;
  }
  return story_regions_.empty() ? out : regions_of_this_pack(std::move(out));
}

std::string Script::present(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto id = Uuid::parse(text.substr(at, 36));
    if (!id) {
      out += text[at++];
      continue;
    }
    if (!names_.contains(*id)) names_.emplace(*id, "fresh" + std::to_string(++fresh_));
    out += '$' + names_.at(*id);
    at += 36;
  }
  for (const auto& [name, value] : lets_) replace_all(out, value, '%' + name);
  return out;
}

std::vector<fs::path> scripts_of(std::string_view service) {
  std::vector<fs::path> out;
  for (const auto& entry :
       fs::directory_iterator(fs::path(NRM_SOURCE_FOLDER) / "tests/service/scripts" / service))
    if (entry.path().extension() == ".txt") out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

void expect_script(const Core& core, const fs::path& file) {
  Script script(core);
  script.run(file);
  for (const std::string& mistake : script.mistakes())
    ADD_FAILURE() << file.string() << ", " << mistake;
  if (std::getenv("REWRITE") != nullptr && script.expected() != script.actual()) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << script.actual();
    return;
  }
  EXPECT_EQ(script.expected(), script.actual()) << file.string();
}

std::string script_name(const fs::path& file) { return file.stem().string(); }
}  // namespace nrm::test
