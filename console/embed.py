#!/usr/bin/env python3
"""Writes the built front end as C++, behind sponsio::api::console_files().

    embed.py OUT FILE...
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "schema"))

from contract import literal  # noqa: E402


def main(out, files):
    rows = ""
    for path in sorted(map(pathlib.Path, files), key=lambda path: path.name):
        body = path.read_bytes()
        rows += f'    {{"{path.name}", {{\n{literal(body)},\n    {len(body)}}}}},\n'
    table = f"constexpr ConsoleFile rows[] = {{\n{rows}}};\n" if rows else ""
    answer = "rows" if rows else "{}"
    pathlib.Path(out).write_text(
        f'#include "server/api/console.hpp"\n\nnamespace sponsio::api {{\nnamespace {{\n{table}}}  // namespace\n\n'
        f"std::span<ConsoleFile const> console_files() {{\n    return {answer};\n}}\n}}  // namespace sponsio::api\n",
        encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
