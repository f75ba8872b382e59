#include "crypto/keys/sealing.hpp"

#include "crypto/keys/wrap.hpp"
#include "crypto/ossl.hpp"

#include <climits>

#include <algorithm>
#include <mutex>
#include <set>

namespace sponsio::crypto {
namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
static_assert(DataKey::overhead == nonce_size + tag_size);

EVP_CIPHER const* gcm() {
    static EVP_CIPHER const* const cipher =
        ossl::check_pointer(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), "fetching AES-256-GCM");
    return cipher;
}

/// Makes a context for each use, so that OpenSSL wipes the expanded key afterwards.
ossl::CipherCtx new_context() {
    return ossl::CipherCtx{ossl::check_pointer(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new")};
}

int length_of(ByteView bytes) {
    if (bytes.size() > INT_MAX) throw Failure("an object to seal is larger than 2 GiB");
    return static_cast<int>(bytes.size());
}

Error refuse(std::string_view code, char const* message) {
    return {.code = code, .message = message};
}

}  // namespace

DataKey::DataKey(Secret key) : key_(std::move(key)) {
    if (key_.size() != key_size) throw Failure("a data key is not 32 bytes long");
}

Bytes DataKey::seal(ByteView plain, ByteView aad, Entropy& entropy) const {
    auto const context = new_context();
    Bytes out(nonce_size + plain.size() + tag_size);
    entropy.fill(std::span(out).first(nonce_size));
    std::uint8_t* const body = out.data() + nonce_size;
    int size = 0;
    bool good = EVP_EncryptInit_ex2(context.get(), gcm(), key_.view().data(), out.data(), nullptr) == 1;
    // An update without input or output would mean something else.
    if (!aad.empty())
        good = good && EVP_EncryptUpdate(context.get(), nullptr, &size, aad.data(), length_of(aad)) == 1;
    if (!plain.empty())
        good = good && EVP_EncryptUpdate(context.get(), body, &size, plain.data(), length_of(plain)) == 1;
    good = good && EVP_EncryptFinal_ex(context.get(), body + plain.size(), &size) == 1 &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_size, body + plain.size()) == 1;
    ossl::check(good, "AES-256-GCM");
    return out;
}

Result<Bytes> DataKey::open(ByteView sealed, ByteView aad) const {
    ossl::QuietErrors const quiet;
    if (sealed.size() < overhead) return refuse(seal_error::not_authentic, "The sealed value is too short.");
    ByteView const body = sealed.subspan(nonce_size, sealed.size() - overhead);
    auto tag = to_bytes(sealed.last(tag_size));
    auto const context = new_context();
    Bytes out(body.size());
    int size = 0;
    bool good = EVP_DecryptInit_ex2(context.get(), gcm(), key_.view().data(), sealed.data(), nullptr) == 1;
    if (!aad.empty())
        good = good && EVP_DecryptUpdate(context.get(), nullptr, &size, aad.data(), length_of(aad)) == 1;
    if (!body.empty())
        good = good && EVP_DecryptUpdate(context.get(), out.data(), &size, body.data(), length_of(body)) == 1;
    good = good && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, tag.data()) == 1;
    ossl::check(good, "AES-256-GCM");
    if (EVP_DecryptFinal_ex(context.get(), out.data() + out.size(), &size) != 1)
        return refuse(seal_error::not_authentic, "The sealed value was altered, or belongs elsewhere.");
    return out;
}

struct MasterKeys::Ring {
    std::mutex mutex;
    List keys;
};

MasterKeys::MasterKeys(std::vector<MasterKey> keys) : ring_(std::make_shared<Ring>()) {
    replace(std::move(keys));
}

void MasterKeys::replace(std::vector<MasterKey> keys) {
    std::set<std::string_view> ids;
    for (MasterKey const& k : keys) {
        if (k.key.size() != key_size) throw Failure("a master key is not 32 bytes long");
        if (!ids.insert(k.id).second) throw Failure("two master keys have one id");
    }
    if (keys.empty()) throw Failure("there is no master key");
    auto next = std::make_shared<std::vector<MasterKey> const>(std::move(keys));
    std::scoped_lock const lock(ring_->mutex);
    ring_->keys = std::move(next);
}

MasterKeys::List MasterKeys::now() const {
    std::scoped_lock const lock(ring_->mutex);
    return ring_->keys;
}

std::string MasterKeys::current_id() const {
    return now()->back().id;
}

std::vector<std::string> MasterKeys::ids() const {
    std::vector<std::string> all;
    for (List const keys = now(); MasterKey const& k : *keys) all.push_back(k.id);
    return all;
}

MasterKeys::NewDataKey MasterKeys::new_data_key(Entropy& entropy) const {
    Secret bytes{Bytes(key_size)};
    entropy.fill(bytes.writable());
    DataKey key(std::move(bytes));
    WrappedKey wrapped = wrap(key);
    return {std::move(key), std::move(wrapped)};
}

SealedObject MasterKeys::seal(ByteView plain, ByteView aad, Entropy& entropy) const {
    NewDataKey fresh = new_data_key(entropy);
    return {fresh.key.seal(plain, aad, entropy), std::move(fresh.wrapped.wrapped),
            std::move(fresh.wrapped.master_key_id)};
}

Result<Secret> MasterKeys::unwrap_secret(ByteView wrapped_key, std::string_view master_key_id) const {
    List const keys = now();
    auto const master = std::ranges::find(*keys, master_key_id, &MasterKey::id);
    if (master == keys->end())
        return refuse(seal_error::unknown_master_key, "There is no master key of that id.");
    auto key = unwrap_key(wrapped_key, master->key.view());
    if (!key || key->size() != key_size)
        return refuse(seal_error::bad_wrapped_key, "The wrapped key was altered.");
    return *std::move(key);
}

Result<DataKey> MasterKeys::unwrap(ByteView wrapped_key, std::string_view master_key_id) const {
    auto key = unwrap_secret(wrapped_key, master_key_id);
    if (!key) return key.error();
    return DataKey(*std::move(key));
}

Result<Bytes> MasterKeys::open(ByteView ciphertext, ByteView wrapped_key, std::string_view master_key_id,
                               ByteView aad) const {
    auto const key = unwrap(wrapped_key, master_key_id);
    if (!key) return key.error();
    return key->open(ciphertext, aad);
}

WrappedKey MasterKeys::wrap(DataKey const& key) const {
    List const keys = now();
    return {wrap_key(key.key_.view(), keys->back().key.view()), keys->back().id};
}

Result<WrappedKey> MasterKeys::rewrap(ByteView wrapped_key, std::string_view master_key_id) const {
    auto key = unwrap_secret(wrapped_key, master_key_id);
    if (!key) return key.error();
    return wrap(DataKey(*std::move(key)));
}

}  // namespace sponsio::crypto
