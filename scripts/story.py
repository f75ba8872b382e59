#!/usr/bin/env python3
"""Starts Sponsio and the reference platform, tells the main story, and stays up or stops. scripts/run calls this.

    story.py --sponsio BINARY [--exit] [--port N]

Everything of the demonstration lies below var/demo/ (or, where an unprivileged user could not get there, below
/var/tmp), is made anew at every start and stays for a look until the next. What was received lies in var/story/.
"""
import argparse
import fcntl
import os
import pathlib
import shutil
import signal
import stat
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from sponsio_e2e import judges  # noqa: E402
from sponsio_e2e.closing import offline_checks, tell_everything, things_to_try  # noqa: E402
from sponsio_e2e.passkeys import code_for  # noqa: E402
from sponsio_e2e.program import ProgramFailed  # noqa: E402
from sponsio_e2e.telling import Teller  # noqa: E402
from sponsio_e2e.world import ADMINISTRATOR, PEOPLE, World  # noqa: E402


def open_to_others(path):
    """Whether every user may pass through all folders above the path."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


def demo_folder():
    """Where the demonstration lives. As root, PostgreSQL runs as somebody else, who must be able to get there."""
    usual = ROOT / "var" / "demo"
    usual.parent.mkdir(exist_ok=True)
    if os.geteuid() != 0 or open_to_others(usual):
        return usual
    return pathlib.Path("/var/tmp/sponsio-demo")


def only_one(folder):
    """A lock that ends with this process; a sentence if another demonstration runs."""
    lock = open(folder.with_suffix(".lock"), "w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"story: another demonstration is running in {folder}; stop it first.")
    return lock


def invitation(world, artefacts):
    """Addresses, ways to sign in, tokens and three commands to try."""
    url, certificate = world.server.url, world.server.certificate
    by_name = f"https://localhost:{world.server.address.rsplit(':', 1)[1]}"  # passkeys are for names, not for addresses of digits
    people = {login: (person[1], "+".join(person[2])) for login, person in PEOPLE.items()} | {ADMINISTRATOR[0]: (ADMINISTRATOR[1], "administrator")}
    lines = [
        "",
        "━━ 一切就绪 Everything is up",
        f"   Sponsio             {url}",
        f"   health, metrics     http://{world.server.ops}/readyz   http://{world.server.ops}/metrics",
        f"   reference platform  {world.platform.url}   (certificate {world.platform.certificate})",
        f"   certificate         {certificate}",
        f"   artefacts           {artefacts}",
        f"   公众窗口 the public window  {by_name}/window",
        f"   办公界面 the console        {by_name}/console",
        "",
        "   登录：选“首次使用”，填登记码，每人一个 To sign in: “for the first time”, with the code of that person",
        *(f"   {login:16} {name} {roles:20} {code_for(world, login)}" for login, (name, roles) in people.items()),
        "",
        "   令牌 Tokens",
        *(f"   {login:16} {name} {roles:20} {world.tokens[login]}" for login, (name, roles) in people.items()),
        "",
        "   试试看 Three commands to try",
        *(f"   {command}" for command in things_to_try(world)),
        "",
        "   按 Ctrl-C 停止 Ctrl-C stops everything.",
    ]
    print("\n".join(lines), flush=True)


def stay():
    """Until Ctrl-C or SIGTERM."""
    try:
        while True:
            signal.pause()
    except KeyboardInterrupt:
        print("   停止 Stopping", flush=True)


def run(options):
    folder, artefacts = demo_folder(), ROOT / "var" / "story"
    lock = only_one(folder)
    for old in (folder, artefacts):
        shutil.rmtree(old, ignore_errors=True)
        if old.exists():
            sys.exit(f"story: {old} is left from an earlier run of another user; remove it, then start again.")
    artefacts.mkdir(parents=True)
    print("   启动 Starting Sponsio on its own PostgreSQL, and the reference platform", flush=True)
    world = World(folder, options.sponsio, options.port)
    world.receives = True
    world.options = ["--writers", "1"]  # one shard of the log, so that one key checks everything of the story
    with world:
        tell_everything(world, artefacts, Teller())
        print(f"\n━━ 完 The end. Artefacts: {artefacts}", flush=True)
        print("\n   离线核验 Checking it offline")
        print(*(f"   {command}" for command in offline_checks(options.sponsio.with_name("sponsio-verify"), artefacts)),
              sep="\n", flush=True)
        if not options.exit:
            invitation(world, artefacts)
            stay()
    lock.close()


def main():
    parser = argparse.ArgumentParser(description="Tells the main story; scripts/run calls this.")
    parser.add_argument("--sponsio", required=True, type=pathlib.Path, help="the binary")
    parser.add_argument("--exit", action="store_true", help="stop everything after the story")
    parser.add_argument("--port", type=int, default=0, help="listen there; a free port where absent")
    options = parser.parse_args()
    options.sponsio = options.sponsio.resolve()
    if not options.sponsio.exists():
        sys.exit(f"story: there is no program {options.sponsio}; scripts/run builds it.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run(options)
    except KeyboardInterrupt:
        sys.exit("story: interrupted; everything was stopped.")
    except (ProgramFailed, judges.Refused, AssertionError) as why:
        sys.exit(f"story: {why}")


if __name__ == "__main__":
    main()
