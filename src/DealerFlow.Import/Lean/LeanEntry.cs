using System.Globalization;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// What the name of an entry says: <c>20210104_spxw_minute_quote_european_call_37000000_20210108.csv</c>, of an underlying
/// <c>20210104_spx_minute_trade.csv</c>. Bars of hours and days, all dates in one text, have neither date nor bar in the name:
/// <c>spx_quote_european_call_37000000_20210115.csv</c> and <c>spx.csv</c>.
/// </summary>
/// <param name="Bar">How long the bar of a row is.</param>
/// <param name="Date">Trading day; of hours and days each row says it.</param>
/// <param name="Symbol">Option root or symbol of the underlying, upper case.</param>
/// <param name="Kind">What its rows are.</param>
/// <param name="Contract">The contract; null = rows of the underlying itself.</param>
/// <param name="Exercise">When the contract may be exercised.</param>
internal readonly record struct LeanEntry(LeanBar Bar, DateOnly Date, string Symbol, LeanKind Kind, OsiContract? Contract, ExerciseStyle Exercise)
{
    private const int MostParts = 8;
    private const int PartsOfUnderlying = 4;
    private const int PartsOfTerms = 4;
    private const int TenthsOfMills = 10;
    private const long MaxStrike = 999_999_990;
    private const int MaxSymbolLength = 8;

    /// <summary>Reads a name; a folder in front of it is no part of it.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out LeanEntry entry)
    {
        entry = default;
        Span<Range> parts = stackalloc Range[MostParts + 1];
        int count = Split(ref name, parts);
        bool isDated = count is PartsOfUnderlying or MostParts;
        int kindPart = isDated ? 3 : 1;
        if (!isDated && count is not (1 or 2 + PartsOfTerms)) return false;

        (LeanBar bar, DateOnly date, LeanKind kind) = (LeanBar.HourOrDay, default, LeanKind.Trade);
        if (isDated && (!TryDate(name[parts[0]], out date) || !TryBar(name[parts[2]], out bar))) return false;
        if (count > 1 && !TryKind(name[parts[kindPart]], out kind)) return false;
        ReadOnlySpan<char> symbol = name[parts[isDated ? 1 : 0]];
        if (symbol.IsEmpty || (count == 1 && !IsSymbol(symbol))) return false;
        entry = new LeanEntry(bar, date, symbol.ToString().ToUpperInvariant(), kind, null, default);
        if (count is 1 or PartsOfUnderlying) return true;
        if (!TryTerms(name, parts[(kindPart + 1)..], entry.Symbol, out OsiContract contract, out ExerciseStyle exercise)) return false;
        entry = entry with { Contract = contract, Exercise = exercise };
        return true;
    }

    /// <summary>The entry holds single ticks: <c>20131008_bac_Trade_Tick.csv</c>.</summary>
    public static bool IsOfTicks(ReadOnlySpan<char> name)
    {
        Span<Range> parts = stackalloc Range[MostParts + 1];
        int count = Split(ref name, parts);
        return count is PartsOfUnderlying or MostParts && TryDate(name[parts[0]], out _)
            && (name[parts[2]].Equals("tick", StringComparison.OrdinalIgnoreCase) || name[parts[3]].Equals("tick", StringComparison.OrdinalIgnoreCase));
    }

    // Parts between underscores, without folder and ending; 0 = no text of comma-separated values.
    private static int Split(ref ReadOnlySpan<char> name, scoped Span<Range> parts)
    {
        name = name[(name.LastIndexOfAny('/', '\\') + 1)..];
        if (!name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) return 0;
        name = name[..^4];
        return name.Split(parts, '_');
    }

    // european, call, 37000000, 20210108
    private static bool TryTerms(ReadOnlySpan<char> name, scoped ReadOnlySpan<Range> parts, string root, out OsiContract contract, out ExerciseStyle exercise)
    {
        (contract, exercise) = (default, default);
        ReadOnlySpan<char> style = name[parts[0]], right = name[parts[1]];
        if (style is not ("american" or "european") || right is not ("call" or "put")) return false;
        if (!long.TryParse(name[parts[2]], NumberStyles.None, CultureInfo.InvariantCulture, out long strike)) return false;
        if (strike is < TenthsOfMills or > MaxStrike || strike % TenthsOfMills != 0 || !TryDate(name[parts[3]], out DateOnly expiry)) return false;
        exercise = style is "american" ? ExerciseStyle.American : ExerciseStyle.European;
        contract = new OsiContract(root, expiry, right is "call" ? OptionRight.Call : OptionRight.Put, strike / TenthsOfMills);
        return OsiSymbol.TryParse($"{root}{expiry:yyMMdd}{(char)contract.Right}{contract.StrikeMills:D8}", out _);
    }

    private static bool IsSymbol(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxSymbolLength) return false;
        foreach (char letter in text)
            if (!char.IsAsciiLetterOrDigit(letter) && letter != '.') return false;
        return true;
    }

    private static bool TryDate(ReadOnlySpan<char> text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date) && date.Year is >= 2000 and <= 2099;

    private static bool TryBar(ReadOnlySpan<char> text, out LeanBar bar)
    {
        bar = text is "second" ? LeanBar.Second : LeanBar.Minute;
        return text is "second" or "minute";
    }

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

/// <summary>How long the bars of an entry are.</summary>
internal enum LeanBar
{
    Minute,
    Second,

    /// <summary>An hour; from midnight on, a day: names do not tell them apart, and no session has an hour that begins at midnight.</summary>
    HourOrDay,
}
