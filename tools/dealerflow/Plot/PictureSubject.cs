using DealerFlow.Cli.Output;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Plot;

/// <summary>What a picture is of: one market section, the course of the day where it is known, and under which model and bucket it is looked at.</summary>
/// <param name="Market">Bytes of the section.</param>
/// <param name="Origin">Where it comes from, in words.</param>
/// <param name="Model">Whose levels and net exposures.</param>
/// <param name="Bucket">Of which expiries.</param>
/// <param name="Course">Samples by event time; empty for one instant.</param>
internal sealed record PictureSubject(byte[] Market, string Origin, PositionModel Model, ExposureBucket Bucket, IReadOnlyList<MarketSample> Course)
{
    /// <summary>The section.</summary>
    public MarketView View => MarketView.TryOpen(Market, out MarketView view) ? view : throw new InvalidOperationException("A subject without a market section.");

    /// <summary>The underlying.</summary>
    public string Symbol => Printable.Of(View.Head.Underlying.ToString());

    /// <summary>Calls and puts apart are in a section under its own model alone.</summary>
    public bool HasSides => View.Head.Model == Model;

    /// <summary>Totals and levels.</summary>
    public BucketSection Totals => View.Head.Models[(int)Model].Buckets[(int)Bucket];

    /// <summary>The pin; it is of today's expiry whatever the bucket.</summary>
    public PinSection Pin => View.Head.Models[(int)Model].Pin;

    /// <summary>Instant, spot and where the numbers come from.</summary>
    public string When
    {
        get
        {
            MarketSection head = View.Head;
            string source = head.SpotSource switch
            {
                SpotSource.Inferred => " (inferred by parity)",
                SpotSource.NoUnderlying => " (the last one known)",
                _ => "",
            };
            return $"{Names.NewYork(head.MarkTimeNanos)} New York · spot {Names.Price(head.Spot)}{source} · {Origin}";
        }
    }

    /// <summary>From when to when the course runs, by New York's clock; with seconds where it is short.</summary>
    public string Span
    {
        get
        {
            DateTime from = DateTime.UnixEpoch.AddSeconds(PicturePanel.Clock(Course[0].MarkNanos)), to = DateTime.UnixEpoch.AddSeconds(PicturePanel.Clock(Course[^1].MarkNanos));
            string clock = to - from < TimeSpan.FromMinutes(10) ? "HH:mm:ss" : "HH:mm";
            string end = from.Date == to.Date ? to.ToString(clock) : to.ToString("yyyy-MM-dd " + clock);
            return $"{from.ToString("yyyy-MM-dd " + clock)} to {end} New York";
        }
    }

    /// <summary>The unit, and the assumption that everything rests on.</summary>
    public string Assumption => $"Gamma exposure in {SnapshotNames.GexUnit} · {BucketWords} · model {Model}: {Words.Of(Model)}";

    /// <summary>The expiries that are looked at.</summary>
    public string BucketWords => Bucket switch
    {
        ExposureBucket.ZeroDte => "expiries of today (0DTE)",
        ExposureBucket.ExZeroDte => "all expiries but today's",
        _ => "all expiries",
    };

    /// <summary>What is to be read below every picture.</summary>
    public static string Caveat(string reading) => $"Positions are inferred, never reported. {reading}";

    /// <summary>Spot, zero gamma and walls, as far as they exist.</summary>
    public List<Mark> Levels(PlotTheme theme)
    {
        BucketSection totals = Totals;
        var marks = new List<Mark> { new("spot", Names.Price(Math.Round(View.Head.Spot, 2)), View.Head.Spot, theme.Spot) };
        if (totals.ZeroGamma.Status == ZeroGammaStatus.Found) marks.Add(new Mark("zero gamma", $"{totals.ZeroGamma.Value:#,0.00}", totals.ZeroGamma.Value, theme.ZeroGamma));
        AddWall(StrikeLevel.PutWall, "put wall", theme.Puts);
        AddWall(StrikeLevel.CallWall, "call wall", theme.Calls);
        return marks;

        void AddWall(StrikeLevel level, string name, string colour)
        {
            LevelRow row = totals.Levels[(int)level];
            if (row.Present != 0) marks.Add(new Mark(name, Names.Price(row.Strike), row.Strike, colour));
        }
    }
}

