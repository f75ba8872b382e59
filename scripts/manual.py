#!/usr/bin/env python3
"""Man pages and bash completion of a program, made from what it says of itself with --help, so that they cannot say otherwise.

    manual.py --program PATH --into DIR [--date YYYY-MM-DD]

DIR gets NAME.1, one NAME-COMMAND.1 for every command, and NAME.bash. The form of --help is CLI11's.
"""
import argparse
import datetime
import pathlib
import re
import subprocess
import textwrap

# What a value is called when it is a path, and what bash offers for it then.
PATHS = {"FILE": "-f", "DIR": "-d", "NEWDIR": "-d", "PATH": "-f"}


class Option:
    """An option or a positional: its names, what its value is called, and what it is for."""

    def __init__(self, head, about):
        names, _, value = head.partition(" ")
        self.names = names.split(",")
        value, _, self.needs = value.partition("Needs: ")
        self.needs, _, more = self.needs.partition(" Excludes: ")
        value, _, self.excludes = value.partition("Excludes: ")
        self.excludes = self.excludes or more
        self.required = "REQUIRED" in value
        self.value = re.sub(r"\b(FILE|DIR|TEXT):(FILE|DIR)\b", r"\2", value.replace(" REQUIRED", "")).strip()
        self.about = about

    def takes_value(self):
        return bool(self.value)

    def path_kind(self):
        """`-f`, `-d` or nothing."""
        return next((kind for word, kind in PATHS.items() if re.search(rf"\b{word}\b", self.value)), "")


class Command:
    """What --help says of the program or of one of its commands, and of the commands below it."""

    def __init__(self, program, words=()):
        self.words = list(words)
        self.about, self.usage, self.notes = [], "", []
        self.options, self.positionals, self.commands = [], [], []
        self._read(ask(program, *words, "--help"))
        self.commands = [Command(program, [*words, name]) for name in self.commands]

    def _read(self, text):
        part, entries = "about", []
        lines = text.rstrip().split("\n")
        for line, following in zip(lines, [*lines[1:], ""]):
            section = re.fullmatch(r"(\w+):", line)
            if line.startswith("Usage: "):
                self.usage, part = line.removeprefix("Usage: "), "usage"
            elif section and part != "about":
                part = section[1]
            elif not line.strip():
                continue
            elif part == "about":
                self.about.append(line.strip())
            elif re.match(r" {2,4}\S", line):
                # What it is for stands from column 30 on, below a head that reaches further.
                end = len(line) if following.startswith(" " * 30) else 30
                entries.append([part, line[:end].strip(), line[end:].strip()])
            elif line.startswith(" ") and entries:
                entries[-1][2] = f"{entries[-1][2]} {line.strip()}".strip()
            else:
                self.notes.append(line.strip())
        for part, head, about in entries:
            if part == "Subcommands":
                self.commands.append(head.split(" ")[0])
            elif part == "Positionals":
                self.positionals.append(Option(head, about))
            elif head.startswith("-"):
                self.options.append(Option(head, about))
            elif not head.startswith("["):  # the sentence above a group of options
                self.notes.append(f"{head} {about}".strip())

    def below(self):
        """This command and all below it."""
        return [self, *(other for command in self.commands for other in command.below())]


def ask(program, *arguments):
    # The language is fixed, whoever asks.
    run = subprocess.run([str(program), *arguments], capture_output=True, text=True, timeout=60, check=True,
                         env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "ASAN_OPTIONS": "detect_leaks=0"})
    return run.stdout


def escaped(text):
    """For a line of mdoc."""
    text = text.replace("\\", "\\e").replace("--", "\\-\\-")
    return "\\&" + text if text[:1] in (".", "'") else text


def quoted(text):
    """One argument of a macro."""
    return '"' + escaped(text).replace('"', '\\(dq') + '"'


def sentences(text):
    """A new line after each sentence, as mdoc wants it."""
    found = re.split(r"(?<=[.!?]) (?=[A-Z])", text)
    return [escaped(line) for sentence in found if sentence for line in textwrap.wrap(sentence, 76, break_on_hyphens=False)]


def capital(text):
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "。")) else ".")


def entry(option):
    flags = " , ".join(f"Fl {escaped(name[1:])}" if name.startswith("-") else f"Ar {quoted(name)}" for name in option.names)
    value = f" Ar {quoted(option.value)}" if option.value and option.names[0].startswith("-") else ""
    return [f".It {flags}{value}", *sentences(capital(option.about)), *(["Required."] if option.required else []),
            *sentences(f"Only with {option.needs}." if option.needs else ""),
            *sentences(f"Not with {option.excludes.replace(' ', ' or ')}." if option.excludes else "")]


def listing(rows):
    return [".Bl -tag -width Ds", *(line for row in rows for line in row), ".El"]


