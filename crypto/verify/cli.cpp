#include "crypto/verify/cli.hpp"

#include "crypto/keys/self_test.hpp"
#include "crypto/verify/checks.hpp"
#include "text/decimal.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <ostream>

namespace sponsio::verify {
namespace {

/// The language is decided before the arguments are parsed, since the help is in that language too.
Language language_of(std::vector<std::string> const& arguments, std::string const& locale) {
    std::string name = locale;
    for (std::size_t i = 0; i != arguments.size(); ++i) {
        if (arguments[i].starts_with("--lang=")) name = arguments[i].substr(7);
        if (arguments[i] == "--lang" && i + 1 != arguments.size()) name = arguments[i + 1];
    }
    return name.starts_with("zh") ? Language::chinese : Language::english;
}

/// A line that is rewritten in place, several times a second at most.
class ProgressLine {
  public:
    ProgressLine(std::ostream& err, bool terminal) : err_(err), terminal_(terminal) {}

    ProgressLine(ProgressLine const&) = delete;
    ProgressLine& operator=(ProgressLine const&) = delete;

    ~ProgressLine() { clear(); }

    void show(std::uint64_t done, std::uint64_t of) {
        auto const now = std::chrono::steady_clock::now();
        if (!terminal_ || now < next_) return;
        next_ = now + std::chrono::milliseconds(200);
        err_ << "\r" << done << " / " << of << " (" << done * 100 / std::max<std::uint64_t>(of, 1) << " %)"
             << std::flush;
        shown_ = true;
    }

    void clear() {
        if (shown_) err_ << "\r\033[K" << std::flush;
        shown_ = false;
    }

  private:
    std::ostream& err_;
    bool terminal_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point next_;
};

/// The commands and their arguments.
class Program {
  public:
    Program(Language language, ProgressLine& progress) : language_(language), progress_(progress) {
        app_.name("sponsio-verify");
        app_.description(word("Checks offline what Sponsio signed and logged.",
                              "离线核验 Sponsio 签名和写入日志的内容。") +
                         word("\nExit code: 0 proven, 1 refuted, 2 could not be checked.",
                              "\n退出码：0 已证明，1 不成立，2 无法核验。"));
        app_.require_subcommand(1);
        app_.fallthrough();
        app_.set_help_flag("-h,--help", word("print this and end", "显示本帮助后结束"));
        app_.set_version_flag("--version", SPONSIO_VERSION,
                              word("print the version and end", "显示版本后结束"));
        app_.add_flag("--json", json_, word("answer in JSON", "以 JSON 回答"));
        app_.add_option("--lang", lang_, word("language", "语言"))
            ->check(CLI::IsMember({"en", "zh-CN"}))
            ->type_name("LANG");
        add_receipt();
        add_record();
        add_proof();
        add_checkpoint();
        add_batch();
        add_log();
        add_draw();
    }

    /// Throws CLI::ParseError.
    void parse(std::vector<std::string> arguments) {
        std::ranges::reverse(arguments);  // as CLI11 takes them
        app_.parse(std::move(arguments));
    }

    CLI::App& app() { return app_; }

    [[nodiscard]] bool json() const noexcept { return json_; }

    [[nodiscard]] std::string command() const { return app_.get_subcommands().front()->get_name(); }

    [[nodiscard]] Findings check() const { return check_(); }

  private:
    [[nodiscard]] std::string word(char const* en, char const* zh) const {
        return language_ == Language::english ? en : zh;
    }

    CLI::App* add(char const* name, char const* en, char const* zh, std::function<Findings()> check) {
        CLI::App* const command = app_.add_subcommand(name, word(en, zh));
        command->callback([this, check = std::move(check)] { check_ = check; });
        return command;
    }

    CLI::Option* file(CLI::App* command, char const* name, std::string& to, char const* en,
                      char const* zh) const {
        return command->add_option(name, to, word(en, zh))->type_name("FILE");
    }

