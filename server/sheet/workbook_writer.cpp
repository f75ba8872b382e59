#include "server/sheet/workbook_writer.hpp"

#include "server/sheet/cell.hpp"
#include "server/sheet/zip.hpp"

namespace sponsio::sheet {
namespace {

constexpr std::string_view head = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)"
                                  "\n";
constexpr std::string_view main_names =
    R"(xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main")";
constexpr std::string_view kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    return out;
}

std::string text_cell(std::size_t column, std::uint32_t row, std::string_view text, int style) {
    return "<c r=\"" + cell_name(column, row) + "\" s=\"" + std::to_string(style) +
           "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" + escaped(text) + "</t></is></c>";
}

/// Styles by number: 0 general, 1 text, 2 date, 3 bold.
int style_of(ColumnFormat format) {
    return static_cast<int>(format);
}

std::string styles() {
    return std::string(head) + "<styleSheet " + std::string(main_names) +
           R"(><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts>)"
           R"(<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>)"
           R"(<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>)"
           R"(<fills count="2"><fill><patternFill patternType="none"/></fill>)"
           R"(<fill><patternFill patternType="gray125"/></fill></fills>)"
           R"(<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>)"
           R"(<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>)"
           R"(<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>)"
           R"(<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>)"
           R"(<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>)"
           R"(<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>)"
           R"(<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>)";
}

std::string form(std::vector<Column> const& columns) {
    std::string text = std::string(head) + "<worksheet " + std::string(main_names) +
                       R"(><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" )"
                       R"(activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>)";
    for (std::size_t i = 0; i != columns.size(); ++i) {
        std::string const n = std::to_string(i + 1);
        text += "<col min=\"" + n + "\" max=\"" + n + "\" width=\"24\" customWidth=\"1\" style=\"" +
                std::to_string(style_of(columns[i].format)) + "\"/>";
    }
    text += "</cols><sheetData><row r=\"1\">";
    for (std::size_t i = 0; i != columns.size(); ++i) text += text_cell(i, 1, columns[i].name, 3);
    return text + "</row></sheetData></worksheet>";
}

std::string page(Page const& page) {
    std::string text = std::string(head) + "<worksheet " + std::string(main_names) +
                       R"(><cols><col min="1" max="8" width="30" customWidth="1"/></cols><sheetData>)";
    std::uint32_t number = 0;
    for (auto const& row : page.rows) {
        ++number;
        text += "<row r=\"" + std::to_string(number) + "\">";
        for (std::size_t i = 0; i != row.size(); ++i)
            text += text_cell(i, number, row[i], number == 1 ? 3 : 0);
        text += "</row>";
    }
    return text + "</sheetData></worksheet>";
}

std::string relation(std::string const& id, std::string_view kind, std::string const& target) {
    return "<Relationship Id=\"" + id + "\" Type=\"" + std::string(kinds) + "/" + std::string(kind) +
           "\" Target=\"" + target + "\"/>";
}

constexpr std::string_view relations_begin =
    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)";
constexpr std::string_view spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.";

std::string content_type(std::string const& part, std::string_view kind) {
    return "<Override PartName=\"/xl/" + part + "\" ContentType=\"" + std::string(spreadsheet) +
           std::string(kind) + "+xml\"/>";
}

}  // namespace

std::string workbook_of(std::string const& name, std::vector<Column> const& columns,
                        std::vector<Page> const& pages) {
    std::vector<std::string> names{name}, sheets{form(columns)};
    for (Page const& one : pages) {
        names.push_back(one.name);
        sheets.push_back(page(one));
    }
    std::string types =
        std::string(head) +
        R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)"
        R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
        R"(<Default Extension="xml" ContentType="application/xml"/>)" +
        content_type("workbook.xml", "sheet.main") + content_type("styles.xml", "styles");
    std::string workbook = std::string(head) + "<workbook " + std::string(main_names) + " xmlns:r=\"" +
                           std::string(kinds) + "\"><sheets>";
    std::string relations = std::string(head) + std::string(relations_begin);
    std::vector<std::pair<std::string, std::string>> parts;
    for (std::size_t i = 0; i != sheets.size(); ++i) {
        std::string const n = std::to_string(i + 1), part = "worksheets/sheet" + n + ".xml";
        types += content_type(part, "worksheet");
        workbook += "<sheet name=\"" + escaped(names[i]) + "\" sheetId=\"" + n + "\" r:id=\"rId" + n + "\"/>";
        relations += relation("rId" + n, "worksheet", part);
        parts.emplace_back("xl/" + part, std::move(sheets[i]));
    }
    relations += relation("rId0", "styles", "styles.xml") + "</Relationships>";
    parts.emplace(parts.begin(), "[Content_Types].xml", types + "</Types>");
    parts.emplace_back("_rels/.rels", std::string(head) + std::string(relations_begin) +
                                          relation("rId1", "officeDocument", "xl/workbook.xml") +
                                          "</Relationships>");
    parts.emplace_back("xl/workbook.xml", workbook + "</sheets></workbook>");
    parts.emplace_back("xl/_rels/workbook.xml.rels", relations);
    parts.emplace_back("xl/styles.xml", styles());
    return zip_of(parts);
}

std::string csv_of(std::vector<Column> const& columns) {
    std::string text = "\xEF\xBB\xBF";
    for (std::size_t i = 0; i != columns.size(); ++i) text += (i == 0 ? "" : ",") + columns[i].name;
    return text + "\r\n";
}

}  // namespace sponsio::sheet
