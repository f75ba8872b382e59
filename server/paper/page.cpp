#include "server/paper/page.hpp"

#include <algorithm>
#include <cairo/cairo-pdf.h>
#include <memory>
#include <optional>
#include <pango/pangocairo.h>
#include <set>
#include <string_view>
#include <utility>

namespace sponsio::paper {
namespace {

constexpr double millimetre = 72 / 25.4;
constexpr double page_width = 210 * millimetre, page_height = 297 * millimetre;
constexpr double margin = 20 * millimetre;
constexpr double text_width = page_width - 2 * margin;
/// Below this line of the last millimetres stand the number of the page and the digest.
constexpr double text_end = page_height - margin - 8 * millimetre;
constexpr double body_size = 16;
constexpr double line_height = 28;  ///< points from one line of the body to the next

/// Fonts with the characters of GB 18030, of one design for both languages.
constexpr char const* body_font = "Noto Serif CJK SC";
constexpr char const* title_font = "Noto Sans CJK SC";

struct Release {
    void operator()(cairo_surface_t* surface) const noexcept { cairo_surface_destroy(surface); }

    void operator()(cairo_t* context) const noexcept { cairo_destroy(context); }

    void operator()(PangoLayout* layout) const noexcept { g_object_unref(layout); }

    void operator()(PangoFontDescription* font) const noexcept { pango_font_description_free(font); }

    void operator()(PangoAttrList* attributes) const noexcept { pango_attr_list_unref(attributes); }
};

using Surface = std::unique_ptr<cairo_surface_t, Release>;
using Context = std::unique_ptr<cairo_t, Release>;
using Layout = std::unique_ptr<PangoLayout, Release>;

/// What keeps codes and addresses from being divided at a hyphen: readers of the file take a hyphen at the
/// end of a line for the sign of a divided word, and drop it from what they copy
/// (findings/pdftotext_drops_hyphens.sh).
std::unique_ptr<PangoAttrList, Release> undivided(std::string_view text) {
    constexpr std::size_t longest = 48;  // what is longer may not fit into a line of the body
    auto const printed = [](char c) { return c > ' ' && c < 0x7f; };
    std::unique_ptr<PangoAttrList, Release> attributes(pango_attr_list_new());
    for (auto at = text.begin(); (at = std::find_if(at, text.end(), printed)) != text.end();) {
        auto const end = std::find_if_not(at, text.end(), printed);
        std::string_view const run(at, end);
        if (run.size() <= longest && run.find('-') != run.npos) {
            PangoAttribute* const whole = pango_attr_allow_breaks_new(FALSE);
            whole->start_index = static_cast<guint>(at - text.begin());
            whole->end_index = static_cast<guint>(end - text.begin());
            pango_attr_list_insert(attributes.get(), whole);
        }
        at = end;
    }
    return attributes;
}

/// How a run of text is set.
struct Style {
    char const* font = body_font;
    double size = body_size;  ///< points
    bool bold = false;
    bool indented = false;
    PangoAlignment align = PANGO_ALIGN_LEFT;
};

/// Writes onto pages from top to bottom; counts them as well when nothing is drawn.
class Pages {
  public:
    Pages(cairo_t* context, Paper const& paper, int total)
        : context_(context), paper_(paper), total_(total) {}

    void write(std::string_view text, Style const& style, double step = line_height) {
        Layout const layout = set(text, style);
        PangoLayoutIter* const lines = pango_layout_get_iter(layout.get());
        do {
            if (y_ + step > text_end) next_page();
            PangoRectangle extent;
            pango_layout_iter_get_line_extents(lines, nullptr, &extent);
            cairo_move_to(context_, margin + pango_units_to_double(extent.x), y_ + step * 0.75);
            pango_cairo_show_layout_line(context_, pango_layout_iter_get_line_readonly(lines));
            y_ += step;
        } while (pango_layout_iter_next_line(lines));
        pango_layout_iter_free(lines);
    }

    void skip(double height) { y_ += height; }

    /// Keeps what is that high together.
    void keep(double height) {
        if (y_ + height > text_end) next_page();
    }

    int finish() {
        foot();
        cairo_show_page(context_);
        return page_;
    }

    [[nodiscard]] std::set<std::string> const& without_glyph() const noexcept { return without_glyph_; }

