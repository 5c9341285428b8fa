using System.Globalization;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Export;

/// <summary>
/// The rows of a snapshot for other programs. The names are a contract: more columns may be added, none renamed. Each says its unit:
/// <c>netGexUsdPer1Pct</c> is USD per 1 % move of the underlying. What does not exist is null, never 0.
/// </summary>
internal static class SnapshotRows
{
    /// <summary>What <c>--rows</c> knows.</summary>
    public static readonly string[] Kinds = ["strikes", "expiries", "levels", "profile"];

    private static readonly PositionModel[] Models = Enum.GetValues<PositionModel>();

    public static ColumnTable Of(string kind, MarketView market, in RuntimeSection runtime, string state)
    {
        ref readonly MarketSection head = ref market.Head;
        KeyValuePair<string, string>[] provenance =
        [
            new("underlying", head.Underlying.ToString()), new("asOf", UnixNanos.ToIso(head.MarkTimeNanos)), new("spot", Text(head.Spot)),
            new("spotSource", head.SpotSource.ToString()), new("model", head.Model.ToString()), new("unit", SnapshotNames.GexUnit), new("positions", "inferred"),
            new("forwardMode", SnapshotNames.Of(head.ForwardMode)), new("feedState", state), new("epoch", Text(runtime.Epoch)),
            new("publishNumber", Text(runtime.PublishNumber)),
        ];
        return kind switch
        {
            "strikes" => Strikes(market, provenance),
            "expiries" => Expiries(market, provenance),
            "levels" => Levels(market, provenance),
            _ => Profile(market, provenance),
        };
    }

    private static ColumnTable Strikes(MarketView market, KeyValuePair<string, string>[] provenance)
    {
        MarketSection head = market.Head;
        StrikeRow[] rows = market.Strikes.ToArray();
        bool knowsClose = head.Outlook.CloseNanos != 0;
        return new ColumnTable(rows.Length,
        [
            Number("strike", rows, row => row.Strike),
            Money("netGexUsdPer1Pct", rows, row => row.CallGex + row.PutGex), Money("callGexUsdPer1Pct", rows, row => row.CallGex),
            Money("putGexUsdPer1Pct", rows, row => row.PutGex),
            Money("zeroDteNetGexUsdPer1Pct", rows, row => row.ZeroDteCallGex + row.ZeroDtePutGex),
            Money("zeroDteCallGexUsdPer1Pct", rows, row => row.ZeroDteCallGex), Money("zeroDtePutGexUsdPer1Pct", rows, row => row.ZeroDtePutGex),
            Count("callOpenInterestContracts", rows, row => row.CallOpenInterest), Count("putOpenInterestContracts", rows, row => row.PutOpenInterest),
            Money("dexUsd", rows, row => row.Dex), Money("vexUsdPerVolPoint", rows, row => row.Vex), Money("chexUsdPerDay", rows, row => row.Chex),
            Money("charmToCloseUsd", rows, row => knowsClose ? row.CharmToClose : null), Money("tradeFlowUsd", rows, row => row.TradeFlow),
            .. Models.Select(model => Money(OfModel(model), rows, row => IsLive(in head, model) ? row.ModelNetGex[(int)model] : null)),
        ], provenance);
    }

