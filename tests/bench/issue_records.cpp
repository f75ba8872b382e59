// Issues records of many effective findings, logs them, and prints how long that took as one JSON object:
// records, milliseconds, and the processor time of each record in this process and in PostgreSQL's,
// in nanoseconds. Findings and their papers are made before the clock starts, and the first tenth of the
// records is issued before it: it warms everything up.

#include "server/service/filing/service.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/findings/proof.hpp"
#include "server/store/columns.hpp"
#include "tests/service/known_regions.hpp"
#include "tests/service/log_world.hpp"
#include "tests/service/record_world.hpp"
#include "text/json.hpp"

#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <sys/resource.h>
#include <thread>

namespace sponsio::testing {
namespace {

using namespace std::chrono;

// What issuing reads of a finding, again and again under other names. Whatever is sealed is bound to the
// name.
constexpr db::BinaryQuery copy_commitments{
    "bench.commitments",
    "insert into commitment select r.* from commitment c, "
    "unnest($2::text[], $3::bytea[], $4::bytea[]) as q(code, sealed, wrapped_key), "
    "jsonb_populate_record(c, jsonb_build_object('code', q.code, 'sealed', q.sealed, 'wrapped_key', "
    "q.wrapped_key)) as r where c.code = $1"};
constexpr db::BinaryQuery copy_findings{
    "bench.findings",
    "insert into finding select r.* from finding f, "
    "unnest($2::uuid[], $3::text[], $4::bytea[], $5::bytea[]) as q(finding_id, code, draft, wrapped_key), "
    "jsonb_populate_record(f, jsonb_build_object('finding_id', q.finding_id, 'task_id', gen_random_uuid(), "
    "'commitment_code', q.code, 'draft', q.draft, 'wrapped_key', q.wrapped_key)) as r "
    "where f.finding_id = $1"};
constexpr db::BinaryQuery copy_decisions{
    "bench.decisions",
    "with paper as (insert into document select r.* from document d, unnest($2::uuid[]) as q(finding_id), "
    "jsonb_populate_record(d, jsonb_build_object('document_id', gen_random_uuid(), 'finding_id', "
    "q.finding_id)) as r where d.finding_id = $1 and d.kind = 'decision' returning document_id) "
    "insert into service_of_document select r.* from paper p, document d "
    "join service_of_document s using (document_id), "
    "jsonb_populate_record(s, jsonb_build_object('document_id', p.document_id)) as r "
    "where d.finding_id = $1 and d.kind = 'decision'"};
constexpr db::BinaryQuery select_backends{
    "bench.backends", "select pid from pg_stat_activity where datname = current_database()"};

/// Processor time so far.
struct Spent {
    nanoseconds process;
    nanoseconds database;
};

nanoseconds of_this_process() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    auto const of = [](timeval const& t) { return seconds(t.tv_sec) + microseconds(t.tv_usec); };
    return of(used.ru_utime) + of(used.ru_stime);
}

/// One row of tests/service/finding_world.hpp's making, from which the others are copied.
struct Pattern {
    FindingId finding;
    std::string code;
    std::string commitment;
    std::string text;
    service::Events steps;
};

class Bulk : public RecordFixture {
  public:
    void TestBody() override {}

    void measure(int wanted) {
        PgServer::work_as_in_earnest();
        SetUp();
        make_findings(wanted);
        LogWorld log(*executor, clock);
        service::FilingService writer({.connection = app(), .shards = log.prepare().value()},
                                      {ground(), known_regions(), terms}, log.writer_parts());
        issue_until(wanted / 10, writer);
        int const before = issued_;
        Spent const spent = spent_so_far();
        auto const begin = steady_clock::now();
        issue_until(wanted, writer);
        auto const took = steady_clock::now() - begin;
        Spent const now = spent_so_far();
        int const records = wanted - before;
        if (records <= 0)
            throw std::runtime_error("a round issued all " + std::to_string(wanted) +
                                     " records before the clock started: ask for 2000 or more");
        writer.stop();
        std::cout << json::write(
                         json::Object{{"records", records},
                                      {"milliseconds", duration_cast<milliseconds>(took).count()},
                                      {"process_ns", (now.process - spent.process).count() / records},
                                      {"database_ns", (now.database - spent.database).count() / records}})
                  << std::endl;
        TearDown();
    }

