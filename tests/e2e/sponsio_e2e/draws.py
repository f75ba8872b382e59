"""Draws made up for tests: pools, results by docs/draw.md, and signed statements, with nothing but the standard library and OpenSSL.

    python3 draws.py FOLDER [SEED]      writes draw-pool.txt, draw-full.txt, draw.json, jwks.json of one made-up draw
"""
import base64
import hashlib
import hmac
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import uuid


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def mac(key, text):
    return hmac.digest(key, text.encode(), "sha256")


def lots_of(root, weight):
    return [root] if weight == 1 else [sha256(f"{root} {lot}") for lot in range(1, weight + 1)]


class Pool:
    """A pool as lists and dictionaries; `full` is the file of those who may see it, `text` what is published."""

    def __init__(self, draw_id, assign, dice=None, beacon=None, strata=(), inspectors=(), objects=(), key=bytes(32)):
        self.draw_id, self.assign, self.dice, self.beacon, self.key = draw_id, assign, dice, beacon, key
        self.strata = list(strata)          # (name, numerator, denominator, minimum)
        self.inspectors = sorted(inspectors)
        self.objects = sorted(objects)      # ((shard, leaf), stratum, weight, [barred])

    def promises(self):
        return ([f"dice {self.dice}"] if self.dice else []) + ([f"beacon {self.beacon[0]} {self.beacon[1]}"] if self.beacon else [])

    def of(self, stratum):
        return [o for o in self.objects if o[1] == stratum]

    def opening(self, one):
        (shard, leaf), stratum, weight, barred = one
        salt = mac(self.key, f"{shard}/{leaf}").hex()[:32]
        return " ".join([f"{shard}/{leaf} {stratum} {weight} {salt}", *sorted(barred)])

    def root(self, one):
        return sha256(self.opening(one))

    def lots(self, one):
        return lots_of(self.root(one), one[2])

    def seen(self, lot, ref):
        return mac(self.key, f"{lot} {ref}").hex()[:16]

    def full(self):
        lines = ["sponsio-draw-full/v2", f"draw {self.draw_id}", f"key {self.key.hex()}", f"assign {self.assign}"]
        lines += [f"public {promise}" for promise in self.promises()]
        lines += [f"stratum {name} {len(self.of(name))} {n}/{d} {minimum}" for name, n, d, minimum in self.strata]
        lines += [f"inspector {ref}" for ref in self.inspectors]
        lines += [" ".join([f"object {shard}/{leaf} {stratum} {weight}", *sorted(barred)])
                  for (shard, leaf), stratum, weight, barred in self.objects]
        return "\n".join(lines) + "\n"

    def text(self):
        lots = {name: sorted(lot for one in self.of(name) for lot in self.lots(one)) for name, *_ in self.strata}
        weights = [o[2] for o in self.objects]
        lines = ["sponsio-draw-pool/v2", f"draw {self.draw_id}", f"assign {self.assign}", f"inspectors {len(self.inspectors)}",
                 f"full {sha256(self.full())}"]
        lines += [f"public {promise}" for promise in self.promises()]
        lines += [f"weight {weight} {weights.count(weight)}" for weight in sorted(set(weights))]
        lines += [f"stratum {name} {len(self.of(name))} {len(lots[name])} {n}/{d} {minimum}" for name, n, d, minimum in self.strata]
        lines += [lot for name, *_ in self.strata for lot in lots[name]]
        return "\n".join(lines) + "\n"


