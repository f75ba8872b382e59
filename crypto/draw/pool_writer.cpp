#include "crypto/draw/pool.hpp"

#include <algorithm>

namespace sponsio::crypto::draw {
namespace {

constexpr std::size_t piece_size = std::size_t{64} << 10;

void require(bool good, char const* what) {
    if (!good) throw Failure(what);
}

std::string line_of(Stratum const& stratum) {
    return "stratum " + stratum.name + " " + std::to_string(stratum.objects) + " " +
           std::to_string(stratum.numerator) + "/" + std::to_string(stratum.denominator) + " " +
           std::to_string(stratum.minimum) + "\n";
}

}  // namespace

PoolWriter::PoolWriter(Plan plan, std::function<void(std::string_view)> sink)
    : plan_(std::move(plan)), sink_(std::move(sink)), counts_(plan_.strata.size()) {
    if (auto const good = plan_.check(); !good) throw Failure("pool: " + good.error().message);
    head();
}

void PoolWriter::head() {
    buffer_ = std::string(pool_format(plan_)) + "\ndraw " + plan_.draw_id + "\n";
    if (plan_.key) buffer_ += "key " + to_hex(*plan_.key) + "\n";
    buffer_ += "assign " + std::to_string(plan_.assign) + "\n";
    for (std::string const& line : plan_.public_lines()) buffer_ += "public " + line + "\n";
    for (Stratum const& stratum : plan_.strata) buffer_ += line_of(stratum);
    for (InspectorRef const ref : plan_.inspectors) buffer_ += "inspector " + ref.text() + "\n";
}

void PoolWriter::add(Candidate const& object) {
    require(object.id > last_ && ObjectId::parse(object.id.text()) == object.id,
            "pool: an object out of order, or at no place of a log");
    require(object.stratum < counts_.size(), "pool: an object of no stratum");
    require(++counts_[object.stratum] <= plan_.strata[object.stratum].objects,
            "pool: more objects than announced");
    require(object.weight >= 1 && object.weight <= max_weight, "pool: a weight out of range");
    require(std::ranges::adjacent_find(object.barred, std::greater_equal{}) == object.barred.end() &&
                std::ranges::all_of(object.barred,
                                    [this](InspectorRef const& ref) {
                                        return std::ranges::binary_search(plan_.inspectors, ref);
                                    }),
            "pool: barred inspectors out of order, or unknown");
    last_ = object.id;
    buffer_ += "object ";
    buffer_ += object.id.text();
    buffer_ += ' ';
    buffer_ += plan_.strata[object.stratum].name;
    buffer_ += ' ';
    buffer_ += std::to_string(object.weight);
    for (InspectorRef const ref : object.barred) {
        buffer_ += ' ';
        buffer_ += ref.text();
    }
    buffer_ += '\n';
    if (buffer_.size() >= piece_size) flush();
}

Digest PoolWriter::finish() {
    for (std::size_t i = 0; i != counts_.size(); ++i)
        require(counts_[i] == plan_.strata[i].objects, "pool: fewer objects than announced");
    flush();
    return hasher_.finish();
}

void PoolWriter::flush() {
    hasher_.update(as_bytes(buffer_));
    sink_(buffer_);
    buffer_.clear();
}

}  // namespace sponsio::crypto::draw
