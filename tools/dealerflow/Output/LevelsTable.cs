using DealerFlow.Engine;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Output;

/// <summary>One market section for people: totals and levels per bucket, expiries, and the strikes about spot.</summary>
internal static class LevelsTable
{
    public static void Write(IAnsiConsole console, MarketView market, int strikesShown)
    {
        WriteHeadline(console, in market.Head);
        WriteTables(console, market, strikesShown);
    }

    /// <summary>The same with what became of American contracts.</summary>
    public static void Write(IAnsiConsole console, MarketView market, int strikesShown, EngineOptions options, ExerciseCounts counts)
    {
        WriteHeadline(console, in market.Head);
        WriteExercise(console, options, counts);
        WriteTables(console, market, strikesShown);
    }

    private static void WriteTables(IAnsiConsole console, MarketView market, int strikesShown)
    {
        WriteBuckets(console, in market.Head);
        WriteExpiries(console, market.Expiries);
        if (strikesShown > 0) WriteStrikes(console, market, strikesShown);
    }

    public static void WriteHeadline(IAnsiConsole console, in MarketSection head)
    {
        string spot = head.SpotSource == SpotSource.Inferred ? $"{Names.Price(head.Spot)} (inferred by parity)" : Names.Price(head.Spot);
        console.MarkupLineInterpolated($"[bold]{head.Underlying}[/]  spot {spot}  as of {UnixNanos.ToIso(head.MarkTimeNanos)}");
        console.WriteLine($"Position model {head.Model} (an assumption: dealer positions are inferred, never reported), forwards by {Names.Of(head.ForwardMode)}.");
        console.WriteLine($"GEX in {Names.GexUnit}; {head.Nodes:#,0} nodes, {head.Interpolated:#,0} interpolated, {head.Held:#,0} held; " +
            $"open interest unpriced {head.UnpricedOpenInterest:#,0}, adjusted {head.AdjustedOpenInterest:#,0}.");
    }

    private static void WriteExercise(IAnsiConsole console, EngineOptions options, ExerciseCounts counts)
    {
        if (options.Exercise == ExerciseTreatment.European)
        {
            console.WriteLine("Exercise: every contract as European.");
            return;
        }
        if (counts.American == 0)
        {
            console.WriteLine("Exercise: European contracts.");
            return;
        }
        string dividends = options.Dividends.Count == 0
            ? "carry as a continuous yield"
            : "dividends " + string.Join(", ", options.Dividends.Select(dividend => $"{Names.Price(dividend.Amount)} on {Names.Date(dividend)}"));
        console.WriteLine($"Exercise: American, made European, {dividends}; of {counts.American:#,0} nodes {counts.Premium:#,0} where early exercise " +
            $"is worth half a tick or more, {counts.Immediate:#,0} where exercising one side now is optimal.");
    }

    public static void WriteBuckets(IAnsiConsole console, in MarketSection head)
    {
        BucketSection all = head.Buckets[0], zeroDte = head.Buckets[1], rest = head.Buckets[2];
        Table table = NewTable("", "all", "0DTE", "ex 0DTE");
        void Row(string name, Func<BucketSection, string> cell) => table.AddRow(
            new Text(name), Right(cell(all)), Right(cell(zeroDte)), Right(cell(rest)));
        Row("net GEX", bucket => Names.Usd(MoneyGrid.ToUsd(bucket.NetGex)));
        Row("call GEX", bucket => Names.Usd(MoneyGrid.ToUsd(bucket.CallGex)));
        Row("put GEX", bucket => Names.Usd(MoneyGrid.ToUsd(bucket.PutGex)));
        Row("gross GEX", bucket => Names.Usd(MoneyGrid.ToUsd(bucket.GrossGex)));
        Row("DEX, USD", bucket => Names.Usd(MoneyGrid.ToUsd(bucket.Dex)));
        Row("VEX, USD per vol point", bucket => Names.Usd(MoneyGrid.ToUsd(bucket.Vex)));
        Row("CHEX, USD per day", bucket => Names.Usd(MoneyGrid.ToUsd(bucket.Chex)));
        if (head.LiquidityUsd > 0) Row("squeeze gain", bucket => $"{bucket.SqueezeGain:0.000}");
        Row("regime", bucket => bucket.Regime == GammaRegime.None ? "-" : bucket.Regime.ToString());
        Row("zero gamma", bucket => ZeroGamma(in bucket.ZeroGamma));
        foreach (StrikeLevel level in Enum.GetValues<StrikeLevel>()) Row(Label(level), bucket => Level(level, bucket.Levels[(int)level]));
        console.Write(table);
    }

