#include "reference/witness/followed_log.hpp"

#include "crypto/digest.hpp"

namespace sponsio::witness {
namespace {

/// The file has room for a state word and the cosignature (its name and 76 bytes in base64) beside the note.
constexpr std::size_t longest_note = crypto::SlotFile::max_text - 400;

// The state words of the file; the last two are followed by a note.
constexpr std::string_view nothing_yet = "nothing\n";
constexpr std::string_view seen = "seen\n";
constexpr std::string_view cosigned_too = "cosigned\n";

Fault refusal(Error const& error) {
    bool const malformed = error.code == crypto::witness_error::shrinks;
    Fault f = fault(malformed ? problem::malformed : problem::invalid, error.message,
                    malformed ? "旧的大小超过检查点的大小。" : "一致性证明不成立，不予联署。");
    f.cause = std::string(error.code);
    return f;
}

}  // namespace

FollowedLog::FollowedLog(std::filesystem::path const& file, std::string_view origin)
    : origin_(origin), file_(file) {}

Outcome<std::unique_ptr<FollowedLog>> FollowedLog::open(std::filesystem::path const& directory,
                                                        std::string_view origin, bool moved) {
    std::string const name = to_hex(crypto::sha256(as_bytes(origin))) + ".head";
    std::unique_ptr<FollowedLog> log(new FollowedLog(directory / name, origin));
    if (auto loaded = log->load(moved); !loaded) return loaded.error();
    return log;
}

/// A file that exists has a state word; one without was cut short, and the last cosigned checkpoint is lost.
Outcome<void> FollowedLog::load(bool moved) {
    if (!std::filesystem::exists(file_.path())) return keep(std::string(nothing_yet), "");
    auto const kept = file_.read();
    if (!kept || kept->texts.empty()) return damaged();
    if (kept->copied && !moved) return copied();
    for (std::string_view const text : kept->texts) {  // newest first
        if (text == nothing_yet) break;
        auto const word_end = text.find('\n') + 1;
        std::string_view const word = text.substr(0, word_end);
        auto const note = crypto::Note::parse(text.substr(word_end));
        auto head = note ? crypto::Checkpoint::parse(note->text) : note.error();
        if ((word != seen && word != cosigned_too) || !head || head->origin != origin_) return damaged();
        if (!last_) last_ = std::move(*head);
        if (!cosigned_ && word == cosigned_too) cosigned_ = text.substr(word_end);
    }
    file_.renew();  // a copy that is put back over it later is told from it
    return keep(kept->texts.front(), "");
}

Fault FollowedLog::damaged() const {
    std::string const file = file_.path().string();
    return fault(problem::unavailable,
                 "What was last cosigned of " + origin_ + " is not known any more: " + file +
                     " is damaged. Put the file back, or start a new witness with a new key.",
                 "日志 " + origin_ + " 的最近联署状态已不可知：" + file +
                     " 已损坏。请恢复该文件，或以新密钥启用新的见证人。");
}

Fault FollowedLog::copied() const {
    std::string const file = file_.path().string();
    return fault(
        problem::conflict,
        file + " is a copy: more may have been cosigned of " + origin_ +
            " where it was copied from. If that witness has stopped for good and this is what it left, "
            "start once with --moved; else start a new witness with a new key.",
        file + " 是副本：日志 " + origin_ +
            " 在原处可能已有新的联署。若原见证人已永久停止且此为其最后状态，请以 --moved "
            "启动一次；否则请以新密钥启用新的见证人。");
}

Outcome<void> FollowedLog::keep(std::string word, std::string_view note) {
    auto const written = file_.write(word.append(note));
    if (written) return {};
    Fault f = fault(problem::unavailable, "The checkpoint cannot be kept, so it is not cosigned.",
                    "无法保存检查点，不予联署。");
    f.cause = written.error().message;
    f.retry_after = std::chrono::seconds(5);
    return f;
}

/// Two writes, so that both slots of the file hold this checkpoint before the answer, in case one is damaged
/// later. A crash before the first write leaves the previous checkpoint; after it, the log is told another
/// size and asks again from there.
Outcome<FollowedLog::Answer> FollowedLog::add(crypto::AddCheckpoint const& request,
                                              crypto::SignedCheckpoint checkpoint, Cosign const& cosign) {
    std::lock_guard const lock(mutex_);
    crypto::Checkpoint const& head = checkpoint.head;
    if (auto const grown = crypto::check_growth(last_, request, head); !grown) {
        if (grown.error().code == crypto::witness_error::other_size)
            return Answer{.other_size = last_ ? last_->size : 0};
        return refusal(grown.error());
    }
    std::string const note = checkpoint.note.serialise();
    if (note.size() > longest_note) return fault(problem::too_large);
    if (last_ != head)
        if (auto kept = keep(std::string(seen), note); !kept) return kept.error();
    last_ = head;
    auto signature = cosign(checkpoint.note.text);
    if (!signature) return signature.error();
    checkpoint.note.signatures.push_back(std::move(*signature));
    std::string const whole = checkpoint.note.serialise();
    if (auto kept = keep(std::string(cosigned_too), whole); !kept) return kept.error();
    cosigned_ = whole;
    return Answer{.lines = whole.substr(note.size())};
}

std::optional<std::string> FollowedLog::cosigned() const {
    std::lock_guard const lock(mutex_);
    return cosigned_;
}

}  // namespace sponsio::witness
