#include "server/api/bulk.hpp"

#include "server/api/commitments.hpp"
#include "server/api/common.hpp"
#include "server/api/line_reader.hpp"
#include "server/api/sheet_body.hpp"
#include "server/base/form.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <deque>
#include <memory>

namespace sponsio::api {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using service::BulkFiled;
using service::BulkFiling;
using service::Validated;

constexpr std::size_t longest_line = std::size_t{64} << 10;     // bytes
constexpr std::size_t largest_body = std::size_t{256} << 20;    // bytes
constexpr std::size_t lines_together = 256, most_together = 4;  // lines wait in so many crowds
constexpr std::size_t bytes_together = std::size_t{256} << 10;  // of the lines of a crowd, and one line more
constexpr std::size_t runs_at_once = 32;         // of the whole process; each holds some crowds
constexpr std::size_t workbooks_at_once = 4;     // of the whole process; each is held in memory
constexpr std::size_t longest_key = 240;         // leaves room for "/<line>"
constexpr std::size_t lines_of_progress = 1000;  // at least so many between two lines that say how far it is
constexpr auto patience = 30s;                   // of one crowd

/// What the caller wants beside the filing.
struct BulkWishes {
    bool validate_only = false;
    bool progress = false;

    static Outcome<BulkWishes> of(Request const& request) {
        auto const validate_only = flag_in_query(request, "validate_only");
        auto const progress = flag_in_query(request, "progress");
        Fault refused{.problem = &problem::invalid};
        for (auto const* flag : {&validate_only, &progress})
            if (!*flag) refused.fields.push_back(flag->error().fields.front());
        if (!refused.fields.empty()) return refused;
        return BulkWishes{*validate_only, *progress};
    }
};

/// How many lines were answered, and how.
struct Counts {
    std::int64_t filed = 0;
    std::int64_t replayed = 0;
    std::int64_t valid = 0;  ///< where they were checked only
    std::int64_t refused = 0;

    [[nodiscard]] std::int64_t all() const { return filed + replayed + valid + refused; }

    /// The one line that ends the answer, or says how far it is.
    [[nodiscard]] std::string line(char const* what, std::optional<bool> complete) const {
        json::ObjectText counts;
        counts.add("lines", all());
        counts.add("filed", filed).add("replayed", replayed).add("valid", valid).add("refused", refused);
        if (complete) counts.add("complete", *complete);
        json::ObjectText text;
        text.add_written(what, std::move(counts).take());
        return std::move(text).take() + "\n";
    }
};

/// Lines that are filed together. A line refused before filing has its fault here.
struct Crowd {
    std::size_t first_line = 0;
    std::size_t bytes = 0;
    std::vector<Outcome<std::size_t>> lines{};  ///< the place of each among the filings
    std::vector<BulkFiling> filings{};
    std::vector<Outcome<BulkFiled>> filed{};
    std::vector<Outcome<Validated>> checked{};  ///< in place of `filed`, where nothing is to be filed
    bool done = false;
};

Fault line_too_long() {
    std::string const bytes = std::to_string(longest_line);
    return fault(problem::too_large, "A line may have at most " + bytes + " bytes.",
                 "每行最多 " + bytes + " 字节。");
}

Fault answers_not_read() {
    return fault(problem::too_large,
                 "So many answers wait unread that no more can be kept. Repeat this request with the same "
                 "Idempotency-Key and with the lines before this one left empty, or read while you send.",
                 "未读取的应答过多，无法继续保存。请以相同的 Idempotency-Key "
                 "重新提交本请求，并将此行之前各行留空；或边发送边读取应答。");
}

/// A slot among the requests of one kind, `most` of which are answered at once.
class Place {
  public:
    Place(std::shared_ptr<std::atomic<std::size_t>> taken, std::size_t most)
        : taken_(std::move(taken)), free_(taken_->fetch_add(1) < most) {}

    ~Place() { taken_->fetch_sub(1); }

    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;

    [[nodiscard]] bool free() const noexcept { return free_; }

