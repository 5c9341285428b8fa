using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>
/// A random stream after which every w is derived again from the last raw quote and the terms of the mark at which it was inverted: the
/// stored quote, its side, the forward, the discount and T are this class's own record, the solver is <see cref="BisectedDeviation"/>.
/// </summary>
internal sealed class RawQuoteRun
{
    private const double Tolerance = 1e-11;

    // ln K − ln F is a difference of two rounded logarithms of about 8.5.
    private const double LogRounding = 4 * 1.8e-15;

    private readonly StatefulSetting _setting;
    private readonly StatefulMarket _market;
    private readonly NaiveMarket _naive;
    private readonly Calculation _calculation;
    private readonly UnderlyingCalculation _underlying;
    private readonly Dictionary<(Ascii8, int, double), Reading> _readings = [];
    private readonly Dictionary<ExpirySegment, (ForwardSource Source, bool IsPinned, bool IsExpired, long Settlement)> _before = [];
    private readonly HashSet<NaiveContract> _touched = [];
    private CountingSink _sink;
    private int _event;

    public RawQuoteRun(StatefulSetting setting)
    {
        _setting = setting;
        _market = new StatefulMarket(setting);
        _naive = new NaiveMarket(_market.Definitions, _market.Underlyings, setting.Options);
        _calculation = new Calculation(_market.Definitions, _market.Underlyings, setting.Options);
        _underlying = _calculation.Underlyings[0];
    }

    /// <summary>Comparisons of a w, inversions made a second time, and the largest difference relative to what is allowed.</summary>
    public long Compared { get; private set; }

    public long Solved { get; private set; }

    public double Worst { get; private set; }

    public RawQuoteRun Run()
    {
        try
        {
            while (_event < _setting.Events)
            {
                Tick tick = _market.Next().Tick;
                _event++;
                // Marks are separated from the message, which would otherwise move quotes before they can be looked at.
                foreach (long mark in _naive.MarksBefore(in tick)) Mark(mark);
                Take(in tick);
                if (_event % _setting.Every == 0) Check();
            }
            Check();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Event {_event} of {_setting}: {failure.Message}", failure);
        }
        return this;
    }

    /// <summary>A message that nobody understands brings the mark about.</summary>
    private void Mark(long mark)
    {
        Flush();
        Tick nothing = new() { EventTimeNanos = mark, InstrumentId = 999_999, Kind = TickKind.Gap };
        _naive.Advance(in nothing);
        _calculation.Apply([nothing], ref _sink);
        _naive.Apply(in nothing);
        if (_underlying.HasMark) AfterMark();
    }

    private void Take(in Tick tick)
    {
        if (NaiveMarket.MayDefine(in tick)) Flush();
        NaiveContract? before = _naive.Meanings.GetValueOrDefault(tick.InstrumentId)?.Contract;
        (int, int) quote = (before?.Bid ?? 0, before?.Ask ?? 0);
        _naive.Advance(in tick);
        _calculation.Apply([tick], ref _sink);
        _naive.Apply(in tick);
        NaiveContract? after = _naive.Meanings.GetValueOrDefault(tick.InstrumentId)?.Contract;
        if (after is { Expiry: not null } && (after != before || quote != (after.Bid, after.Ask))) _touched.Add(after);
    }

    private void Flush()
    {
        _calculation.Flush();
        if (!_underlying.HasMark) return;
        foreach (ExpirySegment segment in _underlying.Nodes.Segments)
        {
            if (segment.IsExpired || segment.IsPinned || segment.ForwardSource == ForwardSource.None) continue;
            for (int node = segment.Start; node < segment.End; node++)
            {
                Reading reading = ReadingOf(segment, node);
                NaiveContract? contract = Contract(segment, node, reading.IsCall);
                bool isTouched = contract is null || contract.Bid < 0 || _touched.Contains(contract);
                if (isTouched) Invert(segment, node, reading, contract);
            }
        }
        _touched.Clear();
    }

