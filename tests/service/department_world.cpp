#include "tests/service/department_world.hpp"

namespace sponsio::testing {

using client::DepartmentReply;
using domain::InquiryAnswer;
using domain::InquiryQuestion;

DepartmentReply ScriptedDepartment::ask(std::string question, Deadline) {
    auto const jws = crypto::jws_verify(question, [this](std::string_view) { return std::optional(asker_); },
                                        {.typ = std::string(domain::inquiry_type), .ed25519 = false});
    if (!jws) return {Kind::refused, {}, "status_403", {}};
    auto parsed = InquiryQuestion::parse(to_string(jws->payload));
    if (!parsed || parsed->content.department != "civil_affairs")
        return {Kind::refused, {}, "status_422", {}};
    {
        std::lock_guard const lock(mutex_);
        asked.push_back(*parsed);
    }
    return script(*parsed);
}

DepartmentReply ScriptedDepartment::signed_by(crypto::Signer const& signer, std::string const& payload,
                                              std::string_view typ) const {
    return {Kind::answered, crypto::jws_sign(typ, payload, signer), {}, {}};
}

DepartmentReply ScriptedDepartment::answered(InquiryQuestion const& question, InquiryAnswer answer,
                                             std::function<void(domain::InquiryReply&)> const& change) const {
    domain::InquiryReply reply{
        .issuer = "civil_affairs",
        .audience = question.content.issuer,
        .jti = Uuid::v7(Instant{question.issued_at}, crypto::system_entropy().array<10>()).text(),
        .in_reply_to = question.content.jti,
        .issued_at = question.issued_at,
        .answer = answer};
    change(reply);
    return signed_by(signer_, reply.payload());
}

void DepartmentWorld::shape(domain::VerificationPlan& plan) const {
    plan.department = "civil_affairs";
    plan.query = "marriage_status";
    plan.auto_close = auto_close;
}

void DepartmentWorld::SetUp() {
    FindingWorld::SetUp();
    gateway = std::make_unique<ScriptedDepartment>(asker.public_key());
    answer_always(InquiryAnswer::match);
    known = {department()};
    checks = another();
    assist = std::make_unique<service::AssistService>(ground(), "https://sponsio.example", known);
}

void DepartmentWorld::TearDown() {
    assist.reset();
    checks.reset();
    FindingWorld::TearDown();
}

service::Department DepartmentWorld::department() const {
    return {.word = "civil_affairs",
            .name = {"Civil affairs", "示例区民政局"},
            .url = "https://gateway.example",
            .key = gateway->key(),
            .max_per_second = 1000,
            .attempts = 3,
            .assist_unit_uscc = "11110105000000027U"};
}

std::unique_ptr<service::InquiryService> DepartmentWorld::another(service::InquiryOptions options) {
    options.issuer = "https://sponsio.example";
    auto sign = [this](std::string_view payload, Instant) -> Outcome<std::string> {
        return crypto::jws_sign(domain::inquiry_type, payload, asker);
    };
    return std::make_unique<service::InquiryService>(ground(), known.front(), *gateway, sign,
                                                     crypto::system_entropy(), std::move(options));
}

void DepartmentWorld::answer_always(InquiryAnswer answer) {
    gateway->script = [this, answer](InquiryQuestion const& q) { return gateway->answered(q, answer); };
}

void DepartmentWorld::fall_silent() {
    gateway->script = [](InquiryQuestion const&) {
        return DepartmentReply{Kind::not_sent, {}, "connect", {}};
    };
}

store::InquiryRow DepartmentWorld::inquiry_of(Filed const& filed) {
    auto const rows =
        store::checks_in(db(), {.organisation = as("clerk").who->organisation, .task = filed.task});
    if (rows.size() != 1) throw std::runtime_error("not one question");
    return rows.front();
}

std::vector<std::string> DepartmentWorld::reasons_of(Filed const& filed) {
    std::vector<std::string> words;
    TaskId const task = filed.task;
    for (auto const& [id, reason] : store::reasons_of(db(), {&task, 1}))
        words.emplace_back(domain::word(reason.reason));
    return words;
}

std::string DepartmentWorld::task_state(Filed const& filed) {
    return std::string(domain::word(store::task_by_id(db(), filed.task)->state));
}

std::size_t DepartmentWorld::evidence_of(Filed const& filed) {
    return store::evidence_count(db(), filed.task);
}

std::vector<Json> DepartmentWorld::tickets(service::TicketFilter question, std::string const& who) {
    return await(assist->tickets(as(who), std::move(question))).value().items;
}

std::int64_t DepartmentWorld::rows(std::string const& from) {
    return static_cast<std::int64_t>(admin().command("select 1 from " + from).size());
}

}  // namespace sponsio::testing
