"""sponsio-verify, the program under test, beside the server's binary."""
import json
import os
import pathlib
import subprocess

VERIFY = pathlib.Path(os.environ["SPONSIO_BINARY"]).with_name("sponsio-verify")


def verify(*arguments):
    """Exit code and answer. What is asked for lies on this machine, so no proxy is."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    run = subprocess.run([str(a) for a in (VERIFY, *arguments, "--json")], capture_output=True, text=True, timeout=120,
                         env=environment, check=False)
    if run.stderr:
        raise AssertionError(f"unasked words: {run.stderr}")
    return run.returncode, json.loads(run.stdout)
