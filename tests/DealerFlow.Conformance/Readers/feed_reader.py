"""Watches a DealerFlow feed with nothing but the standard library.

Written from the documented feed format alone, to show that the page is enough; it shares no code with the writer.

    python3 feed_reader.py DIRECTORY NAME SNAPSHOTS SECONDS

reads until it has seen so many different snapshots or so many seconds have passed, then prints one JSON document: the publish numbers
in the order in which they were seen, how many reads ended how, the state of the feed and the last snapshot. Exit code 1 with one
sentence on stderr when the feed cannot be opened.
"""

import fcntl
import json
import mmap
import os
import stat
import struct
import sys
import time
import zlib

HEADER_BYTES = 4096
SLOT_HEADER_BYTES = 128
HEAD_BYTES, STRIKE_BYTES, EXPIRY_BYTES, RUNTIME_BYTES, HEADLINE_BYTES = 21824, 144, 208, 384, 1728
MODELS = ["OpenInterest", "ShortBoth", "Tape", "OpenInterestPlusTape", "OpenClose", "Gross"]
MODEL_STATUS = ["Live", "NoTrades", "NoPositions"]
BUCKETS = ["all", "zeroDte", "exZeroDte"]
TRADES_AT, ROOTS_AT, MODEL_BANDS_AT, MODELS_AT, OUTLOOK_AT = 192, 320, 1344, 2136, 13080
ROOT_BYTES, MODEL_BYTES, BUCKET_BYTES = 128, 1824, 552
BAND_BYTES, FLOW_BYTES, ROWS_OF_A_BUCKET = 24, 40, 11
MAX_ATTEMPTS = 64
RECOVERING, LIVE, CLOSED, SUPERSEDED = 1, 2, 3, 4


class FeedError(Exception):
    """The feed cannot be opened; the text says why."""


