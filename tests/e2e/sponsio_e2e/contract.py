"""Every recorded answer against schema/openapi.yaml and its neighbours, by a program of others."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from .world import ROOT


def contract(name):
    """A contract of schema/ as JSON; Python's library has no YAML."""
    program = "console.log(JSON.stringify(require('yaml').parse(require('fs').readFileSync(process.argv[1], 'utf8'))))"
    run = subprocess.run(["node", "-e", program, ROOT / f"schema/{name}.yaml"], cwd=ROOT / "tests/e2e", capture_output=True,
                         text=True, timeout=60, check=True)
    return json.loads(run.stdout)


def judge_exchanges(world, cover=False, but=()):
    """AssertionError with every breach, if an answer is not as the contract promises. With `cover`, every operation
    must have been answered well at least once, but for those named."""
    with tempfile.TemporaryDirectory() as folder:
        recorded = pathlib.Path(folder) / "exchanges.jsonl"
        world.recorder.save(recorded)
        arguments = ["node", ROOT / "tests/e2e/validate_answers.cjs", ROOT / "schema", recorded]
        run = subprocess.run([*map(str, arguments), *(["--cover", *but] if cover else [])], capture_output=True, text=True,
                             timeout=300, check=False)
    if run.returncode != 0:
        raise AssertionError(f"answers are not as the contract promises:\n{run.stdout}{run.stderr}")
    return run.stdout.strip()


def begin(world):
    """In setUpModule: starts it. When the module ends, its answers are held to the contract, and it goes."""
    unittest.addModuleCleanup(world.close)
    world.start()
    unittest.addModuleCleanup(judge_exchanges, world)