    private void AfterMark()
    {
        NodeTable nodes = _underlying.Nodes;
        foreach (ExpirySegment segment in nodes.Segments)
        {
            (ForwardSource source, bool wasPinned, bool wasExpired, long settlement) = _before.GetValueOrDefault(segment);
            _before[segment] = (segment.ForwardSource, segment.IsPinned, segment.IsExpired, segment.SettlementNanos);
            if (settlement != 0 && settlement != segment.SettlementNanos) Reschedule(segment, settlement);
            if (segment.IsExpired) continue;
            CheckTerms(segment);
            bool isAfresh = source != segment.ForwardSource || (wasPinned && !segment.IsPinned) || wasExpired;
            for (int node = segment.Start; node < segment.End; node++)
            {
                bool isCall = nodes.Quotes[node].IsCallSide, isPlain = isCall == nodes.Strike[node] >= segment.Forward;
                bool hasOwn = nodes.Source[node] is DeviationSource.Quoted or DeviationSource.Held;
                double distance = Math.Abs(Math.Log(nodes.Strike[node] / segment.Forward));
                if (!isPlain && hasOwn && distance > 0.1 * nodes.Deviation[node] * (1 + 1e-9))
                    throw new InvalidOperationException($"{Name(segment, node)} is read on the side that is in the money");
                Reading reading = ReadingOf(segment, node);
                bool isFlip = reading.IsCall != isCall;
                if (isFlip && !isPlain) throw new InvalidOperationException($"{Name(segment, node)} went to the side that is in the money");
                reading.IsCall = isCall;
                NaiveContract? contract = Contract(segment, node, isCall);
                // In the pin state, and at the mark at which it begins, only what came before counts.
                bool isOpen = !wasPinned || !segment.IsPinned;
                if (isOpen && (isAfresh || isFlip || contract is { Bid: < 0 })) Invert(segment, node, reading, contract);
            }
        }
    }

    /// <summary>A settlement that moves takes the T of every inversion along: quotes say of w what they said.</summary>
    private void Reschedule(ExpirySegment segment, long from)
    {
        double more = (segment.SettlementNanos - from) / (365 * 86400e9);
        for (int node = segment.Start; node < segment.End; node++)
        {
            Reading reading = ReadingOf(segment, node);
            reading.Years = Math.Max(reading.Years + more, 60e9 / (365 * 86400e9));
        }
    }

    /// <summary>T, D and a carried forward from the clock, the options and the last spot.</summary>
    private void CheckTerms(ExpirySegment segment)
    {
        NaiveExpiry expiry = _naive.Underlyings[0].Expiries.Find(each => each.Root == segment.Root && each.Date == segment.ExpiryDate)!;
        double years = Math.Max(expiry.SettlementNanos - _naive.LastMark, 60e9) / (365 * 86400e9);
        Near(years, segment.Years, 1e-15, "T");
        Near(Math.Exp(-_setting.Options.Rate * years), segment.Discount, 1e-15, "D");
        double spot = _underlying.InForce.Spot;
        if (_underlying.InForce.SpotSource == SpotSource.Quoted) Near(_naive.Underlyings[0].LastSpot, spot, 0, "spot");
        if (segment.ForwardSource is ForwardSource.Carry or ForwardSource.CarryFallback)
            Near(spot * Math.Exp((_setting.Options.Rate - _setting.Options.Dividend) * years), segment.Forward, 1e-15, "F");
    }

    private void Check()
    {
        Flush();
        if (!_underlying.HasMark) return;
        NodeTable nodes = _underlying.Nodes;
        foreach (ExpirySegment segment in nodes.Segments)
        {
            if (segment.IsExpired || segment.IsPinned || segment.ForwardSource == ForwardSource.None) continue;
            for (int node = segment.Start; node < segment.End; node++)
            {
                Reading reading = ReadingOf(segment, node);
                CheckStatus(segment, node, reading);
                if (nodes.Status[node] is not (QuoteStatus.Ok or QuoteStatus.Locked)) continue;
                if (nodes.Source[node] != DeviationSource.Quoted) throw new InvalidOperationException($"{Name(segment, node)} has a good quote and no w of it");
                Compare(reading.Deviation, nodes.ReferenceDeviation[node], reading.H, $"w of {Name(segment, node)}");
                Near(reading.Years, nodes.ReferenceYears[node], 0, $"T of w of {Name(segment, node)}");
                Near(nodes.ReferenceDeviation[node] * Math.Sqrt(segment.Years / reading.Years), nodes.Deviation[node], 1e-15, $"w now of {Name(segment, node)}");
            }
        }
    }

