#include "reference/witness/witness.hpp"

#include <fstream>
#include <optional>

namespace sponsio::witness {
namespace {

/// The longest name with which a checkpoint still fits into its file.
constexpr std::size_t longest_name = 200;

Outcome<std::vector<std::string>> lines_of(std::filesystem::path const& file) {
    std::ifstream in(file);
    if (!in)
        return fault(problem::invalid, "The file " + file.string() + " cannot be read.",
                     "无法读取文件 " + file.string() + "。");
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) lines.push_back(line);
    return lines;
}

Outcome<std::vector<crypto::NoteVerifier>> logs_of(WitnessOptions const& options) {
    std::vector<std::string> vkeys = options.log_vkeys;
    for (auto const& file : options.log_files) {
        auto lines = lines_of(file);
        if (!lines) return lines.error();
        vkeys.insert(vkeys.end(), lines->begin(), lines->end());
    }
    std::vector<crypto::NoteVerifier> logs;
    for (std::string const& vkey : vkeys) {
        auto key = crypto::NoteVerifier::from_vkey(vkey);
        if (!key || key->kind() != crypto::NoteKeyKind::ed25519)
            return fault(problem::invalid, "This is not the verifier key of a log: " + vkey,
                         "这不是日志的验证密钥：" + vkey);
        logs.push_back(std::move(*key));
    }
    if (logs.empty())
        return fault(problem::invalid, "Name the logs to follow with --log-vkey or --logs.",
                     "请以 --log-vkey 或 --logs 指定要跟踪的日志。");
    return logs;
}

}  // namespace

Outcome<std::unique_ptr<Witness>> Witness::start(WitnessOptions const& options, Clock const& clock) {
    if (!crypto::is_note_key_name(options.name) || options.name.size() > longest_name)
        return fault(problem::invalid,
                     "The name of a witness has no spaces and no plus signs: " + options.name,
                     "见证人名称不得含空格或加号：" + options.name);
    auto logs = logs_of(options);
    if (!logs) return logs.error();
    auto lock = front::claim(options.front.data, "witness", "见证人");
    if (!lock) return lock.error();
    std::unique_ptr<Witness> witness(new Witness(std::move(*lock)));
    auto key = front::OwnKey::open(options.front.data, "witness", crypto::Algorithm::ed25519, clock);
    if (!key) return key.error();
    witness->key_ = std::move(*key);
    auto cosigner = Cosigner::open({.name = options.name,
                                    .key = *witness->key_,
                                    .clock = clock,
                                    .logs = std::move(*logs),
                                    .directory = options.front.data / "logs",
                                    .moved = options.moved});
    if (!cosigner) return cosigner.error();
    witness->cosigner_ = std::move(*cosigner);
    auto front = front::Front::open(options.front, witness->cosigner_->router());
    if (!front) return front.error();
    witness->front_ = std::move(*front);
    return witness;
}

}  // namespace sponsio::witness
