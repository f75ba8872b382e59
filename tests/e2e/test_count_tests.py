"""scripts/test's last line counts every case, and nothing that went wrong is left out."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "count_tests.py"


def google(*cases):
    return f'<testsuites><testsuite name="S">{"".join(cases)}</testsuite></testsuites>'


GOOD_CASE = '<testcase classname="S" name="good" status="run" result="completed"/>'
BAD_CASE = '<testcase classname="S" name="bad" status="run" result="completed"><failure message="no"/></testcase>'
OFF_CASE = '<testcase classname="S" name="off" status="notrun" result="suppressed"/>'
SKIPPED_CASE = '<testcase classname="S" name="skipped" status="run" result="skipped"><skipped message="no curl"/></testcase>'
ROOT_CASE = '<testcase classname="S" name="root" status="run" result="skipped"><skipped message="x.cpp:1&#x0A;only root can&#x0A;"/></testcase>'


class Counting(unittest.TestCase):
    def count(self, programs, reports):
        """programs: name -> passed; reports: name -> XML or JSON. Answers (exit status, lines)."""
        with tempfile.TemporaryDirectory() as folder:
            rows = "".join(f'<testcase name="{n}" status="{"run" if ok else "fail"}"/>' for n, ok in programs.items())
            (pathlib.Path(folder) / "ctest.xml").write_text(f"<testsuite>{rows}</testsuite>")
            for name, report in reports.items():
                if isinstance(report, str):
                    (pathlib.Path(folder) / f"{name}.xml").write_text(report)
                else:
                    (pathlib.Path(folder) / f"{name}.json").write_text(json.dumps(report))
            run = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False)
            return run.returncode, run.stdout.strip().split("\n")

    def test_cases_of_both_kinds_are_added_up(self):
        status, lines = self.count(
            {"a": True, "b": True}, {"a": google(GOOD_CASE, GOOD_CASE), "b": {"program": "b", "passed": 3, "failures": []}}
        )
        self.assertEqual((status, lines), (0, ["5 passed, 0 failed"]))

    def test_a_failed_case_is_named(self):
        status, lines = self.count({"a": False}, {"a": google(GOOD_CASE, BAD_CASE)})
        self.assertEqual((status, lines), (1, ["failed: a: S.bad", "1 passed, 1 failed"]))

    def test_what_did_not_run_counts_as_failed(self):
        status, lines = self.count(
            {"a": True, "b": True},
            {"a": google(GOOD_CASE, OFF_CASE, SKIPPED_CASE), "b": {"program": "b", "passed": 0, "failures": [], "skipped": ["x"]}},
        )
        self.assertEqual((status, lines[-1]), (1, "1 passed, 3 failed"))

    def test_a_case_that_needs_root_is_named_and_left_out(self):
        own = {"program": "b", "passed": 2, "failures": [], "skipped": ["mounts (T): only root can mount"]}
        status, lines = self.count({"a": True, "b": True}, {"a": google(GOOD_CASE, ROOT_CASE), "b": own})
        self.assertEqual((status, lines), (0, ["skipped: S.root: only root can", "skipped: mounts (T): only root can mount",
                                               "3 passed, 0 failed"]))

    def test_a_crash_without_a_report_counts_as_failed(self):
        status, lines = self.count({"a": False, "b": True}, {"b": google(GOOD_CASE)})
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed"))

    def test_a_report_cut_short_counts_as_failed(self):
        status, lines = self.count({"a": False}, {"a": "<testsuites><testsuite"})
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))

    def test_a_program_without_cases_counts_once(self):
        self.assertEqual(self.count({"fuzz": True}, {}), (0, ["1 passed, 0 failed"]))

    def test_nothing_at_all_is_a_failure(self):
        status, lines = self.count({}, {})
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))
