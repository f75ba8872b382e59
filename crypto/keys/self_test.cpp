#include "crypto/keys/self_test.hpp"

#include "crypto/digest.hpp"
#include "crypto/keys/key.hpp"
#include "crypto/keys/sealing.hpp"
#include "crypto/keys/wrap.hpp"
#include "crypto/ossl.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace sponsio::crypto {
namespace {

/// Decodes a hexadecimal literal of this file.
Bytes hex(std::string_view text) {
    return from_hex(text).value();
}

bool sha256_holds() {
    return to_hex(sha256(as_bytes("abc"))) ==
           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
}

bool sm3_holds() {
    return to_hex(sm3(as_bytes("abc"))) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
}

bool hmac_holds() {
    return to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
           "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
}

bool hkdf_holds() {
    return to_hex(hkdf_sha256(Bytes(22, 0x0b), hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"),
                              42)
                      .view()) ==
           "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
}

bool scrypt_holds() {
    Bytes out(64);
    ossl::check(EVP_PBE_scrypt("", 0, nullptr, 0, 16, 1, 1, 0, out.data(), out.size()) == 1, "scrypt");
    return to_hex(out) ==
           "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
           "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906";
}

/// An entropy source that yields the nonce of the published example.
class Given : public Entropy {
  public:
    explicit Given(ByteView bytes) : bytes_(bytes) {}

    void fill(std::span<std::uint8_t> out) override {
        std::ranges::copy(bytes_.first(out.size()), out.begin());
    }

  private:
    ByteView bytes_;
};

bool gcm_holds() {
    DataKey const key(Secret(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")));
    Bytes const plain =
        hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    Bytes const aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    Bytes const nonce = hex("cafebabefacedbaddecaf888");
    Given entropy(nonce);
    Bytes sealed = key.seal(plain, aad, entropy);
    if (to_hex(sealed) !=
        "cafebabefacedbaddecaf888"
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b")
        return false;
    auto const opened = key.open(sealed, aad);
    sealed.back() ^= 1;
    return opened && *opened == plain && !key.open(sealed, aad);
}

bool wrap_holds() {
    Bytes const wrapping = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    Bytes const key = hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
    Bytes wrapped = wrap_key(key, wrapping);
    if (to_hex(wrapped) != "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21")
        return false;
    auto const unwrapped = unwrap_key(wrapped, wrapping);
    wrapped.back() ^= 1;
    return unwrapped && std::ranges::equal(unwrapped->view(), key) && !unwrap_key(wrapped, wrapping);
}

/// Verifies the published signature, rejects it for another message, then verifies a signature by a new key.
bool signatures_hold(Algorithm algorithm, std::string_view point, std::string_view message,
                     std::string_view signature) {
    auto const key = PublicKey::from_raw(algorithm, hex(point));
    if (!key || !key->verify(as_bytes(message), hex(signature)) ||
        key->verify(as_bytes("another message"), hex(signature)))
        return false;
    auto const made = PrivateKey::generate(algorithm);
    return made.public_key().verify(as_bytes(message), made.sign(as_bytes(message)));
}

bool ed25519_holds() {
    return signatures_hold(Algorithm::ed25519,
                           "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
                           "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                           "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

bool es256_holds() {
    return signatures_hold(
        Algorithm::es256,
        "047fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445"
        "c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a4623288588e5ad",
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
        "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
        "0ed1215379636c483c2f7f155807d402a3b228033af97c7e17819ac3169ea665"
        "c50a07d38c3c70e5d8f12daf084a5480a66590c5f293509a8f3f7f8a83a354d5");
}

/// With the identifier 1234567812345678, as GB/T 32918.5 signs it.
bool sm2_holds() {
    return signatures_hold(Algorithm::sm2,
                           "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
                           "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
                           "message digest",
                           "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
                           "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
}

constexpr std::array answers_of_the_standards{
    KnownAnswer{"SHA-256 (FIPS 180-4)", sha256_holds},
    KnownAnswer{"SM3 (GB/T 32905-2016 A.1)", sm3_holds},
    KnownAnswer{"HMAC-SHA-256 (RFC 4231 §4.3)", hmac_holds},
    KnownAnswer{"HKDF-SHA-256 (RFC 5869 A.1)", hkdf_holds},
    KnownAnswer{"scrypt (RFC 7914 §12)", scrypt_holds},
    KnownAnswer{"AES-256-GCM (SP 800-38D)", gcm_holds},
    KnownAnswer{"AES-256 key wrap (RFC 3394 §4.6)", wrap_holds},
    KnownAnswer{"Ed25519 (RFC 8032 §7.1)", ed25519_holds},
    KnownAnswer{"ECDSA P-256 with SHA-256 (RFC 7515 A.3)", es256_holds},
    KnownAnswer{"SM2 with SM3 (GB/T 32918.5-2017 A.2)", sm2_holds},
};

SelfTested good(std::string_view algorithm) {
    std::string const name(algorithm);
    std::string const library(crypto_library());
    return {.algorithm = algorithm,
            .ok = true,
            .en = name + " gives the published answer with " + library + ".",
            .zh = name + " 在 " + library + " 中得出标准公布的结果。"};
}

SelfTested bad(std::string_view algorithm, std::string const& en, std::string const& zh) {
    std::string const name(algorithm);
    std::string const library(crypto_library());
    return {.algorithm = algorithm,
            .ok = false,
            .en = name + " cannot be relied on with " + library + ": " + en +
                  "; upgrade libssl3, and look at the configuration that OPENSSL_CONF names.",
            .zh = name + " 在 " + library + " 中不可依靠：" + zh +
                  "；请升级 libssl3，并检查 OPENSSL_CONF 所指的配置。"};
}

SelfTested tested(KnownAnswer const& answer) try {
    return answer.holds() ? good(answer.algorithm)
                          : bad(answer.algorithm, "it gives another answer than the published one",
                                "结果与标准公布的不同");
} catch (Failure const& failure) {
    std::string const why = failure.what();
    return bad(answer.algorithm, "it gives none (" + why + ")", "没有结果（" + why + "）");
}

}  // namespace

std::string_view crypto_library() {
    return OpenSSL_version(OPENSSL_VERSION);
}

std::span<KnownAnswer const> known_answers() {
    return answers_of_the_standards;
}

std::vector<SelfTested> self_test(std::span<KnownAnswer const> answers) {
    std::vector<SelfTested> out;
    out.reserve(answers.size());
    std::ranges::transform(answers, std::back_inserter(out), tested);
    return out;
}

}  // namespace sponsio::crypto
