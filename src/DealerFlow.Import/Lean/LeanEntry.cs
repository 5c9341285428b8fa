using System.Globalization;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>What the name of an entry says: <c>20210104_spxw_minute_quote_european_call_37000000_20210108.csv</c>.</summary>
/// <param name="Date">Trading day.</param>
/// <param name="Symbol">Option root or symbol of the underlying, upper case.</param>
/// <param name="Kind">What its rows are.</param>
/// <param name="Contract">The contract; null = rows of the underlying itself.</param>
/// <param name="Exercise">When the contract may be exercised.</param>
internal readonly record struct LeanEntry(DateOnly Date, string Symbol, LeanKind Kind, OsiContract? Contract, ExerciseStyle Exercise)
{
    private const int PartsOfUnderlying = 4;
    private const int PartsOfContract = 8;
    private const int TenthsOfMills = 10;
    private const long MaxStrike = 999_999_990;

    /// <summary>Reads a name; a folder in front of it is no part of it.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out LeanEntry entry)
    {
        entry = default;
        name = name[(name.LastIndexOfAny('/', '\\') + 1)..];
        if (!name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) return false;
        name = name[..^4];
        Span<Range> parts = stackalloc Range[PartsOfContract + 1];
        int count = name.Split(parts, '_');
        if (count is not (PartsOfUnderlying or PartsOfContract) || name[parts[2]] is not "minute") return false;
        if (!TryDate(name[parts[0]], out DateOnly date) || !TryKind(name[parts[3]], out LeanKind kind)) return false;
        string symbol = name[parts[1]].ToString().ToUpperInvariant();
        if (count == PartsOfUnderlying)
        {
            entry = new LeanEntry(date, symbol, kind, null, default);
            return symbol.Length > 0;
        }
        ReadOnlySpan<char> style = name[parts[4]], right = name[parts[5]];
        if (style is not ("american" or "european") || right is not ("call" or "put")) return false;
        if (!long.TryParse(name[parts[6]], NumberStyles.None, CultureInfo.InvariantCulture, out long strike)) return false;
        if (strike is < TenthsOfMills or > MaxStrike || strike % TenthsOfMills != 0 || !TryDate(name[parts[7]], out DateOnly expiry)) return false;
        var contract = new OsiContract(symbol, expiry, right is "call" ? OptionRight.Call : OptionRight.Put, strike / TenthsOfMills);
        if (!OsiSymbol.TryParse($"{symbol}{expiry:yyMMdd}{(char)contract.Right}{contract.StrikeMills:D8}", out _)) return false;
        entry = new LeanEntry(date, symbol, kind, contract, style is "american" ? ExerciseStyle.American : ExerciseStyle.European);
        return true;
    }

    private static bool TryDate(ReadOnlySpan<char> text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date) && date.Year is >= 2000 and <= 2099;

    private static bool TryKind(ReadOnlySpan<char> text, out LeanKind kind)
    {
        kind = text switch
        {
            "quote" => LeanKind.Quote,
            "trade" => LeanKind.Trade,
            "openinterest" => LeanKind.OpenInterest,
            _ => LeanKind.None,
        };
        return kind != LeanKind.None;
    }
}

/// <summary>What the rows of an entry are.</summary>
internal enum LeanKind
{
    None,
    Quote,
    Trade,
    OpenInterest,
}
