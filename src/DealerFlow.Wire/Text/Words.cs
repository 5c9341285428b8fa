namespace DealerFlow.Wire;

/// <summary>The sentences that go with the numbers. They follow from the sign of the dealers' position, never from call or put.</summary>
public static class Words
{
    /// <summary>What the model assumes of dealers.</summary>
    public static string Of(PositionModel model) => model switch
    {
        PositionModel.OpenInterest => "dealers long every open call, short every open put",
        PositionModel.ShortBoth => "dealers short every open contract",
        PositionModel.Tape => "dealers opposite to every trade of the session that could be signed",
        PositionModel.OpenInterestPlusTape => "OpenInterest plus the session's signed trades",
        PositionModel.OpenClose => "dealers opposite to the customers' positions that were given",
        _ => "open interest without sign, for magnitudes only",
    };

    /// <summary>Whether the model has anything to go by.</summary>
    public static string Of(ModelStatus status) => status switch
    {
        ModelStatus.NoTrades => "no signed trade yet",
        ModelStatus.NoPositions => "no positions given",
        _ => "live",
    };

    /// <summary>The regime, a dash for none.</summary>
    public static string Of(GammaRegime regime) => regime == GammaRegime.None ? "-" : regime.ToString();

    /// <summary>The level as a row of a table.</summary>
    public static string Of(StrikeLevel level) => level switch
    {
        StrikeLevel.CallWall => "call wall (net)",
        StrikeLevel.PutWall => "put wall (net)",
        StrikeLevel.MaxGamma => "max |net| gamma",
        StrikeLevel.AbsoluteGamma => "absolute gamma",
        StrikeLevel.CallWallOneSided => "call wall (calls only)",
        StrikeLevel.PutWallOneSided => "put wall (puts only)",
        StrikeLevel.CallWallOpenInterest => "call wall (open int.)",
        _ => "put wall (open int.)",
    };

    /// <summary>A row of a band table.</summary>
    public static string OfBand(int level) => level switch
    {
        BandedLevels.ZeroGamma => "zero gamma",
        BandedLevels.Pin => "0DTE pin",
        BandedLevels.NetGex => "net GEX",
        _ => Of((StrikeLevel)level),
    };

    /// <summary>What happens in the scenario.</summary>
    public static string Of(HedgeScenario scenario) => scenario switch
    {
        HedgeScenario.SpotDown200 => "spot -2 %",
        HedgeScenario.SpotDown100 => "spot -1 %",
        HedgeScenario.SpotDown50 => "spot -0.5 %",
        HedgeScenario.SpotDown25 => "spot -0.25 %",
        HedgeScenario.SpotUp25 => "spot +0.25 %",
        HedgeScenario.SpotUp50 => "spot +0.5 %",
        HedgeScenario.SpotUp100 => "spot +1 %",
        HedgeScenario.SpotUp200 => "spot +2 %",
        HedgeScenario.Close => "time to the close",
        HedgeScenario.VolDown1 => "volatility -1 point",
        _ => "volatility +1 point",
    };

    /// <summary>The bucket of trades as a row of a table.</summary>
    public static string Of(TradeBucket bucket) => bucket switch
    {
        TradeBucket.ZeroDteCalls => "0DTE calls",
        TradeBucket.ZeroDtePuts => "0DTE puts",
        TradeBucket.OtherCalls => "other calls",
        _ => "other puts",
    };

    /// <summary>The roll-off as a row of a table.</summary>
    public static string Of(RollOff kind) => kind switch
    {
        RollOff.Next => "next settlement",
        RollOff.MonthlyAm => "next monthly, morning",
        _ => "next monthly, afternoon",
    };

    /// <summary>How far a level lies from spot.</summary>
    public static string Distance(double level, double spot)
    {
        double percent = 100 * ((level / spot) - 1);
        return Math.Abs(percent) < 0.005 ? "at spot" : $"{percent:+0.00;-0.00} %";
    }

    /// <summary>One half sentence for each thing that is doubtful about a snapshot.</summary>
    public static IEnumerable<string> Doubts(in MarketSection head)
    {
        var doubts = new List<string>();
        void Add(QualityFlags flag, QualityFlags all, string doubt)
        {
            if (all.HasFlag(flag)) doubts.Add(doubt);
        }
        QualityFlags quality = head.Quality;
        Add(QualityFlags.Halted, quality, "trading is halted");
        Add(QualityFlags.Gap, quality, "messages were lost, so quotes from before the gap are stale until they come again");
        Add(QualityFlags.Silent, quality, $"nothing was heard of {head.Underlying} for more than five seconds");
        Add(QualityFlags.NoUnderlying, quality, "the underlying has no price and none can be inferred, so exposures stand at the last one");
        Add(QualityFlags.SuspectTime, quality, "event times came that cannot be, so the last sane time is held");
        Add(QualityFlags.NoCalendar, quality, "the trading calendar does not know the year, so there is no close to look at");
        if (head.NonFiniteContributions > 0) doubts.Add($"{head.NonFiniteContributions:#,0} contributions were not finite and entered no sum");
        return doubts;
    }

    /// <summary>What a reader of the feed should know of the stream behind it; null = all is well.</summary>
    public static string? Warning(in IngestSection ingest)
    {
        string? overload = ingest.Overload switch
        {
            OverloadState.None => null,
            OverloadState.Conflating => "The stream comes faster than it is calculated: of each contract the last quote counts.",
            OverloadState.Degraded => "The stream comes faster than it is calculated: quotes far out of the money are left for later.",
            _ => "The stream comes faster than it is calculated, and messages were lost.",
        };
        string? lost = ingest.Lost == 0 ? null : $"{ingest.Lost:#,0} messages never came; what they may have replaced is stale until it comes again.";
        return overload is null ? lost : lost is null ? overload : $"{overload} {lost}";
    }
}