    CLI::Option* add_trust(CLI::App* command, TrustOptions& trust) const {
        command
            ->add_option("--witness", trust.witnesses,
                         word("verifier key of a witness, or its file; may be repeated",
                              "见证人的验证公钥或其文件；可重复"))
            ->type_name("KEY")
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        command
            ->add_option("--quorum", trust.quorum, word("how many of them (all)", "其中几个即可（默认全部）"))
            ->type_name("N")
            ->transform(whole_number());
        return command
            ->add_option("--vkey", trust.vkeys,
                         word("verifier key of the log, or a file with one on each line; may be repeated",
                              "日志的验证公钥，或每行一个公钥的文件；可重复"))
            ->type_name("KEY")
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    /// CLI11 by itself would read 010 as eight, and take 0x10.
    [[nodiscard]] CLI::Validator whole_number() const {
        return {[this](std::string& text) -> std::string {
                    auto const number = parse_typed_number(text);
                    if (!number)
                        return word("a whole number in decimal digits is meant, not ",
                                    "须为十进制整数，而非 ") +
                               "'" + text + "'";
                    text = std::to_string(*number);
                    return {};
                },
                "", "whole_number"};
    }

    void add_ca(CLI::App* command, std::string& ca) const {
        file(command, "--ca", ca, "authorities to trust in place of the system's (PEM)",
             "代替系统根证书的证书（PEM）");
    }

    void add_receipt() {
        CLI::App* const command = add("receipt", "that a commitment was filed in these words",
                                      "承诺按此原文受理", [this] { return check_receipt(receipt_); });
        file(command, "--receipt", receipt_.receipt, "answer to the filed commitment, or its receipt",
             "提交承诺的答复，或其中的回执")
            ->required();
        add_trust(command, receipt_.trust)->required();
    }

    void add_record() {
        CLI::App* const command = add("record", "that a credit record is genuine", "信用记录为真", [this] {
            RecordOptions options = record_;
            if (!at_.empty()) options.at = parse_time(at_);
            return check_record(options);
        });
        file(command, "record", record_.record, "the record (SD-JWT)", "记录（SD-JWT）")->required();
        file(command, "--jwks", record_.jwks, "keys of the issuer", "签发者公钥集")->required();
        command->add_option("--issuer", record_.issuer, word("who must have issued it", "应有的签发者"))
            ->type_name("URL");
        file(command, "--status-list", record_.status_list, "status list token", "状态列表令牌");
        file(command, "--proof", record_.proof, "tlog-proof of the record", "记录的 tlog-proof");
        file(command, "--entry", record_.entry, "log entry of the record", "记录的日志条目");
        command->add_option("--at", at_, word("judge by this time, not by now", "按此时间而非现在判断"))
            ->type_name("2026-03-02T01:00:06Z");
        add_trust(command, record_.trust);
    }

    void add_proof() {
        CLI::App* const command =
            add("proof", "that an entry is in a log", "条目在日志中", [this] { return check_proof(proof_); });
        file(command, "--proof", proof_.proof, "tlog-proof", "tlog-proof")->required();
        file(command, "--entry", proof_.entry, "exact bytes of the entry", "条目的原始字节")->required();
        add_trust(command, proof_.trust)->required();
    }

    void add_checkpoint() {
        CLI::App* const command =
            add("checkpoint", "that a later tree begins with an earlier one", "后来的树以先前的树开头",
                [this] { return check_consistency(consistency_); });
        file(command, "old", consistency_.old_checkpoint, "earlier checkpoint", "较早的检查点")->required();
        file(command, "new", consistency_.new_checkpoint, "later checkpoint", "较新的检查点")->required();
        command
            ->add_option("--log", consistency_.log,
                         word("directory or https address", "日志目录或 https 地址"))
            ->type_name("LOG");
        add_ca(command, consistency_.ca);
        add_trust(command, consistency_.trust)->required();
    }

    void add_batch() {
        CLI::App* const command = add("batch", "that a submission batch is whole and signed",
                                      "报送批次完整且已签名", [this] { return check_batch(batch_); });
        command
            ->add_option("files", batch_.paths,
                         word("directory, body that was sent, or manifest, records and signature",
                              "目录、所发报文，或清单、记录、签名三个文件"))
            ->type_name("FILE")
            ->required();
        file(command, "--key", batch_.key, "SM2 public key of the sender (PEM)", "发送方 SM2 公钥（PEM）");
    }

    void add_log() {
        CLI::App* const command =
            add("log", "a whole log: entries, tiles, root", "整个日志：条目、瓦片、树根", [this] {
                LogOptions options = log_;
                options.progress = [this](std::uint64_t done, std::uint64_t of) { progress_.show(done, of); };
                return check_log(options);
            });
        command->add_option("log", log_.log, word("directory or https address", "目录或 https 地址"))
            ->type_name("LOG")
            ->required();
        command
            ->add_option("--old", log_.old_checkpoints,
                         word("earlier checkpoint; may be repeated", "较早的检查点；可重复"))
            ->type_name("FILE")
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        add_ca(command, log_.ca);
        add_trust(command, log_.trust)->required();
    }

    void add_draw() {
        CLI::App* const command =
            add("draw", "that a draw's result follows from pool, seed and public input",
                "抽取结果确由抽取池、种子和公开输入得出", [this] { return check_draw(draw_); });
        file(command, "draw", draw_.statement, "statement of the draw (draw.json)", "抽取声明（draw.json）")
            ->required();
        file(command, "--pool", draw_.pool, "pool that was drawn from (draw-pool.txt)",
             "所用的抽取池（draw-pool.txt）")
            ->required();
        file(command, "--full", draw_.full, "full pool, for those who may see it (draw-full.txt)",
             "完整名单，供有权查看者使用（draw-full.txt）");
        file(command, "--opening", draw_.opening, "opening of an object, or the server's answer with it",
             "某一对象的开启值，或服务器返回的含开启值的文件");
        file(command, "--jwks", draw_.jwks, "keys of the issuer", "签发者公钥集");
        file(command, "--proof", draw_.proof, "tlog-proof of the committed leaf", "承诺条目的 tlog-proof");
        file(command, "--entry", draw_.entry, "that entry; else the statement's own",
             "该条目；默认用声明中所载");
        add_trust(command, draw_.trust);
    }

    Language language_;
    ProgressLine& progress_;
    CLI::App app_;
    bool json_ = false;
    std::string lang_;  ///< looked at before, see language_of
    ReceiptOptions receipt_;
    RecordOptions record_;
    std::string at_;
    ProofOptions proof_;
    ConsistencyOptions consistency_;
    BatchOptions batch_;
    LogOptions log_;
    DrawOptions draw_;
    std::function<Findings()> check_;
};

/// Refuses to judge with a cryptographic library that computes wrongly.
void require_sound_cryptography() {
    for (crypto::SelfTested const& line : crypto::self_test())
        if (!line.ok) throw NotChecked{"self_test_failed", {line.en, line.zh}};
}

}  // namespace

int run(std::vector<std::string> const& arguments, std::string const& locale, std::ostream& out,
        std::ostream& err, bool terminal) {
    ProgressLine progress(err, terminal);
    Language const language = language_of(arguments, locale);
    Program program(language, progress);
    std::string command;
    auto const tell = [&] {
        progress.clear();
        return Teller(out, err, language, program.json());
    };
    auto const not_checked = [&](std::string code, std::string const& en, std::string const& zh) {
        return static_cast<int>(tell().not_checked(command, {std::move(code), {en, zh}}));
    };
    // CLI11 would take the next argument for the value, whatever it is.
    for (std::string const& argument : arguments)
        if (argument.starts_with("--") && argument.find('=') == argument.size() - 1)
            return not_checked("usage", argument + " has no value.", argument + " 没有值。");
    try {
        program.parse(arguments);
        command = program.command();
        require_sound_cryptography();
        return static_cast<int>(tell().proven(command, program.check()));
    } catch (CLI::ParseError const& error) {
        // Help and version are no errors to CLI11.
        if (error.get_exit_code() == 0) return program.app().exit(error, out, err);
        std::string const why = error.what();
        return not_checked("usage", why + "; sponsio-verify --help lists commands and options.",
                           why + "；sponsio-verify --help 列出命令和选项。");
    } catch (Refuted const& refuted) {
        return static_cast<int>(tell().refuted(command, refuted));
    } catch (NotChecked const& why) {
        return static_cast<int>(tell().not_checked(command, why));
    } catch (std::exception const& error) {
        std::string const why = error.what();
        return not_checked("unexpected", "unexpected: " + why + ".", "意外情况：" + why + "。");
    }
}

}  // namespace sponsio::verify
