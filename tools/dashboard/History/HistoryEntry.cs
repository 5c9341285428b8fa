using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Dashboard;

/// <summary>Something for the history of a feed.</summary>
internal abstract record HistoryEntry
{
    /// <summary>How often the feed had been taken by a writer.</summary>
    public required ulong Epoch { get; init; }
}

/// <summary>Levels and exposures of one second of event time.</summary>
internal sealed record LevelsEntry : HistoryEntry
{
    /// <summary>The trading day, yyyymmdd.</summary>
    public required int Session { get; init; }

    public required string Underlying { get; init; }

    /// <summary>Event time of the snapshot.</summary>
    public required long MarkTimeNanos { get; init; }

    /// <summary>Values of <see cref="HistoryColumns"/>.</summary>
    public required double[] Values { get; init; }
}

/// <summary>Net gamma exposure by strike at one instant: a column of the heat map.</summary>
internal sealed record HeatEntry : HistoryEntry
{
    /// <summary>How far from spot a strike may lie that is kept.</summary>
    public const double Reach = 0.08;

    public required int Session { get; init; }

    public required long MarkTimeNanos { get; init; }

    public required double Spot { get; init; }

    /// <summary>Strikes in ascending order.</summary>
    public required double[] Strikes { get; init; }

    /// <summary>USD per 1 % move, one for each strike.</summary>
    public required float[] NetGex { get; init; }

    public static HeatEntry Of(MarketView market, ulong epoch, int session)
    {
        double spot = market.Head.Spot;
        var strikes = new List<double>();
        var values = new List<float>();
        foreach (ref readonly StrikeRow row in market.Strikes)
        {
            if (!(Math.Abs(row.Strike - spot) <= Reach * spot)) continue;
            strikes.Add(row.Strike);
            values.Add((float)MoneyGrid.ToUsd(row.CallGex + row.PutGex));
        }
        return new HeatEntry { Epoch = epoch, Session = session, MarkTimeNanos = market.Head.MarkTimeNanos, Spot = spot, Strikes = [.. strikes], NetGex = [.. values] };
    }

    public byte[] StrikeBytes() => MemoryMarshal.AsBytes<double>(Strikes).ToArray();

    public byte[] NetGexBytes() => MemoryMarshal.AsBytes<float>(NetGex).ToArray();
}

/// <summary>A notice of the change stream.</summary>
internal sealed record ChangeEntry : HistoryEntry
{
    public required LevelChange Change { get; init; }
}
