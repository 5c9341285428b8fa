"""What the Python reader says of feeds, one line each; the same commands and lines as probe.c."""

import os
import sys
import time

from dealerflow_feed import ERROR_TEXTS, Feed, FeedError, FeedException, SnapshotReadStatus


def probe(how, directory, name):
    name, has_symbol, symbol = name.partition(":")
    try:
        feed = Feed(name, directory, symbol=symbol if has_symbol else None, mapped=how == "open")
    except FeedException as refused:
        print(name, refused.error)
        return
    with feed:
        if how == "cut":
            os.truncate(feed.path, 0)
        print(name, "Opened", feed.state(), feed.read_snapshot()[0], feed.read_headline()[0], feed.read_change(0)[0])


def watch(directory, name, until, seconds):
    end, last = time.monotonic() + seconds, ""
    with Feed(name, directory) as feed:
        while last != until and time.monotonic() < end:
            state = str(feed.state())
            if state != last:
                print(state, flush=True)
            last = state
            time.sleep(0.002)


def changes(directory, name, position):
    with Feed(name, directory) as feed:
        status, change, position, missed = feed.read_change(position)
        while change is not None:
            print(position, missed)
            status, change, position, missed = feed.read_change(position)
        print(status, position)


def edge(directory, name, count):
    with Feed(name, directory) as feed:
        print(sum(feed.read_change(0)[0] is SnapshotReadStatus.CORRUPT for _ in range(count)), "corrupt")


def main():
    how = sys.argv[1]
    if how == "errors":
        for error in FeedError:
            print(f"{error}: {ERROR_TEXTS[error]}")
    elif how == "watch":
        watch(*sys.argv[2:5], float(sys.argv[5]))
    elif how == "edge":
        edge(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    elif how == "changes":
        changes(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        for name in sys.argv[3:]:
            probe(how, sys.argv[2], name)


main()
