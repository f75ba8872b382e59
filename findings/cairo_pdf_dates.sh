#!/usr/bin/env bash
# Cairo as Debian 12 has it: does a PDF get the date of making that it was given?
#
# Guessed: CAIRO_PDF_METADATA_CREATE_DATE takes an ISO 8601 time, or sets the surface's status if it does not understand it; the
#          file then holds it as PDF writes dates, (D:20260322010000Z) (ISO 32000-1 §7.9.4).
# True:    a time with a fraction of a second is dropped without a word: the status is good, and the file has no CreationDate at
#          all. One in whole seconds is written without the prefix D: that the format asks for, which readers forgive.
# Seen with: libcairo2 1.16.0-7, gcc 12.2: (20260322010000Z); nothing for 01:00:00.5Z; both "no error has occurred"
#
# Needs apt-get and gcc. Fails if any of it changes.
set -euo pipefail
version=1.16.0-7
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq install -y "libcairo2-dev=$version" "libcairo2=$version" gcc pkg-config >apt.log 2>&1 || {
    echo "cairo_pdf_dates: libcairo2 $version cannot be installed; apt.log ends:" >&2
    tail -n 3 apt.log >&2
    exit 1
}
cat >date.c <<'END'
#include <cairo-pdf.h>
#include <stdio.h>

static cairo_status_t append(void* to, unsigned char const* bytes, unsigned length) {
    return fwrite(bytes, 1, length, to) == length ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

int main(int argc, char** argv) {
    cairo_surface_t* surface = cairo_pdf_surface_create_for_stream(append, stdout, 100, 100);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, argv[argc - 1]);
    cairo_t* context = cairo_create(surface);
    cairo_show_page(context);
    cairo_destroy(context);
    cairo_surface_finish(surface);
    fprintf(stderr, "%s\n", cairo_status_to_string(cairo_surface_status(surface)));
    return 0;
}
END
# shellcheck disable=SC2046  # several words
gcc date.c -o date $(pkg-config --cflags --libs cairo)
# made TIME: what the file says of when it was made, and the status.
made() {
    ./date "$1" >page.pdf 2>status
    printf '%s; %s\n' "$(grep -aoE 'CreationDate \([^)]*\)' page.pdf || echo nothing)" "$(cat status)"
}
whole=$(made 2026-03-22T01:00:00Z)
fraction=$(made 2026-03-22T01:00:00.5Z)
printf 'whole seconds: %s\nwith a fraction: %s\n' "$whole" "$fraction"
[ "$whole" = "CreationDate (20260322010000Z); no error has occurred" ]
[ "$fraction" = "nothing; no error has occurred" ]
