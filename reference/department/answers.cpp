#include "reference/department/answers.hpp"

#include "crypto/keys/store.hpp"
#include "reference/front/files.hpp"
#include "text/json.hpp"

namespace sponsio::department {
namespace {

namespace fs = std::filesystem;

Fault damaged(fs::path const& file) {
    return fault(problem::internal, "The given answer " + file.string() + " is damaged.",
                 "已作出的应答 " + file.string() + " 损坏。");
}

}  // namespace

Outcome<Answers> Answers::open(fs::path directory) {
    if (auto made = front::make_private_directory(directory); !made) return made.error();
    return Answers(std::move(directory));
}

fs::path Answers::file_of(std::string const& question) const {
    return directory_ / (question + ".json");
}

Outcome<std::optional<GivenAnswer>> Answers::find(std::string const& question) const {
    fs::path const file = file_of(question);
    auto const text = crypto::read_private_file(file);
    if (!text) {
        if (text.error().code == crypto::store_error::missing) return std::optional<GivenAnswer>{};
        return front::unusable(file, text.error());
    }
    auto const json = json::parse(*text);
    if (!json || !json->find("content_sha256") || !json->find("token")) return damaged(file);
    auto const digest = crypto::as_digest(from_hex(json->at("content_sha256").as_string()));
    if (!digest) return damaged(file);
    return std::optional(GivenAnswer{.content = *digest, .token = json->at("token").as_string()});
}

Outcome<void> Answers::keep(std::string const& question, GivenAnswer const& answer) const {
    fs::path const file = file_of(question);
    std::string const text =
        json::write(json::Object{{"content_sha256", to_hex(answer.content)}, {"token", answer.token}});
    if (auto written = crypto::write_private_file(file, text); !written)
        return front::unusable(file, written.error());
    return {};
}

}  // namespace sponsio::department
