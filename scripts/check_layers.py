#!/usr/bin/env python3
"""Holds the sources to the rooms of docs/architecture.md: who may include whom, who may speak SQL, who may see keys.

    check_layers.py [ROOT]                   prints one line per breach, `file:line: sentence`; exits 1 if there is any
    check_layers.py --graph FOLDER [ROOT]    prints the graph of the rooms in FOLDER (such as server/service): rooms,
                                             floors, arrows, loops. A folder without rooms has one for each unit.

The tables below are the law; there is no list of exceptions.
"""
import collections
import pathlib
import re
import sys

# Rooms of ours that a room may include, besides itself and what stands in PARTS.
ROOMS = {
    "text": set(),
    "crypto": {"text"},
    "verify": {"text", "crypto"},
    "base": {"text"},
    "paper": {"text", "base"},
    "domain": {"text", "base"},
    "sheet": {"text", "base"},
    "db": {"text", "base"},
    "store": {"text", "base", "domain", "db"},
    "http": {"text", "base"},
    "client": {"text", "base"},
    "service": {"text", "base", "domain", "store", "crypto", "client"},
    "api": {"text", "base", "paper", "domain", "service", "http", "sheet"},
    "work": {"base", "service"},
    "reference": {"text", "crypto", "base", "http", "client"},
    "app": {"text", "base", "paper", "domain", "db", "store", "http", "client", "service", "api", "work", "crypto", "reference"},
}

# The rooms within a room, lowest floor first. A unit may include those of its own room within and of lower floors; "" is
# what lies beside them.
WITHIN = {
    "crypto": [{""}, {"keys"}, {"tokens", "log"}, {"draw"}],
    "service": [
        {"unit"},
        {"evidence", "keys", "knowledge", "matters"},
        {"tasks", "findings", "exposures"},
        {"log"},
        {"filing", "draws", "departments", "parties", "records", "search", "desk", "campaigns"},
        {"submissions", "subscriptions", "erasure", "sessions", "assessments"},
        {"publicity", "removals", "listings"},
        {"objections", "repairs", "revocations"},
        {"window"},
    ],
    "reference": [{"front"}, {"platform", "department", "witness"}],
}

# Parts of another room that are open although the room is not: (room, pattern of the included path).
PARTS = [
    ("domain", r"crypto/digest\.hpp"),
    ("api", r"crypto/digest\.hpp"),
    # The documents that pass between the server and others: the same words at both ends.
    ("reference", r"server/domain/(batch|commitment|inquiry_message|decode|uscc)\.hpp"),
    # What a unit of work is made of: where it runs, its transaction, its error. Not the session, which speaks SQL.
    ("service", r"server/db/(executor|group_commit|tx|error)\.hpp"),
]

# Libraries of others that a room may include. "posix" is the C interface of the operating system.
LIBRARIES = {
    "text": set(),
    "reference": {"boost/system", "boost/asio", "posix"},
    "crypto": {"openssl", "zlib", "p11-kit", "posix"},
    "verify": {"cli", "curl"},
    "base": {"boost/system", "posix"},
    "paper": {"boost/system", "boost/asio"},
    "domain": {"boost/system", "boost/math"},
    "sheet": {"boost/system", "expat", "libzip", "posix"},
    "db": {"boost/system", "boost/asio", "soci", "libpq", "posix"},
    "store": {"boost/system"},
    "http": {"boost/system", "boost/asio", "boost/beast", "boost/url", "openssl", "posix"},
    "client": {"boost/system", "curl", "openssl"},
    "service": {"boost/system", "boost/asio"},
    "api": {"boost/system", "boost/asio", "boost/url"},
    "work": {"boost/system", "boost/asio"},
    "app": {"boost/system", "boost/asio", "boost/url", "cli", "openssl", "posix"},
}

# Libraries open to single source files (never to a header others include).
FILE_LIBRARIES = [
    (r"server/base/metrics\w*\.cpp", {"prometheus"}),
    (r"crypto/verify/main\.cpp", {"posix"}),
    (r"server/paper/page\.cpp", {"cairo", "pango"}),
    (r"server/paper/main\.cpp", {"posix"}),
    (r"server/client/public_address\.cpp", {"posix"}),
    (r"server/service/evidence/content_type\.cpp", {"libmagic"}),
]

# Headers behind which private keys lie, and the files that may reach them, directly or through another header.
KEY_HEADERS = r"crypto/keys/(key|manifest|seed|store|wrap|signer|pkcs11\w*)\.hpp"
KEY_READERS = (
    r"(crypto/(?!verify/).*|server/service/((keys|log)/.*|records/issue_\w*\.[ch]pp|submissions/delivery\.[ch]pp|subscriptions/.*)|"
    r"server/app/.*|reference/.*)"
)

