using System.Globalization;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>Names of Deribit's options that are settled in the coin: <c>BTC-24SEP21-34000-P</c>.</summary>
internal static class DeribitName
{
    // 100 million dollars: above any strike that is listed, far below what a 64-bit count of thousandths holds.
    private const long MaxStrike = 100_000_000;
    private const int MaxCoinLength = 6;

    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    /// <summary>Coin, expiry, right and strike; false for futures, spreads, and options that are settled in dollars.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out OsiContract contract)
    {
        contract = default;
        Span<Range> ranges = stackalloc Range[5];
        if (name.Split(ranges, '-') != 4) return false;
        ReadOnlySpan<char> coin = name[ranges[0]];
        ReadOnlySpan<char> right = name[ranges[3]];
        if (coin.Length is 0 or > MaxCoinLength || coin.ContainsAnyExceptInRange('A', 'Z')) return false;
        if (!TryDate(name[ranges[1]], out DateOnly expiry)) return false;
        if (!long.TryParse(name[ranges[2]], NumberStyles.None, CultureInfo.InvariantCulture, out long strike) || strike is 0 or > MaxStrike) return false;
        if (right is not ("C" or "P")) return false;
        contract = new OsiContract(coin.ToString(), expiry, (OptionRight)right[0], strike * 1_000);
        return true;
    }

    // 3SEP21 or 24SEP21.
    private static bool TryDate(ReadOnlySpan<char> text, out DateOnly date)
    {
        date = default;
        if (text.Length is not (6 or 7)) return false;
        int month = Array.IndexOf(Months, text[^5..^2].ToString()) + 1;
        if (!int.TryParse(text[..^5], NumberStyles.None, CultureInfo.InvariantCulture, out int day)) return false;
        if (!int.TryParse(text[^2..], NumberStyles.None, CultureInfo.InvariantCulture, out int year)) return false;
        if (month == 0 || day < 1 || day > DateTime.DaysInMonth(2000 + year, month)) return false;
        date = new DateOnly(2000 + year, month, day);
        return true;
    }
}
