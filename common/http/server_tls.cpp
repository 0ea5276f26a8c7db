#include "common/http/server_tls.hpp"

#include <sys/stat.h>

#include "common/diag/diag.hpp"

namespace nrm::http {
namespace {
constexpr std::chrono::seconds look_every{1};

std::string print_of(const std::string& file) {
  struct stat now {};
  if (file.empty() || ::stat(file.c_str(), &now) != 0) return "none";
  return std::to_string(now.st_ino) + '.' + std::to_string(now.st_size) + '.' +
         std::to_string(now.st_mtim.tv_sec) + '.' + std::to_string(now.st_mtim.tv_nsec);
}
}  // namespace

ServerTls::ServerTls(const ServerOptions& options)
    : certificate_file_(options.certificate_file),
      key_file_(options.key_file),
      authority_file_(options.clients_authority_file),
      revoked_file_(options.clients_revoked_file) {}

std::string ServerTls::seen() const {
  return print_of(authority_file_) + '/' + print_of(revoked_file_);
}

Result<TlsContext> ServerTls::load() const {
  NRM_TRY_ASSIGN(TlsContext fresh, server_tls(certificate_file_, key_file_));
  if (print_of(authority_file_) == "none") return fresh;
  if (admit_certificates(fresh.get(), authority_file_, revoked_file_)) return fresh;
  diag::error("client_certificates_refused", {{"why", "authority or revocation list unreadable"}});
  diag::count("http_client_certificates_unreadable_total");
  return server_tls(certificate_file_, key_file_);  // `fresh` may trust the authority already
}

Result<ServerTls> ServerTls::open(const ServerOptions& options) {
  ServerTls out(options);
  if (out.certificate_file_.empty()) return out;
  out.seen_ = out.seen();
  NRM_TRY_ASSIGN(out.context_, out.load());
  return out;
}

bool ServerTls::look_at_files(std::chrono::steady_clock::time_point now) {
  if (context_ == nullptr || authority_file_.empty() || now < next_look_) return false;
  next_look_ = now + look_every;
  std::string present = seen();
  if (present == seen_) return false;
  auto fresh = load();
  if (fresh) {
    seen_ = std::move(present);
    context_ = std::move(*fresh);  // sessions of old connections hold on to it
    diag::info("client_certificates_read");
  } else {  // the server's own files are being changed just now: again at the next look
    refuse_certificates(context_.get());
  }
  return true;
}
}  // namespace nrm::http
