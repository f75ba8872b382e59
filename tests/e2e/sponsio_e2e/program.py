"""The real binaries as child processes."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time


def binaries():
    """Where the programs of PostgreSQL 15 are; the psql of /usr/bin is a script that starts Perl first."""
    for folder in ("/usr/lib/postgresql/15/bin", "/usr/pgsql-15/bin"):
        if os.access(f"{folder}/initdb", os.X_OK):
            return pathlib.Path(folder)
    return pathlib.Path(shutil.which("initdb")).parent


class ProgramFailed(Exception):
    """A program ended, or said nothing, where it should have been ready."""


class Program:
    """One long-running subcommand: started, waited for until it says it is ready, stopped.

    Ready is one JSON line on standard output: {"ready": true, "address": "127.0.0.1:PORT", "ops": "127.0.0.1:PORT",
    "certificate": "path"}. Standard error (the log) goes to a file that is quoted when something goes wrong.
    """

    def __init__(self, name, arguments, log, ready_within=120.0):
        self.name = name
        self.arguments = [str(argument) for argument in arguments]
        self.log = pathlib.Path(log)
        self.ready_within = ready_within
        self.process = None
        self.ready = None

    @property
    def address(self):
        return self.ready["address"]

    @property
    def ops(self):
        return self.ready["ops"]

    @property
    def certificate(self):
        return self.ready["certificate"]

    @property
    def url(self):
        return f"https://{self.address}"

    def start(self):
        with open(self.log, "ab") as log:
            # A session of its own, so that Ctrl-C in the terminal reaches only the story, which then stops in order.
            self.process = subprocess.Popen(
                self.arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        line = self._first_line()
        try:
            self.ready = json.loads(line)
            if self.ready.get("ready") is not True:
                raise ValueError("not ready")
        except (ValueError, AttributeError) as why:
            if not line:  # it is about to end by itself, with a status that tells
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(5)
            self.kill()
            raise ProgramFailed(f"{self.name} did not get ready: {self.last_words()}") from why
        return self

    def _first_line(self):
        """The first line of standard output; empty if it did not come in time or the program ended."""
        found = []
        reader = threading.Thread(target=lambda: found.append(self.process.stdout.readline()), daemon=True)
        reader.start()
        reader.join(self.ready_within)
        if reader.is_alive():
            self.kill()
            reader.join(10)
        # What else it prints is of no interest, but must not fill the pipe.
        threading.Thread(target=self._drain, daemon=True).start()
        return found[0] if found else b""

    def _drain(self):
        try:
            for _ in self.process.stdout:
                pass
        except ValueError:
            pass  # closed at the end

    def last_words(self, lines=12):
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        tail = "\n".join(text.rstrip().split("\n")[-lines:])
        status = self.process.poll() if self.process else None
        return f"exit status {status}; its log {self.log} ends:\n{tail}"

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, within=60.0):
        """Asks it to end and waits. Answers its exit status."""
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        return self._wait(within)

    def kill(self):
        """Ends it without giving it a chance to tidy up. What it started itself stays."""
        if self.running():
            self.process.kill()
        return self._wait(10)

    def _wait(self, within):
        if self.process is None:
            return None
        try:
            status = self.process.wait(within)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            raise ProgramFailed(f"{self.name} did not stop within {within:g} s: {self.last_words()}") from None
        finally:
            if self.process.stdout:
                self.process.stdout.close()
        return status


def wait_until(what, condition, within=30.0, every=0.1):
    """Asks again and again until `condition()` is true and answers its value; a sentence if it stays false."""
    end = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {within:g} s in vain for this: {what}")
        time.sleep(every)
