using DealerFlow.Cli.Output;
using DealerFlow.Feed;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>The sentences and numbers of the screen.</summary>
internal static class TopText
{
    public static string Of(ExposureBucket bucket) => bucket switch
    {
        ExposureBucket.ZeroDte => "0DTE",
        ExposureBucket.ExZeroDte => "ex 0DTE",
        _ => "all expiries",
    };

    /// <summary>A model with the key that shows it.</summary>
    public static string Of(PositionModel model) => $"{(int)model + 1} {model}";

    /// <summary>One word for what the feed does.</summary>
    public static string Word(FeedState? feed) => feed switch
    {
        null => "NO FEED",
        FeedState.NotFound => "REMOVED",
        FeedState.Superseded => "REPLACED",
        { } known => known.ToString().ToUpperInvariant(),
    };

    /// <summary>Green only where numbers move.</summary>
    public static Ink Ink(FeedState? feed) => feed switch
    {
        FeedState.Live => Top.Ink.Green,
        FeedState.Idle or FeedState.Recovering or FeedState.Superseded or FeedState.Closed => Top.Ink.Yellow,
        _ => Top.Ink.Red,
    };

    /// <summary>What a feed that is not live means for the numbers; null = it is live.</summary>
    public static string? Banner(TopState state)
    {
        string numbers = state.HasNumbers ? $"numbers are {Age(state.AgeNanos)} old" : "there are no numbers";
        return state.Feed switch
        {
            FeedState.Live => state.HasNumbers ? null : "the writer is alive and has no snapshot yet.",
            null => $"there is no feed '{state.FeedName}' yet, and this waits for it: start 'dealerflow live' or 'dealerflow replay TAPE --speed 1x'.",
            FeedState.Recovering => $"a new writer has published nothing yet; {numbers}.",
            FeedState.Idle => $"the writer lives and no event comes in; {numbers}.",
            FeedState.Stalled => $"no sign of life, but the writer has not ended; {numbers}.",
            FeedState.Dead => $"the writer died without closing the feed; {numbers}.",
            FeedState.Closed => $"the writer has ended in good order; {numbers}.",
            FeedState.Superseded => $"another file has the feed's name now; {numbers}.",
            FeedState.NotFound => $"the feed is gone, waiting for another; {numbers}.",
            _ => $"the feed is damaged, restart its writer; {numbers}.",
        };
    }

    /// <summary>How hedging acts, from the sign of the dealers' position; never from the side of zero gamma, and never from call or put.</summary>
    public static (string Sentence, Ink Ink) Hedging(TopState state)
    {
        if (!state.IsModelLive) return ($"Model {state.Model} has nothing to go by: {Words.Of(state.Section.Status)}.", Top.Ink.Yellow);
        ref readonly BucketSection bucket = ref state.Bucket();
        return bucket.Regime switch
        {
            GammaRegime.Positive => ("Dealers long gamma: their hedging leans against moves.", Top.Ink.Green),
            GammaRegime.Negative => ("Dealers short gamma: their hedging chases moves.", Top.Ink.Red),
            GammaRegime.Transition => ("Gamma near zero: the sign is not telling.", Top.Ink.Yellow),
            _ => (bucket.GrossGex == 0 ? "No gamma exposure." : "The model has no sign: magnitude only.", Top.Ink.Plain),
        };
    }

    /// <summary>How much of gross the net is, at length and in short; nothing where there is no gross.</summary>
    public static string[] NetOfGross(in BucketSection bucket)
    {
        if (bucket.GrossGex <= 0) return [];
        string share = $"net {Math.Abs((double)bucket.NetGex) / bucket.GrossGex:P1} of gross";
        return [$"{share} {Names.Usd(bucket.GrossGex).TrimStart('+')}", share];
    }

    /// <summary>Everything that is doubtful, a sentence each.</summary>
    public static List<string> Doubts(TopState state)
    {
        var doubts = new List<string>();
        if (state.Trouble is { } trouble) doubts.Add(trouble);
        if (!state.HasNumbers) return doubts;
        doubts.AddRange(Words.Doubts(in state.Head).Select(doubt => $"Doubtful: {doubt}."));
        ref readonly RuntimeSection runtime = ref state.Runtime;
        if (Words.Warning(in runtime.Ingest) is { } warning) doubts.Add(warning);
        if (!runtime.Ledger.Balances) doubts.Add("Doubtful: the ledger of messages does not add up.");
        if (state.Snapshot!.Runtime.Recording is RecordingState.Behind or RecordingState.Stopped)
            doubts.Add($"The recording is {state.Snapshot.Runtime.Recording}: {state.Snapshot.Runtime.UnrecordedTicks:#,0} ticks are on no tape.");
        return doubts;
    }

