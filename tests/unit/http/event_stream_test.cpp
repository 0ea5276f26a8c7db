#include "common/http/event_stream.hpp"

#include <gtest/gtest.h>

#include "common/base/limits.hpp"
#include "common/http/http.hpp"

namespace nrm::http::test {
namespace {
using Events = std::vector<std::pair<std::string, std::string>>;

Events read_in_pieces(std::string_view text, std::size_t piece) {
  Events events;
  EventReader reader;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    const auto stop = reader.feed(text.substr(0, piece), [&](auto id, auto data) {
      events.emplace_back(id, data);
      return true;
    });
    EXPECT_TRUE(stop && !*stop);
  }
  return events;
}

// The examples of WHATWG HTML, 9.2.6, and the corners of its grammar.
TEST(EventReader, ReadsLikeABrowserHoweverItIsCut) {
  const std::pair<std::string, Events> cases[] = {
      {"data: YHOO\ndata: +2\ndata: 10\n\n", {{"", "YHOO\n+2\n10"}}},
      {": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third "
       "event\n\n",
       {{"1", "first event"}, {"", "second event"}, {"", " third event"}}},
      {"data\n\ndata\ndata\n\ndata:", {{"", ""}, {"", "\n"}}},
      {"data:test\n\ndata: test\n\n", {{"", "test"}, {"", "test"}}},
      {"id: 7\n\ndata: a\n\ndata: b\n\n", {{"7", "a"}, {"7", "b"}}},
      {"data: a\r\ndata: b\r\n\r\ndata: c\r\rdata: d\n\n", {{"", "a\nb"}, {"", "c"}, {"", "d"}}},
      {"\xef\xbb\xbf"
       "data: a\n\n",
       {{"", "a"}}},
      {"event: x\nretry: 5\nother: y\nDATA: no\ndata: a:b\n\n", {{"", "a:b"}}},
      {std::string("id: 1\nid: 2\0"
                   "3\ndata: a\n\n",
                   23),
       {{"1", "a"}}},
      {": ping\n\n: ping\n\n", {}},
      {"data: never ended\n", {}},
  };
  for (const auto& [text, events] : cases)
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, text.size()})
      EXPECT_EQ(read_in_pieces(text, piece), events) << text << " by " << piece;
}

TEST(EventReader, StopsWhenToldTo) {
  EventReader reader;
  int taken = 0;
  const auto stop = reader.feed("data: a\n\ndata: b\n\n", [&](auto, auto) { return ++taken < 1; });
  ASSERT_TRUE(stop);
  EXPECT_TRUE(*stop);
  EXPECT_EQ(taken, 1);
}

TEST(EventReader, AnEventHasALimit) {
  EventReader reader;
  const std::string line = "data: " + std::string(limits::http_event_bytes_max, 'x');
  const auto stop = reader.feed(line, [](auto, auto) { return true; });
  ASSERT_FALSE(stop);
  EXPECT_EQ(stop.error().code, Code::too_large);
}

TEST(EventText, IsReadBackTheSame) {
  EXPECT_EQ(event_text("7", "{\"a\":1}"), "id: 7\ndata: {\"a\":1}\n\n");
  for (const char* data : {"", "a", "a\nb", "\n", " a ", "a\n\nb\n"})
    EXPECT_EQ(read_in_pieces(event_text("id 1", data), 2), (Events{{"id 1", data}})) << data;
  // A carriage return would end a line, so it becomes a line end.
  EXPECT_EQ(read_in_pieces(event_text("", "a\rid: 9\r\nb"), 5), (Events{{"", "a\nid: 9\nb"}}));
}
}  // namespace
}  // namespace nrm::http::test
