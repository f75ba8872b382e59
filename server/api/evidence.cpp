#include "server/api/evidence.hpp"

#include "server/api/common.hpp"
#include "server/api/visitor.hpp"
#include "server/base/form.hpp"
#include "server/http/multipart.hpp"

#include <algorithm>

namespace sponsio::api {
namespace {

using service::EvidenceDownload;
using service::EvidenceUpload;
using service::FindingService;
using service::VerificationService;

constexpr std::size_t envelope = std::size_t{64} << 10;  // what a form may have around its file
constexpr auto patience = std::chrono::seconds{30};      // of storing a file, and of reading one chunk

/// What a request says of its file before a byte of it is read.
struct Announced {
    domain::EvidenceKind kind{};
    std::string name;                     ///< empty: the form gives it
    std::string type;                     ///< empty: not declared
    std::optional<std::string> boundary;  ///< of a form
};

/// A content type as the client states it: printable ASCII with a slash, or nothing.
void check_type(std::string_view type, std::vector<FieldError>& errors) {
    constexpr char const* where = "header:Content-Type";
    bool const printable = std::ranges::all_of(type, [](char c) { return c >= ' ' && c < 0x7f; });
    if (type.size() > 255)
        errors.push_back({where, &reason::too_long, {.max = 255, .unit = &unit::characters}});
    else if (!type.empty() && (!printable || type.find('/') == std::string_view::npos))
        errors.push_back({where, &reason::bad_format, {.form = &form::media_type}});
}

void check_name(std::string const& name, std::vector<FieldError>& errors) {
    constexpr char const* where = "query:name";
    Wanted const file_name{.min = 1, .max = 255, .unit = &unit::characters};
    if (name.empty())
        errors.push_back({where, &reason::required, file_name});
    else if (domain::code_points(name) > 255)
        errors.push_back({where, &reason::too_long, file_name});
    else if (domain::has_control_characters(name) || name.find_first_of("\n\r\t") != std::string::npos)
        errors.push_back({where, &reason::bad_character, {.form = &form::printable}});
}

Outcome<Announced> announced(Request const& request) {
    std::vector<FieldError> errors;
    Announced said{.kind = {},
                   .name = std::string(request.query("name").value_or("")),
                   .type = std::string(request.header("Content-Type").value_or("")),
                   .boundary = {}};
    auto kind = choice_in_query<domain::EvidenceKind>(request, "kind");
    if (!kind)
        errors = kind.error().fields;
    else if (!*kind)
        errors.push_back(
            {"query:kind", &reason::required, {.words = domain::allowed_words<domain::EvidenceKind>()}});
    else
        said.kind = **kind;
    auto boundary = http::form_boundary(said.type);
    if (!boundary)
        errors.push_back(boundary.error().fields.front());
    else
        said.boundary = std::move(*boundary);
    if (!said.boundary || !said.name.empty()) check_name(said.name, errors);
    check_type(said.type, errors);
    if (!errors.empty()) return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
    return said;
}

/// Gives the body to `take` as it arrives.
awaitable<Outcome<void>> read_body_into(Request& request,
                                        std::function<Outcome<void>(std::string_view)> take) {
    for (;;) {
        auto const piece = co_await request.body_stream->next();
        if (!piece) co_return piece.error();
        if (piece->empty()) co_return Outcome<void>{};
        if (auto taken = take(*piece); !taken) co_return taken.error();
    }
}

/// The file of the body, which may be a form with one file. Name and type of a form are those of its part.
awaitable<Outcome<EvidenceUpload>> take_in(std::shared_ptr<service::EvidenceIntake> bytes, Request& request,
                                           Announced said) {
    auto const write = [bytes](std::string_view piece) { return bytes->write(piece); };
    if (said.boundary) {
        http::FilePart form(*said.boundary, write);
        auto read =
            co_await read_body_into(request, [&form](std::string_view piece) { return form.feed(piece); });
        if (read) read = form.finish();
        if (!read) co_return read.error();
        if (said.name.empty()) said.name = form.name();
        said.type = form.content_type();
        std::vector<FieldError> errors;
        check_name(said.name, errors);
        check_type(said.type, errors);
        if (!errors.empty()) co_return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
    } else {
        auto const read = co_await read_body_into(request, write);
        if (!read) co_return read.error();
    }
    if (auto ended = bytes->finish(); !ended) co_return ended.error();
    co_return EvidenceUpload{said.kind, std::move(said.name), std::move(said.type), bytes};
}

/// The key covers everything that was sent, including the metadata of the bytes.
Outcome<service::RequestOnce> once_of(Request const& request, EvidenceUpload const& upload) {
    std::string_view const none = "application/octet-stream";
    JsonObject const said{{"kind", domain::word(upload.kind)},
                          {"name", upload.name},
                          {"content_type", upload.content_type.empty() ? none : upload.content_type},
                          {"sha256", to_hex(upload.bytes->digest())}};
    return request_once(request, said);
}

/// Who holds a piece: a thing whose id has that name in the path.
template <class AnyId>
struct Holder {
    std::string_view name;

