namespace DealerFlow.Wire;

/// <summary>What a reader compares before it looks at anything else in a feed file.</summary>
public static class FeedLayout
{
    /// <summary>The characters DFLWFEED, read as a little-endian word.</summary>
    public const ulong Magic = 0x4445_4546_574C_4644;

    /// <summary>Reads 0807060504030201 when writer and reader disagree on the byte order.</summary>
    public const ulong EndianMark = 0x0102_0304_0506_0708;

    /// <summary>Version of the protocol: what the words mean, in which order they are written.</summary>
    public const ulong Version = 2;

    /// <summary>
    /// Every struct of a feed file, <c>name size</c>, and every field, <c>offset type name</c>. A test compares it with the
    /// structs; a changed line changes <see cref="Hash"/>, and old readers refuse new files by themselves.
    /// </summary>
    public const string Text =
        """
        FeedHeader 4096
        0 u64 Magic
        8 u64 EndianMark
        16 u64 Version
        24 u64 LayoutHash
        32 u64 FileSize
        40 u64 HeaderSize
        48 u64 EntrySize
        56 u64 EntryCount
        64 i64 HeartbeatLimitNanos
        120 u32 ConstantsCrc32
        128 u64 Epoch
        136 i64 WriterPid
        144 i64 WriterStartUtcNanos
        152 u64 WriterBootIdHigh
        160 u64 WriterBootIdLow
        256 u64 State
        FeedEntry 512
        0 char[8] Symbol
        8 u32 Index
        12 u8 Kind
        16 u64 RegionOffset
        24 u64 RegionSize
        32 u64 SlotCount
        40 u64 SlotSize
        48 u64 StrikeCapacity
        56 u64 ExpiryCapacity
        64 u64 HeadlineOffset
        72 u32 HeadlineSlotCount
        76 u32 HeadlineSlotSize
        80 u64 ChangeOffset
        88 u32 ChangeSlotCount
        92 u32 ChangeSlotSize
        120 u32 ConstantsCrc32
        128 i64 HeartbeatNanos
        136 i64 ProgressNanos
        144 u64 EventSequence
        152 i64 EventTimeNanos
        256 u64 Published
        264 u64 PublishedEpoch
        272 u64 ChangePublished
        280 u64 PublishedBefore
        384 u64 HeadlinePublished
        SlotHeader 128
        0 u64 Version
        8 u64 MarketBytes
        16 u64 PayloadCrc32
        MarketSection 28184
        0 u64 EventSequence
        8 i64 EventTimeNanos
        16 i64 MarkTimeNanos
        24 f64 Spot
        32 char[8] Underlying
        40 i64 AdjustedOpenInterest
        48 i64 UnpricedOpenInterest
        56 u32 Nodes
        60 u32 Interpolated
        64 u32 Held
        68 u32 StrikeCount
        72 u32 ExpiryCount
        76 u8 Model
        77 u8 ForwardMode
        78 u8 SpotSource
        80 i64 ZeroDteAmOpenInterest
        88 i64 ZeroDteAmNetGex
        96 u64 NonFiniteContributions
        104 f64 LiquidityUsd
        112 u32 Stale
        116 u32 OpenInterestRevisions
        120 i32 OpenInterestDate
        124 i32 SessionDate
        128 i64 SpotAgeNanos
        136 f64 Stickiness
        144 u16 CalendarVersion
        146 u16 Quality
        148 u16 RootCount
        152 u64 CalendarOverrides
        160 i64 ZeroGammaAgeNanos
        168 u32 Members
        172 u32 LateDefinitions
        192 TradeFlowSection Trades
        320 RootRow[8] Roots
        1344 BandTable ModelBands
        2136 ModelSection[6] Models
        13080 OutlookSection Outlook
        21824 ProfileSection Profile
        TradeFlowSection 128
        0 i64[4] Flow
        32 i64[4] Traded
        64 i64[4] Unclassified
        96 i64[4] Unpriced
        RootRow 128
        0 char[8] Root
        8 i64 NetGex
        16 i64 CallGex
        24 i64 PutGex
        32 i64 GrossGex
        40 i64 Dex
        48 i64 Vex
        56 i64 Chex
        64 i64 CharmToClose
        72 i64 TradeFlow
        80 i64[6] ModelNetGex
        BandTable 792
        0 BandRow[33] Rows
        BandRow 24
        0 f64 Low
        8 f64 High
        16 u32 Present
        20 u32 Missing
        ModelSection 1824
        0 BucketSection[3] Buckets
        1656 PinSection Pin
        1696 RollOffRow[3] RollOffs
        1816 u8 Status
        BucketSection 552
        0 i64 NetGex
        8 i64 CallGex
        16 i64 PutGex
        24 i64 GrossGex
        32 i64 Dex
        40 i64 Vex
        48 i64 Chex
        56 i64 OpenInterest
        64 f64 SqueezeGain
        72 i64 CharmToClose
        80 u8 Regime
        96 ZeroGammaSection ZeroGamma
        232 LevelRow[8] Levels
        ZeroGammaSection 136
        0 f64 Value
        8 f64 Slope
        16 f64 Conditioning
        24 u8 Status
        25 i8 Sign
        28 i32 RootCount
        32 f64 PerStickiness
        40 f64[12] Roots
        LevelRow 40
        0 f64 Strike
        8 i64 Size
        16 f64 RunnerUp
        24 f64 Margin
        32 u8 Present
        33 u8 HasRunnerUp
        PinSection 40
        0 f64 Strike
        8 f64 Share
        16 f64 Probability
        24 i64 SettlementNanos
        32 u8 Present
        RollOffRow 40
        0 i64 SettlementNanos
        8 i64 Gex
        16 i64 Dex
        24 f64 GrossShare
        32 i32 ExpiryDate
        36 u8 Present
        OutlookSection 8744
        0 i64 MarkTimeNanos
        8 f64 Spot
        16 u64 EventSequence
        24 i64 CloseNanos
        32 ModelFlows[6] Flows
        7952 BandTable QuoteBands
        ModelFlows 1320
        0 FlowRow[33] Rows
        FlowRow 40
        0 i64 Flow
        8 i64 Gamma
        16 i64 Vanna
        24 i64 Charm
        32 i64 Residual
        ProfileSection 6360
        0 i64 MarkTimeNanos
        8 f64 Spot
        16 ProfileRow[61] Rows
        ProfileRow 104
        0 f64 Spot
        8 f64[6] ZeroDte
        56 f64[6] ExZeroDte
        StrikeRow 144
        0 f64 Strike
        8 i64 CallGex
        16 i64 PutGex
        24 i64 ZeroDteCallGex
        32 i64 ZeroDtePutGex
        40 i64 CallOpenInterest
        48 i64 PutOpenInterest
        56 i64 Dex
        64 i64 Vex
        72 i64 Chex
        80 i64 CharmToClose
        88 i64 TradeFlow
        96 i64[6] ModelNetGex
        ExpiryRow 208
        0 char[8] Root
        8 i64 SettlementNanos
        16 i32 ExpiryDate
        20 u8 Settlement
        21 u8 ForwardSource
        22 u8 Status
        23 u8 IsZeroDte
        24 f64 Forward
        32 f64 Discount
        40 i64 NetGex
        48 i64 GrossGex
        56 i64 OpenInterest
        64 i64 Dex
        72 u32 Nodes
        76 u32 Interpolated
        80 u32 Good
        84 u32 Held
        88 i64 CallGex
        96 i64 PutGex
        104 i64 Vex
        112 i64 Chex
        120 i64 CharmToClose
        128 i64 TradeFlow
        136 f64 MaxPain
        144 f64 GrossShare
        152 u8 IsMonthly
        156 u32 Stale
        160 i64[6] ModelNetGex
        RuntimeSection 576
        0 u64 Epoch
        8 u64 PublishNumber
        16 i64 PublishMonotonicNanos
        24 i64 PublishUtcNanos
        32 f64 TicksPerSecond
        40 u64 RecordedTicks
        48 u64 UnrecordedTicks
        56 u8 Recording
        64 Ledger Ledger
        320 IngestSection Ingest
        384 LatencySection Latency
        Ledger 256
        0 u64 In
        8 u64 Applied
        16 u64 Conflated
        24 u64 Dropped
        32 u64 Queued
        40 u64 BestQuotes
        48 u64 OtherQuotes
        56 u64 Trades
        64 u64 Spots
        72 u64 OpenInterests
        80 u64 TimeRegressions
        88 u64 Definitions
        96 u64 Notices
        104 u64 Cancels
        112 u64 Pending
        120 u64 SuspectTimes
        128 u64[16] Rejected
        IngestSection 64
        0 u64 Received
        8 u64 Duplicates
        16 u64 Late
        24 u64 Refused
        32 u64 PassedOver
        40 u64 Lost
        48 u32 RingHighWater
        52 u32 RingCapacity
        56 u8 Overload
        LatencySection 192
        0 u64 Messages
        8 i64 MaxNanos
        16 u64[22] Counts
        HeadlineSection 1728
        0 u64 EventSequence
        8 i64 EventTimeNanos
        16 i64 MarkTimeNanos
        24 f64 Spot
        32 char[8] Underlying
        40 i64 LevelsMarkTimeNanos
        48 u8 Model
        49 u8 ForwardMode
        50 u8 SpotSource
        52 u16 Quality
        56 i64 ZeroGammaAgeNanos
        64 BucketSection[3] Buckets
        LevelChange 80
        0 u64 EventSequence
        8 i64 EventTimeNanos
        16 f64 Before
        24 f64 After
        32 f64 SpotBefore
        40 f64 Spot
        48 u64 SnapshotNumber
        56 u64 Epoch
        64 u8 Kind
        65 u8 Bucket
        66 u8 Model
        67 u8 HasBefore
        68 u8 HasAfter
        72 u64 Number
        """;

    /// <summary>FNV-1a, 64 bits, of <see cref="Text"/> in ASCII.</summary>
    public static ulong Hash { get; } = Fnv1a(Text);

    internal static ulong Fnv1a(string text)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (char c in text) hash = unchecked((hash ^ c) * 0x0000_0100_0000_01B3);
        return hash;
    }
}
