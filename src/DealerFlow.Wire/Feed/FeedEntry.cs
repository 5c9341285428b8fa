using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// One entry of a feed's directory: where an underlying's region lies and what is in it, and the words that the one thread that calculates the
/// underlying changes. Those that change at different times lie 128 bytes apart.
/// </summary>
/// <remarks>
/// <code>
/// offset  field                          written
///    0    Symbol (char[8])               at creation, before the file has its name
///    8    Index (u32)                    |
///   12    Kind (u8)                      |
///   16    RegionOffset (u64)             |
///   24    RegionSize (u64)               |
///   32    SlotCount (u64)                |
///   40    SlotSize (u64)                 |
///   48    StrikeCapacity (u64)           |
///   56    ExpiryCapacity (u64)           |
///   64    HeadlineOffset (u64)           |
///   72    HeadlineSlotCount (u32)        |
///   76    HeadlineSlotSize (u32)         |
///   80    ChangeOffset (u64)             |
///   88    ChangeSlotCount (u32)          |
///   92    ChangeSlotSize (u32)           |
///  120    ConstantsCrc32 (u32)           |
///  128    HeartbeatNanos (i64)           with every heartbeat and publication, after the three below
///  136    ProgressNanos (i64)            |
///  144    EventSequence (u64)            |
///  152    EventTimeNanos (i64)           |
///  256    Published (u64)                last step of a publication
///  264    PublishedEpoch (u64)           after the first publication of an epoch
///  272    ChangePublished (u64)          last step of a notice
///  384    HeadlinePublished (u64)        last step of a headline
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct FeedEntry
{
    /// <summary>Size of an entry; a page holds whole ones.</summary>
    public const int SizeInBytes = 512;

    /// <summary>The bytes that never change after creation: offsets 0 to 127.</summary>
    public const int ConstantBytes = 128;

    /// <summary>The bytes that <see cref="ConstantsCrc32"/> covers: those before it.</summary>
    public const int CheckedConstantBytes = 120;

    /// <summary>What the entry is called; zeros where a feed of one underlying was made without a symbol.</summary>
    [FieldOffset(0)] public Ascii8 Symbol;

    /// <summary>Place of the entry in the directory, counted from 0.</summary>
    [FieldOffset(8)] public uint Index;

    /// <summary>Whether this is an underlying or several as one.</summary>
    [FieldOffset(12)] public FeedEntryKind Kind;

    /// <summary>Offset of the region in the file, a multiple of 4096: that of snapshot slot 0.</summary>
    [FieldOffset(16)] public ulong RegionOffset;

    /// <summary>Bytes of the region, a multiple of 4096.</summary>
    [FieldOffset(24)] public ulong RegionSize;

    /// <summary>Number of slots, N. Snapshot n lies in slot n % N.</summary>
    [FieldOffset(32)] public ulong SlotCount;

    /// <summary>Bytes from one slot to the next, a multiple of 128.</summary>
    [FieldOffset(40)] public ulong SlotSize;

    /// <summary>Strike rows that a slot has room for.</summary>
    [FieldOffset(48)] public ulong StrikeCapacity;

    /// <summary>Expiry rows that a slot has room for.</summary>
    [FieldOffset(56)] public ulong ExpiryCapacity;

    /// <summary>Offset of the first headline slot in the region, bytes.</summary>
    [FieldOffset(64)] public ulong HeadlineOffset;

    /// <summary>Headline slots. Headline n lies in slot n % HeadlineSlotCount.</summary>
    [FieldOffset(72)] public uint HeadlineSlotCount;

    /// <summary>Bytes from one headline slot to the next, a multiple of 128.</summary>
    [FieldOffset(76)] public uint HeadlineSlotSize;

    /// <summary>Offset of the first slot of the change stream in the region, bytes.</summary>
    [FieldOffset(80)] public ulong ChangeOffset;

    /// <summary>Slots of the change stream. Notice n lies in slot n % ChangeSlotCount.</summary>
    [FieldOffset(88)] public uint ChangeSlotCount;

    /// <summary>Bytes from one notice to the next, a multiple of 128.</summary>
    [FieldOffset(92)] public uint ChangeSlotSize;

    /// <summary>CRC-32 (zlib polynomial) of the 120 bytes before it.</summary>
    [FieldOffset(120)] public uint ConstantsCrc32;

    /// <summary>CLOCK_MONOTONIC of the last sign of life of whoever calculates this underlying.</summary>
    [FieldOffset(128)] public long HeartbeatNanos;

    /// <summary>CLOCK_MONOTONIC when <see cref="EventSequence"/> last changed.</summary>
    [FieldOffset(136)] public long ProgressNanos;

    /// <summary>Sequence of the last event that the pipeline took in.</summary>
    [FieldOffset(144)] public ulong EventSequence;

    /// <summary>Event time of that event, UTC nanoseconds since the Unix epoch.</summary>
    [FieldOffset(152)] public long EventTimeNanos;

    /// <summary>Number of the last whole snapshot; 0 = none in this file yet.</summary>
    [FieldOffset(256)] public ulong Published;

    /// <summary>Epoch in which a snapshot was last published; while it is not that of the header, the underlying is recovering.</summary>
    [FieldOffset(264)] public ulong PublishedEpoch;

    /// <summary>Number of the last whole notice of the change stream; 0 = none in this file yet. Counts for itself.</summary>
    [FieldOffset(272)] public ulong ChangePublished;

    /// <summary>
    /// Number of the last snapshot in the file that this one replaced, written before it got its name: whoever comes after a writer that died before its
    /// first snapshot goes on from there.
    /// </summary>
    [FieldOffset(280)] public ulong PublishedBefore;

    /// <summary>Number of the last whole headline; 0 = none in this file yet. Counts for itself.</summary>
    [FieldOffset(384)] public ulong HeadlinePublished;
}

/// <summary>What an entry of a directory is.</summary>
public enum FeedEntryKind : byte
{
    /// <summary>Never written: the file was damaged.</summary>
    None = 0,

    /// <summary>An underlying.</summary>
    Underlying = 1,

    /// <summary>Several underlyings as one, in USD of the first.</summary>
    Combined = 2,
}
