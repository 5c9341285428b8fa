/* The bytes of a DealerFlow feed: structs, enums and constants.
 *
 * Printed by 'dealerflow layout --lang c' from the C# structs; do not edit. 'dealerflow layout --write src/readers' prints it anew.
 * What the fields mean is in docs/wire-format.md. Money is in 1/1024 USD. Text is ASCII, zero padded, without an end mark.
 */
#ifndef DEALERFLOW_LAYOUT_H
#define DEALERFLOW_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define DF_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define DF_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

#define DF_MAGIC UINT64_C(0x44454546574C4644) /* the characters DFLWFEED */
#define DF_ENDIAN_MARK UINT64_C(0x0102030405060708) /* in the byte order of the writer */
#define DF_VERSION 2 /* of the protocol */
#define DF_LAYOUT_HASH UINT64_C(0x2EDFC1227378F22D) /* of every struct below */
#define DF_CONSTANT_BYTES 128 /* of the header and of an entry, which never change */
#define DF_CHECKED_BYTES 120 /* of the header and of an entry, which its checksum covers */
#define DF_MAX_ENTRIES 65536 /* of a directory */
#define DF_REGION_ALIGNMENT 4096 /* regions start on a multiple of this and are multiples of it */
#define DF_SLOT_ALIGNMENT 128 /* slots are whole multiples of this */
#define DF_MIN_SLOTS 4
#define DF_MAX_SLOTS 64
#define DF_MAX_STRIKES 1000000
#define DF_MAX_EXPIRIES 100000
#define DF_HEADLINE_SLOTS 16
#define DF_CHANGE_SLOTS 128 /* notices of the change stream that a file has slots for */
#define DF_MAX_NAME_LENGTH 64 /* of a feed, characters */
#define DF_MAX_ATTEMPTS 64 /* of a read that the writer overtakes */
#define DF_UNITS_PER_USD 1024 /* money is in 1/1024 USD */
#define DF_POSITION_MODELS 6
#define DF_HEDGE_SCENARIOS 11 /* rows of a bucket of flows */
#define DF_BANDED_LEVELS 11 /* rows of a bucket of bands: strike levels, then the three below */
#define DF_BAND_ZERO_GAMMA 8
#define DF_BAND_PIN 9
#define DF_BAND_NET_GEX 10

typedef enum df_expiry_status {
    DF_EXPIRY_STATUS_LIVE = 0,
    DF_EXPIRY_STATUS_UNPRICED = 1,
    DF_EXPIRY_STATUS_EXPIRED = 2,
} df_expiry_status;

static inline const char *df_expiry_status_name(uint64_t value)
{
    switch (value) {
    case 0: return "Live";
    case 1: return "Unpriced";
    case 2: return "Expired";
    default: return "?";
    }
}

typedef enum df_exposure_bucket {
    DF_EXPOSURE_BUCKET_ALL = 0,
    DF_EXPOSURE_BUCKET_ZERO_DTE = 1,
    DF_EXPOSURE_BUCKET_EX_ZERO_DTE = 2,
} df_exposure_bucket;

static inline const char *df_exposure_bucket_name(uint64_t value)
{
    switch (value) {
    case 0: return "All";
    case 1: return "ZeroDte";
    case 2: return "ExZeroDte";
    default: return "?";
    }
}

typedef enum df_feed_entry_kind {
    DF_FEED_ENTRY_KIND_NONE = 0,
    DF_FEED_ENTRY_KIND_UNDERLYING = 1,
    DF_FEED_ENTRY_KIND_COMBINED = 2,
} df_feed_entry_kind;

static inline const char *df_feed_entry_kind_name(uint64_t value)
{
    switch (value) {
    case 0: return "None";
    case 1: return "Underlying";
    case 2: return "Combined";
    default: return "?";
    }
}

typedef enum df_feed_error {
    DF_FEED_ERROR_INVALID_NAME = 0,
    DF_FEED_ERROR_DIRECTORY_NOT_FOUND = 1,
    DF_FEED_ERROR_DIRECTORY_NOT_PRIVATE = 2,
    DF_FEED_ERROR_NOT_FOUND = 3,
    DF_FEED_ERROR_NOT_A_FILE = 4,
    DF_FEED_ERROR_WRONG_OWNER = 5,
    DF_FEED_ERROR_NOT_PRIVATE = 6,
    DF_FEED_ERROR_NOT_A_FEED = 7,
    DF_FEED_ERROR_WRONG_ENDIANNESS = 8,
    DF_FEED_ERROR_WRONG_VERSION = 9,
    DF_FEED_ERROR_WRONG_LAYOUT = 10,
    DF_FEED_ERROR_DAMAGED_HEADER = 11,
    DF_FEED_ERROR_TRUNCATED = 12,
    DF_FEED_ERROR_NO_SPACE = 13,
    DF_FEED_ERROR_CAPACITY_EXCEEDED = 14,
    DF_FEED_ERROR_IN_USE = 15,
    DF_FEED_ERROR_SYSTEM_CALL = 16,
    DF_FEED_ERROR_UNKNOWN_UNDERLYING = 17,
} df_feed_error;

static inline const char *df_feed_error_name(uint64_t value)
{
    switch (value) {
    case 0: return "InvalidName";
    case 1: return "DirectoryNotFound";
    case 2: return "DirectoryNotPrivate";
    case 3: return "NotFound";
    case 4: return "NotAFile";
    case 5: return "WrongOwner";
    case 6: return "NotPrivate";
    case 7: return "NotAFeed";
    case 8: return "WrongEndianness";
    case 9: return "WrongVersion";
    case 10: return "WrongLayout";
    case 11: return "DamagedHeader";
    case 12: return "Truncated";
    case 13: return "NoSpace";
    case 14: return "CapacityExceeded";
    case 15: return "InUse";
    case 16: return "SystemCall";
    case 17: return "UnknownUnderlying";
    default: return "?";
    }
}

typedef enum df_feed_state {
    DF_FEED_STATE_RECOVERING = 0,
    DF_FEED_STATE_LIVE = 1,
    DF_FEED_STATE_IDLE = 2,
    DF_FEED_STATE_STALLED = 3,
    DF_FEED_STATE_DEAD = 4,
    DF_FEED_STATE_CLOSED = 5,
    DF_FEED_STATE_SUPERSEDED = 6,
    DF_FEED_STATE_NOT_FOUND = 7,
    DF_FEED_STATE_CORRUPT = 8,
} df_feed_state;

