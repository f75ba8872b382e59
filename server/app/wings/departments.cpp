#include "server/app/wings/departments.hpp"

#include "crypto/keys/signer.hpp"
#include "crypto/tokens/jws.hpp"
#include "server/api/checks.hpp"
#include "server/domain/uscc.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace sponsio::app {
namespace {

namespace fs = std::filesystem;
using domain::Json;
using domain::JsonObject;

/// What a department signs with must have a name in JOSE.
constexpr Reason not_a_key{"not_a_key",
                           "is not a public key: a JWK (EC P-256 or OKP Ed25519) or the path of one",
                           "不是公钥：应为 JWK（EC P-256 或 OKP Ed25519）或其文件路径"};

std::optional<std::string> text_of(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

fs::path beside(fs::path const& file, fs::path const& named) {
    return named.is_absolute() ? named : file.parent_path() / named;
}

/// A JWK in place, or the path of one.
std::optional<crypto::PublicKey> key_from(Json const* value, fs::path const& file) {
    if (!value) return std::nullopt;
    Json jwk = *value;
    if (auto const* path = value->if_string()) {
        auto const text = text_of(beside(file, *path));
        auto const read = text ? json::parse(*text) : Result<Json>(Error{});
        if (!read) return std::nullopt;
        jwk = *read;
    }
    auto key = crypto::PublicKey::from_jwk(jwk);
    if (!key || key->algorithm() == crypto::Algorithm::sm2) return std::nullopt;
    return std::move(*key);
}

std::optional<std::string> uscc_of(domain::Fields& fields) {
    auto const text = fields.optional_text("assist_unit_uscc", {.max = 18});
    if (!text) return std::nullopt;
    auto const uscc = domain::Uscc::as_printed(*text);
    if (!uscc) {
        fields.refuse("assist_unit_uscc", *uscc.error());
        return std::nullopt;
    }
    return uscc->text();
}

/// An entry of the file, before its gateway is made.
struct Entry {
    service::Department department;
    fs::path ca_file{};
};

/// Of the object without its key, which was read before.
Entry entry_from(domain::Fields& fields, Json const& json, crypto::PublicKey key, fs::path const& file) {
    auto const number = [&](char const* name, int usual, int min, int max) {
        return json.find(name) ? static_cast<int>(fields.integer(name, min, max)) : usual;
    };
    Entry entry{.department = {.word = fields.text("department", {.max = 40}),
                               .name = fields.bilingual("name", {.max = 200}),
                               .url = fields.text("url", {.max = 500}),
                               .key = std::move(key)}};
    service::Department& d = entry.department;
    if (!d.word.empty() && !domain::is_department_word(d.word))
        fields.refuse("department", reason::bad_format);
    if (auto const ca = fields.optional_text("ca_file", {.max = 1000})) entry.ca_file = beside(file, *ca);
    d.max_per_second = number("max_per_second", d.max_per_second, 1, 1000);
    d.timeout =
        std::chrono::milliseconds(number("timeout_ms", static_cast<int>(d.timeout.count()), 100, 60'000));
    d.attempts = number("attempts", d.attempts, 1, 100);
    d.assist_unit_uscc = uscc_of(fields);
    if (json.find("assist_days")) d.assist_days = number("assist_days", 0, 1, 366);
    return entry;
}

Fault unacceptable(fs::path const& file, Fault why) {
    std::string where;
    for (FieldError const& field : why.fields)
        where += (where.empty() ? "" : "; ") + field.pointer + " " + told(field).en;
    std::string const en = where.empty() ? why.detail.en : where;
    why.detail = {
        "The departments in " + file.string() + " are not acceptable: " + en + ".",
        "部门配置文件 " + file.string() + " 不符合要求：" + (where.empty() ? why.detail.zh : where)};
    return why;
}

Outcome<json::Array> array_of(fs::path const& file) {
    auto const text = text_of(file);
    if (!text)
        return fault(problem::invalid, "The file of departments " + file.string() + " cannot be read.",
                     "无法读取部门配置文件 " + file.string() + "。");
    auto json = domain::parse_json(*text);
    if (!json) return unacceptable(file, json.error());
    if (!json->is_array())
        return unacceptable(file, fault(problem::invalid, "it must be an array", "应为数组"));
    return std::move(json->as_array());
}

Outcome<std::vector<Entry>> entries_of(fs::path const& file) {
    auto array = array_of(file);
    if (!array) return array.error();
    std::vector<Entry> list;
    std::vector<FieldError> errors;
    std::set<std::string> words;
    for (std::size_t i = 0; i != array->size(); ++i) {
        Json json = (*array)[i];
        std::string const pointer = "/" + std::to_string(i);
        auto key = key_from(json.find("public_key"), file);
        if (!key) {
            errors.push_back(
                {pointer + "/public_key", json.find("public_key") ? &not_a_key : &reason::required});
            continue;
        }
        json.as_object().erase("public_key");
        domain::Fields fields(json, pointer, errors);
        list.push_back(entry_from(fields, json, std::move(*key), file));
        if (!words.insert(list.back().department.word).second)
            fields.refuse("department", reason::not_unique);
        fields.close();
    }
    if (!errors.empty())
        return unacceptable(file, {.problem = &problem::invalid, .fields = std::move(errors)});
    return list;
}

service::SignInquiry sign_with(service::KeyService& keys, Metrics& metrics) {
    return [&keys, &metrics](std::string_view payload, Instant now) -> Outcome<std::string> {
        auto const signer = keys.signer(service::purpose::check, now);
        if (!signer) return signer.error();
        metrics.signatures.with({"check"}).add();
        return crypto::jws_sign(domain::inquiry_type, payload, **signer);
    };
}

}  // namespace

Outcome<std::vector<ConfiguredDepartment>> read_departments(fs::path const& file,
                                                            client::Outbound const& outbound) {
    std::vector<ConfiguredDepartment> list;
    if (file.empty()) return list;
    auto entries = entries_of(file);
    if (!entries) return entries.error();
    for (Entry& entry : *entries) {
        auto gateway = client::make_department_gateway(
            {.url = entry.department.url, .ca_file = entry.ca_file, .outbound = outbound});
        if (!gateway) return gateway.error();
        list.push_back({std::move(entry.department), std::move(*gateway)});
    }
    return list;
}

Departments::Departments(std::vector<ConfiguredDepartment> configured, std::string issuer,
                         service::Ground const& ground, service::KeyService& keys)
    : assist_(ground, issuer, known_), rounds_(*ground.metrics) {
    for (ConfiguredDepartment& one : configured) {
        known_.push_back(one.department);
        asked_.push_back({.gateway = std::move(one.gateway), .service = nullptr});
        asked_.back().service = std::make_unique<service::InquiryService>(
            ground, std::move(one.department), *asked_.back().gateway, sign_with(keys, *ground.metrics),
            crypto::system_entropy(), service::InquiryOptions{.issuer = issuer});
    }
}

std::vector<service::DepartmentStatus> Departments::statuses() const {
    std::vector<service::DepartmentStatus> list;
    for (One const& one : asked_) list.push_back({&one.service->department(), one.service->breaker()});
    return list;
}

void Departments::add_routes(http::Router& router) {
    router.add(api::check_routes(assist_, [this] { return statuses(); }));
}

void Departments::start(std::chrono::milliseconds pause) {
    for (One const& one : asked_)
        rounds_.run({.name = "check", .pause = pause}, [this, &service = *one.service] {
            return service.round([this] { return stopping_.load(); });
        });
    rounds_.run({.name = "assist", .pause = pause}, [this]() -> Outcome<std::size_t> {
        auto const did = assist_.tend();
        if (!did) return did.error();
        return std::size_t{*did ? 1U : 0U};
    });
}

void Departments::stop() {
    stopping_ = true;
    rounds_.stop();
}

}  // namespace sponsio::app
