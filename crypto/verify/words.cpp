#include "crypto/verify/words.hpp"

#include "crypto/draw/draw.hpp"
#include "crypto/log/checkpoint.hpp"
#include "crypto/log/entry.hpp"
#include "crypto/log/tile.hpp"
#include "crypto/log/tlog_proof.hpp"
#include "crypto/tokens/sd_jwt.hpp"
#include "crypto/tokens/status_list.hpp"
#include "text/json.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace sponsio::verify {
namespace {

struct Word {
    std::string_view code;
    std::string_view zh;
};

/// The Chinese for the reasons that the room crypto gives in English, by their codes.
constexpr auto words = std::to_array<Word>({
    {crypto::note_error::malformed, "不是签名笔记（signed note）的格式"},
    {crypto::note_error::too_many, "签名过多"},
    {crypto::note_error::bad_verifier_key, "不是有效的验证公钥（vkey）"},
    {crypto::note_error::not_signed, "没有该日志公钥的签名"},
    {crypto::note_error::bad_signature, "签名错误"},
    {crypto::checkpoint_error::malformed, "检查点格式错误"},
    {crypto::checkpoint_error::wrong_origin, "检查点属于另一个日志"},
    {crypto::checkpoint_error::no_quorum, "联署的见证人不足"},
    {crypto::proof_error::malformed, "不是 tlog-proof 的格式"},
    {crypto::proof_error::not_included, "证明中的哈希不能从条目推到树根"},
    {crypto::malformed_log_entry, "不是本日志的条目格式"},
    {crypto::tile_error::bad_bundle, "条目长度超出所在条目束"},
    {"wrong_bundle", "条目束的条目数不对"},
    {crypto::tile_error::wrong_length, "瓦片长度错误"},
    {crypto::jws_error::malformed, "不是紧凑格式的 JWS"},
    {crypto::jws_error::bad_header, "头部成员缺失或格式错误"},
    {crypto::jws_error::unexpected_header, "头部有不允许的成员"},
    {crypto::jws_error::wrong_type, "令牌类型不符"},
    {crypto::jws_error::algorithm, "签名算法不允许，或与公钥不符"},
    {crypto::jws_error::unknown_key, "公钥集中没有所用的公钥"},
    {crypto::bad_key_set, "不是有效的公钥集（JWKS）"},
    {crypto::sd_error::malformed, "不是 SD-JWT 的格式"},
    {crypto::sd_error::bad_claim, "声明缺失或格式错误"},
    {crypto::sd_error::hash_algorithm, "摘要算法不是 sha-256"},
    {crypto::sd_error::bad_disclosure, "披露项格式错误"},
    {crypto::sd_error::duplicate_disclosure, "同一披露项出现两次"},
    {crypto::sd_error::duplicate_digest, "同一摘要出现两次"},
    {crypto::sd_error::unreferenced_disclosure, "披露项不属于已签名的任何摘要"},
    {crypto::sd_error::wrong_place, "披露项的位置错误"},
    {crypto::sd_error::claim_collision, "披露的声明与已有声明重名"},
    {crypto::sd_error::not_yet_valid, "尚未生效"},
    {crypto::sd_error::expired, "已过期"},
    {crypto::sd_error::wrong_audience, "令牌不是给您的"},
    {crypto::status_error::bad_compression, "不是完整的 zlib 数据"},
    {crypto::status_error::too_large, "状态列表解压后过大"},
    {crypto::status_error::wrong_list, "是另一个地址的状态列表"},
    {crypto::draw::draw_error::bad_line, "该行格式错误，或不是抽取池文件的行"},
    {crypto::draw::draw_error::line_end, "行尾错误：含回车符，或最后一行没有换行符"},
    {crypto::draw::draw_error::bad_number, "数字格式错误或超出范围"},
    {crypto::draw::draw_error::out_of_order, "顺序错误"},
    {crypto::draw::draw_error::duplicate, "重复"},
    {crypto::draw::draw_error::bad_weight, "权重不是 1 到 16 的数字"},
    {crypto::draw::draw_error::unknown_stratum, "文件头部没有这个层"},
    {crypto::draw::draw_error::unknown_inspector, "文件头部没有这名检查人员"},
    {crypto::draw::draw_error::wrong_count, "该层的对象数与文件头部所载不符"},
    {crypto::draw::draw_error::empty_pool, "抽取池为空"},
    {crypto::draw::draw_error::too_large, "超出抽取的规模上限"},
    {crypto::draw::draw_error::no_public_input, "没有约定公开输入（骰子或信标）"},
    {crypto::draw::draw_error::bad_public_input, "公开输入与事先约定的不符"},
    {crypto::draw::draw_error::not_seated, "被回避的检查人员当时并未分派到该对象"},
    {crypto::draw::draw_error::pool_changed, "抽取池不是事先固定的那一个"},
    {crypto::draw::draw_error::not_opened, "抽取池中没有权重与此相符的该对象"},
    {crypto::draw::draw_error::malformed, "不是抽取声明（draw.json）的格式"},
    {crypto::draw::draw_error::leaf_differs, "与写入日志的承诺不一致"},
    {crypto::draw::draw_error::payload_differs, "签名的内容与文件所述不一致"},
    {json::error::syntax, "不是有效的 JSON"},
    {json::error::duplicate_key, "JSON 成员重名"},
    {json::error::nul_character, "含有 U+0000"},
    {json::error::control_character, "含有未转义的控制字符"},
    {json::error::lone_surrogate, "含有不成对的代理项"},
    {json::error::bad_utf8, "不是 UTF-8"},
    {json::error::number_not_integer, "数字不是整数"},
    {json::error::number_too_large, "数字过大"},
    {json::error::too_deep, "嵌套过深"},
    {json::error::too_large, "内容过大"},
    {json::error::too_many_values, "JSON 值过多"},
    {json::error::byte_order_mark, "以字节顺序标记开头"},
    {json::error::trailing_data, "JSON 之后还有内容"},
    {crypto::key_error::unreadable, "公钥无法读取"},
    {crypto::key_error::unsupported, "不支持的公钥类型"},
    {crypto::key_error::private_part, "这是私钥，应当是公钥"},
});

/// "A signature is wrong." -> "a signature is wrong"; "SD-JWT ..." stays.
std::string clause(std::string text) {
    if (text.ends_with('.')) text.pop_back();
    bool const name = text.size() > 1 && text[1] >= 'A' && text[1] <= 'Z';
    if (!text.empty() && !name && text[0] >= 'A' && text[0] <= 'Z')
        text[0] = static_cast<char>(text[0] | 0x20);
    return text;
}

/// The errors that leave an artefact unchecked, and what to do about each.
struct Unjudged {
    std::string_view code;
    Sentence remedy;
};

std::vector<Unjudged> const& unjudged() {
    static std::vector<Unjudged> const list = [] {
        std::vector<Unjudged> out{
            {crypto::jws_error::unknown_key,
             {"Fetch the issuer's /.well-known/jwks.json anew: it has every key there ever was. If the key "
              "is not there either, the issuer did not sign this.",
              "请重新获取签发者的 /.well-known/jwks.json，其中有曾用过的全部公钥；"
              "若仍无该公钥，则并非该签发者所签。"}},
            {crypto::note_error::not_signed,
             {"Name every key that the log ever had (it publishes them as `vkeys`) with --vkey. If none of "
              "them signed this, it is not of that log.",
              "请用 --vkey 给出该日志曾用过的全部公钥（日志以 vkeys 发布）；若均未签名，则不属于该日志。"}},
            {crypto::checkpoint_error::no_quorum,
             {"Fetch it anew, for cosignatures come later; look whether the witnesses' keys are their "
              "present ones; or ask for fewer with --quorum.",
              "请重新获取（联署可能稍后才有），核对所给见证人公钥是否为现用公钥，"
              "或用 --quorum 减少所需个数。"}},
            {crypto::sd_error::not_yet_valid,
             {"Look at this machine's clock, or name another time with --at.",
              "请检查本机时钟，或用 --at 指定另一时间。"}},
        };
        for (std::string_view const code :
             {crypto::note_error::malformed, crypto::proof_error::malformed, crypto::jws_error::malformed,
              crypto::jws_error::wrong_type, crypto::sd_error::malformed, crypto::draw::draw_error::bad_line,
              crypto::draw::draw_error::line_end})
            out.push_back({code, fetch_anew()});
        return out;
    }();
    return list;
}

NotChecked left_open(Sentence const& name, Error const& error, Sentence const& remedy) {
    Sentence const why = because({name.en + " cannot be judged", name.zh + "无法判断真伪"}, error);
    return {std::string(error.code), {why.en + " " + remedy.en, why.zh + remedy.zh}};
}

}  // namespace

Sentence const& fetch_anew() {
    static Sentence const words{
        "Look whether this is the file that was meant; fetch it anew, and keep its bytes as they come "
        "(curl -o).",
        "请核对是否给错文件；请重新获取并按原始字节保存（curl -o）。"};
    return words;
}

void judge(Subject const& what, Error const& error) {
    auto const open = std::ranges::find(unjudged(), error.code, &Unjudged::code);
    if (open != unjudged().end()) throw left_open(what.name, error, open->remedy);
    throw Refuted{std::string(error.code), because(what.refuted, error)};
}

void unreadable(Sentence const& name, Error const& error) {
    throw left_open(name, error, fetch_anew());
}

Sentence because(Sentence const& what, Error const& error) {
    auto const word = std::ranges::find(words, error.code, &Word::code);
    std::string const en = clause(error.message);
    std::string const zh = word == words.end() ? en : std::string(word->zh);
    if (error.where.empty()) return {what.en + ": " + en + ".", what.zh + "：" + zh + "。"};
    return {what.en + ": " + en + " (at " + error.where + ").",
            what.zh + "：" + zh + "（位于 " + error.where + "）。"};
}

}  // namespace sponsio::verify
