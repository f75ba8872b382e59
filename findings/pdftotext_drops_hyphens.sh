#!/usr/bin/env bash
# Poppler's pdftotext: does a number, a day or an address that goes on in the next line come out as it is printed?
#
# Guessed: pdftotext keeps every character that is drawn and may at most put two lines together; only the soft hyphen (U+00AD),
#          or a hyphen between two letters, is taken for the sign of a divided word.
# True:    without -layout or -raw, a line that ends in a hyphen loses it whatever stands beside it, digits too: a code 12-34 is
#          read as 1234, the day 2026-11-29 as 202611-29, an address .../my-case as .../mycase. With -layout, -raw, -bbox and
#          -tsv the hyphen is there. So neither a test nor a reader of papers may use the plain mode for codes and addresses.
# Seen with: poppler-utils 22.12.0-2+deb12u3: plain "12" and "34" joined without the hyphen; the other modes keep it
#
# Needs apt-get and python3. Fails if any of it changes.
set -euo pipefail
version=22.12.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq install -y "poppler-utils=$version-*" >apt.log 2>&1 || {
    echo "pdftotext_drops_hyphens: poppler-utils $version cannot be installed; apt.log ends:" >&2
    tail -n 3 apt.log >&2
    exit 1
}
python3 - <<'END'
lines = ["The code is 12-", "34, until 2026-", "11-29, at https://host.example/my-", "case"]
text = "BT /F 12 Tf 14 TL 50 700 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
           "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
           f"<</Length {len(text)}>>\nstream\n{text}\nendstream", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
out, places = b"%PDF-1.4\n", []
for number, value in enumerate(objects, 1):
    places.append(len(out))
    out += f"{number} 0 obj\n{value}\nendobj\n".encode()
table = len(out)
out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
out += f"trailer\n<</Root 1 0 R/Size {len(places) + 1}>>\nstartxref\n{table}\n%%EOF\n".encode()
open("page.pdf", "wb").write(out)
END
pdftotext -v 2>&1 | head -n 1
# read_as MODE...: the text of the page in one line.
read_as() { pdftotext "$@" page.pdf - | tr -s '\n\f' '  '; }
plain=$(read_as)
layout=$(read_as -layout)
raw=$(read_as -raw)
printf 'plain:  %s\nlayout: %s\nraw:    %s\n' "$plain" "$layout" "$raw"
grep -qF 'The code is 1234, until 202611-29, at https://host.example/mycase' <<<"$plain"
for kept in "$layout" "$raw"; do
    grep -qF '12- 34, until 2026- 11-29, at https://host.example/my- case' <<<"$kept"
done