  private:
    void make_findings(int wanted) {
        FindingId const first = effective();
        auto const row = store::findings_for_records(db(), {&first, 1}).at(0);
        Pattern const pattern{first, row.commitment_code,
                              vault->open(row.commitment, store::content_label(row.commitment_code)).value(),
                              vault->open(row.text, service::draft_label(first)).value(),
                              store::history(db(), first.text())};
        for (int made = 1; made < wanted; made += 1000) copy(pattern, made, std::min(1000, wanted - made));
        admin().command("vacuum analyze");
    }

    void copy(Pattern const& pattern, int from, int count) {
        db::Array<std::string> codes;
        db::Array<FindingId> findings;
        std::vector<FindingId> made;
        store::SealedArrays commitments, texts;
        for (int n = from; n != from + count; ++n) {
            // Behind the serials that the world itself gives out.
            std::string const code =
                domain::commitment_code("110105", china_date(china("2026-03-02T09:00:00")), 1000 + n);
            auto const finding = service::new_id<FindingId>(clock.now());
            std::string content = pattern.commitment;
            content.replace(content.find(pattern.code), code.size(), code);
            codes.push(code);
            findings.push(finding);
            made.push_back(finding);
            commitments.push(vault->seal(content, store::content_label(code)));
            texts.push(vault->seal(pattern.text, service::draft_label(finding)));
        }
        db().exec(copy_commitments,
                  db::Params().add(pattern.code).add(codes).add(commitments.contents).add(commitments.keys));
        db::Tx together(db());  // a finding and its steps
        db().exec(
            copy_findings,
            db::Params().add(pattern.finding).add(findings).add(codes).add(texts.contents).add(texts.keys));
        db().exec(copy_decisions, db::Params().add(pattern.finding).add(findings));
        for (FindingId const finding : made) service::prove_steps(db(), *vault, finding, pattern.steps);
        together.commit();
    }

    /// Until so many are issued and logged. Two issuers, as in the server: one computes while the database
    /// works for the other.
    void issue_until(int wanted, service::FilingService& writer) {
        {
            std::jthread const other([&] { issue_share(1, wanted, writer); });
            issue_share(0, wanted, writer);
        }
        while (store::pending_leaves(db()).first != 0) std::this_thread::sleep_for(milliseconds(1));
    }

    void issue_share(int part, int wanted, service::FilingService& writer) {
        auto const mine = make_service({.share = {.part = part, .parts = 2}});
        while (issued_ < wanted) {
            auto const count = mine->round(soon()).value();
            if (count.failed) throw std::runtime_error("a record was not issued");
            issued_ += static_cast<int>(count.issued);
            writer.log_waiting();
            if (count.drafted + count.issued == 0) std::this_thread::sleep_for(milliseconds(1));
        }
    }

    Spent spent_so_far() {
        Spent spent{of_this_process(), {}};
        for (auto const& row : db().exec(select_backends)) {
            std::ifstream file("/proc/" + std::to_string(row.get<std::int32_t>(0)) + "/schedstat");
            std::int64_t on_processor = 0;
            file >> on_processor;
            spent.database += nanoseconds(on_processor);
        }
        return spent;
    }

    std::atomic<int> issued_ = 0;
};

}  // namespace
}  // namespace sponsio::testing

int main(int argc, char** argv) {
    int const wanted = argc > 1 ? std::stoi(argv[1]) : 10'000;
    try {
        sponsio::testing::Bulk().measure(wanted);
        return 0;
    } catch (std::exception const& error) {
        std::cerr << "issue_records: " << error.what() << "\n";
        return 1;
    }
}
