#include "server/service/evidence/intake.hpp"

#include "server/service/unit/transaction.hpp"

namespace sponsio::service {
namespace {

Fault no_room() {
    return fault(problem::unavailable, "The file cannot be taken in now.", "暂时无法接收文件。");
}

}  // namespace

EvidenceIntake::EvidenceIntake(Vault const& vault, std::filesystem::path folder, Instant now)
    : id_(new_id<EvidenceId>(now)),
      folder_(std::move(folder)),
      keys_(vault.keys()),
      key_(keys_.new_data_key().key) {}

Outcome<void> EvidenceIntake::write(std::string_view piece) {
    if (size_ + piece.size() > max_evidence_bytes)
        return fault(problem::too_large, "A piece of evidence may have at most 50 MiB.",
                     "单份证据不得超过 50 MiB。");
    size_ += piece.size();
    hasher_.update(as_bytes(piece));
    while (!piece.empty()) {
        // A full chunk is put away when more follows: only then it is known not to be the last.
        if (chunk_.size() == chunk_bytes)
            if (auto put = put_away(false); !put) return put;
        std::string_view const part = piece.substr(0, chunk_bytes - chunk_.size());
        chunk_.append(part);
        piece.remove_prefix(part.size());
    }
    return {};
}

Outcome<void> EvidenceIntake::finish() {
    if (size_ == 0) return bad_field("", reason::empty);
    digest_ = hasher_.finish();
    return put_away(true);
}

Outcome<void> EvidenceIntake::put_away(bool last) {
    if (last && sealed_sizes_.empty()) {
        only_ = key_.seal(as_bytes(chunk_), as_bytes(content_label(id_)));
        beginning_ = std::move(chunk_);
        return {};
    }
    auto const number = static_cast<std::int32_t>(sealed_sizes_.size());
    Bytes const sealed = key_.seal(as_bytes(chunk_), as_bytes(chunk_label(id_, number, last)));
    if (number == 0) beginning_ = chunk_;
    chunk_.clear();
    if (!file_) {
        auto made = crypto::UnnamedFile::in(folder_);
        if (!made) {
            Fault refused = no_room();
            refused.cause = made.error().message;
            return refused;
        }
        file_.emplace(std::move(*made));
    }
    if (auto written = file_->append(sealed); !written) {
        Fault refused = no_room();
        refused.cause = written.error().message;
        return refused;
    }
    sealed_sizes_.push_back(sealed.size());
    return {};
}

store::SealedColumns EvidenceIntake::seal_label(EvidenceLabel const& label) const {
    // An upload may outlast the sealing key of its beginning.
    return service::seal_label(key_, keys_.wrap(key_), id_, label);
}

void EvidenceIntake::keep(db::PgSession& db, store::EvidenceRow const& row) const {
    if (sealed_sizes_.empty()) {
        store::insert(db, row, only_);
        return;
    }
    store::insert(db, row, std::nullopt);
    std::uint64_t at = 0;
    for (std::size_t i = 0; i != sealed_sizes_.size(); ++i) {
        auto const sealed = file_->read(at, sealed_sizes_[i]);
        if (!sealed) {
            Fault refused = no_room();
            refused.cause = sealed.error().message;
            throw FaultError(std::move(refused));
        }
        store::insert_chunk(db, row.id, static_cast<std::int32_t>(i), *sealed);
        at += sealed_sizes_[i];
    }
}

}  // namespace sponsio::service
