#include "services/cli/outcome.hpp"

#include <cstdio>
#include <string>

namespace nrm::cli {
int exit_code(const Error& error) {
  switch (error.code) {
    case Code::corrupt:
    case Code::unknown_version:
      return Exit::corrupt;
    case Code::diverged:
      return Exit::diverged;
    case Code::unavailable:
    case Code::timeout:
      return Exit::nobody_there;
    case Code::too_many_requests:
      return Exit::try_again;
    case Code::internal:
    case Code::io_failed:
      return Exit::our_fault;
    default:
      break;
  }
  const int status = row_of(error.code).status;
  return status == 400 || status == 413 || status == 415 || status == 422 ? Exit::usage
                                                                          : Exit::refused;
}

int fail(Exit code, std::string_view what, std::string_view what_next) {
  std::string text = "nrm: " + std::string(what) + '\n';
  if (!what_next.empty()) text += "     " + std::string(what_next) + '\n';
  std::fputs(text.c_str(), stderr);
  return code;
}

int fail_at_api(const Error& error, std::string_view dir) {
  switch (error.code) {
    case Code::unavailable:
      return fail(error, "is it up? start it with: nrm up --dir " + std::string(dir));
    case Code::timeout:
      return fail(error, "look with: nrm status --dir " + std::string(dir));
    case Code::stale_version:
      return fail(error, "read it again, and send the new ETag as --if-match");
    case Code::forbidden:
      return fail(error, "do it as somebody else: --as NAME (sandbox) or --token TOKEN");
    case Code::missing_field:
    case Code::unknown_field:
    case Code::unknown_code:
    case Code::wrong_type:
      return fail(error, "the schemas are in schemas/; nrm report --example shows a whole body");
    default:
      return fail(error);
  }
}

int fail(const Error& error, std::string_view what_next) {
  std::string what = error.where;
  if (!what.empty()) what += ": ";
  what += error.detail.empty() ? row_of(error.code).title : error.detail;
  return fail(static_cast<Exit>(exit_code(error)), what, what_next);
}
}  // namespace nrm::cli
