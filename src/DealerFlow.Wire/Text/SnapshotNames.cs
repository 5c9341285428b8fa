namespace DealerFlow.Wire;

/// <summary>The words of the JSON contract: what the parts of a snapshot are called outside C#.</summary>
public static class SnapshotNames
{
    /// <summary>Unit of every gamma exposure.</summary>
    public const string GexUnit = "USD per 1% move of the underlying";

    /// <summary>parity or carry.</summary>
    public static string Of(ForwardMode mode) => mode == ForwardMode.Parity ? "parity" : "carry";

    /// <summary>Name of a bucket of expiries.</summary>
    public static string Of(ExposureBucket bucket) => bucket switch
    {
        ExposureBucket.ZeroDte => "zeroDte",
        ExposureBucket.ExZeroDte => "exZeroDte",
        _ => "all",
    };

    /// <summary>Name of a bucket of trades.</summary>
    public static string Of(TradeBucket bucket) => bucket switch
    {
        TradeBucket.ZeroDteCalls => "calls0dte",
        TradeBucket.ZeroDtePuts => "puts0dte",
        TradeBucket.OtherCalls => "otherCalls",
        _ => "otherPuts",
    };

    /// <summary>Name of a level.</summary>
    public static string Of(StrikeLevel level) => Camel(level.ToString());

    /// <summary>Name of a reason in the ledger.</summary>
    public static string Of(Rejection reason) => Camel(reason.ToString());

    /// <summary>Name of a roll-off.</summary>
    public static string Of(RollOff kind) => Camel(kind.ToString());

    /// <summary>Name of a scenario of hedging flow.</summary>
    public static string Of(HedgeScenario scenario) => Camel(scenario.ToString());

    /// <summary>Name of a row of a band table.</summary>
    public static string OfBand(int level) => level switch
    {
        BandedLevels.ZeroGamma => "zeroGamma",
        BandedLevels.Pin => "pin",
        BandedLevels.NetGex => "netGex",
        _ => Of((StrikeLevel)level),
    };

    /// <summary>One name for each flag that is set.</summary>
    public static IEnumerable<string> Of(QualityFlags quality)
    {
        foreach (QualityFlags flag in Enum.GetValues<QualityFlags>())
            if (flag != QualityFlags.None && quality.HasFlag(flag)) yield return Camel(flag.ToString());
    }

    /// <summary>yyyymmdd with dashes.</summary>
    public static string Date(int yyyymmdd) => $"{yyyymmdd / 10000:D4}-{yyyymmdd / 100 % 100:D2}-{yyyymmdd % 100:D2}";

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
