"""Reads a feed as fast as it can and checks every word; the same arguments and answer as torture.c."""

import json
import signal
import struct
import sys
import time

from dealerflow_feed import Feed, FeedException, FeedState, SnapshotReadStatus, offset_of


class Tally:
    def __init__(self):
        self.reads = self.torn = self.fallen = self.corrupt = self.busy = self.nothing = self.last = self.longest = 0
        self.nanos = {}

    def note(self, status, nanos, read, is_snapshot):
        self.busy += status is SnapshotReadStatus.BUSY
        self.corrupt += status is SnapshotReadStatus.CORRUPT
        self.nothing += status is SnapshotReadStatus.NOTHING_PUBLISHED
        self.longest = max(self.longest, nanos)
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
                "nothing": self.nothing, "last": self.last, "longest": self.longest, "p50": self.percentile(0.5), "p99": self.percentile(0.99)}


COUNTS = {offset_of("MarketSection", "strike_count") // 8, offset_of("MarketSection", "expiry_count") // 8}


def is_whole(read, number, is_snapshot):
    count = (read.market_bytes if is_snapshot else read.runtime._at) // 8
    words = list(struct.unpack_from(f"<{count}Q", read.bytes))
    if is_snapshot:
        for i in COUNTS:
            words[i] = number + i
    return words == list(range(number, number + count))


class Reader:
    """One open feed after another, and what was read from them."""

    def __init__(self):
        self.directory, self.name, self.is_mapped = sys.argv[2], sys.argv[3], sys.argv[1] == "mapped"
        self.headlines, self.snapshots = Tally(), Tally()
        self.opened = self.refused = self.corrupt_states = self.retries = 0
        self.is_over = False
        signal.signal(signal.SIGTERM, self.end)
        self.open()

    def end(self, *_):
        self.is_over = True

    def open(self):
        self.opened += 1
        while True:
            try:
                self.feed = Feed(self.name, self.directory, mapped=self.is_mapped)
                return
            except FeedException:
                # The name is always that of a whole feed: it opens at the first attempt.
                self.refused += 1
                if self.refused > 1000 or self.is_over:
                    raise

    def close(self):
        self.retries += self.feed.retries
        self.feed.close()

    def read_headline(self):
        begin = time.perf_counter_ns()
        status, headline = self.feed.read_headline()
        self.headlines.note(status, time.perf_counter_ns() - begin, headline, False)

    def read_snapshot(self):
        begin = time.perf_counter_ns()
        status, snapshot = self.feed.read_snapshot()
        self.snapshots.note(status, time.perf_counter_ns() - begin, snapshot, True)

    def read(self, wanted, wanted_snapshots):
        headlines, snapshots = self.headlines, self.snapshots
        while headlines.reads < wanted or snapshots.reads < wanted_snapshots:
            self.read_headline()
            # Both kinds come to their end together.
            if snapshots.reads * wanted > headlines.reads * wanted_snapshots and headlines.reads < wanted:
                continue
            self.read_snapshot()

    def attend(self):
        is_last = False
        while not is_last:
            # It looks once more after the signal, so that the last snapshot of all is among what it tells.
            is_last = self.is_over
            time.sleep(0.0005)
            state = self.feed.state()
            self.corrupt_states += state is FeedState.CORRUPT
            if state is FeedState.SUPERSEDED:
                self.close()
                self.open()
                self.headlines.last = 0
            self.read_headline()
            self.read_snapshot()


def main():
    reader = Reader()
    if len(sys.argv) > 5:
        reader.read(int(sys.argv[4]), int(sys.argv[5]))
    else:
        reader.attend()
    reader.close()
    print(json.dumps({"retries": reader.retries, "opened": reader.opened, "refused": reader.refused, "corruptStates": reader.corrupt_states,
                      "headlines": reader.headlines.told(), "snapshots": reader.snapshots.told()}))


main()
