#pragma once

#include "server/db/session.hpp"
#include "server/domain/actor.hpp"
#include "server/domain/case_code.hpp"
#include "server/store/columns.hpp"
#include "server/store/documents.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// The own case of a subject: the codes that open it, who tried, and the sessions.
namespace sponsio::store {

/// The code that a prior notice was printed with. Append-only.
struct CaseCodeRow {
    DocumentId document;  ///< the notice: that of the newest one counts
    FindingId finding;
    domain::SubjectId subject;  ///< whoever signs in with it
    Digest digest;
    Instant made_at;
    std::optional<Digest> proof{};  ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};
};

void insert(db::PgSession& db, CaseCodeRow const& row);
/// Writes its proof: nothing else of a code changes.
void update(db::PgSession& db, CaseCodeRow const& row);

/// What a code opens, and by which terms its person is known.
struct CodedCase {
    CaseCodeRow code;
    std::vector<std::uint8_t> committer_index;
    std::vector<std::uint8_t> committer_name_index;
};

/// Nothing for a code that is none, or of a notice that was composed anew.
std::optional<CodedCase> case_of_code(db::PgSession& db, Digest const& code);

/// A try to sign in. Append-only; which person it was is not kept.
struct CaseAttempt {
    Instant at;
    Digest code;     ///< of the code that was given, whether it is one or not
    Digest address;  ///< keyed digest of the network that it came from
    bool opened;
    std::optional<FindingId> finding;  ///< whose code it was
};

void insert(db::PgSession& db, CaseAttempt const& attempt);

/// How many were refused since then, with that code and from that network.
struct RefusedAttempts {
    std::int64_t of_code = 0;
    std::int64_t of_address = 0;
};

RefusedAttempts refused_attempts(db::PgSession& db, Digest const& code, Digest const& address, Instant since);
/// About a case, newest first.
std::vector<CaseAttempt> attempts_about(db::PgSession& db, FindingId finding, int most);

struct CaseSessionRow {
    CaseSessionId id;
    FindingId finding;
    domain::SubjectId subject;
    Digest token;  ///< digest of it
    Instant opened_at;
    Instant expires_at;
    std::optional<Instant> ended_at{};
    std::optional<Digest> proof{};  ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};
};

void insert(db::PgSession& db, CaseSessionRow const& row);
/// That of the token, if it has neither ended nor expired.
std::optional<CaseSessionRow> live_session(db::PgSession& db, Digest const& token, Instant now);
/// Writes its end.
void update(db::PgSession& db, CaseSessionRow const& row);

}  // namespace sponsio::store
