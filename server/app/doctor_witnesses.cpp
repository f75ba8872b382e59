#include "crypto/digest.hpp"
#include "server/app/doctor.hpp"
#include "server/app/wings/cosigning.hpp"
#include "server/base/time.hpp"

#include <chrono>

namespace sponsio::app {
namespace {

constexpr std::chrono::seconds patience{5};
/// A growing log is cosigned within seconds, and one that stands still was cosigned when it last grew.
constexpr std::chrono::hours fresh{24};

using Kind = client::WitnessReply::Kind;

/// What one witness shows of one shard, under a name such as `witness_2_shard_1`.
void look_at_answer(client::WitnessReply const& reply, crypto::NoteVerifier const& key,
                    store::LogHead const& head, std::string const& url, std::string const& name,
                    Diagnoses& diagnoses) {
    if (reply.kind == Kind::unavailable) {
        diagnoses.add(
            name, Health::fail, url + " does not answer (" + reply.cause + ").",
            "See that it runs and is reached from here, and that --witness-ca fits its certificate.");
        return;
    }
    if (reply.kind != Kind::cosigned) {
        diagnoses.add(name, Health::warn, url + " has cosigned nothing of " + head.origin + ".",
                      "Give it the verifier key at /log/" + std::to_string(head.shard) +
                          "/vkeys, and see that the server runs.");
        return;
    }
    auto const note = crypto::Note::parse(reply.body);
    auto const at = note ? key.cosigned_at(*note) : std::nullopt;
    if (!at) {
        diagnoses.add(name, Health::fail, url + " does not sign with the key of its --witness-vkey.",
                      "Ask whoever runs it, over a way you trust, for the verifier key.");
        return;
    }
    auto const said = crypto::Checkpoint::parse(note->text);
    auto const age = std::chrono::floor<std::chrono::seconds>(SystemClock().now() - Instant{*at});
    bool const behind = !said || said->size < head.size;
    std::string const what = url + " cosigned " + (said ? std::to_string(said->size) : "an unknown number") +
                             " entries of " + head.origin + " " + std::to_string(age.count()) +
                             " seconds ago.";
    diagnoses.judge(name, !behind || age < fresh, what, Health::warn,
                    what + " There are " + std::to_string(head.size) + " by now.",
                    "See in the server's log why it does not cosign (log.witness_refused).");
}

}  // namespace

void look_at_witnesses(ServeOptions const& options, std::vector<store::LogHead> const& heads,
                       Diagnoses& diagnoses) {
    auto const policy = witness_policy(options);
    if (!policy) return;  // said of the configuration
    for (std::size_t n = 0; n != policy->witnesses.size(); ++n) {
        auto const client =
            witness_client(options, n, {.proxy = options.proxy, .no_proxy = options.no_proxy});
        if (!client) {
            diagnoses.add("witness_" + std::to_string(n + 1), Health::fail, client.error().detail.en);
            continue;
        }
        for (store::LogHead const& head : heads) {
            if (head.ended_at) continue;
            auto const reply = (*client)->last_checkpoint(to_hex(crypto::sha256(as_bytes(head.origin))),
                                                          std::chrono::steady_clock::now() + patience);
            look_at_answer(reply, policy->witnesses[n], head, options.witnesses[n],
                           "witness_" + std::to_string(n + 1) + "_shard_" + std::to_string(head.shard),
                           diagnoses);
        }
    }
}

}  // namespace sponsio::app
