#include "services/audit/access.hpp"

#include "common/event/codec.hpp"

namespace nrm {
bool AccessHistory::take(const Record& record) {
  if (record.at > at_) return false;
  if (record.rejection) take_refusal(record);
  for (const Emit& emit : record.events) {
    if (const auto* registered = get_if<OrganisationRegistered>(&emit.event))
      names_[OrganisationId(emit.stream.id)] = registered->name;
    if (emit.stream.kind == StreamKind::account)
      take_account(accounts_, AccountId(emit.stream.id), emit.event, record.at);
    if (emit.stream == case_stream(subject_)) take_case(emit.event, record);
    if (emit.stream.kind == StreamKind::item)
      take_item(SealedItemId(emit.stream.id), emit.event, record);
  }
  return true;
}

// Of whatever names the case, or something that is sealed for it.
void AccessHistory::take_refusal(const Record& record) {
  const auto* note = std::get_if<CommandNote>(&record.input);
  if (note == nullptr || !record.actor) return;
  const bool ours = visit(
      [this](const auto& command) {
        if constexpr (requires { command.subject == subject_; })
          return command.subject == subject_;
        else if constexpr (requires { items_.contains(command.item); })
          return items_.contains(command.item);
        else
          return false;
      },
      note->command);
  if (ours)
    refused_.push_back({record.at, record.seq, *record.actor, std::string(type_of(note->command)),
                        std::string(row_of(record.rejection->code).name)});
}

// What is sealed has the name of a class of fields; only the organisations' keys open it.
void AccessHistory::take_item(const SealedItemId& id, const Event& event, const Record& record) {
  if (const auto* stored = get_if<SealedItemStored>(&event)) {
    if (stored->subject != subject_) return;
    const auto same = enum_from<DataClass>(to_text(stored->class_));
    CHECK(same, "each sealed class is a class of fields");
    items_[id] = *same;
  } else if (const auto* opened = get_if<SealedItemOpened>(&event)) {
    const auto item = items_.find(id);
    if (item == items_.end()) return;
    did_.push_back({.at = record.at,
                    .seq = record.seq,
                    .by = opened->by,
                    .purpose = opened->purpose,
                    .classes = {item->second},
                    .relation = relation_of(opened->by, record.at),
                    .ground = {},
                    .emergency = {},
                    .proposal = {},
                    .item = id,
                    .approved_by = opened->approved_by});
  }
}

void AccessHistory::take_case(const Event& event, const Record& record) {
  case_.take(event, record.at);
  if (const auto* opened = get_if<DossierOpened>(&event))
    did_.push_back({record.at,
                    record.seq,
                    opened->by,
                    opened->purpose,
                    opened->classes,
                    relation_of(opened->by, record.at),
                    opened->ground,
                    opened->emergency,
                    opened->proposal,
                    {},
                    {}});
}

AccessReport AccessHistory::report() const {
  AccessReport out{subject_,         at_,     case_.ways(subject_, at_, offices_, accounts_), did_,
                   case_.consents(), refused_};
  for (CouldSee& way : out.could) {
    way.barred = case_.barred(way);
    way.accounts = way.barred ? 0 : case_.accounts_with(way, at_, accounts_);
  }
  return out;
}
}  // namespace nrm
