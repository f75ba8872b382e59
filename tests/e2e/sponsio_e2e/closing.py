"""What scripts/run tells from beginning to end, and the commands that it prints then: each runs as it stands
(test_story.py does it).
"""
import shlex

from .asking import Asking
from .assessing import Assessing
from .drawing import Drawing
from .exposing import Exposing
from .story import Story


def tell_everything(world, artefacts, teller, filings=10_000):
    """All chapters; then what expires while they are told is fetched anew, as a reader would."""
    story = Story(world, artefacts, teller)
    story.tell()
    Drawing(world, artefacts, teller, filings).tell()
    Asking(world, teller).tell()
    Exposing(world, artefacts, teller).tell()
    Assessing(world, artefacts, teller).tell()
    story.save_status_list()
    return story


def offline_checks(verifier, artefacts):
    """Commands that check what was received, without any server."""
    at = (artefacts / "at").read_text(encoding="ascii").strip()

    def command(name, *arguments, **files):
        given = [word for option, file in files.items() for word in (f"--{option.replace('_', '-')}", artefacts / file)]
        return shlex.join(map(str, [verifier, name, *arguments, *given]))

    return [command("receipt", receipt="commitment.json", vkey="log.vkey"),
            command("record", artefacts / "record.sd-jwt", "--at", at, jwks="jwks.json", status_list="status-list.jwt",
                    proof="record.tlog-proof", entry="record.entry", vkey="log.vkey"),
            command("draw", artefacts / "draw.json", pool="draw-pool.txt", jwks="jwks.json", proof="draw.tlog-proof", vkey="log.vkey"),
            command("batch", artefacts / "submission", key="submission/sm2-public.pem")]


def things_to_try(world):
    """Commands for a server that stays up; `-f` lets a refusal fail."""
    url = world.server.url

    def curl(*arguments):
        return shlex.join(["curl", "-fsS", "--cacert", str(world.server.certificate), *arguments])

    def as_person(login):
        return "-H", f"Authorization: Bearer {world.tokens[login]}"

    return [curl("-G", f"{url}/v1/proof-items", "--data-urlencode", "q=无犯罪记录证明"),
            curl(*as_person("zhang.clerk"), f"{url}/v1/commitments"),
            curl(*as_person("sun.integrator"), f"{url}/v1/records")]
