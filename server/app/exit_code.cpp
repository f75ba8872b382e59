#include "server/app/exit_code.hpp"

#include <array>
#include <string_view>

namespace sponsio::app {
namespace {

struct Row {
    ExitCode code;
    std::string_view en;
    std::string_view zh;
};

constexpr std::array<Row, 8> rows{{
    {ExitCode::done, "Done.", "已完成。"},
    {ExitCode::no,
     "Looked, and the answer is no, or what was asked for is refused: `doctor` found a failure, `migrate "
     "--status` a migration that is pending, `log check` damage; there is no such account.",
     "检查结果为否，或请求被拒绝：`doctor` 发现不合格项，`migrate --status` 有未执行的迁移，`log check` "
     "发现损坏，账号不存在等。"},
    {ExitCode::usage, "The command line cannot be read; nothing was done.", "命令行有误，未执行任何操作。"},
    {ExitCode::nothing_there,
     "There is no store, or no such file, at the place that was named. Nothing was made there.",
     "所指位置没有数据目录或文件；未在该处创建任何内容。"},
    {ExitCode::unavailable,
     "Something outside cannot be reached or used now (database, address, directory), or the cryptographic "
     "library of this machine fails its self-test. Once that is mended, another attempt succeeds.",
     "外部条件（数据库、地址、目录）暂不可用，可稍后重试。"},
    {ExitCode::internal, "A fault of the program. Please report it.", "程序内部错误，请反馈。"},
    {ExitCode::would_overwrite, "Something is there already; nothing of it was changed.",
     "目标已存在；未作任何改动。"},
    {ExitCode::configuration,
     "The configuration is not acceptable (file, options, profile, issuer or log name), or the store cannot "
     "be "
     "served as it is: its database is of another version than the program, or its log does not prove to be "
     "the one that was published. Starting again will not help before a person has seen to it.",
     "配置不符合要求（配置文件、选项、运行档、签发者网址或日志名称），或数据无法照现状提供服务：数据库版本与"
     "程序"
     "不一致，或日志无法证实即为已发布者。人工处理之前重启无效。"},
}};

}  // namespace

std::string exit_codes_document() {
    std::string text =
        "# Exit codes 退出码\n\nPrinted by `sponsio exit-codes`; do not edit by hand. A refusal is one "
        "sentence on "
        "standard error, with what to do.\nDeath by a signal is what the shell shows as 128 and its number. "
        "`sponsio-verify` has 0, 1 and 2 ([verify.md](verify.md)).\n\n| code | en | zh |\n|---|---|---|\n";
    for (Row const& row : rows)
        text.append("| ")
            .append(std::to_string(static_cast<int>(row.code)))
            .append(" | ")
            .append(row.en)
            .append(" | ")
            .append(row.zh)
            .append(" |\n");
    return text;
}

}  // namespace sponsio::app
