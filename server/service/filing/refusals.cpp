#include "server/service/filing/refusals.hpp"

#include "server/domain/commitment.hpp"

namespace sponsio::service {
namespace {

constexpr Reason too_early{"before_notice", "lies before the day on which the notice was given",
                           "早于告知书送达当日"};
constexpr Reason somebody_else{"other_recipient", "is not the one to whom the notice was given",
                               "与受告知人不一致"};
constexpr Reason taken{"reference_taken", "is the reference of another commitment of this organisation",
                       "该编号已用于本单位的另一份承诺"};

constexpr Reason answered{"answered", "was answered by another commitment", "已据以作出承诺"};
constexpr Reason needs_agent{"needs_agent", "is required where the committer is not of age",
                             "承诺人未成年，须有代理人"};
constexpr Reason not_signed{"bad_signature", "is not a signature with this key over what is promised",
                            "不是该公钥对承诺内容的签名"};
constexpr Reason of_another_notice{"other_notice", "is the digest of another notice", "不是所附告知书的摘要"};

Fault at(std::string pointer, Reason const& why, std::string en, std::string zh) {
    Fault refused = bad_field(std::move(pointer), why);
    refused.detail = {.en = std::move(en), .zh = std::move(zh)};
    return refused;
}

}  // namespace

Fault stale_notice(StaleNotice const& n) {
    std::string const old = std::to_string(n.of_notice), now = std::to_string(n.in_force);
    return fault(problem::notice_stale,
                 "Version " + now + " of the matter is in force since " + to_iso(n.since) +
                     ". A notice of version " + old + " was good for promises made up to " +
                     to_iso(n.good_until) + ": give a new notice of version " + now +
                     " (POST /v1/notices) and have the promise made under it.",
                 "该事项第 " + now + " 版自 " + to_iso(n.since) + " 起施行；依据第 " + old +
                     " 版送达的告知书，仅可用于 " + to_iso(n.good_until) + " 及以前作出的承诺。请按第 " +
                     now + " 版重新告知（POST /v1/notices），再由承诺人作出承诺。");
}

Fault before_notice(Date given) {
    return at("/made_on", too_early,
              "The notice was given on " + to_iso(given) + ", and a promise follows its notice.",
              "该告知书于 " + to_iso(given) + " 送达，承诺不得早于告知。");
}

Fault late_entry() {
    return at("/late_reason", domain::late_without_reason,
              "The promise was made longer ago than the rule filing.entry allows for entering it; say in "
              "late_reason why it comes only now.",
              "承诺作出已久，超过规则 filing.entry 规定的录入期限；请在 late_reason 中说明补录原因。");
}

Fault other_recipient(std::string pointer) {
    return at(
        std::move(pointer), somebody_else,
        "This notice was given to one person. Give this committer a notice of their own, or an open one "
        "(given_to, POST /v1/notices).",
        "该告知书仅向特定人送达。请向本承诺人另行告知，或者使用公开告知（POST /v1/notices 的 given_to）。");
}

Fault answered_notice() {
    return at(
        "/notice_id", answered,
        "This notice was given to one person, who has promised under it. Give a new one for another promise "
        "(POST /v1/notices).",
        "该告知书仅向特定人送达，且已据以作出承诺；再次承诺请重新告知（POST /v1/notices）。");
}

Fault minor_without_agent(std::int64_t full_age) {
    std::string const age = std::to_string(full_age);
    return at(
        "/agent", needs_agent,
        "Who is not " + age +
            " on the day of the promise acts through a legal representative (Civil Code art. 17-20, 23; "
            "rule capacity.full_age).",
        "承诺之日未满 " + age +
            " 周岁的，由其法定代理人代理（民法典第十七条至第二十条、第二十三条；规则 capacity.full_age）。");
}

Fault bad_signature() {
    return at(
        "/assent/signature", not_signed,
        "The signature is over the canonical JSON (RFC 8785) of agent, committer, made_on, notice_digest, "
        "reason and valid_until, as the receipt has them (docs/ledger.md).",
        "签名对象为 agent、committer、made_on、notice_digest、reason、valid_until 组成的规范化 JSON（RFC "
        "8785），与回执内容一致（见 docs/ledger.md）。");
}

Fault other_notice() {
    return at("/assent/notice_digest", of_another_notice,
              "The committer signed for another notice; its digest is digest_sha256 of the notice.",
              "承诺人签署的不是该告知书；应为告知书的 digest_sha256。");
}

Fault reference_taken(std::string const& commitment_code) {
    return at("/client_reference", taken,
              "Commitment " + commitment_code +
                  " has this reference and other content. Look at it; file what is new under a reference of "
                  "its own.",
              "承诺 " + commitment_code + " 已使用该编号且内容不同，请核对；新的承诺请使用新的编号。");
}

Fault not_yet_in_force(Date valid_from) {
    return fault(
        problem::too_early,
        "No version of the matter is in force today; the first one is from " + to_iso(valid_from) + " on.",
        "该事项今日尚无施行中的版本；首个版本自 " + to_iso(valid_from) + " 起施行。");
}

Fault reused_key() {
    return fault(problem::idempotency_key_reused, "This Idempotency-Key was first used with another request.",
                 "该 Idempotency-Key 此前已用于内容不同的请求。");
}

Bilingual bar_sentence(domain::Obstacle obstacle) {
    if (obstacle == domain::Obstacle::unfulfilled_promise)
        return {
            "There is an unrepaired commitment of this committer that was not fulfilled; the ordinary "
            "procedure applies.",
            "该承诺人有未修复的未履行承诺记录，不适用告知承诺制，请按一般程序办理。"};
    if (obstacle == domain::Obstacle::bad_record)
        return {"This committer has an unrepaired bad record; the ordinary procedure applies.",
                "该承诺人有未修复的不良信用记录，不适用告知承诺制，请按一般程序办理。"};
    return {"There is an unrepaired false commitment of this committer; the ordinary procedure applies.",
            "该承诺人有未修复的不实承诺记录，不适用告知承诺制，请按一般程序办理。"};
}

Fault barred(domain::Bar const& bar) {
    Fault refused{.problem = &problem::not_eligible, .detail = bar_sentence(bar.obstacle)};
    refused.explanation = bar.explanation;
    return refused;
}

Fault elsewhere(Fault refused) {
    refused.detail.en +=
        " A commitment's code begins with the region of its agency on that day; an administrator "
        "moves the agency to its new code.";
    refused.detail.zh += "承诺编码以受理机构当日的行政区划代码开头；请由管理员将机构变更到现行代码。";
    return refused;
}

}  // namespace sponsio::service
