"""Reads a DealerFlow feed: one file, standard library only, NumPy views where NumPy is there.

    with Feed("default") as feed:
        status, snapshot = feed.read_snapshot()
        if status is SnapshotReadStatus.OK:
            print(snapshot.market.spot, usd(snapshot.chosen_model.buckets[ExposureBucket.ALL].net_gex))

A reader registers nowhere, writes nothing and never makes the writer wait. One Feed serves one thread. What the bytes mean is in
docs/wire-format.md, what errors and states mean in docs/readers.md. Linux, 64 bits, Python 3.9 or later.

Python has no load barrier. On x86-64 none is needed; on arm64 the checksum alone keeps a mixed copy out.
"""

import enum
import fcntl
import functools
import mmap
import os
import stat
import struct
import time
import zlib


class Word(enum.IntEnum):
    """A number with the name that C, Python and C# print alike."""

    def __new__(cls, value, text):
        member = int.__new__(cls, value)
        member._value_ = value
        member.text = text
        return member

    def __str__(self):
        return self.text


# --- layout: printed by 'dealerflow layout --lang python' from the C# structs; do not edit ---

MAGIC = 0x44454546574C4644  # the characters DFLWFEED
ENDIAN_MARK = 0x0102030405060708  # in the byte order of the writer
VERSION = 2  # of the protocol
LAYOUT_HASH = 0x2EDFC1227378F22D  # of every struct below
CONSTANT_BYTES = 128  # of the header and of an entry, which never change
CHECKED_BYTES = 120  # of the header and of an entry, which its checksum covers
MAX_ENTRIES = 65536  # of a directory
REGION_ALIGNMENT = 4096  # regions start on a multiple of this and are multiples of it
SLOT_ALIGNMENT = 128  # slots are whole multiples of this
MIN_SLOTS = 4
MAX_SLOTS = 64
MAX_STRIKES = 1000000
MAX_EXPIRIES = 100000
HEADLINE_SLOTS = 16
CHANGE_SLOTS = 128  # notices of the change stream that a file has slots for
MAX_NAME_LENGTH = 64  # of a feed, characters
MAX_ATTEMPTS = 64  # of a read that the writer overtakes
UNITS_PER_USD = 1024  # money is in 1/1024 USD
POSITION_MODELS = 6
HEDGE_SCENARIOS = 11  # rows of a bucket of flows
BANDED_LEVELS = 11  # rows of a bucket of bands: strike levels, then the three below
BAND_ZERO_GAMMA = 8
BAND_PIN = 9
BAND_NET_GEX = 10


class ExpiryStatus(Word):
    LIVE = 0, "Live"
    UNPRICED = 1, "Unpriced"
    EXPIRED = 2, "Expired"


class ExposureBucket(Word):
    ALL = 0, "All"
    ZERO_DTE = 1, "ZeroDte"
    EX_ZERO_DTE = 2, "ExZeroDte"


class FeedEntryKind(Word):
    NONE = 0, "None"
    UNDERLYING = 1, "Underlying"
    COMBINED = 2, "Combined"


class FeedError(Word):
    INVALID_NAME = 0, "InvalidName"
    DIRECTORY_NOT_FOUND = 1, "DirectoryNotFound"
    DIRECTORY_NOT_PRIVATE = 2, "DirectoryNotPrivate"
    NOT_FOUND = 3, "NotFound"
    NOT_A_FILE = 4, "NotAFile"
    WRONG_OWNER = 5, "WrongOwner"
    NOT_PRIVATE = 6, "NotPrivate"
    NOT_A_FEED = 7, "NotAFeed"
    WRONG_ENDIANNESS = 8, "WrongEndianness"
    WRONG_VERSION = 9, "WrongVersion"
    WRONG_LAYOUT = 10, "WrongLayout"
    DAMAGED_HEADER = 11, "DamagedHeader"
    TRUNCATED = 12, "Truncated"
    NO_SPACE = 13, "NoSpace"
    CAPACITY_EXCEEDED = 14, "CapacityExceeded"
    IN_USE = 15, "InUse"
    SYSTEM_CALL = 16, "SystemCall"
    UNKNOWN_UNDERLYING = 17, "UnknownUnderlying"


class FeedState(Word):
    RECOVERING = 0, "Recovering"
    LIVE = 1, "Live"
    IDLE = 2, "Idle"
    STALLED = 3, "Stalled"
    DEAD = 4, "Dead"
    CLOSED = 5, "Closed"
    SUPERSEDED = 6, "Superseded"
    NOT_FOUND = 7, "NotFound"
    CORRUPT = 8, "Corrupt"


class FeedWriterState(Word):
    NONE = 0, "None"
    OPEN = 1, "Open"
    CLOSED = 2, "Closed"
    SUPERSEDED = 3, "Superseded"


class ForwardMode(Word):
    PARITY = 0, "Parity"
    CARRY = 1, "Carry"


class ForwardSource(Word):
    NONE = 0, "None"
    PARITY = 1, "Parity"
    CARRY = 2, "Carry"
    CARRY_FALLBACK = 3, "CarryFallback"


class GammaRegime(Word):
    NONE = 0, "None"
    POSITIVE = 1, "Positive"
    NEGATIVE = 2, "Negative"
    TRANSITION = 3, "Transition"


class HedgeScenario(Word):
    SPOT_DOWN200 = 0, "SpotDown200"
    SPOT_DOWN100 = 1, "SpotDown100"
    SPOT_DOWN50 = 2, "SpotDown50"
    SPOT_DOWN25 = 3, "SpotDown25"
    SPOT_UP25 = 4, "SpotUp25"
    SPOT_UP50 = 5, "SpotUp50"
    SPOT_UP100 = 6, "SpotUp100"
    SPOT_UP200 = 7, "SpotUp200"
    CLOSE = 8, "Close"
    VOL_DOWN1 = 9, "VolDown1"
    VOL_UP1 = 10, "VolUp1"


class LevelChangeKind(Word):
    NONE = 0, "None"
    REGIME = 1, "Regime"
    ZERO_GAMMA_CROSSED = 2, "ZeroGammaCrossed"
    ZERO_GAMMA_FOUND = 3, "ZeroGammaFound"
    CALL_WALL = 4, "CallWall"
    PUT_WALL = 5, "PutWall"
    PIN = 6, "Pin"
    MODEL = 7, "Model"


class ModelStatus(Word):
    LIVE = 0, "Live"
    NO_TRADES = 1, "NoTrades"
    NO_POSITIONS = 2, "NoPositions"


class OverloadState(Word):
    NONE = 0, "None"
    CONFLATING = 1, "Conflating"
    DEGRADED = 2, "Degraded"
    DROPPING = 3, "Dropping"