static inline const char *df_feed_state_name(uint64_t value)
{
    switch (value) {
    case 0: return "Recovering";
    case 1: return "Live";
    case 2: return "Idle";
    case 3: return "Stalled";
    case 4: return "Dead";
    case 5: return "Closed";
    case 6: return "Superseded";
    case 7: return "NotFound";
    case 8: return "Corrupt";
    default: return "?";
    }
}

typedef enum df_feed_writer_state {
    DF_FEED_WRITER_STATE_NONE = 0,
    DF_FEED_WRITER_STATE_OPEN = 1,
    DF_FEED_WRITER_STATE_CLOSED = 2,
    DF_FEED_WRITER_STATE_SUPERSEDED = 3,
} df_feed_writer_state;

static inline const char *df_feed_writer_state_name(uint64_t value)
{
    switch (value) {
    case 0: return "None";
    case 1: return "Open";
    case 2: return "Closed";
    case 3: return "Superseded";
    default: return "?";
    }
}

typedef enum df_forward_mode {
    DF_FORWARD_MODE_PARITY = 0,
    DF_FORWARD_MODE_CARRY = 1,
} df_forward_mode;

static inline const char *df_forward_mode_name(uint64_t value)
{
    switch (value) {
    case 0: return "Parity";
    case 1: return "Carry";
    default: return "?";
    }
}

typedef enum df_forward_source {
    DF_FORWARD_SOURCE_NONE = 0,
    DF_FORWARD_SOURCE_PARITY = 1,
    DF_FORWARD_SOURCE_CARRY = 2,
    DF_FORWARD_SOURCE_CARRY_FALLBACK = 3,
} df_forward_source;

static inline const char *df_forward_source_name(uint64_t value)
{
    switch (value) {
    case 0: return "None";
    case 1: return "Parity";
    case 2: return "Carry";
    case 3: return "CarryFallback";
    default: return "?";
    }
}

typedef enum df_gamma_regime {
    DF_GAMMA_REGIME_NONE = 0,
    DF_GAMMA_REGIME_POSITIVE = 1,
    DF_GAMMA_REGIME_NEGATIVE = 2,
    DF_GAMMA_REGIME_TRANSITION = 3,
} df_gamma_regime;

static inline const char *df_gamma_regime_name(uint64_t value)
{
    switch (value) {
    case 0: return "None";
    case 1: return "Positive";
    case 2: return "Negative";
    case 3: return "Transition";
    default: return "?";
    }
}

typedef enum df_hedge_scenario {
    DF_HEDGE_SCENARIO_SPOT_DOWN200 = 0,
    DF_HEDGE_SCENARIO_SPOT_DOWN100 = 1,
    DF_HEDGE_SCENARIO_SPOT_DOWN50 = 2,
    DF_HEDGE_SCENARIO_SPOT_DOWN25 = 3,
    DF_HEDGE_SCENARIO_SPOT_UP25 = 4,
    DF_HEDGE_SCENARIO_SPOT_UP50 = 5,
    DF_HEDGE_SCENARIO_SPOT_UP100 = 6,
    DF_HEDGE_SCENARIO_SPOT_UP200 = 7,
    DF_HEDGE_SCENARIO_CLOSE = 8,
    DF_HEDGE_SCENARIO_VOL_DOWN1 = 9,
    DF_HEDGE_SCENARIO_VOL_UP1 = 10,
} df_hedge_scenario;

static inline const char *df_hedge_scenario_name(uint64_t value)
{
    switch (value) {
    case 0: return "SpotDown200";
    case 1: return "SpotDown100";
    case 2: return "SpotDown50";
    case 3: return "SpotDown25";
    case 4: return "SpotUp25";
    case 5: return "SpotUp50";
    case 6: return "SpotUp100";
    case 7: return "SpotUp200";
    case 8: return "Close";
    case 9: return "VolDown1";
    case 10: return "VolUp1";
    default: return "?";
    }
}

typedef enum df_level_change_kind {
    DF_LEVEL_CHANGE_KIND_NONE = 0,
    DF_LEVEL_CHANGE_KIND_REGIME = 1,
    DF_LEVEL_CHANGE_KIND_ZERO_GAMMA_CROSSED = 2,
    DF_LEVEL_CHANGE_KIND_ZERO_GAMMA_FOUND = 3,
    DF_LEVEL_CHANGE_KIND_CALL_WALL = 4,
    DF_LEVEL_CHANGE_KIND_PUT_WALL = 5,
    DF_LEVEL_CHANGE_KIND_PIN = 6,
    DF_LEVEL_CHANGE_KIND_MODEL = 7,
} df_level_change_kind;

static inline const char *df_level_change_kind_name(uint64_t value)
{
    switch (value) {
    case 0: return "None";
    case 1: return "Regime";
    case 2: return "ZeroGammaCrossed";
    case 3: return "ZeroGammaFound";
    case 4: return "CallWall";
    case 5: return "PutWall";
    case 6: return "Pin";
    case 7: return "Model";
    default: return "?";
    }
}

typedef enum df_model_status {
    DF_MODEL_STATUS_LIVE = 0,
    DF_MODEL_STATUS_NO_TRADES = 1,
    DF_MODEL_STATUS_NO_POSITIONS = 2,
} df_model_status;

static inline const char *df_model_status_name(uint64_t value)
{
    switch (value) {
    case 0: return "Live";
    case 1: return "NoTrades";
    case 2: return "NoPositions";
    default: return "?";
    }
}

typedef enum df_overload_state {
    DF_OVERLOAD_STATE_NONE = 0,
    DF_OVERLOAD_STATE_CONFLATING = 1,
    DF_OVERLOAD_STATE_DEGRADED = 2,
    DF_OVERLOAD_STATE_DROPPING = 3,
} df_overload_state;

static inline const char *df_overload_state_name(uint64_t value)
{
    switch (value) {
    case 0: return "None";
    case 1: return "Conflating";
    case 2: return "Degraded";
    case 3: return "Dropping";
    default: return "?";
    }
}

typedef enum df_position_model {
    DF_POSITION_MODEL_OPEN_INTEREST = 0,
    DF_POSITION_MODEL_SHORT_BOTH = 1,
    DF_POSITION_MODEL_TAPE = 2,
    DF_POSITION_MODEL_OPEN_INTEREST_PLUS_TAPE = 3,
    DF_POSITION_MODEL_OPEN_CLOSE = 4,
    DF_POSITION_MODEL_GROSS = 5,
} df_position_model;

static inline const char *df_position_model_name(uint64_t value)
{
    switch (value) {
    case 0: return "OpenInterest";
    case 1: return "ShortBoth";
    case 2: return "Tape";
    case 3: return "OpenInterestPlusTape";
    case 4: return "OpenClose";
    case 5: return "Gross";
    default: return "?";
    }
}

