#!/usr/bin/env python3
"""Adds up what the test programs reported and prints `<n> passed, <m> failed` as its last line.

    count_tests.py DIRECTORY

DIRECTORY holds ctest.xml (JUnit, one row per program), an XML report of each GoogleTest program, and JSON reports of
the Python tests and of scripts/check ({"program", "passed", "failures", "skipped"}). A program that failed without
reporting a failed case (a crash, a time limit) counts as one failed case. A skipped case counts as failed, because
scripts/test installs everything that a test needs; only those that say they need root, or need not to be root, are
left out, and named.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree


def google_counts(root):
    """(passed, names that failed) of one GoogleTest XML report."""
    passed, failed = 0, []
    for case in root.iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.get("status") == "notrun":
            failed.append(f"{name} (disabled)")
        elif skipped is not None and re.search(r"\broot\b", skipped.get("message", "")):
            print(f"skipped: {name}: {skipped.get('message').strip().splitlines()[-1]}")
        elif skipped is not None or case.get("result") == "skipped":
            failed.append(f"{name} (skipped)")
        else:
            passed += 1
    return passed, failed


def own_counts(report):
    """(passed, names that failed) of a report in our own form."""
    failed = list(report.get("failures", []))
    for name in report.get("skipped", []):
        if re.search(r"\broot\b", name):
            print(f"skipped: {name}")
        else:
            failed.append(f"{name} (skipped)")
    return report["passed"], failed


def read_reports(directory):
    """program name -> (passed, failed names)"""
    found = {}
    for path in sorted(directory.iterdir()):
        try:
            if path.suffix == ".json":
                report = json.loads(path.read_text())
                found[report["program"]] = own_counts(report)
            elif path.suffix == ".xml" and path.name != "ctest.xml":
                found[path.stem] = google_counts(xml.etree.ElementTree.parse(path).getroot())
        except (ValueError, xml.etree.ElementTree.ParseError):
            found[path.stem] = (0, [f"{path.stem} (report cut short)"])
    return found


def read_programs(path):
    """program name -> whether CTest says it passed"""
    if not path.exists():
        return {}
    programs = {}
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        programs[case.get("name")] = case.get("status") == "run"
    return programs


def main():
    directory = pathlib.Path(sys.argv[1])
    reports = read_reports(directory)
    programs = read_programs(directory / "ctest.xml")
    passed, failed = 0, []
    for program, (good, bad) in reports.items():
        passed += good
        failed += [f"{program}: {name}" for name in bad]
    for program, ok in programs.items():
        bad = reports.get(program, (0, []))[1]
        if not ok and not bad:
            failed.append(f"{program}: ended badly without naming a failed case")
        elif ok and program not in reports:
            passed += 1  # a program without cases of its own
    for line in failed:
        print(f"failed: {line}")
    if passed == 0 and not failed:
        failed.append("no test ran at all")
        print("failed: no test ran at all")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
