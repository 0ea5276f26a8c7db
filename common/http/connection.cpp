#include "common/http/connection.hpp"

#include <algorithm>
#include <cstring>

#include "common/base/sensitive.hpp"
#include "common/diag/diag.hpp"
#include "common/http/message.hpp"
#include "common/http/tls.hpp"

namespace nrm::http {
namespace {
using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds goodbye_deadline{1'000};
// A client that is not given an answer within this does not read it: loopback and lines alike take
// what fits into a socket's buffer at once.
constexpr std::chrono::milliseconds patience_with_readers{1'000};
constexpr std::size_t first_room = 4'096;  // a head and a report; grows up to a request's limits
}  // namespace

Connection::Connection(ConnectionOwner& owner, boost::asio::io_context& loop, ssl_ctx_st* tls,
                       std::uint64_t id, const PeerAddress& from)
    : Wire(loop, tls),
      owner_(owner),
      id_(id),
      from_(from),
      room_(first_room),
      in_(new char[first_room]) {}

Connection::~Connection() {
  ::explicit_bzero(in_.get(), room_);
  wipe(out_);
}

void Connection::start(int peer) {
  if (!adopt(peer)) return over();
  since_ = Steady::now();
  address_ = peer_address();
  if (session() == nullptr) return wait_for_request();
  enter(Phase::handshake, owner_.options().handshake_deadline);
  handshake(true);
}

void Connection::answer(std::uint64_t turn, Response response) {
  if (phase_ == Phase::handling && turn == turn_) send(std::move(response));
}

void Connection::look_at(Time now) {
  const bool may_poll = phase_ == Phase::streaming && !is_writing() && !expired_;
  if (may_poll && now >= next_poll_) poll(now);
  if (now >= deadline_) expire();
}

Seat Connection::seat(Time now) const {
  Seat out{.connection = id_, .from = from_, .known = known_, .since = since_};
  switch (phase_) {
    case Phase::handshake:
    case Phase::idle:
    case Phase::head:
    case Phase::body:
    case Phase::ending:
      out.waits = true;
      break;
    case Phase::answering:
      out.waits = now - since_ >= patience_with_readers;
      break;
    case Phase::handling:
    case Phase::streaming:
      break;
  }
  return out;
}

void Connection::wind_down() {
  if (phase_ == Phase::handshake || (phase_ == Phase::streaming && is_writing())) return over();
  if (phase_ == Phase::idle || phase_ == Phase::streaming) stop_reading();
}

void Connection::distrust() {
  if (phase_ == Phase::handshake) return over();  // it may be judged by the old rules yet
  if (!certificate_) return;
  distrusted_ = true;
  if (phase_ == Phase::streaming) return over();
  if (phase_ == Phase::idle) stop_reading();
}

void Connection::over() {
  phase_ = Phase::ending;
  stream_ = nullptr;
  close();
  owner_.forget(id_);
}

void Connection::enter(Phase phase, std::chrono::milliseconds deadline) {
  phase_ = phase;
  since_ = Steady::now();
  deadline_ = since_ + deadline;
}

void Connection::on_handshake(bool good) {
  if (!good) return over();
  certificate_ = peer_certificate(session());
  wait_for_request();
}

void Connection::wait_for_request() {
  if (owner_.is_stopping() || distrusted_) return end();
  enter(Phase::idle, owner_.options().idle_deadline);
  filled_ > 0 ? take_bytes() : read_more();
}

void Connection::read_more() {
  if (filled_ == room_) grow(room_ * 2);
  read(in_.get() + filled_, room_ - filled_);
}

void Connection::grow(std::size_t room) {
  std::unique_ptr<char[]> larger(new char[room]);
  std::memcpy(larger.get(), in_.get(), filled_);
  ::explicit_bzero(in_.get(), room_);
  in_ = std::move(larger);
  room_ = room;
}

void Connection::on_read(std::size_t bytes, bool) {
  const bool in_request = phase_ == Phase::head || phase_ == Phase::body;
  if (expired_) return in_request ? refuse(Error(Code::timeout)) : end();
  // Who follows a stream has nothing to say: it is gone, or sends what we would have to keep.
  if (bytes == 0 || phase_ == Phase::streaming) return over();
  filled_ += bytes;
  take_bytes();
}

void Connection::take_bytes() {
  if (phase_ == Phase::idle) enter(Phase::head, owner_.options().header_deadline);
  if (phase_ == Phase::head) {
    auto framing = check_head({in_.get(), filled_}, owner_.options().body_bytes_max);
    if (!framing) return refuse(framing.error());
    if (framing->head_bytes == 0) return read_more();
    framing_ = *framing;
    if (filled_ < request_bytes()) enter(Phase::body, body_deadline());
  }
  if (filled_ >= request_bytes()) return serve();
  if (room_ < request_bytes()) grow(request_bytes());
  read_more();
}

// For the whole body: a small one must not have the time of a large one.
std::chrono::milliseconds Connection::body_deadline() const {
  const auto& options = owner_.options();
  const auto at_lowest_rate =
      std::chrono::milliseconds(framing_.body_bytes * 1'000 / options.body_bytes_per_second_min);
  return std::min(options.body_deadline, options.header_deadline + at_lowest_rate);
}

void Connection::serve() {
  if (distrusted_) return over();
  auto request = read_request({in_.get(), framing_.head_bytes},
                              {in_.get() + framing_.head_bytes, framing_.body_bytes});
  if (!request) return refuse(request.error());
  if (!asks_for_one_of(request->header("host"), owner_.options().hosts))
    return refuse(Error(Code::misdirected, {}, "this server does not have that name"));
  filled_ -= request_bytes();
  std::memmove(in_.get(), in_.get() + request_bytes(), filled_);
  ::explicit_bzero(in_.get() + filled_, request_bytes());  // it may have been about a person
  head_only_ = request->method == "HEAD";
  close_after_ = framing_.close;
  request->address = address_;
  request->certificate = certificate_;
  enter(Phase::handling, owner_.options().reply_deadline);
  owner_.hand_over(*this, std::move(*request));
}

// After a fault of framing nobody knows where the next request starts.
void Connection::refuse(const Error& error) {
  diag::count("http_requests_refused_total");
  head_only_ = false;
  close_after_ = true;
  send(problem(error));
}

void Connection::send(Response response) {
  ++turn_;
  if (owner_.is_stopping()) close_after_ = true;
  if (head_only_) response.stream = nullptr;
  known_ = response.known_caller;
  wipe(out_);
  write_response(out_, response, {head_only_, close_after_});
  stream_ = std::move(response.stream);
  enter(Phase::answering, owner_.options().reply_deadline);
  write(out_);
}

void Connection::on_written(bool good) {
  if (!good) return over();
  if (phase_ == Phase::streaming) {
    deadline_ = Time::max();
  } else if (stream_ && !distrusted_) {
    begin_stream();
  } else if (close_after_ || stream_) {
    end();
  } else {
    wait_for_request();
  }
}

void Connection::begin_stream() {
  phase_ = Phase::streaming;
  last_sent_ = Steady::now();
  deadline_ = Time::max();
  filled_ = 0;
  read(in_.get(), room_);  // learns when the client goes
  poll(last_sent_);
}

// The next piece of the stream. Nothing is asked for while the last piece is under way, so a
// slow client costs one piece of memory.
void Connection::poll(Time now) {
  next_poll_ = now + owner_.options().stream_poll;
  std::optional<std::string> piece;
  try {
    piece = stream_();
  } catch (...) {
    diag::error("http_stream_threw");
    return over();
  }
  if (!piece) return stop_reading();  // which ends it with a goodbye: all before is written
  out_ = std::move(*piece);
  if (out_.empty()) {
    if (now - last_sent_ < owner_.options().stream_ping) return;
    out_ = ": ping\n\n";
  }
  last_sent_ = now;
  deadline_ = now + owner_.options().reply_deadline;
  write(out_);
}

void Connection::expire() {
  switch (phase_) {
    case Phase::idle:
    case Phase::head:
    case Phase::body:
      return stop_reading();
    case Phase::handling:
      diag::count("http_replies_missed_total");
      return send(problem(Error(Code::unavailable, {}, "no answer in time")));
    case Phase::handshake:
    case Phase::answering:
    case Phase::streaming:
    case Phase::ending:
      return over();
  }
}

void Connection::stop_reading() {
  expired_ = true;
  deadline_ = Steady::now() + goodbye_deadline;
  cancel_read();
}

void Connection::end() {
  enter(Phase::ending, goodbye_deadline);
  stream_ = nullptr;
  shut();
}
}  // namespace nrm::http