typedef enum df_quality_flags {
    DF_QUALITY_FLAGS_NONE = 0,
    DF_QUALITY_FLAGS_GAP = 1,
    DF_QUALITY_FLAGS_SUSPECT_TIME = 2,
    DF_QUALITY_FLAGS_SILENT = 4,
    DF_QUALITY_FLAGS_NO_UNDERLYING = 8,
    DF_QUALITY_FLAGS_HALTED = 16,
    DF_QUALITY_FLAGS_NO_CALENDAR = 32,
} df_quality_flags;

typedef enum df_recording_state {
    DF_RECORDING_STATE_NONE = 0,
    DF_RECORDING_STATE_RECORDING = 1,
    DF_RECORDING_STATE_BEHIND = 2,
    DF_RECORDING_STATE_STOPPED = 3,
} df_recording_state;

static inline const char *df_recording_state_name(uint64_t value)
{
    switch (value) {
    case 0: return "None";
    case 1: return "Recording";
    case 2: return "Behind";
    case 3: return "Stopped";
    default: return "?";
    }
}

typedef enum df_rejection {
    DF_REJECTION_UNKNOWN_CONTRACT = 0,
    DF_REJECTION_UNKNOWN_KIND = 1,
    DF_REJECTION_BAD_PRICE = 2,
    DF_REJECTION_POST_EXPIRY = 3,
    DF_REJECTION_OTHER_UNDERLYING = 4,
    DF_REJECTION_KIND_MISMATCH = 5,
    DF_REJECTION_UNKNOWN_PRINT = 6,
    DF_REJECTION_BAD_DEFINITION = 7,
    DF_REJECTION_NO_ROOM = 8,
    DF_REJECTION_BAD_QUANTITY = 9,
} df_rejection;

static inline const char *df_rejection_name(uint64_t value)
{
    switch (value) {
    case 0: return "UnknownContract";
    case 1: return "UnknownKind";
    case 2: return "BadPrice";
    case 3: return "PostExpiry";
    case 4: return "OtherUnderlying";
    case 5: return "KindMismatch";
    case 6: return "UnknownPrint";
    case 7: return "BadDefinition";
    case 8: return "NoRoom";
    case 9: return "BadQuantity";
    default: return "?";
    }
}

typedef enum df_roll_off {
    DF_ROLL_OFF_NEXT = 0,
    DF_ROLL_OFF_MONTHLY_AM = 1,
    DF_ROLL_OFF_MONTHLY_PM = 2,
} df_roll_off;

static inline const char *df_roll_off_name(uint64_t value)
{
    switch (value) {
    case 0: return "Next";
    case 1: return "MonthlyAm";
    case 2: return "MonthlyPm";
    default: return "?";
    }
}

typedef enum df_settlement_kind {
    DF_SETTLEMENT_KIND_NONE = 0,
    DF_SETTLEMENT_KIND_AM = 1,
    DF_SETTLEMENT_KIND_PM = 2,
    DF_SETTLEMENT_KIND_UTC0800 = 3,
} df_settlement_kind;

static inline const char *df_settlement_kind_name(uint64_t value)
{
    switch (value) {
    case 0: return "None";
    case 1: return "AM";
    case 2: return "PM";
    case 3: return "Utc0800";
    default: return "?";
    }
}

typedef enum df_snapshot_read_status {
    DF_SNAPSHOT_READ_STATUS_OK = 0,
    DF_SNAPSHOT_READ_STATUS_NOTHING_PUBLISHED = 1,
    DF_SNAPSHOT_READ_STATUS_BUSY = 2,
    DF_SNAPSHOT_READ_STATUS_CORRUPT = 3,
} df_snapshot_read_status;

static inline const char *df_snapshot_read_status_name(uint64_t value)
{
    switch (value) {
    case 0: return "Ok";
    case 1: return "NothingPublished";
    case 2: return "Busy";
    case 3: return "Corrupt";
    default: return "?";
    }
}

typedef enum df_spot_source {
    DF_SPOT_SOURCE_NO_UNDERLYING = 0,
    DF_SPOT_SOURCE_QUOTED = 1,
    DF_SPOT_SOURCE_INFERRED = 2,
} df_spot_source;

static inline const char *df_spot_source_name(uint64_t value)
{
    switch (value) {
    case 0: return "NoUnderlying";
    case 1: return "Quoted";
    case 2: return "Inferred";
    default: return "?";
    }
}

typedef enum df_strike_level {
    DF_STRIKE_LEVEL_CALL_WALL = 0,
    DF_STRIKE_LEVEL_PUT_WALL = 1,
    DF_STRIKE_LEVEL_MAX_GAMMA = 2,
    DF_STRIKE_LEVEL_ABSOLUTE_GAMMA = 3,
    DF_STRIKE_LEVEL_CALL_WALL_ONE_SIDED = 4,
    DF_STRIKE_LEVEL_PUT_WALL_ONE_SIDED = 5,
    DF_STRIKE_LEVEL_CALL_WALL_OPEN_INTEREST = 6,
    DF_STRIKE_LEVEL_PUT_WALL_OPEN_INTEREST = 7,
} df_strike_level;

static inline const char *df_strike_level_name(uint64_t value)
{
    switch (value) {
    case 0: return "CallWall";
    case 1: return "PutWall";
    case 2: return "MaxGamma";
    case 3: return "AbsoluteGamma";
    case 4: return "CallWallOneSided";
    case 5: return "PutWallOneSided";
    case 6: return "CallWallOpenInterest";
    case 7: return "PutWallOpenInterest";
    default: return "?";
    }
}

typedef enum df_trade_bucket {
    DF_TRADE_BUCKET_ZERO_DTE_CALLS = 0,
    DF_TRADE_BUCKET_ZERO_DTE_PUTS = 1,
    DF_TRADE_BUCKET_OTHER_CALLS = 2,
    DF_TRADE_BUCKET_OTHER_PUTS = 3,
} df_trade_bucket;

static inline const char *df_trade_bucket_name(uint64_t value)
{
    switch (value) {
    case 0: return "ZeroDteCalls";
    case 1: return "ZeroDtePuts";
    case 2: return "OtherCalls";
    case 3: return "OtherPuts";
    default: return "?";
    }
}

typedef enum df_zero_gamma_status {
    DF_ZERO_GAMMA_STATUS_UNPRICED = 0,
    DF_ZERO_GAMMA_STATUS_FOUND = 1,
    DF_ZERO_GAMMA_STATUS_NONE = 2,
} df_zero_gamma_status;