    public static string ZeroGamma(in ZeroGammaSection zeroGamma) => zeroGamma.Status switch
    {
        ZeroGammaStatus.Found => zeroGamma.RootCount == 1 ? $"{zeroGamma.Value:#,0.00}" : $"{zeroGamma.Value:#,0.00} (1 of {zeroGamma.RootCount} roots)",
        ZeroGammaStatus.None => zeroGamma.Sign >= 0 ? "none (positive)" : "none (negative)",
        _ => "-",
    };

    private static string Level(StrikeLevel level, LevelRow row)
    {
        if (row.Present == 0) return "-";
        string size = level is StrikeLevel.CallWallOpenInterest or StrikeLevel.PutWallOpenInterest
            ? $"{row.Size:#,0}"
            : Names.Usd(MoneyGrid.ToUsd(row.Size));
        return $"{Names.Price(row.Strike)}  {size}  margin {row.Margin:P0}";
    }

    private static string Label(StrikeLevel level) => level switch
    {
        StrikeLevel.CallWall => "call wall (net)",
        StrikeLevel.PutWall => "put wall (net)",
        StrikeLevel.MaxGamma => "max |net| gamma",
        StrikeLevel.AbsoluteGamma => "absolute gamma",
        StrikeLevel.CallWallOneSided => "call wall (calls only)",
        StrikeLevel.PutWallOneSided => "put wall (puts only)",
        StrikeLevel.CallWallOpenInterest => "call wall (open interest)",
        _ => "put wall (open interest)",
    };

    private static void WriteExpiries(IAnsiConsole console, ReadOnlySpan<ExpiryRow> expiries)
    {
        Table table = NewTable("expiry", "root", "", "forward", "by", "net GEX", "gross GEX", "open interest", "nodes", "good");
        foreach (ref readonly ExpiryRow row in expiries)
        {
            table.AddRow(
                new Text(Names.Date(row.ExpiryDate)), new Text(row.Root.ToString()),
                new Text(row.Settlement + (row.IsZeroDte != 0 ? " 0DTE" : "")),
                Right(row.ForwardSource == ForwardSource.None ? "-" : $"{row.Forward:#,0.00}"), new Text(Source(row.ForwardSource)),
                Right(row.Status == ExpiryStatus.Unpriced ? "unpriced" : Names.Usd(MoneyGrid.ToUsd(row.NetGex))),
                Right(row.Status == ExpiryStatus.Unpriced ? "" : Names.Usd(MoneyGrid.ToUsd(row.GrossGex))),
                Right($"{row.OpenInterest:#,0}"), Right($"{row.Nodes}"), Right($"{row.Good}"));
        }
        console.Write(table);
    }

    private static string Source(ForwardSource source) => source switch
    {
        ForwardSource.Parity => "parity",
        ForwardSource.Carry => "carry",
        ForwardSource.CarryFallback => "carry (too few pairs)",
        _ => "-",
    };

    private static void WriteStrikes(IAnsiConsole console, MarketView market, int shown)
    {
        ReadOnlySpan<StrikeRow> strikes = market.Strikes;
        int centre = 0;
        while (centre < strikes.Length && strikes[centre].Strike < market.Head.Spot) centre++;
        int from = Math.Clamp(centre - (shown / 2), 0, Math.Max(0, strikes.Length - shown));
        int to = Math.Min(strikes.Length, from + shown);
        long widest = 1;
        for (int i = from; i < to; i++) widest = Math.Max(widest, Math.Abs(strikes[i].CallGex + strikes[i].PutGex));

        Table table = NewTable("strike", "call GEX", "put GEX", "net GEX", "", "0DTE net", "call OI", "put OI");
        for (int i = to - 1; i >= from; i--)
        {
            ref readonly StrikeRow row = ref strikes[i];
            long net = row.CallGex + row.PutGex;
            int length = (int)Math.Round(20.0 * Math.Abs(net) / widest);
            table.AddRow(
                Right(Names.Price(row.Strike)), Right(Names.Usd(MoneyGrid.ToUsd(row.CallGex))), Right(Names.Usd(MoneyGrid.ToUsd(row.PutGex))),
                Right(Names.Usd(MoneyGrid.ToUsd(net))),
                new Text(new string(net < 0 ? '-' : '+', length), new Style(net < 0 ? Color.Red : Color.Green)),
                Right(Names.Usd(MoneyGrid.ToUsd(row.ZeroDteCallGex + row.ZeroDtePutGex))),
                Right($"{row.CallOpenInterest:#,0}"), Right($"{row.PutOpenInterest:#,0}"));
        }
        console.Write(table);
        if (to - from < strikes.Length)
            console.WriteLine($"{to - from} of {strikes.Length} strikes, those nearest to spot; --strikes {strikes.Length} shows all, --json gives everything.");
    }

    public static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string column in columns) table.AddColumn(new TableColumn(new Text(column)).NoWrap());
        return table;
    }

    public static Text Right(string text) => new(text) { Justification = Justify.Right };
}