def synopsis(command):
    lines = [f".Nm {' '.join(command.words)}".rstrip()]
    if command.options:
        lines.append(".Op Ar options")
    lines += [f".Ar {quoted(option.names[0])}" for option in command.positionals]
    if command.commands:
        lines.append(".Ar command")
    return lines


def described(command):
    """Description, positionals and options of one command."""
    lines = [line for text in command.about + command.notes for line in sentences(capital(text))]
    if command.positionals or command.options:
        lines += listing([entry(option) for option in command.positionals + command.options])
    return lines


def exit_status(program):
    """What the program says of its exit codes; one that has no such command says it in its description."""
    rows = re.findall(r"^\| `?(\d+)`? \| (.*?) \|", ask(program, "exit-codes"), re.M)
    return [".Sh EXIT STATUS", *listing([[f".It {code}", *sentences(capital(about))] for code, about in rows])]


def page(program, name, command, date, see, status):
    """The man page `name`(1) of the program or of one of its commands with everything below it."""
    about = command.about[0].rstrip(".").split(": ", 1)[-1]
    lines = [f".Dd {date}", f".Dt {name.upper()} 1", ".Os", ".Sh NAME", f".Nm {name}", f".Nd {escaped(about[:1].lower() + about[1:])}",
             ".Sh SYNOPSIS"]
    spoken = [one for one in command.below() if not one.commands] if command.words else [command]
    for one in spoken:
        shown = synopsis(one)
        shown[0] = f".Nm {program} {' '.join(one.words)}".rstrip()
        lines += shown
    lines += [".Sh DESCRIPTION", *described(command)]
    if command.words:
        for one in command.below()[1:]:
            lines += [f".Ss {program} {' '.join(one.words)}", *described(one)]
    else:
        lines += [".Sh COMMANDS", *listing([[f".It Xr {name}-{one.words[0]} 1", *sentences(capital(one.about[0]))] for one in command.commands])]
    lines += status + [".Sh SEE ALSO", " ,\n".join(f".Xr {other} 1" for other in sorted(see - {name})), ]
    return "\n".join(lines) + "\n"


def completion(name, root):
    """A bash function that knows every command, its options, and which of them want a path."""
    cases = []
    for command in root.below():
        words = [other.words[-1] for other in command.commands]
        words += [flag for option in command.options for flag in option.names if flag.startswith("--") or flag == "-h"]
        cases.append(f"        '{' '.join(command.words)}') words='{' '.join(words)}' ;;")
    kind_of = {}
    for option in (option for command in root.below() for option in command.options if option.takes_value()):
        for flag in option.names:
            kind_of[flag] = option.path_kind() or kind_of.get(flag, "")
    kinds = {kind: [flag for flag in sorted(kind_of) if kind_of[flag] == kind] for kind in set(kind_of.values())}
    commands = "|".join(sorted(f"'{' '.join(command.words)}'" for command in root.below() if command.words))
    wants = [f"        {'|'.join(flags)}) mapfile -t COMPREPLY < <({f'compgen {kind} -- {chr(34)}$current{chr(34)}' if kind else ':'}); return ;;"
             for kind, flags in sorted(kinds.items())]
    function = "_" + name.replace("-", "_")
    return "\n".join([
        f"# shellcheck shell=bash", f"# bash completion of {name}; made from its --help.",
        f"{function}() {{",
        '    local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word',
        "    compopt -o filenames 2>/dev/null",
        '    case "$before" in', *wants, "    esac",
        '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        '        case "${path:+$path }$word" in',
        f"            {commands}) path=\"${{path:+$path }}$word\" ;;" if commands else "            *) ;;",
        "        esac", "    done",
        '    case "$path" in', *cases, "    esac",
        '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")',
        '    [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$current")',
        "}", f"complete -F {function} {name}", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--into", required=True, type=pathlib.Path)
    parser.add_argument("--date", default="2026-11-29", type=datetime.date.fromisoformat)
    options = parser.parse_args()
    name = options.program.name
    date = f"{options.date:%B} {options.date.day}, {options.date.year}"
    root = Command(options.program)
    pages = {name: root} | {f"{name}-{command.words[0]}": command for command in root.commands}
    status = exit_status(options.program) if any(command.words == ["exit-codes"] for command in root.commands) else []
    options.into.mkdir(parents=True, exist_ok=True)
    for title, command in pages.items():
        text = page(name, title, command, date, {name} | (set(pages) if title == name else set()) | {"sponsio", "sponsio-verify"}, status)
        (options.into / f"{title}.1").write_text(text, encoding="utf-8")
    (options.into / f"{name}.bash").write_text(completion(name, root), encoding="utf-8")


if __name__ == "__main__":
    main()
