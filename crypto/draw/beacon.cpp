#include "crypto/draw/beacon.hpp"

#include "crypto/draw/text.hpp"
#include "crypto/log/entry.hpp"

namespace sponsio::crypto::draw {
namespace {

constexpr std::string_view format = "sponsio-beacon/v1";
constexpr std::size_t max_digits = 256;

Error not_signed(std::string message) {
    return refusal(draw_error::bad_public_input, std::move(message), "/beacon/note");
}

}  // namespace

std::string BeaconValue::text() const {
    return std::string(format) + "\n" + beacon.source + "\n" + std::to_string(beacon.round) + "\n" + value +
           "\n" + time + "\n";
}

Result<BeaconValue> read_beacon(std::string_view note, NoteVerifier const& key) {
    auto const parsed = Note::parse(note);
    if (!parsed || !key.verified(*parsed))
        return not_signed("It is not a note that the beacon's key has signed.");
    std::string_view rest = parsed->text;
    take_until(rest, '\n');
    BeaconValue out;
    out.beacon.source = take_until(rest, '\n');
    out.beacon.round = parse_decimal(take_until(rest, '\n')).value_or(0);
    out.value = take_until(rest, '\n');
    out.time = take_until(rest, '\n');
    bool const good = out.beacon.check() && out.beacon.source == key.name() && is_lower_hex(out.value) &&
                      !out.value.empty() && out.value.size() % 2 == 0 && out.value.size() <= max_digits &&
                      is_utc_time(out.time) && out.text() == parsed->text;
    if (!good) return not_signed("What the beacon's key has signed is no value of that beacon.");
    return out;
}

Result<void> check_beacon(Statement const& said, Plan const& plan) {
    if (said.beacon_key.empty() && said.beacon_note.empty()) return {};
    auto const key = NoteVerifier::from_vkey(said.beacon_key);
    if (!key) return key.error();
    auto const signed_value = read_beacon(said.beacon_note, *key);
    if (!signed_value) return signed_value.error();
    std::string const drawn_with = "beacon=" + signed_value->beacon.source + ":" +
                                   std::to_string(signed_value->beacon.round) + ":" + signed_value->value;
    if (plan.beacon != signed_value->beacon || !said.public_input.ends_with(drawn_with))
        return not_signed("The signed value is of another round, or not the one that was drawn with.");
    if (later(said.committed_at, signed_value->time))
        return not_signed("The value was made before the draw was committed to.");
    return {};
}

}  // namespace sponsio::crypto::draw