    [[nodiscard]] Outcome<AnyId> of(Request const& request) const { return id_in_path<AnyId>(request, name); }
};

struct CommitmentHolder {
    static Outcome<std::string> of(Request const& request) { return std::string(request.capture("code")); }
};

struct CaseHolder {
    std::string_view name;

    [[nodiscard]] Outcome<Uuid> of(Request const& request) const {
        if (auto id = Uuid::parse(request.capture(name))) return *id;
        return fault(problem::not_found);
    }
};

/// On whose behalf a file comes: an official, or the visitor of the own case.
template <class S>
auto sender_of(S const&, Request const& request) {
    if constexpr (std::is_same_v<S, service::CaseWindow>)
        return visitor_of(request);
    else
        return caller_of(request);
}

template <class S, class Of>
awaitable<Response> upload(S& holders, Of of, Request& request) {
    auto id = of.of(request);
    if (!id) co_return http::problem_response(id.error(), request);
    auto said = announced(request);
    if (!said) co_return http::problem_response(said.error(), request);
    if (auto key = idempotency_key(request); !key) co_return http::problem_response(key.error(), request);
    auto file = co_await take_in(holders.take_in(), request, std::move(*said));
    if (!file) co_return http::problem_response(file.error(), request);
    auto once = once_of(request, *file);
    if (!once) co_return http::problem_response(once.error(), request);
    auto caller = sender_of(holders, request);
    caller.deadline = std::chrono::steady_clock::now() + patience;  // however long the file took to arrive
    co_return answer(co_await holders.add_evidence(caller, std::move(*once), *id, std::move(*file)), request);
}

/// Sends a large file chunk by chunk. The last one goes out only if the whole has its stored digest;
/// otherwise the connection is cut, so that nobody takes it for the file.
template <class S>
awaitable<void> send_chunks(S& holders, std::shared_ptr<EvidenceDownload const> file, http::BodyWriter& out) {
    crypto::Hasher hasher(crypto::Hasher::Kind::sha256);
    for (std::int32_t number = 0; number != file->chunks; ++number) {
        auto const part =
            co_await holders.evidence_part(std::chrono::steady_clock::now() + patience, file, number);
        if (!part) throw FaultError(part.error());
        hasher.update(as_bytes(*part));
        if (number + 1 == file->chunks && hasher.finish() != file->row.digest)
            throw FaultError(Fault{.cause = "evidence differs from its digest"});
        if (!co_await out.write(*part)) co_return;
    }
}

template <class S, class Of>
awaitable<Response> download(S& holders, Of of, Request& request) {
    auto holder = of.of(request);
    if (!holder) co_return http::problem_response(holder.error(), request);
    auto id = id_in_path<EvidenceId>(request, "evidence_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto found = co_await holders.evidence(caller_of(request), *holder, *id);
    if (!found) co_return http::problem_response(found.error(), request);
    auto const file = std::make_shared<EvidenceDownload>(std::move(*found));
    Response response;
    if (file->chunks == 0)
        response.body = std::move(file->bytes);
    else
        response.stream = [&holders, file](http::BodyWriter& out) { return send_chunks(holders, file, out); };
    response.set("Content-Type", file->content_type);
    // Stored bytes of third parties must not be rendered as a page of this site.
    response.set("Content-Disposition", attachment(file->name));
    co_return response;
}

awaitable<Response> exclude(VerificationService& verifications, Request& request) {
    auto task = id_in_path<TaskId>(request, "task_id");
    if (!task) co_return http::problem_response(task.error(), request);
    auto id = id_in_path<EvidenceId>(request, "evidence_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto body = read_body(request, service::Exclusion::read);
    if (!body) co_return http::problem_response(body.error(), request);
    co_return answer(
        co_await verifications.exclude_evidence(caller_of(request), *task, *id, std::move(*body)), request);
}

/// Options of taking in a piece.
template <class S, class Of>
http::RouteOptions taking_in(S& holders, Of of, Policy givers) {
    http::RouteOptions options = allow(givers, service::max_evidence_bytes + envelope);
    options.accepts = {"*/*"};
    options.parameters = {{"kind", "name"}};
    options.stream_body = true;
    options.stream_holds = 2 * service::EvidenceIntake::chunk_bytes;
    options.admit = [&holders, of](Request& request) -> awaitable<Outcome<void>> {
        auto id = of.of(request);
        if (!id) co_return id.error();
        co_return co_await holders.expects_evidence(sender_of(holders, request), *id);
    };
    return options;
}

/// Taking in a piece below `all`, and handing it out.
template <class S, class Of>
std::vector<Route> routes_of(S& holders, Of of, std::string const& all, Policy givers, Policy readers) {
    std::vector<Route> routes;
    routes.push_back({Method::post, all,
                      [&holders, of](Request& request) { return upload(holders, of, request); },
                      taking_in(holders, of, givers)});
    routes.push_back({Method::get, all + "/{evidence_id}",
                      [&holders, of](Request& request) { return download(holders, of, request); },
                      allow(readers)});
    return routes;
}

}  // namespace

std::vector<Route> evidence_routes(VerificationService& verifications) {
    Policy const inspectors = Policy::one_of({Role::verifier});
    std::string const all = "/v1/verifications/{task_id}/evidence";
    auto routes = routes_of(verifications, Holder<TaskId>{"task_id"}, all, inspectors,
                            Policy::one_of({Role::verifier, Role::reviewer, Role::decider}));
    routes.push_back({Method::post, all + "/{evidence_id}/exclusion",
                      [&verifications](Request& request) { return exclude(verifications, request); },
                      allow(inspectors)});
    return routes;
}

std::vector<Route> signed_paper_routes(service::SignedPaperService& papers) {
    return routes_of(papers, CommitmentHolder{}, "/v1/commitments/{code}/signed-paper",
                     Policy::one_of({Role::clerk}),
                     Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider}));
}

std::vector<Route> receipt_routes(FindingService& findings) {
    return routes_of(
        findings, Holder<FindingId>{"finding_id"}, "/v1/findings/{finding_id}/evidence",
        Policy::one_of({Role::verifier, Role::clerk}),
        Policy::one_of({Role::verifier, Role::clerk, Role::reviewer, Role::decider, Role::supervisor}));
}

std::vector<Route> case_file_routes(service::CaseFileService& files, std::string const& one,
                                    std::string_view name) {
    return routes_of(
        files, CaseHolder{name}, one + "/evidence", Policy::one_of({Role::clerk, Role::verifier}),
        Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor}));
}

Route own_file_route(service::CaseWindow& window) {
    CaseHolder const of{"filing_id"};
    return {Method::post, "/public/v1/my-case/filings/{filing_id}/files",
            [&window, of](Request& request) { return upload(window, of, request); },
            for_visitor(window, taking_in(window, of, Policy::everyone()))};
}

}  // namespace sponsio::api
