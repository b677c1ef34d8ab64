#!/usr/bin/env python3
"""Verifies an export of a gate's journal: written from kiosk/journal/RECORDS.md alone.

usage: verify_journal.py EXPORT [TRUST-LIST]

Prints one JSON object: {"ok": true, "count", "head", "vouched"} or {"ok": false, "seq", "through", "why"}.
Exit code 0 it holds, 1 it does not, 2 wrong usage. Needs Python 3.8 and python3-cryptography.
"""
import base64
import hashlib
import json
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KINDS = ("id-card", "temperature", "details")
ROW = re.compile(
    rb'\{"seq":(0|[1-9][0-9]*),"hash":"([0-9a-f]{64})",'
    rb'(?:"sealed":\{"salt":"([0-9a-f]*)","box":"([A-Za-z0-9_-]*)"\},)?"record":(.*)\}',
    re.DOTALL,
)


class Bad(Exception):
    """The first bad record, or the last one of the stretch in which it lies, and why."""

    def __init__(self, seq, why, first=None):
        super().__init__(why)
        self.seq = seq if first is None else first
        self.through = seq
        self.why = why


def canonical(value):
    """RFC 8785 of what records hold: no floats. Members go by UTF-16 code units."""
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(canonical(k) + ":" + canonical(v) for k, v in items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > 2**53 - 1):
        raise ValueError("no integer")
    return json.dumps(value, ensure_ascii=False)


def base64_strict(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("another text of the same bytes")
    return data


def key_of(entry):
    text = entry["publicKey"]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_signed(key, signature, text):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
        return True
    except (InvalidSignature, ValueError):
        return False


def key_id(name, algorithm, key):
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + key).digest()[:4]


def signature_of(line, name):
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or parts[1] != name:
        return None
    try:
        return base64_strict(parts[2])
    except ValueError:
        return None


class Checkpoint:
    """A signed head: its number, hash, and whether what is signed holds."""

    def __init__(self, line, header, trust):
        note, self.seq = line["checkpoint"], 1
        text, _, rest = note.partition("\n\n")
        lines = text.split("\n")
        if len(lines) != 3 or not rest.endswith("\n"):
            raise Bad(1, "no signed note")
        origin, size, digest = lines
        if not re.fullmatch("0|[1-9][0-9]{0,15}", size):
            raise Bad(1, "no size")
        self.seq = int(size)
        try:
            self.hash = base64_strict(digest).hex()
        except ValueError:
            raise Bad(self.seq, "no hash") from None
        self.bad = None
        if origin != "gk/1/{site}/{kiosk}/{journal}".format(**header):
            self.bad = "a checkpoint of another journal"
        elif trust is not None:
            self.bad = self.judge(origin, text + "\n", rest[:-1].split("\n"), line, header, trust)

    @staticmethod
    def judge(origin, text, signatures, line, header, trust):
        keys = [key_of(it) for it in trust.get("kiosks", []) if it["id"] == header["kiosk"]]
        for key in keys:
            start = key_id(origin, 1, key)
            found = [signature_of(it, origin) for it in signatures]
            if any(it and it[:4] == start and is_signed(key, it[4:], text.encode()) for it in found):
                break
        else:
            return "a checkpoint that the gate has not signed"
        for cosigned in line["witnesses"]:
            name = cosigned.split(" ")[1] if cosigned.count(" ") == 2 else ""
            known = [key_of(it) for it in trust.get("collectors", []) if it["name"] == name]
            if cosigned.startswith("\u2014 ") and name and not known:
                continue
            if not any(Checkpoint.is_cosigned(cosigned, name, key, text) for key in known):
                return "a cosignature that its witness has not made"
        return None

    @staticmethod
    def is_cosigned(line, name, key, text):
        data = signature_of(line, name)
        if data is None or len(data) != 76 or data[:4] != key_id(name, 4, key):
            return False
        time = int.from_bytes(data[4:12], "big")
        return is_signed(key, data[12:], ("cosignature/v1\ntime %d\n" % time + text).encode())


def kind_of(record):
    kind, outcome = record["type"], record.get("outcome")
    if kind in ("details", "emergency-details"):
        return "details"
    return "temperature" if kind == "decision" and outcome != "grant" else "id-card"


