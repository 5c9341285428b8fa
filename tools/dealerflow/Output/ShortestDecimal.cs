using System.Globalization;
using System.Numerics;

namespace DealerFlow.Cli.Output;

/// <summary>Doubles to the shortest decimal text that reads back as the same double, in the form of the runtime's "R" and in a third of its time.</summary>
/// <remarks>
/// R. Giulietti, "The Schubfach way to render doubles" (2020): three products with a scaled power of ten, no loop. Very large and very small
/// numbers are the runtime's. At 2^-25 the two differ: "R" of .NET 10 drops a digit there and reads back as another double.
/// </remarks>
internal static class ShortestDecimal
{
    /// <summary>No text is longer, and this much room is needed for each.</summary>
    public const int MaxBytes = 32;

    private const int LeastPower = -292;
    private const int MostPower = 324;

    // 10^k scaled to 128 bits with the highest one set, rounded up.
    private static readonly (ulong High, ulong Low)[] PowersOfTen =
        [.. Enumerable.Range(LeastPower, MostPower - LeastPower + 1).Select(ScaledPowerOfTen)];

    private static readonly byte[] DigitPairs = [.. Enumerable.Range(0, 100).SelectMany(pair => (byte[])[(byte)('0' + (pair / 10)), (byte)('0' + (pair % 10))])];
    private static readonly ulong[] DecimalUnits = [.. Enumerable.Range(0, 20).Select(k => (ulong)BigInteger.Pow(10, k))];

    /// <summary>Writes the text and gives its length.</summary>
    public static int Write(double value, Span<byte> text)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biasedExponent = (int)(bits >> 52) & 0x7FF;
        if (value == 0 || biasedExponent is 0 or 0x7FF) return WriteByTheRuntime(value, text);
        (ulong digits, int exponent) = Shortest((ulong)bits & 0xFFFFFFFFFFFFF, biasedExponent);
        while (digits % 10 == 0)
        {
            digits /= 10;
            exponent++;
        }
        int length = 0;
        if (bits < 0) text[length++] = (byte)'-';
        int digitCount = CountDigits(digits);
        int point = digitCount + exponent; // digits before the decimal point
        if (point is < -98 or > 15) return WriteByTheRuntime(value, text);
        if (point < -3)
        {
            // d.ddd, and E-05 or so.
            WriteDigits(digits, digitCount, text[(length + 1)..]);
            text[length] = text[length + 1];
            if (digitCount > 1)
            {
                text[length + 1] = (byte)'.';
                length++;
            }
            length += digitCount;
            "E-"u8.CopyTo(text[length..]);
            WritePair((uint)(1 - point), text[(length + 2)..]);
            return length + 4;
        }
        if (point <= 0)
        {
            "0.000"u8[..(2 - point)].CopyTo(text[length..]);
            length += 2 - point;
            return length + WriteDigits(digits, digitCount, text[length..]);
        }
        if (exponent >= 0)
        {
            length += WriteDigits(digits, digitCount, text[length..]);
            text.Slice(length, exponent).Fill((byte)'0');
            return length + exponent;
        }
        // One place to the right, then the digits before the point go back.
        WriteDigits(digits, digitCount, text[(length + 1)..]);
        text.Slice(length + 1, point).CopyTo(text[length..]);
        text[length + point] = (byte)'.';
        return length + digitCount + 1;
    }

    /// <summary>digits·10^exponent, the shortest within the interval that rounds to the double, and of those the nearest.</summary>
    private static (ulong Digits, int Exponent) Shortest(ulong fraction, int biasedExponent)
    {
        ulong c = fraction | (1UL << 52);
        int q = biasedExponent - 1075;
        // An interval that ends in a double with an even significand contains its ends.
        uint excluded = (uint)(c & 1);
        bool isPowerOfTwo = fraction == 0 && biasedExponent > 1;
        int k = ((q * 1262611) - (isPowerOfTwo ? 524031 : 0)) >> 22;
        int shift = q + ((-k * 1741647) >> 19) + 1;
        (ulong, ulong) power = PowersOfTen[-k - LeastPower];
        ulong lower = RoundToOdd(power, ((4 * c) - (isPowerOfTwo ? 1U : 2U)) << shift) + excluded;
        ulong middle = RoundToOdd(power, (4 * c) << shift);
        ulong upper = RoundToOdd(power, ((4 * c) + 2) << shift) - excluded;

        ulong s = middle / 4;
        if (s >= 10)
        {
            ulong tens = s / 10;
            bool isBelowInside = lower <= 40 * tens, isAboveInside = (40 * tens) + 40 <= upper;
            if (isBelowInside != isAboveInside) return (tens + (isAboveInside ? 1UL : 0), k + 1);
        }
        bool isThisInside = lower <= 4 * s, isNextInside = (4 * s) + 4 <= upper;
        if (isThisInside != isNextInside) return (s + (isNextInside ? 1UL : 0), k);
        ulong half = (4 * s) + 2;
        bool roundsUp = middle > half || (middle == half && (s & 1) != 0);
        return (s + (roundsUp ? 1UL : 0), k);
    }

    private static ulong RoundToOdd((ulong High, ulong Low) power, ulong factor)
    {
        ulong carried = Math.BigMul(power.Low, factor, out _);
        ulong high = Math.BigMul(power.High, factor, out ulong low);
        ulong sum = low + carried;
        if (sum < low) high++;
        return high | (sum > 1 ? 1UL : 0);
    }

    private static int CountDigits(ulong value)
    {
        int count = ((BitOperations.Log2(value) + 1) * 1233) >> 12;
        return value >= DecimalUnits[count] ? count + 1 : count;
    }

    private static int WriteDigits(ulong digits, int count, Span<byte> text)
    {
        // Eight at a time, so that most divisions are of 32 bits.
        int end = count;
        while (digits >= 100_000_000)
        {
            (digits, ulong last) = Math.DivRem(digits, 100_000_000);
            uint eight = (uint)last;
            for (int i = 0; i < 4; i++)
            {
                end -= 2;
                WritePair(eight % 100, text[end..]);
                eight /= 100;
            }
        }
        uint rest = (uint)digits;
        while (end >= 2)
        {
            end -= 2;
            WritePair(rest % 100, text[end..]);
            rest /= 100;
        }
        if (end == 1) text[0] = (byte)('0' + rest);
        return count;
    }

    private static void WritePair(uint value, Span<byte> text) => DigitPairs.AsSpan((int)(2 * value), 2).CopyTo(text);

    private static int WriteByTheRuntime(double value, Span<byte> text)
    {
        value.TryFormat(text, out int written, "R", CultureInfo.InvariantCulture);
        return written;
    }

    private static (ulong High, ulong Low) ScaledPowerOfTen(int k)
    {
        int binaryExponent = (k * 1741647) >> 19; // ⌊log2(10^k)⌋
        int shift = 127 - binaryExponent;
        BigInteger numerator = k >= 0 ? BigInteger.Pow(10, k) : BigInteger.One, denominator = k >= 0 ? BigInteger.One : BigInteger.Pow(10, -k);
        if (shift >= 0) numerator <<= shift;
        else denominator <<= -shift;
        BigInteger scaled = (numerator + denominator - 1) / denominator;
        return ((ulong)(scaled >> 64), (ulong)(scaled & ulong.MaxValue));
    }
}
