#pragma once

#include "crypto/digest.hpp"
#include "crypto/unnamed_file.hpp"
#include "server/service/evidence/box.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::service {

inline constexpr std::size_t max_evidence_bytes = std::size_t{50} << 20;

/// The bytes of a new piece of evidence, taken in as they arrive. What exceeds one chunk lies sealed in a
/// temporary file until the piece is stored, so a large file never is in memory as a whole.
class EvidenceIntake {
  public:
    static constexpr std::size_t chunk_bytes = std::size_t{1} << 20;

    EvidenceIntake(Vault const& vault, std::filesystem::path folder, Instant now);

    /// Fault: problem::too_large beyond max_evidence_bytes, problem::unavailable if the disk takes nothing.
    Outcome<void> write(std::string_view piece);
    /// After the last byte. Fault: problem::invalid if there was none.
    Outcome<void> finish();

    [[nodiscard]] EvidenceId id() const noexcept { return id_; }

    [[nodiscard]] std::int32_t size() const noexcept { return static_cast<std::int32_t>(size_); }

    [[nodiscard]] crypto::Digest const& digest() const noexcept { return digest_; }

    /// The first bytes in clear, at most a chunk, to see what they are.
    [[nodiscard]] std::string const& beginning() const noexcept { return beginning_; }

    /// The name and type of the file, sealed under the key of its bytes.
    [[nodiscard]] store::SealedColumns seal_label(EvidenceLabel const& label) const;
    /// Stores the row, whose id, size, digest and label are those of this piece, with its bytes. May be
    /// repeated after a rollback. Throws FaultError if the temporary file cannot be read back.
    void keep(db::PgSession& db, store::EvidenceRow const& row) const;

  private:
    Outcome<void> put_away(bool last);

    EvidenceId id_;
    std::filesystem::path folder_;
    crypto::MasterKeys keys_;
    crypto::DataKey key_;
    crypto::Hasher hasher_{crypto::Hasher::Kind::sha256};
    crypto::Digest digest_{};
    std::size_t size_ = 0;
    std::string chunk_, beginning_;
    Bytes only_;                               ///< sealed, where one chunk is all
    std::optional<crypto::UnnamedFile> file_;  ///< the sealed chunks, one after the other
    std::vector<std::size_t> sealed_sizes_;
};

}  // namespace sponsio::service
