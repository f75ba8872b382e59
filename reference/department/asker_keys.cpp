#include "reference/department/asker_keys.hpp"

#include "server/base/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fstream>
#include <iterator>

namespace sponsio::department {

using boost::asio::awaitable;

Outcome<std::unique_ptr<AskerKeys>> AskerKeys::make(std::string place, std::filesystem::path const& ca_file) {
    std::unique_ptr<AskerKeys> keys(new AskerKeys(std::move(place)));
    if (keys->place_.find("://") == std::string::npos) return keys;
    if (!keys->place_.starts_with("https://"))
        return fault(problem::invalid,
                     "The asker's keys are in a file or behind an https URL: " + keys->place_,
                     "询问方公钥须为文件或 https 网址：" + keys->place_);
    auto client = client::HttpsClient::make({.ca_file = ca_file});
    if (!client) return client.error();
    keys->client_.emplace(std::move(*client));
    return keys;
}

std::optional<crypto::PublicKey> AskerKeys::known(std::string const& kid) const {
    std::lock_guard const lock(mutex_);
    crypto::PublishedKey const* key = keys_.find(kid);
    return key ? std::optional(key->key) : std::nullopt;
}

bool AskerKeys::time_to_look() {
    std::lock_guard const lock(mutex_);
    auto const now = std::chrono::steady_clock::now();
    if (looked_at_ != std::chrono::steady_clock::time_point{} && now - looked_at_ < std::chrono::seconds(1))
        return false;
    looked_at_ = now;
    return true;
}

std::string AskerKeys::text() const {
    if (!client_) {
        std::ifstream in(place_, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    auto answer = client_->request(
        {.url = place_, .deadline = std::chrono::steady_clock::now() + std::chrono::seconds(3)});
    return answer && answer->status == 200 ? std::move(answer->body) : std::string();
}

awaitable<std::optional<crypto::PublicKey>> AskerKeys::find(std::string kid) {
    if (auto key = known(kid)) co_return key;
    if (!time_to_look()) co_return std::nullopt;
    auto const read = [this]() -> awaitable<std::string> { co_return text(); };
    auto keys =
        crypto::Jwks::parse(co_await boost::asio::co_spawn(reader_, read, boost::asio::use_awaitable));
    if (!keys) {
        log::warn("department.no_asker_keys",
                  {{log::Key::file, place_}, {log::Key::cause, keys.error().code}});
        co_return std::nullopt;
    }
    {
        std::lock_guard const lock(mutex_);
        keys_ = std::move(*keys);
    }
    co_return known(kid);
}

}  // namespace sponsio::department