  private:
    Layout set(std::string_view text, Style const& style) {
        Layout layout(pango_cairo_create_layout(context_));
        std::unique_ptr<PangoFontDescription, Release> const font(pango_font_description_new());
        pango_font_description_set_family_static(font.get(), style.font);
        pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
        if (style.bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
        pango_layout_set_font_description(layout.get(), font.get());
        pango_context_set_language(pango_layout_get_context(layout.get()),
                                   pango_language_from_string(paper_.english ? "en" : "zh-CN"));
        pango_layout_set_width(layout.get(), pango_units_from_double(text_width));
        pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
        pango_layout_set_alignment(layout.get(), style.align);
        if (style.indented) {
            pango_layout_set_indent(layout.get(), pango_units_from_double(2 * style.size));
            // Pango stretches blanks only, of which a line of Chinese has one or two.
            pango_layout_set_justify(layout.get(), paper_.english ? TRUE : FALSE);
        }
        pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
        pango_layout_set_attributes(layout.get(), undivided(text).get());
        if (pango_layout_get_unknown_glyphs_count(layout.get()) != 0) note_missing(text, style);
        return layout;
    }

    /// Which characters they are, each set by itself.
    void note_missing(std::string_view text, Style const& style) {
        for (std::size_t at = 0; at != text.size();) {
            char const* const next = g_utf8_next_char(text.data() + at);
            auto const length = static_cast<std::size_t>(next - text.data()) - at;
            Layout const one(pango_cairo_create_layout(context_));
            std::unique_ptr<PangoFontDescription, Release> const font(pango_font_description_new());
            pango_font_description_set_family_static(font.get(), style.font);
            pango_layout_set_font_description(one.get(), font.get());
            pango_layout_set_text(one.get(), text.data() + at, static_cast<int>(length));
            if (pango_layout_get_unknown_glyphs_count(one.get()) != 0)
                without_glyph_.emplace(text.substr(at, length));
            at += length;
        }
    }

    void next_page() {
        foot();
        cairo_show_page(context_);
        ++page_;
        y_ = margin;
    }

    void foot() {
        std::string const one = std::to_string(page_), all = std::to_string(total_);
        line_at(paper_.english ? "Page " + one + " of " + all : "第 " + one + " 页 共 " + all + " 页", 10.5,
                page_height - margin);
        line_at((paper_.english ? "Digest (SHA-256): " : "文书摘要（SHA-256）：") + paper_.digest, 8,
                page_height - margin + 5 * millimetre);
    }

    void line_at(std::string const& text, double size, double y) {
        Layout const layout = set(text, {.size = size, .align = PANGO_ALIGN_CENTER});
        cairo_move_to(context_, margin, y - size);
        pango_cairo_show_layout(context_, layout.get());
    }

    cairo_t* context_;
    Paper const& paper_;
    int total_;
    int page_ = 1;
    double y_ = margin;
    std::set<std::string> without_glyph_{};
};

cairo_status_t append(void* to, unsigned char const* bytes, unsigned length) {
    static_cast<std::string*>(to)->append(reinterpret_cast<char const*>(bytes), length);
    return CAIRO_STATUS_SUCCESS;
}

struct Drawn {
    std::string pdf;
    int pages;
    std::set<std::string> without_glyph;
    cairo_status_t status;
};

Drawn draw(Paper const& paper, int total) {
    Drawn drawn{};
    Surface const surface(cairo_pdf_surface_create_for_stream(append, &drawn.pdf, page_width, page_height));
    std::string const title = paper.title + " " + paper.number;
    // Cairo drops a time with a fraction of a second (findings/cairo_pdf_dates.sh).
    std::string const made_at = paper.made_at.substr(0, 19) + "Z";
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_AUTHOR, paper.organ.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, made_at.c_str());
    {
        Context const context(cairo_create(surface.get()));
        Pages pages(context.get(), paper, total);
        pages.write(paper.organ, {.align = PANGO_ALIGN_CENTER});
        pages.write(paper.title, {.font = title_font, .size = 22, .bold = true, .align = PANGO_ALIGN_CENTER},
                    40);
        pages.write(paper.number, {.size = 14, .align = PANGO_ALIGN_CENTER});
        pages.skip(line_height / 2);
        if (!paper.addressee.empty()) pages.write(paper.addressee, {});
        for (std::string const& paragraph : paper.paragraphs) pages.write(paragraph, {.indented = true});
        pages.keep(line_height * (static_cast<double>(paper.closing.size()) + 1.5));
        pages.skip(line_height);
        for (std::string const& line : paper.closing) pages.write(line, {.align = PANGO_ALIGN_RIGHT});
        drawn.pages = pages.finish();
        drawn.without_glyph = pages.without_glyph();
        drawn.status = cairo_status(context.get());
    }
    cairo_surface_finish(surface.get());
    if (drawn.status == CAIRO_STATUS_SUCCESS) drawn.status = cairo_surface_status(surface.get());
    return drawn;
}

}  // namespace

Result<std::string> draw_pages(Paper const& paper) {
    int const total = draw(paper, 0).pages;  // how many there are is said on each of them
    Drawn drawn = draw(paper, total);
    if (!drawn.without_glyph.empty()) {
        std::string characters;
        for (std::string const& one : drawn.without_glyph) characters += one;
        return Error{.code = page_error::no_glyph,
                     .message = "No font that is installed has these characters.",
                     .where = std::move(characters)};
    }
    if (drawn.status != CAIRO_STATUS_SUCCESS)
        return Error{
            .code = page_error::not_drawn, .message = cairo_status_to_string(drawn.status), .where = {}};
    return std::move(drawn.pdf);
}

}  // namespace sponsio::paper