    private static ColumnTable Expiries(MarketView market, KeyValuePair<string, string>[] provenance)
    {
        MarketSection head = market.Head;
        ExpiryRow[] rows = market.Expiries.ToArray();
        bool knowsClose = head.Outlook.CloseNanos != 0;
        return new ColumnTable(rows.Length,
        [
            Words("root", rows, row => row.Root.ToString()), Words("expiry", rows, row => SnapshotNames.Date(row.ExpiryDate)),
            Words("settlement", rows, row => row.Settlement.ToString()), Words("settlementInstant", rows, row => UnixNanos.ToIso(row.SettlementNanos)),
            Words("status", rows, row => row.Status.ToString()), Count("isZeroDte", rows, row => row.IsZeroDte), Count("isMonthly", rows, row => row.IsMonthly),
            Number("forward", rows, row => row.ForwardSource == ForwardSource.None ? null : row.Forward),
            Words("forwardSource", rows, row => row.ForwardSource.ToString()), Number("discount", rows, row => row.ForwardSource == ForwardSource.None ? null : row.Discount),
            Money("netGexUsdPer1Pct", rows, row => row.NetGex), Money("callGexUsdPer1Pct", rows, row => row.CallGex), Money("putGexUsdPer1Pct", rows, row => row.PutGex),
            Money("grossGexUsdPer1Pct", rows, row => row.GrossGex), Number("grossShare", rows, row => row.GrossShare),
            Money("dexUsd", rows, row => row.Dex), Money("vexUsdPerVolPoint", rows, row => row.Vex), Money("chexUsdPerDay", rows, row => row.Chex),
            Money("charmToCloseUsd", rows, row => knowsClose ? row.CharmToClose : null), Money("tradeFlowUsd", rows, row => row.TradeFlow),
            Number("maxPain", rows, row => row.MaxPain > 0 ? row.MaxPain : null), Count("openInterestContracts", rows, row => row.OpenInterest),
            Count("nodes", rows, row => row.Nodes), Count("good", rows, row => row.Good), Count("held", rows, row => row.Held), Count("stale", rows, row => row.Stale),
            Count("interpolated", rows, row => row.Interpolated),
            .. Models.Select(model => Money(OfModel(model), rows, row => IsLive(in head, model) ? row.ModelNetGex[(int)model] : null)),
        ], provenance);
    }

    /// <summary>A row for every model and bucket. The model of a row is its own; that of the provenance is the one that was chosen.</summary>
    private static ColumnTable Levels(MarketView market, KeyValuePair<string, string>[] provenance)
    {
        MarketSection head = market.Head;
        bool knowsClose = head.Outlook.CloseNanos != 0;
        LevelsRow[] rows = [.. Models.SelectMany(model => Enum.GetValues<ExposureBucket>().Select(
            bucket => new LevelsRow(model, bucket, head.Models[(int)model].Buckets[(int)bucket], head.Models[(int)model].Pin, head.Models[(int)model].Status)))];
        ExportColumn Sum(string name, Func<BucketSection, long?> value) => Money(name, rows, row => row.IsLive ? value(row.Totals) : null);
        var columns = new List<ExportColumn>
        {
            Words("positionModel", rows, row => row.Model.ToString()), Words("status", rows, row => row.Status.ToString()),
            Words("bucket", rows, row => SnapshotNames.Of(row.Bucket)),
            Sum("netGexUsdPer1Pct", totals => totals.NetGex), Sum("callGexUsdPer1Pct", totals => totals.CallGex), Sum("putGexUsdPer1Pct", totals => totals.PutGex),
            Sum("grossGexUsdPer1Pct", totals => totals.GrossGex), Sum("dexUsd", totals => totals.Dex), Sum("vexUsdPerVolPoint", totals => totals.Vex),
            Sum("chexUsdPerDay", totals => totals.Chex), Sum("charmToCloseUsd", totals => knowsClose ? totals.CharmToClose : null),
            Count("openInterestContracts", rows, row => row.Totals.OpenInterest),
            Words("regime", rows, row => row.Totals.Regime == GammaRegime.None ? "" : row.Totals.Regime.ToString()),
            Number("zeroGamma", rows, row => row.HasZeroGamma ? row.Totals.ZeroGamma.Value : null),
            Words("zeroGammaStatus", rows, row => row.Totals.ZeroGamma.Status.ToString()),
            Count("zeroGammaRoots", rows, row => row.Totals.ZeroGamma.RootCount),
            Number("zeroGammaSlopeUsdPer1PctPerUnit", rows, row => row.HasZeroGamma ? row.Totals.ZeroGamma.Slope : null),
        };
        foreach (StrikeLevel level in Enum.GetValues<StrikeLevel>())
        {
            string name = SnapshotNames.Of(level);
            columns.Add(Number($"{name}Strike", rows, row => row.Level(level) is { } found ? found.Strike : null));
            if (level is StrikeLevel.CallWallOpenInterest or StrikeLevel.PutWallOpenInterest)
                columns.Add(Count($"{name}Contracts", rows, row => row.Level(level) is { } found ? found.Size : null));
            else columns.Add(Money($"{name}GexUsdPer1Pct", rows, row => row.Level(level) is { } found ? found.Size : null));
            columns.Add(Number($"{name}RunnerUp", rows, row => row.Level(level) is { HasRunnerUp: not 0 } found ? found.RunnerUp : null));
            columns.Add(Number($"{name}Margin", rows, row => row.Level(level) is { } found ? found.Margin : null));
        }
        columns.Add(Number("pinStrike", rows, row => row.HasPin ? row.Pin.Strike : null));
        columns.Add(Number("pinShare", rows, row => row.HasPin ? row.Pin.Share : null));
        columns.Add(Number("pinProbability", rows, row => row.HasPin ? row.Pin.Probability : null));
        return new ColumnTable(rows.Length, columns, provenance);
    }

