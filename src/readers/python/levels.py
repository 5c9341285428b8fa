"""Prints the levels of a feed: levels.py [NAME [DIRECTORY [SYMBOL]]]"""

import sys
import time

from dealerflow_feed import (ExposureBucket, Feed, FeedException, SnapshotReadStatus, StrikeLevel, ZeroGammaStatus, usd)


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "default"
    try:
        feed = Feed(name, sys.argv[2] if len(sys.argv) > 2 else None, symbol=sys.argv[3] if len(sys.argv) > 3 else None)
    except FeedException as refused:
        print(f"levels: {refused}", file=sys.stderr)
        return 1
    with feed:
        status, snapshot = feed.read_snapshot()
        headline_status, headline = feed.read_headline()
        state = feed.state()
        if status is not SnapshotReadStatus.OK:
            print(f"levels: {status}, and the feed is {state}", file=sys.stderr)
            return 1
        market = snapshot.market
        # A headline, where the writer makes them, is newer in its totals and says the same of levels.
        newer = headline_status is SnapshotReadStatus.OK and headline.section.event_sequence > market.event_sequence
        bucket = (headline.section if newer else snapshot.chosen_model).buckets[ExposureBucket.ALL]
        runtime = headline.runtime if newer else snapshot.runtime
        age = time.clock_gettime_ns(time.CLOCK_MONOTONIC) - runtime.publish_monotonic_nanos
        call_wall, put_wall = bucket.levels[StrikeLevel.CALL_WALL], bucket.levels[StrikeLevel.PUT_WALL]
        rows = [
            ("feed", name),
            ("state", state),
            ("age", f"{age / 1e9:.3f} s"),
            ("underlying", market.underlying),
            ("spot", f"{headline.section.spot if newer else market.spot:.10g}"),
            ("regime", bucket.regime),
            ("net GEX", f"{usd(bucket.net_gex):.0f} USD per 1 %"),
            ("zero gamma", f"{bucket.zero_gamma.value:.10g}" if bucket.zero_gamma.status == ZeroGammaStatus.FOUND else "none"),
            ("call wall", f"{call_wall.strike:.10g}" if call_wall.present else "none"),
            ("put wall", f"{put_wall.strike:.10g}" if put_wall.present else "none"),
        ]
        for what, value in rows:
            print(f"{what:<11} {value!s}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
