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
        console.WriteLine(Sentences.Exercise(options, counts));
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
        console.MarkupLineInterpolated(
            $"[bold]{head.Underlying}  {Names.Price(head.Spot)}[/]{Sentences.SpotSource(head.SpotSource)}  {Names.NewYork(head.MarkTimeNanos)} New York, {UnixNanos.ToIso(head.MarkTimeNanos)}");
        WriteSign(console, in head, in chosen);
        console.WriteLine(Sentences.Levels(in head, in chosen));
        if (Sentences.Pin(in chosen.Pin) is { } pin) console.WriteLine(pin);
        foreach (string doubt in Words.Doubts(in head)) console.MarkupLineInterpolated($"[yellow]Doubtful: {doubt}.[/]");
        foreach (string line in Sentences.Provenance(in head)) console.WriteLine(line);
    }

    private static void WriteSign(IAnsiConsole console, in MarketSection head, in ModelSection chosen)
    {
        string sign = Sentences.Sign(in head, in chosen);
        if (chosen.Status != ModelStatus.Live)
        {
            console.MarkupLineInterpolated($"[yellow]{sign}[/]");
            return;
        }
        switch (chosen.Buckets[(int)ExposureBucket.All].Regime)
        {
            case GammaRegime.Positive:
                console.MarkupLineInterpolated($"[green]{sign}[/]");
                break;
            case GammaRegime.Negative:
                console.MarkupLineInterpolated($"[red]{sign}[/]");
                break;
            case GammaRegime.Transition:
                console.MarkupLineInterpolated($"[yellow]{sign}[/]");
                break;
            default:
                console.WriteLine(sign);
                break;
        }
    }

    public static void WriteBuckets(IAnsiConsole console, in MarketSection head)
    {
        Heading(console, "Totals and levels", "a level reads strike, size, margin to the second (small: it may jump)");
        Table table = NewTable("", ">all", ">0DTE", ">ex 0DTE");
        foreach (string[] row in Totals(in head)) table.AddRow(new Text(row[0]), Right(row[1]), Right(row[2]), Right(row[3]));
        console.Write(table);
    }

    /// <summary>Totals and levels of the chosen model: name, all expiries, 0DTE, the rest.</summary>
    public static IReadOnlyList<string[]> Totals(in MarketSection head)
    {
        BucketSection all = head.Buckets[0], zeroDte = head.Buckets[1], rest = head.Buckets[2];
        bool knowsClose = head.Outlook.CloseNanos != 0;
        var rows = new List<string[]>();
        void Row(string name, Func<BucketSection, string> cell) => rows.Add([name, cell(all), cell(zeroDte), cell(rest)]);
        Row("net GEX", bucket => Names.Usd(bucket.NetGex));
        Row("call GEX", bucket => Names.Usd(bucket.CallGex));
        Row("put GEX", bucket => Names.Usd(bucket.PutGex));
        Row("gross GEX", bucket => Names.Usd(bucket.GrossGex));
        Row("DEX, USD", bucket => Names.Usd(bucket.Dex));
        Row("VEX, USD per vol point", bucket => Names.Usd(bucket.Vex));
        Row("CHEX, USD per day", bucket => Names.Usd(bucket.Chex));
        Row("charm to close, USD", bucket => knowsClose ? Names.Usd(bucket.CharmToClose) : "-");
        if (head.LiquidityUsd > 0) Row("squeeze gain", bucket => bucket.Regime == GammaRegime.None ? "-" : $"{bucket.SqueezeGain:0.000}");
        Row("regime", bucket => Words.Of(bucket.Regime));
        Row("zero gamma", bucket => ZeroGamma(in bucket.ZeroGamma));
        foreach (StrikeLevel level in Enum.GetValues<StrikeLevel>()) Row(Words.Of(level), bucket => Level(level, bucket.Levels[(int)level]));
        return rows;
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
