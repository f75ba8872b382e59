"""A Debian 12 machine of its own, with systemd as its first process, a network that ends at the loopback and a disk in memory.

It is booted by systemd-nspawn over the files of the present machine, or of a `debootstrap` that $SPONSIO_MACHINE names; nothing
that is written there reaches them. Only root can do that.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import uuid

# What the machine under it happens to run; a fresh one runs nothing of it.
MASKED = ("prometheus", "nginx", "postgresql@15-main", "apt-daily.timer", "apt-daily-upgrade.timer", "man-db.timer", "systemd-networkd-wait-online")


class Machine:
    """`with Machine() as machine:` boots it; machine.run(commands) is a root shell on it, in /srv."""

    def __init__(self, base=None):
        self.base = pathlib.Path(base or os.environ.get("SPONSIO_MACHINE") or "/")
        self.folder = self.process = self.leader = None

    def __enter__(self):
        try:
            return self.boot()
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def boot(self, within=120):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sponsio-machine-"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4g,mode=755", "tmpfs", self.folder], check=True)
        for name in ("upper", "work", "root"):
            (self.folder / name).mkdir()
        layers = f"lowerdir={self.base},upperdir={self.folder}/upper,workdir={self.folder}/work"
        subprocess.run(["mount", "-t", "overlay", "-o", layers, "overlay", self.root()], check=True)
        # It reaches no archive, so it knows of nothing that is newer than what it has.
        shutil.rmtree(self.root() / "var/lib/apt/lists", ignore_errors=True)
        for unit in MASKED:
            name = unit if "." in unit else unit + ".service"
            place = self.root() / "etc/systemd/system" / name
            place.unlink(missing_ok=True)
            place.symlink_to("/dev/null")
        (self.root() / "etc/machine-id").write_text(f"{uuid.uuid4().hex}\n", encoding="ascii")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", f"--directory={self.root()}", "--boot", "--register=no", "--keep-unit", "--private-network",
             "--link-journal=no", "--resolv-conf=off", "--console=pipe", f"--machine=sponsio-{os.getpid()}"],
            stdin=subprocess.DEVNULL, stdout=open(self.folder / "console", "wb"), stderr=subprocess.STDOUT, start_new_session=True)
        end = time.monotonic() + within
        while time.monotonic() < end and self.process.poll() is None:
            self.leader = self._first_process()
            if self.leader:
                state = self._shell("systemctl is-system-running --wait", 60).stdout.strip()
                if state in ("running", "degraded"):
                    return self
            time.sleep(0.3)
        raise AssertionError(f"the machine did not boot: {(self.folder / 'console').read_text(errors='replace')[-2000:]}")

    def root(self):
        return self.folder / "root"

    def _first_process(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii").split()
        return int(children[0]) if children else None

    def _shell(self, commands, timeout, variables=None):
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/srv",
                       "DEBIAN_FRONTEND": "noninteractive", "TERM": "dumb"} | (variables or {})
        return subprocess.run(["nsenter", f"--target={self.leader}", "--all", "bash", "-euo", "pipefail", "-c", f"cd /srv\n{commands}"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=timeout, check=False, env=environment)

    def run(self, commands, timeout=300, **variables):
        """What the commands printed; the first that fails ends them."""
        done = self._shell(commands, timeout, {name: str(value) for name, value in variables.items()})
        if done.returncode != 0:
            log = self._shell("journalctl -n 30 --no-pager -u sponsio -o cat", 60).stdout
            raise AssertionError(f"ended with {done.returncode}:\n{commands}\n{done.stdout}{done.stderr}\nsponsio's journal ends:\n{log}")
        return done.stdout

    def __exit__(self, kind, value, trace):
        if self.process and self.process.poll() is None:
            for _ in range(2):  # the second says that it is meant
                self.process.send_signal(signal.SIGTERM)
                time.sleep(0.5)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(20)
        if self.folder:
            for place in (self.folder / "root", self.folder):
                subprocess.run(["umount", "--lazy", place], capture_output=True, check=False)
            shutil.rmtree(self.folder, ignore_errors=True)


def why_not():
    """Why no machine can be booted here; empty if one can."""
    if os.geteuid() != 0:
        return "only root can boot a machine"
    if not re.search(r" /sys/fs/cgroup", pathlib.Path("/proc/mounts").read_text(encoding="utf-8")):
        return "without /sys/fs/cgroup not even root can boot a machine"
    return ""
