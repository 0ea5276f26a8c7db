// nrm vault split, unseal and rewrap: where the vault's master key is. Offline, in the data folder;
// no key or share is ever an argument.
#include <pwd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "common/runtime/run.hpp"
#include "services/cli/commands.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/pack.hpp"
#include "services/vault/open_master.hpp"
#include "services/vault/unseal.hpp"

namespace nrm::cli {
namespace {
// Nothing that is typed shows on the terminal.
class SilentTerminal {
 public:
  SilentTerminal() : silent_(::isatty(STDIN_FILENO) && ::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!silent_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    std::fputs("Share (nothing shows while you type): ", stderr);
  }
  ~SilentTerminal() {
    if (!silent_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputc('\n', stderr);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

 private:
  termios before_{};
  const bool silent_;
};

// One line of standard input; empty at its end.
Sensitive<std::string> read_share_line() {
  const SilentTerminal terminal;
  std::string line;
  line.reserve(256);  // never moved: a copy could not be wiped
  for (char byte = 0; line.size() < 200 && ::read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n';)
    line += byte;
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.pop_back();
  return Sensitive<std::string>(std::move(line));
}

Result<std::unique_ptr<MasterKey>> present_from_shares() {
  std::vector<Share> shares;
  std::uint32_t threshold = 1;
  while (shares.size() < threshold) {
    const auto line = read_share_line();
    NRM_TRY_ASSIGN(auto share, read_share(line.reveal()));
    std::sscanf(line.reveal().c_str(), "nrm-share-%u-", &threshold);
    for (const Share& other : shares)
      if (other.number == share.number)
        return Error(Code::bad_request, "", "a share was entered twice");
    shares.push_back(std::move(share));
  }
  return master_in_memory(combine_shares(shares));
}

// The master as of now; none when an earlier move has destroyed its file already.
Result<std::unique_ptr<MasterKey>> present_master(const Folder& folder) {
  NRM_TRY_ASSIGN(const MasterPlace place, read_master_place(folder.path()));
  const std::string file = folder.file("keys/vault/master");
  if (std::filesystem::exists(file)) {
    NRM_TRY_ASSIGN(auto key, read_master_file(file));
    return master_in_memory(std::move(key));
  }
  switch (place.kind) {
    case MasterKind::file:
      return std::unique_ptr<MasterKey>();
    case MasterKind::credential: {
      NRM_TRY_ASSIGN(auto key, read_master_credential(credential_name));
      return master_in_memory(std::move(key));
    }
    case MasterKind::shares:
      return present_from_shares();
    case MasterKind::token:
      return open_token_of(folder, place);
  }
  return std::unique_ptr<MasterKey>();
}

Result<MasterMove> read_move(const VaultRewrapOptions& options) {
  const auto kind = enum_from<MasterKind>(options.to);
  if (!kind || *kind == MasterKind::shares)
    return Error(Code::unknown_code, "--to",
                 "file, token or credential (for shares: --to file, then nrm vault split)");
  MasterMove move{.to = {.kind = *kind}, .handed_over = absolute_folder(options.out)};
  if (*kind == MasterKind::credential && options.out.empty())
    return Error(Code::missing_field, "--out", "where the fresh key is put for systemd-creds");
  if (*kind != MasterKind::token) return move;
  move.to.module = Text<200>::parse(options.module);
  move.to.token = Text<200>::parse(options.token);
  move.to.key = Text<200>::parse(options.key);
  move.to.pin_file = Text<200>::parse(options.pin_file);
  for (const std::string& path : options.paths) {
    const auto text = Text<200>::parse(path);
    if (!text || !std::filesystem::path(path).is_absolute())
      return Error(Code::out_of_range, "--token-path", "an absolute path of 200 bytes at most");
    move.to.paths.push_back(*text);
  }
  if (!move.to.module || !move.to.token || !move.to.key || !move.to.pin_file)
    return Error(Code::missing_field, "--to token",
                 "needs --module, --token-label, --key-label and --pin-file");
  return move;
}

Result<Folder> open_quietly(const std::string& dir) {
  crypto::start();
  harden_process();
  return Folder::open(absolute_folder(dir));
}

// What root wrote into keys/vault, the vault's own user could not read: it would never start again.
Result<Folder> open_as_owner(const std::string& dir, std::string_view command) {
  NRM_TRY_ASSIGN(Folder folder, open_quietly(dir));
  struct stat keys {};
  if (::stat(folder.file("keys/vault").c_str(), &keys) != 0 || keys.st_uid == ::geteuid())
    return folder;
  const passwd* owner = ::getpwuid(keys.st_uid);
  const std::string user = owner != nullptr ? owner->pw_name : std::to_string(keys.st_uid);
  return Error(Code::forbidden, "",
               "the vault's keys are another user's; say it as that one: runuser -u " + user +
                   " -- nrm vault " + std::string(command) + " --dir " + folder.path());
}
}  // namespace

int vault_split(const VaultSplitOptions& options) {
  const auto folder = open_as_owner(options.dir, "split");
  if (!folder) return fail(folder.error());
  const auto shares = split_master(*folder, options.shares, options.threshold);
  if (!shares) return fail(shares.error());
  std::printf(
      "Each line is one share, shown this once. Give each to one person; any %u open the "
      "vault.\n",
      options.threshold);
  for (const Share& share : *shares)
    std::printf("%s\n", write_share(share, options.threshold).reveal().c_str());
  std::fputs(
      "From its next start the vault waits for them: nrm vault unseal\n"
      "keys/vault/master stays until they have opened it once, then the vault destroys it.\n",
      stderr);
  return Exit::done;
}

int vault_unseal(const VaultUnsealOptions& options) {
  const auto folder = open_quietly(options.dir);
  if (!folder) return fail(folder.error());
  const auto said = give_share(folder->file("run/unseal.sock"), read_share_line());
  if (!said) return fail(said.error(), "nrm status; the vault's last words are in logs/vault.log");
  std::printf("%s\n", said->c_str());
  return said->starts_with("no") ? Exit::refused : Exit::done;
}

int vault_rewrap(const VaultRewrapOptions& options) {
  const auto folder = open_as_owner(options.dir, "rewrap");
  if (!folder) return fail(folder.error());
  const auto move = read_move(options);
  if (!move) {
    fail(move.error());
    return Exit::usage;
  }
  const auto present = present_master(*folder);
  if (!present) return fail(present.error());
  if (const auto moved = move_master(*folder, present->get(), *move); !moved)
    return fail(moved.error());
  std::printf("The epochs' keys are wrapped by the new master (%s).\n", options.to.c_str());
  if (move->to.kind == MasterKind::credential)
    std::printf(
        "Now: systemd-creds encrypt --name=%s %s /etc/credstore.encrypted/%s && shred -u "
        "%s\n",
        credential_name, move->handed_over.c_str(), credential_name, move->handed_over.c_str());
  return Exit::done;
}
}  // namespace nrm::cli
