"""Clients in Java and Python that openapi-generator makes of the contract as it is served compile, file a commitment and read it back."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from sponsio_e2e import people
from sponsio_e2e.contract import begin
from sponsio_e2e.world import World, must

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])
JUDGES = ROOT / "tests/judges"
GENERATOR = ROOT / "tests/e2e/node_modules/@openapitools/openapi-generator-cli/bin/openapi-generator.jar"
# Debian's; what it lacks (the module for java.time, two annotations) stands in tests/judges/java.
JARS = ":".join(f"/usr/share/java/{name}.jar" for name in ("jackson-annotations", "jackson-core", "jackson-databind", "jsr305"))
WORLD = World()


def setUpModule():
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    WORLD.made = pathlib.Path(folder.name)
    begin(WORLD)
    supervisor, clerk = WORLD.client("qian.supervisor"), WORLD.client("zhang.clerk")
    must(supervisor.post("/v1/matters", {"matter_code": people.MATTER_CODE} | people.matter_version(), key=True), 201)
    notice = {"matter_code": people.MATTER_CODE, "matter_version": 1, "channel": "counter", "language": "zh-CN"}
    WORLD.notice_id = must(clerk.post("/v1/notices", notice, key=True), 201).json["notice_id"]
    (WORLD.made / "openapi-3.0.json").write_bytes(must(WORLD.client().get("/openapi-3.0.json"), 200).body)


def run(*command, **environment):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=280, check=False,
                          env={**os.environ, **environment})
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def generate(language, folder, *more):
    run("java", "-jar", GENERATOR, "generate", "-i", WORLD.made / "openapi-3.0.json", "-g", language, "-o", folder, *more)
    return folder


class Clients(unittest.TestCase):
    def files(self, *command, **environment):
        """Runs a client's program, and holds what it says to what the server has."""
        clerk = WORLD.client("zhang.clerk")
        told = run(*command, WORLD.server.url, WORLD.server.certificate, clerk.token, WORLD.notice_id, WORLD.clock.today(), **environment)
        (code, state), (refused,) = (line.split() for line in told.splitlines())
        self.assertEqual(refused, "422")
        self.assertEqual(must(clerk.get(f"/v1/commitments/{code}"), 200).json["state"], state)

    def test_python(self):
        folder = generate("python", WORLD.made / "python", "-p", "packageName=sponsio_client")
        run("/usr/bin/python3", "-m", "compileall", "-q", folder / "sponsio_client")
        self.files("/usr/bin/python3", JUDGES / "file_one.py", PYTHONPATH=str(folder), PYTHONWARNINGS="ignore")

    def test_java(self):
        folder = generate("java", WORLD.made / "java", "--library", "native", "-p", "openApiNullable=false,dateLibrary=java8")
        sources = [*(folder / "src/main").rglob("*.java"), *(JUDGES / "java").rglob("*.java")]
        run("javac", "-nowarn", "-proc:none", "-encoding", "UTF-8", "-d", WORLD.made / "classes", "-cp", JARS, *sources)
        self.files("java", "-cp", f"{WORLD.made / 'classes'}:{JARS}", "FileOne")
