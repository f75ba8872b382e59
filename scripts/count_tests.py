#!/usr/bin/env python3
"""Adds up what the test programs reported and prints `<n> passed, <m> failed` as its last line.

    count_tests.py DIRECTORY

DIRECTORY holds ctest.xml (JUnit, one row per program) and JSON reports: GoogleTest's own, and those of the Python
tests and of scripts/check ({"program", "passed", "failed", "skipped", "failures"}). A program that failed without
reporting a failed case (a crash, a time limit) counts as one failed case; a skipped case counts as failed, because
scripts/test installs everything that a test needs.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree


def google_counts(report):
    """(passed, names that failed) of one GoogleTest JSON report."""
    passed, failed = 0, []
    for suite in report.get("testsuites", []):
        for case in suite.get("testsuite", []):
            name = f"{suite['name']}.{case['name']}"
            if case.get("status") == "NOTRUN":  # DISABLED_: scripts/check refuses those
                failed.append(f"{name} (disabled)")
            elif case.get("result") == "SKIPPED":
                failed.append(f"{name} (skipped)")
            elif case.get("failures"):
                failed.append(name)
            else:
                passed += 1
    return passed, failed


def own_counts(report):
    """(passed, names that failed) of a report in our own form."""
    failed = list(report.get("failures", []))
    failed += [f"{name} (skipped)" for name in report.get("skipped", [])]
    return report["passed"], failed


def program_of(path, report):
    return report.get("program") or path.stem


def read_reports(directory):
    """program name -> (passed, failed names)"""
    found = {}
    for path in sorted(directory.glob("*.json")):
        try:
            report = json.loads(path.read_text())
        except ValueError:
            found[path.stem] = (0, [f"{path.stem} (report cut short)"])
            continue
        counts = google_counts(report) if "testsuites" in report else own_counts(report)
        found[program_of(path, report)] = counts
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