static inline const char *df_zero_gamma_status_name(uint64_t value)
{
    switch (value) {
    case 0: return "Unpriced";
    case 1: return "Found";
    case 2: return "None";
    default: return "?";
    }
}

typedef struct df_feed_header {
    uint64_t magic;
    uint64_t endian_mark;
    uint64_t version;
    uint64_t layout_hash;
    uint64_t file_size;
    uint64_t header_size;
    uint64_t entry_size;
    uint64_t entry_count;
    int64_t heartbeat_limit_nanos;
    uint8_t reserved_72[48];
    uint32_t constants_crc32;
    uint8_t reserved_124[4];
    uint64_t epoch;
    int64_t writer_pid;
    int64_t writer_start_utc_nanos;
    uint64_t writer_boot_id_high;
    uint64_t writer_boot_id_low;
    uint8_t reserved_168[88];
    uint64_t state;
    uint8_t reserved_264[3832];
} df_feed_header;

DF_STATIC_ASSERT(sizeof(df_feed_header) == 4096, "df_feed_header has another size");
DF_STATIC_ASSERT(offsetof(df_feed_header, magic) == 0, "df_feed_header.magic lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, endian_mark) == 8, "df_feed_header.endian_mark lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, version) == 16, "df_feed_header.version lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, layout_hash) == 24, "df_feed_header.layout_hash lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, file_size) == 32, "df_feed_header.file_size lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, header_size) == 40, "df_feed_header.header_size lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, entry_size) == 48, "df_feed_header.entry_size lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, entry_count) == 56, "df_feed_header.entry_count lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, heartbeat_limit_nanos) == 64, "df_feed_header.heartbeat_limit_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, constants_crc32) == 120, "df_feed_header.constants_crc32 lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, epoch) == 128, "df_feed_header.epoch lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, writer_pid) == 136, "df_feed_header.writer_pid lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, writer_start_utc_nanos) == 144, "df_feed_header.writer_start_utc_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, writer_boot_id_high) == 152, "df_feed_header.writer_boot_id_high lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, writer_boot_id_low) == 160, "df_feed_header.writer_boot_id_low lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_header, state) == 256, "df_feed_header.state lies elsewhere");

typedef struct df_feed_entry {
    char symbol[8];
    uint32_t index;
    uint8_t kind; /* df_feed_entry_kind */
    uint8_t reserved_13[3];
    uint64_t region_offset;
    uint64_t region_size;
    uint64_t slot_count;
    uint64_t slot_size;
    uint64_t strike_capacity;
    uint64_t expiry_capacity;
    uint64_t headline_offset;
    uint32_t headline_slot_count;
    uint32_t headline_slot_size;
    uint64_t change_offset;
    uint32_t change_slot_count;
    uint32_t change_slot_size;
    uint8_t reserved_96[24];
    uint32_t constants_crc32;
    uint8_t reserved_124[4];
    int64_t heartbeat_nanos;
    int64_t progress_nanos;
    uint64_t event_sequence;
    int64_t event_time_nanos;
    uint8_t reserved_160[96];
    uint64_t published;
    uint64_t published_epoch;
    uint64_t change_published;
    uint64_t published_before;
    uint8_t reserved_288[96];
    uint64_t headline_published;
    uint8_t reserved_392[120];
} df_feed_entry;

DF_STATIC_ASSERT(sizeof(df_feed_entry) == 512, "df_feed_entry has another size");
DF_STATIC_ASSERT(offsetof(df_feed_entry, symbol) == 0, "df_feed_entry.symbol lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, index) == 8, "df_feed_entry.index lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, kind) == 12, "df_feed_entry.kind lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, region_offset) == 16, "df_feed_entry.region_offset lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, region_size) == 24, "df_feed_entry.region_size lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, slot_count) == 32, "df_feed_entry.slot_count lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, slot_size) == 40, "df_feed_entry.slot_size lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, strike_capacity) == 48, "df_feed_entry.strike_capacity lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, expiry_capacity) == 56, "df_feed_entry.expiry_capacity lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, headline_offset) == 64, "df_feed_entry.headline_offset lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, headline_slot_count) == 72, "df_feed_entry.headline_slot_count lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, headline_slot_size) == 76, "df_feed_entry.headline_slot_size lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, change_offset) == 80, "df_feed_entry.change_offset lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, change_slot_count) == 88, "df_feed_entry.change_slot_count lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, change_slot_size) == 92, "df_feed_entry.change_slot_size lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, constants_crc32) == 120, "df_feed_entry.constants_crc32 lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, heartbeat_nanos) == 128, "df_feed_entry.heartbeat_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, progress_nanos) == 136, "df_feed_entry.progress_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, event_sequence) == 144, "df_feed_entry.event_sequence lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, event_time_nanos) == 152, "df_feed_entry.event_time_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, published) == 256, "df_feed_entry.published lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, published_epoch) == 264, "df_feed_entry.published_epoch lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, change_published) == 272, "df_feed_entry.change_published lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, published_before) == 280, "df_feed_entry.published_before lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_feed_entry, headline_published) == 384, "df_feed_entry.headline_published lies elsewhere");

typedef struct df_slot_header {
    uint64_t version;
    uint64_t market_bytes;
    uint64_t payload_crc32;
    uint8_t reserved_24[104];
} df_slot_header;

DF_STATIC_ASSERT(sizeof(df_slot_header) == 128, "df_slot_header has another size");
DF_STATIC_ASSERT(offsetof(df_slot_header, version) == 0, "df_slot_header.version lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_slot_header, market_bytes) == 8, "df_slot_header.market_bytes lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_slot_header, payload_crc32) == 16, "df_slot_header.payload_crc32 lies elsewhere");

typedef struct df_trade_flow_section {
    int64_t flow[4];
    int64_t traded[4];
    int64_t unclassified[4];
    int64_t unpriced[4];
} df_trade_flow_section;

DF_STATIC_ASSERT(sizeof(df_trade_flow_section) == 128, "df_trade_flow_section has another size");
DF_STATIC_ASSERT(offsetof(df_trade_flow_section, flow) == 0, "df_trade_flow_section.flow lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_trade_flow_section, traded) == 32, "df_trade_flow_section.traded lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_trade_flow_section, unclassified) == 64, "df_trade_flow_section.unclassified lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_trade_flow_section, unpriced) == 96, "df_trade_flow_section.unpriced lies elsewhere");

typedef struct df_root_row {
    char root[8];
    int64_t net_gex;
    int64_t call_gex;
    int64_t put_gex;
    int64_t gross_gex;
    int64_t dex;
    int64_t vex;
    int64_t chex;
    int64_t charm_to_close;
    int64_t trade_flow;
    int64_t model_net_gex[6];
} df_root_row;

