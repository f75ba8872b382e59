#include "crypto/verify/website.hpp"

#include "text/tls_groups.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <curl/curl.h>
#include <thread>

namespace sponsio::verify {
namespace {

constexpr std::string_view scheme = "https://";
constexpr long connections = 8;
constexpr auto pauses = std::to_array<curl_off_t>({1, 2, 4});  // seconds before asking again
constexpr curl_off_t longest_pause =
    60;  // somebody sits before the screen: a longer Retry-After is a refusal

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* handle) const noexcept {
        Free(handle);
    }
};

using Easy = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Freed<curl_multi_cleanup>>;

/// One file being fetched.
struct Transfer {
    std::string url;
    std::size_t max_bytes = 0;
    Bytes body;
    bool too_large = false;
    Easy handle;
    CURLcode result = CURLE_OK;
    long status = 0;
    curl_off_t retry_after = 0;  ///< seconds (RFC 9110 §10.2.3); 0: nothing was said
    std::array<char, CURL_ERROR_SIZE> words{};

    [[nodiscard]] bool is_there() const { return result == CURLE_OK && status == 200; }

    [[nodiscard]] bool is_absent() const { return result == CURLE_OK && (status == 404 || status == 410); }

    /// Whether the failure may be temporary.
    [[nodiscard]] bool is_passing() const {
        if (result == CURLE_OK) return status == 429 || status >= 500;
        return !too_large && result != CURLE_PEER_FAILED_VERIFICATION && result != CURLE_SSL_CACERT_BADFILE;
    }
};

std::size_t take(char const* data, std::size_t size, std::size_t count, void* to) {
    auto& transfer = *static_cast<Transfer*>(to);
    std::size_t const length = size * count;
    if (length > transfer.max_bytes - transfer.body.size()) {
        transfer.too_large = true;
        return 0;
    }
    ByteView const bytes = as_bytes({data, length});
    transfer.body.insert(transfer.body.end(), bytes.begin(), bytes.end());
    return length;
}

[[noreturn]] void fail(Transfer const& transfer) {
    std::string why = transfer.too_large               ? "answer too large"
                      : transfer.result == CURLE_OK    ? "HTTP " + std::to_string(transfer.status)
                      : transfer.words.front() != '\0' ? transfer.words.data()
                                                       : curl_easy_strerror(transfer.result);
    if (transfer.retry_after > 0) why += ", come back in " + std::to_string(transfer.retry_after) + " s";
    throw NotChecked{
        "network",
        {"'" + transfer.url + "' could not be fetched (" + why +
             "); check the address, the network and, for a certificate of its own, --ca.",
         "无法获取“" + transfer.url + "”（" + why + "）；请检查地址、网络，自签证书请用 --ca。"}};
}

class Website final : public LogSource {
  public:
    Website(std::string base, std::string ca)
        : base_(std::move(base)), ca_(std::move(ca)), multi_(curl_multi_init()) {
        if (!multi_) throw Failure("curl_multi_init");
        curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
    }

    std::vector<std::optional<Bytes>> read(std::vector<Wanted> const& files) override {
        std::vector<Transfer> transfers(files.size());
        for (std::size_t i = 0; i != files.size(); ++i) {
            transfers[i].url = base_ + "/" + files[i].path;
            transfers[i].max_bytes = files[i].max_bytes;
        }
        perform(transfers, true);
        for (curl_off_t pause : pauses) {
            bool again = false;
            for (Transfer const& transfer : transfers) {
                if (!transfer.is_passing()) continue;
                again = true;
                pause = std::max(pause, transfer.retry_after);
            }
            if (!again || pause > longest_pause) break;
            std::this_thread::sleep_for(std::chrono::seconds(pause));
            perform(transfers, false);
        }
        std::vector<std::optional<Bytes>> out;
        for (Transfer& transfer : transfers) {
            if (!transfer.is_there() && !transfer.is_absent()) fail(transfer);
            out.emplace_back();
            if (transfer.is_there()) out.back() = std::move(transfer.body);
        }
        return out;
    }

  private:
    void prepare(Transfer& transfer) const {
        transfer.body.clear();
        transfer.handle.reset(curl_easy_init());
        CURL* const handle = transfer.handle.get();
        if (!handle) throw Failure("curl_easy_init");
        curl_easy_setopt(handle, CURLOPT_URL, transfer.url.c_str());
        curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
        curl_easy_setopt(handle, CURLOPT_USERAGENT, "sponsio-verify");
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 10L);
        curl_easy_setopt(handle, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
        curl_easy_setopt(handle, CURLOPT_SSL_EC_CURVES, tls_groups);
        curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, 30L);
        curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer.words.data());
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take);
        curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
        curl_easy_setopt(handle, CURLOPT_PRIVATE, &transfer);
        if (ca_.empty()) return;
        curl_easy_setopt(handle, CURLOPT_CAINFO, ca_.c_str());
        // Debian's libcurl looks into /etc/ssl/certs besides, whatever file it is given.
        curl_easy_setopt(handle, CURLOPT_CAPATH, static_cast<char const*>(nullptr));
    }

    /// Runs all transfers, or only those that failed temporarily.
    void perform(std::vector<Transfer>& transfers, bool all) {
        for (Transfer& transfer : transfers) {
            if (!all && !transfer.is_passing()) continue;
            prepare(transfer);
            curl_multi_add_handle(multi_.get(), transfer.handle.get());
        }
        int running = 0;
        do {
            if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) throw Failure("curl_multi_perform");
            finish();
            if (running != 0) curl_multi_poll(multi_.get(), nullptr, 0, 1000, nullptr);
        } while (running != 0);
    }

    void finish() {
        int left = 0;
        while (CURLMsg const* const message = curl_multi_info_read(multi_.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL* const handle = message->easy_handle;
            Transfer* transfer = nullptr;
            curl_easy_getinfo(handle, CURLINFO_PRIVATE, &transfer);
            transfer->result = message->data.result;
            curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &transfer->status);
            curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &transfer->retry_after);
            curl_multi_remove_handle(multi_.get(), handle);
        }
    }

    std::string base_;
    std::string ca_;
    Multi multi_;  // keeps the connections between questions
};

}  // namespace

std::unique_ptr<LogSource> open_website(std::string base, std::string const& ca) {
    while (base.ends_with('/')) base.pop_back();
    if (!base.starts_with(scheme) || base.find_first_of("?#") != std::string::npos)
        throw NotChecked{"bad_address",
                         {"'" + base + "' is not an address like https://host/log/1; only https is spoken.",
                          "“" + base + "”不是形如 https://host/log/1 的地址；只支持 https。"}};
    static CURLcode const ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) throw Failure("curl_global_init");
    return std::make_unique<Website>(std::move(base), ca);
}

}  // namespace sponsio::verify