  private:
    std::shared_ptr<std::atomic<std::size_t>> taken_;
    bool free_;
};

/// One request: reads lines while earlier ones are being filed, and answers in their order. A client may send
/// all lines before it reads an answer, or wait for each answer. Runs on the connection's own thread.
class BulkRun : public std::enable_shared_from_this<BulkRun> {
  public:
    BulkRun(service::FilingService& filing, service::EligibilityService& eligibility, Request& request,
            std::string key, BulkWishes wishes, std::shared_ptr<SheetBody> sheet,
            asio::any_io_executor executor)
        : filing_(filing),
          eligibility_(eligibility),
          request_(request),
          wishes_(wishes),
          key_(std::move(key)),
          sheet_(std::move(sheet)),
          executor_(std::move(executor)),
          lines_(sheet_ ? *sheet_ : *request.body_stream, longest_line),
          news_(executor_) {}

    awaitable<void> run(http::BodyWriter& out);

  private:
    awaitable<bool> read_crowd(http::BodyWriter& out);
    void take(LineReader::Got got);
    void send_off();
    awaitable<void> first_is_done();
    awaitable<void> answer_first(http::BodyWriter& out);
    std::string answer_to(Crowd const& crowd, std::size_t i);
    std::string answer_filed(std::size_t line, Outcome<BulkFiled> const& filed);
    std::string answer_checked(std::size_t line, Outcome<Validated> const& checked);
    std::string refusal(std::size_t line, Fault fault);
    std::string key_of_line(Json const& body) const;

