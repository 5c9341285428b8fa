using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>The head of one block of a tape; <see cref="StoredBytes"/> bytes follow, then the next block or the footer.</summary>
/// <remarks>
/// <code>
/// offset  field
///  0      Marker (u32)               "DFBK"; together with FileId it is the mark to resynchronise at
///  4      BlockNumber (u32)          0, 1, 2, … without gaps over all kinds
///  8      FileId (u64)               of the file header: a block of another tape is noticed
/// 16      FirstTick (i64)            ticks in the blocks before this one
/// 24      EarliestNanos (i64)        smallest event time of the block's ticks; 0 without ticks
/// 32      LatestNanos (i64)          largest event time of the block's ticks; 0 without ticks
/// 40      Kind (u8)                  1 metadata, 2 definitions, 3 ticks, 4 index
/// 41      Compression (u8)           0 none, 1 LZ4 (raw block)
/// 42      TickKinds (u16)            bit k: a tick of kind k is among them, bit 15: one of a kind beyond 14; 0 without ticks
/// 44      Count (u32)                pairs, definitions, ticks or index entries
/// 48      StoredBytes (u32)          bytes that follow this header
/// 52      PayloadBytes (u32)         bytes after decompression
/// 56      PreviousCrc (u32)          StoredCrc of the block before; 0 in block 0
/// 60      PayloadCrc (u32)           CRC-32 of the payload after decompression
/// 64      Reserved2 (u32)            0
/// 68      StoredCrc (u32)            CRC-32 of bytes 0 … 67 and of the stored bytes
/// </code>
/// A header of 72 zero bytes is the end of what was written, not damage: some file systems commit a size before its data.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct TapeBlockHeader
{
    /// <summary>Size of the record.</summary>
    public const int SizeInBytes = 72;

    /// <summary>Bytes of the header that <see cref="StoredCrc"/> covers, before the stored bytes.</summary>
    public const int CheckedBytes = 68;

    /// <summary>"DFBK", first character in the lowest byte.</summary>
    public const uint ExpectedMarker = 0x4B42_4644;

    /// <summary><see cref="ExpectedMarker"/>.</summary>
    [FieldOffset(0)] public uint Marker;

    /// <summary>Position among the blocks: a swapped, missing or repeated block is noticed.</summary>
    [FieldOffset(4)] public uint BlockNumber;

    /// <summary>The tape's identity.</summary>
    [FieldOffset(8)] public ulong FileId;

    /// <summary>Ticks in the blocks before this one.</summary>
    [FieldOffset(16)] public long FirstTick;

    /// <summary>Smallest event time among the ticks, UTC nanoseconds since the Unix epoch.</summary>
    [FieldOffset(24)] public long EarliestNanos;

    /// <summary>Largest event time among the ticks, UTC nanoseconds since the Unix epoch.</summary>
    [FieldOffset(32)] public long LatestNanos;

    /// <summary>What the payload holds.</summary>
    [FieldOffset(40)] public TapeBlockKind Kind;

    /// <summary>How the payload is stored.</summary>
    [FieldOffset(41)] public TapeCompression Compression;

    /// <summary>Which kinds the ticks have, a bit for each: <see cref="Wire.TickKinds"/>.</summary>
    [FieldOffset(42)] public ushort TickKinds;

    /// <summary>Records in the payload.</summary>
    [FieldOffset(44)] public uint Count;

    /// <summary>Bytes that follow this header in the file.</summary>
    [FieldOffset(48)] public uint StoredBytes;

    /// <summary>Bytes of the payload after decompression; equals <see cref="StoredBytes"/> without compression.</summary>
    [FieldOffset(52)] public uint PayloadBytes;

    /// <summary><see cref="StoredCrc"/> of the block before: chains the blocks, so that a block of an older tape of the same id is noticed.</summary>
    [FieldOffset(56)] public uint PreviousCrc;

    /// <summary>CRC-32 of the payload after decompression.</summary>
    [FieldOffset(60)] public uint PayloadCrc;

    /// <summary>0.</summary>
    [FieldOffset(64)] public uint Reserved2;

    /// <summary>CRC-32 of the <see cref="CheckedBytes"/> before it, then of the stored bytes.</summary>
    [FieldOffset(68)] public uint StoredCrc;
}

/// <summary>What a tape block holds.</summary>
public enum TapeBlockKind : byte
{
    /// <summary>Never written.</summary>
    None = 0,

    /// <summary>Text pairs: block 0 of every tape.</summary>
    Metadata = 1,

    /// <summary><see cref="InstrumentDefinition"/> records.</summary>
    Definitions = 2,

    /// <summary>Ticks, see <see cref="TickBlockHead"/>.</summary>
    Ticks = 3,

    /// <summary><see cref="TapeIndexEntry"/> records: the last block.</summary>
    Index = 4,
}

/// <summary>How a tape block is stored.</summary>
public enum TapeCompression : byte
{
    /// <summary>As it is.</summary>
    None = 0,

    /// <summary>One LZ4 block; written only where it saves at least 15 %.</summary>
    Lz4 = 1,
}
