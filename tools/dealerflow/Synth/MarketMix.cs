using System.Globalization;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// What a tape turned out to be: messages by kind, shares, bursts, and how the underlying moved. Counted from the ticks alone, so that
/// a recount of the tape must give the same.
/// </summary>
internal sealed class MarketMix
{
    /// <summary>From this multiple of the mean a window counts as a burst.</summary>
    public const double BurstRatio = 3;

    private readonly long _startNanos;
    private readonly bool[] _isZeroDte;                 // by id
    private readonly uint _index;                       // the underlying whose price is followed
    private readonly double _spotScale;
    private readonly (int Bid, int Ask)[] _best;        // by id
    private readonly List<long> _windowsOfCount = [];   // how many windows of 10 ms had so many messages
    private long _windowEnd;
    private int _windowMessages;
    private long _lastNanos;
    private int _lastSpot;
    private double _squares, _fourthPowers, _widestMove;

    public MarketMix(ReadOnlySpan<InstrumentDefinition> definitions, long startNanos)
    {
        _startNanos = startNanos;
        _lastNanos = startNanos;
        _windowEnd = startNanos + ArrivalClock.WindowNanos;
        _isZeroDte = new bool[definitions.Length];
        _best = new (int, int)[definitions.Length];
        DateOnly today = Market.NewYorkTime.DateOf(startNanos);
        var nodes = new HashSet<(Ascii8, long, long)>();
        var expiries = new HashSet<(Ascii8, long)>();
        _spotScale = 1;
        foreach (ref readonly InstrumentDefinition definition in definitions)
        {
            if (definition.Kind == InstrumentKind.Underlying)
            {
                Underlyings++;
                if (Underlyings > 1) continue;
                _index = definition.InstrumentId;
                for (int decimals = definition.PriceDecimals; decimals > 0; decimals--) _spotScale *= 10;
                continue;
            }
            Contracts++;
            nodes.Add((definition.Root, definition.SettlementNanos, definition.StrikeMills));
            expiries.Add((definition.Root, definition.SettlementNanos));
            _isZeroDte[definition.InstrumentId] = Market.NewYorkTime.DateOf(definition.SettlementNanos) == today;
        }
        Nodes = nodes.Count;
        Expiries = expiries.Count;
    }

    public int Underlyings { get; }

    public int Contracts { get; }

    /// <summary>Pairs of a call and a put, or either alone: (root, expiry, strike).</summary>
    public int Nodes { get; }

    public int Expiries { get; }

    /// <summary>Everything on the tape.</summary>
    public long Ticks { get; private set; }

    /// <summary>Open interest at the first instant.</summary>
    public long OpenInterest { get; private set; }

    /// <summary>National best quotes at the first instant.</summary>
    public long OpeningQuotes { get; private set; }

    public long Spots { get; private set; }

    private long IndexSpots { get; set; }

    /// <summary>Quotes after the first instant that change a national best price.</summary>
    public long BestChanges { get; private set; }

    /// <summary>Quotes of one venue at both national best prices: only sizes are news.</summary>
    public long SizeOnly { get; private set; }

    /// <summary>Quotes of one venue away from a national best price.</summary>
    public long OffBest { get; private set; }

    /// <summary>Prints, also those that were taken back later.</summary>
    public long Trades { get; private set; }

    /// <summary>Of those, late ones.</summary>
    public long LateTrades { get; private set; }

    /// <summary>Of those, legs of complex orders.</summary>
    public long ComplexTrades { get; private set; }

    /// <summary>Prints taken back.</summary>
    public long Cancels { get; private set; }

    /// <summary>Messages of contracts that settle on the day of the tape.</summary>
    public long ZeroDte { get; private set; }

    /// <summary>Quotes and trades after the first instant: what the rate and every share refer to.</summary>
    public long Messages => BestChanges + SizeOnly + OffBest + Trades + Cancels;

    public double BestChangeShare => Share(BestChanges);

    public double OtherQuoteShare => Share(SizeOnly + OffBest);

    public double TradeShare => Share(Trades);

    public double ZeroDteShare => Share(ZeroDte);

    /// <summary>Messages per second of event time.</summary>
    public double MessagesPerSecond => _lastNanos > _startNanos ? Messages / ((_lastNanos - _startNanos) / (double)UnixNanos.PerSecond) : 0;

    /// <summary>Whole windows of 10 ms with at least <see cref="BurstRatio"/> times the mean.</summary>
    public long BurstWindows
    {
        get
        {
            long windows = 0;
            for (int count = 0; count < _windowsOfCount.Count; count++)
                if (count >= BurstRatio * MeanPerWindow && count > 0) windows += _windowsOfCount[count];
            return windows;
        }
    }

    /// <summary>Messages of the fullest window of 10 ms over the mean.</summary>
    public double FullestWindowRatio => MeanPerWindow > 0 ? Math.Max(_windowsOfCount.Count - 1, 0) / MeanPerWindow : 0;

    public double SpotLow { get; private set; } = double.PositiveInfinity;

    public double SpotHigh { get; private set; }

    /// <summary>The widest move between two ticks of the underlying, basis points.</summary>
    public double WidestMoveBasisPoints => _widestMove * 10_000;