    private static ColumnTable Profile(MarketView market, KeyValuePair<string, string>[] provenance)
    {
        MarketSection head = market.Head;
        ProfileRow[] rows = head.Profile.MarkTimeNanos == 0 ? [] : ((ReadOnlySpan<ProfileRow>)head.Profile.Rows).ToArray();
        ExportColumn Curve(string name, PositionModel model, ExposureBucket bucket) =>
            Number(name, rows, row => IsLive(in head, model) ? row.NetGex(model, bucket) : null);
        return new ColumnTable(rows.Length,
        [
            Number("ifSpot", rows, row => row.Spot),
            Curve("netGexUsdPer1Pct", head.Model, ExposureBucket.All), Curve("zeroDteNetGexUsdPer1Pct", head.Model, ExposureBucket.ZeroDte),
            Curve("exZeroDteNetGexUsdPer1Pct", head.Model, ExposureBucket.ExZeroDte),
            .. Models.Select(model => Curve(OfModel(model), model, ExposureBucket.All)),
        ],
        [.. provenance, new("profileAsOf", head.Profile.MarkTimeNanos == 0 ? "" : UnixNanos.ToIso(head.Profile.MarkTimeNanos)), new("profileSpot", Text(head.Profile.Spot))]);
    }

    private static string OfModel(PositionModel model) => $"{char.ToLowerInvariant(model.ToString()[0])}{model.ToString()[1..]}NetGexUsdPer1Pct";

    private static bool IsLive(in MarketSection head, PositionModel model) => head.Models[(int)model].Status == ModelStatus.Live;

    private static NumberColumn Number<T>(string name, T[] rows, Func<T, double?> value) =>
        new(name, [.. rows.Select(row => value(row) is double found && double.IsFinite(found) ? found : (double?)null)]);

    private static NumberColumn Money<T>(string name, T[] rows, Func<T, long?> units) =>
        new(name, [.. rows.Select(row => units(row) is long found ? MoneyGrid.ToUsd(found) : (double?)null)]);

    private static CountColumn Count<T>(string name, T[] rows, Func<T, long?> value) => new(name, [.. rows.Select(value)]);

    private static TextColumn Words<T>(string name, T[] rows, Func<T, string> value) => new(name, [.. rows.Select(value)]);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private sealed record LevelsRow(PositionModel Model, ExposureBucket Bucket, BucketSection Totals, PinSection Pin, ModelStatus Status)
    {
        public bool IsLive => Status == ModelStatus.Live;

        public bool HasZeroGamma => Totals.ZeroGamma.Status == ZeroGammaStatus.Found;

        /// <summary>A pin is of today's expiry.</summary>
        public bool HasPin => Pin.Present != 0 && Bucket != ExposureBucket.ExZeroDte;

        public LevelRow? Level(StrikeLevel level) => Totals.Levels[(int)level].Present != 0 ? Totals.Levels[(int)level] : null;
    }
}
