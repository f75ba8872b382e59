#include "tests/service/submission_world.hpp"

#include <gmock/gmock.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sponsio::testing {
namespace {

using ::testing::Each;
using ::testing::SizeIs;
using Fate = FaultyRoad::Fate;
using namespace std::chrono_literals;

/// A process of tests/service/submission_actor.cpp.
class Actor {
  public:
    explicit Actor(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), SUBMISSION_ACTOR);
        std::vector<char*> raw;
        for (std::string& one : arguments) raw.push_back(one.data());
        raw.push_back(nullptr);
        std::array<int, 2> in{}, out{};
        if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0)
            throw std::runtime_error("pipe2");
        pid_ = fork();
        if (pid_ == 0) {
            dup2(in[0], 0);
            dup2(out[1], 1);
            execv(raw[0], raw.data());
            _exit(127);
        }
        close(in[0]);
        close(out[1]);
        in_ = in[1];
        out_ = out[0];
    }

    ~Actor() {
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            wait();
        }
        close(in_);
        close(out_);
    }

    Actor(Actor const&) = delete;
    Actor& operator=(Actor const&) = delete;

    /// What it prints in one go.
    [[nodiscard]] std::string heard() const {
        std::array<char, 64> text{};
        ssize_t const n = read(out_, text.data(), text.size());
        return n > 0 ? std::string(text.data(), static_cast<std::size_t>(n)) : std::string();
    }

    void murder() { kill(pid_, SIGKILL); }

    /// Its exit code, or minus the signal that ended it.
    int wait() {
        int status = 0;
        waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    }

  private:
    pid_t pid_ = -1;
    int in_ = -1;
    int out_ = -1;
};

class Crash : public SubmissionWorld {
  protected:
    void SetUp() override {
        SubmissionWorld::SetUp();
        auto const key = crypto::PrivateKey::generate(crypto::Algorithm::sm2);
        write_text(folder->path() / "key.pem", key.to_pem(as_bytes("test"), {.n = 16, .p = 5}));
        signer = std::make_shared<crypto::KeySigner>(key);
        register_units();
    }

    [[nodiscard]] std::string url() const {
        return "https://localhost:" + std::to_string(platform->front().port());
    }

    /// The delivery in a process of its own, which dies when it comes to that step for the nth time.
    int deliver_until(std::string const& step, int nth = 1) {
        return Actor({"deliver", app().uri, url(), platform->front().certificate().string(),
                      (folder->path() / "key.pem").string(), to_rfc3339(clock.now()), step,
                      std::to_string(nth)})
            .wait();
    }
};

class CrashAt : public Crash, public ::testing::WithParamInterface<char const*> {};

/// Killed between each two steps, and inside each transaction, of one batch and of the second of three.
TEST_P(CrashAt, EndsInExactlyOneCopy) {
    auto const numbers = queue_reports(8);
    EXPECT_EQ(deliver_until(GetParam(), 1), -SIGKILL);
    for (int nth : {2, 1, 3}) {
        clock.advance(10min);
        int const end = deliver_until(GetParam(), nth);
        EXPECT_TRUE(end == -SIGKILL || end == 0) << end;  // 0: it never came there so often
    }
    clock.advance(10min);
    auto const sender = delivery(*https, {.max_records = 3});
    run_to_the_end(*sender);
    EXPECT_THAT(states(), Each("accepted"));
    EXPECT_EQ(copies().size(), numbers.size());
    for (std::string const& number : numbers)
        EXPECT_EQ(moves(number), (std::vector<std::string>{">queued", "queued>batched", "batched>accepted"}));
}

INSTANTIATE_TEST_SUITE_P(Every, CrashAt,
                         ::testing::Values("gathering", "gathered", "signing", "signed", "claiming",
                                           "claimed", "exchanged", "settling", "finished"),
                         [](auto const& info) { return std::string(info.param); });

