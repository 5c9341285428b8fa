using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
        if (!values.ContainsAnyExcept(0u)) return 0;
        uint lowest = Lowest(values);
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
        Span<uint> offsets = stackalloc uint[RunLength];
        offsets = offsets[..values.Length];
        for (int i = 0; i < offsets.Length; i++) offsets[i] = values[i] - lowest;
        Span<int> valuesOfWidth = stackalloc int[33];
        CountWidths(offsets, valuesOfWidth);
        (int width, int patchWidth, int patches) = CheapestWidth(valuesOfWidth, values.Length);

        int lowBytes = BitPacking.ByteCount(values.Length, width);
        int size = 2 + lowBytes + PatchBytes(values.Length, patches, patchWidth);
        if (destination.Length < size) return -1;

        destination[0] = (byte)width;
        destination[1] = (byte)patchWidth;
        int at = 2;
        if (patches > 0) destination[at++] = (byte)(patches - 1);
        BitPacking.Pack(offsets, width, destination.Slice(at, lowBytes));
        at += lowBytes;
        if (patches > 0) WritePatches(offsets, width, patchWidth, patches, destination[at..size]);
        return size;
    }

    [SkipLocalsInit]
    private static void WritePatches(ReadOnlySpan<uint> offsets, int width, int patchWidth, int patches, Span<byte> destination)
    {
        // Every value is written where the next patch belongs, and stays there if it is one: nothing has to be guessed.
        Span<uint> high = stackalloc uint[RunLength + 1];
        Span<byte> at = stackalloc byte[RunLength + 1];
        int found = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            uint above = (uint)((ulong)offsets[i] >> width);
            high[found] = above;
            at[found] = (byte)i;
            found += above == 0 ? 0 : 1;
        }
        int placeBytes = PlaceBytes(offsets.Length, patches);
        Span<byte> places = destination[..placeBytes];
        if (patches < FirstBitmapPatches) at[..found].CopyTo(places);
        else
        {
            places.Clear();
            foreach (byte place in at[..found]) places[place >> 3] |= (byte)(1 << (place & 7));
        }
        BitPacking.Pack(high[..found], patchWidth, destination[placeBytes..]);
    }

    private static uint Lowest(ReadOnlySpan<uint> values)
    {
        var lowest = Vector256.Create(uint.MaxValue);
        ReadOnlySpan<uint> rest = values;
        for (; rest.Length >= Vector256<uint>.Count; rest = rest[Vector256<uint>.Count..]) lowest = Vector256.Min(lowest, Vector256.Create(rest));
        uint least = uint.MaxValue;
        for (int lane = 0; lane < Vector256<uint>.Count; lane++) least = Math.Min(least, lowest[lane]);
        foreach (uint value in rest) least = Math.Min(least, value);
        return least;
    }

    // In four columns, so that equal widths in a row need not wait for each other.
    [SkipLocalsInit]
    private static void CountWidths(ReadOnlySpan<uint> offsets, Span<int> valuesOfWidth)
    {
        const int Column = 64;
        Span<int> counts = stackalloc int[4 * Column];
        counts.Clear();
        for (int i = 0; i < offsets.Length; i++) counts[((i & 3) * Column) + 32 - BitOperations.LeadingZeroCount(offsets[i])]++;
        for (int width = 0; width < valuesOfWidth.Length; width++)
            valuesOfWidth[width] = counts[width] + counts[Column + width] + counts[(2 * Column) + width] + counts[(3 * Column) + width];
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
