#include "crypto/draw/statement.hpp"

#include "crypto/draw/text.hpp"
#include "crypto/log/entry.hpp"

#include <algorithm>

namespace sponsio::crypto::draw {
namespace {

json::Array reassigned_list(Statement const& said) {
    json::Array list;
    for (Reassignment const& one : said.reassigned)
        list.emplace_back(
            json::Object{{"object", one.object},
                         {"seat", one.seat},
                         {"inspector", one.inspector ? json::Value(one.inspector->text()) : json::Value()}});
    return list;
}

json::Object members(Statement const& said) {
    json::Array recusals;
    for (Recusal const& recusal : said.recusals)
        recusals.emplace_back(
            json::Object{{"object", recusal.object}, {"inspector", recusal.inspector.text()}});
    json::Object all{{"algorithm", algorithm(said.version)},
                     {"draw_id", said.draw_id},
                     {"pool", json::Object{{"digest_sha256", to_hex(said.pool_digest)},
                                           {"objects", said.objects},
                                           {"inspectors", said.inspectors}}},
                     {"seed_commitment", to_hex(said.seed_commitment)},
                     {"committed_at", said.committed_at},
                     {"committed_leaf", json::Object{{"shard", said.committed_leaf.shard},
                                                     {"leaf_index", said.committed_leaf.leaf_index},
                                                     {"entry", said.committed_leaf.entry},
                                                     {"content", said.committed_leaf.content}}},
                     {"reveal_by", said.reveal_by},
                     {"public_input", said.public_input},
                     {"public_input_at", said.public_input_at},
                     {"seed", to_hex(said.seed)},
                     {"revealed_at", said.revealed_at},
                     {"revision", said.revision},
                     {"recusals", std::move(recusals)},
                     {"result_digest_sha256", to_hex(said.result_digest)}};
    if (!said.reassigned.empty()) all.add("reassigned", reassigned_list(said));
    if (said.version == 1) return all;
    json::Array repeats;
    for (Digest const& root : said.repeats) repeats.emplace_back(to_hex(root));
    all.add("repeats", std::move(repeats));
    if (!said.beacon_key.empty()) all.add("beacon_key", said.beacon_key).add("beacon_note", said.beacon_note);
    if (!said.protocol.empty()) all.add("protocol_sha256", said.protocol);
    return all;
}

/// The rows of a result. Opens its key once.
class Rows {
  public:
    explicit Rows(Plan const& plan) : plan_(plan) {
        if (plan.key) hider_.emplace(*plan.key);
    }

    void append(std::string& out, Drawn const& drawn) const {
        std::string const name = drawn.name();
        out += R"({"inspectors":[)";
        for (std::size_t i = 0; i != drawn.seats.size(); ++i) {
            if (i != 0) out += ',';
            auto const& sits = drawn.seats[i];
            out += !sits ? "null" : '"' + (hider_ ? hider_->seen(name, *sits) : *sits).text() + '"';
        }
        out += R"(],"object":")" + name + R"(","stratum":")" + plan_.strata.at(drawn.stratum).name +
               R"(","ticket":")" + to_hex(drawn.ticket) + R"("})";
    }

  private:
    Plan const& plan_;
    std::optional<Hider> hider_;
};

}  // namespace

bool later(std::string_view a, std::string_view b) {
    auto const comparable = [](std::string_view time) {
        std::string text(time.substr(0, time.size() - 1));
        if (text.find('.') == std::string::npos) text += '.';
        text.resize(30, '0');
        return text;
    };
    return comparable(a) > comparable(b);
}

std::string Statement::payload() const {
    return json::canonical(members(*this));
}

std::string Statement::file(std::string_view result, std::string_view jws) const {
    json::Object all = members(*this);
    all.add("result", nullptr).add("statement", jws);
    std::ranges::sort(all, {}, &json::Member::key);
    json::ObjectText text;
    for (json::Member const& member : all)
        text.add_written(member.key, member.key == "result" ? result : json::canonical(member.value));
    return std::move(text).take() + "\n";
}

std::string row_text(Plan const& plan, Drawn const& drawn) {
    std::string out;
    Rows(plan).append(out, drawn);
    return out;
}

std::string result_text(Plan const& plan, std::span<Drawn const> drawn) {
    Rows const rows(plan);
    std::string out = "[";
    for (Drawn const& one : drawn) {
        if (out.size() != 1) out += ',';
        rows.append(out, one);
    }
    return out + "]";
}

std::vector<Digest> repeats_of(std::span<Drawn const> drawn) {
    std::vector<Digest> roots;
    for (Drawn const& one : drawn)
        if (one.repeats) roots.push_back(one.root);
    std::ranges::sort(roots);
    return roots;
}

// ---------------------------------------------------------------------------------------------- leaves
json::Object committed_content(Statement const& said, Plan const& plan) {
    json::Array promised;
    for (std::string& line : plan.public_lines()) promised.emplace_back(std::move(line));
    json::Object content{{"stage", "committed"},
                         {"draw_id", said.draw_id},
                         {"pool_digest", to_hex(said.pool_digest)},
                         {"seed_commitment", to_hex(said.seed_commitment)},
                         {"public", std::move(promised)},
                         {"reveal_by", said.reveal_by}};
    if (!said.beacon_key.empty()) content.add("beacon_key", said.beacon_key);
    return content;
}

json::Object revealed_content(Statement const& said) {
    return {{"stage", "revealed"},
            {"draw_id", said.draw_id},
            {"revision", said.revision},
            {"seed", to_hex(said.seed)},
            {"public_input", said.public_input},
            {"result_digest", to_hex(said.result_digest)}};
}

json::Object void_content(std::string_view draw_id, std::string_view why) {
    return {{"stage", "void"}, {"draw_id", draw_id}, {"why", why}};
}

Result<void> check_committed(Statement const& said, Plan const& plan) {
    auto const differs = [](std::string message, std::string where) {
        return refusal(draw_error::leaf_differs, std::move(message), "/committed_leaf" + std::move(where));
    };
    auto const entry = LogEntry::parse(as_bytes(said.committed_leaf.entry));
    if (!entry) return differs("The entry is none of this log.", "/entry");
    if (entry->kind != log_kind::draw || entry->time != said.committed_at)
        return differs("The entry is not of a draw, or of another time.", "/entry");
    std::string const& content = said.committed_leaf.content;
    if (entry->digest != sha256(as_bytes(content)))
        return differs("The content is not what was logged.", "/content");

    auto const json = json::parse(content);
    json::Object const* const logged = json ? json->if_object() : nullptr;
    if (!logged) return differs("The content is no object.", "/content");
    json::Object const expected = committed_content(said, plan);
    for (json::Member const& member : expected)
        if (json::Value const* const value = logged->find(member.key); !value || *value != member.value)
            return differs("What was logged differs in '" + member.key + "'.", "/content");
    if (logged->size() != expected.size() + 1 || !logged->contains("salt"))
        return differs("What was logged has other members.", "/content");
    return {};
}

}  // namespace sponsio::crypto::draw
