"""Prints every field of the latest snapshot and headline of a feed, one a line: every_field.py records|numpy DIRECTORY NAME

Whole numbers in decimal, doubles as their bits, text as it is. With numpy the fields are read through NumPy's view of the same bytes.
"""

import struct
import sys

from dealerflow_feed import Feed, Record, Rows, SnapshotReadStatus, dtype


def show(path, value):
    if isinstance(value, Record):
        for field in dir(value):
            show(f"{path}.{field.rstrip('_')}", getattr(value, field))
    elif isinstance(value, (Rows, tuple)):
        for index, one in enumerate(value):
            show(f"{path}.{index}", one)
    elif isinstance(value, float):
        print(f"{path} {struct.unpack('<Q', struct.pack('<d', value))[0]:016x}")
    elif isinstance(value, int):
        print(path, int(value))
    else:
        print(path, value)


def show_numpy(path, value):
    import numpy
    if value.dtype.names:
        for index, one in [("", value)] if value.shape == () else [(f".{i}", row) for i, row in enumerate(value)]:
            for field in one.dtype.names:
                show_numpy(f"{path}{index}.{field.rstrip('_')}", one[field])
    elif value.shape != ():
        for index, one in enumerate(value):
            show_numpy(f"{path}.{index}", one)
    elif isinstance(value, numpy.bytes_):
        print(path, value.decode("ascii"))
    else:
        show(path, value.item())


def main():
    how, directory, name = sys.argv[1:4]
    with Feed(name, directory) as feed:
        (status, snapshot), (headline_status, headline) = feed.read_snapshot(), feed.read_headline()
        if (status, headline_status) != (SnapshotReadStatus.OK, SnapshotReadStatus.OK):
            print(status, headline_status, file=sys.stderr)
            return 1
        parts = {"market": snapshot.market, "runtime": snapshot.runtime, "headline": headline.section, "headline_runtime": headline.runtime}
        rows = {"strikes": snapshot.strikes, "expiries": snapshot.expiries}
        position, changes = 0, []
        while position < feed.change_number:
            status, change, position, _missed = feed.read_change(position)
            if status is not SnapshotReadStatus.OK:
                print(status, file=sys.stderr)
                return 1
            changes.append(change)
        for index, change in enumerate(changes):
            show(f"changes.{index}", change)
        if how == "records":
            for path, part in {**parts, **rows}.items():
                show(path, part)
            return 0
        import numpy
        for path, part in parts.items():
            show_numpy(path, numpy.frombuffer(part._bytes, dtype(part._name), 1, part._at)[0])
        for path, part in rows.items():
            show_numpy(path, part.numpy())
    return 0


if __name__ == "__main__":
    sys.exit(main())
