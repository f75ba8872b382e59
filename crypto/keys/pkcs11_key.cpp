#include "crypto/keys/pkcs11_key.hpp"

#include "crypto/digest.hpp"
#include "crypto/durable_file.hpp"
#include "crypto/keys/pkcs11_signer.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <vector>

namespace sponsio::crypto {
namespace {

using Handle = CK_OBJECT_HANDLE;

Error refuse(std::string_view code, std::string message) {
    return {.code = code, .message = std::move(message)};
}

/// The token's return value as an error.
Error failed(char const* doing, CK_RV answer, std::string_view code = pkcs11_error::failed) {
    return refuse(code, std::string(doing) + " failed: " + p11_kit_strerror(answer) + ".");
}

struct FreeUri {
    void operator()(P11KitUri* uri) const noexcept { p11_kit_uri_free(uri); }
};

using Uri = std::unique_ptr<P11KitUri, FreeUri>;

Result<Uri> parse_uri(std::string const& text) {
    Uri uri(p11_kit_uri_new());
    int const outcome = p11_kit_uri_parse(text.c_str(), P11_KIT_URI_FOR_ANY, uri.get());
    if (outcome != P11_KIT_URI_OK || p11_kit_uri_any_unrecognized(uri.get()) != 0)
        return refuse(pkcs11_error::bad_uri, "This is not a pkcs11: URI (RFC 7512) that can be understood.");
    if (p11_kit_uri_get_pin_value(uri.get()))
        return refuse(pkcs11_error::bad_uri, "A PIN has no place in a URI; name its file with pin-source.");
    if (!p11_kit_uri_get_module_path(uri.get()))
        return refuse(pkcs11_error::bad_uri,
                      "The URI does not name the library of the token: ?module-path=...");
    return uri;
}

/// The first line of a file that only its owner may read.
Result<Secret> read_pin(std::string_view file) {
    if (file.starts_with("file:")) file.remove_prefix(5);
    if (file.starts_with("//")) file.remove_prefix(2);
    if (!file.starts_with('/'))
        return refuse(pkcs11_error::no_pin, "The file of the PIN is named by its whole path.");
    auto const text = read_private_file(file);
    if (!text)
        return refuse(pkcs11_error::no_pin, "The file of the PIN cannot be used: " + text.error().message);
    std::string_view const line = std::string_view(*text).substr(0, text->find_first_of("\r\n"));
    if (line.empty()) return refuse(pkcs11_error::no_pin, "The file of the PIN is empty.");
    return Secret(as_bytes(line));
}

Result<Secret> pin_for(P11KitUri* uri) {
    if (char const* const source = p11_kit_uri_get_pin_source(uri)) return read_pin(source);
    if (char const* const file = std::getenv("SPONSIO_PKCS11_PIN_FILE"); file && *file) return read_pin(file);
    if (char const* const pin = std::getenv("SPONSIO_PKCS11_PIN"); pin && *pin) return Secret(as_bytes(pin));
    return refuse(pkcs11_error::no_pin,
                  "The token wants a PIN: name its file with pin-source or SPONSIO_PKCS11_PIN_FILE, or set "
                  "SPONSIO_PKCS11_PIN.");
}

template <class T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value) {
    return {type, &value, sizeof value};
}

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, Bytes& value) {
    return {type, value.data(), static_cast<CK_ULONG>(value.size())};
}

/// The bytes of a curve's point, taken from the DER OCTET STRING in which most tokens wrap it.
ByteView point_of(ByteView stated, Algorithm algorithm) {
    std::size_t const size = algorithm == Algorithm::es256 ? 65 : 32;
    bool const wrapped = stated.size() == size + 2 && stated[0] == 0x04 && stated[1] == size;
    return wrapped ? stated.subspan(2) : stated;
}

/// CKA_EC_PARAMS of the curves we sign with: their object identifiers, and the name that PKCS#11 2.40 tokens
/// give edwards25519.
std::optional<Algorithm> algorithm_of(CK_KEY_TYPE type, ByteView parameters) {
    std::string const curve = to_hex(parameters);
    if (type == CKK_EC && curve == "06082a8648ce3d030107") return Algorithm::es256;
    if (type == CKK_EC_EDWARDS && (curve == "06032b6570" || curve == "130c656477617264733235353139"))
        return Algorithm::ed25519;
    return std::nullopt;
}