class PositionModel(Word):
    OPEN_INTEREST = 0, "OpenInterest"
    SHORT_BOTH = 1, "ShortBoth"
    TAPE = 2, "Tape"
    OPEN_INTEREST_PLUS_TAPE = 3, "OpenInterestPlusTape"
    OPEN_CLOSE = 4, "OpenClose"
    GROSS = 5, "Gross"


class QualityFlags(enum.IntFlag):
    NONE = 0
    GAP = 1
    SUSPECT_TIME = 2
    SILENT = 4
    NO_UNDERLYING = 8
    HALTED = 16
    NO_CALENDAR = 32


class RecordingState(Word):
    NONE = 0, "None"
    RECORDING = 1, "Recording"
    BEHIND = 2, "Behind"
    STOPPED = 3, "Stopped"


class Rejection(Word):
    UNKNOWN_CONTRACT = 0, "UnknownContract"
    UNKNOWN_KIND = 1, "UnknownKind"
    BAD_PRICE = 2, "BadPrice"
    POST_EXPIRY = 3, "PostExpiry"
    OTHER_UNDERLYING = 4, "OtherUnderlying"
    KIND_MISMATCH = 5, "KindMismatch"
    UNKNOWN_PRINT = 6, "UnknownPrint"
    BAD_DEFINITION = 7, "BadDefinition"
    NO_ROOM = 8, "NoRoom"
    BAD_QUANTITY = 9, "BadQuantity"


class RollOff(Word):
    NEXT = 0, "Next"
    MONTHLY_AM = 1, "MonthlyAm"
    MONTHLY_PM = 2, "MonthlyPm"


class SettlementKind(Word):
    NONE = 0, "None"
    AM = 1, "AM"
    PM = 2, "PM"
    UTC0800 = 3, "Utc0800"


class SnapshotReadStatus(Word):
    OK = 0, "Ok"
    NOTHING_PUBLISHED = 1, "NothingPublished"
    BUSY = 2, "Busy"
    CORRUPT = 3, "Corrupt"


class SpotSource(Word):
    NO_UNDERLYING = 0, "NoUnderlying"
    QUOTED = 1, "Quoted"
    INFERRED = 2, "Inferred"


class StrikeLevel(Word):
    CALL_WALL = 0, "CallWall"
    PUT_WALL = 1, "PutWall"
    MAX_GAMMA = 2, "MaxGamma"
    ABSOLUTE_GAMMA = 3, "AbsoluteGamma"
    CALL_WALL_ONE_SIDED = 4, "CallWallOneSided"
    PUT_WALL_ONE_SIDED = 5, "PutWallOneSided"
    CALL_WALL_OPEN_INTEREST = 6, "CallWallOpenInterest"
    PUT_WALL_OPEN_INTEREST = 7, "PutWallOpenInterest"


class TradeBucket(Word):
    ZERO_DTE_CALLS = 0, "ZeroDteCalls"
    ZERO_DTE_PUTS = 1, "ZeroDtePuts"
    OTHER_CALLS = 2, "OtherCalls"
    OTHER_PUTS = 3, "OtherPuts"


class ZeroGammaStatus(Word):
    UNPRICED = 0, "Unpriced"
    FOUND = 1, "Found"
    NONE = 2, "None"


