using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DealerFlow.Memory;

/// <summary>
/// CRC-32 (IEEE 802.3, that of zlib), 128 bytes at a time where the processor multiplies polynomials 256 bits wide: of a large snapshot it is most of
/// the time of writer and reader. The library's elsewhere, with the same bits. One object is for one thread at a time.
/// </summary>
/// <remarks>
/// Folding as in Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009): what lies n bits ahead of
/// other bytes is multiplied by x^n modulo P and added to them, until 16 bytes are left that have the remainder of all. In every word the lowest bit is
/// the highest power.
/// </remarks>
public sealed class FoldedCrc32
{
    private const int LeastFolded = 32, LeastWide = 256;
    private const uint Polynomial = 0xEDB8_8320, One = 0x8000_0000;

    private static readonly Vector256<ulong> Over1024 = Twice(Over(1024)), Over768 = Twice(Over(768)), Over512 = Twice(Over(512)), Over256 = Twice(Over(256));
    private static readonly Vector128<ulong> Over128 = Over(128), Over64 = Vector128.CreateScalar(Factor(64));

    // P, and the quotient of x^64 by it.
    private static readonly Vector128<ulong> Barrett = Vector128.Create(((ulong)Polynomial << 1) | 1, 0x1_F701_1641);
    private static readonly uint[] ByByte = [.. Enumerable.Range(0, 256).Select(value => TimesPower((uint)value, 8))];

    private readonly Crc32? _library = Pclmulqdq.V256.IsSupported ? null : new Crc32();
    private uint _state = uint.MaxValue;

    /// <summary>The checksum of some bytes.</summary>
    public static uint HashToUInt32(ReadOnlySpan<byte> data) => Pclmulqdq.V256.IsSupported ? ~Continue(uint.MaxValue, data) : Crc32.HashToUInt32(data);

    /// <summary>Adds bytes to those that the checksum is of.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (_library is null) _state = Continue(_state, data);
        else _library.Append(data);
    }

    /// <summary>The checksum of all bytes since the last <see cref="Reset"/>.</summary>
    public uint GetCurrentHashAsUInt32() => _library is null ? ~_state : _library.GetCurrentHashAsUInt32();

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        _state = uint.MaxValue;
        _library?.Reset();
    }

    private static uint Continue(uint state, ReadOnlySpan<byte> data)
    {
        if (data.Length >= LeastFolded) state = Fold(state, ref data);
        foreach (byte value in data) state = ByByte[(byte)(state ^ value)] ^ (state >> 8);
        return state;
    }

    /// <summary>All whole groups of 16 bytes; what is left of the data is less.</summary>
    private static uint Fold(uint state, ref ReadOnlySpan<byte> data)
    {
        ref byte first = ref MemoryMarshal.GetReference(data);
        nuint length = (nuint)data.Length & ~(nuint)15, i;
        Vector128<ulong> sum;
        if (length < LeastWide)
        {
            sum = Load(ref first, 0) ^ Vector128.CreateScalar((ulong)state);
            i = 16;
        }
        else
        {
            Vector256<ulong> a = Load256(ref first, 0) ^ Vector256.CreateScalar((ulong)state), b = Load256(ref first, 32), c = Load256(ref first, 64), d = Load256(ref first, 96);
            for (i = 128; i + 128 <= length; i += 128)
            {
                a = Carry(a, Over1024) ^ Load256(ref first, i);
                b = Carry(b, Over1024) ^ Load256(ref first, i + 32);
                c = Carry(c, Over1024) ^ Load256(ref first, i + 64);
                d = Carry(d, Over1024) ^ Load256(ref first, i + 96);
            }
            d ^= Carry(a, Over768) ^ Carry(b, Over512) ^ Carry(c, Over256);
            for (; i + 32 <= length; i += 32) d = Carry(d, Over256) ^ Load256(ref first, i);
            sum = Carry(d.GetLower(), Over128) ^ d.GetUpper();
        }
        for (; i < length; i += 16) sum = Carry(sum, Over128) ^ Load(ref first, i);
        data = data[(int)length..];
        return Remainder(sum);
    }

    /// <summary>16 bytes modulo P, by Barrett's reduction.</summary>
    private static uint Remainder(Vector128<ulong> sum)
    {
        Vector128<ulong> half = Vector128.Create(0xFFFF_FFFFUL);
        sum = Pclmulqdq.CarrylessMultiply(sum, Over128, 0x10) ^ Sse2.ShiftRightLogical128BitLane(sum, 8);
        sum = Pclmulqdq.CarrylessMultiply(sum & half, Over64, 0x00) ^ Sse2.ShiftRightLogical128BitLane(sum, 4);
        Vector128<ulong> quotient = Pclmulqdq.CarrylessMultiply(sum & half, Barrett, 0x10) & half;
        return (sum ^ Pclmulqdq.CarrylessMultiply(quotient, Barrett, 0x00)).AsUInt32()[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Load(ref byte first, nuint at) => Unsafe.ReadUnaligned<Vector128<ulong>>(ref Unsafe.Add(ref first, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Load256(ref byte first, nuint at) => Unsafe.ReadUnaligned<Vector256<ulong>>(ref Unsafe.Add(ref first, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Carry(Vector128<ulong> ahead, Vector128<ulong> over) =>
        Pclmulqdq.CarrylessMultiply(ahead, over, 0x00) ^ Pclmulqdq.CarrylessMultiply(ahead, over, 0x11);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Carry(Vector256<ulong> ahead, Vector256<ulong> over) =>
        Pclmulqdq.V256.CarrylessMultiply(ahead, over, 0x00) ^ Pclmulqdq.V256.CarrylessMultiply(ahead, over, 0x11);

    /// <summary>What carries 128 bits over a distance: a factor of their first half, which is 64 bits further ahead, and one of their second.</summary>
    private static Vector128<ulong> Over(int bits) => Vector128.Create(Factor(bits + 32), Factor(bits - 32));

    private static Vector256<ulong> Twice(Vector128<ulong> half) => Vector256.Create(half, half);

    // One bit further up, for a product of two words with the highest power lowest is one bit short.
    private static ulong Factor(int power) => (ulong)TimesPower(One, power) << 1;

    /// <summary>A polynomial times x^<paramref name="power"/>, modulo P.</summary>
    private static uint TimesPower(uint polynomial, int power)
    {
        for (; power > 0; power--) polynomial = (polynomial >> 1) ^ ((polynomial & 1) * Polynomial);
        return polynomial;
    }
}
