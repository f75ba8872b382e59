#include "server/app/wings/cosigning.hpp"

#include "server/service/log/cosigned_head.hpp"

#include <algorithm>

namespace sponsio::app {
namespace {

/// Between two looks whether a shard has grown: the most that the shown checkpoint is behind.
constexpr std::chrono::seconds pause{1};
constexpr std::chrono::seconds longest_pause{10};  ///< for a witness that does not answer

}  // namespace

Outcome<crypto::WitnessPolicy> witness_policy(ServeOptions const& options) {
    if (options.witnesses.size() != options.witness_vkeys.size())
        return fault(problem::invalid, "Each --witness needs its --witness-vkey, in the same order.",
                     "每个 --witness 须按顺序对应一个 --witness-vkey。");
    if (options.witness_cas.size() > 1 && options.witness_cas.size() != options.witnesses.size())
        return fault(problem::invalid, "Give --witness-ca once, or once for each --witness.",
                     "--witness-ca 须给出一次，或为每个 --witness 各给出一次。");
    crypto::WitnessPolicy policy;
    for (std::string const& vkey : options.witness_vkeys) {
        auto key = crypto::NoteVerifier::from_vkey(vkey);
        if (!key || key->kind() != crypto::NoteKeyKind::cosignature_v1)
            return fault(problem::invalid, "This is not the verifier key of a witness: " + vkey,
                         "这不是见证人的验证密钥：" + vkey);
        // One key under two names is one witness, and must not count for two.
        if (std::ranges::any_of(policy.witnesses,
                                [&](auto const& other) { return other.key() == key->key(); }))
            return fault(problem::invalid, "This witness key is named twice: " + vkey,
                         "该见证人密钥重复：" + vkey);
        policy.witnesses.push_back(std::move(*key));
    }
    bool const any = !policy.witnesses.empty();
    policy.quorum = options.witness_quorum.value_or(any ? 1 : 0);
    if (policy.quorum > policy.witnesses.size())
        return fault(problem::invalid, "--witness-quorum is more than there are witnesses.",
                     "--witness-quorum 超过见证人数量。");
    return policy;
}

Outcome<std::unique_ptr<client::WitnessClient>> witness_client(ServeOptions const& options, std::size_t n,
                                                               client::Outbound const& outbound) {
    auto const& cas = options.witness_cas;
    return client::make_witness_client(
        {.url = options.witnesses[n],
         .ca_file = cas.empty() ? std::filesystem::path() : cas[cas.size() == 1 ? 0 : n],
         .outbound = outbound});
}

namespace {

bool is_directory_name(std::string const& place) {
    return place.find("://") == std::string::npos;
}

}  // namespace

Outcome<service::HeadPlaces> head_places(ServeOptions const& options, client::Outbound const& outbound) {
    service::HeadPlaces places;
    if (options.heads.empty()) places.directories.push_back(options.state / "log");
    for (std::string const& place : options.heads) {
        if (std::ranges::count(options.heads, place) > 1)
            return fault(problem::invalid, "This place for heads is named twice: " + place,
                         "该日志头位置重复：" + place);
        if (is_directory_name(place)) {
            places.directories.emplace_back(place);
            continue;
        }
        auto const witness = std::ranges::find(options.witnesses, place);
        if (witness == options.witnesses.end())
            return fault(
                problem::invalid,
                "--heads takes directories and the URLs of witnesses; this is no --witness: " + place,
                "--heads 只接受目录或 --witness 的网址，而该网址不是 --witness：" + place);
        auto client =
            witness_client(options, static_cast<std::size_t>(witness - options.witnesses.begin()), outbound);
        if (!client) return client.error();
        places.witnesses.push_back(std::move(*client));
    }
    return places;
}

Outcome<std::unique_ptr<Cosigning>> Cosigning::make(ServeOptions const& options,
                                                    crypto::WitnessPolicy const& policy,
                                                    client::Outbound const& outbound, db::DbExecutor& db,
                                                    Clock const& clock, Metrics& metrics) {
    std::unique_ptr<Cosigning> cosigning(new Cosigning(metrics));
    for (std::size_t i = 0; i != policy.witnesses.size(); ++i) {
        auto client = witness_client(options, i, outbound);
        if (!client) return client.error();
        One one{.client = std::move(*client), .service = nullptr};
        one.service = std::make_unique<service::CosignService>(
            service::CosignParts{.db = db,
                                 .witness = policy.witnesses[i],
                                 .all = service::vkeys_of(policy.witnesses),
                                 .client = *one.client,
                                 .clock = clock,
                                 .metrics = metrics});
        cosigning->witnesses_.push_back(std::move(one));
    }
    return cosigning;
}

void Cosigning::start(std::chrono::milliseconds) {
    for (One const& one : witnesses_)
        rounds_.run({.name = "cosign", .pause = pause, .longest_pause = longest_pause},
                    [&service = *one.service] { return service.round(); });
}

}  // namespace sponsio::app