DF_STATIC_ASSERT(sizeof(df_root_row) == 128, "df_root_row has another size");
DF_STATIC_ASSERT(offsetof(df_root_row, root) == 0, "df_root_row.root lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_root_row, net_gex) == 8, "df_root_row.net_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_root_row, call_gex) == 16, "df_root_row.call_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_root_row, put_gex) == 24, "df_root_row.put_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_root_row, gross_gex) == 32, "df_root_row.gross_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_root_row, dex) == 40, "df_root_row.dex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_root_row, vex) == 48, "df_root_row.vex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_root_row, chex) == 56, "df_root_row.chex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_root_row, charm_to_close) == 64, "df_root_row.charm_to_close lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_root_row, trade_flow) == 72, "df_root_row.trade_flow lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_root_row, model_net_gex) == 80, "df_root_row.model_net_gex lies elsewhere");

typedef struct df_band_row {
    double low;
    double high;
    uint32_t present;
    uint32_t missing;
} df_band_row;

DF_STATIC_ASSERT(sizeof(df_band_row) == 24, "df_band_row has another size");
DF_STATIC_ASSERT(offsetof(df_band_row, low) == 0, "df_band_row.low lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_band_row, high) == 8, "df_band_row.high lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_band_row, present) == 16, "df_band_row.present lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_band_row, missing) == 20, "df_band_row.missing lies elsewhere");

typedef struct df_band_table {
    df_band_row rows[33];
} df_band_table;

DF_STATIC_ASSERT(sizeof(df_band_table) == 792, "df_band_table has another size");
DF_STATIC_ASSERT(offsetof(df_band_table, rows) == 0, "df_band_table.rows lies elsewhere");

typedef struct df_zero_gamma_section {
    double value;
    double slope;
    double conditioning;
    uint8_t status; /* df_zero_gamma_status */
    int8_t sign;
    uint8_t reserved_26[2];
    int32_t root_count;
    double per_stickiness;
    double roots[12];
} df_zero_gamma_section;

DF_STATIC_ASSERT(sizeof(df_zero_gamma_section) == 136, "df_zero_gamma_section has another size");
DF_STATIC_ASSERT(offsetof(df_zero_gamma_section, value) == 0, "df_zero_gamma_section.value lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_zero_gamma_section, slope) == 8, "df_zero_gamma_section.slope lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_zero_gamma_section, conditioning) == 16, "df_zero_gamma_section.conditioning lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_zero_gamma_section, status) == 24, "df_zero_gamma_section.status lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_zero_gamma_section, sign) == 25, "df_zero_gamma_section.sign lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_zero_gamma_section, root_count) == 28, "df_zero_gamma_section.root_count lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_zero_gamma_section, per_stickiness) == 32, "df_zero_gamma_section.per_stickiness lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_zero_gamma_section, roots) == 40, "df_zero_gamma_section.roots lies elsewhere");

typedef struct df_level_row {
    double strike;
    int64_t size;
    double runner_up;
    double margin;
    uint8_t present;
    uint8_t has_runner_up;
    uint8_t reserved_34[6];
} df_level_row;

DF_STATIC_ASSERT(sizeof(df_level_row) == 40, "df_level_row has another size");
DF_STATIC_ASSERT(offsetof(df_level_row, strike) == 0, "df_level_row.strike lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_row, size) == 8, "df_level_row.size lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_row, runner_up) == 16, "df_level_row.runner_up lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_row, margin) == 24, "df_level_row.margin lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_row, present) == 32, "df_level_row.present lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_row, has_runner_up) == 33, "df_level_row.has_runner_up lies elsewhere");

typedef struct df_bucket_section {
    int64_t net_gex;
    int64_t call_gex;
    int64_t put_gex;
    int64_t gross_gex;
    int64_t dex;
    int64_t vex;
    int64_t chex;
    int64_t open_interest;
    double squeeze_gain;
    int64_t charm_to_close;
    uint8_t regime; /* df_gamma_regime */
    uint8_t reserved_81[15];
    df_zero_gamma_section zero_gamma;
    df_level_row levels[8];
} df_bucket_section;

DF_STATIC_ASSERT(sizeof(df_bucket_section) == 552, "df_bucket_section has another size");
DF_STATIC_ASSERT(offsetof(df_bucket_section, net_gex) == 0, "df_bucket_section.net_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, call_gex) == 8, "df_bucket_section.call_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, put_gex) == 16, "df_bucket_section.put_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, gross_gex) == 24, "df_bucket_section.gross_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, dex) == 32, "df_bucket_section.dex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, vex) == 40, "df_bucket_section.vex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, chex) == 48, "df_bucket_section.chex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, open_interest) == 56, "df_bucket_section.open_interest lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, squeeze_gain) == 64, "df_bucket_section.squeeze_gain lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, charm_to_close) == 72, "df_bucket_section.charm_to_close lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, regime) == 80, "df_bucket_section.regime lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, zero_gamma) == 96, "df_bucket_section.zero_gamma lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_bucket_section, levels) == 232, "df_bucket_section.levels lies elsewhere");

typedef struct df_pin_section {
    double strike;
    double share;
    double probability;
    int64_t settlement_nanos;
    uint8_t present;
    uint8_t reserved_33[7];
} df_pin_section;

DF_STATIC_ASSERT(sizeof(df_pin_section) == 40, "df_pin_section has another size");
DF_STATIC_ASSERT(offsetof(df_pin_section, strike) == 0, "df_pin_section.strike lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_pin_section, share) == 8, "df_pin_section.share lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_pin_section, probability) == 16, "df_pin_section.probability lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_pin_section, settlement_nanos) == 24, "df_pin_section.settlement_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_pin_section, present) == 32, "df_pin_section.present lies elsewhere");

typedef struct df_roll_off_row {
    int64_t settlement_nanos;
    int64_t gex;
    int64_t dex;
    double gross_share;
    int32_t expiry_date;
    uint8_t present;
    uint8_t reserved_37[3];
} df_roll_off_row;

DF_STATIC_ASSERT(sizeof(df_roll_off_row) == 40, "df_roll_off_row has another size");
DF_STATIC_ASSERT(offsetof(df_roll_off_row, settlement_nanos) == 0, "df_roll_off_row.settlement_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_roll_off_row, gex) == 8, "df_roll_off_row.gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_roll_off_row, dex) == 16, "df_roll_off_row.dex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_roll_off_row, gross_share) == 24, "df_roll_off_row.gross_share lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_roll_off_row, expiry_date) == 32, "df_roll_off_row.expiry_date lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_roll_off_row, present) == 36, "df_roll_off_row.present lies elsewhere");

