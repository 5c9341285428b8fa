using System.Globalization;

namespace DealerFlow.Import;

/// <summary>Prices as texts print them, as integers in billionths of the currency: exact, never NaN, never infinite.</summary>
internal static class Billionths
{
    /// <summary>Billionths of one.</summary>
    public const long PerOne = 1_000_000_000;

    /// <summary>Billionths of a thousandth, the unit of strikes.</summary>
    public const long PerMill = PerOne / 1_000;

    private const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>A number of at least zero with at most nine decimals and below 9.2e9.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long billionths)
    {
        billionths = 0;
        return decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out decimal value) && TryFrom(value, out billionths);
    }

    /// <summary>As <see cref="TryParse"/> for a number.</summary>
    public static bool TryFrom(decimal value, out long billionths)
    {
        billionths = 0;
        if (value is < 0 or > 9_000_000_000m) return false;
        decimal scaled = value * PerOne;
        if (scaled != decimal.Truncate(scaled)) return false;
        billionths = (long)scaled;
        return true;
    }
}
