using DealerFlow.Engine;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Output;

/// <summary>
/// One market section for people, what a trader looks at first on top: the sign, the levels about spot, what is doubtful; then totals,
/// the position models side by side, what would be traded, expiries and strikes.
/// </summary>
internal static class LevelsTable
{
    public static void Write(IAnsiConsole console, MarketView market, RowsShown shown)
    {
        WriteHeadline(console, in market.Head);
        WriteTables(console, market, shown);
    }

    /// <summary>The same with what became of American contracts.</summary>
    public static void Write(IAnsiConsole console, MarketView market, RowsShown shown, EngineOptions options, ExerciseCounts counts)
    {
        WriteHeadline(console, in market.Head);
        WriteExercise(console, options, counts);
        WriteTables(console, market, shown);
    }

    private static void WriteTables(IAnsiConsole console, MarketView market, RowsShown shown)
    {
        ref readonly MarketSection head = ref market.Head;
        WriteBuckets(console, in head);
        ModelTables.WriteModels(console, in head);
        ModelTables.WriteBands(console, in head);
        FlowTables.WriteHedgeFlow(console, in head);
        FlowTables.WriteTrades(console, in head);
        FlowTables.WriteRollOff(console, in head);
        RowTables.WriteExpiries(console, market, shown.Expiries);
        RowTables.WriteStrikes(console, market, shown.Strikes);
    }

    public static void WriteHeadline(IAnsiConsole console, in MarketSection head)
    {
        ref readonly ModelSection chosen = ref head.Models[(int)head.Model];
        string source = head.SpotSource switch
        {
            SpotSource.Inferred => " (inferred by parity)",
            SpotSource.NoUnderlying => " (the last one known)",
            _ => "",
        };
        console.MarkupLineInterpolated(
            $"[bold]{head.Underlying}  {Names.Price(head.Spot)}[/]{source}  {Names.NewYork(head.MarkTimeNanos)} New York, {UnixNanos.ToIso(head.MarkTimeNanos)}");
        WriteSign(console, in head, in chosen);
        console.WriteLine(LevelsLine(in head, in chosen));
        WritePin(console, in chosen.Pin);
        foreach (string doubt in Words.Doubts(in head)) console.MarkupLineInterpolated($"[yellow]Doubtful: {doubt}.[/]");
        console.WriteLine(
            $"Spot {(head.SpotAgeNanos < 0 ? "never quoted" : Names.Age(head.SpotAgeNanos) + " old")}; " +
            $"open interest {(head.OpenInterestDate == 0 ? "not seen yet" : "of " + SnapshotNames.Date(head.OpenInterestDate))}; {head.Nodes:#,0} nodes: " +
            $"{head.Stale:#,0} stale, {head.Held:#,0} held, {head.Interpolated:#,0} interpolated.");
        if (head.UnpricedOpenInterest + head.AdjustedOpenInterest > 0)
            console.WriteLine($"In no sum: open interest of {head.UnpricedOpenInterest:#,0} contracts unpriced, of {head.AdjustedOpenInterest:#,0} adjusted.");
        console.WriteLine($"Positions are inferred, never reported. Model {head.Model}: {Words.Of(head.Model)}.");
        string members = head.Members > 1 ? $"; sum of {head.Members} underlyings" : "";
        string rule = head.Stickiness == 1 ? "volatility sticks to the strike" : $"skew-stickiness {head.Stickiness}";
        string overrides = head.CalendarOverrides == 0 ? "" : $" with overrides {head.CalendarOverrides:x16}";
        console.WriteLine(
            $"GEX in {SnapshotNames.GexUnit}; forwards by {SnapshotNames.Of(head.ForwardMode)}; {rule}; calendar {head.CalendarVersion}{overrides}{members}.");
    }

    private static void WriteSign(IAnsiConsole console, in MarketSection head, in ModelSection chosen)
    {
        ref readonly BucketSection all = ref chosen.Buckets[(int)ExposureBucket.All];
        string net = Names.Usd(all.NetGex), gross = Names.Usd(all.GrossGex).TrimStart('+');
        if (chosen.Status != ModelStatus.Live)
        {
            console.MarkupLineInterpolated($"[yellow]Model {head.Model} has nothing to go by: {Words.Of(chosen.Status)}.[/]");
            return;
        }
        switch (all.Regime)
        {
            case GammaRegime.Positive:
                console.MarkupLineInterpolated($"[green]Dealers long gamma: net {net} of gross {gross}. Their hedging leans against moves.[/]");
                break;
            case GammaRegime.Negative:
                console.MarkupLineInterpolated($"[red]Dealers short gamma: net {net} of gross {gross}. Their hedging chases moves.[/]");
                break;
            case GammaRegime.Transition:
                console.MarkupLineInterpolated($"[yellow]Gamma near zero: net {net} is under 5 % of gross {gross}, so the sign is not telling.[/]");
                break;
            default:
                console.WriteLine(all.GrossGex == 0 ? "No gamma exposure." : $"Gross gamma {gross}; the model has no sign.");
                break;
        }
    }