typedef struct df_model_section {
    df_bucket_section buckets[3];
    df_pin_section pin;
    df_roll_off_row roll_offs[3];
    uint8_t status; /* df_model_status */
    uint8_t reserved_1817[7];
} df_model_section;

DF_STATIC_ASSERT(sizeof(df_model_section) == 1824, "df_model_section has another size");
DF_STATIC_ASSERT(offsetof(df_model_section, buckets) == 0, "df_model_section.buckets lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_model_section, pin) == 1656, "df_model_section.pin lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_model_section, roll_offs) == 1696, "df_model_section.roll_offs lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_model_section, status) == 1816, "df_model_section.status lies elsewhere");

typedef struct df_flow_row {
    int64_t flow;
    int64_t gamma;
    int64_t vanna;
    int64_t charm;
    int64_t residual;
} df_flow_row;

DF_STATIC_ASSERT(sizeof(df_flow_row) == 40, "df_flow_row has another size");
DF_STATIC_ASSERT(offsetof(df_flow_row, flow) == 0, "df_flow_row.flow lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_flow_row, gamma) == 8, "df_flow_row.gamma lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_flow_row, vanna) == 16, "df_flow_row.vanna lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_flow_row, charm) == 24, "df_flow_row.charm lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_flow_row, residual) == 32, "df_flow_row.residual lies elsewhere");

typedef struct df_model_flows {
    df_flow_row rows[33];
} df_model_flows;

DF_STATIC_ASSERT(sizeof(df_model_flows) == 1320, "df_model_flows has another size");
DF_STATIC_ASSERT(offsetof(df_model_flows, rows) == 0, "df_model_flows.rows lies elsewhere");

typedef struct df_outlook_section {
    int64_t mark_time_nanos;
    double spot;
    uint64_t event_sequence;
    int64_t close_nanos;
    df_model_flows flows[6];
    df_band_table quote_bands;
} df_outlook_section;

DF_STATIC_ASSERT(sizeof(df_outlook_section) == 8744, "df_outlook_section has another size");
DF_STATIC_ASSERT(offsetof(df_outlook_section, mark_time_nanos) == 0, "df_outlook_section.mark_time_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_outlook_section, spot) == 8, "df_outlook_section.spot lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_outlook_section, event_sequence) == 16, "df_outlook_section.event_sequence lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_outlook_section, close_nanos) == 24, "df_outlook_section.close_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_outlook_section, flows) == 32, "df_outlook_section.flows lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_outlook_section, quote_bands) == 7952, "df_outlook_section.quote_bands lies elsewhere");

typedef struct df_profile_row {
    double spot;
    double zero_dte[6];
    double ex_zero_dte[6];
} df_profile_row;

DF_STATIC_ASSERT(sizeof(df_profile_row) == 104, "df_profile_row has another size");
DF_STATIC_ASSERT(offsetof(df_profile_row, spot) == 0, "df_profile_row.spot lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_profile_row, zero_dte) == 8, "df_profile_row.zero_dte lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_profile_row, ex_zero_dte) == 56, "df_profile_row.ex_zero_dte lies elsewhere");

typedef struct df_profile_section {
    int64_t mark_time_nanos;
    double spot;
    df_profile_row rows[61];
} df_profile_section;

DF_STATIC_ASSERT(sizeof(df_profile_section) == 6360, "df_profile_section has another size");
DF_STATIC_ASSERT(offsetof(df_profile_section, mark_time_nanos) == 0, "df_profile_section.mark_time_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_profile_section, spot) == 8, "df_profile_section.spot lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_profile_section, rows) == 16, "df_profile_section.rows lies elsewhere");

typedef struct df_market_section {
    uint64_t event_sequence;
    int64_t event_time_nanos;
    int64_t mark_time_nanos;
    double spot;
    char underlying[8];
    int64_t adjusted_open_interest;
    int64_t unpriced_open_interest;
    uint32_t nodes;
    uint32_t interpolated;
    uint32_t held;
    uint32_t strike_count;
    uint32_t expiry_count;
    uint8_t model; /* df_position_model */
    uint8_t forward_mode; /* df_forward_mode */
    uint8_t spot_source; /* df_spot_source */
    uint8_t reserved_79[1];
    int64_t zero_dte_am_open_interest;
    int64_t zero_dte_am_net_gex;
    uint64_t non_finite_contributions;
    double liquidity_usd;
    uint32_t stale;
    uint32_t open_interest_revisions;
    int32_t open_interest_date;
    int32_t session_date;
    int64_t spot_age_nanos;
    double stickiness;
    uint16_t calendar_version;
    uint16_t quality; /* df_quality_flags */
    uint16_t root_count;
    uint8_t reserved_150[2];
    uint64_t calendar_overrides;
    int64_t zero_gamma_age_nanos;
    uint32_t members;
    uint32_t late_definitions;
    uint8_t reserved_176[16];
    df_trade_flow_section trades;
    df_root_row roots[8];
    df_band_table model_bands;
    df_model_section models[6];
    df_outlook_section outlook;
    df_profile_section profile;
} df_market_section;

DF_STATIC_ASSERT(sizeof(df_market_section) == 28184, "df_market_section has another size");
DF_STATIC_ASSERT(offsetof(df_market_section, event_sequence) == 0, "df_market_section.event_sequence lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, event_time_nanos) == 8, "df_market_section.event_time_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, mark_time_nanos) == 16, "df_market_section.mark_time_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, spot) == 24, "df_market_section.spot lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, underlying) == 32, "df_market_section.underlying lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, adjusted_open_interest) == 40, "df_market_section.adjusted_open_interest lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, unpriced_open_interest) == 48, "df_market_section.unpriced_open_interest lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, nodes) == 56, "df_market_section.nodes lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, interpolated) == 60, "df_market_section.interpolated lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, held) == 64, "df_market_section.held lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, strike_count) == 68, "df_market_section.strike_count lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, expiry_count) == 72, "df_market_section.expiry_count lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, model) == 76, "df_market_section.model lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, forward_mode) == 77, "df_market_section.forward_mode lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, spot_source) == 78, "df_market_section.spot_source lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, zero_dte_am_open_interest) == 80, "df_market_section.zero_dte_am_open_interest lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, zero_dte_am_net_gex) == 88, "df_market_section.zero_dte_am_net_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, non_finite_contributions) == 96, "df_market_section.non_finite_contributions lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, liquidity_usd) == 104, "df_market_section.liquidity_usd lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, stale) == 112, "df_market_section.stale lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, open_interest_revisions) == 116, "df_market_section.open_interest_revisions lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, open_interest_date) == 120, "df_market_section.open_interest_date lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, session_date) == 124, "df_market_section.session_date lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, spot_age_nanos) == 128, "df_market_section.spot_age_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, stickiness) == 136, "df_market_section.stickiness lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, calendar_version) == 144, "df_market_section.calendar_version lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, quality) == 146, "df_market_section.quality lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, root_count) == 148, "df_market_section.root_count lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, calendar_overrides) == 152, "df_market_section.calendar_overrides lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, zero_gamma_age_nanos) == 160, "df_market_section.zero_gamma_age_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, members) == 168, "df_market_section.members lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, late_definitions) == 172, "df_market_section.late_definitions lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, trades) == 192, "df_market_section.trades lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, roots) == 320, "df_market_section.roots lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, model_bands) == 1344, "df_market_section.model_bands lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, models) == 2136, "df_market_section.models lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, outlook) == 13080, "df_market_section.outlook lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_market_section, profile) == 21824, "df_market_section.profile lies elsewhere");

