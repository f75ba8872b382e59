#include "server/service/log/head_place.hpp"

#include "crypto/log/checkpoint.hpp"
#include "crypto/log/witness.hpp"
#include "crypto/slot_file.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace sponsio::service {
namespace {

using namespace std::chrono_literals;

/// The limit for one call: a slower witness counts as away.
constexpr auto patience = 3s;

Fault unreadable(std::string const& name, std::string cause) {
    Fault f = fault(problem::unavailable,
                    name +
                        " cannot be read or is damaged. Compare the log with a copy that somebody else "
                        "keeps before you remove it.",
                    name + " 无法读取或已损坏，请与第三方留存的检查点核对后再删除。");
    f.cause = std::move(cause);
    return f;
}

Fault not_kept(std::string cause) {
    Fault f = fault(
        problem::unavailable,
        "The last published checkpoint cannot be kept outside the database; nothing is signed until it can.",
        "无法在数据库之外保存最近发布的检查点，暂停签署。");
    f.cause = std::move(cause);
    f.retry_after = 5s;
    return f;
}

Fault other_head(std::string const& name) {
    Fault f = fault(problem::conflict, name + " knows another head than the one that was to be replaced.",
                    name + " 所存的日志头已被他人更新。");
    f.cause = "other_head";
    return f;
}

std::optional<crypto::Checkpoint> checkpoint_in(std::string const& text) {
    auto const note = crypto::Note::parse(text);
    auto said = note ? crypto::Checkpoint::parse(note->text) : note.error();
    return said ? std::optional(std::move(*said)) : std::nullopt;
}

class HeadFile final : public HeadPlace {
  public:
    explicit HeadFile(std::filesystem::path file) : file_(std::move(file)) {}

    std::string name() const override { return file_.path().string(); }

    Outcome<KnownHeads> read(std::string const&) override {
        auto contents = file_.read();
        if (!contents) return unreadable(name(), contents.error().message);
        return KnownHeads{std::move(contents->texts), contents->copied};
    }

    Outcome<void> swap(store::LogHead const& head) override {
        auto const written = file_.write(head.checkpoint);
        if (written) return {};
        if (written.error().code == crypto::slot_error::changed) return has_it(head);
        return not_kept(name() + ": " + written.error().message);
    }

    void renew() override { file_.renew(); }

  private:
    /// Another process was faster; it may have stored the same head after it took over from us.
    Outcome<void> has_it(store::LogHead const& head) {
        auto const contents = file_.read();
        if (contents && !contents->copied && std::ranges::count(contents->texts, head.checkpoint) != 0)
            return {};
        return other_head(name());
    }

    crypto::SlotFile file_;
};

class HeadWitness final : public HeadPlace {
  public:
    HeadWitness(std::shared_ptr<client::WitnessClient> client, HeadProver prove)
        : client_(std::move(client)), prove_(std::move(prove)) {}

    std::string name() const override { return client_->url(); }

    Outcome<KnownHeads> read(std::string const& origin) override {
        auto shown = client_->last_checkpoint(to_hex(crypto::sha256(as_bytes(origin))),
                                              std::chrono::steady_clock::now() + patience);
        if (shown.kind == Kind::unavailable) return unreadable(name(), std::move(shown.cause));
        if (shown.kind != Kind::cosigned) return KnownHeads{};
        if (auto const said = checkpoint_in(shown.body)) size_ = said->size;
        return KnownHeads{{std::move(shown.body)}};
    }

    /// A witness with another size than expected reports it, and is asked again from there: an answer was
    /// lost, or the log's own cosigning was faster.
    Outcome<void> swap(store::LogHead const& head) override {
        auto reply = add(head);
        if (!reply) return reply.error();
        if (reply->kind == Kind::other_size) {
            auto const size = reply->size();
            if (!size || *size > head.size) return other_head(name());
            size_ = *size;
            reply = add(head);
            if (!reply) return reply.error();
        }
        if (reply->kind == Kind::refused) return other_head(name());
        if (reply->kind != Kind::cosigned) return not_kept(name() + ": " + reply->cause);
        size_ = head.size;
        return {};
    }

  private:
    using Kind = client::WitnessReply::Kind;

    Outcome<client::WitnessReply> add(store::LogHead const& head) {
        std::uint64_t const old = std::min(size_, head.size);
        auto proof = prove_(head.shard, old, head.size);
        if (!proof) return proof.error();
        auto const body =
            crypto::AddCheckpoint{.old_size = old, .proof = std::move(*proof), .checkpoint = head.checkpoint}
                .text();
        return client_->add_checkpoint(body, std::chrono::steady_clock::now() + patience);
    }

    std::shared_ptr<client::WitnessClient> client_;
    HeadProver prove_;
    std::uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<HeadPlace> make_head_file(std::filesystem::path const& directory, std::int16_t shard) {
    return std::make_unique<HeadFile>(directory / (std::to_string(shard) + ".head"));
}

std::unique_ptr<HeadPlace> make_head_witness(std::shared_ptr<client::WitnessClient> client,
                                             HeadProver prove) {
    return std::make_unique<HeadWitness>(std::move(client), std::move(prove));
}

std::vector<std::unique_ptr<HeadPlace>> HeadPlaces::of(std::int16_t shard) const {
    std::vector<std::unique_ptr<HeadPlace>> places;
    for (auto const& directory : directories) places.push_back(make_head_file(directory, shard));
    for (auto const& witness : witnesses) places.push_back(make_head_witness(witness, prove));
    return places;
}

}  // namespace sponsio::service
