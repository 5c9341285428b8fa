using DealerFlow.Cli.Output;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>
/// One line on stderr about a running replay: redrawn in place on a terminal, a plain line a second elsewhere.
/// </summary>
internal sealed class ReplayProgress : IDisposable
{
    private readonly SnapshotCollector _collector;
    private readonly long _totalTicks;
    private readonly Func<double> _elapsedSeconds;
    private readonly bool _redraws = !Console.IsErrorRedirected;
    private readonly Timer _timer;
    private byte[] _bytes = [];
    private int _isWriting;

    public ReplayProgress(SnapshotCollector collector, long totalTicks, Func<double> elapsedSeconds)
    {
        _collector = collector;
        _totalTicks = totalTicks;
        _elapsedSeconds = elapsedSeconds;
        TimeSpan period = _redraws ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(1);
        _timer = new Timer(_ => Write(), null, period, period);
    }

    public void Dispose()
    {
        using var stopped = new ManualResetEvent(false);
        if (_timer.Dispose(stopped)) stopped.WaitOne();
        Write();
        if (_redraws) Console.Error.WriteLine();
    }

    private void Write()
    {
        if (Interlocked.Exchange(ref _isWriting, 1) != 0) return;
        try
        {
            if (!_collector.TryCopyLast(ref _bytes, out int length, out Ledger ledger)) return;
            if (!MarketView.TryOpen(_bytes.AsSpan(0, length), out MarketView market)) return;
            string line = Line(in market.Head, in ledger);
            if (!_redraws)
            {
                Console.Error.WriteLine(line);
                return;
            }
            int width = Math.Max(20, Console.WindowWidth - 1);
            Console.Error.Write("\r" + (line.Length > width ? line[..width] : line.PadRight(width)));
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    private string Line(in MarketSection head, in Ledger ledger)
    {
        ulong lookedAt = ledger.Applied + ledger.RejectedTotal;
        double percent = _totalTicks == 0 ? 100 : 100.0 * lookedAt / _totalTicks;
        double rate = lookedAt / Math.Max(_elapsedSeconds(), 1e-9);
        ref readonly BucketSection all = ref head.Buckets[0];
        return $"{percent,5:0.0}%  {rate / 1e6,6:0.00} M ticks/s  {UnixNanos.ToUtc(head.MarkTimeNanos):HH:mm:ss.fff}Z  " +
            $"{head.Underlying} {head.Spot:0.00}  net GEX {Names.Usd(MoneyGrid.ToUsd(all.NetGex))}  zero gamma {LevelsTable.ZeroGamma(in all.ZeroGamma)}  " +
            $"walls {Wall(in all.Levels[(int)StrikeLevel.PutWall])} / {Wall(in all.Levels[(int)StrikeLevel.CallWall])}";
    }

    private static string Wall(in LevelRow row) => row.Present == 0 ? "-" : Names.Price(row.Strike);
}
