// CSV: what RFC 4180 allows is read and written back; everything else is an error with its place.
#include "common/base/csv.hpp"

#include <gtest/gtest.h>

#include <random>

#include "common/base/limits.hpp"

namespace nrm {
namespace {
using Table = std::vector<std::vector<std::string>>;

Table cells(std::string_view text) {
  const auto rows = csv::read(text);
  EXPECT_TRUE(rows) << (rows ? "" : rows.error().where + ": " + rows.error().detail);
  Table out;
  if (rows)
    for (const auto& row : *rows) out.push_back(row.cells);
  return out;
}

TEST(Csv, ReadsRowsInBothLineEnds) {
  const Table expected{{"a", "b"}, {"1", ""}};
  EXPECT_EQ(cells("a,b\r\n1,\r\n"), expected);
  EXPECT_EQ(cells("a,b\n1,\n"), expected);
  EXPECT_EQ(cells("a,b\r\n1,"), expected);  // the last row may lack its end
  EXPECT_EQ(cells(""), Table{});
}

TEST(Csv, ReadsQuotedCells) {
  EXPECT_EQ(cells("\"a, b\",\"say \"\"no\"\"\"\r\n\"\",\"two\r\nlines\"\r\n"),
            (Table{{"a, b", "say \"no\""}, {"", "two\r\nlines"}}));
}

TEST(Csv, RowsKnowTheirLineAfterACellOfSeveralLines) {
  const auto rows = csv::read("\"one\ntwo\nthree\",x\nb,c\n");
  ASSERT_TRUE(rows);
  EXPECT_EQ((*rows)[0].line, 1u);
  EXPECT_EQ((*rows)[1].line, 4u);
}

struct Broken {
  const char* name;
  std::string text;
  Code code;
  const char* where;
};
class CsvBroken : public testing::TestWithParam<Broken> {};

TEST_P(CsvBroken, IsRefusedWithItsPlace) {
  const auto rows = csv::read(GetParam().text);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, GetParam().code);
  EXPECT_EQ(rows.error().where, GetParam().where);
  EXPECT_FALSE(rows.error().detail.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Each, CsvBroken,
    testing::Values(
        Broken{"QuoteInsidePlain", "a,b\n1,2\"3\n", Code::bad_request, "line 2, column 2"},
        Broken{"TextAfterQuote", "a,b\n\"1\"x,2\n", Code::bad_request, "line 2, column 1"},
        Broken{"QuoteNeverClosed", "a,b\n1,\"2\n3,4\n", Code::bad_request, "line 2, column 2"},
        Broken{"BareCarriageReturn", "a,b\r1,2\r", Code::bad_request, "line 1, column 2"},
        Broken{"RowTooShort", "a,b\n1,2\n3\n", Code::bad_request, "line 3, column 1"},
        Broken{"RowTooLong", "a,b\n1,2,3\n", Code::bad_request, "line 2, column 3"},
        Broken{"EmptyLine", "a,b\n\n1,2\n", Code::bad_request, "line 2, column 1"},
        Broken{"NotUtf8", "a,b\n1,\xff\n", Code::invalid_text, "line 2, column 2"},
        Broken{"OverlongUtf8", "\xc0\xaf,b\n", Code::invalid_text, "line 1, column 1"},
        Broken{"Nul", std::string("a\0,b\n", 5), Code::invalid_text, "line 1, column 1"},
        Broken{"CellTooLong", std::string(limits::csv_cell_bytes_max + 1, 'x'), Code::too_large,
               "line 1, column 1"},
        Broken{"TooManyCells", std::string(limits::csv_cells_per_row_max, ','), Code::too_large,
               "line 1, column 65"}),
    [](const auto& test) { return test.param.name; });

TEST(Csv, WritesQuotesOnlyWhereNeeded) {
  std::string out;
  csv::append_row(out, {"plain", "with, comma", "with \"quote\"", "with\nline", "", " blank "});
  EXPECT_EQ(out, "plain,\"with, comma\",\"with \"\"quote\"\"\",\"with\nline\",, blank \r\n");
}

TEST(Csv, GuardsFormulasOnlyWhenAsked) {
  for (const std::string cell : {"=1+1", "+1", "-1", "@x", "\tx"}) {
    std::string exact, guarded;
    csv::append_cell(exact, cell);
    csv::append_cell(guarded, cell, csv::Guard::formulas);
    EXPECT_EQ(exact, cell);
    EXPECT_EQ(guarded, "'" + cell);
  }
  std::string out;
  csv::append_row(out, {"\r=1", "a=b", ""}, csv::Guard::formulas);
  EXPECT_EQ(out, "\"'\r=1\",a=b,\r\n");
}

// What is written is read back, for any text of awkward characters.
TEST(Csv, EveryWrittenTableIsReadBack) {
  std::mt19937 random(20260726);
  const std::string alphabet = "ab,\"\r\n =\xc3\xa9";
  for (int round = 0; round < 2'000; ++round) {
    Table table;
    std::string out;
    const auto rows = 1 + random() % 4;
    for (std::size_t r = 0; r < rows; ++r) {
      std::vector<std::string> row(3);
      for (auto& cell : row) {
        for (auto n = random() % 6; n != 0; --n) {
          const auto pick = random() % 9;
          cell += pick == 8 ? "\xc3\xa9" : std::string(1, alphabet[pick]);
        }
      }
      csv::append_row(out, {row[0], row[1], row[2]});
      table.push_back(std::move(row));
    }
    ASSERT_EQ(cells(out), table) << "round " << round;
  }
}

// Cut anywhere, the reader still answers; it never takes more than there is.
TEST(Csv, EveryPrefixIsReadOrRefused) {
  const std::string text = "a,\"b\"\"c\"\r\n\"d\r\ne\",f\r\n";
  std::size_t good = 0;
  for (std::size_t n = 0; n <= text.size(); ++n) good += csv::read(text.substr(0, n)).has_value();
  EXPECT_GE(good, 2u);
  EXPECT_LT(good, text.size());
}
}  // namespace
}  // namespace nrm
