using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Everything the calculation thread does with ticks, without threads or I/O: chain, inversion, book, levels, snapshot.
/// A pure function of definitions, ticks and options; how the ticks are cut into spans makes no difference.
/// </summary>
/// <remarks>
/// Between marks an event changes only its own nodes, evaluated at the mark in force. At a mark every live node is
/// evaluated afresh. Snapshots leave at marks, at fixed multiples of event time.
/// </remarks>
public sealed class Calculation
{
    /// <summary>A silence of the whole underlying beyond it makes every quote stale; one quiet contract never does.</summary>
    private const long SilenceNanos = 5 * UnixNanos.PerSecond;

    private readonly EngineOptions _options;
    private readonly ContractTable _contracts;
    private readonly NodeTable _nodes;
    private readonly ExposureBook _book;
    private readonly MarkClock _clock;
    private readonly MarkTerms _terms;
    private readonly AmericanQuotes? _american;
    private readonly QuoteInverter _inverter;
    private readonly SideRule _sides;
    private readonly Smile _smile;
    private readonly Repricer _repricer;
    private readonly SnapshotBuilder _snapshots;
    private readonly DirtySet _touchedQuotes;
    private readonly DirtySet _touchedPositions;
    private readonly Dictionary<uint, uint> _adjustedOpenInterest = [];
    private readonly Action<ExpirySegment> _onNewForwardSource;

    private Ledger _ledger;
    private ulong _sequence;
    private long _eventTime;
    private long _lastHeardNanos;
    private bool _isSilent;
    private double _quotedSpot;
    private MarkStamp _mark;
    private bool _hasMark;
    private long _nextPublishNanos = long.MinValue;

    /// <param name="definitions">The contracts of the day and their underlying.</param>
    /// <param name="underlyingId">Which underlying this calculation carries.</param>
    /// <param name="options">What to compute.</param>
    public Calculation(ReadOnlySpan<InstrumentDefinition> definitions, uint underlyingId, EngineOptions options)
    {
        _options = options;
        _contracts = new ContractTable(definitions, underlyingId);
        _nodes = _contracts.Nodes;
        _book = new ExposureBook(_nodes);
        _clock = new MarkClock(options.MarkIntervalNanos, _nodes);
        _terms = new MarkTerms(_nodes, options);
        _american = options.Exercise == ExerciseTreatment.AsListed && options.OneShot ? new AmericanQuotes(_nodes, options, _terms) : null;
        _inverter = new QuoteInverter(_nodes, options);
        _sides = new SideRule(_nodes, keepsNearMoney: !options.OneShot);
        _smile = new Smile(_nodes);
        _repricer = new Repricer(_nodes, _book, _smile, options.Lanes);
        _snapshots = new SnapshotBuilder(_nodes, _book, options);
        _touchedQuotes = new DirtySet(_nodes.Length);
        _touchedPositions = new DirtySet(_nodes.Length);
        _onNewForwardSource = OnNewForwardSource;
        // A model that cannot be computed is refused here, not at the first tick.
        if (_nodes.Length > 0) PositionWeights.Set(_nodes, 0, options.Model);
    }

    /// <summary>Distinct strikes: the room that a feed needs.</summary>
    public int StrikeCapacity => _nodes.Strikes.Length;

    /// <summary>Expiries: the room that a feed needs.</summary>
    public int ExpiryCapacity => _nodes.Segments.Length;

    /// <summary>Where every message went so far; <c>In</c> and <c>Queued</c> are the ring's and added by whoever owns it.</summary>
    public ref readonly Ledger Ledger => ref _ledger;

    /// <summary>Messages looked at so far.</summary>
    public ulong Sequence => _sequence;

    /// <summary>Event time of the last message looked at; 0 before the first.</summary>
    public long EventTimeNanos => _sequence == 0 ? 0 : _eventTime;

    /// <summary>False until a spot is known: before that there is nothing to publish.</summary>
    public bool HasMark => _hasMark;

    /// <summary>A number left the exact grid; nothing is published any more.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>What early exercise did to the numbers; all zeros where every contract is treated as European.</summary>
    public ExerciseCounts Exercise => _american?.Counts ?? default;

