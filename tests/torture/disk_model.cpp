#include "tests/torture/disk_model.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "common/base/check.hpp"

namespace nrm::torture {
namespace {
namespace fs = std::filesystem;

constexpr std::uint64_t sector = 512;
constexpr std::uint64_t page = 4096;
using Ends = std::vector<std::uint64_t>;

void empty(std::string& bytes, std::uint64_t from, std::uint64_t to) {
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(from),
            bytes.begin() + static_cast<std::ptrdiff_t>(to), '\0');
}

// Sectors, or pages, that did not reach the disk: zero, or as they were after an earlier write.
void lose_some(std::string& bytes, std::uint64_t synced, std::uint64_t size, const Ends& ends,
               Dice& dice) {
  const std::uint64_t lost_percent = dice() % 3 == 0 ? 10 : dice() % 2 == 0 ? 50 : 90;
  for (std::uint64_t at = synced; at < bytes.size();) {
    const std::uint64_t to = std::min<std::uint64_t>(bytes.size(), (at / size + 1) * size);
    std::uint64_t from = at;
    const auto earlier = std::ranges::upper_bound(ends, at);
    if (earlier != ends.end() && *earlier < to && dice() % 2 == 0) from = *earlier;
    if (dice() % 100 < lost_percent) empty(bytes, from, to);
    at = to;
  }
}

// What a cut leaves of the bytes from `synced` on.
void lose(std::string& bytes, std::uint64_t synced, Loss loss, const Ends& ends, Dice& dice) {
  const std::uint64_t open = bytes.size() - synced;
  if (open == 0 || loss == Loss::none) return;
  const std::uint64_t point = synced + dice() % (open + 1);
  if (loss == Loss::all) bytes.resize(synced);
  if (loss == Loss::tail) bytes.resize(point);
  if (loss == Loss::zeros) {
    const auto end = std::ranges::upper_bound(ends, point);
    const bool at_write = end != ends.begin() && dice() % 2 == 0;
    const std::uint64_t from = at_write ? *std::prev(end) : point / sector * sector;
    empty(bytes, std::max(from, synced), bytes.size());
  }
  if (loss != Loss::sectors && loss != Loss::pages) return;
  if (dice() % 2 == 0) bytes.resize(point);
  lose_some(bytes, synced, loss == Loss::sectors ? sector : page, ends, dice);
}
}  // namespace

std::string loss_name(Loss loss) {
  constexpr const char* names[] = {"all", "none", "tail", "zeros", "sectors", "pages"};
  return names[static_cast<std::size_t>(loss)];
}

DiskModel::DiskModel(fs::path folder, fs::path links)
    : folder_(std::move(folder)), links_(std::move(links)) {
  fs::remove_all(links_);
  fs::create_directories(links_);
  if (!fs::exists(folder_)) return;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    now_[name] = add(name, entry.file_size());
  }
  synced_ = now_;
}

DiskModel::~DiskModel() {
  std::error_code ignored;  // it is below a temporary folder that goes as a whole
  fs::remove_all(links_, ignored);
}

std::size_t DiskModel::add(const std::string& name, std::uint64_t synced) {
  const fs::path link = links_ / std::to_string(files_.size());
  fs::create_hard_link(folder_ / name, link);
  files_.push_back({link, synced, {}});
  return files_.size() - 1;
}

std::string DiskModel::name_of(const std::string& path) const {
  const fs::path whole(path);
  return whole.parent_path() == folder_ ? whole.filename().string() : "";
}

void DiskModel::apply(Names& names, const Change& change) const {
  if (!change.from.empty()) {
    const auto found = names.find(change.from);
    // Without the change before it, this one has nothing to act on.
    if (found == names.end() || found->second != change.file) return;
    names.erase(found);
  }
  if (!change.to.empty()) names[change.to] = change.file;
}

void DiskModel::made(const std::string& name, bool emptied) {
  const auto found = now_.find(name);
  if (found != now_.end()) {
    if (emptied) files_[found->second].synced = 0;
    return;
  }
  changes_.push_back({"", name, add(name, 0)});
  apply(now_, changes_.back());
}

void DiskModel::synced(const Boundary& before) {
  if (fs::path(before.path) == folder_) {
    syncing_[before.thread] = {0, true, changes_.size()};
  } else if (const auto found = now_.find(name_of(before.path)); found != now_.end()) {
    syncing_[before.thread] = {found->second, false, before.length};
  }
}

void DiskModel::see(const Boundary& boundary) {
  if (!boundary.after) {
    if (boundary.call == Call::sync) synced(boundary);
    return;
  }
  const bool good = boundary.result >= 0;
  if (boundary.call == Call::sync) {
    const auto found = syncing_.extract(boundary.thread);
    if (!good || found.empty()) return;
    const Syncing& done = found.mapped();
    if (!done.folder) {
      auto& reach = files_[done.file].synced;
      reach = std::max<std::uint64_t>(reach, done.reach);
      return;
    }
    // Another thread may have synced the folder meanwhile: then fewer are left.
    const auto count = std::min(done.reach, changes_.size());
    for (std::size_t i = 0; i < count; ++i) apply(synced_, changes_[i]);
    changes_.erase(changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(count));
    for (auto& [thread, other] : syncing_)
      if (other.folder) other.reach -= std::min(other.reach, count);
    return;
  }
  const std::string name = name_of(boundary.path);
  if (!good || name.empty()) return;
  if (boundary.call == Call::open && boundary.creates) made(name, boundary.truncates);
  const auto found = now_.find(name);
  if (found == now_.end()) return;
  const std::size_t file = found->second;
  if (boundary.call == Call::rename) changes_.push_back({name, name_of(boundary.to), file});
  if (boundary.call == Call::unlink) changes_.push_back({name, "", file});
  if (boundary.call == Call::rename || boundary.call == Call::unlink) apply(now_, changes_.back());
  if (boundary.call == Call::write)
    files_[file].ends.push_back(boundary.length + static_cast<std::uint64_t>(boundary.result));
  if (boundary.call == Call::truncate)
    files_[file].synced = std::min(files_[file].synced, boundary.length);
}

DiskModel::Names DiskModel::names_after_cut(Loss loss, Dice& dice) const {
  if (loss == Loss::none) return now_;
  Names names = synced_;
  if (loss == Loss::all) return names;
  // A journal keeps the order; a file system without one may keep any of them.
  const bool ordered = dice() % 2 == 0;
  const std::size_t kept = dice() % (changes_.size() + 1);
  for (std::size_t i = 0; i < changes_.size(); ++i)
    if (ordered ? i < kept : dice() % 2 == 0) apply(names, changes_[i]);
  return names;
}

std::string DiskModel::cut(const fs::path& image, Loss loss, Dice& dice) const {
  fs::remove_all(image);
  fs::create_directories(image);
  const Names names = names_after_cut(loss, dice);
  std::string lost = std::to_string(changes_.size()) + " names unsynced";
  for (const auto& [name, file] : names) {
    std::ifstream in(files_[file].link, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const auto before = bytes.size();
    const auto synced = std::min<std::uint64_t>(files_[file].synced, before);
    lose(bytes, synced, loss, files_[file].ends, dice);
    if (before != synced)
      lost += "; " + name + ": " + std::to_string(synced) + " of " + std::to_string(before) +
              " synced, " + std::to_string(bytes.size()) + " left";
    std::ofstream out(image / name, std::ios::binary);
    out << bytes;
    out.close();
    CHECK(out.good(), "the image is written");
  }
  return lost;
}
}  // namespace nrm::torture
