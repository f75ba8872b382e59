#include "server/store/step_signatures.hpp"

#include "server/store/registry_tables.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_key{
    "signing_keys.insert",
    sql<SigningKeys::insert,
        "on conflict (account_id, kid) do update set ended_at = excluded.ended_at, registered_at = "
        "excluded.registered_at, proof = excluded.proof, proof_key = excluded.proof_key">};
constexpr BinaryQuery select_key{"signing_keys.in_force",
                                 sql<SigningKeys::select, "where account_id = $1 and ended_at is null">};
constexpr BinaryQuery lock_keys{
    "signing_keys.lock", sql<SigningKeys::select, "where account_id = $1 and ended_at is null for update">};
constexpr BinaryQuery update_key{"signing_keys.update",
                                 "update signing_key set ended_at = $3, proof = $4, proof_key = $5 where "
                                 "account_id = $1 and kid = $2"};

using Signatures =
    Table<"step_signature", StepSignature, Column<"signature_id", &StepSignature::id>,
          Column<"account_id", &StepSignature::account>, Column<"kid", &StepSignature::kid>,
          Column<"path", &StepSignature::path>, Column<"at", &StepSignature::at>,
          Column<"jws", &StepSignature::jws>, SealedColumn<"statement", &StepSignature::statement>>;
constexpr BinaryQuery insert_signature{"step_signatures.insert", sql<Signatures::insert>};
constexpr BinaryQuery select_below{
    "step_signatures.below", sql<"select ", Signatures::list_after<"s.">,
                                 ", k.jwk from step_signature s join signing_key k using (account_id, kid) "
                                 "where s.path >= $1 and starts_with(s.path, $1) order by s.signature_id">};

}  // namespace

void insert(db::PgSession& db, SigningKey const& key) {
    db.exec(insert_key, SigningKeys::values(key));
}

std::vector<SigningKey> lock_keys_in_force(db::PgSession& db, AccountId account) {
    return all_of(db.exec(lock_keys, Params(account)), SigningKeys::read);
}

void update(db::PgSession& db, SigningKey const& key) {
    db.exec(update_key, Params(key.account, key.kid, key.ended_at, key.proof, key.proof_key));
}

std::optional<SigningKey> signing_key_of(db::PgSession& db, AccountId account) {
    return first_of(db.exec(select_key, Params(account)), SigningKeys::read);
}

std::vector<VerifiableSignature> signatures_below(db::PgSession& db, std::string const& path) {
    return all_of(db.exec(select_below, Params(path)), [](db::Rows::Row const& row) {
        return VerifiableSignature{Signatures::read(row),
                                   row.get<std::string>(static_cast<int>(Signatures::width))};
    });
}

std::string statement_label(StepSignatureId id) {
    return "step_signature.statement:" + id.text();
}

void insert(db::PgSession& db, StepSignature const& signature) {
    db.exec(insert_signature, Signatures::values(signature));
}

}  // namespace sponsio::store
