#pragma once

#include "crypto/keys/signer.hpp"
#include "crypto/log/merkle.hpp"

#include <openssl/evp.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sponsio::crypto::test {

/// The definitions of RFC 6962 §2.1 word by word: a slow tree to compare with.
class NaiveTree {
  public:
    explicit NaiveTree(std::vector<Digest> leaves) : leaves_(std::move(leaves)) {}

    /// MTH(D[start:end])
    Digest hash(std::size_t start, std::size_t end) const {
        if (start == end) return empty_root();
        if (end - start == 1) return leaves_[start];
        auto const known = hashes_.find({start, end});
        if (known != hashes_.end()) return known->second;
        std::size_t const middle = start + split(end - start);
        Digest const result = node_hash(hash(start, middle), hash(middle, end));
        hashes_.emplace(std::pair{start, end}, result);
        return result;
    }

    Digest root(std::size_t size) const { return hash(0, size); }

    /// PATH(m, D[start:end])
    std::vector<Digest> path(std::size_t m, std::size_t start, std::size_t end) const {
        if (end - start == 1) return {};
        std::size_t const k = split(end - start);
        bool const left = m < k;
        auto out = left ? path(m, start, start + k) : path(m - k, start + k, end);
        out.push_back(left ? hash(start + k, end) : hash(start, start + k));
        return out;
    }

    /// SUBPROOF(m, D[start:end], whole)
    std::vector<Digest> subproof(std::size_t m, std::size_t start, std::size_t end, bool whole) const {
        if (m == end - start) return whole ? std::vector<Digest>() : std::vector{hash(start, end)};
        std::size_t const k = split(end - start);
        bool const left = m <= k;
        auto out = left ? subproof(m, start, start + k, whole) : subproof(m - k, start + k, end, false);
        out.push_back(left ? hash(start + k, end) : hash(start, start + k));
        return out;
    }

    /// Its complete nodes in a tree of that size.
    NodeSource nodes(std::uint64_t size) const {
        return [this, size](NodeId id) -> std::optional<Digest> {
            if (id.level >= 64 || id.index >= size >> id.level) return std::nullopt;
            return hash(id.index << id.level, (id.index + 1) << id.level);
        };
    }

    std::vector<Digest> const& leaves() const { return leaves_; }

  private:
    static std::size_t split(std::size_t n) {
        std::size_t k = 1;
        while (2 * k < n) k *= 2;
        return k;
    }

    std::vector<Digest> leaves_;
    mutable std::map<std::pair<std::size_t, std::size_t>, Digest> hashes_;
};

/// Leaves that all differ, and are not dear to make.
inline std::vector<Digest> numbered_leaves(std::size_t count, std::string_view mark = "") {
    std::vector<Digest> leaves;
    for (std::size_t i = 0; i != count; ++i)
        leaves.push_back(leaf_hash(as_bytes(std::to_string(i) + std::string(mark))));
    return leaves;
}

/// Ed25519 from the seed of a published vector, which the product has no way to read.
class SeedSigner final : public Signer {
  public:
    explicit SeedSigner(ByteView seed)
        : key_(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()),
               EVP_PKEY_free),
          public_key_(public_of(key_.get())) {}

    Algorithm algorithm() const noexcept override { return Algorithm::ed25519; }

    std::string const& kid() const noexcept override { return kid_; }

    PublicKey const& public_key() const noexcept override { return public_key_; }

    Bytes sign(ByteView message) const override {
        std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const context(EVP_MD_CTX_new(),
                                                                              EVP_MD_CTX_free);
        Bytes out(64);
        std::size_t size = out.size();
        if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
            EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) != 1)
            throw Failure("signing with a seed");
        return out;
    }

  private:
    static PublicKey public_of(EVP_PKEY const* key) {
        Bytes raw(32);
        std::size_t size = raw.size();
        if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1) throw Failure("not a seed");
        return PublicKey::from_raw(Algorithm::ed25519, raw).value();
    }

    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    PublicKey public_key_;
    std::string kid_;
};

/// A signer whose key is 32 times the same byte.
inline SeedSigner seed_signer(std::uint8_t byte) {
    return SeedSigner(Bytes(32, byte));
}

}  // namespace sponsio::crypto::test
