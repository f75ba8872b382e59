"""What benchmarks print becomes a table; two builds in turn become medians side by side."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "print_figures.py"


def figure(name, ours, unit="things/s"):
    return json.dumps({"name": name, "ours": ours, "baseline": 50.0, "ratio": ours / 50, "unit": unit}) + "\n"


class PrintFigures(unittest.TestCase):
    def run_on(self, given, *words):
        return subprocess.run([sys.executable, SCRIPT, *words], input=given, capture_output=True, text=True, check=False)

    def test_figures_of_one_build_stay_as_they_are(self):
        run = self.run_on(figure("filing", 100), "json")
        self.assertEqual(json.loads(run.stdout), json.loads(figure("filing", 100)))

    def test_two_builds_stand_side_by_side_by_their_medians(self):
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as old:
            old.write(figure("filing", 90) + figure("filing", 1) + figure("filing", 100) + figure("gone", 3))
            old.flush()
            run = self.run_on(figure("filing", 99) + figure("filing", 1000) + figure("filing", 2), "json", old.name)
        filing, gone = (json.loads(line) for line in run.stdout.splitlines())
        self.assertEqual((filing["ours"], filing["baseline"], filing["ratio"]), (99, 90, 1.1))
        self.assertEqual((gone["ours"], gone["baseline"], gone["ratio"]), (None, 3, None))

    def test_a_figure_without_its_parts_is_refused(self):
        run = self.run_on('{"name": "filing", "ours": 1}\n', "table")
        self.assertEqual(run.returncode, 1)
        self.assertIn("without baseline, ratio, unit", run.stderr)