typedef struct df_strike_row {
    double strike;
    int64_t call_gex;
    int64_t put_gex;
    int64_t zero_dte_call_gex;
    int64_t zero_dte_put_gex;
    int64_t call_open_interest;
    int64_t put_open_interest;
    int64_t dex;
    int64_t vex;
    int64_t chex;
    int64_t charm_to_close;
    int64_t trade_flow;
    int64_t model_net_gex[6];
} df_strike_row;

DF_STATIC_ASSERT(sizeof(df_strike_row) == 144, "df_strike_row has another size");
DF_STATIC_ASSERT(offsetof(df_strike_row, strike) == 0, "df_strike_row.strike lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, call_gex) == 8, "df_strike_row.call_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, put_gex) == 16, "df_strike_row.put_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, zero_dte_call_gex) == 24, "df_strike_row.zero_dte_call_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, zero_dte_put_gex) == 32, "df_strike_row.zero_dte_put_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, call_open_interest) == 40, "df_strike_row.call_open_interest lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, put_open_interest) == 48, "df_strike_row.put_open_interest lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, dex) == 56, "df_strike_row.dex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, vex) == 64, "df_strike_row.vex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, chex) == 72, "df_strike_row.chex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, charm_to_close) == 80, "df_strike_row.charm_to_close lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, trade_flow) == 88, "df_strike_row.trade_flow lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_strike_row, model_net_gex) == 96, "df_strike_row.model_net_gex lies elsewhere");

typedef struct df_expiry_row {
    char root[8];
    int64_t settlement_nanos;
    int32_t expiry_date;
    uint8_t settlement; /* df_settlement_kind */
    uint8_t forward_source; /* df_forward_source */
    uint8_t status; /* df_expiry_status */
    uint8_t is_zero_dte;
    double forward;
    double discount;
    int64_t net_gex;
    int64_t gross_gex;
    int64_t open_interest;
    int64_t dex;
    uint32_t nodes;
    uint32_t interpolated;
    uint32_t good;
    uint32_t held;
    int64_t call_gex;
    int64_t put_gex;
    int64_t vex;
    int64_t chex;
    int64_t charm_to_close;
    int64_t trade_flow;
    double max_pain;
    double gross_share;
    uint8_t is_monthly;
    uint8_t reserved_153[3];
    uint32_t stale;
    int64_t model_net_gex[6];
} df_expiry_row;

DF_STATIC_ASSERT(sizeof(df_expiry_row) == 208, "df_expiry_row has another size");
DF_STATIC_ASSERT(offsetof(df_expiry_row, root) == 0, "df_expiry_row.root lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, settlement_nanos) == 8, "df_expiry_row.settlement_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, expiry_date) == 16, "df_expiry_row.expiry_date lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, settlement) == 20, "df_expiry_row.settlement lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, forward_source) == 21, "df_expiry_row.forward_source lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, status) == 22, "df_expiry_row.status lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, is_zero_dte) == 23, "df_expiry_row.is_zero_dte lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, forward) == 24, "df_expiry_row.forward lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, discount) == 32, "df_expiry_row.discount lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, net_gex) == 40, "df_expiry_row.net_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, gross_gex) == 48, "df_expiry_row.gross_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, open_interest) == 56, "df_expiry_row.open_interest lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, dex) == 64, "df_expiry_row.dex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, nodes) == 72, "df_expiry_row.nodes lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, interpolated) == 76, "df_expiry_row.interpolated lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, good) == 80, "df_expiry_row.good lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, held) == 84, "df_expiry_row.held lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, call_gex) == 88, "df_expiry_row.call_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, put_gex) == 96, "df_expiry_row.put_gex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, vex) == 104, "df_expiry_row.vex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, chex) == 112, "df_expiry_row.chex lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, charm_to_close) == 120, "df_expiry_row.charm_to_close lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, trade_flow) == 128, "df_expiry_row.trade_flow lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, max_pain) == 136, "df_expiry_row.max_pain lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, gross_share) == 144, "df_expiry_row.gross_share lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, is_monthly) == 152, "df_expiry_row.is_monthly lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, stale) == 156, "df_expiry_row.stale lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_expiry_row, model_net_gex) == 160, "df_expiry_row.model_net_gex lies elsewhere");

typedef struct df_ledger {
    uint64_t in;
    uint64_t applied;
    uint64_t conflated;
    uint64_t dropped;
    uint64_t queued;
    uint64_t best_quotes;
    uint64_t other_quotes;
    uint64_t trades;
    uint64_t spots;
    uint64_t open_interests;
    uint64_t time_regressions;
    uint64_t definitions;
    uint64_t notices;
    uint64_t cancels;
    uint64_t pending;
    uint64_t suspect_times;
    uint64_t rejected[16];
} df_ledger;

DF_STATIC_ASSERT(sizeof(df_ledger) == 256, "df_ledger has another size");
DF_STATIC_ASSERT(offsetof(df_ledger, in) == 0, "df_ledger.in lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, applied) == 8, "df_ledger.applied lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, conflated) == 16, "df_ledger.conflated lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, dropped) == 24, "df_ledger.dropped lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, queued) == 32, "df_ledger.queued lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, best_quotes) == 40, "df_ledger.best_quotes lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, other_quotes) == 48, "df_ledger.other_quotes lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, trades) == 56, "df_ledger.trades lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, spots) == 64, "df_ledger.spots lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, open_interests) == 72, "df_ledger.open_interests lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, time_regressions) == 80, "df_ledger.time_regressions lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, definitions) == 88, "df_ledger.definitions lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, notices) == 96, "df_ledger.notices lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, cancels) == 104, "df_ledger.cancels lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, pending) == 112, "df_ledger.pending lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, suspect_times) == 120, "df_ledger.suspect_times lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ledger, rejected) == 128, "df_ledger.rejected lies elsewhere");