class Verifier:
    def __init__(self, header, trust):
        self.header = header
        self.trust = trust
        self.own = header["of"] == "database"
        self.checkpoints = []
        self.seq = header["first"] - 1
        self.hash = bytes.fromhex(header["prevHash"])
        self.first = header["first"]
        self.before = (self.seq, header["prevHash"])
        self.met = self.vouched = self.seq
        self.count = 0
        self.hashes = {}
        self.missing = {kind: [] for kind in KINDS}
        self.present = {}
        self.purges = []
        if self.seq == 0 and self.hash != bytes(32):
            raise Bad(1, "something before the first record")

    def start(self):
        self.checkpoints.sort(key=lambda it: it.seq)
        self.meet()

    def meet(self):
        while self.checkpoints and self.checkpoints[0].seq <= self.seq:
            checkpoint = self.checkpoints.pop(0)
            if checkpoint.bad:
                raise Bad(checkpoint.seq, checkpoint.bad)
            if checkpoint.seq < self.seq or self.hash is None:
                continue
            if checkpoint.hash != self.hash.hex():
                raise Bad(self.seq, "not what was signed", min(self.met + 1, self.seq))
            self.met = self.vouched = self.seq

    def row(self, line):
        match = ROW.fullmatch(line)
        if match is None:
            raise Bad(self.seq + 1, "a line that no export has")
        seq, digest, salt, box, data = match.groups()
        seq, digest = int(seq), bytes.fromhex(digest.decode())
        if seq <= self.seq:
            raise Bad(seq, "doubled or out of order")
        if seq > self.seq + 1:
            self.gap(seq)
        if self.hash is not None:
            if hashlib.sha256(b"\0" + self.hash + data).digest() != digest:
                raise Bad(seq, "its bytes or its hash were changed")
        self.seq, self.hash = seq, digest
        record = self.record(seq, data)
        self.count += 1
        if not self.own:
            self.hashes[seq] = digest.hex()
        self.part(seq, record, salt, box)
        if record["type"] == "purge":
            self.purge(seq, record)
        self.meet()

    def gap(self, seq):
        for loss in self.header["losses"]:
            if loss["from"] <= self.seq + 1 and loss["to"] >= seq - 1:
                known = loss["to"] == seq - 1 and loss["hash"]
                self.hash = bytes.fromhex(loss["hash"]) if known else None
                return
        raise Bad(self.seq + 1, "missing")

    def record(self, seq, data):
        try:
            text = data.decode()
            record = json.loads(text)
            if canonical(record) != text or record["seq"] != seq:
                raise ValueError
            is_start = record["type"] == "journal-started"
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Bad(seq, "not the bytes of a record") from None
        if (seq == 1) != is_start or (seq == 1 and record["journal"] != self.header["journal"]):
            raise Bad(seq, "not the start of this journal")
        return record

    def part(self, seq, record, salt, box):
        named = record.get("sealed")
        if named is None:
            if salt is not None:
                raise Bad(seq, "a part that no record names")
            return
        kind = kind_of(record)
        if salt is None:
            self.missing[kind].append(seq)
            return
        text = box.decode()
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if base64.urlsafe_b64encode(data).decode().rstrip("=") != text or len(salt) != 32:
            raise Bad(seq, "no part")
        if hashlib.sha256(bytes.fromhex(salt.decode()) + data).hexdigest() != named:
            raise Bad(seq, "another part than the record names")
        self.present.setdefault(kind, seq)

    def purge(self, seq, record):
        try:
            parts = [(KINDS.index(it["kind"]), it["through"]) for it in record["parts"]]
            records = record["records"]
            ends = [through for _, through in parts]
            if records is not None:
                ends.append(records["through"])
                bytes.fromhex(records["hash"])
            if any(not isinstance(end, int) or not 1 <= end < seq for end in ends):
                raise ValueError
        except (TypeError, KeyError, ValueError):
            raise Bad(seq, "a purge that cannot have been") from None
        self.purges.append(seq)
        gone = records["through"] if records else 0
        if records and self.own:
            if gone >= self.first or (gone, records["hash"]) != self.before and gone == self.before[0]:
                raise Bad(seq, "a purge that cannot have been")
        if records and not self.own and self.hashes.get(gone, records["hash"]) != records["hash"]:
            raise Bad(gone, "another record than the one that was purged")
        for index, kind in enumerate(KINDS):
            through = max([gone] + [end for at, end in parts if at == index])
            if self.own and self.present.get(kind, seq) <= through:
                raise Bad(self.present[kind], "its part is there, though it was purged")
            self.missing[kind] = [it for it in self.missing[kind] if it > through]

    def end(self, line):
        try:
            end = json.loads(line)["end"]
            is_whole = (end["seq"], end["hash"]) == (self.seq, (self.hash or b"").hex())
        except (ValueError, KeyError, TypeError):
            is_whole = False
        if not is_whole:
            raise Bad(self.seq + 1, "the file was cut off")
        if self.checkpoints:
            raise Bad(self.seq + 1, "the end was cut off: a checkpoint reaches further")
        missing = [seqs[0] for seqs in self.missing.values() if seqs]
        if missing:
            raise Bad(min(missing), "its part is missing, and no purge says so")
        late = [seq for seq in self.purges if seq > self.vouched]
        if self.trust is not None and late:
            raise Bad(late[0], "a purge that no signature reaches")


def verify(file, trust):
    header = json.loads(file.readline())
    if header.get("format") != "gk-journal-export-1":
        raise Bad(1, "no export")
    known = [it["id"] for it in (trust or {}).get("kiosks", [])]
    if header["kiosk"] is not None and header["kiosk"] not in known:
        trust = None  # without a key of the gate its signatures are not checked
    verifier = Verifier(header, trust)
    line = file.readline().rstrip(b"\n")
    while line.startswith(b'{"checkpoint":'):
        verifier.checkpoints.append(Checkpoint(json.loads(line), header, trust))
        line = file.readline().rstrip(b"\n")
    verifier.start()
    while line.startswith(b'{"seq":'):
        verifier.row(line)
        line = file.readline().rstrip(b"\n")
    verifier.end(line)
    if file.read(1):
        raise Bad(verifier.seq + 1, "something stands behind the last line")
    head = verifier.hash.hex() if verifier.hash else None
    vouched = verifier.vouched if trust is not None else None
    return {"ok": True, "count": verifier.count, "head": [verifier.seq, head], "vouched": vouched}


def main(args):
    if len(args) not in (1, 2):
        sys.stderr.write(__doc__)
        return 2
    trust = None
    if len(args) == 2:
        with open(args[1], encoding="utf-8") as file:
            trust = json.load(file)
    try:
        with open(args[0], "rb") as file:
            answer = verify(file, trust)
    except Bad as bad:
        answer = {"ok": False, "seq": bad.seq, "through": bad.through, "why": bad.why}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        answer = {"ok": False, "seq": 1, "through": 1, "why": "no export: %s" % error}
    print(json.dumps(answer))
    return 0 if answer["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
