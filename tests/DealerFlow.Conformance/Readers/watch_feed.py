"""Watches a feed through the Python reader and says what it saw.

    watch_feed.py DIRECTORY NAME SNAPSHOTS SECONDS

reads until it has seen so many different snapshots or so many seconds have passed, then prints one JSON document: the publish numbers
in the order in which they were seen, how many reads ended how, the states of the feed and the last snapshot. Exit code 1 with one
sentence on stderr when the feed cannot be opened.
"""

import json
import sys
import time

from dealerflow_feed import (BAND_NET_GEX, BANDED_LEVELS, HEDGE_SCENARIOS, ExposureBucket, Feed, FeedException, HedgeScenario, PositionModel, RollOff,
                             SnapshotReadStatus, StrikeLevel, ZeroGammaStatus, usd)

BUCKETS = {"all": ExposureBucket.ALL, "zeroDte": ExposureBucket.ZERO_DTE, "exZeroDte": ExposureBucket.EX_ZERO_DTE}


def strike(level):
    return level.strike if level.present else None


def describe_bucket(bucket):
    found = bucket.zero_gamma.status == ZeroGammaStatus.FOUND
    return {
        "netGex": usd(bucket.net_gex),
        "charmToClose": usd(bucket.charm_to_close),
        "zeroGamma": bucket.zero_gamma.value if found else None,
        "zeroGammaPerStickiness": bucket.zero_gamma.per_stickiness if found else None,
        "callWall": strike(bucket.levels[StrikeLevel.CALL_WALL]),
        "putWall": strike(bucket.levels[StrikeLevel.PUT_WALL]),
    }


def describe_model(market, model):
    section = market.models[model]
    leaves = section.roll_offs[RollOff.NEXT]
    flows = market.outlook.flows[model].rows
    return {
        "status": str(section.status),
        "buckets": {name: describe_bucket(section.buckets[bucket]) for name, bucket in BUCKETS.items()},
        "pin": strike(section.pin),
        "nextRollOffGex": usd(leaves.gex) if leaves.present else None,
        "flowUp100": usd(flows[HEDGE_SCENARIOS * ExposureBucket.ALL + HedgeScenario.SPOT_UP100].flow),
    }


def describe_root(root):
    return {
        "root": root.root,
        "netGex": usd(root.net_gex),
        "tradeFlow": usd(root.trade_flow),
        "models": {str(model): usd(root.model_net_gex[model]) for model in PositionModel},
    }


def describe(snapshot):
    """The parts of a snapshot that a test compares with what the program prints."""
    market, runtime = snapshot.market, snapshot.runtime
    models = {str(model): describe_model(market, model) for model in PositionModel}
    chosen = models[str(market.model)]
    band = market.model_bands.rows[BANDED_LEVELS * ExposureBucket.ALL + BAND_NET_GEX]
    ledger = runtime.ledger
    return {
        "epoch": runtime.epoch,
        "eventSequence": market.event_sequence,
        "spot": market.spot,
        "underlying": market.underlying,
        "nodes": market.nodes,
        "model": str(market.model),
        "netGex": [chosen["buckets"][bucket]["netGex"] for bucket in BUCKETS],
        "zeroGamma": chosen["buckets"]["all"]["zeroGamma"],
        "callWall": chosen["buckets"]["all"]["callWall"],
        "models": models,
        "netGexBand": {
            "low": band.low, "high": band.high,
            "present": [str(model) for model in PositionModel if band.present >> model & 1],
            "missing": [str(model) for model in PositionModel if band.missing >> model & 1],
        },
        "tradeFlow": [usd(units) for units in market.trades.flow],
        "roots": [describe_root(root) for root in market.roots[:market.root_count]],
        "sessionDate": market.session_date,
        "strikes": [{"strike": row.strike, "callGex": usd(row.call_gex), "putGex": usd(row.put_gex), "dex": usd(row.dex),
                     "tradeFlow": usd(row.trade_flow)} for row in snapshot.strikes],
        "expiries": [{"root": row.root, "forward": row.forward, "vex": usd(row.vex), "grossShare": row.gross_share} for row in snapshot.expiries],
        "messagesIn": ledger.in_,
        "ledgerBalances": ledger.in_ == ledger.applied + ledger.conflated + ledger.dropped + ledger.queued + ledger.pending + sum(ledger.rejected),
    }


def watch(feed, snapshots, seconds):
    numbers, outcomes, unbalanced = [], {str(status): 0 for status in SnapshotReadStatus}, 0
    last, states = None, []
    end = time.monotonic() + seconds
    while len(numbers) < snapshots and time.monotonic() < end:
        status, snapshot = feed.read_snapshot()
        outcomes[str(status)] += 1
        state = str(feed.state())
        if not states or states[-1] != state:
            states.append(state)
        if status is SnapshotReadStatus.OK and (not numbers or snapshot.runtime.publish_number != numbers[-1]):
            numbers.append(snapshot.runtime.publish_number)
            last = describe(snapshot)
            unbalanced += not last["ledgerBalances"]
        time.sleep(0.001)
    return {"numbers": numbers, "outcomes": outcomes, "unbalanced": unbalanced, "states": states, "retries": feed.retries, "last": last}


def main():
    directory, name, snapshots, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    try:
        feed = Feed(name, directory)
    except FeedException as refused:
        print(f"watch_feed: {refused}", file=sys.stderr)
        return 1
    print(json.dumps(watch(feed, snapshots, seconds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
