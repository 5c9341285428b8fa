using System.Collections.Frozen;

namespace DealerFlow.Market;

/// <summary>
/// What an option root stands for. The root decides settlement, not the calendar: SPX (morning) and SPXW (afternoon) expire on the
/// same dates, and morning expiries fall on Thursdays where the third Friday is a holiday.
/// </summary>
/// <remarks>Sources: product specifications of Cboe (S&amp;P, VIX, Russell, Dow Jones indexes) and Nasdaq (Nasdaq-100).</remarks>
public static class RootTable
{
    private const uint StandardMultiplier = 100;

    // Only index options need a row: every share and fund option is American, settles in the afternoon and stands for 100 shares.
    private static readonly FrozenDictionary<string, RootTerms> IndexRoots = new RootTerms[]
    {
        Index("SPX", "SPX", SettlementStyle.AM),
        Index("SPXW", "SPX", SettlementStyle.PM),
        Index("SPXPM", "SPX", SettlementStyle.PM),
        Index("XSP", "XSP", SettlementStyle.PM),
        Index("NDX", "NDX", SettlementStyle.AM),
        Index("NDXP", "NDX", SettlementStyle.PM),
        Index("XND", "XND", SettlementStyle.PM),
        Index("RUT", "RUT", SettlementStyle.AM),
        Index("RUTW", "RUT", SettlementStyle.PM),
        Index("MRUT", "MRUT", SettlementStyle.PM),
        Index("RUI", "RUI", SettlementStyle.AM),
        Index("RLG", "RLG", SettlementStyle.AM),
        Index("RLV", "RLV", SettlementStyle.AM),
        Index("DJX", "DJX", SettlementStyle.AM),
        Index("VIX", "VIX", SettlementStyle.AM),
        Index("VIXW", "VIX", SettlementStyle.AM),
        Index("XEO", "OEX", SettlementStyle.PM),
        Index("OEX", "OEX", SettlementStyle.PM) with { Exercise = ExerciseStyle.American },
    }.ToFrozenDictionary(terms => terms.Root);

    /// <summary>
    /// The terms of a root. A root without a row is a share or a fund: American, afternoon, 100 shares, its own underlying.
    /// A leading or trailing digit marks an adjusted or flexible contract of the plain root (<c>AMD1</c>, <c>2AAPL</c>): its terms
    /// are the plain root's, marked <see cref="RootTerms.IsAdjusted"/>, since its deliverable is unknown.
    /// </summary>
    public static RootTerms TermsOf(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        if (!char.IsAsciiDigit(root[0]) && !char.IsAsciiDigit(root[^1])) return PlainTermsOf(root);
        return PlainTermsOf(PlainRootOf(root)) with { Root = root, IsAdjusted = true };
    }

    /// <summary>The root without the digits of an adjusted contract; one of digits only stays as it is.</summary>
    internal static string PlainRootOf(string root)
    {
        ReadOnlySpan<char> plain = root.AsSpan().Trim("0123456789");
        return plain.IsEmpty || plain.Length == root.Length ? root : plain.ToString();
    }

    /// <summary>The table has a row for this plain root: its options are on an index.</summary>
    internal static bool IsIndexRoot(string plainRoot) => IndexRoots.ContainsKey(plainRoot);

    private static RootTerms PlainTermsOf(string root) => IndexRoots.TryGetValue(root, out RootTerms terms)
        ? terms
        : new RootTerms(root, root, SettlementStyle.PM, ExerciseStyle.American, StandardMultiplier, IsAdjusted: false);

    private static RootTerms Index(string root, string underlying, SettlementStyle settlement) =>
        new(root, underlying, settlement, ExerciseStyle.European, StandardMultiplier, IsAdjusted: false);
}

/// <summary>The terms that all contracts of one root share.</summary>
/// <param name="Root">Option root: <c>SPXW</c>.</param>
/// <param name="Underlying">Symbol of what it is an option on: <c>SPX</c>.</param>
/// <param name="Settlement">When it settles on its expiry date.</param>
/// <param name="Exercise">When it may be exercised.</param>
/// <param name="Multiplier">Shares or index units per contract.</param>
/// <param name="IsAdjusted">The deliverable is not the multiplier's worth of shares: enters no exposure sum.</param>
public readonly record struct RootTerms(
    string Root, string Underlying, SettlementStyle Settlement, ExerciseStyle Exercise, uint Multiplier, bool IsAdjusted);
