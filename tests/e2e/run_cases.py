"""Runs the unittest cases of one file and leaves their counts where scripts/test looks for them.

    run_cases.py NAME FILE [CASE...]

The counts go to $SPONSIO_TEST_REPORTS/NAME.json, if that is set; scripts/count_tests.py adds them up.
"""
import importlib.util
import json
import os
import pathlib
import sys
import unittest


class Counting(unittest.TextTestResult):
    """Also remembers which cases passed, and counts each subtest as a case of its own."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is None:
            self.passed += 1


def load(path):
    sys.path[:0] = [str(path.parent), str(path.parents[2] / "scripts")]
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def main():
    name, path = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    module = load(path)
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(sys.argv[3:], module) if sys.argv[3:] else loader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=2, resultclass=Counting, stream=sys.stdout).run(suite)
    bad = [str(case) for case, _ in result.failures + result.errors] + [str(case) for case in result.unexpectedSuccesses]
    report = {
        "program": name,
        "passed": result.passed,
        "failures": bad,
        "skipped": [f"{case}: {why}" for case, why in result.skipped],
    }
    if os.environ.get("SPONSIO_TEST_REPORTS"):
        target = pathlib.Path(os.environ["SPONSIO_TEST_REPORTS"]) / f"{name}.json"
        target.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
