#include "server/app/cli.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/query_history.hpp"

#include <iostream>
#include <memory>
#include <unistd.h>

/// `sponsio audit`: the two trails for whoever keeps them elsewhere.
namespace sponsio::app {
namespace {

struct Arguments {
    DatabaseOptions database;
    std::string trail, format = "jsonl";
    std::uint64_t after = 0;
};

constexpr int lines_a_page = 1000;

/// A line of RFC 5424: facility 13 (log audit), severity 6 (informational). The trail is the MSGID; the
/// message is the JSON, in UTF-8 as its mark says.
class Syslog {
  public:
    Syslog() {
        char name[256] = {};
        if (gethostname(name, sizeof name - 1) == 0 && name[0] != '\0') host_ = name;
    }

    [[nodiscard]] std::string line(std::string const& trail, std::string const& at,
                                   std::string const& json) const {
        return "<110>1 " + at + " " + host_ + " sponsio - " + trail + " - \xEF\xBB\xBF" + json;
    }

  private:
    std::string host_ = "-";
};

class Export {
  public:
    explicit Export(Arguments const& a) : a_(a) {}

    void run() {
        with_session(a_.database, [this](db::PgSession& session) -> Outcome<void> {
            if (a_.trail == "events")
                events(session);
            else
                queries(session);
            return {};
        });
    }

  private:
    void events(db::PgSession& session) {
        auto after = static_cast<std::int64_t>(a_.after);
        while (true) {
            auto const page = store::events_after(session, {.after = after, .limit = lines_a_page});
            for (auto const& row : page.rows) say(row.event.at, service::audit_view(row));
            if (page.looked <= after) return;
            after = page.looked;
        }
    }

    void queries(db::PgSession& session) {
        auto after = static_cast<std::int64_t>(a_.after);
        while (true) {
            auto const page = store::personal_queries_after(session, {.after = after, .limit = lines_a_page});
            if (page.empty()) return;
            for (auto const& row : page) say(row.query.at, service::query_view(row));
            after = page.back().id;
        }
    }

    void say(Instant at, domain::Json const& json) const {
        std::string const text = json::write(json);
        std::cout << (a_.format == "syslog" ? syslog_.line(a_.trail, to_rfc3339(at), text) : text) << "\n";
    }

    Arguments const& a_;
    Syslog syslog_;
};

}  // namespace

void add_audit_commands(CLI::App& app) {
    auto const a = std::make_shared<Arguments>();
    auto* audit =
        app.add_subcommand("audit", "The trails of what was done and of who looked at personal data");
    audit->require_subcommand(1);
    auto* all = audit->add_subcommand("export", "Writes a trail to standard output, one line each");
    add_database_options(*all, a->database);
    all->add_option("--trail", a->trail, "events: what was done; queries: who looked at whose data")
        ->type_name("WORD")
        ->check(one_of({"events", "queries"}))
        ->required();
    all->add_option("--format", a->format, "jsonl: JSON lines; syslog: lines of RFC 5424")
        ->type_name("WORD")
        ->check(one_of({"jsonl", "syslog"}))
        ->capture_default_str();
    all->add_option("--after", a->after, "Goes on after the event_id or query_id of the last line")
        ->type_name("N")
        ->transform(whole_number(0, 9'000'000'000'000'000'000));
    all->callback([a] { Export(*a).run(); });
}

}  // namespace sponsio::app
