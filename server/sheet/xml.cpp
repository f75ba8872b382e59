#include "server/sheet/xml.hpp"

#include <expat.h>
#include <stdexcept>

namespace sponsio::sheet {

struct XmlReader::State {
    XML_Parser parser;
    XmlListener& listener;
    int depth = 0;
    bool refused = false;
};

namespace {

constexpr int deepest = 64;

using State = XmlReader::State;

std::string_view local(char const* name) {
    std::string_view const whole = name;
    std::size_t const colon = whole.find(':');
    return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

void refuse(State& state) {
    state.refused = true;
    XML_StopParser(state.parser, XML_FALSE);
}

void XMLCALL began(void* user, char const* name, char const** attributes) {
    State& state = *static_cast<State*>(user);
    if (++state.depth > deepest)
        refuse(state);
    else
        state.listener.begin(local(name), XmlAttributes(attributes));
}

void XMLCALL ended(void* user, char const* name) {
    State& state = *static_cast<State*>(user);
    --state.depth;
    state.listener.end(local(name));
}

void XMLCALL said(void* user, char const* text, int length) {
    static_cast<State*>(user)->listener.text({text, static_cast<std::size_t>(length)});
}

void XMLCALL document_type(void* user, char const*, char const*, char const*, int) {
    refuse(*static_cast<State*>(user));
}

Fault broken_xml() {
    return fault(
        problem::malformed,
        "A part of this workbook is not the XML that it should be. Open it, save it again as .xlsx, and "
        "send that.",
        "工作簿内容已损坏或格式异常。请用表格软件打开后另存为 .xlsx，再重新提交。");
}

}  // namespace

std::string_view XmlAttributes::get(std::string_view name) const {
    for (char const** pair = pairs_; *pair; pair += 2)
        if (local(pair[0]) == name) return pair[1];
    return {};
}

void XmlReader::Free::operator()(State* state) const noexcept {
    XML_ParserFree(state->parser);
    delete state;
}

XmlReader::XmlReader(XmlListener& listener) {
    XML_Parser const parser = XML_ParserCreate(nullptr);
    if (!parser) throw std::bad_alloc();
    state_.reset(new State{parser, listener});
    XML_SetUserData(parser, state_.get());
    XML_SetElementHandler(parser, began, ended);
    XML_SetCharacterDataHandler(parser, said);
    XML_SetStartDoctypeDeclHandler(parser, document_type);
}

Outcome<void> XmlReader::feed(std::string_view piece, bool last) {
    auto const status = XML_Parse(state_->parser, piece.data(), static_cast<int>(piece.size()), last);
    if (status != XML_STATUS_OK || state_->refused) return broken_xml();
    return {};
}

}  // namespace sponsio::sheet
