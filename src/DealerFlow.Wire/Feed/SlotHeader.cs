using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// Head of one slot, of a snapshot, a headline or a notice. The payload follows at offset 128: the market section or the headline section
/// (<see cref="MarketBytes"/> bytes), then one <see cref="RuntimeSection"/>; or one <see cref="LevelChange"/> alone.
/// </summary>
/// <remarks>
/// <code>
/// offset  field
///    0    Version (u64)       2n − 1 while snapshot n is being written, 2n when it is whole
///    8    MarketBytes (u64)
///   16    PayloadCrc32 (u64)
///  128    payload
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct SlotHeader
{
    /// <summary>Size of the head: the payload starts on a line of its own.</summary>
    public const int SizeInBytes = 128;

    /// <summary>Twice the number of the snapshot; one less while it is being written.</summary>
    [FieldOffset(0)] public ulong Version;

    /// <summary>Bytes of the market section, the headline section or the notice, a multiple of 8.</summary>
    [FieldOffset(8)] public ulong MarketBytes;

    /// <summary>CRC-32 (zlib polynomial) of the payload; the upper half is 0.</summary>
    [FieldOffset(16)] public ulong PayloadCrc32;
}
