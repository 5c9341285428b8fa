using System.Runtime.CompilerServices;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Everything about one underlying: its nodes, positions, book, levels and snapshot. Knows neither the stream nor the clock;
/// <see cref="Calculation"/> says what happens when.
/// </summary>
internal sealed class UnderlyingCalculation
{
    // Beyond it a node has less than a fiftieth of the gamma of one at the forward.
    private const double NearDeviations = 3;

    private EngineOptions _options;
    private readonly ContractEntry _contracts;
    private readonly NodeTable _nodes;
    private readonly ExposureBook _book;
    private readonly Settlements _settlements;
    private readonly MarkTerms _terms;
    private readonly SpotQuote _spot;
    private readonly AmericanQuotes? _american;
    private readonly QuoteInverter _inverter;
    private readonly SideRule _sides;
    private readonly Smile _smile;
    private readonly Repricer _repricer;
    private readonly TradeTape _trades;
    private readonly SnapshotBuilder _snapshots;
    private readonly TouchedQuotes _touchedQuotes;
    private readonly StaleQuotes _stale;
    private readonly DirtySet _touchedPositions;
    private readonly Dictionary<uint, uint> _adjustedOpenInterest = [];
    private readonly Action<ExpirySegment> _onNewForwardSource;
    private readonly Func<int, bool> _isNear;

    private bool _needsSweep;
    private bool _isHeadlineCurrent;                    // and at least the column that headlines are made of does
    private bool _hasNews;                              // a mark was made since the last headline
    private HeadlineSection _headline;
    private bool _isBookCurrent;                        // the book holds every node as it stands at the mark in force, but for the touched ones
    private MarkStamp _mark;
    private bool _hasMark;
    private uint _openInterestRevisions;
    private long _openInterestNanos = long.MinValue;
    private int _sessionDate;
    private int _lastLength;
    private long _sessionEndNanos = long.MinValue;

    public UnderlyingCalculation(
        ReadOnlySpan<InstrumentDefinition> definitions, uint underlyingId, ushort index, InstrumentDirectory directory, long[] heard, RoomForLater room, int prints,
        ZeroGammaScans scans, SharedScratch scratch, EngineOptions options)
    {
        _options = options;
        _contracts = new ContractEntry(definitions, underlyingId, index, directory, room);
        _nodes = _contracts.Nodes;
        _book = new ExposureBook(_nodes) { Strikes = { Model = options.Model } };
        _settlements = new Settlements(_nodes, options.Calendar);
        _terms = new MarkTerms(_nodes, options);
        _spot = new SpotQuote(_terms, options);
        _american = options.Exercise == ExerciseTreatment.AsListed && options.OneShot ? new AmericanQuotes(_nodes, options, _terms) : null;
        _inverter = new QuoteInverter(_nodes, scratch.Inversions, options);
        _sides = new SideRule(_nodes, keepsNearMoney: !options.OneShot);
        _smile = new Smile(_nodes);
        _repricer = new Repricer(_nodes, _book, _smile, scratch, options.Lanes);
        _trades = new TradeTape(_nodes, directory, _smile, _repricer.Scaling, prints, options.Lanes);
        _snapshots = new SnapshotBuilder(_nodes, _book, _repricer.Scaling, scans, options);
        _touchedQuotes = new TouchedQuotes(_nodes);
        _stale = new StaleQuotes(_nodes, _touchedQuotes, heard, index);
        _touchedPositions = new DirtySet(_nodes.Length);
        _onNewForwardSource = OnNewForwardSource;
        _isNear = IsNear;
    }

    public NodeTable Nodes => _nodes;

    public ExposureBook Book => _book;

    public TradeTape Trades => _trades;

    public ref readonly MarkStamp InForce => ref _mark;

    /// <summary>The next print flushes what is touched: there is room for no more that wait for their value.</summary>
    public bool NextPrintFlushes => _trades.IsFull;

    /// <summary>False until a spot is known: before that there is nothing to publish.</summary>
    public bool HasMark => _hasMark;

