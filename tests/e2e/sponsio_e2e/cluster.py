"""A PostgreSQL that is nobody's own, and several Sponsio processes on it, as in an installation with a spare machine."""
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess

from .program import Program, ProgramFailed, binaries
from .world import TOKENS, TrainingClock, World, make_folder


class Cluster:
    """A cluster below a folder, reached by a socket. Started by root it runs as `postgres`, for it refuses to run as root."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.user = "postgres" if os.geteuid() == 0 else None
        self.uri = f"postgresql:///sponsio?host={self.folder}&user=owner"

    def create(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            shutil.chown(self.folder, self.user)
        self.run("initdb", "--pgdata", self.data, "--username=owner", "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8",
                 "--locale=C", "--no-sync")
        with open(self.data / "postgresql.conf", "a", encoding="ascii") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nmax_wal_size = '64MB'\n")
        self.start()
        self.sql("create database sponsio", database="postgres")
        return self

    def run(self, program, *arguments):
        identity = {}
        if self.user:
            entry = pwd.getpwnam(self.user)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        done = subprocess.run([str(binaries() / program), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120, check=False, cwd="/", **identity)
        if done.returncode != 0:
            raise ProgramFailed(f"{program} ended with {done.returncode}: {done.stdout}")

    def start(self):
        self.run("pg_ctl", "start", "--wait", "--silent", "--pgdata", self.data, "--log", self.folder / "postgres.log")

    def stop(self, mode="fast"):
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "stop", "--wait", "--silent", "--pgdata", self.data, "--mode", mode)

    def sql(self, text, database="sponsio"):
        """The rows of a query: fields parted by |."""
        run = subprocess.run([binaries() / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "owner", "-d", database],
                             input=text, capture_output=True, text=True, timeout=60, check=False)
        if run.returncode != 0:
            raise ProgramFailed(f"psql: {run.stderr}")
        return run.stdout.splitlines()

    def save(self, name):
        """A copy of all files, made while the cluster stands still."""
        self.stop()
        shutil.copytree(self.data, self.folder / name, copy_function=shutil.copy2)
        self.start()

    def put_back(self, name):
        """The saved files in place of the present ones, which are kept under the name `newer`."""
        self.stop()
        self.data.rename(self.folder / "newer")
        shutil.copytree(self.folder / name, self.data, copy_function=shutil.copy2)
        for path in (self.data, *self.data.rglob("*")):
            if self.user:
                shutil.chown(path, self.user)
        self.data.chmod(0o700)
        self.start()

    def forward_again(self):
        """The files that were there before put_back()."""
        self.stop()
        shutil.rmtree(self.data)
        (self.folder / "newer").rename(self.data)
        self.start()


class SharedWorld(World):
    """Organisations and people as in every World, on one database with one or more Sponsio processes; no platform."""

    def __init__(self, *options):
        super().__init__()
        self.options = list(options)
        self.cluster = None
        self.servers = {}
        self.disks = {}  # folder below the world's -> megabytes of a disk of its own there; for root alone

    def start(self):
        self.folder = pathlib.Path(make_folder())
        self.folder.chmod(0o755)
        for place, megabytes in self.disks.items():
            (self.folder / place).mkdir(parents=True)
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", self.folder / place], check=True)
        self.registry = self.folder / "platform-registry.json"
        self.clock = TrainingClock(self.folder / "training-clock")
        self.cluster = Cluster(self.folder / "pg").create()
        subprocess.run([str(self.binary), "migrate", "--database", self.cluster.uri], capture_output=True, timeout=60, check=True)
        self.server = self.start_one("one")
        self.found_everything()
        return self

    def database(self):
        """How a process reaches it."""
        return self.cluster.uri

    def state(self, name):
        return self.folder / f"state-{name}"

    def start_one(self, name, clock=None):
        """A process with a state directory of its own, and a clock if one is given; the keys are those of the first, and the place for
        heads is everybody's."""
        if self.servers and not (self.state(name) / "keys").exists():
            self.state(name).mkdir(mode=0o700, exist_ok=True)
            shutil.copytree(self.state("one") / "keys", self.state(name) / "keys")
        arguments = [self.binary, "serve", "--database", self.database(), "--state", self.state(name), "--listen", "127.0.0.1:0",
                     "--ops", "127.0.0.1:0", "--training-clock", (clock or self.clock).path, "--heads", self.folder / "heads", *TOKENS, *self.options]
        program = Program(f"sponsio {name}", arguments, self.folder / f"sponsio-{name}.log", ready_within=60)
        self.servers[name] = program.start()
        return program

    def command(self, *arguments):
        only_reads = arguments[0] == "knowledge" or "list" in arguments
        keys = [] if only_reads else ["--state", self.state("one")]
        full = [self.binary, *arguments, "--database", self.cluster.uri, *keys, "--json"]
        run = subprocess.run([str(a) for a in full], capture_output=True, text=True, timeout=120, check=False)
        if run.returncode != 0:
            raise ProgramFailed(f"sponsio {' '.join(arguments)} ended with {run.returncode}: {run.stderr.strip()}")
        return json.loads(run.stdout)

    def stop(self, quietly=False):
        bad = []
        for program in self.servers.values():
            try:
                if program.running():
                    os.kill(program.process.pid, signal.SIGCONT)
                status = program.stop()
                if status not in (0, None, -9):
                    bad.append(f"{program.name} ended with {status}: {program.last_words()}")
            except ProgramFailed as why:
                bad.append(str(why))
        if self.cluster:
            self.cluster.stop("immediate")
        for place in self.disks:
            subprocess.run(["umount", "--lazy", self.folder / place], check=False)
        if bad and not quietly:
            raise ProgramFailed("; ".join(bad))

    def leases(self):
        """Shard -> process id of the session that holds it."""
        rows = self.cluster.sql("select objid, pid from pg_locks where locktype = 'advisory' and granted and objid between 1 and 64 "
                                f"and classid = {0x53504f4e} order by 1")
        return {int(shard): int(pid) for shard, pid in (row.split("|") for row in rows)}

    def end_session(self, pid):
        self.cluster.sql(f"select pg_terminate_backend({pid}, 5000)")