class Feed:
    def __init__(self, directory, name):
        self.directory, self.name = directory, name
        folder = os.lstat(directory)
        if not stat.S_ISDIR(folder.st_mode) or folder.st_uid != os.geteuid() or folder.st_mode & 0o022:
            raise FeedError(f"{directory} is not a private directory.")
        try:
            self.file = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            raise FeedError(f"There is no feed {self.path}.") from None
        status = os.fstat(self.file)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_nlink != 1 or status.st_mode & 0o022:
            raise FeedError(f"{self.path} is not a private file.")
        header = os.pread(self.file, 128, 0)
        if len(header) < 128 or header[0:8] != b"DFLWFEED":
            raise FeedError(f"{self.path} is not a feed.")
        (endian_mark, version, _layout, self.file_size, header_size, self.slot_count, self.slot_size,
         self.strike_capacity, self.expiry_capacity, self.heartbeat_limit, self.headline_offset, self.headline_count,
         self.headline_size) = struct.unpack_from("<9Qq3Q", header, 8)
        if endian_mark != 0x0102030405060708:
            raise FeedError(f"{self.path} has another byte order.")
        if version != 1:
            raise FeedError(f"{self.path} has version {version}; this reader knows 1.")
        if zlib.crc32(header[0:120]) != struct.unpack_from("<I", header, 120)[0]:
            raise FeedError(f"{self.path} has damaged constants.")
        self.market_capacity = HEAD_BYTES + STRIKE_BYTES * self.strike_capacity + EXPIRY_BYTES * self.expiry_capacity
        sound = (header_size == HEADER_BYTES and 4 <= self.slot_count <= 64 and self.slot_size % 128 == 0
                 and SLOT_HEADER_BYTES + self.market_capacity + RUNTIME_BYTES <= self.slot_size
                 and self.headline_offset == HEADER_BYTES + self.slot_count * self.slot_size
                 and 4 <= self.headline_count <= 64 and self.headline_size % 128 == 0
                 and SLOT_HEADER_BYTES + HEADLINE_BYTES + RUNTIME_BYTES <= self.headline_size
                 and self.file_size == self.headline_offset + self.headline_count * self.headline_size)
        if not sound:
            raise FeedError(f"{self.path} has constants that contradict each other.")
        if status.st_size != self.file_size:
            raise FeedError(f"{self.path} has {status.st_size} bytes instead of {self.file_size}.")
        self.constants = header
        self.map = mmap.mmap(self.file, self.file_size, mmap.MAP_SHARED, mmap.PROT_READ)
        self.attempts = 0

    @property
    def path(self):
        return os.path.join(self.directory, self.name + ".feed")

    def word(self, offset, form="<Q"):
        return struct.unpack_from(form, self.map, offset)[0]

    def read(self):
        """(outcome, number, market section, runtime section); the sections only with outcome "ok"."""
        for _ in range(MAX_ATTEMPTS):
            self.attempts += 1
            number = self.word(512)
            if number == 0:
                return "nothing", 0, None, None
            slot = HEADER_BYTES + (number % self.slot_count) * self.slot_size
            if self.word(slot) == 2 * number:
                market_bytes, checksum = self.word(slot + 8), self.word(slot + 16) & 0xFFFFFFFF
                fits = HEAD_BYTES <= market_bytes <= self.market_capacity
                start = slot + SLOT_HEADER_BYTES
                payload = self.map[start:start + market_bytes + RUNTIME_BYTES] if fits else b""
                if self.word(slot) != 2 * number:
                    continue
                market, runtime = payload[:market_bytes], payload[market_bytes:]
                whole = (fits and zlib.crc32(payload) == checksum
                         and struct.unpack_from("<Q", runtime, 8)[0] == number
                         and market_bytes == HEAD_BYTES + STRIKE_BYTES * struct.unpack_from("<I", market, 68)[0]
                         + EXPIRY_BYTES * struct.unpack_from("<I", market, 72)[0])
                return ("ok", number, market, runtime) if whole else ("corrupt", number, None, None)
            if self.word(512) == number:
                return "corrupt", number, None, None
        return "busy", 0, None, None

    def state(self):
        if self.map[0:128] != self.constants:
            return "CORRUPT"
        state, heartbeat, progress = self.word(256), self.word(384, "<q"), self.word(392, "<q")
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        fresh = 0 <= now - heartbeat <= self.heartbeat_limit
        if state == SUPERSEDED:
            return "SUPERSEDED"
        if state not in (RECOVERING, LIVE, CLOSED):
            return "CORRUPT"
        if state == LIVE and fresh:
            return "LIVE" if now - progress <= self.heartbeat_limit else "IDLE"
        if state == RECOVERING and fresh:
            return "RECOVERING"
        if os.fstat(self.file).st_nlink == 0:
            return "SUPERSEDED" if os.path.lexists(self.path) else "NOT FOUND"
        if state == CLOSED:
            return "CLOSED"
        return "DEAD" if self.lock_is_free() else "STALLED"

    def lock_is_free(self):
        lock = os.open(os.path.join(self.directory, self.name + ".lock"), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        finally:
            os.close(lock)


def text(raw):
    return raw.rstrip(b"\0").decode("ascii")


def describe_bucket(market, at):
    zero_gamma_found = market[at + 96 + 24] == 1
    return {
        "netGex": struct.unpack_from("<q", market, at)[0] / 1024,
        "charmToClose": struct.unpack_from("<q", market, at + 72)[0] / 1024,
        "zeroGamma": struct.unpack_from("<d", market, at + 96)[0] if zero_gamma_found else None,
        "zeroGammaPerStickiness": struct.unpack_from("<d", market, at + 96 + 32)[0] if zero_gamma_found else None,
        "callWall": struct.unpack_from("<d", market, at + 232)[0] if market[at + 232 + 32] else None,
        "putWall": struct.unpack_from("<d", market, at + 272)[0] if market[at + 272 + 32] else None,
    }


def describe_model(market, model):
    at = MODELS_AT + MODEL_BYTES * model
    pin, leaves = at + 1656, at + 1696
    return {
        "status": MODEL_STATUS[market[at + 1816]],
        "buckets": {name: describe_bucket(market, at + BUCKET_BYTES * i) for i, name in enumerate(BUCKETS)},
        "pin": struct.unpack_from("<d", market, pin)[0] if market[pin + 32] else None,
        "nextRollOffGex": struct.unpack_from("<q", market, leaves + 8)[0] / 1024 if market[leaves + 36] else None,
        # Spot up 1 % is scenario 6 of bucket 0.
        "flowUp100": struct.unpack_from(
            "<q", market, OUTLOOK_AT + 32 + FLOW_BYTES * (3 * ROWS_OF_A_BUCKET * model + 6))[0] / 1024,
    }


def describe_root(market, index):
    at = ROOTS_AT + ROOT_BYTES * index
    return {
        "root": text(market[at:at + 8]),
        "netGex": struct.unpack_from("<q", market, at + 8)[0] / 1024,
        "tradeFlow": struct.unpack_from("<q", market, at + 72)[0] / 1024,
        "models": dict(zip(MODELS, (units / 1024 for units in struct.unpack_from("<6q", market, at + 80)))),
    }


def describe(market, runtime):
    """The parts of a snapshot that a test compares with other readers."""
    strikes, expiries = struct.unpack_from("<II", market, 68)
    ledger = struct.unpack_from("<32Q", runtime, 64)
    first_expiry = HEAD_BYTES + STRIKE_BYTES * strikes
    strike_rows = [struct.unpack_from("<d17q", market, HEAD_BYTES + STRIKE_BYTES * i) for i in range(strikes)]
    models = {name: describe_model(market, i) for i, name in enumerate(MODELS)}
    chosen = MODELS[market[76]]
    band_low, band_high, band_present, band_missing = struct.unpack_from("<ddII", market, MODEL_BANDS_AT + BAND_BYTES * 10)
    return {
        "epoch": struct.unpack_from("<Q", runtime, 0)[0],
        "eventSequence": struct.unpack_from("<Q", market, 0)[0],
        "spot": struct.unpack_from("<d", market, 24)[0],
        "underlying": text(market[32:40]),
        "nodes": struct.unpack_from("<I", market, 56)[0],
        "model": chosen,
        "netGex": [models[chosen]["buckets"][bucket]["netGex"] for bucket in BUCKETS],
        "zeroGamma": models[chosen]["buckets"]["all"]["zeroGamma"],
        "callWall": models[chosen]["buckets"]["all"]["callWall"],
        "models": models,
        "netGexBand": {
            "low": band_low, "high": band_high,
            "present": [name for i, name in enumerate(MODELS) if band_present >> i & 1],
            "missing": [name for i, name in enumerate(MODELS) if band_missing >> i & 1],
        },
        "tradeFlow": [units / 1024 for units in struct.unpack_from("<4q", market, TRADES_AT)],
        "roots": [describe_root(market, i) for i in range(struct.unpack_from("<H", market, 148)[0])],
        "sessionDate": struct.unpack_from("<i", market, 124)[0],
        "strikes": [{"strike": row[0], "callGex": row[1] / 1024, "putGex": row[2] / 1024, "dex": row[7] / 1024,
                     "tradeFlow": row[11] / 1024} for row in strike_rows],
        "expiries": [{"root": text(market[at:at + 8]), "forward": struct.unpack_from("<d", market, at + 24)[0],
                      "vex": struct.unpack_from("<q", market, at + 104)[0] / 1024,
                      "grossShare": struct.unpack_from("<d", market, at + 144)[0]}
                     for at in range(first_expiry, first_expiry + EXPIRY_BYTES * expiries, EXPIRY_BYTES)],
        "messagesIn": ledger[0],
        # Applied, conflated, dropped, queued; pending; then the reasons of refusal.
        "ledgerBalances": ledger[0] == sum(ledger[1:5]) + ledger[14] + sum(ledger[16:]),
    }


def watch(feed, snapshots, seconds):
    numbers, outcomes, unbalanced = [], {"ok": 0, "nothing": 0, "busy": 0, "corrupt": 0}, 0
    last, states = None, []
    end = time.monotonic() + seconds
    while len(numbers) < snapshots and time.monotonic() < end:
        outcome, number, market, runtime = feed.read()
        outcomes[outcome] += 1
        state = feed.state()
        if not states or states[-1] != state:
            states.append(state)
        if outcome == "ok" and (not numbers or number != numbers[-1]):
            numbers.append(number)
            last = describe(market, runtime)
            unbalanced += not last["ledgerBalances"]
        time.sleep(0.001)
    return {"numbers": numbers, "outcomes": outcomes, "unbalanced": unbalanced, "states": states, "attempts": feed.attempts, "last": last}


def main():
    directory, name, snapshots, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    try:
        feed = Feed(directory, name)
    except (FeedError, OSError) as error:
        print(f"feed_reader: {error}", file=sys.stderr)
        return 1
    print(json.dumps(watch(feed, snapshots, seconds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