SQL_ROOMS = {"db", "store"}
SQL = re.compile(
    r"\b(select\s.+\sfrom\s|insert\s+into\s|update\s+[\w.]+\s+set\s|delete\s+from\s|"
    r"(create|alter|drop)\s+(table|role|database|schema|index)\s|set\s+local\s|pg_advisory)|^\s*(listen|notify)\s+\w+\s*$",
    re.IGNORECASE | re.DOTALL,
)
POSIX = re.compile(
    r"(sys|netinet|arpa|net|linux)/.*\.h|(unistd|fcntl|pthread|signal|pwd|grp|iconv|poll|dirent|errno|netdb|termios|limits|stdlib|string|time)\.h"
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)


def room_of(path):
    """The room a repository path belongs to, or None."""
    parts = path.split("/")
    if parts[0] == "crypto":
        return "verify" if parts[1] == "verify" else "crypto"
    if parts[0] in ("text", "reference"):
        return parts[0]
    if parts[0] == "server" and len(parts) > 2:
        return parts[1]
    return None


def within(path):
    """The room within its room that a path belongs to; "" beside them."""
    parts = path.split("/")
    inner = parts[2:-1] if parts[0] == "server" else parts[1:-1]
    return inner[0] if inner else ""


def library_of(name):
    """Which library an angle include belongs to; None for the standard library."""
    if name.startswith("boost/core/"):
        return None  # small change that every library of Boost brings along
    if name.startswith("boost/"):
        return "boost/" + re.split(r"[/.]", name)[1]
    first = name.split("/")[0]
    if first in ("openssl", "curl", "p11-kit", "soci", "prometheus"):
        return first
    if first == "zlib.h":
        return "zlib"
    if first in ("expat.h", "zip.h"):
        return {"expat.h": "expat", "zip.h": "libzip"}[first]
    if first in ("cairo", "pango"):
        return first
    if first == "magic.h":
        return "libmagic"
    if first == "CLI":
        return "cli"
    if first in ("libpq-fe.h", "libpq", "postgresql"):
        return "libpq"
    if POSIX.fullmatch(name):
        return "posix"
    return None if re.fullmatch(r"[a-z_]+", name) else f"unknown library {name}"


