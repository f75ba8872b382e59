#include "tests/service/finding_world.hpp"

#include "crypto/secret.hpp"
#include "server/domain/commitment.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/row_proofs.hpp"
#include "server/store/matters.hpp"
#include "server/store/organisations.hpp"
#include "server/store/persons.hpp"

namespace sponsio::testing {
namespace {

using domain::CheckResult;

constexpr std::string_view region = "110105";

crypto::Secret key_of(std::uint8_t byte) {
    return crypto::Secret(Bytes(32, byte));
}

service::Vault make_vault() {
    std::vector<crypto::MasterKey> masters;
    masters.push_back({"test-master", key_of(1)});
    return {crypto::MasterKeys(std::move(masters)), blind_index()};
}

domain::MatterVersion housing_matter() {
    domain::MatterVersion version{.name = {"Public rental housing", "公租房资格确认"},
                                  .replaces_item = {},
                                  .legal_basis = {{"优化营商环境条例", "第四十四条"}},
                                  .demanding_unit = "示例区住房保障中心",
                                  .issuing_unit = "示例街道",
                                  .action_kind = domain::ActionKind::confirmation,
                                  .level = domain::Level::county,
                                  .points = {},
                                  .content = {"I own no housing.", "本人名下无住房。"},
                                  .breach_liability = {"The confirmation is revoked.", "撤销资格确认。"},
                                  .type = domain::CommitmentType::proof_matter,
                                  .verification = {.mode = domain::VerifyMode::online,
                                                   .within_days = 20,
                                                   .day_kind = domain::DayKind::working,
                                                   .inspectors = 1,
                                                   .unit_uscc = {}},
                                  .publication_type = domain::PublicationType::not_public,
                                  .valid_from = std::chrono::year{2026} / 1 / 1};
    for (std::size_t i = 2; i != version.points.size(); ++i) version.points[i] = Bilingual{"Point", "内容"};
    return version;
}

crypto::Digest digest_of(std::string const& text) {
    return crypto::sha256(as_bytes(text));
}

Json commitment_content(std::string const& code) {
    using domain::JsonObject;
    return JsonObject{
        {"salt", "c2FsdHNhbHRzYWx0c2FsdA"},
        {"commitment_code", code},
        {"matter_code", "GZF-1"},
        {"matter_version", 1},
        {"accepted_by", "111101050000000191"},
        {"committer",
         JsonObject{{"kind", "natural_person"},
                    {"name", "欧阳示例"},
                    {"document", JsonObject{{"type", "citizen_id"}, {"number", "11010519491231002X"}}}}},
        {"reason", "申请公租房资格确认"},
        {"remarks", Json()}};
}

}  // namespace

crypto::BlindIndex blind_index() {
    std::vector<crypto::BlindKey> keys;
    keys.push_back({"test-blind", crypto::Secret(Bytes(32, 2))});
    return crypto::BlindIndex(std::move(keys));
}

Instant china(std::string const& local) {
    auto const as_utc = parse_rfc3339(local + "Z");
    if (!as_utc) throw std::invalid_argument(local);
    return *as_utc - std::chrono::hours{8};
}

void FindingWorld::SetUp() {
    PgFixture::SetUp();
    vault = std::make_unique<service::Vault>(make_vault());
    executor = std::make_unique<db::DbExecutor>(db::ExecutorOptions{
        .connection = db::with_before_commit(app(), service::row_prover(*vault)), .threads = 4});
    rules = std::make_unique<domain::Rules>(domain::Rules::from_resources().value());
    calendar = std::make_unique<domain::WorkingCalendar>(domain::WorkingCalendar::from_resources().value());
    verifications = std::make_unique<service::VerificationService>(ground());
    findings = std::make_unique<service::FindingService>(service::FindingParts{ground()});

    Agency const agency = add_agency("111101050000000191", "示例区住房和城乡建设委员会");
    add_account(agency, "clerk", "张三", {Role::clerk, Role::verifier});
    add_account(agency, "verifier", "李四", {Role::verifier, Role::reviewer, Role::decider});
    add_account(agency, "verifier2", "阿卜杜拉·买买提", {Role::verifier});
    add_account(agency, "verifier3", "吴九", {Role::verifier});
    add_account(agency, "reviewer", "王五", {Role::reviewer, Role::decider});
    add_account(agency, "decider", "赵六", {Role::decider});
    add_account(agency, "supervisor", "钱七", {Role::supervisor});
    Agency const other = add_agency("11110105000000027U", "示例区民政局");
    add_account(other, "stranger", "孙八", {Role::verifier, Role::reviewer, Role::decider});
    add_matter(agency);
}

service::Ground FindingWorld::ground() {
    return {.db = *executor,
            .vault = *vault,
            .matters = matters,
            .rules = *rules,
            .calendar = *calendar,
            .clock = clock};
}

void FindingWorld::TearDown() {
    findings.reset();
    verifications.reset();
    executor.reset();
    PgFixture::TearDown();
}

FindingWorld::Agency FindingWorld::add_agency(std::string const& uscc, std::string const& name) {
    Agency const agency{service::new_id<OrganisationId>(clock.now()), uscc, name};
    service::insert_proven(db(), *vault,
                           store::Organisation{agency.id, uscc, name, domain::OrganisationKind::government,
                                               std::string(region), std::nullopt, clock.now()});
    return agency;
}

PersonId FindingWorld::add_person(std::string const& who) {
    auto const id = service::new_id<PersonId>(clock.now());
    auto const index = crypto::sha256(as_bytes(who));
    service::insert_proven(db(), *vault,
                           store::Person{id, {index.begin(), index.end()}, {{0}, {}, {}}, clock.now()});
    return id;
}

void FindingWorld::close_account(db::PgSession& session, std::string const& login) {
    auto row = store::lock_account(session, account(login)).value();
    service::change_proven(session, *vault, row, [&](auto& closed) { closed.closed_at = clock.now(); });
}

void FindingWorld::add_account(Agency const& agency, std::string const& login, std::string const& name,
                               std::vector<Role> const& roles) {
    auto const id = service::new_id<AccountId>(clock.now());
    std::vector<std::string> words;
    domain::Roles set;
    for (Role role : roles) {
        words.emplace_back(domain::word(role));
        set.add(role);
    }
    service::insert_proven(
        db(), *vault,
        store::Account{id, agency.id, login, name, words, clock.now(), std::nullopt, add_person(login)});
    people_[login] = std::make_shared<domain::Official const>(
        domain::Official{.token = service::new_id<TokenId>(clock.now()),
                         .account = id,
                         .organisation = agency.id,
                         .organisation_uscc = agency.uscc,
                         .organisation_name = agency.name,
                         .region_code = std::string(region),
                         .roles = set,
                         .expires_at = china("2027-01-01T00:00:00")});
}

void FindingWorld::add_matter(Agency const& agency) {
    domain::MatterVersion version = housing_matter();
    shape(version.verification);
    department_ = version.verification.department;
    std::string const content = json::canonical(version.to_json());
    matter_ = service::new_id<MatterId>(clock.now());
    notice_ = service::new_id<NoticeId>(clock.now());
    store::insert_matter(db(), {.matter = *matter_,
                                .organisation = agency.id,
                                .matter_code = "GZF-1",
                                .newest_version = 1,
                                .version = 1,
                                .content = content,
                                .digest = digest_of(content),
                                .created_by = account("supervisor"),
                                .created_at = clock.now()});
    store::insert(db(), store::Notice{.id = *notice_,
                                      .matter = *matter_,
                                      .matter_version = 1,
                                      .organisation = agency.id,
                                      .channel = domain::NoticeChannel::counter,
                                      .language = domain::NoticeLanguage::chinese,
                                      .content = "{}",
                                      .digest = digest_of("{}"),
                                      .issued_by = account("clerk"),
                                      .issued_at = clock.now()});
    service::prove_notes(db(), *vault, store::notes_without_proof(db()));  // as the server that gave it
}

FindingWorld::Filed FindingWorld::file_commitment() {
    return file_commitment(china("2026-03-31T00:00:00"));
}

FindingWorld::Filed FindingWorld::file_commitment(Instant task_ends) {
    Instant const now = clock.now();
    std::string const code = domain::commitment_code(region, china_date(now), ++serial_);
    std::string const content = json::canonical(commitment_content(code));
    auto const task = service::new_id<TaskId>(now);
    auto const organisation = people_.at("clerk")->organisation;
    std::optional<store::FirstInquiry> question;
    if (!department_.empty()) question = store::FirstInquiry{service::new_id<InquiryId>(now), department_};
    store::NewCommitment const row{
        .code = code,
        .notice = *notice_,
        .matter = *matter_,
        .matter_version = 1,
        .organisation = organisation,
        .filed_by = account("clerk"),
        .made_on = china_date(now),
        .valid_until = {},
        .committer_kind = "natural_person",
        .committer_index = Bytes(32, 7),
        .sealed = vault->seal(content, store::content_label(code)),
        .content_digest = digest_of(content),
        .state = domain::CommitmentState::effective,
        .task = store::NewTask{.id = task,
                               .organisation = organisation,
                               .mode = "online",
                               .end = {task_ends, "verify.matter 20 working_days; GZF-1 1; cn-2026"},
                               .question = question},
        .key = "file-" + std::to_string(serial_),
        .request_digest = digest_of(code),
        .leaf_index = 0};
    db::Tx tx(db());
    db::Pipeline all;
    store::add_commitments(all, {&row, 1}, 0, now);
    tx.commit_with(all);
    return {code, task};
}

service::Caller<domain::Official> FindingWorld::as(std::string const& who) const {
    return {people_.at(who), std::chrono::steady_clock::now() + std::chrono::seconds{30}};
}

AccountId FindingWorld::account(std::string const& who) const {
    return people_.at(who)->account;
}

service::RequestOnce FindingWorld::fresh_key() {
    std::string const key = "key-" + std::to_string(++keys_);
    return {key, digest_of(key)};
}

service::EvidenceUpload FindingWorld::a_file(std::string const& bytes) {
    return {domain::EvidenceKind::documentary, "户籍档案.txt", "text/plain; charset=utf-8", taken_in(bytes)};
}

std::shared_ptr<service::EvidenceIntake const> FindingWorld::taken_in(std::string_view bytes) {
    auto intake = verifications->take_in();
    // In pieces, as a connection gives them.
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 40'000)))
        intake->write(bytes.substr(0, 40'000)).value();
    intake->finish().value();
    return intake;
}

EvidenceId FindingWorld::add_evidence(TaskId task, std::string const& bytes, std::string const& who) {
    auto const made = await(verifications->add_evidence(as(who), fresh_key(), task, a_file(bytes))).value();
    return *EvidenceId::parse(domain::parse_json(made.body).value().at("evidence_id").as_string());
}

EvidenceId FindingWorld::check(Filed const& filed, CheckResult result) {
    await(verifications->claim(as("verifier"), filed.task)).value();
    await(verifications->start(as("verifier"), filed.task)).value();
    EvidenceId const evidence = add_evidence(filed.task);
    await(verifications->conclude(as("verifier"), filed.task,
                                  {result, china_date(clock.now()), "登记信息与承诺不一致。"}))
        .value();
    await(verifications->close(as("verifier"), filed.task)).value();
    return evidence;
}

std::string FindingWorld::commitment_state(std::string const& code) {
    return std::string(domain::word(store::commitment_by_code(db(), code)->state));
}

std::vector<std::string> FindingWorld::moves(std::string const& subject) {
    std::vector<std::string> list;
    for (auto const& event : store::history(db(), subject))
        list.push_back(event.from.value_or("") + ">" + event.to);
    return list;
}

std::int64_t FindingWorld::count(std::string const& table) {
    static constexpr db::BinaryQuery tables[] = {
        {"test.findings", "select count(*) from finding"},
        {"test.evidence", "select count(*) from evidence"},
        {"test.exposures", "select count(*) from exposure"},
        {"test.exposure_reports", "select count(*) from exposure_report"},
        {"test.events", "select count(*) from event"},
        {"test.documents", "select count(*) from document"},
        {"test.clocks", "select count(*) from finding_clock"},
        {"test.open_clocks", "select count(*) from finding_open_clock"},
        {"test.commitments", "select count(*) from commitment"},
        {"test.tasks", "select count(*) from verification_task"},
        {"test.alarms", "select count(*) from task_alarm"},
        {"test.statements", "select count(*) from finding_statement"}};
    for (auto const& query : tables)
        if (query.name == "test." + table) return db().exec(query)[0].get<std::int64_t>(0);
    throw std::invalid_argument(table);
}

}  // namespace sponsio::testing