class Again:
    """The result of a draw and its redraws."""

    def __init__(self, pool, seed, public_input):
        self.pool, self.repeats = pool, []
        chance = mac(seed, f"sponsio-draw/v2\n{sha256(pool.text())}\n{public_input}\n")
        self.object_key, self.inspector_key = mac(chance, "objects"), mac(chance, "inspectors")

    def tickets(self, one):
        """Of all lots of an object, the smallest first."""
        return sorted((mac(self.object_key, lot), lot) for lot in self.pool.lots(one))

    def ranking(self, lot, barred):
        return sorted((ref for ref in self.pool.inspectors if ref not in barred), key=lambda ref: mac(self.inspector_key, f"{lot} {ref}"))

    def result(self, recusals=()):
        rows, repeats = [], []
        for stratum, numerator, denominator, minimum in self.pool.strata:
            members = self.pool.of(stratum)
            share = -(-len(members) * numerator // denominator)
            drawn = sorted((self.tickets(one), one) for one in members)[:min(len(members), max(minimum, share))]
            for tickets, one in drawn:
                if len(tickets) > 1 and tickets[1] < drawn[-1][0][0]:
                    repeats.append(self.pool.root(one))
                rows.append(self.row(tickets[0][1], stratum, tickets[0][0], one[3], recusals))
        self.repeats = sorted(repeats)
        return rows

    def row(self, lot, stratum, ticket, barred, recusals):
        ranking = iter([self.pool.seen(lot, ref) for ref in self.ranking(lot, barred)])
        seats = [next(ranking, None) for _ in range(self.pool.assign)]
        for recusal in recusals:
            if recusal["object"] == lot:
                seats[seats.index(recusal["inspector"])] = next(ranking, None)
        return {"inspectors": seats, "object": lot, "stratum": stratum, "ticket": ticket.hex()}


class Key:
    """A P-256 key in a file, which OpenSSL signs with."""

    def __init__(self, folder):
        self.pem, self.kid = pathlib.Path(folder) / "draw-key.pem", "draw-test"
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.pem],
                       check=True, capture_output=True)
        public = subprocess.run(["openssl", "pkey", "-in", self.pem, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        self.jwk = {"kty": "EC", "crv": "P-256", "x": b64url(public[-64:-32]), "y": b64url(public[-32:]), "kid": self.kid, "alg": "ES256",
                    "use": "sig"}

    def sign(self, payload):
        head = canonical({"alg": "ES256", "kid": self.kid, "typ": "sponsio-draw+jws"})
        signing_input = f"{b64url(head.encode())}.{b64url(payload.encode())}"
        der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.pem], input=signing_input.encode(), check=True,
                             capture_output=True).stdout
        first = der[4:4 + der[3]]
        second = der[6 + der[3]:]
        return f"{signing_input}.{b64url(b''.join(part[-32:].rjust(32, bytes(1)) for part in (first, second)))}"


class Notary:
    """Who signs the values of a beacon: an Ed25519 key, and signed notes (C2SP signed-note) by OpenSSL."""

    def __init__(self, folder, name):
        self.pem, self.name = pathlib.Path(folder) / "beacon-key.pem", name
        subprocess.run(["openssl", "genpkey", "-algorithm", "ED25519", "-out", self.pem], check=True, capture_output=True)
        public = b"\x01" + subprocess.run(["openssl", "pkey", "-in", self.pem, "-pubout", "-outform", "DER"], check=True,
                                          capture_output=True).stdout[-32:]
        self.key_id = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
        self.vkey = f"{name}+{self.key_id.hex()}+{base64.b64encode(public).decode()}"

    def note(self, round_number, value, time):
        text = f"sponsio-beacon/v1\n{self.name}\n{round_number}\n{value}\n{time}\n"
        with tempfile.NamedTemporaryFile() as file:
            file.write(text.encode())
            file.flush()
            signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.pem, "-in", file.name], check=True,
                                       capture_output=True).stdout
        return f"{text}\n— {self.name} {base64.b64encode(self.key_id + signature).decode()}\n"


def statement(pool, seed, public_input, key, recusals=(), revision=1, notary=None):
    """draw.json as an object; a beacon's value is signed by the notary, if there is one."""
    again = Again(pool, seed, public_input)
    result = again.result(recusals)
    reveal_by, committed_at = "2026-03-03T01:00:00Z", "2026-03-02T01:00:06.547936Z"
    signed = pool.beacon and notary
    promise = {"beacon_key": notary.vkey} if signed else {}
    content = canonical({"stage": "committed", "draw_id": pool.draw_id, "pool_digest": sha256(pool.text()),
                         "seed_commitment": hashlib.sha256(seed).hexdigest(), "public": pool.promises(), "reveal_by": reveal_by,
                         "salt": "c2FsdCBvZiBhIHRlc3Q"} | promise)
    said = {"algorithm": "sponsio-draw/v2", "draw_id": pool.draw_id,
            "pool": {"digest_sha256": sha256(pool.text()), "objects": len(pool.objects), "inspectors": len(pool.inspectors)},
            "seed_commitment": hashlib.sha256(seed).hexdigest(), "committed_at": committed_at,
            "committed_leaf": {"shard": 1, "leaf_index": 12, "content": content,
                               "entry": canonical({"digest": sha256(content), "kind": "draw", "time": committed_at})},
            "reveal_by": reveal_by, "public_input": public_input, "public_input_at": "2026-03-02T02:00:00.000000Z", "seed": seed.hex(),
            "revealed_at": "2026-03-02T02:00:01.250000Z", "revision": revision, "recusals": list(recusals),
            "repeats": again.repeats, "result_digest_sha256": sha256(canonical(result))}
    if signed:
        said |= promise | {"beacon_note": notary.note(pool.beacon[1], public_input.rsplit(":", 1)[1], "2026-03-02T01:59:00Z")}
    if pool.dice:
        said["protocol_sha256"] = sha256("a paper on how the dice were thrown")
    return seal(said, result, key)