    private void CheckStatus(ExpirySegment segment, int node, Reading reading)
    {
        if (reading.Version == 0) return;
        QuoteStatus found = _underlying.Nodes.Status[node];
        QuoteStatus expected = reading.Bid < 0 ? QuoteStatus.Stale
            : reading.Bid == 0 ? reading.Ask == 0 ? QuoteStatus.Missing : QuoteStatus.NoBid
            : reading.Bid > reading.Ask ? QuoteStatus.Crossed
            : reading.Bid == reading.Ask ? QuoteStatus.Locked
            : QuoteStatus.Ok;
        if (expected is QuoteStatus.Ok or QuoteStatus.Locked)
        {
            if (reading.SolvedVersion != reading.Version) Solve(reading);
            if (found == QuoteStatus.IllConditioned || reading.IsNearBoundary) return;
            expected = reading.Middle >= 1 ? QuoteStatus.AboveMax
                : expected == QuoteStatus.Ok && reading.IsWide ? QuoteStatus.Wide
                : expected;
        }
        if (found != expected) throw new InvalidOperationException($"status of {Name(segment, node)} is {found}, expected {expected}");
    }

    private void Solve(Reading reading)
    {
        Solved++;
        reading.SolvedVersion = reading.Version;
        reading.IsWide = reading.IsNearBoundary = false;
        if (reading.Middle >= 1) return;
        reading.Deviation = BisectedDeviation.Solve(reading.H, reading.Middle);
        if (reading.Bid == reading.Ask) return;
        double ask = reading.Ask * reading.PerUnit;
        double atTwice = BisectedDeviation.Price(reading.H, 2 * BisectedDeviation.Solve(reading.H, reading.Bid * reading.PerUnit));
        reading.IsWide = ask >= 1 || ask > atTwice;
        reading.IsNearBoundary = Math.Abs(ask - atTwice) < 1e-9 * ask;
    }

    private void Invert(ExpirySegment segment, int node, Reading reading, NaiveContract? contract)
    {
        reading.Version++;
        (reading.Bid, reading.Ask) = (contract?.Bid ?? 0, contract?.Ask ?? 0);
        double strike = _underlying.Nodes.Strike[node];
        reading.H = Math.Abs(Math.Log(strike / segment.Forward));
        reading.PerUnit = Math.Pow(10, -(contract?.PriceDecimals ?? 2)) / (segment.Discount * Math.Min(segment.Forward, strike));
        reading.Years = segment.Years;
    }

    private Reading ReadingOf(ExpirySegment segment, int node)
    {
        (Ascii8, int, double) key = (segment.Root, segment.ExpiryDate, _underlying.Nodes.Strike[node]);
        if (_readings.TryGetValue(key, out Reading? reading)) return reading;
        reading = new Reading { IsCall = _underlying.Nodes.Quotes[node].IsCallSide };
        _readings.Add(key, reading);
        return reading;
    }

    private NaiveContract? Contract(ExpirySegment segment, int node, bool isCall)
    {
        long mills = (long)Math.Round(_underlying.Nodes.Strike[node] * 1000);
        NaiveExpiry expiry = _naive.Underlyings[0].Expiries.Find(each => each.Root == segment.Root && each.Date == segment.ExpiryDate)!;
        return expiry.Contracts.Find(each => each.StrikeMills == mills && each.IsCall == isCall);
    }

    private void Compare(double expected, double found, double h, string what)
    {
        Compared++;
        double allowed = Tolerance + (4 * ImpliedDeviation.AttainableError(h, expected)) + (LogRounding / expected);
        double difference = Math.Abs(found - expected) / expected / allowed;
        Worst = Math.Max(Worst, difference);
        if (!(difference <= 1)) throw new InvalidOperationException($"{what} is {found:R}, by bisection {expected:R}");
    }

    private static void Near(double expected, double found, double tolerance, string what)
    {
        if (!(Math.Abs(found - expected) <= tolerance * Math.Abs(expected))) throw new InvalidOperationException($"{what} is {found:R}, expected {expected:R}");
    }

    private string Name(ExpirySegment segment, int node) => $"{segment.Root} {segment.ExpiryDate} {_underlying.Nodes.Strike[node]}";

    /// <summary>The last quote that was to be inverted, and the terms that were in force then.</summary>
    private sealed class Reading
    {
        public bool IsCall;
        public int Bid, Ask, Version, SolvedVersion;
        public double H, PerUnit, Years, Deviation;
        public bool IsWide, IsNearBoundary;

        public double Middle => ((double)Bid + Ask) / 2 * PerUnit;
    }
}