    /// <summary>A notice of the change stream without its time.</summary>
    public static string Of(in LevelChange change)
    {
        string bucket = change.Bucket == ExposureBucket.All || change.Kind is LevelChangeKind.Pin or LevelChangeKind.Model ? "" : Of(change.Bucket) + " ";
        string before = change.Before.ToString("#,0.####"), after = change.After.ToString("#,0.####");
        switch (change.Kind)
        {
            case LevelChangeKind.Regime:
                return $"{bucket}regime {Regime(change.Before)} → {Regime(change.After)}";
            case LevelChangeKind.Model:
                return $"the feed's model {Model(change.Before)} → {Model(change.After)}";
            case LevelChangeKind.ZeroGammaCrossed:
                return $"{bucket}spot {(change.SpotBefore < change.Spot ? "rose" : "fell")} through zero gamma {change.After:#,0.00}";
        }
        string level = bucket + change.Kind switch
        {
            LevelChangeKind.ZeroGammaFound => "zero gamma",
            LevelChangeKind.CallWall => "call wall",
            LevelChangeKind.PutWall => "put wall",
            LevelChangeKind.Pin => "0DTE pin",
            _ => "a level",
        };
        if (change.Kind == LevelChangeKind.ZeroGammaFound) (before, after) = ($"{change.Before:#,0.00}", $"{change.After:#,0.00}");
        return (change.HasBefore != 0, change.HasAfter != 0) switch
        {
            (true, true) => $"{level} {before} → {after}",
            (false, true) => $"{level} now at {after}",
            (true, false) => $"{level} gone, was {before}",
            _ => $"{level} gone",
        };
    }

    /// <summary>An age as short as it can be said: <c>13 ms</c>, <c>4.2 s</c>, <c>3 min</c>.</summary>
    public static string Age(long nanos) => nanos switch
    {
        < 0 => "? s",
        < UnixNanos.PerMillisecond => "0 ms",
        < UnixNanos.PerSecond => $"{nanos / UnixNanos.PerMillisecond} ms",
        _ => Names.Age(nanos),
    };

    /// <summary>Messages a second, of now.</summary>
    public static string Rate(TopState state) => state.History.MessagesPerSecond is { } perSecond ? $"{perSecond:#,0} ticks/s" : "- ticks/s";

    /// <summary>A sum on the money grid in at most twelve characters.</summary>
    public static string Usd(long units)
    {
        string text = Names.Usd(units);
        return text.Length <= 12 ? text : $"{MoneyGrid.ToUsd(units) / 1e12:+0.0;-0.0} tn";
    }

    /// <summary>A price that moves: two decimals, or four where the price is small.</summary>
    public static string Spot(double spot) => !(spot > 0) || !double.IsFinite(spot) ? "-" : spot < 10 ? $"{spot:0.0000}" : $"{spot:#,0.00}";

    /// <summary>Time of day in New York, always to the second.</summary>
    public static string Clock(long unixNanos) => NewYorkTime.TimeOf(unixNanos).ToString("HH:mm:ss");

    /// <summary>Where a level lies, in per cent of spot.</summary>
    public static string Distance(double level, double spot) => spot > 0 && double.IsFinite(level) ? Words.Distance(level, spot) : "";

    /// <summary>A text in lines of at most so many characters, broken between words where there are any.</summary>
    public static List<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        while (text.Length > width)
        {
            int end = text.LastIndexOf(' ', width, width);
            if (end <= 0) end = width;
            lines.Add(text[..end]);
            text = text[end..].TrimStart(' ');
        }
        lines.Add(text);
        return lines;
    }

    private static string Regime(double value) => value is >= 0 and <= (double)GammaRegime.Transition ? Words.Of((GammaRegime)value) : "?";

    private static string Model(double value) => value is >= 0 and < PositionModels.Count ? ((PositionModel)value).ToString() : "?";
}
