#pragma once

#include "server/app/serve_options.hpp"
#include "server/store/log.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

/// `sponsio doctor`: what a production install lacks. Looks, and changes nothing.
namespace sponsio::app {

enum class Health { ok, warn, fail };

/// One thing that was looked at.
struct Diagnosis {
    std::string name;  ///< a stable word, for programs
    Health health = Health::ok;
    std::string found;     ///< a sentence
    std::string advice{};  ///< what to do; empty if nothing is
};

class Diagnoses {
  public:
    void add(std::string name, Health health, std::string found, std::string advice = {}) {
        all_.push_back({std::move(name), health, std::move(found), std::move(advice)});
    }

    /// ok with `good`, else `bad` with `found` and what to do.
    void judge(std::string name, bool holds, std::string good, Health bad, std::string found,
               std::string advice) {
        if (holds)
            add(std::move(name), Health::ok, std::move(good));
        else
            add(std::move(name), bad, std::move(found), std::move(advice));
    }

    [[nodiscard]] std::vector<Diagnosis> const& all() const { return all_; }

  private:
    std::vector<Diagnosis> all_;
};

/// Libraries and their known answers, clock, disk, limits, locked memory.
void look_at_machine(ServeOptions const& options, Diagnoses& diagnoses);
/// Options, keys, passphrase, certificate, witnesses, last backup.
void look_at_configuration(ServeOptions const& options, Diagnoses& diagnoses);
/// Whether it is reached and migrated; roles, TLS, replication, poolers; heads of the log, and what the
/// witnesses know of them; the calendars that count there.
void look_at_database(ServeOptions const& options, Diagnoses& diagnoses);

/// Asks each witness for the last checkpoint that it cosigned: whether it is reached, signs with the key that
/// was named, and is not behind.
void look_at_witnesses(ServeOptions const& options, std::vector<store::LogHead> const& heads,
                       Diagnoses& diagnoses);

void add_doctor_command(CLI::App& app);

}  // namespace sponsio::app
