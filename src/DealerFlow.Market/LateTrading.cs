using System.Collections.Frozen;

namespace DealerFlow.Market;

/// <summary>
/// Options that trade for fifteen minutes after the shares have closed: to 16:15, on early closes to 13:15. Settlement knows nothing of it.
/// </summary>
/// <remarks>
/// All index options of <see cref="RootTable"/>, and options on the funds below. Sources: Cboe Rule 5.1(b) and its product specifications
/// (index options 09:30 to 16:15); for the funds the brokers' lists of "options that trade until 3:15 Central", of which those stand here
/// that two of them name. The exchanges choose the funds and may change them; a root that is missing is taken to close with the shares. The
/// curb and overnight sessions of SPX, XSP and VIX are no part of the day.
/// </remarks>
public static class LateTrading
{
    /// <summary>How long after the shares.</summary>
    public static readonly TimeSpan Extension = TimeSpan.FromMinutes(15);

    private static readonly FrozenSet<string> Funds = FrozenSet.Create<string>(
        StringComparer.Ordinal,
        "DBA", "DBB", "DBC", "DBO", "DIA", "EEM", "EFA", "IWM", "IWN", "IWO", "IWV", "KBE", "KRE", "MDY", "MOO", "OEF", "QQQ", "SLX", "SPY",
        "SVXY", "UNG", "UUP", "UVXY", "VIXY", "VXX", "VXZ", "XHB", "XLB", "XLE", "XLF", "XLI", "XLK", "XLP", "XLU", "XLV", "XLY", "XME", "XRT");

    /// <summary>Options of this root trade on after the shares' close. An adjusted root (<c>2SPY</c>) as its plain one.</summary>
    public static bool Has(string root)
    {
        string plain = RootTable.PlainRootOf(root);
        return RootTable.IsIndexRoot(plain) || Funds.Contains(plain);
    }
}
