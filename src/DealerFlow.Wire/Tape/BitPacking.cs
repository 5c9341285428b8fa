using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DealerFlow.Wire;

/// <summary>
/// Unsigned integers of <c>width</c> bits, 0 to 32, side by side: value i takes the bits i·width … i·width + width − 1 of the bytes,
/// read as one little-endian number.
/// </summary>
internal static class BitPacking
{
    /// <summary>Widths up to this one fit a 32-bit window at any bit offset, so eight values unpack with one byte shuffle.</summary>
    private const int MaxShuffledWidth = 25;

    private const int MaxPairedWidth = 16;

    // Per width: the bytes that each of eight values begins in, and how far to shift them.
    private static readonly Vector256<byte>[] ShuffleOfWidth = new Vector256<byte>[MaxShuffledWidth + 1];
    private static readonly Vector256<uint>[] ShiftOfWidth = new Vector256<uint>[MaxShuffledWidth + 1];

    static BitPacking()
    {
        Span<byte> shuffle = stackalloc byte[32];
        Span<uint> shift = stackalloc uint[8];
        for (int width = 0; width <= MaxShuffledWidth; width++)
        {
            for (int value = 0; value < 8; value++)
            {
                // Values 0 to 3 are cut from 16 bytes at the group's start, values 4 to 7 from 16 bytes at byte 4·width/8.
                int bit = value < 4 ? value * width : (4 * width % 8) + ((value - 4) * width);
                for (int b = 0; b < 4; b++) shuffle[(4 * value) + b] = (byte)((bit / 8) + b);
                shift[value] = (uint)(bit % 8);
            }
            ShuffleOfWidth[width] = Vector256.Create<byte>(shuffle);
            ShiftOfWidth[width] = Vector256.Create<uint>(shift);
        }
    }

    /// <summary>Bytes that so many values take.</summary>
    public static int ByteCount(int count, int width) => ((count * width) + 7) >> 3;

    /// <summary>Packs the low bits of the values; <paramref name="destination"/> holds <see cref="ByteCount"/> bytes or more.</summary>
    public static void Pack(ReadOnlySpan<uint> values, int width, Span<byte> destination)
    {
        ulong mask = (1UL << width) - 1;
        ulong pending = 0;
        int done = PackEights(values, width, destination);
        int bits = 0, at = (done >> 3) * width;
        foreach (uint value in values[done..])
        {
            pending |= (value & mask) << bits;
            bits += width;
            if (bits < 32) continue;
            BinaryPrimitives.WriteUInt32LittleEndian(destination[at..], (uint)pending);
            at += 4;
            pending >>= 32;
            bits -= 32;
        }
        for (; bits > 0; bits -= 8, pending >>= 8) destination[at++] = (byte)pending;
    }

    // Eight values take as many bytes as one has bits. Up to sixteen of them are put together in two words, which are written as long as
    // both fit; what they have too much is written over by the next eight. The number of values that were packed.
    private static int PackEights(ReadOnlySpan<uint> values, int width, Span<byte> destination)
    {
        if (width is 0 or > MaxPairedWidth) return 0;
        ulong mask = (1UL << width) - 1;
        int half = 4 * width, done = 0;
        for (int at = 0; done <= values.Length - 8 && at <= destination.Length - 16; done += 8, at += width)
        {
            ReadOnlySpan<uint> eight = values.Slice(done, 8);
            ulong low = (eight[0] & mask) | ((eight[1] & mask) << width) | ((eight[2] & mask) << (2 * width)) | ((eight[3] & mask) << (3 * width));
            ulong high = (eight[4] & mask) | ((eight[5] & mask) << width) | ((eight[6] & mask) << (2 * width)) | ((eight[7] & mask) << (3 * width));
            Span<byte> to = destination.Slice(at, 16);
            BinaryPrimitives.WriteUInt64LittleEndian(to, half == 64 ? low : low | (high << half));
            BinaryPrimitives.WriteUInt64LittleEndian(to[8..], half == 64 ? high : high >> (64 - half));
        }
        return done;
    }

    /// <summary>
    /// Unpacks <c>values.Length</c> values and adds <paramref name="addend"/> to each. <paramref name="source"/> begins at the packed
    /// bytes, holds all of them, and may go on: what lies behind them is read into registers and thrown away.
    /// </summary>
    public static void Unpack(ReadOnlySpan<byte> source, int width, uint addend, Span<uint> values)
    {
        if (width == 0)
        {
            values.Fill(addend);
            return;
        }
        int done = width <= MaxShuffledWidth && Avx2.IsSupported ? UnpackEights(source, width, addend, values) : 0;
        UnpackRest(source, width, addend, values, done);
    }

    // Eight values at a time, as long as both 16-byte loads stay inside the source.
    private static int UnpackEights(ReadOnlySpan<byte> source, int width, uint addend, Span<uint> values)
    {
        int upperHalf = width >> 1;
        int room = source.Length - 16 - upperHalf;
        if (room < 0) return 0;
        int groups = values.Length >> 3;
        if ((groups - 1) * width > room) groups = (room / width) + 1;

        Vector256<byte> shuffle = ShuffleOfWidth[width];
        Vector256<uint> shift = ShiftOfWidth[width];
        var mask = Vector256.Create((1u << width) - 1);
        var add = Vector256.Create(addend);
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref uint to = ref MemoryMarshal.GetReference(values);
        for (int group = 0; group < groups; group++)
        {
            var bytes = Vector256.Create(Vector128.LoadUnsafe(ref from), Vector128.LoadUnsafe(ref from, (nuint)upperHalf));
            Vector256<uint> value = Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(bytes, shuffle).AsUInt32(), shift) & mask;
            (value + add).StoreUnsafe(ref to);
            from = ref Unsafe.Add(ref from, width);
            to = ref Unsafe.Add(ref to, 8);
        }
        return groups << 3;
    }

    private static void UnpackRest(ReadOnlySpan<byte> source, int width, uint addend, Span<uint> values, int first)
    {
        ulong mask = (1UL << width) - 1;
        for (int i = first; i < values.Length; i++)
        {
            int bit = i * width;
            ReadOnlySpan<byte> window = source[(bit >> 3)..];
            ulong bytes = 0;
            if (window.Length >= 8) bytes = BinaryPrimitives.ReadUInt64LittleEndian(window);
            else for (int b = window.Length - 1; b >= 0; b--) bytes = (bytes << 8) | window[b];
            values[i] = (uint)((bytes >> (bit & 7)) & mask) + addend;
        }
    }
}
