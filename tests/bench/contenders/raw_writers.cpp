// Four processes that write to RocksDB what our four services wrote, and nothing else: the same
// options and families, as many records per batch, as many puts and bytes per family, one synced
// write per batch. No messages, no JSON, no decisions, no reads.
//
// usage: bench-raw-writers DIR SHAPES SECONDS      prints "hops_per_second N"
// SHAPES: a line per service: records batches families { name puts erased key_bytes value_bytes }.
// Each process writes the batches of all four services in their proportion, so that all four are
// busy to the end.
#include <rocksdb/db.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/utilities/options_util.h>
#include <rocksdb/write_batch.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "common/store/rocksdb_store.hpp"

namespace {
constexpr int writers = 4;
constexpr double warm_up = 0.5;
constexpr std::size_t protection_bytes = 8;  // as rocksdb_opening.hpp

struct Changes {
  std::string family;
  double puts = 0, erased = 0;                 // per batch
  std::size_t key_bytes = 0, value_bytes = 0;  // each
  bool ascending = false;
  rocksdb::ColumnFamilyHandle* handle = nullptr;
  double owed_puts = 0, owed_erased = 0;  // fractions that are carried over
};
struct Shape {  // the mean batch of one service
  double weight = 0, records = 0;
  std::vector<Changes> changes;
};

std::vector<Shape> read_shapes(const char* file) {
  std::vector<Shape> out;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    double records = 0, batches = 0;
    std::size_t families = 0;
    if (!(words >> records >> batches >> families) || batches == 0) continue;
    Shape shape{batches, records / batches, {}};
    for (std::size_t i = 0; i < families; ++i) {
      Changes one;
      double puts = 0, erased = 0, keys = 0, values = 0;
      words >> one.family >> puts >> erased >> keys >> values;
      one.puts = puts / batches;
      one.erased = erased / batches;
      one.key_bytes = static_cast<std::size_t>(keys / (puts + erased));
      one.value_bytes = puts == 0 ? 0 : static_cast<std::size_t>(values / puts);
      one.ascending = one.family == "log" || one.key_bytes < 8;
      shape.changes.push_back(one);
    }
    out.push_back(std::move(shape));
  }
  return out;
}

struct Shared {
  std::atomic<std::uint64_t> millirecords{0};
  std::atomic<bool> stop{false};
};

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "raw_writers: %s\n", what.c_str());
  std::_Exit(1);
}

// What compresses about as our records do: hex digits and codes in a repeated shape.
std::string text_like_ours(std::size_t bytes) {
  std::string out;
  std::uint64_t x = 88172645463325252;
  while (out.size() < bytes) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    char part[96];
    std::snprintf(part, sizeof part,
                  "{\"type\":\"nrm.case.service_given.v1\",\"stream\":\"case/%016lx%016lx\",",
                  static_cast<unsigned long>(x), static_cast<unsigned long>(x * 7919));
    out += part;
  }
  return out;
}

// A key of its own: the log's ascend, the others are as random as ids are.
std::string_view key_of(std::string& key, const Changes& of, std::uint64_t n) {
  const std::uint64_t word = of.ascending ? n : n * 0x9e3779b97f4a7c15 ^ n >> 29;
  key.assign(of.key_bytes, 'k');
  for (std::size_t i = 0; i < 8 && i < key.size(); ++i)
    key[i] = static_cast<char>(word >> (56 - 8 * i));
  return key;
}

class Writer {
 public:
  Writer(const std::string& dir, Shared& shared) : shared_(shared) { open(dir); }
  ~Writer() {
    for (auto* one : handles_) db_->DestroyColumnFamilyHandle(one);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void run(std::vector<Shape> shapes) {
    for (Shape& shape : shapes)
      for (Changes& one : shape.changes) one.handle = handle(one.family);
    std::vector<double> turn(shapes.size());
    while (!shared_.stop) {
      // Stride scheduling: who is furthest behind its share is next.
      std::size_t next = 0;
      for (std::size_t i = 1; i < shapes.size(); ++i)
        if (turn[i] < turn[next]) next = i;
      turn[next] += 1 / shapes[next].weight;
      write(shapes[next]);
      shared_.millirecords += static_cast<std::uint64_t>(shapes[next].records * 1e3);
    }
  }

 private:
  // The options are those that our store made the database with, read back from its OPTIONS file.
  void open(const std::string& dir) {
    if (!nrm::open_rocksdb({.folder = dir})) die("the store cannot be made");
    rocksdb::DBOptions options;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    auto status = rocksdb::LoadLatestOptions({}, dir, &options, &families);
    if (!status.ok()) die(status.ToString());
    options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();  // not kept
    options.info_log_level = rocksdb::InfoLogLevel::HEADER_LEVEL;
    rocksdb::DB* db = nullptr;
    status = rocksdb::DB::Open(options, dir, families, &handles_, &db);
    if (!status.ok()) die(status.ToString());
    db_.reset(db);
  }

  rocksdb::ColumnFamilyHandle* handle(const std::string& family) {
    for (auto* one : handles_)
      if (one->GetName() == family) return one;
    die("no family " + family);
  }

  void write(Shape& shape) {
    batch_.Clear();
    for (Changes& one : shape.changes) {
      for (one.owed_puts += one.puts; one.owed_puts >= 1; --one.owed_puts) {
        const rocksdb::Slice value(values_.data() + number_ * 64 % 4096, one.value_bytes);
        batch_.Put(one.handle, key_of(key_, one, number_++), value);
      }
      for (one.owed_erased += one.erased; one.owed_erased >= 1; --one.owed_erased)
        batch_.Delete(one.handle, key_of(key_, one, number_++));
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    if (const auto status = db_->Write(options, &batch_); !status.ok()) die(status.ToString());
  }

  Shared& shared_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  rocksdb::WriteBatch batch_{64 * 1024, 0, protection_bytes, 0};
  std::string key_;
  std::uint64_t number_ = 0;
  const std::string values_ = text_like_ours(256 * 1024);
};
}  // namespace

int main(int count, char** arguments) {
  if (count != 4) die("usage: bench-raw-writers DIR SHAPES SECONDS");
  const std::string dir = arguments[1];
  const auto shapes = read_shapes(arguments[2]);
  if (shapes.empty()) die("no shapes");
  const double seconds = std::atof(arguments[3]);
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) die("no memory");
  auto& shared = *new (memory) Shared;
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir);
  std::vector<pid_t> children;
  for (int i = 0; i < writers; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      Writer(dir + "/" + std::to_string(i), shared).run(shapes);
      std::_Exit(0);
    }
    children.push_back(child);
  }
  const auto sleep = [](double s) {
    std::this_thread::sleep_for(std::chrono::duration<double>(s));
  };
  while (shared.millirecords == 0) sleep(0.01);
  sleep(warm_up);
  const auto begin = std::chrono::steady_clock::now();
  const std::uint64_t before = shared.millirecords;
  sleep(seconds);
  const std::uint64_t after = shared.millirecords;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  shared.stop = true;
  bool good = true;
  for (const pid_t child : children) {
    int status = 0;
    good = ::waitpid(child, &status, 0) == child && status == 0 && good;
  }
  std::filesystem::remove_all(dir);
  if (!good) die("a writer failed");
  std::printf("hops_per_second %.0f\n", static_cast<double>(after - before) / 1e3 / took.count());
}