    /// <summary>Fourth moment of the moves between ticks of the underlying over the square of their second: 3 without jumps and bursts.</summary>
    public double SpotKurtosis => _squares > 0 ? _fourthPowers * (IndexSpots - 1) / (_squares * _squares) : 0;

    private double MeanPerWindow => MessagesPerSecond * ArrivalClock.WindowNanos / UnixNanos.PerSecond;

    /// <summary>Counts the next ticks of the tape.</summary>
    public void Observe(ReadOnlySpan<Tick> ticks)
    {
        foreach (ref readonly Tick tick in ticks)
        {
            Ticks++;
            _lastNanos = tick.EventTimeNanos;
            CloseWindows(tick.EventTimeNanos);
            switch (tick.Kind)
            {
                case TickKind.Spot: ObserveSpot(in tick); break;
                case TickKind.OpenInterest: OpenInterest++; break;
                case TickKind.Trade: ObserveTrade(in tick); break;
                case TickKind.Quote: ObserveQuote(in tick); break;
            }
        }
    }

    /// <summary>The counts by name.</summary>
    public IEnumerable<KeyValuePair<string, string>> Entries()
    {
        yield return Whole("ticks", Ticks);
        yield return Whole("messages", Messages);
        yield return Whole("bestChanges", BestChanges);
        yield return Whole("sizeOnly", SizeOnly);
        yield return Whole("offBest", OffBest);
        yield return Whole("trades", Trades);
        if (LateTrades + ComplexTrades + Cancels > 0)
        {
            yield return Whole("lateTrades", LateTrades);
            yield return Whole("complexTrades", ComplexTrades);
            yield return Whole("cancels", Cancels);
        }
        yield return Whole("spots", Spots);
        yield return Whole("openInterest", OpenInterest);
        yield return Whole("openingQuotes", OpeningQuotes);
        yield return Whole("underlyings", Underlyings);
        yield return Whole("contracts", Contracts);
        yield return Whole("nodes", Nodes);
        yield return Whole("expiries", Expiries);
        yield return Real("bestChangeShare", BestChangeShare);
        yield return Real("otherQuoteShare", OtherQuoteShare);
        yield return Real("tradeShare", TradeShare);
        yield return Real("zeroDteShare", ZeroDteShare);
        yield return Real("messagesPerSecond", MessagesPerSecond);
        yield return Whole("burstWindows", BurstWindows);
        yield return Real("fullestWindowRatio", FullestWindowRatio);
        yield return Real("spotLow", SpotLow);
        yield return Real("spotHigh", SpotHigh);
        yield return Real("widestMoveBasisPoints", WidestMoveBasisPoints);
        yield return Real("spotKurtosis", SpotKurtosis);

        static KeyValuePair<string, string> Whole(string name, long value) => new(name, value.ToString(CultureInfo.InvariantCulture));
        static KeyValuePair<string, string> Real(string name, double value) => new(name, value.ToString("0.####", CultureInfo.InvariantCulture));
    }

    private void ObserveSpot(in Tick tick)
    {
        Spots++;
        if (tick.InstrumentId != _index) return;
        IndexSpots++;
        int price = tick.Price;
        double spot = price / _spotScale;
        SpotLow = Math.Min(SpotLow, spot);
        SpotHigh = Math.Max(SpotHigh, spot);
        if (_lastSpot > 0)
        {
            double move = (price - _lastSpot) / (double)_lastSpot;
            _widestMove = Math.Max(_widestMove, Math.Abs(move));
            _squares += move * move;
            _fourthPowers += move * move * move * move;
        }
        _lastSpot = price;
    }

    private void ObserveQuote(in Tick tick)
    {
        bool isBest = (tick.Flags & TickFlags.NationalBest) != 0;
        ref (int Bid, int Ask) best = ref _best[tick.InstrumentId];
        if (tick.EventTimeNanos == _startNanos) OpeningQuotes++;
        else
        {
            if (isBest) BestChanges++;
            else if (best == (tick.Bid, tick.Ask)) SizeOnly++;
            else OffBest++;
            CountMessage(in tick);
        }
        if (isBest) best = (tick.Bid, tick.Ask);
    }

    private void ObserveTrade(in Tick tick)
    {
        if ((tick.Flags & TickFlags.Cancel) != 0) Cancels++;
        else Trades++;
        if ((tick.Flags & TickFlags.Late) != 0) LateTrades++;
        if ((tick.Flags & TickFlags.Complex) != 0) ComplexTrades++;
        CountMessage(in tick);
    }

    private void CountMessage(in Tick tick)
    {
        _windowMessages++;
        if (_isZeroDte[tick.InstrumentId]) ZeroDte++;
    }

    private void CloseWindows(long nanos)
    {
        while (nanos >= _windowEnd)
        {
            while (_windowsOfCount.Count <= _windowMessages) _windowsOfCount.Add(0);
            _windowsOfCount[_windowMessages]++;
            _windowMessages = 0;
            _windowEnd += ArrivalClock.WindowNanos;
        }
    }

    private double Share(long count) => Messages > 0 ? (double)count / Messages : 0;
}
