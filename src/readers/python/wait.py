"""Waits for the next snapshot of a feed and prints it: wait.py [NAME [SECONDS [DIRECTORY [SYMBOL]]]]"""

import sys
import time

from dealerflow_feed import Feed, FeedException, FeedState, SnapshotReadStatus

PAUSE_SECONDS = 0.0002


def wait_for_next(feed, directory, symbol, seconds):
    """The feed with something new; None after so many seconds, or when it is lost."""
    end, seen = time.monotonic() + seconds, feed.publish_number
    while feed.publish_number == seen:
        state = feed.state()
        if state is FeedState.SUPERSEDED:
            # Another file has the name: numbers go on there.
            feed.close()
            feed = Feed(feed.name, directory, symbol=symbol)
        elif state is FeedState.CORRUPT or time.monotonic() >= end:
            print(f"wait: nothing new, and the feed is {state}", file=sys.stderr)
            return None
        time.sleep(PAUSE_SECONDS)
    return feed


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "default"
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    directory = sys.argv[3] if len(sys.argv) > 3 else None
    symbol = sys.argv[4] if len(sys.argv) > 4 else None
    try:
        feed = wait_for_next(Feed(name, directory, symbol=symbol), directory, symbol, seconds)
    except FeedException as refused:
        print(f"wait: {refused}", file=sys.stderr)
        return 1
    if feed is None:
        return 1
    with feed:
        status, snapshot = feed.read_snapshot()
        if status is not SnapshotReadStatus.OK:
            print(f"wait: {status}", file=sys.stderr)
            return 1
        age = time.clock_gettime_ns(time.CLOCK_MONOTONIC) - snapshot.runtime.publish_monotonic_nanos
        print(f"{snapshot.runtime.publish_number} {snapshot.market.underlying} {snapshot.market.spot:.10g}, {age / 1e9:.6f} s old")
    return 0


if __name__ == "__main__":
    sys.exit(main())
