using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace DealerFlow.Wire;

/// <summary>
/// Reads a <see cref="PackedColumn"/> run by run. It holds offsets only; the bytes are handed in on each call, so that one payload
/// can be read at fifteen places at once.
/// </summary>
internal struct PackedColumnReader
{
    private int _offset;
    private int _end;
    private uint _base;
    private bool _allZero;

    /// <summary>Every byte of the column has been read.</summary>
    public readonly bool IsExhausted => _offset == _end;

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
        Span<uint> high = stackalloc uint[PackedColumn.RunLength];
        high = high[..patches];
        BitPacking.Unpack(source[placeBytes..], patchWidth, 0, high);
        if (patches < PackedColumn.FirstBitmapPatches)
        {
            for (int i = 0; i < high.Length; i++)
            {
                int position = source[i];
                if ((uint)position >= (uint)values.Length) return false;
                values[position] += high[i] << width;
            }
            return true;
        }
        return PatchByBitmap(source[..placeBytes], width, high, values);
    }

    private static bool PatchByBitmap(ReadOnlySpan<byte> bitmap, int width, ReadOnlySpan<uint> high, Span<uint> values)
    {
        int set = 0;
        foreach (byte bits in bitmap) set += BitOperations.PopCount(bits);
        bool tailIsClear = (values.Length & 7) == 0 || bitmap[^1] >> (values.Length & 7) == 0;
        if (set != high.Length || !tailIsClear) return false;

        int next = 0;
        for (int first = 0; first < bitmap.Length; first += 8)
        {
            ReadOnlySpan<byte> window = bitmap[first..];
            ulong bits = 0;
            if (window.Length >= 8) bits = BinaryPrimitives.ReadUInt64LittleEndian(window);
            else for (int b = window.Length - 1; b >= 0; b--) bits = (bits << 8) | window[b];
            for (; bits != 0; bits &= bits - 1)
                values[(first << 3) + BitOperations.TrailingZeroCount(bits)] += high[next++] << width;
        }
        return true;
    }
}
