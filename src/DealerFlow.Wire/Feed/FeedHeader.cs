using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// First page of a feed file; the directory, an array of <see cref="FeedEntry"/>, follows it. What the words say goes for all underlyings of the
/// file. Words that change while readers look are 64 bits wide.
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
///   48    EntrySize (u64)                |
///   56    EntryCount (u64)               |
///   64    HeartbeatLimitNanos (i64)      |
///  120    ConstantsCrc32 (u32)           |
///  128    Epoch (u64)                    when a writer takes the feed
///  136    WriterPid (i64)                |
///  144    WriterStartUtcNanos (i64)      |
///  152    WriterBootIdHigh (u64)         |
///  160    WriterBootIdLow (u64)          |
///  256    State (u64)                    on change
/// 4096    first entry of the directory
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct FeedHeader
{
    /// <summary>Size of the header: one page.</summary>
    public const int SizeInBytes = 4096;

    /// <summary>The bytes that never change after creation: offsets 0 to 127.</summary>
    public const int ConstantBytes = 128;

    /// <summary>The bytes that <see cref="ConstantsCrc32"/> covers: those before it.</summary>
    public const int CheckedConstantBytes = 120;

    /// <summary>Most entries of a directory.</summary>
    public const int MaxEntries = 65_536;

    /// <summary><see cref="FeedLayout.Magic"/>: the characters DFLWFEED.</summary>
    [FieldOffset(0)] public ulong Magic;

    /// <summary><see cref="FeedLayout.EndianMark"/> in the byte order of the writer; all readers ask for little-endian.</summary>
    [FieldOffset(8)] public ulong EndianMark;

    /// <summary><see cref="FeedLayout.Version"/>.</summary>
    [FieldOffset(16)] public ulong Version;

    /// <summary><see cref="FeedLayout.Hash"/>: every field of every struct in the file, hashed.</summary>
    [FieldOffset(24)] public ulong LayoutHash;

    /// <summary>Bytes of the file: header, directory and all regions.</summary>
    [FieldOffset(32)] public ulong FileSize;

    /// <summary>Offset of the directory, bytes.</summary>
    [FieldOffset(40)] public ulong HeaderSize;

    /// <summary>Bytes from one entry of the directory to the next.</summary>
    [FieldOffset(48)] public ulong EntrySize;

    /// <summary>Entries of the directory.</summary>
    [FieldOffset(56)] public ulong EntryCount;

    /// <summary>Age of an entry's heartbeat, ns, beyond which it is not alive; also how long without an event is called idle.</summary>
    [FieldOffset(64)] public long HeartbeatLimitNanos;

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

    /// <summary>Offset of an entry of the directory.</summary>
    public static long EntryOffset(int index) => SizeInBytes + ((long)index * FeedEntry.SizeInBytes);

    /// <summary>Offset behind a directory of so many entries: that of the first region.</summary>
    public static long RegionsOffset(int entries) =>
        (EntryOffset(entries) + FeedGeometry.RegionAlignment - 1) / FeedGeometry.RegionAlignment * FeedGeometry.RegionAlignment;
}

/// <summary>What the writer says of the file in <see cref="FeedHeader.State"/>.</summary>
public enum FeedWriterState : ulong
{
    /// <summary>Never written: the file was damaged.</summary>
    None = 0,

    /// <summary>A writer has the feed; how far it is with an underlying, the entry says.</summary>
    Open = 1,

    /// <summary>The writer ended in good order. The last snapshots stay.</summary>
    Closed = 2,

    /// <summary>Another file has taken this one's name: open it again by name.</summary>
    Superseded = 3,
}