    /// <summary>A number left the exact grid; nothing is published any more.</summary>
    public bool HasOverflowed
    {
        get => field || _repricer.Scaling.HasOverflowed;
        private set;
    }

    public ExerciseCounts Exercise => _american?.Counts ?? default;

    public ulong Marks { get; private set; }

    public ulong Flushes { get; private set; }

    /// <summary>Work done so far, without what only the whole calculation counts.</summary>
    public WorkCounts Work => new(
        _inverter.Inversions, _inverter.RobustLanes, _repricer.NodesRepriced, Marks, Flushes, 0, _snapshots.FullSearches, _snapshots.SearchesAtOnce);

    /// <summary>Contracts that their slots call open have not settled before it.</summary>
    public long OpenUntilNanos => _contracts.OpenUntilNanos;

    /// <summary>Quotes far out of the money wait, each with its last word, until this is over.</summary>
    public bool IsDegraded { get; set; }

    public void ApplyToContract(in Tick tick, InstrumentSlot slot, long nowNanos, ref Ledger ledger)
    {
        if (nowNanos >= _nodes.Segments[_nodes.SegmentIndex[slot.Node]].AnnouncedSettlementNanos)
        {
            Reject(Rejection.PostExpiry, ref ledger);
            return;
        }
        switch (tick.Kind)
        {
            case TickKind.Quote:
                ApplyQuote(in tick, slot, nowNanos, ref ledger);
                break;
            case TickKind.Trade:
                ApplyTrade(in tick, slot, ref ledger);
                break;
            case TickKind.OpenInterest:
                ApplyOpenInterest(in tick, slot, nowNanos, ref ledger);
                break;
            default:
                Reject(tick.Kind == TickKind.Spot ? Rejection.KindMismatch : Rejection.UnknownKind, ref ledger);
                break;
        }
    }

    /// <summary>A national best quote, its prices not negative.</summary>
    public void TakeBest(in Tick tick, ContractRole role, int node, long nowNanos)
    {
        ref NodeQuotes quotes = ref _nodes.Quotes[node];
        if (quotes.TryChange(role, in tick, nowNanos, out bool isRead)) NoteChange(ref quotes, node, isRead);
    }

    /// <summary>A quote of a node has changed.</summary>
    public void NoteChange(ref NodeQuotes quotes, int node, bool isRead)
    {
        _nodes.HasQuotesSinceFit[quotes.Segment] = true;
        _touchedQuotes.Add(ref quotes, node, isRead);
    }

    public void ApplyToUnderlying(in Tick tick, long nowNanos, ref Ledger ledger)
    {
        if (tick.Kind != TickKind.Spot)
        {
            Reject(tick.Kind is TickKind.Quote or TickKind.Trade or TickKind.OpenInterest ? Rejection.KindMismatch : Rejection.UnknownKind, ref ledger);
            return;
        }
        if (tick.Price <= 0)
        {
            Reject(Rejection.BadPrice, ref ledger);
            return;
        }
        // Takes effect at the next mark, by a full sweep.
        _spot.Take(tick.Price / _contracts.SpotScale, nowNanos);
        ledger.Spots++;
        ledger.Applied++;
    }

    public void ApplyToAdjusted(in Tick tick, ref Ledger ledger)
    {
        switch (tick.Kind)
        {
            case TickKind.OpenInterest:
                _adjustedOpenInterest[tick.InstrumentId] = tick.Quantity;
                ledger.OpenInterests++;
                break;
            case TickKind.Quote:
                ledger.OtherQuotes++;
                break;
            case TickKind.Trade:
                ledger.Trades++;
                break;
            default:
                Reject(tick.Kind == TickKind.Spot ? Rejection.KindMismatch : Rejection.UnknownKind, ref ledger);
                return;
        }
        ledger.Applied++;
    }

    /// <summary>Messages were lost, of one contract or of everything.</summary>
    public void ApplyGap(InstrumentSlot slot, long nowNanos) => _stale.Lose(slot, nowNanos);

