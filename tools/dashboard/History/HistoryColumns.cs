using DealerFlow.Wire;

namespace DealerFlow.Dashboard;

/// <summary>What the history keeps of a snapshot, by name. What does not exist is NaN here and null outside.</summary>
internal static class HistoryColumns
{
    private static readonly PositionModel[] Models = Enum.GetValues<PositionModel>();

    private static readonly string[] Fixed =
    [
        "spot", "zeroGamma", "callWall", "putWall", "pin", "netGex", "grossGex", "netGex0dte", "grossGex0dte", "dex", "vex", "chex", "charmToClose",
        "hedgeDown1", "hedgeUp1", "tradeFlow", "zeroGamma0dte", "absoluteGamma", "callWall0dte", "putWall0dte", "staleShare", "regime", "model",
    ];

    /// <summary>Names in the order of <see cref="Of"/>; the time stands before them and is no column here.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Fixed, .. Models.Select(model => $"netGex.{model}"), .. Models.Select(model => $"zeroGamma.{model}")];

    /// <summary>Where the columns are that a picture must not lose the extremes of.</summary>
    public static IReadOnlyList<int> Extremes { get; } = [Index("spot"), Index("zeroGamma"), Index("netGex"), Index("netGex0dte")];

    public static int Index(string name) => ((List<string>)[.. Names]).IndexOf(name);

    public static double[] Of(MarketView market)
    {
        ref readonly MarketSection head = ref market.Head;
        ref readonly ModelSection chosen = ref head.Models[(int)head.Model];
        ref readonly BucketSection all = ref chosen.Buckets[(int)ExposureBucket.All];
        ref readonly BucketSection zeroDte = ref chosen.Buckets[(int)ExposureBucket.ZeroDte];
        ref readonly OutlookSection outlook = ref head.Outlook;
        // Positions without a sign say nothing of who would buy.
        bool hasFlows = outlook.MarkTimeNanos != 0 && head.Model != PositionModel.Gross;
        double Flow(HedgeScenario scenario, in OutlookSection of, PositionModel model) =>
            hasFlows ? MoneyGrid.ToUsd(of.Flows[(int)model][ExposureBucket.All, scenario].Flow) : double.NaN;
        var row = new List<double>(Names.Count)
        {
            head.Spot,
            ZeroGamma(in all),
            Strike(in all.Levels[(int)StrikeLevel.CallWall]),
            Strike(in all.Levels[(int)StrikeLevel.PutWall]),
            chosen.Pin.Present != 0 ? chosen.Pin.Strike : double.NaN,
            Net(in all),
            MoneyGrid.ToUsd(all.GrossGex),
            Net(in zeroDte),
            MoneyGrid.ToUsd(zeroDte.GrossGex),
            MoneyGrid.ToUsd(all.Dex),
            MoneyGrid.ToUsd(all.Vex),
            MoneyGrid.ToUsd(all.Chex),
            outlook.CloseNanos != 0 ? MoneyGrid.ToUsd(all.CharmToClose) : double.NaN,
            Flow(HedgeScenario.SpotDown100, in outlook, head.Model),
            Flow(HedgeScenario.SpotUp100, in outlook, head.Model),
            MoneyGrid.ToUsd(TradeSums.Of(in head.Trades).Flow),
            ZeroGamma(in zeroDte),
            Strike(in all.Levels[(int)StrikeLevel.AbsoluteGamma]),
            Strike(in zeroDte.Levels[(int)StrikeLevel.CallWall]),
            Strike(in zeroDte.Levels[(int)StrikeLevel.PutWall]),
            head.Nodes > 0 ? (double)head.Stale / head.Nodes : double.NaN,
            (double)all.Regime,
            (double)head.Model,
        };
        foreach (PositionModel model in Models)
        {
            ref readonly ModelSection section = ref head.Models[(int)model];
            row.Add(section.Status == ModelStatus.Live ? Net(in section.Buckets[(int)ExposureBucket.All]) : double.NaN);
        }
        foreach (PositionModel model in Models)
        {
            ref readonly ModelSection section = ref head.Models[(int)model];
            row.Add(section.Status == ModelStatus.Live ? ZeroGamma(in section.Buckets[(int)ExposureBucket.All]) : double.NaN);
        }
        return [.. row];
    }

    private static double Net(in BucketSection bucket) => MoneyGrid.ToUsd(bucket.CallGex + bucket.PutGex);

    private static double ZeroGamma(in BucketSection bucket) => bucket.ZeroGamma.Status == ZeroGammaStatus.Found ? bucket.ZeroGamma.Value : double.NaN;

    private static double Strike(in LevelRow row) => row.Present != 0 ? row.Strike : double.NaN;
}
