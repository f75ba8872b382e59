#include "reference/platform/registry.hpp"

#include "reference/front/files.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/uscc.hpp"

namespace sponsio::platform {
namespace {

constexpr Reason not_sm2{"not_sm2_key", "is not an SM2 public key in PEM", "不是 PEM 格式的 SM2 公钥"};

std::optional<crypto::PublicKey> sm2_key(std::string const& pem) {
    auto key = crypto::PublicKey::from_pem(pem);
    if (!key || key->algorithm() != crypto::Algorithm::sm2) return std::nullopt;
    return std::move(*key);
}

}  // namespace

Outcome<Registry> Registry::parse(std::string const& text) {
    auto const json = domain::parse_json(text);
    if (!json) return json.error();
    return domain::decode(*json, [](domain::Fields& fields) {
        Registry registry;
        registry.open_ = false;
        fields.objects("units", {.min = 0, .max = 100'000}, [&](domain::Fields& part) {
            std::string const uscc = part.text("uscc", {.max = 18});
            Unit unit{.name = part.text("name", {.max = 200})};
            if (auto const pem = part.optional_text("sm2_public_key", {.max = 4096})) {
                unit.key = sm2_key(*pem);
                if (!unit.key) part.refuse("sm2_public_key", not_sm2);
            }
            auto const code = domain::Uscc::parse(uscc);
            if (!code)
                part.refuse("uscc", *code.error());
            else if (!registry.units_.emplace(code->text(), std::move(unit)).second)
                part.refuse("uscc", reason::not_unique);
        });
        return registry;
    });
}

Outcome<Registry> Registry::load(std::filesystem::path const& file) {
    auto const text = front::read_file(file);
    if (!text) return text.error();
    auto registry = parse(*text);
    if (registry) return registry;
    Fault refused = registry.error();
    refused.detail.en = "The registry " + file.string() + " is not acceptable. " + refused.detail.en;
    refused.detail.zh = "单位名册 " + file.string() + " 不符合要求。" + refused.detail.zh;
    return refused;
}

Unit const* Registry::find(std::string_view uscc) const {
    auto const unit = units_.find(uscc);
    return unit == units_.end() ? nullptr : &unit->second;
}

Outcome<crypto::PublicKey> load_sender_key(std::filesystem::path const& file) {
    auto const pem = front::read_file(file);
    if (!pem) return pem.error();
    auto key = sm2_key(*pem);
    if (!key)
        return fault(problem::invalid, file.string() + " is not an SM2 public key in PEM.",
                     file.string() + " 不是 PEM 格式的 SM2 公钥。");
    return std::move(*key);
}

}  // namespace sponsio::platform