# Struct: size, then its fields: name, type, count (0: no array), offset, words.
STRUCTS = {
    "FeedHeader": (4096, (
        ("magic", "u64", 0, 0, None),
        ("endian_mark", "u64", 0, 8, None),
        ("version", "u64", 0, 16, None),
        ("layout_hash", "u64", 0, 24, None),
        ("file_size", "u64", 0, 32, None),
        ("header_size", "u64", 0, 40, None),
        ("entry_size", "u64", 0, 48, None),
        ("entry_count", "u64", 0, 56, None),
        ("heartbeat_limit_nanos", "i64", 0, 64, None),
        ("constants_crc32", "u32", 0, 120, None),
        ("epoch", "u64", 0, 128, None),
        ("writer_pid", "i64", 0, 136, None),
        ("writer_start_utc_nanos", "i64", 0, 144, None),
        ("writer_boot_id_high", "u64", 0, 152, None),
        ("writer_boot_id_low", "u64", 0, 160, None),
        ("state", "u64", 0, 256, None),
    )),
    "FeedEntry": (512, (
        ("symbol", "char", 8, 0, None),
        ("index", "u32", 0, 8, None),
        ("kind", "u8", 0, 12, FeedEntryKind),
        ("region_offset", "u64", 0, 16, None),
        ("region_size", "u64", 0, 24, None),
        ("slot_count", "u64", 0, 32, None),
        ("slot_size", "u64", 0, 40, None),
        ("strike_capacity", "u64", 0, 48, None),
        ("expiry_capacity", "u64", 0, 56, None),
        ("headline_offset", "u64", 0, 64, None),
        ("headline_slot_count", "u32", 0, 72, None),
        ("headline_slot_size", "u32", 0, 76, None),
        ("change_offset", "u64", 0, 80, None),
        ("change_slot_count", "u32", 0, 88, None),
        ("change_slot_size", "u32", 0, 92, None),
        ("constants_crc32", "u32", 0, 120, None),
        ("heartbeat_nanos", "i64", 0, 128, None),
        ("progress_nanos", "i64", 0, 136, None),
        ("event_sequence", "u64", 0, 144, None),
        ("event_time_nanos", "i64", 0, 152, None),
        ("published", "u64", 0, 256, None),
        ("published_epoch", "u64", 0, 264, None),
        ("change_published", "u64", 0, 272, None),
        ("published_before", "u64", 0, 280, None),
        ("headline_published", "u64", 0, 384, None),
    )),
    "SlotHeader": (128, (
        ("version", "u64", 0, 0, None),
        ("market_bytes", "u64", 0, 8, None),
        ("payload_crc32", "u64", 0, 16, None),
    )),
    "TradeFlowSection": (128, (
        ("flow", "i64", 4, 0, None),
        ("traded", "i64", 4, 32, None),
        ("unclassified", "i64", 4, 64, None),
        ("unpriced", "i64", 4, 96, None),
    )),
    "RootRow": (128, (
        ("root", "char", 8, 0, None),
        ("net_gex", "i64", 0, 8, None),
        ("call_gex", "i64", 0, 16, None),
        ("put_gex", "i64", 0, 24, None),
        ("gross_gex", "i64", 0, 32, None),
        ("dex", "i64", 0, 40, None),
        ("vex", "i64", 0, 48, None),
        ("chex", "i64", 0, 56, None),
        ("charm_to_close", "i64", 0, 64, None),
        ("trade_flow", "i64", 0, 72, None),
        ("model_net_gex", "i64", 6, 80, None),
    )),
    "BandRow": (24, (
        ("low", "f64", 0, 0, None),
        ("high", "f64", 0, 8, None),
        ("present", "u32", 0, 16, None),
        ("missing", "u32", 0, 20, None),
    )),
    "BandTable": (792, (
        ("rows", "BandRow", 33, 0, None),
    )),
    "ZeroGammaSection": (136, (
        ("value", "f64", 0, 0, None),
        ("slope", "f64", 0, 8, None),
        ("conditioning", "f64", 0, 16, None),
        ("status", "u8", 0, 24, ZeroGammaStatus),
        ("sign", "i8", 0, 25, None),
        ("root_count", "i32", 0, 28, None),
        ("per_stickiness", "f64", 0, 32, None),
        ("roots", "f64", 12, 40, None),
    )),
    "LevelRow": (40, (
        ("strike", "f64", 0, 0, None),
        ("size", "i64", 0, 8, None),
        ("runner_up", "f64", 0, 16, None),
        ("margin", "f64", 0, 24, None),
        ("present", "u8", 0, 32, None),
        ("has_runner_up", "u8", 0, 33, None),
    )),
    "BucketSection": (552, (
        ("net_gex", "i64", 0, 0, None),
        ("call_gex", "i64", 0, 8, None),
        ("put_gex", "i64", 0, 16, None),
        ("gross_gex", "i64", 0, 24, None),
        ("dex", "i64", 0, 32, None),
        ("vex", "i64", 0, 40, None),
        ("chex", "i64", 0, 48, None),
        ("open_interest", "i64", 0, 56, None),
        ("squeeze_gain", "f64", 0, 64, None),
        ("charm_to_close", "i64", 0, 72, None),
        ("regime", "u8", 0, 80, GammaRegime),
        ("zero_gamma", "ZeroGammaSection", 0, 96, None),
        ("levels", "LevelRow", 8, 232, None),
    )),
    "PinSection": (40, (
        ("strike", "f64", 0, 0, None),
        ("share", "f64", 0, 8, None),
        ("probability", "f64", 0, 16, None),
        ("settlement_nanos", "i64", 0, 24, None),
        ("present", "u8", 0, 32, None),
    )),
    "RollOffRow": (40, (
        ("settlement_nanos", "i64", 0, 0, None),
        ("gex", "i64", 0, 8, None),
        ("dex", "i64", 0, 16, None),
        ("gross_share", "f64", 0, 24, None),
        ("expiry_date", "i32", 0, 32, None),
        ("present", "u8", 0, 36, None),
    )),
    "ModelSection": (1824, (
        ("buckets", "BucketSection", 3, 0, None),
        ("pin", "PinSection", 0, 1656, None),
        ("roll_offs", "RollOffRow", 3, 1696, None),
        ("status", "u8", 0, 1816, ModelStatus),
    )),
    "FlowRow": (40, (
        ("flow", "i64", 0, 0, None),
        ("gamma", "i64", 0, 8, None),
        ("vanna", "i64", 0, 16, None),
        ("charm", "i64", 0, 24, None),
        ("residual", "i64", 0, 32, None),
    )),
    "ModelFlows": (1320, (
        ("rows", "FlowRow", 33, 0, None),
    )),
    "OutlookSection": (8744, (
        ("mark_time_nanos", "i64", 0, 0, None),
        ("spot", "f64", 0, 8, None),
        ("event_sequence", "u64", 0, 16, None),
        ("close_nanos", "i64", 0, 24, None),
        ("flows", "ModelFlows", 6, 32, None),
        ("quote_bands", "BandTable", 0, 7952, None),
    )),
    "ProfileRow": (104, (
        ("spot", "f64", 0, 0, None),
        ("zero_dte", "f64", 6, 8, None),
        ("ex_zero_dte", "f64", 6, 56, None),
    )),
    "ProfileSection": (6360, (
        ("mark_time_nanos", "i64", 0, 0, None),
        ("spot", "f64", 0, 8, None),
        ("rows", "ProfileRow", 61, 16, None),
    )),
    "MarketSection": (28184, (
        ("event_sequence", "u64", 0, 0, None),
        ("event_time_nanos", "i64", 0, 8, None),
        ("mark_time_nanos", "i64", 0, 16, None),
        ("spot", "f64", 0, 24, None),
        ("underlying", "char", 8, 32, None),
        ("adjusted_open_interest", "i64", 0, 40, None),
        ("unpriced_open_interest", "i64", 0, 48, None),
        ("nodes", "u32", 0, 56, None),
        ("interpolated", "u32", 0, 60, None),
        ("held", "u32", 0, 64, None),
        ("strike_count", "u32", 0, 68, None),
        ("expiry_count", "u32", 0, 72, None),
        ("model", "u8", 0, 76, PositionModel),
        ("forward_mode", "u8", 0, 77, ForwardMode),
        ("spot_source", "u8", 0, 78, SpotSource),
        ("zero_dte_am_open_interest", "i64", 0, 80, None),
        ("zero_dte_am_net_gex", "i64", 0, 88, None),
        ("non_finite_contributions", "u64", 0, 96, None),
        ("liquidity_usd", "f64", 0, 104, None),
        ("stale", "u32", 0, 112, None),
        ("open_interest_revisions", "u32", 0, 116, None),
        ("open_interest_date", "i32", 0, 120, None),
        ("session_date", "i32", 0, 124, None),
        ("spot_age_nanos", "i64", 0, 128, None),
        ("stickiness", "f64", 0, 136, None),
        ("calendar_version", "u16", 0, 144, None),
        ("quality", "u16", 0, 146, QualityFlags),
        ("root_count", "u16", 0, 148, None),
        ("calendar_overrides", "u64", 0, 152, None),
        ("zero_gamma_age_nanos", "i64", 0, 160, None),
        ("members", "u32", 0, 168, None),
        ("late_definitions", "u32", 0, 172, None),
        ("trades", "TradeFlowSection", 0, 192, None),
        ("roots", "RootRow", 8, 320, None),
        ("model_bands", "BandTable", 0, 1344, None),
        ("models", "ModelSection", 6, 2136, None),
        ("outlook", "OutlookSection", 0, 13080, None),
        ("profile", "ProfileSection", 0, 21824, None),
    )),
    "StrikeRow": (144, (
        ("strike", "f64", 0, 0, None),
        ("call_gex", "i64", 0, 8, None),
        ("put_gex", "i64", 0, 16, None),
        ("zero_dte_call_gex", "i64", 0, 24, None),
        ("zero_dte_put_gex", "i64", 0, 32, None),
        ("call_open_interest", "i64", 0, 40, None),
        ("put_open_interest", "i64", 0, 48, None),
        ("dex", "i64", 0, 56, None),
        ("vex", "i64", 0, 64, None),
        ("chex", "i64", 0, 72, None),
        ("charm_to_close", "i64", 0, 80, None),
        ("trade_flow", "i64", 0, 88, None),
        ("model_net_gex", "i64", 6, 96, None),
    )),
    "ExpiryRow": (208, (
        ("root", "char", 8, 0, None),
        ("settlement_nanos", "i64", 0, 8, None),
        ("expiry_date", "i32", 0, 16, None),
        ("settlement", "u8", 0, 20, SettlementKind),
        ("forward_source", "u8", 0, 21, ForwardSource),
        ("status", "u8", 0, 22, ExpiryStatus),
        ("is_zero_dte", "u8", 0, 23, None),
        ("forward", "f64", 0, 24, None),
        ("discount", "f64", 0, 32, None),
        ("net_gex", "i64", 0, 40, None),
        ("gross_gex", "i64", 0, 48, None),
        ("open_interest", "i64", 0, 56, None),
        ("dex", "i64", 0, 64, None),
        ("nodes", "u32", 0, 72, None),
        ("interpolated", "u32", 0, 76, None),
        ("good", "u32", 0, 80, None),
        ("held", "u32", 0, 84, None),
        ("call_gex", "i64", 0, 88, None),
        ("put_gex", "i64", 0, 96, None),
        ("vex", "i64", 0, 104, None),
        ("chex", "i64", 0, 112, None),
        ("charm_to_close", "i64", 0, 120, None),
        ("trade_flow", "i64", 0, 128, None),
        ("max_pain", "f64", 0, 136, None),
        ("gross_share", "f64", 0, 144, None),
        ("is_monthly", "u8", 0, 152, None),
        ("stale", "u32", 0, 156, None),
        ("model_net_gex", "i64", 6, 160, None),
    )),
    "Ledger": (256, (
        ("in_", "u64", 0, 0, None),
        ("applied", "u64", 0, 8, None),
        ("conflated", "u64", 0, 16, None),
        ("dropped", "u64", 0, 24, None),
        ("queued", "u64", 0, 32, None),
        ("best_quotes", "u64", 0, 40, None),
        ("other_quotes", "u64", 0, 48, None),
        ("trades", "u64", 0, 56, None),
        ("spots", "u64", 0, 64, None),
        ("open_interests", "u64", 0, 72, None),
        ("time_regressions", "u64", 0, 80, None),
        ("definitions", "u64", 0, 88, None),
        ("notices", "u64", 0, 96, None),
        ("cancels", "u64", 0, 104, None),
        ("pending", "u64", 0, 112, None),
        ("suspect_times", "u64", 0, 120, None),
        ("rejected", "u64", 16, 128, None),
    )),
    "IngestSection": (64, (
        ("received", "u64", 0, 0, None),
        ("duplicates", "u64", 0, 8, None),
        ("late", "u64", 0, 16, None),
        ("refused", "u64", 0, 24, None),
        ("passed_over", "u64", 0, 32, None),
        ("lost", "u64", 0, 40, None),
        ("ring_high_water", "u32", 0, 48, None),
        ("ring_capacity", "u32", 0, 52, None),
        ("overload", "u8", 0, 56, OverloadState),
    )),
    "LatencySection": (192, (
        ("messages", "u64", 0, 0, None),
        ("max_nanos", "i64", 0, 8, None),
        ("counts", "u64", 22, 16, None),
    )),
    "RuntimeSection": (576, (
        ("epoch", "u64", 0, 0, None),
        ("publish_number", "u64", 0, 8, None),
        ("publish_monotonic_nanos", "i64", 0, 16, None),
        ("publish_utc_nanos", "i64", 0, 24, None),
        ("ticks_per_second", "f64", 0, 32, None),
        ("recorded_ticks", "u64", 0, 40, None),
        ("unrecorded_ticks", "u64", 0, 48, None),
        ("recording", "u8", 0, 56, RecordingState),
        ("ledger", "Ledger", 0, 64, None),
        ("ingest", "IngestSection", 0, 320, None),
        ("latency", "LatencySection", 0, 384, None),
    )),
    "HeadlineSection": (1728, (
        ("event_sequence", "u64", 0, 0, None),
        ("event_time_nanos", "i64", 0, 8, None),
        ("mark_time_nanos", "i64", 0, 16, None),
        ("spot", "f64", 0, 24, None),
        ("underlying", "char", 8, 32, None),
        ("levels_mark_time_nanos", "i64", 0, 40, None),
        ("model", "u8", 0, 48, PositionModel),
        ("forward_mode", "u8", 0, 49, ForwardMode),
        ("spot_source", "u8", 0, 50, SpotSource),
        ("quality", "u16", 0, 52, QualityFlags),
        ("zero_gamma_age_nanos", "i64", 0, 56, None),
        ("buckets", "BucketSection", 3, 64, None),
    )),
    "LevelChange": (80, (
        ("event_sequence", "u64", 0, 0, None),
        ("event_time_nanos", "i64", 0, 8, None),
        ("before", "f64", 0, 16, None),
        ("after", "f64", 0, 24, None),
        ("spot_before", "f64", 0, 32, None),
        ("spot", "f64", 0, 40, None),
        ("snapshot_number", "u64", 0, 48, None),
        ("epoch", "u64", 0, 56, None),
        ("kind", "u8", 0, 64, LevelChangeKind),
        ("bucket", "u8", 0, 65, ExposureBucket),
        ("model", "u8", 0, 66, PositionModel),
        ("has_before", "u8", 0, 67, None),
        ("has_after", "u8", 0, 68, None),
        ("number", "u64", 0, 72, None),
    )),
}

