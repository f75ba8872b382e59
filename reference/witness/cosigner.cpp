#include "reference/witness/cosigner.hpp"

#include "crypto/keys/signer.hpp"
#include "server/base/log.hpp"
#include "server/http/response.hpp"

namespace sponsio::witness {
namespace {

using http::awaitable;
using http::Method;
using http::Request;
using http::Response;

constexpr http::Literal text_type = "text/plain; charset=utf-8";
constexpr http::Literal size_type = "text/x.tlog.size";

Response text_response(Outcome<std::string> text, Request const& request) {
    if (!text) return http::problem_response(text.error(), request);
    return {.content_type = text_type, .body = std::move(*text)};
}

Fault refusal(Error const& error) {
    Problem const* kind = &problem::malformed;
    std::string zh = "请求或检查点的格式不正确。";
    if (error.code == crypto::witness_error::unknown_log) {
        kind = &problem::not_found;
        zh = "本见证人不跟踪该日志。";
    } else if (error.code == crypto::witness_error::not_signed) {
        kind = &problem::forbidden;
        zh = "检查点没有该日志已知密钥的有效签名。";
    }
    return fault(*kind, error.message, std::move(zh));
}

}  // namespace

Outcome<std::unique_ptr<Cosigner>> Cosigner::open(Parts parts) {
    std::unique_ptr<Cosigner> cosigner(new Cosigner(std::move(parts)));
    for (crypto::NoteVerifier const& key : cosigner->parts_.logs) {
        if (cosigner->logs_.contains(key.name())) continue;
        auto log = FollowedLog::open(cosigner->parts_.directory, key.name(), cosigner->parts_.moved);
        if (!log) return log.error();
        std::string const hash = to_hex(crypto::sha256(as_bytes(key.name())));
        cosigner->by_hash_.emplace(hash, log->get());
        cosigner->logs_.emplace(key.name(), std::move(*log));
    }
    if (auto key = cosigner->vkey(); !key) return key.error();
    return cosigner;
}

http::Router Cosigner::router() {
    std::vector<http::Route> routes;
    routes.push_back({Method::post,
                      "/add-checkpoint",
                      [this](Request& request) -> awaitable<Response> {
                          auto answer = add(request.body);
                          if (!answer) co_return http::problem_response(answer.error(), request);
                          if (!answer->other_size)
                              co_return Response{.content_type = text_type, .body = std::move(answer->lines)};
                          co_return Response{.status = 409,
                                             .content_type = size_type,
                                             .body = std::to_string(*answer->other_size) + "\n"};
                      },
                      {.accepts = {"*/*"}}});
    routes.push_back({Method::get,
                      "/{origin_hash}/checkpoint",
                      [this](Request& request) -> awaitable<Response> {
                          co_return text_response(last_of(request.capture("origin_hash")), request);
                      },
                      {}});
    routes.push_back({Method::get,
                      "/vkey",
                      [this](Request& request) -> awaitable<Response> {
                          auto key = vkey();
                          if (key) *key += '\n';
                          co_return text_response(std::move(key), request);
                      },
                      {}});
    http::Router router;
    router.add(std::move(routes));
    return router;
}

Outcome<std::string> Cosigner::vkey() const {
    auto const signer = parts_.key.signer(parts_.clock.now());
    if (!signer) return signer.error();
    return crypto::NoteVerifier(parts_.name, (*signer)->public_key(), crypto::NoteKeyKind::cosignature_v1)
        .vkey();
}

Outcome<FollowedLog::Answer> Cosigner::add(std::string const& body) {
    auto const request = crypto::AddCheckpoint::parse(body);
    if (!request) return refusal(request.error());
    auto checkpoint = crypto::open_for_witness(request->checkpoint, parts_.logs);
    if (!checkpoint) return refusal(checkpoint.error());
    crypto::Checkpoint const head = checkpoint->head;
    auto const cosign = [this](std::string const& text) -> Outcome<crypto::NoteSignature> {
        Instant const now = parts_.clock.now();
        auto const signer = parts_.key.signer(now);
        if (!signer) return signer.error();
        return crypto::cosign_note(text, parts_.name, **signer,
                                   std::chrono::floor<std::chrono::seconds>(now));
    };
    auto answer = logs_.find(head.origin)->second->add(*request, std::move(*checkpoint), cosign);
    if (answer && !answer->other_size)
        log::info("witness.cosigned", {{log::Key::name, head.origin}, {log::Key::count, head.size}});
    // The log signed a head that contradicts an earlier one, perhaps a fork: this line names the log.
    if (!answer && answer.error().problem == &problem::invalid)
        log::error("witness.not_consistent", {{log::Key::name, head.origin},
                                              {log::Key::count, head.size},
                                              {log::Key::subject, to_base64(head.root)}});
    return answer;
}

Outcome<std::string> Cosigner::last_of(std::string_view origin_hash) const {
    auto const log = by_hash_.find(origin_hash);
    auto cosigned = log == by_hash_.end() ? std::nullopt : log->second->cosigned();
    if (!cosigned) return fault(problem::not_found);
    return std::move(*cosigned);
}

}  // namespace sponsio::witness
