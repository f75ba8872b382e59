#!/usr/bin/env python3
"""Holds the tree to its own manners; prints one line per breach and exits 1 if there is any.

* nothing at the top but the folders and files that belong there, and dot files
* no source file above 500 lines
* no promise of later work in a source (the words below), no disabled test; skipped only where root matters
* every package of scripts/deps is explained in docs/dependencies.md, and none more
* no path of somebody's machine and no host of a package registry in the tree
* every page and path that a page, a comment or a text names is in the tree, and every line of docs/law.md that is cited
* text files are UTF-8, end with a newline and have no trailing blanks
* where a package.json overrides a version, its lock file names that one wherever the package is needed
"""
import json
import pathlib
import re
import subprocess
import sys

SOURCE = {".cpp", ".hpp", ".py", ".sh", ".cjs", ".mjs", ".js", ".ts", ".tsx", ".css", ".cmake", ".sql"}
TEXT = SOURCE | {".md", ".txt", ".json", ".yaml", ".yml", ""}
TOP = {"server", "console", "schema", "text", "crypto", "reference", "tests", "scripts", "docs", "findings", "CMakeLists.txt", "CMakePresets.json", "README.md", "README.zh-CN.md", "LICENSE"}
LIMIT = 500
LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
DISABLED = re.compile(r"\bDISA" + r"BLED_\w+|@unittest\.sk" + r"ip\b|\bGTEST_SK" + r"IP\(")
FOREIGN = re.compile(
    r"((?<![\w.])/home/\w+|/Users/\w+|(?<![\w.])/ro" + r"ot/|(?<![\w.])/wor" + r"k/\w+|registry\.npm" + r"js|registry\.yarn" + r"pkg|deb\.deb" + r"ian\.org)"
)
# What names a page (with or without docs/ before it), and what names another path below a folder of the tree. Patterns such
# as tests/bench/bench_<name>.cpp and paths that a build makes are no names.
PAGE = re.compile(r"(?<![\w./-])((?:docs/)?(?:adr/)?\w[\w-]*\.md)\b")
PATH = re.compile(r"(?<![\w./:-])((?:server|schema|crypto|tests|scripts|docs)/[\w./*<>{}-]*[\w/*>}])")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
# A line of the law, as comments and lints cite it, and as the page has it.
CITED = re.compile(r"docs/law\.md ([A-Z]\d+)\b")
LAW = re.compile(r"^\| ([A-Z]\d+) \|", re.MULTILINE)
COMMENT = re.compile(r"(?://|#|--|^\s*\*)\s(.*)")


def tracked(root):
    """Files git tracks or would track; every file below the usual folders where there is no git."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=root, capture_output=True, check=True, text=True,
        ).stdout.split("\n")
        return [name for name in listing if name and (root / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        skipped = {"build", "var", "node_modules", ".git"}
        return [
            path.relative_to(root).as_posix()
            for path in sorted(root.rglob("*"))
            if path.is_file() and not skipped & set(path.relative_to(root).parts)
        ]


def is_source(name):
    path = pathlib.Path(name)
    return path.suffix in SOURCE or path.name == "CMakeLists.txt" or (path.suffix == "" and name.startswith("scripts/"))


def breaches_of(name, text):
    lines = text.split("\n")
    if is_source(name) and len(lines) - 1 > LIMIT:
        yield f"{name}: {len(lines) - 1} lines; split it, {LIMIT} is the limit"
    for number, line in enumerate(lines, 1):
        if is_source(name) and LATER.search(line):
            yield f"{name}:{number}: do it or write an issue; the tree promises nothing"
        if is_source(name) and DISABLED.search(line) and "root" not in line:
            yield f"{name}:{number}: a test that does not run is no test"
        if FOREIGN.search(line):
            yield f"{name}:{number}: names a machine's path or a registry"
        if line != line.rstrip() and not name.endswith(".md"):
            yield f"{name}:{number}: blanks at the end of the line"
    if text and not text.endswith("\n"):
        yield f"{name}: no newline at the end"


def dependency_breaches(root):
    wanted = {
        line.split()[1].split(">=")[0]
        for line in (root / "scripts/deps").read_text(encoding="utf-8").split("\n")
        if line and not line.startswith("#")
    }
    told = set(re.findall(r"^\| `([a-z0-9.+-]+)`", (root / "docs/dependencies.md").read_text(encoding="utf-8"), re.MULTILINE))
    for package in sorted(wanted - told):
        yield f"docs/dependencies.md: says nothing of {package}, which scripts/deps installs"
    for package in sorted(told - wanted):
        yield f"docs/dependencies.md: speaks of {package}, which scripts/deps does not install"


def lock_breaches(root, name):
    """npm 9.2, which Debian 12 has, takes a lock file for stale in which a package is needed in another version than the overridden one."""
    folder = (root / name).parent
    overrides = json.loads((folder / "package.json").read_text(encoding="utf-8")).get("overrides", {})
    packages = json.loads((root / name).read_text(encoding="utf-8"))["packages"]
    for place, package in packages.items():
        needed = package.get("dependencies", {}) | package.get("optionalDependencies", {})
        for other, version in overrides.items():
            if needed.get(other, version) != version:
                yield f"{name}: {place} needs {other} {needed[other]}; write {version} there, as the overrides say, or Debian's npm refuses the file"


def names_in(name, text):
    """(line number, name, path in the tree) of everything that the text names."""
    page = name.endswith(".md")
    for number, line in enumerate(text.split("\n"), 1):
        if page:
            for match in LINK.finditer(line):
                yield number, match[1], pathlib.Path(name).parent / match[1]
        else:
            for match in PAGE.finditer(line):
                yield number, match[1], pathlib.Path("docs") / match[1].removeprefix("docs/")
        said = line if page else (COMMENT.search(line) or [None, ""])[1]
        for match in PATH.finditer(said):
            if not re.search(r"[*<>{}]|_$", match[1]) and not line.lstrip().startswith("#include"):
                yield number, match[1], pathlib.Path(match[1])


def stale_names(root, name, text, law):
    for number, said, path in names_in(name, text):
        if said != "README.md" and not (root / path).exists():
            yield f"{name}:{number}: names {said}, which is not in the tree"
    for number, line in enumerate(text.split("\n"), 1):
        for cited in CITED.findall(line):
            if cited not in law:
                yield f"{name}:{number}: cites {cited}, which docs/law.md does not have"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    breaches = []
    page = root / "docs/law.md"
    law = set(LAW.findall(page.read_text(encoding="utf-8"))) if page.exists() else set()
    for name in tracked(root):
        top = name.split("/")[0]
        if top not in TOP and not top.startswith("."):
            breaches.append(f"{name}: does not belong at the top of the tree")
        if pathlib.Path(name).suffix not in TEXT:
            continue
        try:
            text = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            if is_source(name) or name.endswith((".md", ".yaml")):
                breaches.append(f"{name}: is not UTF-8")
            continue
        if name.endswith("package-lock.json"):
            breaches += lock_breaches(root, name)
        # Lock files and recorded bytes are as their makers wrote them.
        if name.endswith("package-lock.json") or "/golden/" in name:
            continue
        breaches += breaches_of(name, text)
        # Tests of the gates are full of names that lead nowhere: what they feed them.
        if name.endswith((".md", ".yaml")) or (is_source(name) and "/test_check_" not in name):
            breaches += stale_names(root, name, text, law)
    breaches += dependency_breaches(root)
    for breach in breaches:
        print(breach)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
