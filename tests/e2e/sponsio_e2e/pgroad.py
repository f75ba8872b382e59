"""A road between Sponsio and its PostgreSQL that reads along, and is cut at the worst moment."""
import socket
import struct
import threading

from .proxy import Relay


class DatabaseRoad(Relay):
    """Forwards TCP to a PostgreSQL's socket, without TLS, so that it sees what the server says (PostgreSQL 15 §55.7).

    `cut_next_commit()`: the next time a round of filing is answered COMMIT, that answer is thrown away with its connection:
    it was stored, and nobody has been told. `silent`: packets are swallowed both ways, and nobody is told that either.
    """

    def __init__(self, socket_path):
        self.socket_path = str(socket_path)
        self.silent = False
        self.cuts = 0
        self._armed = threading.Semaphore(0)
        super().__init__()

    def cut_next_commit(self):
        self._armed.release()

    def dial(self):
        peer = socket.socket(socket.AF_UNIX)
        try:
            peer.connect(self.socket_path)
        except OSError:
            peer.close()
            raise
        return peer

    def session(self):
        return Answers()

    def forward(self, session, data, caller):
        if self.silent:
            self.swallow(caller)
            return False
        return True

    def backward(self, session, data, peer):
        if self.silent:
            self.swallow(peer)
            return False
        if session.store_a_round(data) and self._armed.acquire(blocking=False):
            self.cuts += 1
            return False
        return True


class RawSession:
    """A session that takes a place in the server's table, and can say one thing."""

    def __init__(self, socket_path, user="owner", database="sponsio"):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(socket_path))
        words = b"".join(w.encode() + b"\0" for w in ("user", user, "database", database)) + b"\0"
        self.socket.sendall(struct.pack("!II", 8 + len(words), 3 << 16) + words)
        self.taken = self._until_ready()

    def _until_ready(self):
        """False if the server refuses."""
        reader = self.socket.makefile("rb")
        while head := reader.read(5):
            reader.read(struct.unpack("!I", head[1:])[0] - 4)
            if head[:1] == b"E":
                return False
            if head[:1] == b"Z":
                return True
        return False

    def say(self, sql):
        self.socket.sendall(b"Q" + struct.pack("!I", 5 + len(sql)) + sql.encode() + b"\0")
        return self._until_ready()

    def close(self):
        self.socket.close()


class Answers:
    """The messages of one server session, as they come in pieces."""

    def __init__(self):
        self.rest = b""
        self.inserted = False

    def store_a_round(self, data):
        """Whether these bytes complete the COMMIT of a transaction whose last statements stored something."""
        self.rest += data
        committed = False
        while len(self.rest) >= 5:
            kind, length = self.rest[:1], struct.unpack("!I", self.rest[1:5])[0]
            if len(self.rest) < 1 + length:
                break
            body, self.rest = self.rest[5:1 + length], self.rest[1 + length:]
            if kind == b"C" and body.startswith(b"INSERT 0 "):
                self.inserted = True
            elif kind == b"C" and body == b"COMMIT\0":
                committed = committed or self.inserted
            elif kind == b"Z" and body == b"I":  # no longer in a transaction
                self.inserted = False
        return committed
