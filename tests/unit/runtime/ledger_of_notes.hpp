// The smallest core that exercises everything a runtime does: it keeps one consent per case, with a
// clock, and follows the vault's consents. Built from the real vocabulary, so no event is made up.
#pragma once
#include "common/step/decider.hpp"

namespace nrm::test {
struct Note {
  static constexpr StreamKind kind = StreamKind::case_;
  std::uint32_t given = 0;
  bool closed = false;
};
BOOST_DESCRIBE_STRUCT(Note, (), (given, closed))

// RecordConsent adds one (and sets the clock `review` a day ahead); a negative consent is refused;
// a due clock closes the note; DossierSealed from another log counts its consents.
struct LedgerOfNotes {
  static constexpr Service service = Service::vault;
  using States = StateTypes<Note>;
  using Receives = EventTypes<ReportReceived>;

  static void evolve(Note& note, const Event& event) {
    if (holds<ConsentRecorded>(event)) ++note.given;
    if (holds<DossierAbandoned>(event)) note.closed = true;
    if (holds<DossierReported>(event)) note.given += 100;
  }
  static Result<Decision> decide(const View& view, const Input& input, const Policy&) {
    Decision decision;
    if (const auto* received = std::get_if<Received>(&input.what))
      return decision.emit(received->stream, DossierReported{});
    if (const auto* due = std::get_if<Due>(&input.what))
      return decision.emit(due->stream, DossierAbandoned{});
    const auto* command = get_if<RecordConsent>(&std::get<Command>(input.what));
    if (command == nullptr) return Error(Code::bad_request, "", "not of this ledger");
    const auto* note = view.find<Note>(command->subject);
    if (note && note->closed) return Error(Code::case_closed, "", "the note is closed");
    if (!command->consent.given) return Error(Code::consent_missing, "/consent/given", "refused");
    const auto stream = case_stream(command->subject);
    decision.emit(stream, ConsentRecorded{command->consent});
    return decision.set_clock(stream, ClockName::review, input.at + days(1));
  }
  static void rows(const StreamKey& stream, const Note& note, Rows& out) {
    if (!note.closed) out.put("open/" + stream.id.text(), std::to_string(note.given));
  }
};
}  // namespace nrm::test
