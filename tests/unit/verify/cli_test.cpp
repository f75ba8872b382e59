#include "tests/unit/verify/world.hpp"

#include <algorithm>

namespace sponsio::verify::test {
namespace {

class Program : public testing::Test {
  protected:
    Program() : log_(dir_ / "log") {
        log_.fill(300);
        log_.publish();
    }

    [[nodiscard]] std::vector<std::string> arguments(std::vector<std::string> const& more = {}) const {
        std::vector<std::string> all{"log", log_.place(), "--vkey", log_.vkey()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    TempDir dir_;
    TestLog log_;
};

std::size_t lines_of(std::string const& text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST_F(Program, SaysInOneSentenceWhatIsProvenAndInOneWhatIsNot) {
    Outcome const outcome = run_plain(arguments());
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(lines_of(outcome.out), 2U) << outcome.out;
    EXPECT_TRUE(outcome.out.starts_with("Proven: each of the 300 entries")) << outcome.out;
    EXPECT_NE(outcome.out.find("\nNot proven: that nothing was changed"), std::string::npos) << outcome.out;
    EXPECT_TRUE(outcome.out.ends_with("(no witness was asked for).\n")) << outcome.out;
    EXPECT_EQ(outcome.err, "");
}

TEST_F(Program, SaysInOneSentenceWhatIsWrong) {
    flip(log_.path("tile/0/000"), 0);
    Outcome const refuted = run_plain(arguments());
    EXPECT_EQ(refuted.code, 1);
    EXPECT_EQ(refuted.out, "");
    EXPECT_EQ(refuted.err,
              "Refuted: 'tile/0/000' is not what the entries hash to: one of them was changed or damaged.\n");
    std::filesystem::remove(log_.path("checkpoint"));
    Outcome const missing = run_plain(arguments());
    EXPECT_EQ(missing.code, 2);
    EXPECT_EQ(missing.out, "");
    EXPECT_TRUE(missing.err.starts_with("Could not be checked: The log has no 'checkpoint'")) << missing.err;
}

TEST_F(Program, SpeaksChineseWhereAsked) {
    for (Outcome const& outcome :
         {run_plain(arguments(), "zh_CN.UTF-8"), run_plain(arguments({"--lang", "zh-CN"})),
          run_plain(arguments({"--lang=zh-CN"}), "en_US.UTF-8")}) {
        EXPECT_EQ(outcome.code, 0);
        EXPECT_TRUE(outcome.out.starts_with("已证明：日志 sponsio.example/log/1 的 300 个条目"))
            << outcome.out;
        EXPECT_NE(outcome.out.find("\n未证明："), std::string::npos);
        EXPECT_TRUE(outcome.out.ends_with("。\n"));
    }
    EXPECT_TRUE(run_plain(arguments({"--lang", "en"}), "zh_CN.UTF-8").out.starts_with("Proven: "));
    flip(log_.path("tile/0/000"), 0);
    EXPECT_TRUE(run_plain(arguments(), "zh_CN.UTF-8").err.starts_with("不成立：“tile/0/000”"));
    // A reason that the room crypto words in English.
    replace_in(log_.path("checkpoint"), "\n300\n", "\n299\n");
    EXPECT_EQ(run_plain(arguments(), "zh_CN.UTF-8").err,
              "不成立：“" + log_.place() + "”的检查点不成立：签名错误。\n");
    EXPECT_TRUE(run_plain({"--help"}, "zh_CN.UTF-8").out.starts_with("离线核验"));
}

TEST_F(Program, AnswersProgramsInJson) {
    Outcome const outcome = run_json(arguments());
    EXPECT_EQ(lines_of(outcome.out), 1U);
    EXPECT_EQ(outcome.answer.at("command").as_string(), "log");
    EXPECT_EQ(outcome.answer.at("witnesses_required"), json::Value(0));
    EXPECT_EQ(outcome.answer.at("origin").as_string(), origin);
}

TEST_F(Program, ShowsProgressOnATerminalOnly) {
    Outcome const outcome = run_plain(arguments(), "C", true);
    EXPECT_NE(outcome.err.find("300 / 300 (100 %)"), std::string::npos) << outcome.err;
    EXPECT_TRUE(outcome.err.ends_with("\r\033[K"));
    EXPECT_EQ(run_plain(arguments()).err, "");
}

TEST_F(Program, ListsItsCommands) {
    Outcome const help = run_plain({"--help"});
    EXPECT_EQ(help.code, 0);
    for (char const* const command : {"receipt", "record", "proof", "checkpoint", "batch", "log"})
        EXPECT_NE(help.out.find(std::string("\n  ") + command + " "), std::string::npos) << command;
    EXPECT_EQ(run_plain({"--version"}).code, 0);
}

TEST_F(Program, TakesItsArgumentsInAnyOrder) {
    write_file(dir_ / "old", log_.checkpoint(200));
    EXPECT_EQ(run_plain({"--json", "log", "--vkey", log_.vkey(), "--old", dir_ / "old", log_.place()}).code,
              0);
    EXPECT_EQ(
        run_plain({"log", "--old", dir_ / "old", "--vkey", log_.vkey(), log_.place(), "--lang", "en"}).code,
        0);
}

TEST_F(Program, SaysWhatIsWrongWithItsArguments) {
    for (std::vector<std::string> const& wrong :
         std::vector<std::vector<std::string>>{{},
                                               {"nothing"},
                                               {"log"},
                                               {"log", log_.place()},
                                               arguments({"--nothing"}),
                                               arguments({"--quorum", "x"}),
                                               arguments({"--lang", "fr"}),
                                               arguments({"proof"}),
                                               {"receipt", "--vkey", log_.vkey()}}) {
        Outcome const outcome = run_plain(wrong);
        EXPECT_EQ(outcome.code, 2);
        EXPECT_EQ(lines_of(outcome.err), 1U) << outcome.err;
        EXPECT_TRUE(outcome.err.starts_with("Could not be checked: ")) << outcome.err;
        EXPECT_NE(outcome.err.find("sponsio-verify --help"), std::string::npos) << outcome.err;
    }
    expect_not_checked(run_json({"log"}), "usage");
}

}  // namespace
}  // namespace sponsio::verify::test
