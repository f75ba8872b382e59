#include "server/service/knowledge/service.hpp"

#include "crypto/digest.hpp"
#include "server/base/log.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::KnowledgeDocument;
using store::GivenDocument;

std::vector<KnowledgeDocument> documents_of(std::vector<GivenDocument> const& given) {
    std::vector<KnowledgeDocument> documents;
    for (GivenDocument const& one : given) documents.push_back(one.document);
    return documents;
}

crypto::Digest digest_of(KnowledgeDocument const& document) {
    return crypto::sha256(as_bytes(document.bytes));
}

Fault other_bytes(KnowledgeDocument const& document) {
    return fault(
        problem::conflict,
        document.key + " " + document.version +
            " was given before with another content; give a correction a higher version.",
        document.key + " " + document.version + " 此前已提供且内容不同；更正内容请使用更高的版本号。");
}

/// Whether no document of `given` took the place of the one in the binary.
bool still_counts(KnowledgeDocument const& carried, std::vector<KnowledgeDocument> const& given) {
    return std::ranges::none_of(given, [&](KnowledgeDocument const& other) {
        return other.kind == carried.kind && other.key == carried.key &&
               other.kind != domain::KnowledgeKind::regions && domain::counts(other, given);
    });
}

JsonObject view(KnowledgeDocument const& document) {
    return {{"kind", domain::word(document.kind)},
            {"key", document.key},
            {"version", document.version},
            {"source", document.source},
            {"digest_sha256", to_hex(digest_of(document))}};
}

}  // namespace

Outcome<domain::Knowledge> knowledge_here(db::PgSession& db) {
    return domain::Knowledge::of(documents_of(store::given_knowledge(db)));
}

Outcome<Given> give_knowledge(db::PgSession& db, std::string bytes, std::optional<AccountId> by,
                              Instant now) {
    auto document = domain::knowledge_document(std::move(bytes));
    if (!document) return document.error();
    store::lock_given_knowledge(db);
    auto const given = store::given_knowledge(db);
    for (GivenDocument const& one : given) {
        KnowledgeDocument const& earlier = one.document;
        if (earlier.kind != document->kind || earlier.key != document->key ||
            earlier.version != document->version)
            continue;
        if (earlier.bytes != document->bytes) return other_bytes(*document);
        return Given{one, false};
    }
    if (auto fits = domain::knowledge_with(documents_of(given), *document); !fits) return fits.error();
    GivenDocument row{.id = Uuid::v7(now, crypto::system_entropy().array<10>()),
                      .document = std::move(*document),
                      .given_by = by,
                      .given_at = now};
    row.digest = digest_of(row.document);
    store::insert(db, row);
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "knowledge",
                                   .subject = row.id.text(),
                                   .from = std::nullopt,
                                   .event = "given",
                                   .to = "in_force",
                                   .actor = by,
                                   .why = row.document.key + " " + row.document.version +
                                          " sha256:" + to_hex(row.digest)});
    return Given{std::move(row), true};
}

Json view(GivenDocument const& given) {
    JsonObject json = view(given.document);
    json.add("document_id", given.id.text());
    json.add("given_at", to_rfc3339(given.given_at));
    json.add("given_by", given.given_by ? Json(given.given_by->text()) : Json());
    return json;
}

std::vector<Json> known_documents(db::PgSession& db) {
    auto const given = store::given_knowledge(db);
    auto const documents = documents_of(given);
    std::vector<Json> list;
    for (KnowledgeDocument const& carried : domain::carried_documents()) {
        JsonObject json = view(carried);
        json.add("document_id", nullptr)
            .add("given_at", nullptr)
            .add("given_by", nullptr)
            .add("counts", still_counts(carried, documents));
        list.push_back(std::move(json));
    }
    for (GivenDocument const& one : given) {
        Json json = view(one);
        json.as_object().add("counts", domain::counts(one.document, documents));
        list.push_back(std::move(json));
    }
    return list;
}

