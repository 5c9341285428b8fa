using System.Globalization;

namespace DealerFlow.Import;

/// <summary>Numbers as chain files print them: a point for decimals, perhaps commas between thousands; never NaN, never infinite.</summary>
internal static class ChainNumber
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const int MaxGroupedLength = 32;

    // Whole numbers beyond 2^53 are not exact as doubles.
    private const double MaxWhole = 1L << 53;

    /// <summary>A finite number, the nearest double to the text.</summary>
    public static bool TryFinite(ReadOnlySpan<char> text, out double value)
    {
        if (text.Contains(',')) return TryGrouped(text, out value);
        // .NET reads "1e999" as infinity and "NaN" as NaN whatever the style.
        return double.TryParse(text, Plain, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    /// <summary>A finite number of at least zero; "-0" is zero.</summary>
    public static bool TryPrice(ReadOnlySpan<char> text, out double value)
    {
        if (!TryFinite(text, out value) || value < 0) return false;
        if (value == 0) value = 0;   // no negative zero
        return true;
    }

    /// <summary>A whole number from 0 to <paramref name="max"/>; "18.0", as table programs write, is 18.</summary>
    public static bool TryCount(ReadOnlySpan<char> text, long max, out long value)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)) return value <= max;
        if (!TryPrice(text, out double number) || number > max || number > MaxWhole || number != Math.Floor(number)) return false;
        value = (long)number;
        return true;
    }

    // Strict: one to three digits, then groups of exactly three. "1,23" is two fields or a foreign decimal, never 123.
    private static bool TryGrouped(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        if (text.Length > MaxGroupedLength) return false;
        int point = text.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? text : text[..point];
        int first = whole.IndexOf(',');
        if (first is < 1 or > 3 || (whole.Length - first) % 4 != 0) return false;

        Span<char> plain = stackalloc char[MaxGroupedLength];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool groupEndsHere = i >= first && i < whole.Length && (i - first) % 4 == 0;
            if (groupEndsHere && text[i] == ',') continue;
            if (groupEndsHere || (i != point && !char.IsAsciiDigit(text[i]))) return false;
            plain[length++] = text[i];
        }
        return double.TryParse(plain[..length], Plain, CultureInfo.InvariantCulture, out value);
    }
}