    service::FilingService& filing_;
    service::EligibilityService& eligibility_;
    Request& request_;
    BulkWishes wishes_;
    Counts counts_;
    std::int64_t told_ = 0;  ///< how many lines the last line of progress counted
    std::string key_;
    std::shared_ptr<SheetBody> sheet_;  ///< null if the lines came as such
    asio::any_io_executor executor_;
    LineReader lines_;
    asio::steady_timer news_;  ///< cancelled whenever a crowd is done
    std::size_t line_ = 0;     ///< number of the last line read
    std::shared_ptr<Crowd> next_ = std::make_shared<Crowd>();
    std::deque<std::shared_ptr<Crowd>> filing_now_;
    std::optional<Fault> broken_;  ///< why no more lines were read
    std::size_t unread_from_ = 0;  ///< the first line whose answer could not be kept; 0: all could
};

std::string BulkRun::refusal(std::size_t line, Fault fault) {
    ++counts_.refused;
    Response problem = http::problem_response(std::move(fault), request_);
    SheetNotes const notes = sheet_ ? sheet_->take_notes(line) : SheetNotes{};
    if (sheet_) problem.body = with_cells(problem.body, notes, request_.language);
    json::ObjectText text;
    text.add("line", static_cast<std::int64_t>(line))
        .add("status", std::int64_t{problem.status})
        .add_written("problem", problem.body);
    if (!notes.mended.empty()) text.add("mended", mended_view(notes, request_.language));
    return std::move(text).take() + "\n";
}

std::string BulkRun::answer_to(Crowd const& crowd, std::size_t i) {
    std::size_t const line = crowd.first_line + i;
    if (!crowd.lines[i]) return refusal(line, crowd.lines[i].error());
    std::size_t const place = *crowd.lines[i];
    return wishes_.validate_only ? answer_checked(line, crowd.checked[place])
                                 : answer_filed(line, crowd.filed[place]);
}

std::string BulkRun::answer_checked(std::size_t line, Outcome<Validated> const& checked) {
    if (!checked) return refusal(line, checked.error());
    ++counts_.valid;
    json::ObjectText text;
    text.add("line", static_cast<std::int64_t>(line))
        .add("status", std::int64_t{200})
        .add_written("valid", json::write(view_of(*checked)));
    return std::move(text).take() + "\n";
}

std::string BulkRun::answer_filed(std::size_t line, Outcome<BulkFiled> const& filed) {
    if (!filed) return refusal(line, filed.error());
    ++(filed->replayed ? counts_.replayed : counts_.filed);
    json::ObjectText text;
    text.add("line", static_cast<std::int64_t>(line))
        .add("status", std::int64_t{201})
        .add_string("commitment_code", filed->code)
        .add("replayed", filed->replayed)
        .add_written("receipt", filed->receipt);
    if (SheetNotes const notes = sheet_ ? sheet_->take_notes(line) : SheetNotes{}; !notes.mended.empty())
        text.add("mended", mended_view(notes, request_.language));
    return std::move(text).take() + "\n";
}

/// A line with a reference of the filer's own is keyed by it, wherever in whichever file it stands; a row of
/// a table by its content, since rows move when people mend a table; another line by its place in this
/// request.
std::string BulkRun::key_of_line(Json const& body) const {
    Json const* reference = body.is_object() ? body.find("client_reference") : nullptr;
    if (reference && reference->is_string() && domain::parse_client_reference(reference->as_string()))
        return "client_reference/" + reference->as_string();
    if (sheet_) return "row/" + to_base64url(crypto::sha256(as_bytes(key_ + "\n" + json::canonical(body))));
    return key_ + "/" + std::to_string(line_);
}

/// Adds the line just read to the crowd being gathered.
void BulkRun::take(LineReader::Got got) {
    ++line_;
    if (next_->lines.empty()) next_->first_line = line_;
    next_->bytes += lines_.line().size();
    if (got == LineReader::Got::too_long) {
        next_->lines.emplace_back(line_too_long());
        return;
    }
    auto body = domain::parse_json(lines_.line());
    if (!body) {
        next_->lines.emplace_back(body.error());
        return;
    }
    next_->lines.emplace_back(next_->filings.size());
    auto once = request_once(request_, key_of_line(*body), *body);
    next_->filings.push_back({std::move(once), std::move(*body)});
}

void BulkRun::send_off() {
    if (next_->lines.empty()) return;
    std::shared_ptr<Crowd> const crowd = std::exchange(next_, std::make_shared<Crowd>());
    filing_now_.push_back(crowd);
    service::Caller<domain::Official> caller = caller_of(request_);
    caller.deadline = std::chrono::steady_clock::now() + patience;
    auto file = [](service::FilingService& filing, service::EligibilityService* only_check,
                   service::Caller<domain::Official> who, std::shared_ptr<Crowd> mine) -> awaitable<void> {
        if (only_check)
            mine->checked = co_await only_check->validate(std::move(who), std::move(mine->filings));
        else
            mine->filed = co_await filing.file_all(std::move(who), std::move(mine->filings));
    };
    auto* const only_check = wishes_.validate_only ? &eligibility_ : nullptr;
    asio::co_spawn(executor_, file(filing_, only_check, std::move(caller), crowd),
                   [self = shared_from_this(), crowd](std::exception_ptr failed) {
                       // A bug, not a refusal: every line of the crowd gets an internal fault.
                       if (failed) crowd->lines.assign(crowd->lines.size(), Outcome<std::size_t>(Fault{}));
                       crowd->done = true;
                       self->news_.cancel();
                   });
}

awaitable<void> BulkRun::first_is_done() {
    while (!filing_now_.front()->done) {
        news_.expires_after(patience);
        (void)co_await news_.async_wait(asio::experimental::as_tuple(asio::use_awaitable));
    }
}

awaitable<void> BulkRun::answer_first(http::BodyWriter& out) {
    co_await first_is_done();
    std::shared_ptr<Crowd> const crowd = std::move(filing_now_.front());
    filing_now_.pop_front();
    if (unread_from_ != 0) co_return;
    std::string text;
    Counts const before = counts_;
    for (std::size_t i = 0; i != crowd->lines.size(); ++i) text += answer_to(*crowd, i);
    if (wishes_.progress && counts_.all() - told_ >= static_cast<std::int64_t>(lines_of_progress)) {
        told_ = counts_.all();
        text += counts_.line("progress", {});
    }
    if (out.keep(text)) co_return;
    unread_from_ = crowd->first_line;
    counts_ = before;
}

/// Gathers lines until a crowd is full, or until no crowd is being filed and no line is
/// at hand. False: no more lines.
awaitable<bool> BulkRun::read_crowd(http::BodyWriter& out) {
    while (unread_from_ == 0 && next_->lines.size() < lines_together && next_->bytes < bytes_together) {
        if (!lines_.ready()) {
            // A crowd may grow while others are being filed; otherwise it is filed as it is.
            if (!filing_now_.empty()) {
                co_await answer_first(out);
                continue;
            }
            if (!next_->lines.empty()) co_return true;
        }
        auto const got = co_await lines_.next();
        if (!got) {
            broken_ = got.error();
            co_return false;
        }
        if (*got == LineReader::Got::end) co_return false;
        if (*got == LineReader::Got::line && lines_.line().empty()) {
            ++line_;  // an empty line is no filing, but it is counted
            if (!next_->lines.empty()) co_return true;
            continue;
        }
        take(*got);
    }
    co_return true;
}

awaitable<void> BulkRun::run(http::BodyWriter& out) {
    for (bool more = true; more && unread_from_ == 0;) {
        more = co_await read_crowd(out);
        send_off();
        while (filing_now_.size() >= most_together) co_await answer_first(out);
    }
    while (!filing_now_.empty()) co_await answer_first(out);
    if (unread_from_ != 0) {
        // Reads the rest of the body, so that a client that sends before it reads gets to the answers.
        if (co_await lines_.skip_rest()) co_await out.write(refusal(unread_from_, answers_not_read()));
    } else if (broken_) {
        co_await out.write(refusal(line_ + 1, *broken_));
    }
    co_await out.write(counts_.line("summary", unread_from_ == 0 && !broken_));
}

}  // namespace

