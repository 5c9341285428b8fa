using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DealerFlow.Wire;

/// <summary>
/// A column of 32-bit numbers: a base, then runs of 256 values with a width of their own, and patches for the few values that need
/// more bits than the rest of their run.
/// </summary>
/// <remarks>
/// <code>
/// no bytes at all: every value is 0. Otherwise:
/// base (u32)                     added to every value, modulo 2³²
/// per run of 256 values (the last run may be shorter; n = its length):
///   width (u8)                   bits of every value, 0 … 32
///   patchWidth (u8)              0 = no patches; otherwise the bits above width that a patched value has
///   patches (u8)                 only with patches: their count less one
///   ⌈n·width/8⌉ bytes            low bits, packed from bit 0 up
///   only with patches: positions (u8 each, ascending) when there are fewer than 32, otherwise a bitmap of ⌈n/8⌉ bytes;
///   then ⌈patches·patchWidth/8⌉ bytes of high bits, packed
/// </code>
/// </remarks>
public static class PackedColumn
{
    /// <summary>Values per run.</summary>
    public const int RunLength = 256;

    /// <summary>From so many patches on, a bitmap says where they are; below, a list.</summary>
    internal const int FirstBitmapPatches = 32;

    internal const int BaseBytes = sizeof(uint);

    /// <summary>Bytes that <paramref name="count"/> values can take at most.</summary>
    public static int MaxEncodedBytes(int count) =>
        BaseBytes + (((count + RunLength - 1) / RunLength) * 2) + (count * sizeof(uint));

    /// <summary>Encodes the values; the number of bytes written (0 when all are 0), or −1 when they do not fit.</summary>
    public static int Encode(ReadOnlySpan<uint> values, Span<byte> destination)
    {
        uint lowest = uint.MaxValue, any = 0;
        foreach (uint value in values)
        {
            lowest = Math.Min(lowest, value);
            any |= value;
        }
        if (any == 0) return 0;
        if (destination.Length < BaseBytes) return -1;
        BinaryPrimitives.WriteUInt32LittleEndian(destination, lowest);
        int at = BaseBytes;
        for (int first = 0; first < values.Length; first += RunLength)
        {
            int written = EncodeRun(values.Slice(first, Math.Min(RunLength, values.Length - first)), lowest, destination[at..]);
            if (written < 0) return -1;
            at += written;
        }
        return at;
    }

    /// <summary>Decodes a column of <c>values.Length</c> values; false when the bytes are not one.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<uint> values)
    {
        if (!PackedColumnReader.TryOpen(source, 0, source.Length, out PackedColumnReader reader)) return false;
        for (int first = 0; first < values.Length; first += RunLength)
            if (!reader.TryNext(source, values.Slice(first, Math.Min(RunLength, values.Length - first)))) return false;
        return reader.IsExhausted;
    }

    [SkipLocalsInit]
    private static int EncodeRun(ReadOnlySpan<uint> values, uint lowest, Span<byte> destination)
    {
        Span<int> valuesOfWidth = stackalloc int[33];
        valuesOfWidth.Clear();
        foreach (uint value in values) valuesOfWidth[32 - BitOperations.LeadingZeroCount(value - lowest)]++;
        (int width, int patchWidth, int patches) = CheapestWidth(valuesOfWidth, values.Length);

        int lowBytes = BitPacking.ByteCount(values.Length, width);
        int size = 2 + lowBytes + PatchBytes(values.Length, patches, patchWidth);
        if (destination.Length < size) return -1;

        Span<uint> offsets = stackalloc uint[RunLength];
        for (int i = 0; i < values.Length; i++) offsets[i] = values[i] - lowest;
        destination[0] = (byte)width;
        destination[1] = (byte)patchWidth;
        int at = 2;
        if (patches > 0) destination[at++] = (byte)(patches - 1);
        BitPacking.Pack(offsets[..values.Length], width, destination.Slice(at, lowBytes));
        at += lowBytes;
        if (patches > 0) WritePatches(offsets[..values.Length], width, patchWidth, patches, destination[at..size]);
        return size;
    }

    [SkipLocalsInit]
    private static void WritePatches(ReadOnlySpan<uint> offsets, int width, int patchWidth, int patches, Span<byte> destination)
    {
        Span<uint> high = stackalloc uint[RunLength];
        bool listed = patches < FirstBitmapPatches;
        int placeBytes = PlaceBytes(offsets.Length, patches);
        if (!listed) destination[..placeBytes].Clear();
        int found = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            uint above = (uint)((ulong)offsets[i] >> width);
            if (above == 0) continue;
            if (listed) destination[found] = (byte)i;
            else destination[i >> 3] |= (byte)(1 << (i & 7));
            high[found++] = above;
        }
        BitPacking.Pack(high[..found], patchWidth, destination[placeBytes..]);
    }

    // The width with the fewest bytes; of equals the larger one, which has fewer patches to apply.
    private static (int Width, int PatchWidth, int Patches) CheapestWidth(ReadOnlySpan<int> valuesOfWidth, int count)
    {
        int widest = 32;
        while (widest > 0 && valuesOfWidth[widest] == 0) widest--;
        (int Width, int PatchWidth, int Patches) best = (widest, 0, 0);
        int bestBytes = BitPacking.ByteCount(count, widest);
        int patches = 0;
        for (int width = widest - 1; width >= 0; width--)
        {
            patches += valuesOfWidth[width + 1];
            int bytes = BitPacking.ByteCount(count, width) + PatchBytes(count, patches, widest - width);
            if (bytes >= bestBytes) continue;
            bestBytes = bytes;
            best = (width, widest - width, patches);
        }
        return best;
    }

    private static int PatchBytes(int count, int patches, int patchWidth) =>
        patches == 0 ? 0 : 1 + PlaceBytes(count, patches) + BitPacking.ByteCount(patches, patchWidth);

    internal static int PlaceBytes(int count, int patches) => patches < FirstBitmapPatches ? patches : (count + 7) >> 3;
}