TEST_F(Crash, WhileAFailedTryIsWrittenDown) {
    queue_reports(2);
    std::string const at = url(), trusted = platform->front().certificate().string();
    stop_platform();
    Actor sender({"deliver", app().uri, at, trusted, (folder->path() / "key.pem").string(),
                  to_rfc3339(clock.now()), "settling", "1"});
    EXPECT_EQ(sender.wait(), -SIGKILL);
    EXPECT_EQ(batches().at(0).state, "sent");
    start_platform();
    clock.advance(10min);
    auto const again = delivery(*https);
    run_to_the_end(*again);
    EXPECT_EQ(copies().size(), 2u);
}

/// The platform is killed again and again while batches come in, and each time started on what is on disk.
TEST_F(Crash, OfThePlatformLosesAndDoublesNothing) {
    auto const started = [&](std::string const& port) {
        return std::make_unique<Actor>(
            std::vector<std::string>{"platform", (folder->path() / "platform").string(), port,
                                     (folder->path() / "registry.json").string(), to_rfc3339(clock.now())});
    };
    std::string const port = std::to_string(platform->front().port());
    auto const numbers = queue_reports(120);
    stop_platform();
    auto process = started(port);
    ASSERT_EQ(process->heard(), port + "\n");
    std::mt19937 random(20261016);
    auto const sender = delivery(*https, {.max_records = 2});
    int killed = 0;
    std::atomic<bool> over = false;
    std::thread killer([&] {
        while (!over && killed != 30) {
            std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
            process->murder();
            process->wait();
            ++killed;
            process = started(port);
            if (process->heard().empty()) return;
        }
    });
    for (int i = 0; i != 400 && left() != 0; ++i) {
        auto const done = sender->round();
        EXPECT_TRUE(done);
        clock.advance(2h);
    }
    over = true;
    killer.join();
    process.reset();
    EXPECT_EQ(left(), 0);
    EXPECT_GE(killed, 3);
    RecordProperty("killed", killed);
    start_platform();
    EXPECT_THAT(states(), Each("accepted"));
    EXPECT_EQ(copies().size(), numbers.size());
    EXPECT_EQ(platform->archive().batches(), 60u);
}

/// Four workers at once, over a road on which every third exchange goes wrong one way or another.
TEST_F(Crash, ManyWorkersTakeEachReportOnce) {
    auto const numbers = queue_reports(90);
    std::mutex mutex;
    std::mt19937 random(7);
    road->fate = [&] {
        std::lock_guard const lock(mutex);
        switch (random() % 9) {
            case 0: return Fate::never_leaves;
            case 1: return Fate::lost_going;
            case 2: return Fate::lost_returning;
            default: return Fate::arrives;
        }
    };
    db::DbExecutor elsewhere({.connection = app(), .threads = 4});
    service::DeliveryOptions const options{.receiver = {"", "platform"}, .max_records = 4};
    service::SubmissionDelivery other(
        elsewhere, *vault, *road, [this] { return signer; }, clock, crypto::system_entropy(), nullptr,
        options);
    auto const one = delivery(*road, options);
    for (int turn = 0; turn != 60 && left() != 0; ++turn) {
        std::vector<std::thread> workers;
        for (auto* sender : {one.get(), one.get(), &other, &other})
            workers.emplace_back([sender] { EXPECT_TRUE(sender->round()); });
        for (std::thread& worker : workers) worker.join();
        clock.advance(2h);
    }
    EXPECT_EQ(left(), 0);
    EXPECT_THAT(states(), Each("accepted"));
    EXPECT_THAT(states(), SizeIs(90));
    EXPECT_EQ(copies().size(), numbers.size());
    for (std::string const& number : numbers)
        EXPECT_EQ(moves(number), (std::vector<std::string>{">queued", "queued>batched", "batched>accepted"}));
    // Every batch had one set of bytes, however often they travelled.
    EXPECT_EQ(road->bodies.size(), batches().size());
}

}  // namespace
}  // namespace sponsio::testing
