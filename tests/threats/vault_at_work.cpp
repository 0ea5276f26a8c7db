#include "tests/threats/vault_at_work.hpp"

#include "common/runtime/folder.hpp"

namespace nrm::test {
namespace {
Policy pack() {
  const auto bytes = read_file(std::string(NRM_SOURCE_FOLDER) + "/deploy/policy/osce.json");
  CHECK(bytes, "the pack is there");
  auto policy = read_policy(*bytes);
  CHECK(policy, "the pack is good");
  return std::move(policy).value();
}
}  // namespace

std::unique_ptr<MasterKey> VaultAtWork::master() {
  return master_in_memory(crypto::SecretKey::from(std::string(32, 'm')).value());
}

VaultAtWork::VaultAtWork(Store& store, std::string keys)
    : store_(store), keys_(std::move(keys)), policy_(pack()) {
  const auto office = [&](Role role, const OrganisationId& of) {
    return Actor{AccountId(entropy_->uuid()), of, role};
  };
  const OrganisationId management(entropy_->uuid()), deciders(entropy_->uuid());
  policy_.appointments = Appointments{deciders, management};
  policy_.access_limits.clear();  // what they refuse is row 4's
  police = office(Role::first_responder, OrganisationId(entropy_->uuid()));
  manager = office(Role::case_manager, management);
  second_manager = office(Role::case_manager, management);
  authority = office(Role::competent_authority, deciders);
  CHECK(restart(), "the vault starts");
}

bool VaultAtWork::restart() {
  step_.reset();
  hooks_.reset();
  auto epochs = EpochKeys::open(keys_, master());
  if (!epochs) return false;
  auto sealing = Sealing::open(store_, std::move(epochs).value(), *entropy_);
  if (!sealing) return false;
  sealing_ = sealing->get();
  hooks_ = std::make_unique<VaultHooks>(std::move(sealing).value(),
                                        crypto::SecretKey::from(std::string(32, 'd')).value(),
                                        store_, *entropy_);
  auto step = Step::open({.core = core_of<Vault>(),
                          .store = store_,
                          .entropy = *entropy_,
                          .policy = policy_,
                          .policy_digest = "test",
                          .signer = signer_,
                          .origin = "test/vault/0",
                          .sandbox = true,
                          .hooks = hooks_.get()},
                         now_);
  if (!step) return false;
  step_ = std::move(step).value();
  return true;
}

VaultAtWork::Said VaultAtWork::ask(const Command& command, const Actor& actor,
                                   std::string_view personal, std::string key) {
  std::string data;
  write_command(data, command);
  if (key.empty()) {
    const Uuid fresh = entropy_->uuid();
    key.assign(fresh.bytes.begin(), fresh.bytes.end());
  }
  step_->ask({.number = 1,
              .key = key,
              .actor = actor,
              .expects = {},
              .type = type_of(command),
              .data = data,
              .personal = personal},
             0, now_);
  const auto committed = step_->commit();
  if (!committed) return {committed.error(), {}, {}};  // its answers are never sent
  const wire::Answer& answer = committed->answers.at(0).answer;
  return {answer.rejection, std::string(answer.record), std::string(answer.opened)};
}

Uuid VaultAtWork::Said::stream() const {
  json::Document document;
  CHECK(document.parse_trusted(record), "a record is JSON");
  return read_record(document.root())->events.at(0).stream.id;
}

CaseId VaultAtWork::report(const std::string& personal) {
  SealDossier seal;
  seal.age_now = AgeBand::adult;
  seal.consents = {{ConsentPurpose::identification, true}, {ConsentPurpose::support, true}};
  const Said said = ask(seal, police, personal);
  EXPECT_TRUE(said.accepted()) << said.rejection->where << ' ' << said.rejection->detail;
  const StreamKey subject = case_stream(said.stream());
  step_->receive({.log = "identification/0",
                  .seq = step_->head(),
                  .index = 0,
                  .hash = std::string(64, '0'),
                  .stream = subject,
                  .event = ReportReceived{.organisation = police.organisation,
                                          .owner = authority.organisation}},
                 police, now_);
  CHECK(step_->commit(), "the vault takes note of the report");
  return CaseId(subject.id);
}

VaultAtWork::Said VaultAtWork::open(const CaseId& subject, std::vector<DataClass> classes) {
  return ask(OpenDossier{subject, OpeningPurpose::safety, std::move(classes),
                         EmergencyGround::threat_to_life},
             manager);
}

std::size_t VaultAtWork::open_together(const CaseId& subject, const std::vector<DataClass>& classes,
                                       std::size_t count) {
  const std::string data = to_json(
      OpenDossier{subject, OpeningPurpose::safety, classes, EmergencyGround::threat_to_life});
  for (std::size_t i = 0; i < count; ++i) {
    const Uuid fresh = entropy_->uuid();
    step_->ask({.number = i,
                .key = std::string(fresh.bytes.begin(), fresh.bytes.end()),
                .actor = manager,
                .expects = {},
                .type = OpenDossier::type,
                .data = data,
                .personal = {}},
               i, now_);
  }
  const auto committed = step_->commit();
  CHECK(committed, "a batch on a good disk");
  std::size_t opened = 0;
  for (const auto& answered : committed->answers) opened += !answered.answer.opened.empty();
  return opened;
}

void VaultAtWork::erase(const CaseId& subject) {
  EXPECT_TRUE(ask(EraseCase{subject, ErasureGround::person_asked, true}, manager).accepted());
  EXPECT_TRUE(ask(ConfirmErasure{subject}, second_manager).accepted());
}

void VaultAtWork::pass(Milliseconds time) {
  now_ = now_ + time;
  for (int idle = 0; idle < 3;) {
    CHECK(sealing_->upkeep(), "upkeep on a good disk");
    const std::uint64_t before = step_->head();
    take_up_once();
    // An old key that is still there keeps its clock waiting.
    const bool waits = step_->next_due() && *step_->next_due() <= now_;
    idle = step_->head() == before && !waits ? idle + 1 : 0;
  }
}

void VaultAtWork::take_up_once() {
  for (const Due& due : step_->overdue(now_, limits::deadlines_per_batch_max))
    step_->due(due, now_);
  CHECK(step_->commit(), "a batch on a good disk");
}

std::vector<std::string> VaultAtWork::records() const {
  std::vector<std::string> out;
  CHECK(store_.scan(Family::log, {},
                    [&](std::string_view, std::string_view record) {
                      out.emplace_back(record);
                      return true;
                    }),
        "the log can be read");
  return out;
}

std::string person_called(const std::string& name) {
  return R"({"name":")" + name + R"(","date_of_birth":"1999-02-28","phone":"+373 )" + name +
         R"(","address":"Strada )" + name + R"( 1","safe_contact":"the sister of )" + name +
         R"(","account":")" + name + R"( told this","health_notes":")" + name +
         R"( needs insulin","family_at_risk":"a child of )" + name + R"("})";
}
}  // namespace nrm::test
