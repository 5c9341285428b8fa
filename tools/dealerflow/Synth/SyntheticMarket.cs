using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// A market in order of time: at the first instant every underlying, every contract's open interest and every contract's opening quote;
/// then messages as they arrive, and the index a thousand times a second. Nothing is stored: a tape of any length takes the same
/// memory, and the same options give the same ticks.
/// </summary>
internal sealed class SyntheticMarket
{
    /// <summary>Exchanges, codes 1 … 18.</summary>
    public const int Venues = 18;

    private readonly SyntheticUnderlying[] _underlyings;
    private readonly AliasTable? _shares;                           // of the messages; null for a single underlying
    private readonly PriorityQueue<int, (long Nanos, int Number)> _spots = new();
    private readonly ArrivalClock _arrivals;
    private SynthRandom _draws;
    private int _opening;
    private int _opened;
    private long _nextSpotNanos;
    private long _nextMessageNanos;

    /// <param name="options">When and how much.</param>
    /// <param name="chains">What is listed; the first is the index.</param>
    public SyntheticMarket(SynthOptions options, params ReadOnlySpan<SyntheticChain> chains)
    {
        AliasTable venues = VenueShares();
        _underlyings = new SyntheticUnderlying[chains.Length];
        for (int i = 0; i < chains.Length; i++)
        {
            _underlyings[i] = new SyntheticUnderlying(options, chains[i], venues, MarketChains.SeedOf(options.Seed, i), i == 0 ? options.IndexStep : MarketChains.StepsPerTick(i));
            _spots.Enqueue(i, (_underlyings[i].NextSpotNanos, i));
        }
        if (chains.Length > 1) _shares = new AliasTable(MarketChains.Activity(chains.Length));
        _arrivals = new ArrivalClock(options.Seed, options.StartNanos, options.Rate);
        _draws = new SynthRandom(options.Seed, RandomStream.Underlyings);
        _nextSpotNanos = _underlyings[_spots.Peek()].NextSpotNanos;
        _nextMessageNanos = _arrivals.Next();
    }

    /// <summary>Fills a prefix with the next ticks and returns its length; 0 = the tape is full.</summary>
    public int Read(Span<Tick> ticks)
    {
        int count = 0;
        while (count < ticks.Length && _opening < _underlyings.Length) ticks[count++] = NextOpening();
        while (count < ticks.Length)
        {
            bool isOver = _nextSpotNanos == long.MaxValue;
            // Late reports are of markets with one underlying.
            if (!isOver && _underlyings[0].TryTakeReport(Math.Min(_nextMessageNanos, _nextSpotNanos), out Tick report))
            {
                ticks[count++] = report;
                continue;
            }
            if (_nextMessageNanos < _nextSpotNanos && !isOver)
            {
                int underlying = _shares is null ? 0 : _shares.Draw(ref _draws);
                if (_underlyings[underlying].TryMessage(_nextMessageNanos, out Tick message)) ticks[count++] = message;
                _nextMessageNanos = _arrivals.Next();
                continue;
            }
            if (isOver) break;
            ticks[count++] = NextSpot();
        }
        return count;
    }

    private Tick NextOpening()
    {
        SyntheticUnderlying underlying = _underlyings[_opening];
        Tick tick = underlying.Opening(_opened++);
        if (_opened == underlying.OpeningTicks) (_opening, _opened) = (_opening + 1, 0);
        return tick;
    }

    private Tick NextSpot()
    {
        int number = _spots.Peek();
        SyntheticUnderlying underlying = _underlyings[number];
        Tick spot = underlying.NextSpot();
        // What shakes the index shakes everything.
        if (number == 0 && underlying.IsExcited) _arrivals.Excite();
        _spots.DequeueEnqueue(number, (underlying.NextSpotNanos, number));
        _nextSpotNanos = _underlyings[_spots.Peek()].NextSpotNanos;
        return spot;
    }

    // The busiest exchange sends some five times as much as the quietest.
    private static AliasTable VenueShares()
    {
        var weights = new double[Venues];
        for (int venue = 0; venue < Venues; venue++) weights[venue] = 1.0 / (4 + venue);
        return new AliasTable(weights);
    }
}