http::Route bulk_filing_route(service::FilingService& filing, service::EligibilityService& eligibility) {
    http::RouteOptions options = allow(Policy::one_of({Role::clerk}), largest_body);
    options.accepts = {"application/x-ndjson", std::string(csv_type), std::string(xlsx_type)};
    options.stream_body = true;
    options.stream_holds = most_together * bytes_together + (std::size_t{1} << 20);
    options.cost = http::Cost::frequent;
    options.parameters = std::vector<Parameter>{"validate_only", "progress"};
    auto const runs = std::make_shared<std::atomic<std::size_t>>(0);
    auto const workbooks = std::make_shared<std::atomic<std::size_t>>(0);
    return {Method::post, "/v1/commitments/bulk",
            [&filing, &eligibility, runs, workbooks](Request& request) -> awaitable<Response> {
                auto sheet = SheetBody::of(request);
                if (!sheet) co_return http::problem_response(sheet.error(), request);
                bool const workbook = *sheet && (*sheet)->is_workbook();
                auto const place = std::make_shared<Place>(workbook ? workbooks : runs,
                                                           workbook ? workbooks_at_once : runs_at_once);
                if (!place->free()) co_return http::problem_response(fault(problem::overloaded), request);
                auto key = idempotency_key(request);
                if (!key) co_return http::problem_response(key.error(), request);
                if (key->size() > longest_key)
                    co_return http::problem_response(
                        bad_field("header:Idempotency-Key", reason::too_long,
                                  {.max = longest_key, .unit = &unit::characters}),
                        request);
                auto const wishes = BulkWishes::of(request);
                if (!wishes) co_return http::problem_response(wishes.error(), request);
                auto const executor = co_await asio::this_coro::executor;
                auto const run = std::make_shared<BulkRun>(filing, eligibility, request, std::move(*key),
                                                           *wishes, std::move(*sheet), executor);
                Response response;
                response.content_type = "application/x-ndjson";
                response.stream = [run, place](http::BodyWriter& out) { return run->run(out); };
                co_return response;
            },
            std::move(options)};
}

}  // namespace sponsio::api
