// Erasure's receipt, and everything that is kept about a person, for that person.
#include <algorithm>
#include <span>

#include "common/base/json_text.hpp"
#include "services/gateway/forms.hpp"
#include "services/gateway/handlers.hpp"
#include "services/gateway/subject_labels.hpp"

namespace nrm::gateway {
namespace {
// One row of the case's timeline, decoded: what of the vault's story matters here.
struct Told {
  Instant at;
  std::string type;
  std::optional<OrganisationId> organisation;  // of who did it
  std::optional<Event> event;                  // of those below
};
constexpr std::string_view vault_story[] = {DossierOpened::type, ErasureRequested::type,
                                            ErasureConfirmed::type, ErasureCancelled::type,
                                            CaseErased::type};

Result<std::vector<Told>> read_timeline(const Store& store, const Uuid& id) {
  std::vector<Told> out;
  json::Document document;
  Result<void> fault;
  NRM_TRY(
      store.scan(Family::rows, prefixed(row_key({"timeline", id.text(), ""})), [&](auto, auto row) {
        if (fault = document.parse_trusted(row); !fault) return false;
        const json::Value item = document.root();
        Told told{.at = Instant::parse(item.find("at").text()).value_or(Instant{}),
                  .type = std::string(item.find("type").text()),
                  .organisation = {},
                  .event = {}};
        if (const json::Value who = item.find("organisation"))
          told.organisation = OrganisationId::parse(who.text());
        const bool story = std::ranges::find(vault_story, told.type) != std::end(vault_story);
        if (story) {
          auto event = read_event(told.type, item.find("data"), Unknown::ignore);
          if (!event) {
            fault = std::move(event).error();
            return false;
          }
          told.event = std::move(*event);
        }
        // An erasure is told however long the story before it was.
        if (story || out.size() < limits::openings_listed_max) out.push_back(std::move(told));
        return true;
      }));
  NRM_TRY(fault);
  return out;
}

// Who has read what was sealed to organisations: not in the timeline of a case, where others would
// learn that there is something (seal_views.cpp writes these rows).
struct SealedReading {
  ItemReader reader;
  DataClass class_{};
};
Result<std::vector<SealedReading>> read_sealed_readings(const Store& store, const Uuid& id) {
  std::vector<SealedReading> out;
  const std::string of_case = row_key({"sealed_reader", id.text(), ""});
  bool good = true;
  NRM_TRY(
      store.scan(Family::rows, prefixed(of_case), [&](std::string_view key, std::string_view row) {
        const auto next = [&row] {
          const std::string_view part = row.substr(0, row.find('/'));
          row.remove_prefix(std::min(part.size() + 1, row.size()));
          return part;
        };
        const auto by = OrganisationId::parse(key.substr(of_case.size(), 36));
        const auto one = enum_from<DataClass>(next());
        const auto at = Instant::parse(next());
        const auto role = enum_from<Role>(next());
        const auto purpose = enum_from<OpeningPurpose>(next());
        good = by && one && at && role && purpose;
        if (good) out.push_back({{*by, *at, *role, *purpose}, *one});
        return good;  // no bound of its own: a case has so many items, and each so many copies
      }));
  if (!good) return Error(Code::corrupt, "", "a row of who read a sealed item is not readable");
  return out;
}

// Case management alone: what is here names who opened what.
Result<Found<CaseView>> find_for_management(Gateway& gateway, const Call& call) {
  const auto& parts = gateway.parts();
  if (!holds_office(call.caller, parts.offices))
    return Error(Code::not_found, "", "there is nothing here for you");
  return find_case(parts.store, parts.offices, call.caller, call.id);
}

// --- the receipt of an erasure ------------------------------------------------------------------

struct Story {
  ErasureItem item;
  bool asked = false;
  std::optional<CaseErased> erased;
  std::vector<KeptPlace> openers;
};

void note_opening(Story& story, const OrganisationId& by, std::span<const DataClass> classes,
                  Instant at) {
  auto known = std::ranges::find_if(
      story.openers, [&](const KeptPlace& place) { return place.organisation == by; });
  if (known == story.openers.end())
    known = story.openers.insert(story.openers.end(), {.place = KeptAt::organisation,
                                                       .state = KeptState::own_copies,
                                                       .at = at,
                                                       .organisation = by,
                                                       .classes = {}});
  known->at = std::max(*known->at, at);
  for (const DataClass one : classes)
    if (std::ranges::find(known->classes, one) == known->classes.end())
      known->classes.push_back(one);
}

Result<void> note_sealed_readers(const Store& store, const Uuid& id, Story& story) {
  NRM_TRY_ASSIGN(const auto readings, read_sealed_readings(store, id));
  for (const SealedReading& one : readings)
    note_opening(story, one.reader.organisation, std::span(&one.class_, 1), one.reader.at);
  return {};
}

void note(Story& story, const Told& told) {
  if (!told.event) return;
  ErasureItem& item = story.item;
  if (const auto* opened = get_if<DossierOpened>(&*told.event)) {
    note_opening(story, opened->by.organisation, opened->classes, told.at);
  } else if (const auto* asked = get_if<ErasureRequested>(&*told.event)) {
    story.asked = true;
    item.status = ErasureStatus::asked;
    item.ground = asked->ground;
    item.emergency = asked->emergency;
    item.asked_at = told.at;
    item.erase_at.reset();
  } else if (const auto* confirmed = get_if<ErasureConfirmed>(&*told.event)) {
    item.status = ErasureStatus::confirmed;
    item.erase_at = confirmed->erase_at;
  } else if (holds<ErasureCancelled>(*told.event)) {
    item.status = ErasureStatus::cancelled;
    item.erase_at.reset();
  } else if (const auto* erased = get_if<CaseErased>(&*told.event)) {
    item.status = ErasureStatus::erased;
    item.erased_at = told.at;
    story.erased = *erased;
  }
}

// Copies in old files and backups die with the key of their epoch; the hour is for wrapping the
// keys of the living.
Result<KeptPlace> backups_of(const Store& store, const Story& story, Instant now) {
  KeptPlace out{.place = KeptAt::backups, .state = KeptState::sealed};
  if (!story.erased) return out;
  out.state = KeptState::unreadable_after;
  out.at = story.erased->copies_until;
  NRM_TRY_ASSIGN(
      const auto destroyed,
      store.get(Family::rows, row_key({"epoch_destroyed", fixed_hex(story.erased->epoch, 8)})));
  if (!destroyed) {
    if (now > story.erased->copies_until + hours(1)) out.state = KeptState::overdue;
    return out;
  }
  out.state = KeptState::unreadable_since;
  out.at = Instant::parse(*destroyed);
  return out;
}

Result<ErasureItem> receipt_of(const Store& store, Story story, Instant now) {
  ErasureItem out = std::move(story.item);
  // What could be here is named; that there was a sealed item is told only by who read it.
  const auto in_vault = [&](KeptAt place, KeptState before) {
    out.places.push_back({.place = place,
                          .state = story.erased ? KeptState::destroyed : before,
                          .at = out.erased_at,
                          .organisation = {},
                          .classes = {}});
  };
  in_vault(KeptAt::vault_store, KeptState::sealed);
  in_vault(KeptAt::sealed_items, KeptState::sealed);
  in_vault(KeptAt::duplicate_tokens, KeptState::keyed);
  for (const KeptAt place : {KeptAt::logs, KeptAt::audit_archive, KeptAt::gateway_rows})
    out.places.push_back({.place = place, .state = KeptState::coded_facts});
  NRM_TRY_ASSIGN(KeptPlace backups, backups_of(store, story, now));
  out.places.push_back(std::move(backups));
  out.places.push_back({.place = KeptAt::tokens_in_backups, .state = KeptState::keyed});
  std::ranges::move(story.openers, std::back_inserter(out.places));
  return out;
}

// --- own access ---------------------------------------------------------------------------------

std::string name_of(const Store& store, const OrganisationId& id) {
  const auto found = find_view<OrganisationView>(store, id);
  return found ? found->view.name.text() : id.text();
}

void append(std::string& out, std::string_view member, std::string_view text) {
  if (out.back() != '{') out += ',';
  json::append_string(out, member);
  out += ':';
  json::append_string(out, text);
}

// {"identity":{"name":…},…} of the vault as headings and labelled fields. Plaintext.
Result<std::string> labelled(std::string_view opened, const SubjectLabels& labels) {
  json::Document document;
  NRM_TRY(document.parse_strict(opened));
  std::string out = "[";
  out.reserve(2 * opened.size() + 4'096);
  for (const json::Value one : document.root()) {
    if (out.size() > 1) out += ',';
    out += '{';
    append(out, "heading", labels.of(one.key()));
    out += ",\"fields\":[";
    for (const json::Value field : one) {
      if (out.back() != '[') out += ',';
      out += '{';
      append(out, "label", labels.of(field.key()));
      append(out, "value", field.text());
      out += '}';
    }
    out += "]}";
  }
  return out + ']';
}

// Of what is sealed to organisations, the last reading by each.
Result<std::string> openings_of(const Store& store, const Uuid& id,
                                const std::vector<Told>& timeline, const SubjectLabels& labels) {
  std::vector<OpeningItem> items;
  const auto add = [&](const ItemReader& by, std::span<const DataClass> classes) {
    OpeningItem item{.at = by.at,
                     .organisation = by.organisation,
                     .name = name_of(store, by.organisation),
                     .role = by.role,
                     .purpose = by.purpose,
                     .why = labels.of(to_text(by.purpose)),
                     .classes = {}};
    for (const DataClass one : classes) item.classes.push_back(labels.of(to_text(one)));
    items.push_back(std::move(item));
  };
  for (const Told& told : timeline)
    if (const auto* opened = told.event ? get_if<DossierOpened>(&*told.event) : nullptr)
      add({opened->by.organisation, told.at, opened->by.role, opened->purpose}, opened->classes);
  NRM_TRY_ASSIGN(const auto readings, read_sealed_readings(store, id));
  for (const SealedReading& one : readings) add(one.reader, std::span(&one.class_, 1));
  std::ranges::stable_sort(items, {}, &OpeningItem::at);
  std::string out = "{";
  append(out, "heading", labels.of("openings"));
  out += ",\"items\":" + to_json(items);
  if (items.empty()) append(out, "nobody", labels.of("nobody"));
  return out + '}';
}

std::string events_of(const Store& store, const std::vector<Told>& timeline,
                      const SubjectLabels& labels) {
  std::vector<HappenedItem> items;
  for (const Told& told : timeline) {
    items.push_back({.at = told.at, .type = told.type, .by = {}});
    if (told.organisation) items.back().by = name_of(store, *told.organisation);
  }
  std::string out = "{";
  append(out, "heading", labels.of("events"));
  return out + ",\"items\":" + to_json(items) + '}';
}

Result<std::string> document_of(const Store& store, const Uuid& id, const SubjectLabels& labels,
                                const Accepted& accepted) {
  NRM_TRY_ASSIGN(const auto found, find_view<CaseView>(store, id));
  NRM_TRY_ASSIGN(const auto timeline, read_timeline(store, id));
  NRM_TRY_ASSIGN(const auto facts, store.get(Family::rows, row_key({"facts", id.text()})));
  const std::string_view opened = accepted.answer.opened.empty() ? "{}" : accepted.answer.opened;
  NRM_TRY_ASSIGN(const std::string personal, labelled(opened, labels));
  std::string out = "{";
  append(out, "language", labels.language().text());
  append(out, "title", labels.of("title"));
  append(out, "intro", labels.of("intro"));
  append(out, "reference", found.view.reference.text());
  out += ",\"personal\":{";
  append(out, "heading", labels.of("personal"));
  out += ",\"classes\":" + personal + "},\"facts\":{";
  append(out, "heading", labels.of("facts"));
  if (facts) out += ",\"facts\":" + *facts;
  NRM_TRY_ASSIGN(const std::string openings, openings_of(store, id, timeline, labels));
  out += "},\"openings\":" + openings;
  out += ",\"events\":" + events_of(store, timeline, labels) + ",\"rights\":{";
  append(out, "label", labels.of("rights"));
  append(out, "value", labels.of("rights_text"));
  out += "},\"receipt\":";
  write_json(out, accepted.receipt);
  return out + '}';
}
}  // namespace

void get_erasure(Gateway& gateway, const CallPtr& call) {
  const auto found = find_for_management(gateway, *call);
  if (!found) return call->fail(found.error());
  const auto timeline = read_timeline(gateway.parts().store, call->id);
  if (!timeline) return call->fail(timeline.error());
  Story story;
  story.item.case_ = CaseId(call->id);
  story.item.reference = found->view.reference;
  for (const Told& told : *timeline) note(story, told);
  if (!story.asked)
    return call->fail(Error(Code::not_found, "", "no erasure was asked for in this case"));
  const auto& parts = gateway.parts();
  if (const auto read = note_sealed_readers(parts.store, call->id, story); !read)
    return call->fail(read.error());
  const auto item = receipt_of(parts.store, std::move(story), parts.clock.now());
  if (!item) return call->fail(item.error());
  call->answer(item_response(*item));
}

void post_subject_access(Gateway& gateway, const CallPtr& call) {
  const auto found = find_for_management(gateway, *call);
  if (!found) return call->fail(found.error());
  const auto form = read_form<SubjectAccessForm>(*call);
  if (!form) return;
  send(gateway, call,
       {.service = SubjectAccessForm::Sends::target,
        .type = SubjectAccessForm::Sends::type,
        .data = to_json(form->command(call->id, call->caller)),
        .place = place_in<SubjectAccessForm>},
       [&gateway, language = form->language](const CallPtr& asked, const Accepted& accepted) {
         auto document =
             document_of(gateway.parts().store, asked->id, SubjectLabels::of(language), accepted);
         if (!document) return asked->fail(Error(Code::internal));
         http::Response response;
         response.body = std::move(*document);
         asked->answer(std::move(response));
       });
}
}  // namespace nrm::gateway