# --- end of layout ---

PROBE_INTERVAL_NANOS = 100_000_000
SCALARS = {"u8": "B", "i8": "b", "u16": "H", "i16": "h", "u32": "I", "i32": "i", "u64": "Q", "i64": "q", "f64": "d"}

ERROR_TEXTS = {
    FeedError.INVALID_NAME: "no name for a feed: 1 to 64 of A-Z a-z 0-9 . _ - with a letter or a digit first",
    FeedError.DIRECTORY_NOT_FOUND: "the feed directory does not exist: start a writer, or set DEALERFLOW_FEED_DIR",
    FeedError.DIRECTORY_NOT_PRIVATE: "the feed directory is a link, belongs to somebody else, or others may write in it",
    FeedError.NOT_FOUND: "there is no feed of this name: start its writer, or check name and directory",
    FeedError.NOT_A_FILE: "a link, FIFO, directory or device stands in the place of the file",
    FeedError.WRONG_OWNER: "the file belongs to another user",
    FeedError.NOT_PRIVATE: "others may write to the file, or it has a second name",
    FeedError.NOT_A_FEED: "the file does not start with the magic word: it is something else",
    FeedError.WRONG_ENDIANNESS: "the file was written in the other byte order",
    FeedError.WRONG_VERSION: "the file follows another version of the protocol: run writer and reader of one release",
    FeedError.WRONG_LAYOUT: "the file has other structs than this reader: run writer and reader of one release",
    FeedError.DAMAGED_HEADER: "the constants of the header or of the directory are damaged: restart the writer, which makes a new file",
    FeedError.TRUNCATED: "the file is shorter or longer than its header says: restart the writer, which makes a new file",
    FeedError.NO_SPACE: "the file system has no room for the feed",
    FeedError.CAPACITY_EXCEEDED: "the snapshot has more rows than a slot has room for",
    FeedError.IN_USE: "another writer holds the feed",
    FeedError.SYSTEM_CALL: "the kernel refused a call that should work",
    FeedError.UNKNOWN_UNDERLYING: "the feed has no underlying of this symbol",
}


