#include "common/http/link.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <cstring>

#include "common/base/limits.hpp"
#include "common/http/tls.hpp"

namespace nrm::http {
namespace {
namespace beast = boost::beast;
using beast::error_code;
using Steady = std::chrono::steady_clock;

constexpr std::size_t first_room = 16 * 1024;
// Heads have 16 KiB and bodies are taken out as they come. Beast bounds no line before a chunk.
constexpr std::size_t room_max = 64 * 1024;
// Our own server's heads are below 1 KiB.
constexpr std::uint32_t answer_head_bytes_max = 16 * 1024;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }
}  // namespace

// Takes what Beast reads straight into our Answer.
class Link::AnswerReader : public beast::http::basic_parser<false> {
 public:
  AnswerReader(Link& link, bool head_only) : link_(link) {
    header_limit(answer_head_bytes_max);
    body_limit(boost::none);  // keep() counts
    eager(true);
    skip(head_only);
  }
  Answer answer;

 private:
  void on_response_impl(int status, beast::string_view, int, error_code&) override {
    answer.status = status;
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    auto& [key, text] = answer.headers.emplace_back(view(name), view(value));
    for (char& c : key)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  std::size_t keep(std::string_view piece, error_code& fault) {
    if (link_.on_body(answer, piece)) return piece.size();
    if (answer.body.size() + piece.size() > limits::http_answer_bytes_max)
      fault = beast::http::error::body_limit;
    else
      answer.body += piece;
    return piece.size();
  }
  std::size_t on_body_impl(beast::string_view piece, error_code& fault) override {
    return keep(view(piece), fault);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view piece,
                                 error_code& fault) override {
    return keep(view(piece), fault);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) answer.body.reserve(std::min<std::size_t>(*length, limits::http_answer_bytes_max));
  }
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int,
                       error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  Link& link_;
};

Link::Link(boost::asio::io_context& loop, const Origin& origin)
    : Wire(loop, origin.tls), origin_(origin), room_(first_room), in_(new char[first_room]) {}

Link::~Link() = default;

void Link::send(std::string_view bytes, bool head_only) {
  CHECK(is_free(), "one call at a time");
  bytes_ = bytes;
  head_only_ = head_only;
  began_ = false;
  if (phase_ == Phase::idle) return start_call();
  phase_ = Phase::connecting;
  try_address();
}

void Link::try_address() {
  if (address_ == origin_.addresses.size()) return break_off();
  connect(origin_.addresses[address_++]);
}

void Link::on_connected(bool good) {
  if (!good) return try_address();
  if (!expect_host(session(), origin_.host)) return break_off();
  phase_ = Phase::securing;
  handshake(false);
}

void Link::on_handshake(bool good) { good ? start_call() : break_off(); }

void Link::start_call() {
  phase_ = Phase::sending;
  filled_ = 0;
  reader_ = std::make_unique<AnswerReader>(*this, head_only_);
  sent_ = Steady::now();
  write(bytes_);
}

void Link::on_written(bool good) {
  if (!good) return break_off();
  phase_ = Phase::reading;
  read_more();
}

void Link::read_more() {
  if (filled_ == room_) {  // only a head, or the line before a chunk, waits for its end in here
    if (room_ >= room_max) return break_off();
    std::unique_ptr<char[]> larger(new char[room_ * 2]);
    std::memcpy(larger.get(), in_.get(), filled_);
    in_ = std::move(larger);
    room_ *= 2;
  }
  read(in_.get() + filled_, room_ - filled_);
}

void Link::on_read(std::size_t bytes, bool orderly) {
  error_code fault;
  if (bytes == 0) {
    // Only a goodbye may end a body without a length: what is cut off could be half a truth.
    if (!orderly || !reader_->got_some()) return break_off();
    reader_->put_eof(fault);
    return fault ? break_off() : finish();
  }
  began_ = true;
  filled_ += bytes;
  const std::size_t taken = reader_->put(boost::asio::buffer(in_.get(), filled_), fault);
  if (is_closed()) return;  // on_body has had enough
  if (fault && fault != beast::http::error::need_more) return break_off();
  filled_ -= taken;
  std::memmove(in_.get(), in_.get() + taken, filled_);
  reader_->is_done() ? finish() : read_more();
}

void Link::finish() {
  Answer answer = std::move(reader_->answer);
  answer.took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - sent_);
  // Bytes after an answer belong to no call of ours.
  const bool reusable = reader_->keep_alive() && filled_ == 0;
  used_ = true;
  phase_ = Phase::idle;
  on_answer(std::move(answer), reusable);
}

void Link::break_off() {
  close();
  on_broken();
}
}  // namespace nrm::http
