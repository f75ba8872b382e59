#!/usr/bin/env python3
"""Holds the pages to their promise that every command in them is run by a test as it stands; prints one line per breach.

    check_pages.py [ROOT]

* a fenced block of commands says above it which test runs it, or why none does (tests/e2e/sponsio_e2e/pages.py has the form)
* the test that is named exists and opens that page; it fails by itself if it left a block out
* a block that is the same as one of another page, for a page in another language, is that block to the byte
* no block is without a language
"""
import pathlib
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/e2e"))
from sponsio_e2e.pages import blocks  # noqa: E402

COMMANDS = {"sh", "bash", "shell", "console"}


def breaches(root):
    for path in [*sorted(root.glob("README*.md")), *sorted((root / "docs").rglob("*.md")), *sorted((root / "schema").glob("*.md"))]:
        if not path.exists():
            continue
        for block in blocks(root, path.relative_to(root).as_posix()):
            if not block.language:
                yield f"{block}: a block without a language: sh for commands, text for what a program prints"
            elif block.language in COMMANDS and not block.told:
                yield f"{block}: no test runs these commands, and nothing says why"
            elif block.same_as:
                if not (root / block.same_as).exists():
                    yield f"{block}: {block.same_as} is not there"
                elif not any((one.text, one.language) == (block.text, block.language) for one in blocks(root, block.same_as)):
                    yield f"{block}: {block.same_as} has no such block"
            elif block.runner:
                test = root / block.runner
                if not test.exists():
                    yield f"{block}: {block.runner} is not there"
                elif f'"{block.page}"' not in test.read_text(encoding="utf-8"):
                    yield f"{block}: {block.runner} does not open this page"


def main():
    found = list(breaches(ROOT))
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