class FeedException(Exception):
    """A feed cannot be opened: error says why, the text where and what to do."""

    def __init__(self, error, path, detail=""):
        super().__init__(f"{path}: {ERROR_TEXTS[error]}" + (f" ({detail})" if detail else ""))
        self.error = error


# ---- records ----

@functools.lru_cache(maxsize=None)
def _fields(name):
    """Field name: (offset, count, how to unpack or the struct, words)."""
    fields = {}
    for field, kind, count, offset, words in STRUCTS[name][1]:
        if kind == "char":
            form = struct.Struct(f"<{count}s")
        elif kind in SCALARS:
            form = struct.Struct(f"<{count or 1}{SCALARS[kind]}")
        else:
            form = kind
        fields[field] = (offset, count, form, kind, words)
    return fields


def size_of(name):
    """Bytes of a struct."""
    return STRUCTS[name][0]


def offset_of(name, field):
    """Where a field of a struct lies."""
    return _fields(name)[field][0]


class Record:
    """One struct in bytes; its fields are attributes, read when asked for. Reserved words of Python end in an underscore: ledger.in_."""

    __slots__ = ("_bytes", "_at", "_name")

    def __init__(self, name, buffer, at=0):
        self._name, self._bytes, self._at = name, buffer, at

    def __getattr__(self, field):
        try:
            offset, count, form, kind, words = _fields(self._name)[field]
        except KeyError:
            raise AttributeError(f"{self._name} has no field {field}") from None
        at = self._at + offset
        if isinstance(form, str):
            return Rows(form, self._bytes, at, count) if count else Record(form, self._bytes, at)
        values = form.unpack_from(self._bytes, at)
        if kind == "char":
            return values[0].rstrip(b"\0").decode("ascii", "replace")
        if count:
            return values
        return _worded(words, values[0]) if words else values[0]

    def __dir__(self):
        return list(_fields(self._name))

    def __repr__(self):
        return f"<{self._name}>"

    def as_dict(self):
        """Every field; structs as dictionaries, arrays as lists."""
        return {field: _plain(getattr(self, field)) for field in _fields(self._name)}


class Rows:
    """An array of structs."""

    __slots__ = ("_bytes", "_at", "_name", "_count")

    def __init__(self, name, buffer, at, count):
        self._name, self._bytes, self._at, self._count = name, buffer, at, count

    def __len__(self):
        return self._count

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        if index < 0:
            index += self._count
        if not 0 <= index < self._count:
            raise IndexError(index)
        return Record(self._name, self._bytes, self._at + index * size_of(self._name))

    def numpy(self):
        """The rows as a NumPy structured array, without a copy."""
        import numpy
        return numpy.frombuffer(self._bytes, dtype(self._name), self._count, self._at)


def _worded(words, value):
    try:
        return words(value)
    except ValueError:
        return value


def _plain(value):
    if isinstance(value, Record):
        return value.as_dict()
    if isinstance(value, Rows):
        return [row.as_dict() for row in value]
    return list(value) if isinstance(value, tuple) else value


@functools.lru_cache(maxsize=None)
def dtype(name):
    """The NumPy dtype of a struct, at the same offsets; needs NumPy."""
    import numpy
    names, formats, offsets = [], [], []
    for field, kind, count, offset, _words in STRUCTS[name][1]:
        if kind == "char":
            form = f"S{count}"
        else:
            form = numpy.dtype("<" + SCALARS[kind]) if kind in SCALARS else dtype(kind)
            form = (form, (count,)) if count else form
        names.append(field)
        formats.append(form)
        offsets.append(offset)
    return numpy.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": size_of(name)})


def usd(units):
    """Money in USD."""
    return units / UNITS_PER_USD


class Headline:
    """One headline: section and runtime."""

    def __init__(self, payload):
        self.bytes = payload
        self.section = Record("HeadlineSection", payload)
        self.runtime = Record("RuntimeSection", payload, size_of("HeadlineSection"))


class Snapshot:
    """One whole snapshot: market, strikes, expiries, runtime."""

    def __init__(self, payload, market_bytes):
        self.bytes, self.market_bytes = payload, market_bytes
        self.market = Record("MarketSection", payload)
        self.runtime = Record("RuntimeSection", payload, market_bytes)
        at, strikes = size_of("MarketSection"), self.market.strike_count
        self.strikes = Rows("StrikeRow", payload, at, strikes)
        self.expiries = Rows("ExpiryRow", payload, at + strikes * size_of("StrikeRow"), self.market.expiry_count)

    @property
    def chosen_model(self):
        """Totals and levels under the chosen position model."""
        model = self.market.model
        return self.market.models[model if model < POSITION_MODELS else 0]


# ---- the feed ----

def default_directory():
    """DEALERFLOW_FEED_DIR, else /dev/shm/dealerflow-UID."""
    return os.environ.get("DEALERFLOW_FEED_DIR") or f"/dev/shm/dealerflow-{os.geteuid()}"


def _is_valid_name(name):
    return (1 <= len(name) <= MAX_NAME_LENGTH and name[0].isascii() and name[0].isalnum()
            and all((c.isascii() and c.isalnum()) or c in "._-" for c in name))


def _fault_of(status):
    """What is wrong with a file in our place; None when nothing is."""
    if not stat.S_ISREG(status.st_mode):
        return FeedError.NOT_A_FILE
    if status.st_uid != os.geteuid():
        return FeedError.WRONG_OWNER
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or status.st_nlink > 1:
        return FeedError.NOT_PRIVATE
    return None


