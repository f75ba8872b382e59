"""The command blocks of README.md and docs/: each says above it which test runs it as it stands, or why none does.

    <!-- Run as it stands by tests/e2e/test_verify_product.py -->          a fenced block of `sh` follows
    <!-- Not run by a test: it is the installation of the tests -->
    <!-- The same block as in docs/operations.md -->                       of a page in another language

A block of another language is no command. A block without a language is refused, because nobody knows what it is.
"""
import dataclasses
import os
import pathlib
import re
import subprocess

FENCE = re.compile(r"^```(\w*)$")
RUN = re.compile(r"^<!-- Run as it stands by (tests/e2e/test_\w+\.py) -->$")
NOT_RUN = re.compile(r"^<!-- Not run by a test: .{10,} -->$")


SAME = re.compile(r"^<!-- The same block as in (\S+\.md) -->$")


@dataclasses.dataclass
class Block:
    page: str
    line: int
    language: str
    heading: str
    text: str
    runner: str  # the test file that runs it; empty if it says why none does
    told: bool  # whether it says any of the three
    same_as: str = ""  # the page that has the same block

    def __str__(self):
        return f"{self.page}:{self.line}"


def blocks(root, page):
    """Every fenced block of a page of the tree at `root`."""
    found, heading, above, inside = [], "", "", None
    for number, line in enumerate((pathlib.Path(root) / page).read_text(encoding="utf-8").split("\n"), 1):
        fence = FENCE.match(line)
        if inside is None and fence:
            runner, same = RUN.match(above), SAME.match(above)
            inside = Block(page, number, fence[1], heading, "", runner[1] if runner else "",
                           bool(runner or same or NOT_RUN.match(above)), same[1] if same else "")
        elif inside is not None and fence:
            found.append(inside)
            inside = None
        elif inside is not None:
            inside.text += line + "\n"
        elif line.startswith("#"):
            heading = line.lstrip("# ")
        above = line
    if inside is not None:
        raise ValueError(f"{inside}: the block does not end")
    return found


class Page:
    """The blocks of one page that one test file has to run, all of them, in their order."""

    def __init__(self, root, page, test_file):
        name = pathlib.Path(test_file).resolve().relative_to(pathlib.Path(root).resolve()).as_posix()
        self.blocks = [block for block in blocks(root, page) if block.runner == name]
        self.name = page
        self.ran = []

    def run(self, number, folder, timeout=120, **variables):
        """Runs block `number` (from 0) with bash, as a reader would paste it who stops at the first error. Answers what it printed."""
        block = self.blocks[number]
        self.ran.append(number)
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | {"LANG": "C.UTF-8"}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block.text], cwd=folder, env=environment | {k: str(v) for k, v in variables.items()},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{block} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def hold_all_ran(self):
        left = [str(block) for number, block in enumerate(self.blocks) if number not in self.ran]
        if left or not self.blocks:
            raise AssertionError(f"{self.name}: nothing ran {left or 'any block'}")