Async<Json> KnowledgeService::give(Caller<Official> caller, std::string bytes) {
    return db_.run(caller.deadline, [this, caller, bytes](db::PgSession& session) -> Outcome<Json> {
        auto given = in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto made = give_knowledge(db, bytes, caller.who->account, clock_.now());
            if (!made) return made.error();
            if (store::organisation_by_id(db, caller.who->organisation).value().superior)
                return fault(
                    problem::forbidden,
                    "What counts for everybody is given by an administrator of an organisation without a "
                    "superior, or with: sponsio knowledge add",
                    "面向全系统的内容由无上级机构的管理员提供，或使用 sponsio knowledge add。");
            Json shown = view(made->document);
            name_people(db, shown);
            return shown;
        });
        if (!given) return given;
        if (auto taken = take_in(session); !taken) return taken.error();
        return given;
    });
}

Async<std::vector<Json>> KnowledgeService::list(Caller<Official> caller) {
    return db_.run(caller.deadline, [](db::PgSession& db) -> Outcome<std::vector<Json>> {
        auto list = known_documents(db);
        name_people(db, list);
        return list;
    });
}

Async<std::string> KnowledgeService::content(Caller<Official> caller, Uuid document) {
    return db_.run(caller.deadline, [document](db::PgSession& db) -> Outcome<std::string> {
        for (GivenDocument& one : store::given_knowledge(db))
            if (one.id == document) return std::move(one.document.bytes);
        return fault(problem::not_found);
    });
}

Async<std::vector<Json>> KnowledgeService::list_versions(Deadline deadline) {
    return db_.run(deadline, [](db::PgSession& db) -> Outcome<std::vector<Json>> {
        auto const given = store::given_versions(db, domain::KnowledgeKind::catalogue);
        auto const documents = documents_of(given);
        std::vector<Json> list;
        auto const add = [&](KnowledgeDocument const& document, std::string digest, Json given_at,
                             bool counts) {
            list.push_back(JsonObject{{"catalogue_id", document.key},
                                      {"version", document.version},
                                      {"digest_sha256", std::move(digest)},
                                      {"given_at", std::move(given_at)},
                                      {"counts", counts}});
        };
        for (KnowledgeDocument const& carried : domain::carried_documents())
            if (carried.kind == domain::KnowledgeKind::catalogue)
                add(carried, to_hex(digest_of(carried)), Json(), still_counts(carried, documents));
        for (GivenDocument const& one : given)
            add(one.document, to_hex(one.digest), to_rfc3339(one.given_at),
                domain::counts(one.document, documents));
        return list;
    });
}

Async<std::string> KnowledgeService::list_version(std::string catalogue_id, std::string version,
                                                  Deadline deadline) {
    return db_.run(deadline,
                   [catalogue_id = std::move(catalogue_id),
                    version = std::move(version)](db::PgSession& db) -> Outcome<std::string> {
                       for (KnowledgeDocument const& carried : domain::carried_documents())
                           if (carried.kind == domain::KnowledgeKind::catalogue &&
                               carried.key == catalogue_id && carried.version == version)
                               return carried.bytes;
                       auto content =
                           store::given_content(db, domain::KnowledgeKind::catalogue, catalogue_id, version);
                       if (!content) return fault(problem::not_found);
                       return std::move(*content);
                   });
}

Outcome<std::size_t> KnowledgeService::round(Deadline deadline) {
    return db_.run_blocking(deadline, [this](db::PgSession& db) { return take_in(db); });
}

Outcome<std::size_t> KnowledgeService::take_in(db::PgSession& db) {
    std::lock_guard const lock(mutex_);
    if (store::last_given_knowledge(db) == taken_) return std::size_t{0};
    auto const given = store::given_knowledge(db);
    auto newer = domain::Knowledge::of(documents_of(given));
    if (!newer) return newer.error();
    present_.become(*newer);
    std::size_t fresh = 0;
    for (GivenDocument const& one : given) {
        if (one.number <= taken_) continue;
        log::info("knowledge.taken_in", {{log::Key::id, one.id.text()}});
        ++fresh;
    }
    taken_ = given.back().number;
    return fresh;
}

}  // namespace sponsio::service