    /// <summary>Work done so far.</summary>
    public WorkCounts Work => new(
        _inverter.Inversions, _inverter.RobustLanes, _repricer.NodesRepriced, Marks, Flushes, Publishes, _snapshots.FullSearches);

    private ulong Marks { get; set; }

    private ulong Flushes { get; set; }

    private ulong Publishes { get; set; }

    /// <summary>Applies ticks in order; snapshots that fall due go to <paramref name="publisher"/>.</summary>
    public void Apply<TPublisher>(ReadOnlySpan<Tick> ticks, ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        foreach (ref readonly Tick tick in ticks)
        {
            if (tick.EventTimeNanos >= _eventTime && tick.EventTimeNanos <= MarkClock.LatestNanos) _eventTime = tick.EventTimeNanos;
            else _ledger.TimeRegressions++;

            // A one-shot chain has one mark: the end of the stream.
            while (_eventTime >= _clock.NextNanos && !_options.OneShot) Mark(_clock.Advance(_eventTime), ref publisher);
            Apply(in tick);
            _sequence++;
        }
    }

    /// <summary>The end of the stream: what is still touched is evaluated, and the last snapshot leaves.</summary>
    public void Finish<TPublisher>(ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        if (_options.OneShot && _sequence > 0) TryMark(_eventTime);
        if (!_hasMark) return;
        Flush();
        Publish(ref publisher);
    }

    /// <summary>Evaluates the nodes touched since the last flush at the mark in force.</summary>
    public void Flush()
    {
        if (!_hasMark || (_touchedQuotes.IsEmpty && _touchedPositions.IsEmpty)) return;
        Flushes++;
        foreach (int node in _touchedQuotes.Nodes) _inverter.Add(node);
        _inverter.Flush();
        _repricer.Refresh(_mark.Spot, _touchedQuotes.Nodes, _touchedPositions.Nodes);
        _touchedQuotes.Clear();
        _touchedPositions.Clear();
        StampEvent();
    }

