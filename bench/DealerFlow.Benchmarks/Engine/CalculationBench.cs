using BenchmarkDotNet.Attributes;
using DealerFlow.Engine;
using DealerFlow.Wire;

namespace DealerFlow.Benchmarks;

/// <summary>
/// What an event costs on the whole SPX chain: a quote that moves a node (inversion, Greeks, book), a mark (every node afresh, all four
/// exposures), and a publish with all its levels, by how many position columns are live: 1 = open interest (models OpenInterest,
/// ShortBoth, Gross), 3 = and the session's trades, 4 = and positions from outside, which is all six models.
/// </summary>
[MemoryDiagnoser, SeveralProcesses]
public class CalculationBench
{
    private const int Batch = 4096;

    private readonly EngineChain _chain = new(TimeSpan.FromHours(3));
    private Calculation _quiet = null!;
    private Calculation _publishing = null!;
    private Tick[][] _quotes = [];
    private NoSink _sink;
    private long _now;
    private int _round;

    [Params(1, 3, 4)]
    public int Columns { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _quiet = Open(new EngineOptions { PublishIntervalNanos = UnixNanos.PerDay, OutlookIntervalNanos = UnixNanos.PerDay });
        _publishing = Open(new EngineOptions { PublishIntervalNanos = UnixNanos.PerMillisecond, OutlookIntervalNanos = UnixNanos.PerDay });
        _now = _chain.Start + UnixNanos.PerSecond;
        _quotes = [.. Enumerable.Range(0, 16).Select(_ => _chain.Quotes(Batch, _now))];
    }

    /// <summary>A mark: one price of the underlying, a millisecond later.</summary>
    [Benchmark(Baseline = true)]
    public void Mark()
    {
        _now += UnixNanos.PerMillisecond;
        _quiet.Apply([EngineChain.SpotAt(_now, EngineChain.Spot + (_round++ % 7))], ref _sink);
    }

    /// <summary>Quotes with new best prices, flushed together; all at the mark in force.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public void QuoteEvents()
    {
        Tick[] quotes = _quotes[_round++ % _quotes.Length];
        for (int i = 0; i < quotes.Length; i++) quotes[i].EventTimeNanos = _now;
        _quiet.Apply(quotes, ref _sink);
        _quiet.Flush();
    }

    /// <summary>A mark and a snapshot of everything but the outlook: walls, pin, bands, 571 strikes, 50 expiries; roots at every twentieth.</summary>
    [Benchmark]
    public void MarkAndPublish()
    {
        _now += UnixNanos.PerMillisecond;
        _publishing.Apply([EngineChain.SpotAt(_now, EngineChain.Spot + (0.01 * (_round++ % 7)))], ref _sink);
    }

    private Calculation Open(EngineOptions options)
    {
        var calculation = new Calculation(_chain.Definitions, 0, options);
        if (Columns == 4) calculation.LoadPositions([.. Enumerable.Range(1, EngineChain.Contracts).Select(id => new OutsidePosition((uint)id, (id % 2001) - 1000))]);
        calculation.Apply(_chain.Opening(), ref _sink);
        if (Columns >= 3)
        {
            for (uint id = 1; id <= EngineChain.Contracts; id += 3)
            {
                Tick quote = _chain.Quote(_chain.Start, id);
                calculation.Apply([quote, Tick.Trade(_chain.Start, id, quote.Ask, 5, 1, TickFlags.None)], ref _sink);
            }
        }
        calculation.Flush();
        return calculation;
    }
}
