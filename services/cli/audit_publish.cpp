// nrm audit publish and nrm audit publication: figures from proposal to print, and checked again by
// anybody who has the records.
#include <unistd.h>

#include <cstdio>

#include "common/base/codec.hpp"
#include "services/audit/noise.hpp"
#include "services/cli/api.hpp"
#include "services/cli/codes.hpp"
#include "services/cli/figures_page.hpp"
#include "services/cli/figures_query.hpp"
#include "services/cli/outcome.hpp"
#include "services/cli/table.hpp"

namespace nrm::cli {
namespace {
constexpr std::size_t released_bytes_max = 64 * 1024 * 1024;

struct Proposal {
  ReleaseTerms terms;
  Text<64> digest;
  std::uint64_t size = 0;
  std::optional<Suppression> left_out;
};
BOOST_DESCRIBE_STRUCT(Proposal, (), (terms, digest, size, left_out))

// Noise that is paid for and then lost would be paid for twice, so the bytes are on the disk before
// they are proposed, under a name of a draft. After a crash in between, or an answer that did not
// come, `nrm audit publication list` says whether a publication has the draft's digest.
int propose(const PublishOptions& options, const ReleaseTerms& terms, const Release& release) {
  const std::string draft = options.query.out + ".draft";
  if (const auto good = write_file(draft, release.bytes, 0600); !good) return fail(good.error());
  const auto api = Api::open(options.access, "competent-authority");
  if (!api) {
    ::unlink(draft.c_str());
    return fail(api.error());
  }
  const Proposal proposal{terms, *Text<64>::parse(release.digest), release.bytes.size(),
                          release.left_out};
  const auto answer = (*api)->post(
      {.target = "/v1/publications", .body = to_json(proposal), .key = {}, .if_match = {}});
  if (!answer) {
    const bool unknown =
        answer.error().code == Code::unavailable || answer.error().code == Code::timeout;
    if (!unknown) ::unlink(draft.c_str());  // noise that was not paid for is not given out
    const int code = fail_at_api(answer.error(), options.access.dir);
    if (unknown)
      std::fprintf(stderr,
                   "nrm: whether it was proposed is not known: look for SHA-256 %s with nrm audit "
                   "publication list --json; the bytes are in %s\n",
                   release.digest.c_str(), draft.c_str());
    return code;
  }
  if (const auto good = write_release(options.query.out, release, terms.format); !good)
    return fail(good.error(), "it is proposed; its bytes are in " + draft);
  ::unlink(draft.c_str());
  if (options.access.json) {
    std::printf("%s\n", answer->body.c_str());
    return Exit::done;
  }
  const auto read = read_answer(*answer);
  const std::string id(read ? text_of(read->root(), "publication") : "");
  std::printf("%s proposed: %s\nSHA-256 %s in %s, with its code book\n", id.c_str(),
              basis_of(terms).c_str(), release.digest.c_str(), options.query.out.c_str());
  std::printf(
      "A second person computes it again: nrm audit publication approve %s --as auditor%s\n",
      id.c_str(),
      terms.rule == ReleaseRule::differentially_private ? (" --file " + options.query.out).c_str()
                                                        : "");
  return Exit::done;
}

// The one publication that is named, from the logs.
Result<Publicised> find_publication(const std::vector<Publicised>& all, const std::string& text) {
  const auto id = PublicationId::parse(text);
  for (const Publicised& one : all)
    if (id && one.id == *id) return one;
  return Error(Code::not_found, "", "no publication " + text + ": nrm audit publication list");
}

struct Checked {
  bool same = false;
  std::string said;
};

// Bit by bit what was proposed, from the records that its terms name.
Result<Checked> check(const LogSource& source, const std::vector<Publicised>& all,
                      const Publicised& one, const std::string& file) {
  const ReleaseTerms& terms = one.proposed.terms;
  NRM_TRY_ASSIGN(const Release again,
                 make_release(source, terms, published_before(all, one.proposed_in), nullptr));
  std::string bytes = again.bytes;
  if (!file.empty()) {
    NRM_TRY_ASSIGN(bytes, read_file(file, released_bytes_max));
  }
  const std::string digest = crypto::sha256(bytes).hex();
  if (terms.rule != ReleaseRule::differentially_private) {
    const bool same = digest == one.proposed.digest.text() && again.digest == digest;
    return Checked{same, same ? "the same " + with_commas(bytes.size()) +
                                    " bytes follow from the "
                                    "records: SHA-256 " +
                                    digest
                              : "the records give " + again.digest + ", published was " +
                                    one.proposed.digest.text() +
                                    (file.empty() ? "" : ", the file has " + digest)};
  }
  if (file.empty())
    return Error(Code::missing_field, "--file",
                 "noise is made once and not kept: name the file that was published");
  if (digest != one.proposed.digest.text())
    return Checked{false, "the file is not what was proposed: " + digest};
  const auto noise = noise_in(bytes, terms.format, again);
  if (!noise && noise.error().code != Code::corrupt) return noise.error();
  if (!noise) return Checked{false, noise.error().detail};
  if (!plausible(*noise, *terms.epsilon, again.most_of_one))
    return Checked{false, "the file's counts are not those of the records with this much noise"};
  return Checked{true, "the file is what was proposed; its " + std::to_string(noise->size()) +
                           " counts differ from the records' as noise of epsilon " +
                           std::to_string(terms.epsilon->numerator) + '/' +
                           std::to_string(terms.epsilon->denominator) + " does"};
}

std::string rule_of(const ReleaseTerms& terms) {
  switch (terms.rule) {
    case ReleaseRule::exact:
      return "exact";
    case ReleaseRule::suppressed:
      return "k = " + std::to_string(terms.threshold);
    case ReleaseRule::differentially_private:
      break;
  }
  return "epsilon " + std::to_string(terms.epsilon->numerator) + '/' +
         std::to_string(terms.epsilon->denominator);
}

std::string row_json(const Publicised& one) {
  std::string out = "{\"publication\":\"" + one.id.text() + "\",\"status\":\"" +
                    std::string(to_text(one.status)) + "\",\"proposed_at\":\"" +
                    one.proposed_at.text() + "\",\"digest\":\"" + one.proposed.digest.text() + '"';
  if (one.published_at) out += ",\"published_at\":\"" + one.published_at->text() + '"';
  if (one.revised_by) out += ",\"revised_by\":\"" + one.revised_by->text() + '"';
  out += ",\"terms\":";
  write_json(out, one.proposed.terms);
  return out + '}';
}

int list(const std::vector<Publicised>& all, bool json) {
  if (json) {
    for (const Publicised& one : all) std::printf("%s\n", row_json(one).c_str());
    return Exit::done;
  }
  Table table({"publication", "figures", "protected", "proposed", "status", "revises"});
  for (const Publicised& one : all)
    table.add({one.id.text(), one.proposed.terms.method.text(), rule_of(one.proposed.terms),
               one.proposed_at.text().substr(0, 16), std::string(to_text(one.status)),
               one.proposed.terms.revises ? one.proposed.terms.revises->text().substr(0, 8) : ""});
  std::fputs(table.text().c_str(), stdout);
  return Exit::done;
}

int verify(const LogSource& source, const std::vector<Publicised>& all,
           const PublicationOptions& options) {
  bool good = true, any = false;
  for (const Publicised& one : all) {
    if (!options.publication.empty() && one.id.text() != options.publication) continue;
    any = true;
    const bool noisy = one.proposed.terms.rule == ReleaseRule::differentially_private;
    if (noisy && options.file.empty() && options.publication.empty()) {
      std::printf("%s  %s  with noise: verify it alone, with --file\n", one.id.text().c_str(),
                  one.proposed.terms.method.text().c_str());
      continue;
    }
    const auto checked = check(source, all, one, options.file);
    if (!checked) return fail(checked.error());
    good &= checked->same;
    std::string said = checked->said;
    if (one.revised_by) said += "; revised by " + one.revised_by->text();
    if (one.status == PublicationStatus::proposed) said += "; not approved yet";
    if (options.access.json)
      std::printf("{\"publication\":\"%s\",\"follows\":%s}\n", one.id.text().c_str(),
                  checked->same ? "true" : "false");
    else
      std::printf("%s  %s  %s  %s\n", one.id.text().c_str(),
                  one.proposed.terms.method.text().c_str(), checked->same ? "ok" : "DIFFERS",
                  said.c_str());
  }
  if (!any && !options.publication.empty())
    return fail(Exit::refused, "no publication " + options.publication);
  return good ? Exit::done : Exit::corrupt;
}

int answer(const LogSource& source, const std::vector<Publicised>& all,
           const PublicationOptions& options) {
  const auto one = find_publication(all, options.publication);
  if (!one) return fail(one.error());
  std::string body = "{\"reason\":\"" + options.reason + "\"}";
  const bool approves = options.action == "approve";
  if (approves) {
    const auto checked = check(source, all, *one, options.file);
    if (!checked) return fail(checked.error());
    if (!checked->same)
      return fail(
          Exit::refused, checked->said,
          "nrm audit publication refuse " + options.publication + " --reason figures_differ");
    std::printf("%s\n", checked->said.c_str());
    body = "{\"digest\":\"" + one->proposed.digest.text() + "\"}";
  } else if (!enum_from<PublicationRefusal>(options.reason)) {
    return fail(Exit::usage, "say why with --reason", "one of: " + codes<PublicationRefusal>());
  }
  const auto api = Api::open(options.access, "auditor");
  if (!api) return fail(api.error());
  const auto said = (*api)->post(
      {.target = "/v1/publications/" + options.publication + (approves ? "/approval" : "/refusal"),
       .body = body,
       .key = {},
       .if_match = {}});
  if (!said) return fail_at_api(said.error(), options.access.dir);
  std::puts(approves ? "published" : "refused");
  return Exit::done;
}
Result<std::vector<Publicised>> read_publications(const LogSource& source) {
  NRM_TRY_ASSIGN(const LogPosition audit, source.head(Service::audit));
  return publications_of(source, audit);
}
}  // namespace

int audit_publish(const PublishOptions& options) {
  crypto::start();
  FiguresQuery query = options.query;
  query.dir = options.access.dir;
  if (query.out.empty()) return fail(Exit::usage, "say where the figures go: --out FILE");
  if (query.format == "text") query.format = "csv";
  const auto source = open_figures(query);
  if (!source) return fail(source.error());
  const auto terms = terms_of(query, *source);
  if (!terms) return fail(terms.error(), "nrm audit statistics list says what each report has");
  const bool noisy = terms->rule == ReleaseRule::differentially_private;
  if (noisy && terms->format != ReleaseFormat::csv && terms->format != ReleaseFormat::csv_bom)
    return fail(Exit::usage, "figures with noise are published as csv or csv-bom",
                "so that anybody can check the noise");
  const auto all = publications_of(*source->logs, terms->known.back());
  if (!all) return fail(all.error());
  const auto entropy = system_entropy();
  const auto release =
      make_release(*source->logs, *terms, published_before(*all, terms->known.back().size),
                   noisy ? entropy.get() : nullptr);
  if (!release) return fail(release.error());
  return propose(options, *terms, *release);
}

int audit_publication(const PublicationOptions& options) {
  crypto::start();
  FiguresQuery query;
  query.dir = options.access.dir;
  query.exported = options.exported;
  const auto source = open_figures(query);
  if (!source) return fail(source.error());
  const auto all = read_publications(*source->logs);
  if (!all) return fail(all.error());
  if (options.action == "list") return list(*all, options.access.json);
  if (options.action == "verify") return verify(*source->logs, *all, options);
  return answer(*source->logs, *all, options);
}
}  // namespace nrm::cli
