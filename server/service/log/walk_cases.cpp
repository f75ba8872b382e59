// A part of a walk: what rows say besides what was logged of them, held against what proves it.
#include "server/domain/identity_document.hpp"
#include "server/service/findings/proof.hpp"
#include "server/service/log/walk.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/row_proofs.hpp"
#include "server/store/living_rows.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;

constexpr int findings_at_once = 64;
constexpr int notes_at_once = 256;

Json hex_or_null(std::optional<crypto::Digest> const& digest) {
    return digest ? Json(to_hex(*digest)) : Json();
}

/// The members of the content that columns repeat, as those columns have them. That it is of this code and
/// time, its label and its entry say.
Json repeated_by(store::LoggedCommitment const& row) {
    domain::JsonObject members;
    if (row.client_reference) members.add("client_reference", *row.client_reference);
    return std::move(members.add("accepted_by", or_null(row.accepted_by))
                         .add("made_on", to_iso(row.made_on))
                         .add("matter_code", or_null(row.matter_code))
                         .add("matter_digest", hex_or_null(row.matter_digest))
                         .add("matter_version", row.matter_version)
                         .add("notice_digest", hex_or_null(row.notice_digest))
                         .add("notice_id", row.notice.text())
                         .add("valid_until", or_null(row.valid_until)));
}

bool is_of(Vault const& vault, store::LoggedCommitment const& row, Json const& document) {
    auto const type = domain::from_word<domain::DocumentType>(document.at("type").as_string());
    if (!type) return false;
    auto const read = domain::IdentityDocument::parse(*type, document.at("number").as_string(), row.made_on);
    if (!read) return false;
    auto const terms = vault.committer_terms(*read);
    return std::ranges::find(terms, row.committer_index) != terms.end();
}

}  // namespace

/// The columns by which commitments are found, counted and decided about.
void LogWalk::compare_content(store::LoggedCommitment const& row, std::int16_t shard,
                              std::string const& content) {
    auto const tell = [&](std::string_view column) {
        found(shard, "the column " + std::string(column) + " of " + row.code + " is not what was promised",
              row.code + " 的数据列 " + std::string(column) + " 与承诺内容不符");
    };
    auto const said = json::parse(content);
    if (!said || !said->is_object()) return tell("sealed");
    Json const repeated = repeated_by(row);
    for (auto const& [name, value] : repeated.as_object()) {
        Json const* const member = said->find(name);
        if (!member || *member != value) tell(name);
    }
    if (!row.client_reference && said->find("client_reference")) tell("client_reference");
    Json const& committer = said->at("committer");
    if (committer.at("kind").as_string() != row.committer_kind) tell("committer_kind");
    if (!is_of(parts_.vault, row, committer.at("document"))) tell("committer_index");
    if (!row.notice_answered)
        found(shard,
              "the row notice_answer " + row.notice.text() + " does not name the promise that answered it",
              "数据行 notice_answer " + row.notice.text() + " 未指明据该告知作出的承诺");
}

/// Findings from before there were steps are not looked at until they were taken over.
void LogWalk::look_at_findings(db::PgSession& db) {
    onwards_ = [this] { phase_ = Phase::history; };
    if (!concerns(0)) return;
    auto const ids = store::findings_with_steps_behind(db, finding_, findings_at_once);
    for (store::FindingOnRecord const& finding : store::findings_on_record(db, ids)) {
        auto const doubt = doubt_in_steps(parts_.vault, finding);
        if (!doubt) continue;
        std::string const which = finding.row.id.text();
        found(
            0,
            "the steps of finding " + which + " do not prove what is on record (" + std::string(*doubt) + ")",
            "认定 " + which + " 的办理步骤与在案内容不符（" + std::string(*doubt) + "）");
    }
    looked_at_now_ = ids.size();
    if (!ids.empty()) onwards_ = [this, last = ids.back().raw()] { finding_ = last; };
}

/// The rows whose state, text, or who took a step and when, is not what the history says.
void LogWalk::look_at_states(db::PgSession& db, std::vector<store::EventPage::Row> const& rows) {
    auto untold = store::untold_rows(db, rows);
    std::ranges::move(store::untold_documents(db, rows), std::back_inserter(untold));
    for (store::UntoldRow const& row : untold)
        found(0,
              "the row " + row.table + " " + row.key + " says something else than the history (" +
                  row.columns + ")",
              "数据行 " + row.table + " " + row.key + " 与历史记录不符（" + row.columns + "）");
}

/// The rows that are proven by notes. Each note has its row, as this server wrote it, and each row its note.
void LogWalk::look_at_notes(db::PgSession& db) {
    onwards_ = [this] { phase_ = Phase::sums; };
    if (!concerns(0) || !parts_.rows_proven) return;
    auto const notes = store::row_notes_after(db, note_.table, note_.key, notes_at_once);
    for (store::RowNote const& note : notes) {
        std::string const which = name_of(note);
        if (!note.now)
            found(0, "the row " + which + " is gone, and nothing removes such a row",
                  "数据行 " + which + " 已不存在，而该类数据行不会被删除");
        else if (*note.now != note.digest || !is_proven(parts_.vault, note))
            found(0, "the row " + which + " is not as this server wrote it",
                  "数据行 " + which + " 与本系统写入的内容不符");
    }
    looked_at_now_ = notes.size();
    if (!notes.empty()) {
        onwards_ = [this, last = notes.back()] { note_ = last; };
        return;
    }
    for (std::string const& table : store::tables_without_notes(db))
        found(0, "the table " + table + " has rows that this server did not write, or is no longer noted",
              "数据表 " + table + " 中有并非由本系统写入的行，或其写入已不再被记录");
}

}  // namespace sponsio::service