    public void ApplyStatus(bool isHalted, long nowNanos) => _stale.Halt(isHalted, nowNanos);

    /// <summary>Takes a definition of the session; the refusal when it cannot be. A settlement that came or moved is handed out for the clock.</summary>
    public Rejection? Define(in InstrumentDefinition definition, out long newSettlementNanos)
    {
        newSettlementNanos = 0;
        _contracts.Reopen();
        // Whoever remembers node numbers forgets them first, what was left for later included.
        bool wasDegraded = IsDegraded;
        IsDegraded = false;
        if (_hasMark) FlushInputs();
        else ForgetTouched();
        IsDegraded = wasDegraded;
        int expiries = _nodes.Segments.Length;
        Rejection? refusal = _contracts.TryDefine(in definition, out int node, out ExpirySegment? rescheduled);
        if (refusal is not null) return refusal;
        _book.Strikes.Invalidate();
        // The id may have been an adjusted contract's, and is a standard one's now.
        if (DefinitionRules.IsNode(in definition)) _adjustedOpenInterest.Remove(definition.InstrumentId);
        if (_contracts.Delisted is { } gone)
        {
            Vacate(gone);
            _trades.GiveUp(definition.InstrumentId);
        }
        ExpirySegment? segment = rescheduled ?? (node >= 0 ? _nodes.Segments[_nodes.SegmentIndex[node]] : null);
        if (segment is null) return null;
        if (rescheduled is not null || _nodes.Segments.Length > expiries)
        {
            newSettlementNanos = segment.AnnouncedSettlementNanos;
            if (rescheduled is not null) _settlements.HasNew = true;
            _snapshots.InvalidateRoots();
            _snapshots.InvalidateOutlook();
        }
        if (node < 0) return null;
        segment.HasNewOpenInterest = true;
        _touchedPositions.Add(node);
        if (!_contracts.IsNewNode) return null;
        segment.AnchorsChanged = true;
        if (segment.ForwardSource != ForwardSource.None)
        {
            _nodes.Quotes[node].IsCallSide = _nodes.Strike[node] >= segment.Forward;
            // Node numbers above it have moved: every side is looked at again.
            (segment.SideCheckLow, segment.SideCheckHigh) = (segment.Start, segment.End);
        }
        return null;
    }

    /// <summary>Another position model is chosen.</summary>
    public void Use(EngineOptions options)
    {
        _options = options;
        _snapshots.Use(options);
        _book.Strikes.Model = options.Model;
        _isHeadlineCurrent = false;
        _headline.LevelsMarkTimeNanos = long.MinValue;
        _hasNews = true;
    }

    /// <summary>Closes and settlements follow another calendar from now on; what was moved is added for the log.</summary>
    public void UseCalendar(SessionCalendar calendar, List<RescheduledExpiry> moved)
    {
        _contracts.Reopen();
        _settlements.Use(calendar, moved);
    }

    /// <summary>A contract of a node is gone: its position leaves the book, and its quote is not read any more.</summary>
    private void Vacate(InstrumentSlot gone)
    {
        ExpirySegment segment = _nodes.Segments[_nodes.SegmentIndex[gone.Node]];
        segment.HasNewOpenInterest = true;
        _nodes.HasQuotesSinceFit[segment.Index] = true;
        if (_nodes.Quotes[gone.Node].IsCallSide == (gone.Role == ContractRole.Call)) _touchedQuotes.Add(gone.Node);
        _touchedPositions.Add(gone.Node);
        _snapshots.InvalidateRoots();
    }

    /// <summary>Before the first mark: it reads every quote, and positions need no more than their weights.</summary>
    private void ForgetTouched()
    {
        foreach (int node in _touchedPositions.Nodes) _nodes.Weights.Set(_nodes, node);
        _touchedPositions.Clear();
        _touchedQuotes.Clear();
    }

