#include "server/store/step_signatures.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery end_others{
    "signing_keys.end_others",
    "update signing_key set ended_at = $3 where account_id = $1 and kid <> $2 and ended_at is null"};
constexpr BinaryQuery insert_key{"signing_keys.insert",
                                 "insert into signing_key (account_id, kid, jwk, registered_at) values ($1, "
                                 "$2, $3, $4) on conflict (account_id, kid) do update set ended_at = null"};
constexpr BinaryQuery select_key{"signing_keys.in_force",
                                 "select jwk from signing_key where account_id = $1 and ended_at is null"};

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
    db.exec(end_others, Params(key.account, key.kid, key.registered_at));
    db.exec(insert_key, Params(key.account, key.kid, key.jwk, key.registered_at));
}

std::optional<std::string> signing_key_of(db::PgSession& db, AccountId account) {
    return value_of<std::string>(db.exec(select_key, Params(account)));
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
