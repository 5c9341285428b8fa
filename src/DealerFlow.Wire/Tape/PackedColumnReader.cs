using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DealerFlow.Wire;

/// <summary>
/// Reads a <see cref="PackedColumn"/> run by run. It holds offsets only; the bytes are handed in on each call, so that one payload
/// can be read at fifteen places at once.
/// </summary>
internal struct PackedColumnReader
{
    private static readonly ulong[] PlacesOfBits = SpreadPatches();

    private int _offset;
    private int _end;
    private uint _base;
    private bool _allZero;

    /// <summary>Every byte of the column has been read.</summary>
    public readonly bool IsExhausted => _offset == _end;

    /// <summary>The column has no bytes.</summary>
    public readonly bool IsAllZero => _allZero;

    /// <summary>A reader of the column in <paramref name="length"/> bytes at <paramref name="offset"/>, which the caller knows to be inside.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> payload, int offset, int length, out PackedColumnReader reader)
    {
        reader = new PackedColumnReader { _offset = offset, _end = offset + length, _allZero = length == 0 };
        if (length == 0) return true;
        if (length < PackedColumn.BaseBytes) return false;
        reader._base = BinaryPrimitives.ReadUInt32LittleEndian(payload[offset..]);
        reader._offset += PackedColumn.BaseBytes;
        return true;
    }

    /// <summary>The next run of <c>values.Length</c> ≤ 256 values; false when the bytes are damaged.</summary>
    public bool TryNext(ReadOnlySpan<byte> payload, Span<uint> values)
    {
        if (_allZero)
        {
            values.Clear();
            return true;
        }
        int left = _end - _offset;
        if (left < 2) return false;
        int width = payload[_offset], patchWidth = payload[_offset + 1];
        if (width > 32 || patchWidth > 32 - width) return false;
        int at = _offset + 2;
        int patches = 0;
        if (patchWidth > 0)
        {
            if (left < 3) return false;
            patches = payload[at++] + 1;
            if (patches > values.Length) return false;
        }
        int lowBytes = BitPacking.ByteCount(values.Length, width);
        int placeBytes = PackedColumn.PlaceBytes(values.Length, patches);
        int size = lowBytes + (patches == 0 ? 0 : placeBytes + BitPacking.ByteCount(patches, patchWidth));
        if (size > _end - at) return false;

        BitPacking.Unpack(payload[at..], width, _base, values);
        _offset = at + size;
        return patches == 0 || Patch(payload[(at + lowBytes)..], placeBytes, width, patchWidth, patches, values);
    }

    [SkipLocalsInit]
    private static bool Patch(ReadOnlySpan<byte> source, int placeBytes, int width, int patchWidth, int patches, Span<uint> values)
    {
        Span<uint> high = stackalloc uint[PackedColumn.RunLength + Vector256<uint>.Count];
        ReadOnlySpan<byte> packed = source[placeBytes..];
        // Whole groups of eight where their bytes are there: nobody looks at what follows the last patch.
        int whole = (patches + 7) & ~7;
        BitPacking.Unpack(packed, patchWidth, 0, high[..(BitPacking.ByteCount(whole, patchWidth) <= packed.Length ? whole : patches)]);
        if (patches >= PackedColumn.FirstBitmapPatches) return PatchByBitmap(source[..placeBytes], width, high, patches, values);
        for (int i = 0; i < patches; i++)
        {
            int position = source[i];
            if ((uint)position >= (uint)values.Length) return false;
            values[position] += high[i] << width;
        }
        return true;
    }

    // High bits are eight more than the patches, so that eight can be loaded at any of them.
    private static bool PatchByBitmap(ReadOnlySpan<byte> bitmap, int width, ReadOnlySpan<uint> high, int patches, Span<uint> values)
    {
        int set = 0;
        foreach (byte bits in bitmap) set += BitOperations.PopCount(bits);
        bool tailIsClear = (values.Length & 7) == 0 || bitmap[^1] >> (values.Length & 7) == 0;
        if (set != patches || !tailIsClear) return false;

        int eights = 0, next = 0;
        if (Avx2.IsSupported)
        {
            ref uint value = ref MemoryMarshal.GetReference(values), from = ref MemoryMarshal.GetReference(high);
            ref ulong places = ref MemoryMarshal.GetArrayDataReference(PlacesOfBits);
            for (; eights < values.Length >> 3; eights++)
            {
                // next ≤ patches ≤ 256, and a byte has 256 values: both loads stay inside.
                byte bits = bitmap[eights];
                Vector256<int> place = Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.Add(ref places, (nuint)bits)).AsSByte());
                Vector256<uint> spread = Avx2.PermuteVar8x32(Vector256.LoadUnsafe(ref from, (nuint)(uint)next), place.AsUInt32());
                spread = Vector256.AndNot(spread, Vector256.ShiftRightArithmetic(place, 31).AsUInt32());
                (Vector256.LoadUnsafe(ref value) + Vector256.ShiftLeft(spread, width)).StoreUnsafe(ref value);
                value = ref Unsafe.Add(ref value, 8);
                next += BitOperations.PopCount(bits);
            }
        }
        for (; eights < bitmap.Length; eights++)
        {
            for (int bits = bitmap[eights]; bits != 0; bits &= bits - 1)
                values[(eights << 3) + BitOperations.TrailingZeroCount(bits)] += high[next++] << width;
        }
        return true;
    }

    // Per byte of a bitmap eight bytes: which of the next patches the value takes, or −1.
    private static ulong[] SpreadPatches()
    {
        var places = new ulong[256];
        for (int bits = 0; bits < places.Length; bits++)
        {
            int before = 0;
            for (int bit = 0; bit < 8; bit++)
            {
                ulong place = (bits >> bit & 1) == 0 ? byte.MaxValue : (ulong)before++;
                places[bits] |= place << (8 * bit);
            }
        }
        return places;
    }
}
