#!/usr/bin/env python3
"""The software bill of materials of a build (CycloneDX 1.5, JSON): every Debian package of which something was compiled into
the programs, linked to them, or is loaded by them. Made of what the build itself wrote down, so that it cannot be behind it.

    sbom.py --build DIR --version VERSION --into FILE PROGRAM...
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import subprocess
import urllib.parse
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[1]
FORMAT = "${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${Homepage}\\n"


def output(*command, check=True):
    return subprocess.run([str(a) for a in command], capture_output=True, text=True, check=check).stdout


def headers(build):
    """What was read by the compiler, outside of this tree, for anything but tests."""
    found, counts = set(), False
    for line in output("ninja", "-C", build, "-t", "deps").splitlines():
        if line and not line.startswith(" "):
            counts = not line.startswith("tests/")
        elif counts and line.startswith("    /usr/"):
            found.add(line.strip())
    return found


def linked(build, program):
    """What the last command of its build names."""
    return set(re.findall(r"/usr/lib/\S+\.(?:a|so)\b", output("ninja", "-C", build, "-t", "commands", "-s", program)))


def loaded(program):
    return set(re.findall(r"=> (/\S+)", output("ldd", program)))


def owners(paths):
    """package:architecture -> whether something is of it. dpkg knows a file by the name under which it was installed."""
    names = set(paths) | {os.path.realpath(path) for path in paths}
    names |= {name.removeprefix("/usr") for name in names if name.startswith("/usr/lib")}
    names, packages = sorted(names), set()
    for at in range(0, len(names), 500):
        for line in output("dpkg-query", "-S", *names[at:at + 500], check=False).splitlines():
            if not line.startswith("diversion "):
                packages.update(line.split(": /")[0].split(", "))
    return packages


def component(package, use):
    name, version, architecture, source, homepage = output("dpkg-query", "-W", "-f", FORMAT, package).splitlines()[0].split("\t")
    purl = f"pkg:deb/debian/{name}@{urllib.parse.quote(version, safe='~')}?arch={architecture}&distro=debian-12"
    made = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "properties": [{"name": "sponsio:use", "value": use}, {"name": "debian:source", "value": source}]}
    if homepage:
        made["externalReferences"] = [{"type": "website", "url": homepage}]
    return made


def moment():
    """Of the sources, so that the same sources give the same bill."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or output("git", "-C", ROOT, "log", "-1", "--format=%ct", check=False).strip()
    when = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc) if seconds else datetime.datetime.now(datetime.timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def bill(build, version, programs):
    ways = {"loaded": owners(set().union(*(loaded(program) for program in programs))),
            "linked": owners(set().union(*(linked(build, os.path.relpath(program, build)) for program in programs))),
            "compiled in": owners(headers(build))}
    use = {}
    for way, packages in ways.items():
        for package in packages:
            use.setdefault(package, way)
    components = sorted((component(package, way) for package, way in use.items()), key=lambda one: one["bom-ref"])
    own = {"type": "application", "bom-ref": "sponsio", "name": "sponsio", "version": version, "licenses": [{"license": {"id": "Apache-2.0"}}]}
    made = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"timestamp": moment(), "component": own},
            "components": components,
            "dependencies": [{"ref": "sponsio", "dependsOn": [one["bom-ref"] for one in components]}]}
    made["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(made, sort_keys=True)).urn
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    for name in ("--build", "--version", "--into"):
        parser.add_argument(name, required=True)
    parser.add_argument("programs", nargs="+")
    given = parser.parse_args()
    made = bill(pathlib.Path(given.build).resolve(), given.version, [pathlib.Path(program).resolve() for program in given.programs])
    pathlib.Path(given.into).write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
