#include "server/store/sealing_keys.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using Blob = std::vector<std::uint8_t>;

constexpr BinaryQuery count_pages{
    "sealing_keys.pages", "select pg_relation_size($1::regclass) / current_setting('block_size')::int8"};
constexpr BinaryQuery upsert_process{
    "sealing_keys.tell",
    "insert into sealing_process (process_id, key_id, seen_at) values ($1, $2, clock_timestamp()) on "
    "conflict "
    "(process_id) do update set key_id = excluded.key_id, seen_at = excluded.seen_at"};
constexpr BinaryQuery delete_process{"sealing_keys.end", "delete from sealing_process where process_id = $1"};
constexpr BinaryQuery forget_processes{
    "sealing_keys.forget",
    "delete from sealing_process where seen_at < clock_timestamp() - interval '1 day'"};
constexpr BinaryQuery select_others{"sealing_keys.others",
                                    "select exists (select from sealing_process where key_id <> $1 and "
                                    "seen_at > clock_timestamp() - interval "
                                    "'1 minute')"};

struct Statements {
    std::string select_text, update_text;
    BinaryQuery select, update;
};

/// By physical position, as used keys end: nothing pays for an index on the sealing key. A row that somebody
/// has locked is waited for, since one that is passed over would be lost with the old key.
std::vector<Statements> const& statements() {
    static std::vector<Statements> const all = [] {
        std::vector<Statements> list(wrapped_keys.size());
        for (std::size_t i = 0; i != wrapped_keys.size(); ++i) {
            WrappedKey const& key = wrapped_keys[i];
            Statements& one = list[i];
            one.select_text =
                joined({"select ctid::text, ", key.wrapped, ", ", key.key_id, " from ", key.table,
                        " where ctid >= format('(%s,0)', $1::int8)::tid and ctid < format('(%s,0)', "
                        "$2::int8)::tid and ",
                        key.key_id, " <> $3 for update"});
            one.update_text =
                joined({"update ", key.table, " t set ", key.wrapped, " = n.wrapped, ", key.key_id,
                        " = n.id from unnest($1::text[], $2::bytea[], $3::text[]) as n(place, "
                        "wrapped, id) where t.ctid = n.place::tid"});
            one.select = {"sealing_keys.select", one.select_text};
            one.update = {"sealing_keys.rewrap", one.update_text};
        }
        return list;
    }();
    return all;
}

Statements const& statements_of(WrappedKey const& key) {
    auto const found = std::ranges::find_if(wrapped_keys, [&](WrappedKey const& one) {
        return one.table == key.table && one.wrapped == key.wrapped;
    });
    return statements().at(static_cast<std::size_t>(found - wrapped_keys.begin()));
}

}  // namespace

std::int64_t pages_of(db::PgSession& db, WrappedKey const& key) {
    return db.exec(count_pages, Params(std::string(key.table)))[0].get<std::int64_t>(0);
}

std::size_t rewrap_pages(db::PgSession& db, WrappedKey const& key, std::string const& current,
                         std::int64_t first_page, std::int64_t past_page,
                         std::function<Wrapping(Wrapping const&)> const& rewrap) {
    Statements const& use = statements_of(key);
    db::Array<std::string> places, ids;
    db::Array<Blob> wrapped;
    std::size_t count = 0;
    for (auto const& row : db.exec(use.select, Params(first_page, past_page, current))) {
        Wrapping next = rewrap({row.get<Blob>(1), row.get<std::string>(2)});
        places.push(row.get<std::string>(0));
        wrapped.push(std::move(next.wrapped));
        ids.push(std::move(next.key_id));
        ++count;
    }
    if (count != 0) db.exec(use.update, Params().add(places).add(wrapped).add(ids));
    return count;
}

void tell_sealing(db::PgSession& db, Uuid const& process, std::string const& key_id) {
    db.exec(upsert_process, Params(process, key_id));
}

void end_sealing(db::PgSession& db, Uuid const& process) {
    db.exec(delete_process, Params(process));
}

bool others_seal_otherwise(db::PgSession& db, std::string const& key_id) {
    db.exec(forget_processes);
    return db.exec(select_others, Params(key_id))[0].get<bool>(0);
}

}  // namespace sponsio::store