/// <summary>One moment of the course of a day.</summary>
/// <param name="MarkNanos">The mark, UTC nanoseconds since the Unix epoch.</param>
/// <param name="Spot">Spot of the mark.</param>
/// <param name="ZeroGamma">Zero gamma; NaN where there is none, as with the other levels.</param>
/// <param name="PutWall">Put wall.</param>
/// <param name="CallWall">Call wall.</param>
/// <param name="Pin">0DTE pin.</param>
/// <param name="NetGex">Net GEX, USD per 1 %.</param>
/// <param name="Strikes">Net GEX by strike.</param>
internal sealed record MarketSample(
    long MarkNanos, double Spot, double ZeroGamma, double PutWall, double CallWall, double Pin, double NetGex, StrikeSeries Strikes)
{
    /// <summary>Takes what is drawn of a section.</summary>
    public static MarketSample Of(MarketView market, PositionModel model, ExposureBucket bucket)
    {
        ref readonly MarketSection head = ref market.Head;
        ref readonly ModelSection section = ref head.Models[(int)model];
        ref readonly BucketSection totals = ref section.Buckets[(int)bucket];
        double Wall(LevelRow row) => row.Present == 0 ? double.NaN : row.Strike;
        return new MarketSample(
            head.MarkTimeNanos, head.Spot, totals.ZeroGamma.Status == ZeroGammaStatus.Found ? totals.ZeroGamma.Value : double.NaN,
            Wall(totals.Levels[(int)StrikeLevel.PutWall]), Wall(totals.Levels[(int)StrikeLevel.CallWall]),
            section.Pin.Present == 0 ? double.NaN : section.Pin.Strike, MoneyGrid.ToUsd(totals.NetGex), StrikeSeries.Of(market, model, bucket));
    }
}

/// <summary>GEX by strike, USD per 1 %.</summary>
/// <param name="Strikes">Strikes, ascending.</param>
/// <param name="Calls">Of the calls; empty where the section does not have them apart.</param>
/// <param name="Puts">Of the puts.</param>
/// <param name="Net">Of both.</param>
internal sealed record StrikeSeries(double[] Strikes, double[] Calls, double[] Puts, double[] Net)
{
    public static StrikeSeries Of(MarketView market, PositionModel model, ExposureBucket bucket)
    {
        ReadOnlySpan<StrikeRow> rows = market.Strikes;
        bool hasSides = model == market.Head.Model;
        double[] strikes = new double[rows.Length], net = new double[rows.Length];
        double[] calls = new double[hasSides ? rows.Length : 0], puts = new double[hasSides ? rows.Length : 0];
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly StrikeRow row = ref rows[i];
            strikes[i] = row.Strike;
            if (!hasSides)
            {
                net[i] = MoneyGrid.ToUsd(row.ModelNetGex[(int)model]);
                continue;
            }
            (long call, long put) = bucket switch
            {
                ExposureBucket.ZeroDte => (row.ZeroDteCallGex, row.ZeroDtePutGex),
                ExposureBucket.ExZeroDte => (row.CallGex - row.ZeroDteCallGex, row.PutGex - row.ZeroDtePutGex),
                _ => (row.CallGex, row.PutGex),
            };
            (calls[i], puts[i], net[i]) = (MoneyGrid.ToUsd(call), MoneyGrid.ToUsd(put), MoneyGrid.ToUsd(call + put));
        }
        return new StrikeSeries(strikes, calls, puts, net);
    }

    /// <summary>How much a strike has, whatever its sign.</summary>
    public double Magnitude(int i) => Calls.Length == 0 ? Math.Abs(Net[i]) : Math.Abs(Calls[i]) + Math.Abs(Puts[i]);

    /// <summary>The strikes between two prices.</summary>
    public StrikeSeries Between(double low, double high)
    {
        int[] inside = [.. Enumerable.Range(0, Strikes.Length).Where(i => Strikes[i] >= low && Strikes[i] <= high)];
        double[] Of(double[] all) => all.Length == 0 ? [] : [.. inside.Select(i => all[i])];
        return new StrikeSeries(Of(Strikes), Of(Calls), Of(Puts), Of(Net));
    }

    /// <summary>Room between a strike and its nearer neighbour.</summary>
    public double Step(int i)
    {
        double before = i > 0 ? Strikes[i] - Strikes[i - 1] : double.PositiveInfinity, after = i + 1 < Strikes.Length ? Strikes[i + 1] - Strikes[i] : double.PositiveInfinity;
        double step = Math.Min(before, after);
        return double.IsInfinity(step) ? Math.Max(Strikes[i] * 0.001, 0.01) : step;
    }
}