    /// <summary>Sets dealers' position from outside in one contract; takes effect with the next flush.</summary>
    public void SetOutside(InstrumentSlot slot, long contracts)
    {
        _contracts.SideOf(slot.Role).Outside[slot.Node] = contracts;
        _touchedPositions.Add(slot.Node);
    }

    /// <summary>Forgets all positions from outside, or says that there are some now.</summary>
    public void BeginOutside(bool hasOutside)
    {
        Array.Clear(_nodes.Calls.Outside);
        Array.Clear(_nodes.Puts.Outside);
        for (int node = 0; node < _nodes.Length; node++) _nodes.Weights.Set(_nodes, node);
        _nodes.Weights.HasOutside = hasOutside;
        _needsSweep = true;
        _snapshots.InvalidateRoots();
        _snapshots.InvalidateOutlook();
    }

    /// <summary>Evaluates the nodes touched since the last flush at the mark in force, or all of them where nobody has since the mark.</summary>
    public void Flush()
    {
        bool isTouched = BeginFlush();
        if (!_hasMark || (!isTouched && _isBookCurrent)) return;
        _repricer.OnlyColumn = null;
        if (_isBookCurrent && !_needsSweep) _repricer.Refresh(_mark.Spot, _touchedQuotes.Nodes, _touchedPositions.Nodes);
        else SweepTouched();
        (_isBookCurrent, _isHeadlineCurrent) = (true, true);
        _needsSweep = false;
        EndFlush();
    }

    /// <summary>The same for the one column that headlines are made of; the others fall behind.</summary>
    private void FlushHeadline()
    {
        bool isTouched = BeginFlush();
        if (!isTouched && _isHeadlineCurrent) return;
        _repricer.OnlyColumn = HeadlineColumn;
        if (_isHeadlineCurrent && !_needsSweep) _repricer.Refresh(_mark.Spot, _touchedQuotes.Nodes, _touchedPositions.Nodes);
        else SweepTouched();
        (_isBookCurrent, _isHeadlineCurrent) = (false, true);
        _needsSweep = false;
        EndFlush();
    }

    private PositionColumn HeadlineColumn => _nodes.Weights.View(_options.Model).Column;

    /// <summary>Nobody has looked since the mark, or a position column came to life: every node is due.</summary>
    private void SweepTouched()
    {
        foreach (int node in _touchedPositions.Nodes) _nodes.Weights.Set(_nodes, node);
        foreach (ExpirySegment segment in _nodes.Segments)
            if (!segment.IsExpired && segment.ForwardSource != ForwardSource.None) _smile.Bring(segment);
        _repricer.Sweep(_mark.Spot, withStrikes: false);
    }

    /// <summary>The same without w, Greeks and book, which fall behind: where a mark follows at once, or nobody looks.</summary>
    public void FlushInputs()
    {
        if (!BeginFlush()) return;
        foreach (int node in _touchedPositions.Nodes) _nodes.Weights.Set(_nodes, node);
        (_isBookCurrent, _isHeadlineCurrent) = (false, false);
        EndFlush();
    }

    private bool BeginFlush()
    {
        if (!_hasMark) return false;
        if (_touchedQuotes.IsEmpty && _touchedPositions.IsEmpty && !_trades.HasPending && !_needsSweep) return false;
        Flushes++;
        InvertTouched();
        return true;
    }

    private void InvertTouched()
    {
        if (IsDegraded) _touchedQuotes.Defer(_isNear);
        _inverter.Invert(_touchedQuotes.Nodes);
    }

    /// <summary>Nodes that nearly all of the exposure is of: within so many deviations of the forward, and whatever has no w yet.</summary>
    private bool IsNear(int node)
    {
        ExpirySegment segment = _nodes.Segments[_nodes.SegmentIndex[node]];
        return _nodes.Source[node] != DeviationSource.Quoted
            || Math.Abs(_nodes.LogStrike[node] - segment.LogForward) <= NearDeviations * _nodes.ReferenceDeviation[node];
    }

    private void EndFlush()
    {
        _touchedQuotes.Clear();
        _touchedPositions.Clear();
        _trades.Flush(_mark.Spot);
    }

