#include "server/client/https_client.hpp"

#include "server/base/log.hpp"
#include "server/client/curl_handles.hpp"
#include "server/client/public_address.hpp"
#include "server/client/url.hpp"
#include "text/tls_groups.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>

namespace sponsio::client {
namespace {

using std::chrono::milliseconds;

/// The limit for name lookup, connection and handshake together. libcurl gives every address but the last
/// half of the remaining time, so that one address which drops packets does not use up the deadline.
constexpr milliseconds longest_connect{10'000};
constexpr std::size_t most_header_bytes = 64UL * 1024;

/// A curl handle with its kept connections; it carries one transfer at a time. The members are destroyed in
/// reverse order: the easy handle before its multi handle.
struct Line {
    Multi multi{curl_multi_init()};
    Easy easy{curl_easy_init()};
};

/// A call in progress.
struct Transfer {
    Call const& call;
    std::size_t max_answer;
    std::string body{};
    std::size_t header_bytes = 0;  ///< of interim answers too
    bool closed_address = false;   ///< one that is not public was left out
    bool connected = false;        ///< and the handshake begun
    bool asked = false;            ///< from here on a byte of the request may have left
    bool complete_head = false;    ///< of the answer read last
    bool too_large = false;
    std::array<char, CURL_ERROR_SIZE> words{};
};

CURLcode on_handshake(CURL*, void*, void* transfer) {
    static_cast<Transfer*>(transfer)->connected = true;
    return CURLE_OK;
}

int on_asking(void* transfer, char*, char*, int, int) {
    static_cast<Transfer*>(transfer)->asked = true;
    return CURL_PREREQFUNC_OK;
}

/// Any return value but `count` ends the transfer.
std::size_t on_header(char const* data, std::size_t, std::size_t count, void* to) {
    auto& transfer = *static_cast<Transfer*>(to);
    transfer.header_bytes += count;
    transfer.too_large |= transfer.header_bytes > most_header_bytes;
    std::string_view const line(data, count);
    if (line.starts_with("HTTP/"))
        transfer.complete_head = false;
    else if (line == "\r\n" || line == "\n")
        transfer.complete_head = true;
    return transfer.too_large ? 0 : count;
}

std::size_t on_body(char const* data, std::size_t, std::size_t count, void* to) {
    auto& transfer = *static_cast<Transfer*>(to);
    transfer.too_large |= count > transfer.max_answer - transfer.body.size();
    if (transfer.too_large) return 0;
    transfer.body.append(data, count);
    return count;
}

bool add(HeaderList& list, std::string const& line) {
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (!longer) return false;
    (void)list.release();
    list.reset(longer);
    return true;
}

/// Nothing if a value contains a line end.
HeaderList header_list(Call const& call) {
    HeaderList list;
    bool good = add(list, "Expect:");  // what is sent is small: no second journey for a 100
    if (!call.body.empty()) good &= add(list, "Content-Type:");  // unless the caller says which
    for (auto const& [name, value] : call.headers) {
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return {};
        good &= add(list, value.empty() ? name + ";" : name + ": " + value);
    }
    return good ? std::move(list) : HeaderList{};
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
    if (CURLcode const code = curl_easy_setopt(easy, option, value); code != CURLE_OK)
        throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
}

long count_of(milliseconds time) {
    return static_cast<long>(std::max<milliseconds::rep>(time.count(), 1));
}

void set_request(CURL* easy, Call const& call, HeaderList const& headers) {
    set(easy, CURLOPT_URL, call.url.c_str());
    set(easy, CURLOPT_PATH_AS_IS, 1L);
    if (call.method == "HEAD") set(easy, CURLOPT_NOBODY, 1L);
    if (call.method != "GET" && call.method != "HEAD") {
        set(easy, CURLOPT_POSTFIELDS, call.body.data());
        set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
        set(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
    }
    set(easy, CURLOPT_HTTPHEADER, headers.get());
}

void set_limits(CURL* easy, milliseconds left) {
    set(easy, CURLOPT_TIMEOUT_MS, count_of(left));
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, count_of(std::min(longest_connect, left * 2 / 3)));
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name server that does not answer
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_PROTOCOLS_STR, "https");
}

void set_trust(CURL* easy, std::string const& trusted) {
    set(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set(easy, CURLOPT_SSL_EC_CURVES, tls_groups);
    if (trusted.empty()) return;
    curl_blob blob{
        .data = const_cast<char*>(trusted.data()), .len = trusted.size(), .flags = CURL_BLOB_NOCOPY};
    set(easy, CURLOPT_CAINFO_BLOB, &blob);
    // Debian's libcurl looks into /etc/ssl/certs besides, whatever file it is given.
    set(easy, CURLOPT_CAPATH, static_cast<char const*>(nullptr));
}

/// The proxy variables of the environment are ignored: the environment of a start must not divert reports.
void set_way(CURL* easy, Outbound const& outbound) {
    set(easy, CURLOPT_PROXY, outbound.proxy.c_str());
    set(easy, CURLOPT_NOPROXY, outbound.no_proxy.c_str());
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

/// Called for each address in turn.
curl_socket_t open_public(void* transfer, curlsocktype, curl_sockaddr* to) {
    if (!is_public(to->addr)) {
        static_cast<Transfer*>(transfer)->closed_address = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

void set_callbacks(CURL* easy, Transfer& transfer) {
    set(easy, CURLOPT_ERRORBUFFER, transfer.words.data());
    set(easy, CURLOPT_SSL_CTX_FUNCTION, &on_handshake);
    set(easy, CURLOPT_SSL_CTX_DATA, &transfer);
    set(easy, CURLOPT_PREREQFUNCTION, &on_asking);
    set(easy, CURLOPT_PREREQDATA, &transfer);
    set(easy, CURLOPT_HEADERFUNCTION, &on_header);
    set(easy, CURLOPT_HEADERDATA, &transfer);
    set(easy, CURLOPT_WRITEFUNCTION, &on_body);
    set(easy, CURLOPT_WRITEDATA, &transfer);
}

/// Returns CURLE_ABORTED_BY_CALLBACK when stopped.
CURLcode perform(Line const& line, std::stop_token const& stop) {
    CURLM* const multi = line.multi.get();
    if (curl_multi_add_handle(multi, line.easy.get()) != CURLM_OK) return CURLE_FAILED_INIT;
    std::stop_callback const wake(stop, [multi] { curl_multi_wakeup(multi); });
    CURLcode result = CURLE_ABORTED_BY_CALLBACK;
    int running = 1;
    while (running != 0 && !stop.stop_requested()) {
        if (curl_multi_perform(multi, &running) != CURLM_OK) break;
        if (running != 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    int left = 0;
    if (CURLMsg const* const message = curl_multi_info_read(multi, &left)) result = message->data.result;
    curl_multi_remove_handle(multi, line.easy.get());
    return result;
}

curl_off_t measured(CURL* easy, CURLINFO what) {
    curl_off_t value = 0;
    curl_easy_getinfo(easy, what, &value);
    return value;
}

Stage reached(CURL* easy, Transfer const& transfer) {
    if (transfer.asked) {
        auto const sent = static_cast<std::size_t>(measured(easy, CURLINFO_SIZE_UPLOAD_T));
        return sent < transfer.call.body.size() ? Stage::send : Stage::receive;
    }
    if (transfer.connected) return Stage::handshake;
    if (transfer.closed_address) return Stage::address;
    return measured(easy, CURLINFO_NAMELOOKUP_TIME_T) != 0 ? Stage::connect : Stage::resolve;
}

unsigned status_of(CURL* easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<unsigned>(status);
}

/// Fields of the final answer only, not of an interim answer or a proxy.
Fields fields_of(CURL* easy) {
    Fields fields;
    for (curl_header const* field = nullptr;
         (field = curl_easy_nextheader(easy, CURLH_HEADER, -1, const_cast<curl_header*>(field))) != nullptr;)
        fields.emplace_back(field->name, field->value);
    return fields;
}

Exchange outcome(CURL* easy, Transfer&& transfer, CURLcode result) {
    if (result == CURLE_OK && transfer.complete_head && status_of(easy) >= 200)
        return Answer{.status = status_of(easy),
                      .headers = fields_of(easy),
                      .body = std::move(transfer.body),
                      .received_at = SystemClock{}.now()};
    Stage const stage = reached(easy, transfer);
    if (transfer.too_large) return Failure{stage, "the answer is too large"};
    if (result == CURLE_OK) return Failure{stage, "the answer is cut short"};
    if (result == CURLE_ABORTED_BY_CALLBACK) return Failure{stage, "stopping"};
    // libcurl's longer message may quote the peer: it is used only for failures before the request is sent.
    bool const more_words = !transfer.asked && transfer.words.front() != '\0';
    return Failure{stage, more_words ? transfer.words.data() : curl_easy_strerror(result)};
}

/// The file's text; nothing unless the whole file is readable and holds a certificate.
std::optional<std::string> certificates_in(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (text.empty()) return std::nullopt;
    std::unique_ptr<BIO, Freed<BIO_free>> const bio(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    bool found = false;
    while (X509* const certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
        X509_free(certificate);
        found = true;
    }
    bool const at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!found || !at_end) return std::nullopt;
    return text;
}

}  // namespace

/// The idle lines; there are never more than the largest number of concurrent calls.
struct HttpsClient::Shared {
    ClientOptions options;
    std::string trusted;  ///< PEM; empty: what the system trusts
    std::mutex mutex{};
    std::vector<std::unique_ptr<Line>> idle{};

    std::unique_ptr<Line> take() {
        {
            std::lock_guard const lock(mutex);
            if (!idle.empty()) {
                auto line = std::move(idle.back());
                idle.pop_back();
                return line;
            }
        }
        auto line = std::make_unique<Line>();
        if (!line->multi || !line->easy) throw std::bad_alloc();
        return line;
    }

    void give_back(std::unique_ptr<Line> line) {
        std::lock_guard const lock(mutex);
        idle.push_back(std::move(line));
    }

    Exchange exchange(Call const& call) {
        if (!is_https_url(call.url)) return Failure{Stage::url, "not an https URL"};
        auto const headers = header_list(call);
        if (!headers) return Failure{Stage::url, "a header value with a line break"};
        auto const left = std::chrono::ceil<milliseconds>(call.deadline - std::chrono::steady_clock::now());
        if (left <= milliseconds(0)) return Failure{Stage::resolve, "the deadline has passed"};
        auto line = take();
        CURL* const easy = line->easy.get();
        Transfer transfer{.call = call, .max_answer = options.max_answer};
        set_request(easy, call, headers);
        set_limits(easy, left);
        set_trust(easy, trusted);
        set_way(easy, options.outbound);
        set_callbacks(easy, transfer);
        if (options.public_only && options.outbound.proxy.empty()) {
            set(easy, CURLOPT_OPENSOCKETFUNCTION, &open_public);
            set(easy, CURLOPT_OPENSOCKETDATA, &transfer);
        }
        set(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
        CURLcode const result = perform(*line, options.outbound.stop);
        Exchange done = outcome(easy, std::move(transfer), result);
        curl_easy_reset(easy);  // keeps the connections, and nothing of this call
        give_back(std::move(line));
        return done;
    }
};

std::optional<std::string_view> Answer::header(std::string_view name) const noexcept {
    auto const lower = [](unsigned char c) { return std::tolower(c); };
    for (auto const& [key, value] : headers)
        if (std::ranges::equal(key, name, {}, lower, lower)) return value;
    return std::nullopt;
}

std::string_view name(Stage stage) {
    switch (stage) {
        case Stage::url: return "url";
        case Stage::resolve: return "resolve";
        case Stage::address: return "private_address";
        case Stage::connect: return "connect";
        case Stage::handshake: return "handshake";
        case Stage::send: return "send";
        case Stage::receive: break;
    }
    return "receive";
}

void throw_exception_from_error(Failure const& failure, boost::source_location const&) {
    throw std::runtime_error("no answer: " + std::string(name(failure.stage)));
}

Outcome<HttpsClient> HttpsClient::make(ClientOptions options) {
    static CURLcode const ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) throw std::runtime_error("curl_global_init");
    auto shared = std::make_shared<Shared>();
    if (!options.ca_file.empty()) {
        auto trusted = certificates_in(options.ca_file);
        if (!trusted)
            return fault(problem::invalid,
                         "The CA file " + options.ca_file.string() + " holds no readable PEM certificate.",
                         "CA 文件 " + options.ca_file.string() + " 不含可读取的 PEM 证书。");
        shared->trusted = std::move(*trusted);
    }
    if (!options.outbound.proxy.empty() && !is_proxy_url(options.outbound.proxy))
        return fault(problem::invalid, "A proxy is given as http://host:port or https://host:port.",
                     "代理地址应形如 http://host:port 或 https://host:port。");
    shared->options = std::move(options);
    return HttpsClient(std::move(shared));
}

Exchange HttpsClient::request(Call const& call) const {
    Exchange done = shared_->exchange(call);
    if (!done)
        log::warn("outbound.no_answer", {{log::Key::method, call.method},
                                         {log::Key::step, name(done.error().stage)},
                                         {log::Key::host, host_of(call.url)},
                                         {log::Key::cause, done.error().cause}});
    return done;
}

}  // namespace sponsio::client