bool is_wrong_pin(CK_RV answer) {
    return answer == CKR_PIN_INCORRECT || answer == CKR_PIN_INVALID || answer == CKR_PIN_LEN_RANGE ||
           answer == CKR_PIN_LOCKED;
}

}  // namespace

/// The library of a token, a session with it, and the key found there.
struct Pkcs11Key::Session {
    Uri uri;
    CK_FUNCTION_LIST* module = nullptr;
    bool started = false;
    std::optional<CK_SESSION_HANDLE> session{};
    Handle key = 0;

    explicit Session(Uri parsed) : uri(std::move(parsed)) {}

    Session(Session const&) = delete;
    Session& operator=(Session const&) = delete;

    ~Session() {
        if (session) module->C_CloseSession(*session);
        if (started) p11_kit_module_finalize(module);
        if (module) p11_kit_module_release(module);
    }

    Result<void> start() {
        module = p11_kit_module_load(p11_kit_uri_get_module_path(uri.get()), 0);
        if (!module)
            return refuse(pkcs11_error::no_module, "The library that module-path names cannot be loaded.");
        if (CK_RV const rv = p11_kit_module_initialize(module); rv != CKR_OK)
            return failed("Starting the library of the token", rv, pkcs11_error::no_module);
        started = true;
        return {};
    }

    /// The one slot whose token fits the URI.
    Result<CK_SLOT_ID> find_slot() const {
        CK_ULONG count = 0;
        CK_RV rv = module->C_GetSlotList(CK_TRUE, nullptr, &count);
        std::vector<CK_SLOT_ID> slots(count);
        if (rv == CKR_OK) rv = module->C_GetSlotList(CK_TRUE, slots.data(), &count);
        if (rv != CKR_OK) return failed("Listing the tokens", rv);
        slots.resize(std::min<std::size_t>(slots.size(), count));
        std::erase_if(slots, [this](CK_SLOT_ID slot) {
            CK_TOKEN_INFO info;
            return module->C_GetTokenInfo(slot, &info) != CKR_OK ||
                   !p11_kit_uri_match_token_info(uri.get(), &info);
        });
        if (slots.empty()) return refuse(pkcs11_error::no_token, "No token that the URI describes is there.");
        if (slots.size() > 1) return refuse(pkcs11_error::no_token, "The URI describes several tokens.");
        return slots.front();
    }

    Result<void> log_in(CK_SLOT_ID slot) {
        CK_SESSION_HANDLE opened = 0;
        if (CK_RV const rv = module->C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &opened);
            rv != CKR_OK)
            return failed("Opening a session", rv);
        session = opened;
        CK_TOKEN_INFO info;
        if (CK_RV const rv = module->C_GetTokenInfo(slot, &info); rv != CKR_OK)
            return failed("Asking about the token", rv);
        if ((info.flags & CKF_LOGIN_REQUIRED) == 0) return {};
        auto pin = pin_for(uri.get());
        if (!pin) return pin.error();
        CK_RV const rv = module->C_Login(opened, CKU_USER, pin->writable().data(), pin->size());
        if (is_wrong_pin(rv)) return failed("Giving the PIN", rv, pkcs11_error::wrong_pin);
        // Sessions of one process with one token share the login.
        if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN) return failed("Giving the PIN", rv);
        return {};
    }

    /// The one object that has these attributes.
    Result<Handle> find(std::vector<CK_ATTRIBUTE> wanted, char const* what) const {
        std::array<Handle, 2> found{};
        CK_ULONG count = 0;
        CK_RV rv = module->C_FindObjectsInit(*session, wanted.data(), wanted.size());
        if (rv == CKR_OK) {
            rv = module->C_FindObjects(*session, found.data(), found.size(), &count);
            module->C_FindObjectsFinal(*session);
        }
        if (rv != CKR_OK) return failed("Looking for the key", rv);
        if (count == 0)
            return refuse(pkcs11_error::no_key, std::string("The token has no such ") + what + ".");
        if (count > 1)
            return refuse(pkcs11_error::no_key, std::string("The token has several such ") + what + "s.");
        return found[0];
    }

    Result<void> find_key() {
        CK_OBJECT_CLASS private_key = CKO_PRIVATE_KEY;
        CK_ULONG count = 0;
        CK_ATTRIBUTE const* const stated = p11_kit_uri_get_attributes(uri.get(), &count);
        std::vector<CK_ATTRIBUTE> wanted{attribute(CKA_CLASS, private_key)};
        std::copy_if(stated, stated + count, std::back_inserter(wanted),
                     [](CK_ATTRIBUTE const& a) { return a.type != CKA_CLASS; });
        auto const found = find(std::move(wanted), "private key");
        if (!found) return found.error();
        key = *found;
        return {};
    }

    [[nodiscard]] Result<Bytes> read(Handle object, CK_ATTRIBUTE_TYPE type) const {
        CK_ATTRIBUTE wanted{type, nullptr, 0};
        CK_RV rv = module->C_GetAttributeValue(*session, object, &wanted, 1);
        Bytes out;
        if (rv == CKR_OK) {
            out.resize(wanted.ulValueLen);
            wanted.pValue = out.data();
            rv = module->C_GetAttributeValue(*session, object, &wanted, 1);
        }
        if (rv != CKR_OK) return failed("Reading about the key", rv);
        return out;
    }
};

