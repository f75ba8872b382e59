#include "server/paper/printer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <vector>

namespace sponsio::paper {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Paper a_paper(std::string const& name = "欧阳示例") {
    return {.organ = "示例局",
            .title = "决定书",
            .number = "1号",
            .addressee = name + "：",
            .paragraphs = {"认定事实：示例。"},
            .closing = {"2026年3月22日"},
            .digest = std::string(64, 'b'),
            .made_at = "2026-03-22T01:00:00Z"};
}

TEST(Printer, GivesThePages) {
    EXPECT_THAT(Printer(SPONSIO_PAPER).print_now(a_paper()).value(), StartsWith("%PDF-"));
}

TEST(Printer, NamesWhatNoFontHas) {
    auto const refused = Printer(SPONSIO_PAPER).print_now(a_paper("欧\uE000"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().problem, &problem::not_acceptable);
    EXPECT_THAT(refused.error().detail.en, HasSubstr("\uE000"));
}

TEST(Printer, AProgramThatIsMissingIsAFaultOfOurs) {
    auto const failed = Printer("/nowhere/sponsio-paper").print_now(a_paper());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().problem, &problem::internal);
}

TEST(Printer, RefusesWhenTooManyWait) {
    Printer printer(SPONSIO_PAPER);
    boost::asio::io_context context;
    std::vector<Outcome<std::string>> answers;
    int const asked = Printer::most_waiting + 3;
    for (int i = 0; i != asked; ++i)
        boost::asio::co_spawn(
            context,
            [&]() -> boost::asio::awaitable<void> { answers.push_back(co_await printer.print(a_paper())); },
            boost::asio::detached);
    context.run();
    ASSERT_EQ(answers.size(), static_cast<std::size_t>(asked));
    int refused = 0;
    for (auto const& one : answers)
        if (!one) {
            EXPECT_EQ(one.error().problem, &problem::overloaded);
            ++refused;
        }
    EXPECT_EQ(refused, 3);
}

}  // namespace
}  // namespace sponsio::paper
