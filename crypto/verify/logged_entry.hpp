#pragma once

#include "crypto/log/entry.hpp"
#include "crypto/verify/input.hpp"

#include <string>
#include <string_view>

namespace sponsio::verify {

/// An entry that a log was shown to have.
struct LoggedEntry {
    crypto::Checkpoint checkpoint;
    std::uint64_t index = 0;
    crypto::LogEntry entry;

    /// "entry 5 of the 17 in the log sponsio.example/log/1"
    [[nodiscard]] Sentence place() const;
    /// {"origin","size","root","leaf_index","entry":{..}} appended.
    void tell(json::Object& details) const;
};

/// The bytes of a leaf out of a file. An editor that ended them with a line, or half a download, is
/// NotChecked.
std::string read_entry(std::string const& path);

/// Throws Refuted unless the proof leads from the entry to a checkpoint of that trust.
LoggedEntry logged_entry(std::string_view proof, std::string_view entry, Trust const& trust);

/// What every proof of membership leaves open.
void tell_open_ends(Findings& findings, Trust const& trust, std::string_view proof);

}  // namespace sponsio::verify
