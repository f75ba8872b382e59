#include "server/domain/commitment.hpp"
#include "server/domain/draw.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/matter.hpp"
#include "server/domain/notice.hpp"

#include <cstdlib>

namespace {

using namespace sponsio;
using domain::Fields;

/// A refusal names what is wrong, each with a pointer into the text, a reason and a sentence in both
/// languages.
template <class T>
void judge(Outcome<T> const& outcome) {
    if (outcome) return;
    Fault const& refused = outcome.error();
    if (refused.problem->status >= 500 || refused.fields.empty()) std::abort();
    for (FieldError const& field : refused.fields) {
        if (!field.reason || !json::pointer_steps(field.pointer)) std::abort();
        Bilingual const text = told(field);
        if (text.en.empty() || text.zh.empty()) std::abort();
    }
}

}  // namespace

/// Whatever stands in a body, it is read or refused, and reading it again says the same.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const body = domain::parse_json({reinterpret_cast<char const*>(data), size});
    if (!body) {
        if (body.error().problem->status != 400) std::abort();
        return 0;
    }
    Date const today = std::chrono::year{2026} / 3 / 2;
    judge(domain::decode(*body, domain::MatterVersion::read));
    judge(domain::decode(*body, domain::FindingDraft::read));
    judge(domain::decode(*body, domain::PriorNotice::read));
    judge(domain::decode(*body, domain::Decision::read));
    judge(domain::decode(*body, domain::Service::read));
    judge(domain::decode(*body, domain::DrawRequest::read));
    judge(domain::decode(*body, domain::PublicInput::read));
    judge(domain::decode(*body, [today](Fields& fields) { return domain::read_committer(fields, today); }));
    judge(domain::decode(*body, [today](Fields& fields) { return domain::GivenTo::read(fields, today); }));
    return 0;
}
