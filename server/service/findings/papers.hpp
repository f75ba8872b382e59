#pragma once

#include "server/domain/access.hpp"
#include "server/domain/answer_papers.hpp"
#include "server/service/findings/periods.hpp"
#include "server/service/matters/ground.hpp"
#include "server/store/documents.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// How papers are kept: their text sealed and digested, with the periods that they state. The papers that
/// answer an objection or an application for repair lie among those of the finding that it is about.
namespace sponsio::service {

/// What is known of a paper before it is composed.
struct PaperDraft {
    FindingId finding;
    store::DocumentKind kind;
    std::string number;
    AccountId by;
    Instant now;
    std::optional<Uuid> about{};  ///< the objection or the repair that it answers
};

/// The day by which a paper of today is to be served: that of the wish, else today. problem::invalid at
/// /serve_by for a day in the past, or too far off.
Outcome<Date> service_day(std::optional<Date> const& wish, Date today);

DocumentId keep_paper(db::PgSession& db, Vault const& vault, PaperDraft const& draft, Bilingual const& text);
/// The periods as the paper states them, for a service by that day.
void keep_stated(db::PgSession& db, DocumentId paper, FindingPeriods const& periods, Date serve_by);

/// An objection or an application for repair that is answered.
struct Answered {
    Uuid of;
    RecordId record;
    Date filed_on;
    std::optional<std::string> addressee{};  ///< nothing: as the commitment names the party
};

/// Composes the paper that answers it, with the remedies of the place and their last days, and keeps it.
/// problem::gone if the commitment was erased.
Outcome<void> answer_on_paper(db::PgSession& db, Ground const& ground, domain::Official const& who,
                              Instant now, Answered const& answered, store::DocumentKind kind,
                              std::string const& number,
                              std::function<Bilingual(domain::AnswerText const&)> const& compose);

/// [{document_id, kind, number, digest_sha256, made_at}] of what answered it, oldest first.
domain::Json answers_view(db::PgSession& db, Uuid const& of);
/// The text of the newest of these, as CaseText; null if there is none, or it was erased.
Outcome<domain::Json> newest_answer(db::PgSession& db, Vault const& vault, Uuid const& of);

}  // namespace sponsio::service
