#pragma once

#include "crypto/log/entry.hpp"
#include "crypto/verify/input.hpp"

#include <string>
#include <string_view>

namespace sponsio::verify {

/// An entry that is proven to be in a log.
struct LoggedEntry {
    crypto::Checkpoint checkpoint;
    std::uint64_t index = 0;
    crypto::LogEntry entry;

    /// "entry 5 of the 17 in the log sponsio.example/log/1"
    [[nodiscard]] Sentence place() const;
    /// Appends {"origin","size","root","leaf_index","entry":{..}} to the details.
    void tell(json::Object& details) const;
};

/// The bytes of a leaf from a file. NotChecked if an editor added a line end or the download was cut.
std::string read_entry(std::string const& path);

/// Throws Refuted unless the proof leads from the entry to a checkpoint under that trust.
LoggedEntry logged_entry(std::string_view proof, std::string_view entry, Trust const& trust);

/// Adds to the findings what no proof of membership can show.
void tell_open_ends(Findings& findings, Trust const& trust, std::string_view proof);

}  // namespace sponsio::verify
