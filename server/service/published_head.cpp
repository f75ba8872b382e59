#include "server/service/published_head.hpp"

namespace sponsio::service {

PublishedHead::PublishedHead(std::filesystem::path const& directory, std::int16_t shard)
    : file_(directory / (std::to_string(shard) + ".head")) {}

Outcome<std::vector<std::string>> PublishedHead::kept() const {
    auto texts = file_.read();
    if (texts) return std::move(*texts);
    Fault f = fault(problem::unavailable,
                    "The published checkpoint in " + file_.path().string() +
                        " cannot be read or is damaged. Compare the log with a copy that somebody else keeps "
                        "before you remove this file.",
                    "检查点文件无法读取或已损坏，请与第三方留存的检查点核对后再删除该文件。");
    f.cause = texts.error().message;
    return f;
}

Outcome<void> PublishedHead::keep(std::string_view checkpoint) {
    auto const written = file_.write(checkpoint);
    if (written) return {};
    Fault f = fault(
        problem::unavailable,
        "The last published checkpoint cannot be kept outside the database; nothing is signed until it can.",
        "无法在数据库之外保存最近发布的检查点，暂停签署。");
    f.cause = written.error().message;
    f.retry_after = std::chrono::seconds(5);
    return f;
}

}  // namespace sponsio::service
