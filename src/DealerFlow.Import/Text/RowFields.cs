using System.Globalization;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>Fields as ticks need them; what cannot be read rejects the row.</summary>
internal static class RowFields
{
    private const int MaxFractionDigits = 7;

    /// <summary>A price; empty is <see cref="TickImport.NoPrice"/>.</summary>
    public static bool TryPrice(ReadOnlySpan<char> text, TickImport import, string name, out long billionths)
    {
        billionths = TickImport.NoPrice;
        return text.IsEmpty || Billionths.TryParse(text, out billionths)
            || import.Reject(ImportRejection.BadPrice, $"'{text}' is no price for {name}");
    }

    /// <summary>The price of a print, which must be there.</summary>
    public static bool TryTradePrice(ReadOnlySpan<char> text, TickImport import, out long billionths)
    {
        billionths = 0;
        return (Billionths.TryParse(text, out billionths) && billionths > 0)
            || import.Reject(ImportRejection.BadPrice, $"'{text}' is no price of a print");
    }

    /// <summary>A count of contracts; empty is 0.</summary>
    public static bool TryCount(ReadOnlySpan<char> text, TickImport import, string name, out long count)
    {
        count = 0;
        return text.IsEmpty || ChainNumber.TryCount(text, uint.MaxValue, out count)
            || import.Reject(ImportRejection.BadQuantity, $"'{text}' is no whole number for {name}");
    }

    /// <summary>A date of the years 2000 to 2099.</summary>
    public static bool TryDate(ReadOnlySpan<char> text, out DateOnly date) =>
        (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date)
            || DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date))
        && date.Year is >= 2000 and <= 2099;

    /// <summary>A date and a time of day on New York's clock: <c>2016-06-01 13:57:58.175</c>, or with a T between them.</summary>
    public static bool TryNewYork(ReadOnlySpan<char> text, out long nanos)
    {
        nanos = 0;
        if (text.Length is < 19 or > 20 + MaxFractionDigits || text[10] is not (' ' or 'T')) return false;
        if (!TryDate(text[..10], out DateOnly date)) return false;
        if (!TimeOnly.TryParseExact(text[11..], "HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time)) return false;
        nanos = NewYorkTime.ToUnixNanos(date, time);
        return true;
    }

    /// <summary>A contract of separate fields. The strike is in currency, the right begins with C or P.</summary>
    public static bool TryContract(
        ReadOnlySpan<char> root, ReadOnlySpan<char> expiry, ReadOnlySpan<char> strike, ReadOnlySpan<char> right, TickImport import, out OsiContract contract) =>
        TryContract(root, expiry, Billionths.TryParse(strike, out long billionths) && billionths % Billionths.PerMill == 0 ? billionths / Billionths.PerMill : 0, right, import, out contract);

    /// <summary>As the other one, with a strike in thousandths.</summary>
    public static bool TryContract(
        ReadOnlySpan<char> root, ReadOnlySpan<char> expiry, long strikeMills, ReadOnlySpan<char> right, TickImport import, out OsiContract contract)
    {
        contract = default;
        bool isRight = right is "C" or "P" || right.Equals("CALL", StringComparison.OrdinalIgnoreCase) || right.Equals("PUT", StringComparison.OrdinalIgnoreCase);
        if (!isRight || strikeMills is < 1 or > 99_999_999 || !TryDate(expiry, out DateOnly date) || root.Length > OsiSymbol.MaxRootLength
            || !OsiSymbol.TryParse($"{root}{date:yyMMdd}{char.ToUpperInvariant(right[0])}{strikeMills:D8}", out contract))
            return import.Reject(ImportRejection.UnknownContract, $"root '{root}', expiry '{expiry}', strike {strikeMills} mills and right '{right}' are no contract");
        return true;
    }
}