Pkcs11Key::Pkcs11Key(std::unique_ptr<Session> session) noexcept : session_(std::move(session)) {}

Pkcs11Key::~Pkcs11Key() = default;

Result<std::unique_ptr<Pkcs11Key>> Pkcs11Key::open(std::string const& uri) {
    auto parsed = parse_uri(uri);
    if (!parsed) return std::move(parsed).error();
    auto session = std::make_unique<Session>(std::move(*parsed));
    if (auto const done = session->start(); !done) return done.error();
    auto const slot = session->find_slot();
    if (!slot) return slot.error();
    if (auto const done = session->log_in(*slot); !done) return done.error();
    if (auto const done = session->find_key(); !done) return done.error();
    return std::unique_ptr<Pkcs11Key>(new Pkcs11Key(std::move(session)));
}

Result<PublicKey> Pkcs11Key::public_key() const {
    auto id = session_->read(session_->key, CKA_ID);
    if (!id) return id.error();
    CK_OBJECT_CLASS public_key = CKO_PUBLIC_KEY;
    auto const object =
        session_->find({attribute(CKA_CLASS, public_key), attribute(CKA_ID, *id)}, "public key");
    if (!object) return object.error();
    CK_KEY_TYPE type = 0;
    CK_ATTRIBUTE wanted = attribute(CKA_KEY_TYPE, type);
    if (CK_RV const rv = session_->module->C_GetAttributeValue(*session_->session, *object, &wanted, 1);
        rv != CKR_OK)
        return failed("Reading about the key", rv);
    auto const curve = session_->read(*object, CKA_EC_PARAMS);
    auto const algorithm = curve ? algorithm_of(type, *curve) : std::nullopt;
    if (!algorithm) return refuse(key_error::unsupported, "Keys in tokens are of P-256 or Ed25519.");
    auto const point = session_->read(*object, CKA_EC_POINT);
    if (!point) return point.error();
    return PublicKey::from_raw(*algorithm, point_of(*point, *algorithm));
}

Result<Bytes> Pkcs11Key::sign(Algorithm algorithm, ByteView message) const {
    Bytes data = algorithm == Algorithm::es256 ? to_bytes(sha256(message)) : to_bytes(message);
    data.reserve(1);  // a token takes an empty message, but not from nowhere
    CK_MECHANISM mechanism{algorithm == Algorithm::es256 ? CKM_ECDSA : CKM_EDDSA, nullptr, 0};
    Bytes signature(64);
    CK_ULONG size = signature.size();
    CK_RV rv = session_->module->C_SignInit(*session_->session, &mechanism, session_->key);
    if (rv == CKR_OK)
        rv = session_->module->C_Sign(*session_->session, data.data(), data.size(), signature.data(), &size);
    if (rv != CKR_OK) return failed("Signing", rv);
    if (size != signature.size())
        return refuse(pkcs11_error::failed, "The token made a signature of a wrong size.");
    return signature;
}

}  // namespace sponsio::crypto
