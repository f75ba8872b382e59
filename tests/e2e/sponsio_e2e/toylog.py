"""A transparency log small enough to be forked at will: RFC 6962 by its definitions, notes signed by `openssl`."""
import base64
import hashlib
import pathlib
import subprocess
import threading


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def root_of(leaves):
    """RFC 6962 section 2.1."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\1" + root_of(leaves[:k]) + root_of(leaves[k:])).digest()


def consistency(m, leaves, whole=True):
    """RFC 6962 section 2.1.2, from the first m leaves to all of them."""
    if m == len(leaves):
        return [] if whole else [root_of(leaves)]
    k = split(len(leaves))
    if m <= k:
        return consistency(m, leaves[:k], whole) + [root_of(leaves[k:])]
    return consistency(m - k, leaves[k:], False) + [root_of(leaves[:k])]


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def text_of(raw):
    return base64.b64encode(raw).decode()


class NoteKey:
    """An Ed25519 key of a signed note (C2SP signed-note), kept in a file for `openssl`."""

    def __init__(self, folder, name):
        self.name, self.file = name, pathlib.Path(folder) / f"{hashlib.sha256(name.encode()).hexdigest()[:8]}.pem"
        if not self.file.exists():
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.file], check=True, timeout=30)
        der = subprocess.run(["openssl", "pkey", "-in", self.file, "-pubout", "-outform", "DER"], check=True, timeout=30,
                             capture_output=True).stdout
        self.raw = der[-32:]
        self.id, self.vkey = self.as_kind(1)

    def as_kind(self, kind):
        """Key id and verifier key under a signature type: 1 signs notes, 4 cosigns."""
        key_id = hashlib.sha256(self.name.encode() + b"\n" + bytes([kind]) + self.raw).digest()[:4]
        return key_id, f"{self.name}+{key_id.hex()}+{text_of(bytes([kind]) + self.raw)}"

    def sign(self, text):
        """The note of a text, signed."""
        message = self.file.with_suffix(f".{threading.get_ident()}")  # openssl signs files only with this key
        message.write_bytes(text.encode())
        signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.file, "-in", message],
                                   check=True, timeout=30, capture_output=True).stdout
        message.unlink()
        return f"{text}\n— {self.name} {text_of(self.id + signature)}\n"


class ToyLog:
    """A log of numbered entries; `mark` makes it another history."""

    def __init__(self, key, mark="", same=0):
        self.key, self.mark, self.same = key, mark, same

    def leaves(self, size):
        return [leaf_hash(f"{i}{self.mark if i >= self.same else ''}".encode()) for i in range(size)]

    def head(self, size):
        """The text of the checkpoint."""
        return f"{self.key.name}\n{size}\n{text_of(root_of(self.leaves(size)))}\n"

    def request(self, old, size, proof=None, signed=None):
        """The body of add-checkpoint."""
        proof = consistency(old, self.leaves(size)) if proof is None and 0 < old <= size else proof or []
        lines = [f"old {old}", *(text_of(one) for one in proof), "", signed or self.key.sign(self.head(size))]
        return "\n".join(lines).encode()
