using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// A market in order of time: at the first instant the underlying, every contract's open interest and every contract's opening quote;
/// then messages as they arrive, and the underlying a thousand times a second. Nothing is stored: a tape of any length takes the same
/// memory, and the same options give the same ticks.
/// </summary>
internal sealed class SyntheticMarket
{
    /// <summary>Exchanges, codes 1 … 18.</summary>
    public const int Venues = 18;

    private const int SpotJitterNanos = 200_000;

    private readonly long _startNanos;
    private readonly long _endNanos;
    private readonly long _lastStep;
    private readonly SyntheticChain _chain;
    private readonly double _spotScale;
    private readonly SpotPath _path;
    private readonly ArrivalClock _arrivals;
    private readonly ContractActivity _activity;
    private readonly BestQuotes _quotes;
    private readonly TradePrints _trades;
    private readonly TradeReports? _reports;
    private SynthRandom _jitter;
    private int _opened;
    private long _step;
    private long _nextSpotNanos;
    private long _nextMessageNanos;

    public SyntheticMarket(SynthOptions options, SyntheticChain chain)
    {
        _startNanos = options.StartNanos;
        _endNanos = options.EndNanos;
        _chain = chain;
        _spotScale = 1;
        for (int decimals = SyntheticChain.SpotDecimalsFor(options.Spot); decimals > 0; decimals--) _spotScale *= 10;
        _path = new SpotPath(options.Seed, options.Spot);
        _arrivals = new ArrivalClock(options.Seed, _startNanos, options.Rate);
        _activity = new ContractActivity(chain, options.Seed, options.Spot, _startNanos);
        AliasTable venues = VenueShares();
        _quotes = new BestQuotes(chain, new ContractValues(chain), venues, options.Seed);
        _trades = new TradePrints(chain.Grid, venues, options.Seed);
        _reports = options.RealisticTrades ? new TradeReports(chain.Grid, _quotes, venues, options.Seed) : null;
        _jitter = new SynthRandom(options.Seed, RandomStream.SpotTimes);
        _lastStep = (_endNanos - _startNanos) / SpotPath.StepNanos;
        _nextSpotNanos = NextSpotTime();
        _nextMessageNanos = _arrivals.Next();
    }

    /// <summary>Fills a prefix with the next ticks and returns its length; 0 = the tape is full.</summary>
    public int Read(Span<Tick> ticks)
    {
        int count = 0;
        while (count < ticks.Length && _opened <= 2 * _chain.Contracts.Length) ticks[count++] = Opening(_opened++);
        while (count < ticks.Length)
        {
            if (_reports is not null && _step <= _lastStep && _reports.TryTake(Math.Min(_nextMessageNanos, _nextSpotNanos), out Tick report))
            {
                ticks[count++] = report;
                continue;
            }
            if (_nextMessageNanos < _nextSpotNanos && _step <= _lastStep)
            {
                _activity.DropSettled(_nextMessageNanos);
                if (_activity.IsAnyLive && TryMessage(_nextMessageNanos, out Tick message)) ticks[count++] = message;
                _nextMessageNanos = _arrivals.Next();
                continue;
            }
            if (_step > _lastStep) break;
            _path.Step();
            if (_path.IsExcited) _arrivals.Excite();
            ticks[count++] = Spot(_nextSpotNanos);
            _nextSpotNanos = NextSpotTime();
        }
        return count;
    }

    // The underlying, then the open interest of every contract, then its first quote: all at the first instant.
    private Tick Opening(int number)
    {
        if (number == 0) return Spot(_startNanos);
        int contract = (number - 1) % _chain.Contracts.Length;
        return number <= _chain.Contracts.Length
            ? Tick.OpenInterest(_startNanos, (uint)contract + 1, _chain.Contracts[contract].OpenInterest)
            : _quotes.Open(contract, _path.Spot, _path.Level, _path.SpreadFactor, _startNanos);
    }

    // False: a deal was made of which nothing is told yet.
    private bool TryMessage(long nanos, out Tick message)
    {
        int contract = _activity.Draw();
        if (!_trades.IsNext())
        {
            message = _quotes.Next(contract, _path.Spot, _path.Level, _path.SpreadFactor, nanos);
            return true;
        }
        _quotes.CountOtherMessage();
        if (_reports is not null) return _reports.TryDeal(contract, nanos, out message);
        message = _trades.Print(contract, _quotes[contract], nanos);
        return true;
    }

    private Tick Spot(long nanos) => Tick.Spot(nanos, SyntheticChain.UnderlyingId, (int)Math.Round(_path.Spot * _spotScale));

    // Each millisecond somewhere in its first fifth; the last tick closes the tape on its very end.
    private long NextSpotTime()
    {
        _step++;
        if (_step > _lastStep) return long.MaxValue;
        return _step == _lastStep ? _endNanos : _startNanos + (_step * SpotPath.StepNanos) + _jitter.NextBelow(SpotJitterNanos);
    }

    // The busiest exchange sends some five times as much as the quietest.
    private static AliasTable VenueShares()
    {
        var weights = new double[Venues];
        for (int venue = 0; venue < Venues; venue++) weights[venue] = 1.0 / (4 + venue);
        return new AliasTable(weights);
    }
}