    /// <summary>Every live node as it stands at the mark in force; allocates, for looking and for tests.</summary>
    public IReadOnlyList<NodeReading> ReadNodes()
    {
        var readings = new List<NodeReading>();
        int longest = _nodes.Segments.Length == 0 ? 0 : _nodes.Segments.Max(segment => segment.PaddedCount);
        var greeks = new GreekScratch(longest);
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired || !_hasMark) continue;
            if (segment.IsPriced)
            {
                GreekKernel.Evaluate(
                    _options.Lanes, new ExpiryTerms(_mark.Spot, segment.Forward, segment.Discount, segment.Years),
                    _nodes.LogStrike.AsSpan(segment.Start, segment.PaddedCount), _nodes.Deviation.AsSpan(segment.Start, segment.PaddedCount),
                    greeks.Columns(segment.PaddedCount));
            }
            for (int i = segment.Start; i < segment.End; i++)
            {
                readings.Add(new NodeReading(
                    segment.Root.ToString(), segment.ExpiryDate, _nodes.Strike[i], _nodes.Status[i], segment.IsPriced,
                    _nodes.Source[i] == DeviationSource.Interpolated, segment.IsPriced ? _nodes.Deviation[i] : 0,
                    segment.IsPriced ? greeks.Gamma[i - segment.Start] : 0,
                    MoneyGrid.ToUsd(_book.Node.CallGex[i]), MoneyGrid.ToUsd(_book.Node.PutGex[i]),
                    segment.HasExercisePremiums ? _nodes.Zone[i] : ExerciseZone.None));
            }
        }
        return readings;
    }

    /// <summary>Every exposure from the node table alone, by other code: what the book must equal bit for bit.</summary>
    internal FullRecompute Recompute() => new(_nodes, _mark.Spot, _options.Model);

    internal NodeTable Nodes => _nodes;

    internal ExposureBook Book => _book;

    internal double MarkSpot => _mark.Spot;

    private void Apply(in Tick tick)
    {
        ContractSlot slot = _contracts[tick.InstrumentId];
        if (slot.Role is not (ContractRole.Unknown or ContractRole.OtherUnderlying)) (_lastHeardNanos, _isSilent) = (_eventTime, false);
        switch (slot.Role)
        {
            case ContractRole.Call or ContractRole.Put:
                ApplyToContract(in tick, slot);
                break;
            case ContractRole.Underlying:
                ApplyToUnderlying(in tick);
                break;
            case ContractRole.Adjusted:
                ApplyToAdjusted(in tick);
                break;
            default:
                Reject(slot.Role == ContractRole.Unknown ? Rejection.UnknownContract : Rejection.OtherUnderlying);
                break;
        }
    }

    private void ApplyToContract(in Tick tick, ContractSlot slot)
    {
        if (_eventTime >= _nodes.Segments[_nodes.SegmentIndex[slot.Node]].SettlementNanos)
        {
            Reject(Rejection.PostExpiry);
            return;
        }
        switch (tick.Kind)
        {
            case TickKind.Quote:
                ApplyQuote(in tick, slot);
                break;
            case TickKind.Trade:
                // Positions of the models that are built do not depend on trades; the print is understood and counted.
                if (tick.Price < 0)
                {
                    Reject(Rejection.BadPrice);
                    break;
                }
                _ledger.Trades++;
                _ledger.Applied++;
                break;
            case TickKind.OpenInterest:
                ApplyOpenInterest(in tick, slot);
                break;
            default:
                Reject(tick.Kind == TickKind.Spot ? Rejection.KindMismatch : Rejection.UnknownKind);
                break;
        }
    }

    private void ApplyQuote(in Tick tick, ContractSlot slot)
    {
        if ((tick.Bid | tick.Ask) < 0)
        {
            Reject(Rejection.BadPrice);
            return;
        }
        _ledger.Applied++;
        if ((tick.Flags & TickFlags.NationalBest) == 0)
        {
            _ledger.OtherQuotes++;
            return;
        }
        _ledger.BestQuotes++;
        int node = slot.Node;
        NodeSideColumns side = slot.Role == ContractRole.Call ? _nodes.Calls : _nodes.Puts;
        // Only a message that moves the national best price can move a node.
        if (side.Bid[node] == tick.Bid && side.Ask[node] == tick.Ask) return;
        side.Bid[node] = tick.Bid;
        side.Ask[node] = tick.Ask;
        _nodes.Segments[_nodes.SegmentIndex[node]].HasQuotesSinceFit = true;
        if (_nodes.IsCallSide[node] != (slot.Role == ContractRole.Call)) return;
        _nodes.QuoteNanos[node] = _eventTime;
        _touchedQuotes.Add(node);
    }

    private void ApplyOpenInterest(in Tick tick, ContractSlot slot)
    {
        NodeSideColumns side = slot.Role == ContractRole.Call ? _nodes.Calls : _nodes.Puts;
        side.OpenInterest[slot.Node] = tick.Quantity;
        PositionWeights.Set(_nodes, slot.Node, _options.Model);
        _touchedPositions.Add(slot.Node);
        _snapshots.InvalidateRoots();
        _ledger.OpenInterests++;
        _ledger.Applied++;
    }

    private void ApplyToUnderlying(in Tick tick)
    {
        if (tick.Kind != TickKind.Spot)
        {
            Reject(tick.Kind is TickKind.Quote or TickKind.Trade or TickKind.OpenInterest ? Rejection.KindMismatch : Rejection.UnknownKind);
            return;
        }
        if (tick.Price <= 0)
        {
            Reject(Rejection.BadPrice);
            return;
        }
        // Takes effect at the next mark, by a full sweep.
        _quotedSpot = tick.Price / _contracts.SpotScale;
        _ledger.Spots++;
        _ledger.Applied++;
    }

    private void ApplyToAdjusted(in Tick tick)
    {
        if (tick.Kind == TickKind.OpenInterest)
        {
            _adjustedOpenInterest[tick.InstrumentId] = tick.Quantity;
            _ledger.OpenInterests++;
        }
        else if (tick.Kind == TickKind.Quote)
        {
            _ledger.OtherQuotes++;
        }
        else if (tick.Kind == TickKind.Trade)
        {
            _ledger.Trades++;
        }
        else
        {
            Reject(tick.Kind == TickKind.Spot ? Rejection.KindMismatch : Rejection.UnknownKind);
            return;
        }
        _ledger.Applied++;
    }

    private void Reject(Rejection reason) => _ledger.Rejected[(int)reason]++;

    private void Mark<TPublisher>(long markNanos, ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        Flush();
        if (!TryMark(markNanos) || markNanos < _nextPublishNanos) return;
        _nextPublishNanos = markNanos - (markNanos % _options.PublishIntervalNanos) + _options.PublishIntervalNanos;
        Publish(ref publisher);
    }

    /// <summary>Every live node afresh at an instant; false while no spot is known.</summary>
    private bool TryMark(long markNanos)
    {
        if (_terms.SetTime(markNanos)) _snapshots.InvalidateRoots();
        _inverter.LossNanos = markNanos;
        if (!_isSilent && !_options.OneShot && markNanos - _lastHeardNanos > SilenceNanos) FallSilent();
        if (!TryFindSpot(markNanos, out double spot, out SpotSource source)) return false;
        _hasMark = true;
        Marks++;
        _mark.TimeNanos = markNanos;
        _mark.Spot = spot;
        _mark.SpotSource = source;
        StampEvent();

        _terms.SetForwards(markNanos, spot, _onNewForwardSource);
        _american?.MakeEuropean(spot);
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired) continue;
            _smile.Decay(segment);
            _sides.Update(segment, _touchedQuotes);
        }
        foreach (int node in _touchedQuotes.Nodes) _inverter.Add(node);
        _inverter.Flush();
        _touchedQuotes.Clear();
        _touchedPositions.Clear();
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired) continue;
            _smile.EndHolds(segment, markNanos);
            if (segment.AnchorsChanged) _smile.FindAnchors(segment);
            _smile.Interpolate(segment);
            if (!segment.IsPinned && markNanos >= segment.SettlementNanos - MarkTerms.PinNanos) _smile.Pin(segment);
        }
        _american?.FindZones(spot);
        _repricer.Sweep(spot);
        return true;
    }

    private bool TryFindSpot(long markNanos, out double spot, out SpotSource source)
    {
        (spot, source) = (_quotedSpot, SpotSource.Quoted);
        if (_quotedSpot > 0) return true;
        double inferred = _terms.InferSpot(markNanos);
        (spot, source) = inferred > 0 ? (inferred, SpotSource.Inferred) : (_mark.Spot, SpotSource.NoUnderlying);
        return spot > 0;
    }

    /// <summary>The source has told nothing of this underlying for too long: every stored quote is stale from then on.</summary>
    private void FallSilent()
    {
        _isSilent = true;
        // Whether a mark fell into the silence or only after it makes no difference to how long a last good w is held.
        _inverter.LossNanos = _lastHeardNanos + SilenceNanos;
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            segment.HasQuotesSinceFit = true;
            for (int i = segment.Start; i < segment.End; i++)
            {
                _nodes.Calls.MakeStale(i);
                _nodes.Puts.MakeStale(i);
                _touchedQuotes.Add(i);
            }
        }
    }

    /// <summary>An expiry's forward comes from somewhere else now: its stored quotes are read afresh against it.</summary>
    private void OnNewForwardSource(ExpirySegment segment)
    {
        _sides.SetAll(segment);
        for (int i = segment.Start; i < segment.End; i++) _touchedQuotes.Add(i);
        _snapshots.InvalidateRoots();
    }

    private void StampEvent()
    {
        _mark.EventSequence = _sequence;
        _mark.EventTimeNanos = _eventTime;
    }

    private void Publish<TPublisher>(ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        StampEvent();
        if (_repricer.Scaling.HasOverflowed) HasOverflowed = true;
        if (HasOverflowed) return;
        long adjusted = 0;
        foreach (uint contracts in _adjustedOpenInterest.Values) adjusted += contracts;
        ReadOnlySpan<byte> section = _snapshots.Build(in _mark, _contracts.Underlying.Root, adjusted, _repricer.Scaling.NonFinite);
        if (section.IsEmpty)
        {
            HasOverflowed = true;
            return;
        }
        Publishes++;
        publisher.Publish(section, in _ledger);
    }
}

/// <summary>What a run cost, in pieces of work.</summary>
public readonly record struct WorkCounts(
    ulong Inversions, ulong RobustLanes, ulong NodesRepriced, ulong Marks, ulong Flushes, ulong Publishes, ulong FullSearches);