    private static string LevelsLine(in MarketSection head, in ModelSection chosen)
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

    private static void WritePin(IAnsiConsole console, in PinSection pin)
    {
        if (pin.SettlementNanos == 0) return;
        console.WriteLine(pin.Present == 0
            ? $"No 0DTE pin for {Names.NewYork(pin.SettlementNanos)}: the profile is positive at no strike nearby."
            : $"0DTE pin {Names.Price(pin.Strike)} for {Names.NewYork(pin.SettlementNanos)}: {pin.Share:P0} of the gross profile there, " +
                $"probability to settle at it {pin.Probability:P0}.");
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
        Heading(console, "Totals and levels", "a level reads strike, size, margin to the second (small: it may jump)");
        Table table = NewTable("", ">all", ">0DTE", ">ex 0DTE");
        void Row(string name, Func<BucketSection, string> cell) => table.AddRow(
            new Text(name), Right(cell(all)), Right(cell(zeroDte)), Right(cell(rest)));
        Row("net GEX", bucket => Names.Usd(bucket.NetGex));
        Row("call GEX", bucket => Names.Usd(bucket.CallGex));
        Row("put GEX", bucket => Names.Usd(bucket.PutGex));
        Row("gross GEX", bucket => Names.Usd(bucket.GrossGex));
        Row("DEX, USD", bucket => Names.Usd(bucket.Dex));
        Row("VEX, USD per vol point", bucket => Names.Usd(bucket.Vex));
        Row("CHEX, USD per day", bucket => Names.Usd(bucket.Chex));
        bool knowsClose = head.Outlook.CloseNanos != 0;
        Row("charm to close, USD", bucket => knowsClose ? Names.Usd(bucket.CharmToClose) : "-");
        if (head.LiquidityUsd > 0) Row("squeeze gain", bucket => bucket.Regime == GammaRegime.None ? "-" : $"{bucket.SqueezeGain:0.000}");
        Row("regime", bucket => Words.Of(bucket.Regime));
        Row("zero gamma", bucket => ZeroGamma(in bucket.ZeroGamma));
        foreach (StrikeLevel level in Enum.GetValues<StrikeLevel>()) Row(Words.Of(level), bucket => Level(level, bucket.Levels[(int)level]));
        console.Write(table);
    }

    public static string ZeroGamma(in ZeroGammaSection zeroGamma, string roots = " roots") => zeroGamma.Status switch
    {
        ZeroGammaStatus.Found => zeroGamma.RootCount == 1 ? $"{zeroGamma.Value:#,0.00}" : $"{zeroGamma.Value:#,0.00} (1 of {zeroGamma.RootCount}{roots})",
        ZeroGammaStatus.None => zeroGamma.Sign switch { > 0 => "none (positive)", < 0 => "none (negative)", _ => "none" },
        _ => "-",
    };

    private static string Level(StrikeLevel level, LevelRow row)
    {
        if (row.Present == 0) return "-";
        string size = level is StrikeLevel.CallWallOpenInterest or StrikeLevel.PutWallOpenInterest ? $"{row.Size:#,0}" : Names.Usd(row.Size);
        return $"{Names.Price(row.Strike)}  {size}  {row.Margin,5:P0}";
    }

    /// <summary>What a table is about, and how to read it.</summary>
    public static void Heading(IAnsiConsole console, string title, string reading = "")
    {
        if (reading.Length == 0) console.MarkupLineInterpolated($"[bold]{title}[/]");
        else console.MarkupLineInterpolated($"[bold]{title}[/]: {reading}");
    }

    /// <summary>A table; the name of a column of numbers begins with <c>&gt;</c> and stands at its right, as they do.</summary>
    public static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string column in columns)
            table.AddColumn(new TableColumn(column.StartsWith('>') ? Right(column[1..]) : new Text(column)).NoWrap());
        return table;
    }

    public static Text Right(string text) => new(text) { Justification = Justify.Right };
}

/// <summary>How many rows of the long tables are printed.</summary>
internal readonly record struct RowsShown(int Strikes, int Expiries);
