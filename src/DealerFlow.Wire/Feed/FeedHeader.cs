using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// First page of a feed file. Readers map it read-only; the one writer changes it in place. Words that change while readers
/// look are 64 bits wide, and those that change at different times lie 128 bytes apart.
/// </summary>
/// <remarks>
/// <code>
/// offset  field                          written
///    0    Magic (u64)                    at creation, before the file has its name
///    8    EndianMark (u64)               |
///   16    Version (u64)                  |
///   24    LayoutHash (u64)               |
///   32    FileSize (u64)                 |
///   40    HeaderSize (u64)               |
///   48    SlotCount (u64)                |
///   56    SlotSize (u64)                 |
///   64    StrikeCapacity (u64)           |
///   72    ExpiryCapacity (u64)           |
///   80    HeartbeatLimitNanos (i64)      |
///   88    HeadlineOffset (u64)           |
///   96    HeadlineSlotCount (u32)        |
///  100    HeadlineSlotSize (u32)         |
///  104    ChangeOffset (u64)             |
///  112    ChangeSlotCount (u32)          |
///  116    ChangeSlotSize (u32)           |
///  120    ConstantsCrc32 (u32)           |
///  128    Epoch (u64)                    when a writer takes the feed
///  136    WriterPid (i64)                |
///  144    WriterStartUtcNanos (i64)      |
///  152    WriterBootIdHigh (u64)         |
///  160    WriterBootIdLow (u64)          |
///  256    State (u64)                    on change
///  384    HeartbeatNanos (i64)           with every heartbeat and publication, after the three below
///  392    ProgressNanos (i64)            |
///  400    EventSequence (u64)            |
///  408    EventTimeNanos (i64)           |
///  512    Published (u64)                last step of a publication
///  640    HeadlinePublished (u64)        last step of a headline
///  768    ChangePublished (u64)          last step of a notice
/// 4096    first slot
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct FeedHeader
{
    /// <summary>Size of the header: one page, so that slots start on a page.</summary>
    public const int SizeInBytes = 4096;

    /// <summary>The bytes that never change after creation: offsets 0 to 127.</summary>
    public const int ConstantBytes = 128;

    /// <summary>The bytes that <see cref="ConstantsCrc32"/> covers: those before it.</summary>
    public const int CheckedConstantBytes = 120;

    /// <summary><see cref="FeedLayout.Magic"/>: the characters DFLWFEED.</summary>
    [FieldOffset(0)] public ulong Magic;

    /// <summary><see cref="FeedLayout.EndianMark"/> in the byte order of the writer; all readers ask for little-endian.</summary>
    [FieldOffset(8)] public ulong EndianMark;

    /// <summary><see cref="FeedLayout.Version"/>.</summary>
    [FieldOffset(16)] public ulong Version;

    /// <summary><see cref="FeedLayout.Hash"/>: every field of every struct in the file, hashed.</summary>
    [FieldOffset(24)] public ulong LayoutHash;

    /// <summary>Bytes of the file: header and all slots.</summary>
    [FieldOffset(32)] public ulong FileSize;

    /// <summary>Offset of the first slot, bytes.</summary>
    [FieldOffset(40)] public ulong HeaderSize;

    /// <summary>Slots, 4 or more. Snapshot n lies in slot n % SlotCount.</summary>
    [FieldOffset(48)] public ulong SlotCount;

    /// <summary>Bytes from one slot to the next, a multiple of 128.</summary>
    [FieldOffset(56)] public ulong SlotSize;

    /// <summary>Strike rows that a slot has room for.</summary>
    [FieldOffset(64)] public ulong StrikeCapacity;

    /// <summary>Expiry rows that a slot has room for.</summary>
    [FieldOffset(72)] public ulong ExpiryCapacity;

    /// <summary>Age of the heartbeat, ns, beyond which the feed is not alive; also how long without an event is called idle.</summary>
    [FieldOffset(80)] public long HeartbeatLimitNanos;

    /// <summary>Offset of the first headline slot, bytes.</summary>
    [FieldOffset(88)] public ulong HeadlineOffset;

    /// <summary>Headline slots. Headline n lies in slot n % HeadlineSlotCount.</summary>
    [FieldOffset(96)] public uint HeadlineSlotCount;

    /// <summary>Bytes from one headline slot to the next, a multiple of 128.</summary>
    [FieldOffset(100)] public uint HeadlineSlotSize;

    /// <summary>Offset of the first slot of the change stream, bytes.</summary>
    [FieldOffset(104)] public ulong ChangeOffset;

    /// <summary>Slots of the change stream. Notice n lies in slot n % ChangeSlotCount.</summary>
    [FieldOffset(112)] public uint ChangeSlotCount;

    /// <summary>Bytes from one notice to the next, a multiple of 128.</summary>
    [FieldOffset(116)] public uint ChangeSlotSize;

    /// <summary>CRC-32 (zlib polynomial) of the 120 bytes before it.</summary>
    [FieldOffset(120)] public uint ConstantsCrc32;

    /// <summary>Rises by one each time a writer takes the feed; the first is 1.</summary>
    [FieldOffset(128)] public ulong Epoch;

    /// <summary>Process id of the writer in its own pid namespace. Information only: the kernel lock decides.</summary>
    [FieldOffset(136)] public long WriterPid;

    /// <summary>UTC when the writer took the feed. For display only.</summary>
    [FieldOffset(144)] public long WriterStartUtcNanos;

    /// <summary>First half of the kernel's boot id, as its text reads; 0 = unknown.</summary>
    [FieldOffset(152)] public ulong WriterBootIdHigh;

    /// <summary>Second half of the boot id.</summary>
    [FieldOffset(160)] public ulong WriterBootIdLow;

    /// <summary>A <see cref="FeedWriterState"/>.</summary>
    [FieldOffset(256)] public ulong State;

    /// <summary>CLOCK_MONOTONIC of the writer's last sign of life.</summary>
    [FieldOffset(384)] public long HeartbeatNanos;

    /// <summary>CLOCK_MONOTONIC when <see cref="EventSequence"/> last changed.</summary>
    [FieldOffset(392)] public long ProgressNanos;

    /// <summary>Sequence of the last event that the pipeline took in.</summary>
    [FieldOffset(400)] public ulong EventSequence;

    /// <summary>Event time of that event, UTC nanoseconds since the Unix epoch.</summary>
    [FieldOffset(408)] public long EventTimeNanos;

    /// <summary>Number of the last whole snapshot; 0 = none in this file yet.</summary>
    [FieldOffset(512)] public ulong Published;

    /// <summary>Number of the last whole headline; 0 = none in this file yet. Counts for itself.</summary>
    [FieldOffset(640)] public ulong HeadlinePublished;

    /// <summary>Number of the last whole notice of the change stream; 0 = none in this file yet. Counts for itself.</summary>
    [FieldOffset(768)] public ulong ChangePublished;
}

/// <summary>What the writer says of itself in <see cref="FeedHeader.State"/>.</summary>
public enum FeedWriterState : ulong
{
    /// <summary>Never written: the file was damaged.</summary>
    None = 0,

    /// <summary>A writer has the feed and has not published yet; a snapshot of an earlier epoch may be there.</summary>
    Recovering = 1,

    /// <summary>The writer has published in this epoch.</summary>
    Live = 2,

    /// <summary>The writer ended in good order. The last snapshot stays.</summary>
    Closed = 3,

    /// <summary>Another file has taken this one's name: open it again by name.</summary>
    Superseded = 4,
}
