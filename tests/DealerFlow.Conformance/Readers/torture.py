"""Reads a feed as fast as it can and checks every word; the same arguments and answer as torture.c."""

import json
import struct
import sys
import time

from dealerflow_feed import Feed, SnapshotReadStatus, offset_of


class Tally:
    def __init__(self):
        self.reads = self.torn = self.fallen = self.corrupt = self.busy = self.last = 0
        self.nanos = {}

    def note(self, status, nanos, read, is_snapshot):
        self.busy += status is SnapshotReadStatus.BUSY
        self.corrupt += status is SnapshotReadStatus.CORRUPT
        if status is not SnapshotReadStatus.OK:
            return
        self.reads += 1
        self.nanos[nanos] = self.nanos.get(nanos, 0) + 1
        number = read.runtime.publish_number
        self.torn += not is_whole(read, number, is_snapshot) or read.runtime.ledger.in_ != number
        self.fallen += number < self.last
        self.last = number

    def percentile(self, share):
        left = int(self.reads * share)
        for nanos in sorted(self.nanos):
            left -= self.nanos[nanos]
            if left < 0:
                return nanos
        return 0

    def told(self):
        return {"reads": self.reads, "torn": self.torn, "fallen": self.fallen, "corrupt": self.corrupt, "busy": self.busy,
                "p50": self.percentile(0.5), "p99": self.percentile(0.99)}


COUNTS = {offset_of("MarketSection", "strike_count") // 8, offset_of("MarketSection", "expiry_count") // 8}


def is_whole(read, number, is_snapshot):
    count = (read.market_bytes if is_snapshot else read.runtime._at) // 8
    words = struct.unpack_from(f"<{count}Q", read.bytes)
    if not is_snapshot:
        return words == tuple(range(number, number + count))
    return all(word == number + i or i in COUNTS for i, word in enumerate(words))


def main():
    directory, name, wanted, wanted_snapshots = sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    headlines, snapshots = Tally(), Tally()
    with Feed(name, directory, mapped=sys.argv[1] == "mapped") as feed:
        while headlines.reads < wanted or snapshots.reads < wanted_snapshots:
            begin = time.perf_counter_ns()
            status, headline = feed.read_headline()
            headlines.note(status, time.perf_counter_ns() - begin, headline, False)
            # Both kinds come to their end together.
            if snapshots.reads * wanted > headlines.reads * wanted_snapshots and headlines.reads < wanted:
                continue
            begin = time.perf_counter_ns()
            status, snapshot = feed.read_snapshot()
            snapshots.note(status, time.perf_counter_ns() - begin, snapshot, True)
        print(json.dumps({"retries": feed.retries, "headlines": headlines.told(), "snapshots": snapshots.told()}))


main()
