using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>The last bytes of a tape that was completed. A tape without it was cut off; its blocks are readable all the same.</summary>
/// <remarks>
/// <code>
/// offset  field
///  0      FileId (u64)
///  8      IndexOffset (i64)      where the index block begins
/// 16      TickCount (i64)
/// 24      EarliestNanos (i64)    smallest event time; 0 without ticks
/// 32      LatestNanos (i64)      largest event time; 0 without ticks
/// 40      BlockCount (u32)       of all kinds, the index included
/// 44      IndexStride (u32)      tick blocks per index entry
/// 48      Reserved (u32)         0
/// 52      Crc (u32)              CRC-32 of bytes 0 … 51
/// 56      Magic (u64)            "DFTAPEND"
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct TapeFooter
{
    /// <summary>Size of the record.</summary>
    public const int SizeInBytes = 64;

    /// <summary>Bytes that <see cref="Crc"/> covers.</summary>
    public const int CheckedBytes = 52;

    /// <summary>"DFTAPEND", first character in the lowest byte.</summary>
    public const ulong ExpectedMagic = 0x444E_4550_4154_4644;

    /// <summary>The tape's identity.</summary>
    [FieldOffset(0)] public ulong FileId;

    /// <summary>Byte of the file at which the index block begins.</summary>
    [FieldOffset(8)] public long IndexOffset;

    /// <summary>Ticks on the tape.</summary>
    [FieldOffset(16)] public long TickCount;

    /// <summary>Smallest event time on the tape.</summary>
    [FieldOffset(24)] public long EarliestNanos;

    /// <summary>Largest event time on the tape.</summary>
    [FieldOffset(32)] public long LatestNanos;

    /// <summary>Blocks of all kinds.</summary>
    [FieldOffset(40)] public uint BlockCount;

    /// <summary>Tick blocks that share an index entry: a power of two.</summary>
    [FieldOffset(44)] public uint IndexStride;

    /// <summary>0.</summary>
    [FieldOffset(48)] public uint Reserved;

    /// <summary>CRC-32 of the <see cref="CheckedBytes"/> before it.</summary>
    [FieldOffset(52)] public uint Crc;

    /// <summary><see cref="ExpectedMagic"/>.</summary>
    [FieldOffset(56)] public ulong Magic;
}