def _slot_size(payload_bytes):
    size = size_of("SlotHeader") + payload_bytes
    return -(-size // SLOT_ALIGNMENT) * SLOT_ALIGNMENT


def _regions_offset(entries):
    """Offset behind a directory of so many entries: regions lie there."""
    return -(-(size_of("FeedHeader") + entries * size_of("FeedEntry")) // REGION_ALIGNMENT) * REGION_ALIGNMENT


class _Window:
    """A part of the file, mapped for itself, or read by pread where it is not; offsets count from its begin."""

    def __init__(self, file, offset, size, mapped):
        self._file, self._offset, self._before, self.map = file, offset, 0, None
        if mapped:
            self._before = offset % mmap.ALLOCATIONGRANULARITY  # the kernel maps from the begin of a page
            self.map = mmap.mmap(file, self._before + size, mmap.MAP_SHARED, mmap.PROT_READ, offset=offset - self._before)

    def close(self):
        if self.map is not None:
            self.map.close()

    def bytes_at(self, offset, count):
        if self.map is not None:
            return self.map[self._before + offset:self._before + offset + count]
        return os.pread(self._file, count, self._offset + offset)

    def word(self, offset, form=struct.Struct("<Q")):
        """A word; struct.error where the file has been cut."""
        if self.map is not None:
            return form.unpack_from(self.map, self._before + offset)[0]
        return form.unpack(os.pread(self._file, 8, self._offset + offset))[0]


class Feed:
    """An open underlying of a feed: symbol, or without it the first or only one; underlyings lists them.

    mapped=True reads from a read-only mapping: if somebody of the same user, or root, cuts the file under it, the kernel ends the process by
    SIGBUS; the writer never does. mapped=False reads by pread: a file that is cut is an answer (Corrupt), not a signal.
    """

    def __init__(self, name="default", directory=None, mapped=True, symbol=None):
        self.retries = self.busy_reads = 0
        self._file = self._directory = self._header = self._entry = self._region = None
        self._probed, self._probed_key, self._next_probe_nanos = None, None, 0
        path = directory or default_directory()
        self.path = path = path.rstrip("/") or "/"  # behind a slash the kernel would follow a link in the last place
        if not _is_valid_name(name):
            raise FeedException(FeedError.INVALID_NAME, path, repr(name))
        self.name = name
        try:
            self._open_directory()
            self.path = f"{path}/{name}.feed"
            self._file = self._open_file(f"{name}.feed")
            self._check_header()
            self._find(symbol)
            entry = self.entry
            try:
                self._header = _Window(self._file, 0, size_of("FeedHeader"), mapped)
                self._entry = _Window(self._file, size_of("FeedHeader") + entry.index * size_of("FeedEntry"), size_of("FeedEntry"), mapped)
                self._region = _Window(self._file, entry.region_offset, entry.region_size, mapped)
            except (OSError, ValueError) as failed:  # ValueError: the file has been cut since
                raise FeedException(FeedError.SYSTEM_CALL, self.path, str(failed)) from None
        except BaseException:
            self.close()
            raise
        self.symbol = entry.symbol
        self._snapshots = (offset_of("FeedEntry", "published"), 0, entry.slot_count, entry.slot_size, size_of("MarketSection"), self.market_capacity)
        self._headlines = (offset_of("FeedEntry", "headline_published"), entry.headline_offset, entry.headline_slot_count,
                           entry.headline_slot_size, size_of("HeadlineSection"), size_of("HeadlineSection"))
        self._version_at = offset_of("SlotHeader", "version")
        self._market_bytes_at = offset_of("SlotHeader", "market_bytes")
        self._checksum_at = offset_of("SlotHeader", "payload_crc32")
        self._number_at = offset_of("RuntimeSection", "publish_number")

    def close(self):
        for window in (self._header, self._entry, self._region):
            if window is not None:
                window.close()
        for file in (self._file, self._directory):
            if file is not None:
                os.close(file)
        self._header = self._entry = self._region = self._file = self._directory = None

    def __enter__(self):
        return self

    def __exit__(self, *_reason):
        self.close()

    # -- opening: everything that can be wrong with the file is found before it is mapped --

    def _open_directory(self):
        try:
            self._directory = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise FeedException(FeedError.DIRECTORY_NOT_FOUND, self.path) from None
        except (NotADirectoryError, PermissionError):
            raise FeedException(FeedError.DIRECTORY_NOT_PRIVATE, self.path) from None
        except OSError as failed:
            is_link = failed.errno == 40  # ELOOP
            raise FeedException(FeedError.DIRECTORY_NOT_PRIVATE if is_link else FeedError.SYSTEM_CALL, self.path, str(failed)) from None
        status = os.fstat(self._directory)
        if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise FeedException(FeedError.DIRECTORY_NOT_PRIVATE, self.path)

    def _open_file(self, name):
        """A private regular file of the directory. A file that lost its name meanwhile is not found."""
        try:
            # O_NONBLOCK: a FIFO in its place must not hold us up.
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self._directory)
        except OSError as failed:
            error = {2: FeedError.NOT_FOUND, 6: FeedError.NOT_A_FILE, 21: FeedError.NOT_A_FILE, 40: FeedError.NOT_A_FILE}.get(failed.errno)
            if failed.errno == 13:  # EACCES: somebody else's, as its status says without opening it
                try:
                    error = _fault_of(os.stat(name, dir_fd=self._directory, follow_symlinks=False))
                except OSError:
                    pass
            detail = "" if error is not None else str(failed)
            raise FeedException(FeedError.SYSTEM_CALL if error is None else error, self.path, detail) from None
        status = os.fstat(file)
        fault = _fault_of(status)
        if fault is None and status.st_nlink == 0:
            fault = FeedError.NOT_FOUND
        if fault is not None:
            os.close(file)
            raise FeedException(fault, self.path)
        return file

    def _check_header(self):
        # By a system call, not through a mapping: nothing of a file is touched before it is known to be there.
        raw = os.pread(self._file, size_of("FeedHeader"), 0)
        file_size = os.fstat(self._file).st_size
        is_whole = len(raw) == size_of("FeedHeader")
        raw = raw.ljust(size_of("FeedHeader"), b"\0")
        header = self.constants = Record("FeedHeader", raw)
        swapped = int.from_bytes(MAGIC.to_bytes(8, "little"), "big")
        if header.magic not in (MAGIC, swapped):
            raise FeedException(FeedError.NOT_A_FEED, self.path)
        if not is_whole:
            raise FeedException(FeedError.TRUNCATED, self.path, f"{file_size} bytes")
        if header.magic == swapped or header.endian_mark != ENDIAN_MARK:
            raise FeedException(FeedError.WRONG_ENDIANNESS, self.path)
        if header.version != VERSION:
            raise FeedException(FeedError.WRONG_VERSION, self.path, f"{header.version}, not {VERSION}")
        if header.layout_hash != LAYOUT_HASH:
            raise FeedException(FeedError.WRONG_LAYOUT, self.path, f"0x{header.layout_hash:016X}, not 0x{LAYOUT_HASH:016X}")
        if header.constants_crc32 != zlib.crc32(raw[:CHECKED_BYTES]) or not self._fits(header):
            raise FeedException(FeedError.DAMAGED_HEADER, self.path)
        if header.file_size != file_size:
            raise FeedException(FeedError.TRUNCATED, self.path, f"{file_size} bytes, not {header.file_size}")
        self._header_constants = raw[:CONSTANT_BYTES]

    def _fits(self, header):
        return (header.header_size == size_of("FeedHeader") and header.entry_size == size_of("FeedEntry") and 1 <= header.entry_count <= MAX_ENTRIES
                and _regions_offset(header.entry_count) <= header.file_size < 1 << 63 and header.heartbeat_limit_nanos > 0)

    def _read_directory(self):
        count = self.constants.entry_count
        raw = os.pread(self._file, count * size_of("FeedEntry"), size_of("FeedHeader"))
        if len(raw) < count * size_of("FeedEntry"):
            raise FeedException(FeedError.TRUNCATED, self.path, "cut while it was read")
        return raw

    def _find(self, symbol):
        """The entry of a symbol, or the first; what it says of its region is checked."""
        raw, size = self._read_directory(), size_of("FeedEntry")
        wanted = None if symbol is None else symbol.encode("ascii", "replace")
        for index in range(self.constants.entry_count) if wanted is None or 1 <= len(wanted) <= 8 else ():
            at = index * size
            if wanted is not None and raw[at:at + 8] != wanted.ljust(8, b"\0"):
                continue
            entry = self.entry = Record("FeedEntry", raw[at:at + size])
            self._entry_constants = raw[at:at + CONSTANT_BYTES]
            if entry.constants_crc32 != zlib.crc32(self._entry_constants[:CHECKED_BYTES]) or not self._entry_fits(entry, index):
                raise FeedException(FeedError.DAMAGED_HEADER, self.path, f"entry {index} of the directory")
            return
        names, more = self.underlyings[:8], self.constants.entry_count - 8
        raise FeedException(FeedError.UNKNOWN_UNDERLYING, self.path, f"{symbol!r}; it has {', '.join(names)}" + (f" and {more} more" if more > 0 else ""))

    def _entry_fits(self, entry, index):
        if not (entry.index == index and entry.kind in (FeedEntryKind.UNDERLYING, FeedEntryKind.COMBINED)
                and 1 <= entry.strike_capacity <= MAX_STRIKES and 1 <= entry.expiry_capacity <= MAX_EXPIRIES
                and MIN_SLOTS <= entry.slot_count <= MAX_SLOTS):
            return False
        runtime, file_size = size_of("RuntimeSection"), self.constants.file_size
        self.market_capacity = (size_of("MarketSection") + entry.strike_capacity * size_of("StrikeRow")
                                + entry.expiry_capacity * size_of("ExpiryRow"))
        headlines_at = entry.slot_count * _slot_size(self.market_capacity + runtime)
        changes_at = headlines_at + HEADLINE_SLOTS * _slot_size(size_of("HeadlineSection") + runtime)
        end = changes_at + CHANGE_SLOTS * _slot_size(size_of("LevelChange"))
        return (entry.slot_size == _slot_size(self.market_capacity + runtime)
                and entry.headline_slot_count == HEADLINE_SLOTS and entry.headline_slot_size == _slot_size(size_of("HeadlineSection") + runtime)
                and entry.change_slot_count == CHANGE_SLOTS and entry.change_slot_size == _slot_size(size_of("LevelChange"))
                and entry.headline_offset == headlines_at and entry.change_offset == changes_at
                and entry.region_size == -(-end // REGION_ALIGNMENT) * REGION_ALIGNMENT and entry.region_offset % REGION_ALIGNMENT == 0
                and _regions_offset(self.constants.entry_count) <= entry.region_offset and entry.region_offset + entry.region_size <= file_size)

    @property
    def underlyings(self):
        """What the underlyings of the feed are called, in the order of its directory."""
        raw, size = self._read_directory(), size_of("FeedEntry")
        return [Record("FeedEntry", raw[at:at + size]).symbol for at in range(0, len(raw), size)]

    # -- reading --

    @staticmethod
    def _number(window, offset):
        try:
            return window.word(offset)
        except struct.error:  # the file has been cut
            return 0

    @property
    def publish_number(self):
        """Number of the last whole snapshot, 0 for none yet. When it differs from the last one read, there is news."""
        return self._number(self._entry, offset_of("FeedEntry", "published"))

    @property
    def headline_number(self):
        """Number of the last whole headline, 0 for none yet."""
        return self._number(self._entry, offset_of("FeedEntry", "headline_published"))

    @property
    def change_number(self):
        """Number of the last notice of the change stream, 0 for none yet."""
        return self._number(self._entry, offset_of("FeedEntry", "change_published"))

    @property
    def epoch(self):
        """How often the feed has been taken by a writer."""
        return self._number(self._header, offset_of("FeedHeader", "epoch"))

    @property
    def heartbeat_age_nanos(self):
        """Since the writer's last sign of life."""
        heartbeat = self._number(self._entry, offset_of("FeedEntry", "heartbeat_nanos"))  # before the clock, so that no age is negative
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC) - heartbeat

    def read_headline(self):
        """(status, Headline); None instead of it unless the status is OK."""
        status, payload, _size = self._read(self._headlines)
        return status, Headline(payload) if payload is not None else None

    def read_snapshot(self):
        """(status, Snapshot): always one whole snapshot, never a mix of two; None instead of it unless the status is OK."""
        status, payload, size = self._read(self._snapshots)
        if payload is None:
            return status, None
        market = Record("MarketSection", payload)
        rows = market.strike_count * size_of("StrikeRow") + market.expiry_count * size_of("ExpiryRow")
        if size_of("MarketSection") + rows != size:
            return SnapshotReadStatus.CORRUPT, None
        return status, Snapshot(payload, size)

    def read_change(self, position):
        """(status, LevelChange record, position, missed): the next notice of the change stream after this position.

        Begin with change_number, or with 0 for all that are there, and hand in the position that came back. The writer waits for nobody:
        missed says how many were overwritten before they were read. NOTHING_PUBLISHED: there is none yet.
        """
        try:
            return self._attempt_change(position)
        except struct.error:  # the file has been cut
            return SnapshotReadStatus.CORRUPT, None, position, 0

    def _attempt_change(self, position):
        published_at, entry = offset_of("FeedEntry", "change_published"), self.entry
        first, count, slot_size, size = entry.change_offset, entry.change_slot_count, entry.change_slot_size, size_of("LevelChange")
        missed = attempt = empty = 0
        # A word that a foreign hand keeps changing must not keep the reader for ever.
        while attempt < MAX_ATTEMPTS and empty <= count:
            last = self._entry.word(published_at)
            if position > last:  # a number of another file of this name
                position = 0
            if position == last:
                return SnapshotReadStatus.NOTHING_PUBLISHED, None, position, missed
            # The slot after the last may be in the writer's hands already.
            oldest = 1 if last < count else last - count + 2
            if position + 1 < oldest:
                missed += oldest - 1 - position
                position = oldest - 1
            number = position + 1
            slot = first + number % count * slot_size
            version, whole = self._region.word(slot + self._version_at), (2 * number) & 0xFFFFFFFFFFFFFFFF
            if version == 0:  # numbers go on when the writer has to make a new file: this one was in the old
                position, missed, empty = number, missed + 1, empty + 1
                continue
            if version == whole:
                given, checksum = self._region.word(slot + self._market_bytes_at), self._region.word(slot + self._checksum_at) & 0xFFFFFFFF
                payload = self._region.bytes_at(slot + size_of("SlotHeader"), size)
                if self._region.word(slot + self._version_at) == whole:
                    if given != size or zlib.crc32(payload) != checksum:
                        return SnapshotReadStatus.CORRUPT, None, number, missed
                    change = Record("LevelChange", payload)
                    if change.number != number:
                        return SnapshotReadStatus.CORRUPT, None, number, missed
                    return SnapshotReadStatus.OK, change, number, missed
            elif self._entry.word(published_at) == last and (self._region.map is not None or attempt == MAX_ATTEMPTS - 1):
                return SnapshotReadStatus.CORRUPT, None, number, missed
            self.retries += 1
            attempt += 1
        self.busy_reads += 1
        return SnapshotReadStatus.BUSY, None, position, missed

    def _read(self, slots):
        """The protocol of docs/wire-format.md: (status, section and runtime section, length of the former)."""
        try:
            return self._attempt(*slots)
        except struct.error:  # the file has been cut
            return SnapshotReadStatus.CORRUPT, None, 0

    def _attempt(self, published_at, first, count, slot_size, least, most):
        verdict = SnapshotReadStatus.BUSY
        for _ in range(MAX_ATTEMPTS):
            number = self._entry.word(published_at)
            if number == 0:
                return SnapshotReadStatus.NOTHING_PUBLISHED, None, 0
            slot = first + number % count * slot_size
            whole = (2 * number) & 0xFFFFFFFFFFFFFFFF
            if self._region.word(slot + self._version_at) == whole:
                size = self._region.word(slot + self._market_bytes_at)
                checksum = self._region.word(slot + self._checksum_at) & 0xFFFFFFFF
                fits = least <= size <= most and size % 8 == 0
                payload = self._region.bytes_at(slot + size_of("SlotHeader"), size + size_of("RuntimeSection")) if fits else b""
                if self._region.word(slot + self._version_at) == whole:
                    if (not fits or zlib.crc32(payload) != checksum
                            or struct.unpack_from("<Q", payload, size + self._number_at)[0] != number):
                        return SnapshotReadStatus.CORRUPT, None, 0
                    return SnapshotReadStatus.OK, payload, size
                verdict = SnapshotReadStatus.BUSY
            elif self._entry.word(published_at) == number:
                # The writer takes a slot again only after it has published newer numbers. It has not: the word is damaged.
                verdict = SnapshotReadStatus.CORRUPT
                if self._region.map is not None:  # pread does not promise a word in one piece, so there it has to be damaged every time
                    return verdict, None, 0
            else:
                verdict = SnapshotReadStatus.BUSY
            self.retries += 1
        self.busy_reads += verdict is SnapshotReadStatus.BUSY
        return verdict, None, 0

    # -- state --

    def state(self):
        """What the feed is doing now. Cheap while it is alive; otherwise a few system calls, at most ten times a second."""
        header, entry = self._header, self._entry
        if header.bytes_at(0, CONSTANT_BYTES) != self._header_constants or entry.bytes_at(0, CONSTANT_BYTES) != self._entry_constants:
            return FeedState.CORRUPT
        try:
            # In this order, and all before the clock: a writer that starts beats before it says so, and its heartbeat never meets the epoch of
            # its predecessor.
            writer_state = header.word(offset_of("FeedHeader", "state"))
            heartbeat = entry.word(offset_of("FeedEntry", "heartbeat_nanos"), struct.Struct("<q"))
            progress = entry.word(offset_of("FeedEntry", "progress_nanos"), struct.Struct("<q"))
            published_epoch = entry.word(offset_of("FeedEntry", "published_epoch"))
            has_published = published_epoch == header.word(offset_of("FeedHeader", "epoch"))
        except struct.error:
            return FeedState.CORRUPT
        now, limit = time.clock_gettime_ns(time.CLOCK_MONOTONIC), self.constants.heartbeat_limit_nanos
        alive = 0 <= now - heartbeat <= limit  # a heartbeat from the future is one of an earlier boot
        if writer_state == FeedWriterState.SUPERSEDED:
            return FeedState.SUPERSEDED
        if writer_state == FeedWriterState.OPEN and alive:
            if not has_published:
                return FeedState.RECOVERING
            return FeedState.LIVE if now - progress <= limit else FeedState.IDLE
        if writer_state in (FeedWriterState.OPEN, FeedWriterState.CLOSED):
            return self._probe(writer_state, heartbeat, now)
        return FeedState.CORRUPT

    def _probe(self, writer_state, heartbeat, now):
        if (writer_state, heartbeat) != self._probed_key or now >= self._next_probe_nanos:
            self._probed = self._ask_kernel(writer_state)
            self._probed_key, self._next_probe_nanos = (writer_state, heartbeat), now + PROBE_INTERVAL_NANOS
        return self._probed

    def _ask_kernel(self, writer_state):
        if os.fstat(self._file).st_nlink == 0:
            try:
                os.stat(f"{self.name}.feed", dir_fd=self._directory, follow_symlinks=False)
                return FeedState.SUPERSEDED
            except OSError:
                return FeedState.NOT_FOUND
        if writer_state == FeedWriterState.CLOSED:
            return FeedState.CLOSED
        return FeedState.DEAD if self._lock_is_free() else FeedState.STALLED

    def _lock_is_free(self):
        """Holds a shared lock for the length of one system call. Not free where that cannot be known."""
        try:
            lock = self._open_file(f"{self.name}.lock")
        except FeedException as refused:
            return refused.error is FeedError.NOT_FOUND
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return True
        except OSError:
            return False
        finally:
            os.close(lock)
