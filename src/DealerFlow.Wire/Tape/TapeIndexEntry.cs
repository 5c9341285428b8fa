using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// One entry of the index: where a run of <see cref="TapeFooter.IndexStride"/> tick blocks begins and which event times it holds.
/// </summary>
/// <remarks>
/// <code>
/// offset  field
///  0      Offset (i64)          of the first block's header in the file
///  8      FirstTick (i64)       ticks before it
/// 16      EarliestNanos (i64)   over the run
/// 24      LatestNanos (i64)     over the run
/// 32      BlockNumber (u32)     of the first block
/// 36      StoredCrc (u32)       of the first block
/// 40      TickKinds (u16)       over the run, as in the block header
/// 42      Reserved (6 bytes)    0
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct TapeIndexEntry
{
    /// <summary>Size of the record.</summary>
    public const int SizeInBytes = 48;

    /// <summary>Entries of an index at most; a longer tape has a coarser index.</summary>
    public const int Capacity = 16_384;

    /// <summary>Byte of the file at which the first block of the run begins.</summary>
    [FieldOffset(0)] public long Offset;

    /// <summary>Ticks in the blocks before the run.</summary>
    [FieldOffset(8)] public long FirstTick;

    /// <summary>Smallest event time in the run.</summary>
    [FieldOffset(16)] public long EarliestNanos;

    /// <summary>Largest event time in the run.</summary>
    [FieldOffset(24)] public long LatestNanos;

    /// <summary>Number of the first block of the run.</summary>
    [FieldOffset(32)] public uint BlockNumber;

    /// <summary><see cref="TapeBlockHeader.StoredCrc"/> of that block.</summary>
    [FieldOffset(36)] public uint StoredCrc;

    /// <summary>Which kinds of ticks the run holds.</summary>
    [FieldOffset(40)] public ushort TickKinds;
}