def seal(said, result, key):
    return said | {"result": result, "statement": key.sign(canonical(said))}


def made_up(rng):
    """Pool, seed, public input and recusals of a random draw; small, with every peculiarity now and then."""
    inspectors = [f"{rng.getrandbits(64):016x}" for _ in range(rng.randint(0, 6))]
    names = rng.sample(["key", "ordinary", "a", "x-1", "9"], rng.randint(1, 4))
    strata = []
    for name in names:
        denominator = rng.choice([1, 3, 20, 100, 1_000_000])
        strata.append((name, rng.randint(0, denominator), denominator, rng.choice([0, 1, 5, 1_000])))
    places = {(rng.choice([1, 2, 17]), rng.choice([rng.randrange(40), rng.randrange(2**53)])) for _ in range(rng.randint(1, 60))}
    objects = [(place, rng.choice(names), rng.choice([1, 1, 2, 16]), rng.sample(inspectors, rng.randint(0, len(inspectors))) if rng.random() < 0.4 else [])
               for place in places]
    dice = rng.choice([None, 4, 8, 100])
    beacon = (rng.choice(["drand", "nist.beacon-2"]), rng.randrange(10**7)) if dice is None or rng.random() < 0.5 else None
    pool = Pool(str(uuid.UUID(int=rng.getrandbits(128), version=4)), rng.randint(0, 5), dice, beacon, strata, inspectors, objects,
                rng.randbytes(32))
    given = ["dice=" + ",".join(str(rng.randint(1, 6)) for _ in range(dice))] if dice else []
    given += [f"beacon={beacon[0]}:{beacon[1]}:{rng.randbytes(rng.randint(1, 64)).hex()}"] if beacon else []
    seed, public_input = rng.randbytes(32), ";".join(given)
    return pool, seed, public_input, recused(rng, Again(pool, seed, public_input))


def recused(rng, again):
    """Some recusals, often several at one object."""
    recusals = []
    rows = again.result()
    for _ in range(rng.choice([0, 1, 6]) if rows else 0):
        name = rng.choice(rows[:3])["object"]
        seated = [ref for row in again.result(recusals) if row["object"] == name for ref in row["inspectors"] if ref]
        if seated:
            recusals.append({"object": name, "inspector": rng.choice(seated)})
    return recusals


def write(folder, pool, said, key):
    folder = pathlib.Path(folder)
    (folder / "draw-pool.txt").write_bytes(pool.text().encode())
    (folder / "draw-full.txt").write_bytes(pool.full().encode())
    (folder / "draw.json").write_bytes((canonical(said) + "\n").encode())
    (folder / "jwks.json").write_bytes((canonical({"keys": [key.jwk]}) + "\n").encode())


def golden(rng):
    """One of each: strata of all sizes, weights, seats that nobody is left for, two recusals on one seat."""
    inspectors = [f"{rng.getrandbits(64):016x}" for _ in range(5)]
    inspectors.sort()
    strata = [("key", 1, 5, 3), ("ordinary", 1, 20, 2), ("rare", 1, 100, 2), ("none", 1, 2, 1)]
    objects = [((1, leaf), "key" if leaf % 3 else "ordinary", 1 + leaf % 4, []) for leaf in range(1, 90)]
    objects += [((2, leaf), "ordinary", 16 if leaf == 7 else 1, [inspectors[leaf % 5]]) for leaf in range(40)]
    objects += [((10, 3), "rare", 1, inspectors), ((9, 2**53 - 1), "rare", 1, inspectors[:4])]
    pool = Pool("0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b", 2, 6, ("drand", 4_711), strata, inspectors, objects, rng.randbytes(32))
    seed, public_input = rng.randbytes(32), "dice=3,5,1,6,6,2;beacon=drand:4711:" + rng.randbytes(32).hex()
    recusals, again = [], Again(pool, seed, public_input)
    for _ in range(2):  # the same seat twice
        row = again.result(recusals)[0]
        recusals.append({"object": row["object"], "inspector": row["inspectors"][1]})
    row = again.result(recusals)[4]
    return pool, seed, public_input, recusals + [{"object": row["object"], "inspector": row["inspectors"][0]}]


def main():
    with tempfile.TemporaryDirectory() as folder:
        key = Key(folder)
        rng = random.Random(int(sys.argv[2])) if len(sys.argv) > 2 else None
        pool, seed, public_input, recusals = made_up(rng) if rng else golden(random.Random(20260302))
        notary = Notary(folder, pool.beacon[0]) if pool.beacon else None
        write(sys.argv[1], pool, statement(pool, seed, public_input, key, recusals, 1 + bool(recusals), notary), key)


if __name__ == "__main__":
    main()
