using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>One underlying of a synthetic market: its price, and what is quoted and traded in its chain.</summary>
internal sealed class SyntheticUnderlying
{
    private const int SpotJitterNanos = 200_000;

    private readonly long _startNanos;
    private readonly long _endNanos;
    private readonly long _lastStep;
    private readonly int _stepsPerTick;
    private readonly SyntheticChain _chain;
    private readonly double _spotScale;
    private readonly SpotPath _path;
    private readonly ContractActivity _activity;
    private readonly BestQuotes _quotes;
    private readonly TradePrints _trades;
    private readonly TradeReports? _reports;
    private SynthRandom _jitter;
    private long _step;

    /// <param name="options">When, and how trades are told.</param>
    /// <param name="chain">What is listed.</param>
    /// <param name="venues">Who sends how much.</param>
    /// <param name="seed">Of this underlying.</param>
    /// <param name="stepsPerTick">Steps of the price, of a millisecond each, between two ticks of it.</param>
    public SyntheticUnderlying(SynthOptions options, SyntheticChain chain, AliasTable venues, ulong seed, int stepsPerTick)
    {
        _startNanos = options.StartNanos;
        _endNanos = options.EndNanos;
        _stepsPerTick = stepsPerTick;
        _chain = chain;
        _spotScale = 1;
        for (int decimals = SyntheticChain.SpotDecimalsFor(chain.Spot); decimals > 0; decimals--) _spotScale *= 10;
        _path = new SpotPath(seed, chain.Spot);
        _activity = new ContractActivity(chain, seed, chain.Spot, _startNanos);
        _quotes = new BestQuotes(chain, new ContractValues(chain), venues, seed);
        _trades = new TradePrints(chain, venues, seed);
        _reports = options.RealisticTrades ? new TradeReports(chain, _quotes, venues, seed) : null;
        _jitter = new SynthRandom(seed, RandomStream.SpotTimes);
        _lastStep = (_endNanos - _startNanos) / SpotPath.StepNanos;
        NextSpotNanos = NextSpotTime();
    }

    /// <summary>Ticks before the first message: the price, and two of every contract.</summary>
    public int OpeningTicks => 1 + (2 * _chain.Contracts.Length);

    /// <summary>When the price is told next; <see cref="long.MaxValue"/> after the end.</summary>
    public long NextSpotNanos { get; private set; }

    /// <summary>The last step of the price began a burst or jumped.</summary>
    public bool IsExcited => _path.IsExcited;

    /// <summary>The price, then the open interest of every contract, then its first quote: all at the first instant.</summary>
    public Tick Opening(int number)
    {
        if (number == 0) return Spot(_startNanos);
        int contract = (number - 1) % _chain.Contracts.Length;
        return number <= _chain.Contracts.Length
            ? Tick.OpenInterest(_startNanos, _chain.FirstContractId + (uint)contract, _chain.Contracts[contract].OpenInterest)
            : _quotes.Open(contract, _path.Spot, _path.Level, _path.SpreadFactor, _startNanos);
    }

    /// <summary>What was to be told later and is due before an instant.</summary>
    public bool TryTakeReport(long beforeNanos, out Tick report)
    {
        report = default;
        return _reports is not null && _reports.TryTake(beforeNanos, out report);
    }

    /// <summary>The next message; false when nothing is left to trade, or a deal was made of which nothing is told yet.</summary>
    public bool TryMessage(long nanos, out Tick message)
    {
        message = default;
        _activity.DropSettled(nanos);
        if (!_activity.IsAnyLive) return false;
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

    /// <summary>Moves the price on and tells it.</summary>
    public Tick NextSpot()
    {
        for (int steps = _stepsPerTick; steps > 0; steps--) _path.Step();
        Tick spot = Spot(NextSpotNanos);
        NextSpotNanos = NextSpotTime();
        return spot;
    }

    private Tick Spot(long nanos) => Tick.Spot(nanos, _chain.UnderlyingId, (int)Math.Round(_path.Spot * _spotScale));

    // Somewhere in the first fifth of the millisecond; the last tick closes the tape on its very end.
    private long NextSpotTime()
    {
        if (_step == _lastStep) return long.MaxValue;
        _step = Math.Min(_step + _stepsPerTick, _lastStep);
        return _step == _lastStep ? _endNanos : _startNanos + (_step * SpotPath.StepNanos) + _jitter.NextBelow(SpotJitterNanos);
    }
}
