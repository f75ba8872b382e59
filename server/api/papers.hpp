#pragma once

#include "server/domain/decode.hpp"
#include "server/http/router.hpp"
#include "server/paper/paper.hpp"

#include <string>

/// What is handed over on paper.
namespace sponsio::api {

/// A paper of a finding (schema Document), in the language of the request.
paper::Paper paper_of_document(domain::Json const& document, http::Request const& request);
/// A notice (schema Notice) with the promise to be signed under it.
paper::Paper paper_of_notice(domain::Json const& notice, http::Request const& request);

/// The pages as a file of that name.
http::Response drawn(std::string pdf, std::string const& name, http::Request const& request);

}  // namespace sponsio::api