typedef struct df_ingest_section {
    uint64_t received;
    uint64_t duplicates;
    uint64_t late;
    uint64_t refused;
    uint64_t passed_over;
    uint64_t lost;
    uint32_t ring_high_water;
    uint32_t ring_capacity;
    uint8_t overload; /* df_overload_state */
    uint8_t reserved_57[7];
} df_ingest_section;

DF_STATIC_ASSERT(sizeof(df_ingest_section) == 64, "df_ingest_section has another size");
DF_STATIC_ASSERT(offsetof(df_ingest_section, received) == 0, "df_ingest_section.received lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ingest_section, duplicates) == 8, "df_ingest_section.duplicates lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ingest_section, late) == 16, "df_ingest_section.late lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ingest_section, refused) == 24, "df_ingest_section.refused lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ingest_section, passed_over) == 32, "df_ingest_section.passed_over lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ingest_section, lost) == 40, "df_ingest_section.lost lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ingest_section, ring_high_water) == 48, "df_ingest_section.ring_high_water lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ingest_section, ring_capacity) == 52, "df_ingest_section.ring_capacity lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_ingest_section, overload) == 56, "df_ingest_section.overload lies elsewhere");

typedef struct df_latency_section {
    uint64_t messages;
    int64_t max_nanos;
    uint64_t counts[22];
} df_latency_section;

DF_STATIC_ASSERT(sizeof(df_latency_section) == 192, "df_latency_section has another size");
DF_STATIC_ASSERT(offsetof(df_latency_section, messages) == 0, "df_latency_section.messages lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_latency_section, max_nanos) == 8, "df_latency_section.max_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_latency_section, counts) == 16, "df_latency_section.counts lies elsewhere");

typedef struct df_runtime_section {
    uint64_t epoch;
    uint64_t publish_number;
    int64_t publish_monotonic_nanos;
    int64_t publish_utc_nanos;
    double ticks_per_second;
    uint64_t recorded_ticks;
    uint64_t unrecorded_ticks;
    uint8_t recording; /* df_recording_state */
    uint8_t reserved_57[7];
    df_ledger ledger;
    df_ingest_section ingest;
    df_latency_section latency;
} df_runtime_section;

DF_STATIC_ASSERT(sizeof(df_runtime_section) == 576, "df_runtime_section has another size");
DF_STATIC_ASSERT(offsetof(df_runtime_section, epoch) == 0, "df_runtime_section.epoch lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_runtime_section, publish_number) == 8, "df_runtime_section.publish_number lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_runtime_section, publish_monotonic_nanos) == 16, "df_runtime_section.publish_monotonic_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_runtime_section, publish_utc_nanos) == 24, "df_runtime_section.publish_utc_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_runtime_section, ticks_per_second) == 32, "df_runtime_section.ticks_per_second lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_runtime_section, recorded_ticks) == 40, "df_runtime_section.recorded_ticks lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_runtime_section, unrecorded_ticks) == 48, "df_runtime_section.unrecorded_ticks lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_runtime_section, recording) == 56, "df_runtime_section.recording lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_runtime_section, ledger) == 64, "df_runtime_section.ledger lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_runtime_section, ingest) == 320, "df_runtime_section.ingest lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_runtime_section, latency) == 384, "df_runtime_section.latency lies elsewhere");

typedef struct df_headline_section {
    uint64_t event_sequence;
    int64_t event_time_nanos;
    int64_t mark_time_nanos;
    double spot;
    char underlying[8];
    int64_t levels_mark_time_nanos;
    uint8_t model; /* df_position_model */
    uint8_t forward_mode; /* df_forward_mode */
    uint8_t spot_source; /* df_spot_source */
    uint8_t reserved_51[1];
    uint16_t quality; /* df_quality_flags */
    uint8_t reserved_54[2];
    int64_t zero_gamma_age_nanos;
    df_bucket_section buckets[3];
    uint8_t reserved_1720[8];
} df_headline_section;

DF_STATIC_ASSERT(sizeof(df_headline_section) == 1728, "df_headline_section has another size");
DF_STATIC_ASSERT(offsetof(df_headline_section, event_sequence) == 0, "df_headline_section.event_sequence lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, event_time_nanos) == 8, "df_headline_section.event_time_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, mark_time_nanos) == 16, "df_headline_section.mark_time_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, spot) == 24, "df_headline_section.spot lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, underlying) == 32, "df_headline_section.underlying lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, levels_mark_time_nanos) == 40, "df_headline_section.levels_mark_time_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, model) == 48, "df_headline_section.model lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, forward_mode) == 49, "df_headline_section.forward_mode lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, spot_source) == 50, "df_headline_section.spot_source lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, quality) == 52, "df_headline_section.quality lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, zero_gamma_age_nanos) == 56, "df_headline_section.zero_gamma_age_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_headline_section, buckets) == 64, "df_headline_section.buckets lies elsewhere");

typedef struct df_level_change {
    uint64_t event_sequence;
    int64_t event_time_nanos;
    double before;
    double after;
    double spot_before;
    double spot;
    uint64_t snapshot_number;
    uint64_t epoch;
    uint8_t kind; /* df_level_change_kind */
    uint8_t bucket; /* df_exposure_bucket */
    uint8_t model; /* df_position_model */
    uint8_t has_before;
    uint8_t has_after;
    uint8_t reserved_69[3];
    uint64_t number;
} df_level_change;

DF_STATIC_ASSERT(sizeof(df_level_change) == 80, "df_level_change has another size");
DF_STATIC_ASSERT(offsetof(df_level_change, event_sequence) == 0, "df_level_change.event_sequence lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, event_time_nanos) == 8, "df_level_change.event_time_nanos lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, before) == 16, "df_level_change.before lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, after) == 24, "df_level_change.after lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, spot_before) == 32, "df_level_change.spot_before lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, spot) == 40, "df_level_change.spot lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, snapshot_number) == 48, "df_level_change.snapshot_number lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, epoch) == 56, "df_level_change.epoch lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, kind) == 64, "df_level_change.kind lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, bucket) == 65, "df_level_change.bucket lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, model) == 66, "df_level_change.model lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, has_before) == 67, "df_level_change.has_before lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, has_after) == 68, "df_level_change.has_after lies elsewhere");
DF_STATIC_ASSERT(offsetof(df_level_change, number) == 72, "df_level_change.number lies elsewhere");

#endif