    /// <summary>Every live node afresh at an instant, with what only a snapshot needs if one follows; false while no spot is known.</summary>
    public bool TryMark(long markNanos, bool willPublish)
    {
        BeginSession(markNanos);
        if (markNanos >= _contracts.OpenUntilNanos) _contracts.Open(markNanos);
        if (_settlements.TryTakeOver(markNanos, _touchedQuotes))
        {
            _snapshots.InvalidateRoots();
            _snapshots.InvalidateOutlook();
        }
        if (_terms.SetTime(markNanos))
        {
            _snapshots.InvalidateRoots();
            _snapshots.InvalidateOutlook();
        }
        _inverter.LossNanos = _options.OneShot ? markNanos : _stale.Listen(markNanos);
        if (!_spot.TryFind(markNanos, _mark.Spot, out double spot, out SpotSource source)) return false;
        _hasMark = true;
        Marks++;
        _mark.TimeNanos = markNanos;
        _mark.Spot = spot;
        _mark.SpotSource = source;

        // w of every node is brought to the mark where somebody looks at it; else each is when it is looked at.
        bool isRead = willPublish || _options.MakesHeadlines;
        _terms.SetForwards(markNanos, spot, source == SpotSource.Quoted ? _spot.QuotedNanos : long.MinValue, _onNewForwardSource);
        _american?.MakeEuropean(spot);
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired) continue;
            if (isRead) _smile.Decay(segment);
            _sides.Update(segment, _touchedQuotes);
        }
        InvertTouched();
        if (isRead) foreach (int node in _touchedQuotes.Nodes) _smile.TakeQuoted(node);
        foreach (int node in _touchedPositions.Nodes) _nodes.Weights.Set(_nodes, node);
        _touchedQuotes.Clear();
        _touchedPositions.Clear();
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired) continue;
            _smile.EndHolds(segment, markNanos);
            bool isPinning = !segment.IsPinned && markNanos >= segment.SettlementNanos - MarkTerms.PinNanos;
            if (isPinning && !isRead)
            {
                _smile.Bring(segment);
            }
            else if (isRead)
            {
                if (segment.AnchorsChanged) _smile.FindAnchors(segment);
                _smile.Interpolate(segment);
            }
            if (!isPinning) continue;
            _inverter.InvertSides();
            _smile.Pin(segment);
        }
        _american?.FindZones(spot);
        // A sum that nobody reads is not made: w, sides and forwards go on from mark to mark, the book is a function of them.
        _book.ForgetBuckets();
        if (isRead)
        {
            _repricer.OnlyColumn = willPublish ? null : HeadlineColumn;
            _repricer.Sweep(spot, withStrikes: willPublish);
        }
        else
        {
            _book.Strikes.Invalidate();
        }
        _isBookCurrent = willPublish;
        _isHeadlineCurrent = isRead;
        _hasNews = true;
        _needsSweep = false;
        _trades.Flush(spot);
        _snapshots.AdvanceOutlook();
        return true;
    }

    /// <summary>The stream has ended: nothing that was begun is left for later.</summary>
    public void End() => _snapshots.End();

    /// <summary>The market section of the last publish; empty before the first, and when a number has left the exact grid.</summary>
    public ReadOnlySpan<byte> LastSection => HasOverflowed ? [] : _snapshots.Page[.._lastLength];

    /// <summary>The market section at the mark in force; empty when a number has left the exact grid.</summary>
    public ReadOnlySpan<byte> Build(ulong sequence, long eventTimeNanos, bool isSuspect)
    {
        _mark.EventSequence = sequence;
        _mark.EventTimeNanos = eventTimeNanos;
        if (HasOverflowed) return [];
        _repricer.SumStrikes(_mark.Spot);
        if (_snapshots.IsOutlookDue(in _mark)) _inverter.InvertSides();
        SnapshotFacts facts = Facts(isSuspect);
        ReadOnlySpan<byte> section = _snapshots.Build(in _mark, in facts);
        if (section.IsEmpty) HasOverflowed = true;
        _lastLength = section.Length;
        return HasOverflowed ? [] : section;
    }

    /// <summary>The last headline that was made.</summary>
    public ref readonly HeadlineSection Headline => ref _headline;

    /// <summary>Brings the totals to the last event; false before the first mark, and when a number has left the exact grid.</summary>
    /// <param name="sequence">Messages looked at.</param>
    /// <param name="eventTimeNanos">Latest event time.</param>
    /// <param name="isNew">Something has moved since the last one.</param>
    public bool TryMakeHeadline(ulong sequence, long eventTimeNanos, out bool isNew)
    {
        isNew = _hasNews || !_touchedQuotes.IsEmpty || !_touchedPositions.IsEmpty || _trades.HasPending;
        if (!_hasMark || HasOverflowed) return false;
        if (!isNew) return true;
        FlushHeadline();
        _hasNews = false;
        _mark.EventSequence = sequence;
        _mark.EventTimeNanos = eventTimeNanos;
        if (_snapshots.TryMakeHeadline(ref _headline, in _mark, _contracts.Underlying.Root)) return true;
        HasOverflowed = true;
        return false;
    }

    /// <summary>Brings the sums per strike to the mark in force, where the last sweep did not need them.</summary>
    public void SumStrikes()
    {
        if (_hasMark) _repricer.SumStrikes(_mark.Spot);
    }

    /// <summary>Contributions of the nodes of one priced expiry at the mark in force; they change with the next call of anything.</summary>
    public ExposureColumns Read(PositionColumn column, ExpirySegment segment) => _repricer.Read(column, segment, _mark.Spot);

    /// <summary>Every live node as it stands at the mark in force; allocates, for looking and for tests.</summary>
    public IReadOnlyList<NodeReading> ReadNodes()
    {
        var readings = new List<NodeReading>();
        foreach (ExpirySegment segment in _nodes.Segments)
            if (_hasMark && !segment.IsExpired && segment.ForwardSource != ForwardSource.None) _smile.Bring(segment);
        ModelView view = _nodes.Weights.View(_options.Model);
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (segment.IsExpired || !_hasMark) continue;
            ExposureColumns? exposure = segment.IsPriced ? _repricer.Read(view.Column, segment, _mark.Spot) : null;
            for (int i = segment.Start; i < segment.End; i++)
            {
                int row = i - segment.Start;
                readings.Add(new NodeReading(
                    segment.Root.ToString(), segment.ExpiryDate, _nodes.Strike[i], _nodes.Status[i], segment.IsPriced,
                    _nodes.Source[i] == DeviationSource.Interpolated, segment.IsPriced ? _nodes.Deviation[i] : 0,
                    exposure is null ? 0 : _repricer.Greeks.Gamma[row],
                    exposure is null ? 0 : MoneyGrid.ToUsd(view.CallSign * exposure.CallGex[row]),
                    exposure is null ? 0 : MoneyGrid.ToUsd(view.PutSign * exposure.PutGex[row]),
                    segment.HasExercisePremiums ? _nodes.Zone[i] : ExerciseZone.None));
            }
        }
        return readings;
    }

    private void ApplyQuote(in Tick tick, InstrumentSlot slot, long nowNanos, ref Ledger ledger)
    {
        if ((tick.Bid | tick.Ask) < 0)
        {
            Reject(Rejection.BadPrice, ref ledger);
            return;
        }
        ledger.Applied++;
        if ((tick.Flags & TickFlags.NationalBest) == 0)
        {
            ledger.OtherQuotes++;
            return;
        }
        ledger.BestQuotes++;
        TakeBest(in tick, slot.Role, slot.Node, nowNanos);
    }

    private void ApplyTrade(in Tick tick, InstrumentSlot slot, ref Ledger ledger)
    {
        if (_trades.IsFull) FlushInputs();
        if (_trades.IsFull) _trades.GiveUp(null);
        Rejection? refusal = _trades.TryApply(in tick, slot, out bool movesPosition);
        if (refusal is not null)
        {
            Reject(refusal.Value, ref ledger);
            return;
        }
        if ((tick.Flags & TickFlags.Cancel) != 0) ledger.Cancels++;
        else ledger.Trades++;
        ledger.Applied++;
        if (!movesPosition) return;
        _touchedPositions.Add(slot.Node);
        if (_nodes.Weights.HasTape) return;
        _nodes.Weights.HasTape = true;
        _needsSweep = true;
        _snapshots.InvalidateRoots();
        _snapshots.InvalidateOutlook();
    }

    private void ApplyOpenInterest(in Tick tick, InstrumentSlot slot, long nowNanos, ref Ledger ledger)
    {
        NodeSideColumns side = _contracts.SideOf(slot.Role);
        int node = slot.Node;
        if (side.HasOpenInterest[node] && side.OpenInterest[node] != tick.Quantity) _openInterestRevisions++;
        side.HasOpenInterest[node] = true;
        side.OpenInterest[node] = tick.Quantity;
        _openInterestNanos = nowNanos;
        _nodes.Segments[_nodes.SegmentIndex[node]].HasNewOpenInterest = true;
        _touchedPositions.Add(node);
        _snapshots.InvalidateRoots();
        ledger.OpenInterests++;
        ledger.Applied++;
    }

    private static void Reject(Rejection reason, ref Ledger ledger) => ledger.Rejected[(int)reason]++;

    /// <summary>At the first mark of another trading session the trades of the last one are over.</summary>
    private void BeginSession(long markNanos)
    {
        if (markNanos < _sessionEndNanos) return;
        bool isFirst = _sessionDate == 0;
        _sessionDate = TradingSession.DateOf(markNanos, out _sessionEndNanos);
        if (isFirst) return;
        _trades.Begin();
        if (!_nodes.Weights.HasTape) return;
        for (int node = 0; node < _nodes.Length; node++) _nodes.Weights.Set(_nodes, node);
        _nodes.Weights.HasTape = false;
        _snapshots.InvalidateRoots();
        _snapshots.InvalidateOutlook();
    }

    /// <summary>An expiry's forward comes from somewhere else now: its stored quotes are read afresh against it.</summary>
    private void OnNewForwardSource(ExpirySegment segment)
    {
        _sides.SetAll(segment);
        for (int i = segment.Start; i < segment.End; i++) _touchedQuotes.Add(i);
        _snapshots.InvalidateRoots();
    }

    private SnapshotFacts Facts(bool isSuspect)
    {
        long adjusted = 0;
        foreach (uint contracts in _adjustedOpenInterest.Values) adjusted += contracts;
        SessionCalendar calendar = _settlements.Calendar;
        bool knowsClose = calendar.TryNextClose(_mark.TimeNanos, out long close);
        QualityFlags quality = _stale.Quality()
            | (isSuspect ? QualityFlags.SuspectTime : 0)
            | (knowsClose ? 0 : QualityFlags.NoCalendar)
            | (_mark.SpotSource == SpotSource.NoUnderlying ? QualityFlags.NoUnderlying : 0);
        return new SnapshotFacts
        {
            Underlying = _contracts.Underlying.Root,
            AdjustedOpenInterest = adjusted,
            NonFinite = _repricer.Scaling.NonFinite,
            OpenInterestRevisions = _openInterestRevisions,
            OpenInterestDate = _openInterestNanos == long.MinValue ? 0 : TradingSession.DateBefore(calendar, _openInterestNanos),
            SessionDate = _sessionDate,
            SpotAgeNanos = _spot.AgeAt(_mark.TimeNanos),
            CloseNanos = close,
            CalendarVersion = (ushort)calendar.Version,
            CalendarOverrides = calendar.Overrides.Fingerprint,
            Quality = quality,
            LateDefinitions = _contracts.LateDefinitions,
            Trades = _trades.Session,
        };
    }
}
