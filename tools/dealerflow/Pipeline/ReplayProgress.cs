using DealerFlow.Cli.Output;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>The progress line of a running replay.</summary>
internal sealed class ReplayProgress : IDisposable
{
    private readonly SnapshotCollector _collector;
    private readonly Ascii8 _symbol;
    private readonly Func<ulong> _lookedAt;
    private readonly long _totalTicks;
    private readonly Func<double> _elapsedSeconds;
    private readonly ProgressLine _line;
    private byte[] _bytes = [];

    /// <param name="collector">Has the levels.</param>
    /// <param name="symbol">Whose levels.</param>
    /// <param name="lookedAt">Ticks so far.</param>
    /// <param name="totalTicks">Ticks of the tape.</param>
    /// <param name="elapsedSeconds">Since when.</param>
    public ReplayProgress(SnapshotCollector collector, Ascii8 symbol, Func<ulong> lookedAt, long totalTicks, Func<double> elapsedSeconds)
    {
        _symbol = symbol;
        _lookedAt = lookedAt;
        _collector = collector;
        _totalTicks = totalTicks;
        _elapsedSeconds = elapsedSeconds;
        _line = new ProgressLine(Line);
    }

    public void Dispose() => _line.Dispose();

    private string? Line()
    {
        if (!_collector.TryCopyLast(_symbol, ref _bytes, out int length)) return null;
        return MarketView.TryOpen(_bytes.AsSpan(0, length), out MarketView market) ? Line(in market.Head, _lookedAt()) : null;
    }

    private string Line(in MarketSection head, ulong lookedAt)
    {
        double percent = _totalTicks == 0 ? 100 : 100.0 * lookedAt / _totalTicks;
        double rate = lookedAt / Math.Max(_elapsedSeconds(), 1e-9);
        return $"{percent,5:0.0}%  {rate / 1e6,6:0.00} M ticks/s  {Levels(in head)}";
    }

    /// <summary>Time, spot and levels, in one line.</summary>
    public static string Levels(in MarketSection head)
    {
        ref readonly BucketSection all = ref head.Buckets[0];
        return $"{UnixNanos.ToUtc(head.MarkTimeNanos):HH:mm:ss.fff}Z  " +
            $"{head.Underlying} {head.Spot:0.00}  net GEX {Names.Usd(MoneyGrid.ToUsd(all.NetGex))}  zero gamma {LevelsTable.ZeroGamma(in all.ZeroGamma)}  " +
            $"walls {Wall(in all.Levels[(int)StrikeLevel.PutWall])} / {Wall(in all.Levels[(int)StrikeLevel.CallWall])}";
    }

    private static string Wall(in LevelRow row) => row.Present == 0 ? "-" : Names.Price(row.Strike);
}