def without_comments(text):
    """The text with comments blanked, line numbers kept, strings untouched."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if m[0][0] == "/" else m[0], text)


def strings_of(text):
    """(offset, contents) of every string literal; neighbours with only space between them count as one."""
    literal = re.compile(r'R"(\w*)\((?P<raw>.*?)\)\1"|"(?P<plain>(?:\\.|[^"\\\n])*)"', re.DOTALL)
    found, end = [], None
    for match in literal.finditer(text):
        contents = match["raw"] if match["raw"] is not None else match["plain"]
        if end is not None and not text[end : match.start()].strip():
            found[-1] = (found[-1][0], found[-1][1] + contents)
        else:
            found.append((match.start(), contents))
        end = match.end()
    return found


class Checker:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.breaches = []
        self.texts = {}
        self.includes = {}
        for folder in ("text", "crypto", "server", "reference", "tests"):
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix in (".hpp", ".cpp", ".h") and path.is_file():
                    name = path.relative_to(self.root).as_posix()
                    self.texts[name] = without_comments(path.read_text(encoding="utf-8"))
                    self.includes[name] = [
                        (self.line(name, m.start()), m[1] == '"', m[2]) for m in INCLUDE.finditer(self.texts[name])
                    ]

    def line(self, name, offset):
        return self.texts[name].count("\n", 0, offset) + 1

    def breach(self, name, line, sentence):
        self.breaches.append(f"{name}:{line}: {sentence}")

    def check_includes(self, name):
        room = room_of(name)
        for line, ours, target in self.includes[name]:
            if not ours:
                self.check_library(name, line, room, library_of(target))
            elif target not in self.texts:
                self.breach(name, line, f'"{target}" is no file of this repository, named from its root')
            else:
                self.check_room(name, line, room, target)

    def check_library(self, name, line, room, library):
        if library is None or room is None or library in LIBRARIES[room]:
            return
        if any(re.fullmatch(pattern, name) and library in allowed for pattern, allowed in FILE_LIBRARIES):
            return
        self.breach(name, line, f"the room {room} may not include {library}")

    def check_room(self, name, line, room, target):
        other = room_of(target)
        if target.startswith("tests/") and room is not None:
            self.breach(name, line, f"the room {room} may not include tests")
        elif room is not None and other == room:
            self.check_within(name, line, room, target)
        elif room is None or other is None or other in ROOMS[room]:
            return
        elif not any(room == owner and re.fullmatch(pattern, target) for owner, pattern in PARTS):
            self.breach(name, line, f"the room {room} may not include {target}")

    def check_within(self, name, line, room, target):
        if room not in WITHIN or within(name) == within(target):
            return
        floors = {inner: floor for floor, inners in enumerate(WITHIN[room]) for inner in inners}
        for path in (name, target):
            if within(path) not in floors:
                self.breach(path, 1, f"{within(path) or 'the ground'} is no room within {room}")
                return
        if floors[within(target)] >= floors[within(name)]:
            self.breach(name, line, f"within {room}, {within(name)} may not include {target}, which is not on a lower floor")

    def check_sql(self, name):
        if room_of(name) is None or room_of(name) in SQL_ROOMS:
            return
        for offset, contents in strings_of(self.texts[name]):
            if SQL.search(contents + " "):
                self.breach(name, self.line(name, offset), f"SQL belongs in db and store, not in {room_of(name)}")

    def check_keys(self, name):
        """A breadth-first walk over the includes, to say which way a private key is reached."""
        if room_of(name) is None or re.fullmatch(KEY_READERS, name):
            return
        seen, queue = {name}, [[name]]
        while queue:
            way = queue.pop(0)
            for _, ours, target in self.includes.get(way[-1], []):
                if not ours or target in seen:
                    continue
                if re.fullmatch(KEY_HEADERS, target):
                    self.breach(name, 1, "reaches private keys: " + " -> ".join(way[1:] + [target]))
                    return
                seen.add(target)
                queue.append(way + [target])

    def run(self):
        for name in self.texts:
            room = room_of(name)
            if room is not None and room not in ROOMS:
                self.breach(name, 1, f"{room} is no room of docs/architecture.md")
                continue
            self.check_includes(name)
            self.check_sql(name)
            self.check_keys(name)
        return self.breaches


def graph(checker, folder):
    """The rooms of a folder and whom each includes: {room: {room}}. A unit beside the rooms is a room of its own."""
    arrows = collections.defaultdict(set)

    def room(path):
        first, *rest = path[len(folder) + 1 :].split("/")
        return first if rest else first.rsplit(".", 1)[0]

    for name in checker.texts:
        if name.startswith(folder + "/"):
            targets = {room(target) for _, ours, target in checker.includes[name] if ours and target.startswith(folder + "/")}
            arrows[room(name)] |= targets - {room(name)}
    return dict(arrows)


def components(arrows):
    """The strongly connected rooms, each group after those that it includes (Tarjan, SIAM J. Comput. 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(room):
        index[room] = low[room] = len(index)
        stack.append(room)
        for other in sorted(arrows.get(room, ())):
            if other not in index:
                visit(other)
                low[room] = min(low[room], low[other])
            elif other in stack:
                low[room] = min(low[room], index[other])
        if low[room] == index[room]:
            at = stack.index(room)
            found.append(stack[at:])
            del stack[at:]

    for room in sorted(arrows):
        if room not in index:
            visit(room)
    return found


def print_graph(checker, folder):
    arrows = graph(checker, folder)
    if not arrows:
        sys.exit(f"check_layers: there are no sources in {folder}")
    floor = {}
    groups = components(arrows)
    for group in groups:
        below = [floor[other] for room in group for other in arrows.get(room, ()) if other not in group]
        for room in group:
            floor[room] = max(below, default=-1) + 1
    loops = [group for group in groups if len(group) > 1]
    count = sum(len(targets) for targets in arrows.values())
    print(f"{folder}: {len(arrows)} rooms, {max(floor.values()) + 1} floors, {count} arrows, {len(loops)} loops")
    for level in range(max(floor.values()), -1, -1):
        print(f"  floor {level}")
        for room in sorted(room for room, at in floor.items() if at == level):
            print(f"    {room}" + (" -> " + ", ".join(sorted(arrows[room])) if arrows.get(room) else ""))
    for loop in loops:
        print("  loop: " + ", ".join(sorted(loop)))


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--graph"]:
        if len(arguments) < 2:
            sys.exit("check_layers: --graph needs a folder, such as server/service")
        print_graph(Checker(arguments[2] if len(arguments) > 2 else "."), arguments[1])
        return 0
    checker = Checker(arguments[0] if arguments else ".")
    breaches = checker.run()
    for breach in breaches:
        print(breach)
    if not checker.texts:
        sys.exit("check_layers: there are no sources here")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
