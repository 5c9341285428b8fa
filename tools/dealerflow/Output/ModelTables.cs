using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Output;

/// <summary>The position models side by side, and how far the levels spread over them and over bid and ask.</summary>
internal static class ModelTables
{
    public static readonly string[] QuoteNames = ["bid", "mid", "ask"];

    // Levels by open interest do not depend on the model, and the one-sided ones are in the table of the chosen model.
    public static readonly int[] BandsShown =
    [
        BandedLevels.NetGex, BandedLevels.ZeroGamma, (int)StrikeLevel.CallWall, (int)StrikeLevel.PutWall, (int)StrikeLevel.MaxGamma,
        (int)StrikeLevel.AbsoluteGamma, BandedLevels.Pin,
    ];

    public static void WriteModels(IAnsiConsole console, in MarketSection head)
    {
        LevelsTable.Heading(console, "Position models, all expiries", "each is another guess at what dealers hold; > is the chosen one");
        Table table = LevelsTable.NewTable("", ">net GEX", "regime", ">zero gamma", ">put wall", ">call wall", ">0DTE pin");
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
        {
            ref readonly ModelSection section = ref head.Models[(int)model];
            ref readonly BucketSection all = ref section.Buckets[(int)ExposureBucket.All];
            var name = new Text((model == head.Model ? "> " : "  ") + model);
            if (section.Status != ModelStatus.Live)
            {
                table.AddRow(name, LevelsTable.Right("-"), new Text(Words.Of(section.Status)));
                continue;
            }
            table.AddRow(
                name, LevelsTable.Right(Names.Usd(all.NetGex)), new Text(Words.Of(all.Regime)), LevelsTable.Right(LevelsTable.ZeroGamma(in all.ZeroGamma, "")),
                LevelsTable.Right(Strike(in all.Levels[(int)StrikeLevel.PutWall])), LevelsTable.Right(Strike(in all.Levels[(int)StrikeLevel.CallWall])),
                LevelsTable.Right(section.Pin.Present == 0 ? "-" : Names.Price(section.Pin.Strike)));
        }
        console.Write(table);
    }

    public static void WriteBands(IAnsiConsole console, in MarketSection head)
    {
        LevelsTable.Heading(console, "Bands, all expiries", "over the models that have a sign, and over books at bid, mid and ask of the chosen one");
        Table table = LevelsTable.NewTable("", ">over models", "missing in", ">bid to ask", "missing in");
        foreach (int level in BandsShown)
        {
            ref readonly BandRow models = ref head.ModelBands.Rows[level];
            ref readonly BandRow quotes = ref head.Outlook.QuoteBands.Rows[level];
            // Asked for in no book, or a pin on a day on which nothing settles.
            if ((models.Present | models.Missing | quotes.Present | quotes.Missing) == 0 || (level == BandedLevels.Pin && models.Present == 0)) continue;
            table.AddRow(
                new Text(Words.OfBand(level)), LevelsTable.Right(Range(level, in models)), new Text(Missing(in models, Enum.GetNames<PositionModel>())),
                LevelsTable.Right(Range(level, in quotes)), new Text(Missing(in quotes, QuoteNames)));
        }
        console.Write(table);
    }

    public static string Strike(in LevelRow row) => row.Present == 0 ? "-" : Names.Price(row.Strike);

    public static string Range(int level, in BandRow band)
    {
        if (band.Present == 0) return "-";
        string low = Value(level, band.Low), high = Value(level, band.High);
        return low == high ? low : $"{low} to {high}";
    }

    private static string Value(int level, double value) => level switch
    {
        BandedLevels.NetGex => Names.Usd(value),
        BandedLevels.ZeroGamma => $"{value:#,0.00}",
        _ => Names.Price(value),
    };

    public static string Missing(in BandRow band, string[] books)
    {
        if (band.Present == 0) return band.Missing == 0 ? "" : "all";
        var missing = new List<string>();
        for (int book = 0; book < books.Length; book++)
            if ((band.Missing >> book & 1) != 0) missing.Add(books[book]);
        return missing.Count > 2 ? $"{missing.Count} books" : string.Join(", ", missing);
    }
}
