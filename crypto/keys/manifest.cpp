#include "crypto/keys/manifest.hpp"

#include "crypto/digest.hpp"
#include "crypto/ossl.hpp"

namespace sponsio::crypto {
namespace {

constexpr std::string_view format = "sponsio-key-store";
constexpr std::string_view sealing_format = "sponsio-sealing-keys";
constexpr std::int64_t version = 1;
constexpr std::uint64_t block_size = 8;
constexpr std::uint64_t memory_limit = std::uint64_t{64} << 20;

using Time = std::chrono::sys_seconds;

Error damaged(char const* message, std::string where = {}) {
    return {.code = store_error::damaged, .message = message, .where = std::move(where)};
}

Secret scrypt(ByteView passphrase, ByteView salt, ScryptCost cost) {
    Secret out{Bytes(32)};
    ossl::check(EVP_PBE_scrypt(reinterpret_cast<char const*>(passphrase.data()), passphrase.size(),
                               salt.data(), salt.size(), cost.n, block_size, cost.p, memory_limit,
                               out.writable().data(), out.size()) == 1,
                "scrypt");
    return out;
}

json::Object write_key(KeyEntry const& k) {
    json::Object out{{"kid", k.kid},
                     {"purpose", k.purpose},
                     {"algorithm", name_of(k.key.algorithm())},
                     {"created", k.created.time_since_epoch().count()},
                     {"not_before", k.not_before.time_since_epoch().count()},
                     {"public_key", k.key.to_jwk()}};
    if (k.retired_at) out.add("retired_at", k.retired_at->time_since_epoch().count());
    if (!k.pkcs11_uri.empty()) out.add("pkcs11_uri", k.pkcs11_uri);
    return out;
}

json::Object write_secret(SecretEntry const& s) {
    return {{"id", s.id},
            {"purpose", s.purpose},
            {"created", s.created.time_since_epoch().count()},
            {"wrapped", to_base64url(s.wrapped)}};
}

std::string authentication_code(json::Object const& manifest, StoreKeys const& keys) {
    return to_base64url(hmac_sha256(keys.authentication(), as_bytes(json::canonical(manifest))));
}

Time time_of(json::Value const& seconds) {
    return Time(std::chrono::seconds(seconds.as_int()));
}

/// From here on the manifest is authentic and was written by this program: an error in it is a bug, so the
/// accessors may throw.
KeyEntry read_key(json::Value const& v) {
    auto key = PublicKey::from_jwk(v.at("public_key")).value();
    KeyEntry out{v.at("kid").as_string(), v.at("purpose").as_string(), std::move(key),
                 time_of(v.at("created")), time_of(v.at("not_before"))};
    if (json::Value const* const retired = v.find("retired_at")) out.retired_at = time_of(*retired);
    if (json::Value const* const uri = v.find("pkcs11_uri")) out.pkcs11_uri = uri->as_string();
    return out;
}

SecretEntry read_secret(json::Value const& v) {
    return {v.at("id").as_string(), v.at("purpose").as_string(), time_of(v.at("created")),
            from_base64url(v.at("wrapped").as_string()).value()};
}

/// The outer form; nothing of it is authentic yet.
struct Envelope {
    json::Object document;
    std::string mac;
    std::string check;
    ScryptCost cost;
    Bytes salt;
};

std::string text_member(json::Value const& v, std::string_view name) {
    json::Value const* const member = v.find(name);
    return member && member->is_string() ? member->as_string() : std::string();
}

/// Zero when the member is missing or outside the range worth trying.
std::uint64_t cost_member(json::Value const& kdf, std::string_view name, std::int64_t largest) {
    json::Value const* const member = kdf.find(name);
    if (!member || !member->is_int() || member->as_int() < 1 || member->as_int() > largest) return 0;
    return static_cast<std::uint64_t>(member->as_int());
}

Result<Envelope> read_envelope(std::string_view text) {
    auto parsed = json::parse(text);
    if (!parsed || text_member(*parsed, "format") != format)
        return damaged("The manifest of the key store cannot be read.");
    json::Value const* const stated = parsed->find("version");
    if (stated && stated->is_int() && stated->as_int() > version)
        return Error{.code = store_error::newer, .message = "The key store was written by a later version."};
    Envelope out;
    json::Value const* const kdf = parsed->find("kdf");
    if (!kdf) return damaged("The manifest does not say how its keys are derived.", "/kdf");
    out.cost = {cost_member(*kdf, "n", 1 << 14), cost_member(*kdf, "p", 16)};
    auto salt = from_base64url(text_member(*kdf, "salt"));
    bool const power_of_two = out.cost.n > 1 && (out.cost.n & (out.cost.n - 1)) == 0;
    if (!power_of_two || out.cost.p == 0 || !salt || salt->size() != 16)
        return damaged("The manifest does not say how its keys are derived.", "/kdf");
    out.salt = *std::move(salt);
    out.mac = text_member(*parsed, "mac");
    out.check = text_member(*parsed, "check");
    out.document = std::move(parsed->as_object());
    out.document.erase("mac");
    return out;
}

Result<Manifest> read_contents(Envelope const& envelope, StoreKeys const& keys) {
    if (!equal_constant_time(as_bytes(envelope.check), as_bytes(to_base64url(keys.check()))))
        return Error{.code = store_error::wrong_passphrase, .message = "The passphrase is wrong."};
    if (!equal_constant_time(as_bytes(envelope.mac), as_bytes(authentication_code(envelope.document, keys))))
        return damaged("The manifest of the key store was altered.");
    Manifest out{envelope.cost, envelope.salt, {}, {}, {}};
    for (json::Value const& v : envelope.document.at("keys").as_array()) out.keys.push_back(read_key(v));
    for (json::Value const& v : envelope.document.at("secrets").as_array()) {
        SecretEntry secret = read_secret(v);
        bool const seals = secret.purpose == sealing_purpose;
        (seals ? out.sealing : out.secrets).push_back(std::move(secret));
    }
    return out;
}

}  // namespace

StoreKeys::StoreKeys(ByteView passphrase, ByteView salt, ScryptCost cost) {
    Secret const root = scrypt(passphrase, salt, cost);
    wrapping_ = hkdf_sha256(root.view(), {}, as_bytes("sponsio key store 1 wrapping"), 32);
    authentication_ = hkdf_sha256(root.view(), {}, as_bytes("sponsio key store 1 authentication"), 32);
    check_ = hkdf_sha256(root.view(), {}, as_bytes("sponsio key store 1 check"), 16);
}

std::string write_manifest(Manifest const& manifest, StoreKeys const& keys) {
    json::Array signing;
    for (KeyEntry const& k : manifest.keys) signing.emplace_back(write_key(k));
    json::Array secrets;
    for (SecretEntry const& s : manifest.secrets) secrets.emplace_back(write_secret(s));
    json::Object document{{"format", format},
                          {"version", version},
                          {"kdf", json::Object{{"name", "scrypt"},
                                               {"n", manifest.cost.n},
                                               {"r", block_size},
                                               {"p", manifest.cost.p},
                                               {"salt", to_base64url(manifest.salt)}}},
                          {"check", to_base64url(keys.check())},
                          {"keys", std::move(signing)},
                          {"secrets", std::move(secrets)}};
    document.add("mac", authentication_code(document, keys));
    return json::write(std::move(document)) + '\n';
}

std::string write_sealing_keys(std::vector<SecretEntry> const& sealing, StoreKeys const& keys) {
    json::Array list;
    for (SecretEntry const& s : sealing) list.emplace_back(write_secret(s));
    json::Object document{{"format", sealing_format}, {"version", version}, {"secrets", std::move(list)}};
    document.add("mac", authentication_code(document, keys));
    return json::write(std::move(document)) + '\n';
}

Result<std::vector<SecretEntry>> read_sealing_keys(std::string_view text, StoreKeys const& keys) {
    auto parsed = json::parse(text);
    if (!parsed || text_member(*parsed, "format") != sealing_format)
        return damaged("The file of the sealing keys cannot be read.");
    std::string const mac = text_member(*parsed, "mac");
    json::Object document = std::move(parsed->as_object());
    document.erase("mac");
    if (!equal_constant_time(as_bytes(mac), as_bytes(authentication_code(document, keys))))
        return damaged("The file of the sealing keys was altered, or is of another key store.");
    std::vector<SecretEntry> out;
    for (json::Value const& v : document.at("secrets").as_array()) out.push_back(read_secret(v));
    return out;
}

Result<OpenedManifest> read_manifest(std::string_view text, ByteView passphrase) {
    auto const envelope = read_envelope(text);
    if (!envelope) return envelope.error();
    StoreKeys keys(passphrase, envelope->salt, envelope->cost);
    auto manifest = read_contents(*envelope, keys);
    if (!manifest) return manifest.error();
    return OpenedManifest{*std::move(manifest), std::move(keys)};
}

Result<Manifest> read_manifest(std::string_view text, StoreKeys const& keys) {
    auto const envelope = read_envelope(text);
    if (!envelope) return envelope.error();
    return read_contents(*envelope, keys);
}

}  // namespace sponsio::crypto
