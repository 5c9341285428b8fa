using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Output;

/// <summary>What a market section says in sentences; the same on a terminal and on a page.</summary>
internal static class Sentences
{
    /// <summary>What stands behind a spot that was not quoted.</summary>
    public static string SpotSource(SpotSource source) => source switch
    {
        Wire.SpotSource.Inferred => " (inferred by parity)",
        Wire.SpotSource.NoUnderlying => " (the last one known)",
        _ => "",
    };

    /// <summary>The sign of the dealers' gamma, and what their hedging does then.</summary>
    public static string Sign(in MarketSection head, in ModelSection chosen)
    {
        ref readonly BucketSection all = ref chosen.Buckets[(int)ExposureBucket.All];
        string net = Names.Usd(all.NetGex), gross = Names.Usd(all.GrossGex).TrimStart('+');
        if (chosen.Status != ModelStatus.Live) return $"Model {head.Model} has nothing to go by: {Words.Of(chosen.Status)}.";
        return all.Regime switch
        {
            GammaRegime.Positive => $"Dealers long gamma: net {net} of gross {gross}. Their hedging leans against moves.",
            GammaRegime.Negative => $"Dealers short gamma: net {net} of gross {gross}. Their hedging chases moves.",
            GammaRegime.Transition => $"Gamma near zero: net {net} is under 5 % of gross {gross}, so the sign is not telling.",
            _ => all.GrossGex == 0 ? "No gamma exposure." : $"Gross gamma {gross}; the model has no sign.",
        };
    }

    /// <summary>Zero gamma and walls, and how far they are.</summary>
    public static string Levels(in MarketSection head, in ModelSection chosen)
    {
        ref readonly BucketSection all = ref chosen.Buckets[(int)ExposureBucket.All];
        double spot = head.Spot;
        string zero = all.ZeroGamma.Status == ZeroGammaStatus.Found
            ? $"Zero gamma {all.ZeroGamma.Value:#,0.00} ({Words.Distance(all.ZeroGamma.Value, spot)})"
            : all.ZeroGamma.Status == ZeroGammaStatus.None ? $"No zero gamma: {(all.ZeroGamma.Sign >= 0 ? "positive" : "negative")} throughout" : "No zero gamma";
        string Wall(string name, LevelRow row) =>
            row.Present == 0 ? $"no {name}" : $"{name} {Names.Price(row.Strike)} ({Words.Distance(row.Strike, spot)})";
        return $"{zero}; {Wall("put wall", all.Levels[(int)StrikeLevel.PutWall])}; {Wall("call wall", all.Levels[(int)StrikeLevel.CallWall])}.";
    }

    /// <summary>Where today's expiry is drawn to; null when nothing settles today.</summary>
    public static string? Pin(in PinSection pin)
    {
        if (pin.SettlementNanos == 0) return null;
        return pin.Present == 0
            ? $"No 0DTE pin for {Names.NewYork(pin.SettlementNanos)}: the profile is positive at no strike nearby."
            : $"0DTE pin {Names.Price(pin.Strike)} for {Names.NewYork(pin.SettlementNanos)}: {pin.Share:P0} of the gross profile there, " +
                $"probability to settle at it {pin.Probability:P0}.";
    }

    /// <summary>What the numbers were made of, and under which assumptions.</summary>
    public static IEnumerable<string> Provenance(in MarketSection head)
    {
        string members = head.Members > 1 ? $"; sum of {head.Members} underlyings" : "";
        string rule = head.Stickiness == 1 ? "volatility sticks to the strike" : $"skew-stickiness {head.Stickiness}";
        string overrides = head.CalendarOverrides == 0 ? "" : $" with overrides {head.CalendarOverrides:x16}";
        List<string> lines =
        [
            $"Spot {(head.SpotAgeNanos < 0 ? "never quoted" : Names.Age(head.SpotAgeNanos) + " old")}; " +
                (head.ZeroGammaAgeNanos == 0 ? "" : $"zero gamma {head.ZeroGammaAgeNanos / 1e6:0.#} ms older than the rest; ") +
                $"open interest {(head.OpenInterestDate == 0 ? "not seen yet" : "of " + SnapshotNames.Date(head.OpenInterestDate))}; {head.Nodes:#,0} nodes: " +
                $"{head.Stale:#,0} stale, {head.Held:#,0} held, {head.Interpolated:#,0} interpolated.",
        ];
        if (head.UnpricedOpenInterest + head.AdjustedOpenInterest > 0)
            lines.Add($"In no sum: open interest of {head.UnpricedOpenInterest:#,0} contracts unpriced, of {head.AdjustedOpenInterest:#,0} adjusted.");
        lines.Add($"Positions are inferred, never reported. Model {head.Model}: {Words.Of(head.Model)}.");
        lines.Add($"GEX in {SnapshotNames.GexUnit}; forwards by {SnapshotNames.Of(head.ForwardMode)}; {rule}; calendar {head.CalendarVersion}{overrides}{members}.");
        return lines;
    }

    /// <summary>What became of American contracts.</summary>
    public static string Exercise(EngineOptions options, ExerciseCounts counts)
    {
        if (options.Exercise == ExerciseTreatment.European) return "Exercise: every contract as European.";
        if (counts.American == 0) return "Exercise: European contracts.";
        string dividends = options.Dividends.Count == 0
            ? "carry as a continuous yield"
            : "dividends " + string.Join(", ", options.Dividends.Select(dividend => $"{Names.Price(dividend.Amount)} on {Names.Date(dividend)}"));
        return $"Exercise: American, made European, {dividends}; of {counts.American:#,0} nodes {counts.Premium:#,0} where early exercise " +
            $"is worth half a tick or more, {counts.Immediate:#,0} where exercising one side now is optimal.";
    }
}
