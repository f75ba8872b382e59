"""A road between Sponsio and its PostgreSQL that reads along, and is cut at the worst moment."""
import contextlib
import socket
import struct
import threading


class DatabaseRoad:
    """Forwards TCP to a PostgreSQL's socket, without TLS, so that it sees what the server says (PostgreSQL 15 §55.7).

    `cut_next_commit()`: the next time a round of filing is answered COMMIT, that answer is thrown away with its connection:
    it was stored, and nobody has been told. `silent`: packets are swallowed both ways, and nobody is told that either.
    """

    def __init__(self, socket_path):
        self.socket_path = str(socket_path)
        self.silent = False
        self.cuts = 0
        self._armed = threading.Semaphore(0)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def cut_next_commit(self):
        self._armed.release()

    def _accept(self):
        while True:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller):
        peer = socket.socket(socket.AF_UNIX)
        try:
            peer.connect(self.socket_path)
        except OSError:
            caller.close()
            return
        with caller, peer:
            back = threading.Thread(target=self._backward, args=(peer, caller), daemon=True)
            back.start()
            try:
                while data := caller.recv(65536):
                    if self.silent:
                        self._swallow(caller)
                        break
                    peer.sendall(data)
                peer.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            back.join(60)

    def _backward(self, peer, caller):
        answers = Answers()
        try:
            while data := peer.recv(65536):
                if self.silent:
                    self._swallow(peer)
                    break
                if answers.store_a_round(data) and self._armed.acquire(blocking=False):
                    self.cuts += 1
                    break
                caller.sendall(data)
        except OSError:
            pass  # a server process that was killed resets what it had not read
        finally:
            with contextlib.suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _swallow(side):
        """Until that side gives up."""
        try:
            while side.recv(65536):
                pass
        except OSError:
            pass


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
