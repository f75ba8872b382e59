#include "server/store/knowledge.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using Blob = std::vector<std::uint8_t>;

constexpr BinaryQuery lock_giving{
    "knowledge.lock", "select pg_advisory_xact_lock('given_knowledge'::regclass::oid::int, 0)::text"};
constexpr BinaryQuery insert_document{"knowledge.insert",
                                      "insert into given_knowledge (document_id, kind, key, version, source, "
                                      "digest, content, given_by, given_at) "
                                      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr BinaryQuery select_all{
    "knowledge.all",
    "select given_no, document_id, kind, key, version, source, digest, content, given_by, given_at "
    "from given_knowledge order by given_no"};
constexpr BinaryQuery select_versions{
    "knowledge.versions",
    "select given_no, document_id, kind, key, version, source, digest, ''::bytea, given_by, given_at "
    "from given_knowledge where kind = $1 order by given_no"};
constexpr BinaryQuery select_content{
    "knowledge.content", "select content from given_knowledge where kind = $1 and key = $2 and version = $3"};
constexpr BinaryQuery select_last{"knowledge.last", "select coalesce(max(given_no), 0) from given_knowledge"};

GivenDocument document_of(db::Rows::Row const& row) {
    Blob const content = row.get<Blob>(7);
    return {.number = row.get<std::int32_t>(0),
            .id = row.get<Uuid>(1),
            .document = {.kind = word_at<domain::KnowledgeKind>(row, 2),
                         .key = row.get<std::string>(3),
                         .version = row.get<std::string>(4),
                         .source = row.get<std::string>(5),
                         .bytes = std::string(content.begin(), content.end())},
            .digest = row.get<std::array<std::uint8_t, 32>>(6),
            .given_by = row.get<std::optional<AccountId>>(8),
            .given_at = row.get<Instant>(9)};
}

}  // namespace

void lock_given_knowledge(db::PgSession& db) {
    db.exec(lock_giving, Params());
}

void insert(db::PgSession& db, GivenDocument const& given) {
    domain::KnowledgeDocument const& document = given.document;
    db.exec(insert_document,
            Params(given.id, domain::word(document.kind), document.key, document.version, document.source,
                   given.digest, Blob(document.bytes.begin(), document.bytes.end()), given.given_by,
                   given.given_at));
}

std::vector<GivenDocument> given_knowledge(db::PgSession& db) {
    return all_of(db.exec(select_all, Params()), document_of);
}

std::vector<GivenDocument> given_versions(db::PgSession& db, domain::KnowledgeKind kind) {
    return all_of(db.exec(select_versions, Params(domain::word(kind))), document_of);
}

std::optional<std::string> given_content(db::PgSession& db, domain::KnowledgeKind kind,
                                         std::string const& key, std::string const& version) {
    return first_of(db.exec(select_content, Params(domain::word(kind), key, version)),
                    [](db::Rows::Row const& row) {
                        Blob const content = row.get<Blob>(0);
                        return std::string(content.begin(), content.end());
                    });
}

std::int32_t last_given_knowledge(db::PgSession& db) {
    return value_of<std::int32_t>(db.exec(select_last, Params())).value();
}

}  // namespace sponsio::store
