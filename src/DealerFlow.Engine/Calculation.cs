using DealerFlow.Market;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Everything the calculation thread does with ticks, without threads or I/O: time, marks, the ledger, and for each underlying chain,
/// inversion, book, levels, snapshot. A pure function of definitions, ticks and options; how the ticks are cut into spans makes no
/// difference.
/// </summary>
/// <remarks>
/// Between marks an event changes only its own nodes, evaluated at the mark in force. At a mark every live node of every underlying is
/// evaluated afresh, so that all snapshots of one mark are one consistent cut. Snapshots leave at marks, at fixed multiples of event time.
/// Several may share a stream (<see cref="Shards"/>): each looks at every message, so that all have the same time and the same marks.
/// </remarks>
public sealed class Calculation
{
    // Prints that a cancel can still find: of each underlying by its share of the contracts, and of all together.
    private const int MostPrints = 1 << 16, LeastPrints = 1 << 8, PrintsOfMarket = 1 << 22;

    // The calculation's own, and beside it those of the book and of its bids and asks.
    private const int SearchesAtATime = 4;

    private const int Batch = 256, Ahead = 24;

    private EngineOptions _options;
    private readonly InstrumentDirectory _directory;
    private readonly MarketPart _part;
    private readonly UnderlyingCalculation[] _underlyings;
    private readonly ChangedQuotes? _changed;       // of a market that no near cache holds
    private readonly long[] _heard;                 // by underlying: when it was heard of last
    private readonly CombinedView? _combined;
    private readonly MarkClock _clock;
    private readonly PublishSchedule _schedule;
    private readonly PendingMessages _pending;
    private readonly DefinitionAssembly _assembly = new();
    private readonly int[] _bestQuotes = new int[Batch];

    private Ledger _ledger;
    private Ledger _unread;                         // of times, where the first calculation of the stream enters them
    private ulong _elsewhere;
    private StageTimes _times;
    private LatencySection _latency;
    private ulong _sequence;
    private EventTime _time;
    private long _openUntilNanos = long.MinValue;   // the least of the underlyings'
    private long _nextHeadlineNanos = long.MaxValue;
    private ulong _nextHeadlineSequence = ulong.MaxValue;
    private long _nextCombinedNanos = long.MinValue;

    /// <param name="definitions">The contracts of the day and their underlying.</param>
    /// <param name="underlyingId">Which underlying this calculation carries.</param>
    /// <param name="options">What to compute.</param>
    public Calculation(ReadOnlySpan<InstrumentDefinition> definitions, uint underlyingId, EngineOptions options)
        : this(definitions, [underlyingId], options)
    {
    }

    /// <param name="definitions">The contracts of the day and their underlyings.</param>
    /// <param name="underlyingIds">Which underlyings this calculation carries, each once.</param>
    /// <param name="options">What to compute.</param>
    public Calculation(ReadOnlySpan<InstrumentDefinition> definitions, ReadOnlySpan<uint> underlyingIds, EngineOptions options)
        : this(definitions, MarketPart.Alone(underlyingIds), options)
    {
    }

    internal Calculation(ReadOnlySpan<InstrumentDefinition> definitions, MarketPart part, EngineOptions options)
    {
        _options = options;
        _part = part;
        uint[] ids = part.UnderlyingIds;
        foreach (ref readonly InstrumentDefinition definition in definitions) DefinitionRules.Check(in definition);
        RoomForLater room = options.OneShot ? RoomForLater.None : options.Room.ForOneOf(part.Whole.Length);
        _directory = new InstrumentDirectory(definitions, 2 * room.Strikes * part.Whole.Length);
        _underlyings = new UnderlyingCalculation[ids.Length];
        // One more: foreign contracts are heard of too, and nobody asks when.
        _heard = new long[ids.Length + 1];
        var scans = new ZeroGammaScans(options.Lanes);
        var scratch = new SharedScratch();
        Dictionary<uint, List<int>> members = part.MembersOf(definitions);
        for (int i = 0; i < ids.Length; i++)
        {
            var own = new InstrumentDefinition[members[ids[i]].Count];
            for (int k = 0; k < own.Length; k++) own[k] = definitions[members[ids[i]][k]];
            int prints = (int)Math.Clamp((long)PrintsOfMarket * own.Length / definitions.Length, LeastPrints, MostPrints);
            _underlyings[i] = new UnderlyingCalculation(own, ids[i], checked((ushort)i), _directory, _heard, room, prints, scans, scratch, options);
        }
        if (_directory.Dense.Length > options.NearInstruments) _changed = new ChangedQuotes(_underlyings);
        scans.Prepare(options.SearchesBeside ? SearchesAtATime : 1);
        MarkForeign(definitions);
        if (options.Combined is { } basis && !part.IsElsewhere(basis.BasisId)) _combined = new CombinedView(basis, ids, _underlyings, options);
        _clock = new MarkClock(options.MarkIntervalNanos, [
            .. _underlyings.SelectMany(underlying => underlying.Nodes.Segments).Select(segment => segment.SettlementNanos),
            .. part.SettlementsElsewhere(definitions)]);
        _schedule = new PublishSchedule(part, options);
        _time = new EventTime(_clock.LastInstantNanos);
        _pending = new PendingMessages(options.OneShot ? 0 : options.PendingCapacity);
    }

    /// <summary>The room that snapshots of an underlying need in a feed.</summary>
    public SnapshotRoom RoomOf(uint underlyingId)
    {
        NodeTable nodes = _underlyings[Array.IndexOf(_part.UnderlyingIds, underlyingId)].Nodes;
        return new SnapshotRoom(nodes.StrikeCapacity, nodes.SegmentCapacity);
    }

    /// <summary>The room that a combined view needs; null where none is made.</summary>
    public SnapshotRoom? CombinedRoom => _combined?.Room;

    /// <summary>Where every message went so far; <c>In</c> and <c>Queued</c> are the ring's and added by whoever owns it.</summary>
    public ref readonly Ledger Ledger => ref _ledger;

    /// <summary>
    /// A clock for <see cref="Times"/>, in any unit; null = nobody measures. It comes from outside because nothing that computes may ask the
    /// machine for the time.
    /// </summary>
    public Func<long>? StageClock { get; init; }

    /// <summary>How long messages took from the ring until they were in the numbers; zeros where nobody measures.</summary>
    public ref readonly LatencySection Latency => ref _latency;

    /// <summary>Where the time went, without what only the engine around it knows.</summary>
    public ref readonly StageTimes Times => ref _times;

    /// <summary>Messages looked at so far.</summary>
    public ulong Sequence => _sequence;

    /// <summary>Event time of the last message looked at; 0 before the first.</summary>
    public long EventTimeNanos => _time.Nanos;

    /// <summary>False until a spot of any underlying is known: before that there is nothing to publish.</summary>
    public bool HasMark => Array.Exists(_underlyings, underlying => underlying.HasMark);

    /// <summary>A number left the exact grid; nothing of its underlying is published any more.</summary>
    public bool HasOverflowed => Array.Exists(_underlyings, underlying => underlying.HasOverflowed);

    /// <summary>What early exercise did to the numbers; all zeros where every contract is treated as European.</summary>
    public ExerciseCounts Exercise => _underlyings[0].Exercise;

    /// <summary>Work done so far, over all underlyings.</summary>
    public WorkCounts Work
    {
        get
        {
            WorkCounts total = default;
            foreach (UnderlyingCalculation underlying in _underlyings) total += underlying.Work;
            return total with { Publishes = Publishes, Headlines = Headlines };
        }
    }

    /// <summary>
    /// Quotes far out of the money are left for later, each with its last word: for a live stream that comes faster than it is
    /// calculated. They are read at the first flush after it is over.
    /// </summary>
    public bool IsDegraded
    {
        get => _underlyings[0].IsDegraded;
        set
        {
            foreach (UnderlyingCalculation underlying in _underlyings) underlying.IsDegraded = value;
        }
    }

    /// <summary>Ids of the underlyings that are carried.</summary>
    public ReadOnlySpan<uint> UnderlyingIds => _part.UnderlyingIds;

    /// <summary>Messages looked at that another calculation of the stream enters into its ledger.</summary>
    public ulong Elsewhere => _elsewhere;

    /// <summary>Its ledger also has what happened to the stream itself.</summary>
    internal bool IsFirst => _part.IsFirst;

    internal bool PublishesPerSpan => _options.HeadlinePerSpan;

    internal int DenseInstruments => _directory.Dense.Length;

    internal ReadOnlySpan<UnderlyingCalculation> Underlyings => _underlyings;

    internal NodeTable Nodes => _underlyings[0].Nodes;

    internal ExposureBook Book => _underlyings[0].Book;

    internal double MarkSpot => _underlyings[0].InForce.Spot;

    private ulong Publishes { get; set; }

    private ulong Headlines { get; set; }

    /// <summary>Applies ticks in order; snapshots that fall due go to <paramref name="publisher"/>.</summary>
    public void Apply<TPublisher>(ReadOnlySpan<Tick> ticks, ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        for (int next = 0; next < ticks.Length; next++)
        {
            for (int taken = ApplyQuotes(ticks[next..]); taken > 0; taken = ApplyQuotes(ticks[next..])) next += taken;
            if (next == ticks.Length) break;
            ref readonly Tick tick = ref ticks[next];
            _time.Move(tick.EventTimeNanos, ref _part.IsFirst ? ref _ledger : ref _unread);
            // A one-shot chain has one mark: the end of the stream.
            while (_time.Nanos >= _clock.NextNanos && !_options.OneShot) Mark(_clock.Advance(_time.Nanos), ref publisher);
            if (_time.Nanos >= _nextHeadlineNanos || _sequence >= _nextHeadlineSequence) PublishHeadlines(ref publisher);
            if (_part.IsShared) ApplyShared(in tick);
            else Apply(in tick);
            _sequence++;
        }
    }

    /// <summary>
    /// Takes quotes of open contracts for as long as nothing else comes and no mark is due, and says how many: what nearly all messages
    /// are. Whatever needs a closer look is left to <see cref="Apply(in Tick)"/>, which gives any message the same outcome.
    /// </summary>
    private int ApplyQuotes(ReadOnlySpan<Tick> ticks)
    {
        if (!_time.IsPlain) return 0;
        if (ticks.Length > Batch) ticks = ticks[..Batch];
        ReadOnlySpan<InstrumentSlot> slots = _directory.Dense;
        long[] heard = _heard;
        int[] changes = _bestQuotes;
        if (_nextHeadlineSequence - _sequence < (ulong)ticks.Length) ticks = ticks[..(int)(_nextHeadlineSequence - _sequence)];
        long now = _time.Nanos, until = Math.Min(Math.Min(_clock.NextNanos, _openUntilNanos), _nextHeadlineNanos);
        // A table that the nearest caches do not hold: where a message's contract stands is asked for before it is needed.
        bool isFar = _changed is not null;
        int best = 0, foreign = 0, next = 0;
        for (; next < ticks.Length; next++)
        {
            ref readonly Tick tick = ref ticks[next];
            if (isFar && next + Ahead < ticks.Length && ticks[next + Ahead].InstrumentId is uint id && id < (uint)slots.Length) CacheLine.Prefetch(in slots[(int)id]);
            long nanos = tick.EventTimeNanos;
            if (tick.Kind != TickKind.Quote || nanos < now || nanos >= until || tick.InstrumentId >= (uint)slots.Length || (tick.Bid | tick.Ask) < 0) break;
            ref readonly InstrumentSlot slot = ref slots[(int)tick.InstrumentId];
            if (!slot.IsOpen) break;
            now = nanos;
            heard[slot.Underlying] = nanos;
            // Which quotes are the best is a coin's toss: they are noted without a branch, the flag is the number 1, and taken together.
            // So is whose they are where calculations share a stream: a foreign contract has the node -1.
            changes[best] = next;
            best += (int)(tick.Flags & TickFlags.NationalBest) & ~(slot.Node >> 31);
            foreign -= slot.Node >> 31;
        }
        if (isFar) _changed!.Take(ticks, changes.AsSpan(0, best), slots);
        else TakeBest(ticks, changes.AsSpan(0, best), slots);
        _time.Set(now);
        _ledger.Applied += (ulong)(next - foreign);
        _ledger.BestQuotes += (ulong)best;
        _ledger.OtherQuotes += (ulong)(next - foreign - best);
        if (_part.IsShared) _elsewhere += (ulong)foreign;
        else _ledger.Rejected[(int)Rejection.OtherUnderlying] += (ulong)foreign;
        _sequence += (ulong)next;
        return next;
    }

    private void TakeBest(ReadOnlySpan<Tick> ticks, ReadOnlySpan<int> best, ReadOnlySpan<InstrumentSlot> slots)
    {
        UnderlyingCalculation[] underlyings = _underlyings;
        foreach (int change in best)
        {
            ref readonly Tick tick = ref ticks[change];
            ref readonly InstrumentSlot slot = ref slots[(int)tick.InstrumentId];
            underlyings[slot.Underlying].TakeBest(in tick, slot.Role, slot.Node, tick.EventTimeNanos);
        }
    }

    /// <summary>The end of the stream: what is still touched is evaluated, and the last snapshots leave.</summary>
    public void Finish<TPublisher>(ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        _changed?.Tell();
        if (_options.OneShot && _sequence > 0)
            foreach (UnderlyingCalculation underlying in _underlyings) underlying.TryMark(_time.Nanos, willPublish: true);
        long start = StageNow();
        Flush();
        long flushed = StageNow();
        _times.Flush += flushed - start;
        foreach (UnderlyingCalculation underlying in _underlyings) underlying.End();
        Publish(ref publisher);
        _times.Publish += StageNow() - flushed;
    }

    /// <summary>Evaluates the nodes touched since the last flush at the mark in force.</summary>
    public void Flush()
    {
        _changed?.Tell();
        foreach (UnderlyingCalculation underlying in _underlyings) underlying.Flush();
    }

    /// <summary>
    /// Replaces dealers' positions from outside (position model OpenClose); takes effect at once. Positions of contracts that are not
    /// defined are returned, not taken.
    /// </summary>
    /// <returns>How many had no contract; of calculations that share a stream only the first counts what none of them carries.</returns>
    public int LoadPositions(ReadOnlySpan<OutsidePosition> positions)
    {
        foreach (UnderlyingCalculation underlying in _underlyings) underlying.BeginOutside(!positions.IsEmpty);
        int unknown = 0;
        foreach (ref readonly OutsidePosition position in positions)
        {
            InstrumentSlot slot = _directory[position.InstrumentId];
            if (slot.Role is ContractRole.Call or ContractRole.Put) _underlyings[slot.Underlying].SetOutside(slot, position.DealerContracts);
            else if (slot.Role is ContractRole.Underlying or ContractRole.Adjusted or ContractRole.Refused || (_part.IsFirst && slot.Role != ContractRole.Elsewhere)) unknown++;
        }
        return unknown;
    }

    /// <summary>
    /// Uses another calendar from now on: closes move, and so do the settlements of expiries that its overrides speak of, unless the source
    /// has rescheduled them itself. Provenance carries its version and the fingerprint of its overrides.
    /// </summary>
    /// <returns>What was moved, for the log.</returns>
    public IReadOnlyList<RescheduledExpiry> UseCalendar(SessionCalendar calendar)
    {
        var moved = new List<RescheduledExpiry>();
        foreach (UnderlyingCalculation underlying in _underlyings) underlying.UseCalendar(calendar, moved);
        foreach (RescheduledExpiry expiry in moved) _clock.Add(expiry.ToNanos);
        SetOpenUntil();
        return moved;
    }

    /// <summary>Chooses another position model: that of strike, expiry and root rows and of quote bands, from the next snapshot on.</summary>
    public void UseModel(PositionModel model)
    {
        _options = _options with { Model = model };
        foreach (UnderlyingCalculation underlying in _underlyings) underlying.Use(_options);
        _combined?.Use(_options);
    }

    /// <summary>Every live node of the first underlying as it stands at the mark in force; allocates, for looking and for tests.</summary>
    public IReadOnlyList<NodeReading> ReadNodes() => _underlyings[0].ReadNodes();

    /// <summary>Every exposure of the first underlying from the node table alone, by other code: what the book must equal bit for bit.</summary>
    internal FullRecompute Recompute() => new(_underlyings[0].Nodes, _underlyings[0].InForce.Spot);

    /// <summary>As <see cref="Apply(in Tick)"/>, where another calculation may enter the message into its ledger.</summary>
    private void ApplyShared(in Tick tick)
    {
        Ledger before = _ledger;
        if (Apply(in tick)) return;
        _ledger = before;
        _elsewhere++;
        if (_part.IsFirst) _ledger.Pending = (ulong)_pending.Count;
    }

    /// <summary>False: the message is another calculation's.</summary>
    private bool Apply(in Tick tick)
    {
        if (tick.Kind >= TickKind.Definition) return ApplyNotice(in tick);
        InstrumentSlot slot = _directory[tick.InstrumentId];
        switch (slot.Role)
        {
            case ContractRole.Call or ContractRole.Put:
                _heard[slot.Underlying] = _time.Nanos;
                if (tick.Kind == TickKind.Trade && _underlyings[slot.Underlying].NextPrintFlushes) _changed?.Tell();
                _underlyings[slot.Underlying].ApplyToContract(in tick, slot, _time.Nanos, ref _ledger);
                break;
            case ContractRole.Underlying:
                _heard[slot.Underlying] = _time.Nanos;
                _underlyings[slot.Underlying].ApplyToUnderlying(in tick, _time.Nanos, ref _ledger);
                break;
            case ContractRole.Adjusted:
                _heard[slot.Underlying] = _time.Nanos;
                _underlyings[slot.Underlying].ApplyToAdjusted(in tick, ref _ledger);
                break;
            case ContractRole.Unknown:
                ApplyToUnknown(in tick);
                break;
            case ContractRole.Refused:
                Reject(Rejection.UnknownContract);
                break;
            default:
                Reject(Rejection.OtherUnderlying);
                break;
        }
        return IsOurs(slot);
    }

    /// <summary>Whether what happens to a message of this instrument is entered here.</summary>
    private bool IsOurs(InstrumentSlot slot) =>
        slot.Role != ContractRole.Elsewhere && (_part.IsFirst || slot.Role is not (ContractRole.Unknown or ContractRole.OtherUnderlying));

    /// <summary>National-best quotes and open interest wait for a definition; everything else of an unknown contract is refused.</summary>
    private void ApplyToUnknown(in Tick tick)
    {
        bool canWait = tick.Kind == TickKind.OpenInterest || (tick.Kind == TickKind.Quote && (tick.Flags & TickFlags.NationalBest) != 0);
        if (!canWait || _options.OneShot || _options.PendingCapacity == 0)
        {
            Reject(Rejection.UnknownContract);
            return;
        }
        switch (_pending.TryAdd(in tick, _time.Nanos))
        {
            case null: Reject(Rejection.NoRoom); break;
            case true: _ledger.Conflated++; break;
            default: break;
        }
        _ledger.Pending = (ulong)_pending.Count;
    }

    private bool ApplyNotice(in Tick tick)
    {
        if (tick.Kind == TickKind.Definition) return ApplyDefinition(in tick);
        InstrumentSlot slot = _directory[tick.InstrumentId];
        bool isGap = tick.Kind == TickKind.Gap;
        if (!isGap && tick.Kind != TickKind.Status) Reject(slot.IsUnknown ? Rejection.UnknownContract : Rejection.UnknownKind);
        else if (slot.IsUnknown) Reject(Rejection.UnknownContract);
        else if (slot.IsForeign) Reject(Rejection.OtherUnderlying);
        else if (!isGap && slot.Role != ContractRole.Underlying) Reject(Rejection.KindMismatch);
        else
        {
            if (isGap) _underlyings[slot.Underlying].ApplyGap(slot, _time.Nanos);
            else _underlyings[slot.Underlying].ApplyStatus((tick.Flags & TickFlags.Halted) != 0, _time.Nanos);
            _ledger.Notices++;
            _ledger.Applied++;
        }
        return IsOurs(slot);
    }

    private bool ApplyDefinition(in Tick tick)
    {
        bool isOurs = _part.IsFirst;
        bool isInPlace = _assembly.TryAdd(in tick, out bool isWhole, out InstrumentDefinition definition);
        Rejection? refusal = !isInPlace ? Rejection.BadDefinition : isWhole ? Define(in definition, out isOurs) : null;
        if (refusal is not null)
        {
            Reject(refusal.Value);
            return isOurs;
        }
        _ledger.Definitions++;
        _ledger.Applied++;
        if (isWhole) AdmitPending(definition.InstrumentId);
        return isOurs;
    }

    private Rejection? Define(in InstrumentDefinition definition, out bool isOurs)
    {
        isOurs = _part.IsFirst;
        if (DefinitionRules.Complaint(in definition) is not null) return Rejection.BadDefinition;
        InstrumentSlot before = _directory[definition.InstrumentId];
        InstrumentSlot underlying = _directory[definition.UnderlyingId];
        isOurs = IsOurs(underlying);
        if (underlying.Role == ContractRole.Elsewhere && before.IsUnknown) LeaveToOthers(definition.InstrumentId);
        if (underlying.IsForeign) return Rejection.OtherUnderlying;
        Rejection? refusal = Define(in definition, before, underlying);
        if (refusal is not null && isOurs && before.IsUnknown) Refuse(definition.InstrumentId);
        return refusal;
    }

    private Rejection? Define(in InstrumentDefinition definition, InstrumentSlot before, InstrumentSlot underlying)
    {
        // An underlying is there from the start: its tables are made then.
        if (underlying.Role != ContractRole.Underlying || definition.Kind == InstrumentKind.Underlying) return Rejection.BadDefinition;
        // An id that meant an underlying, or a contract of another one, cannot change hands during a session.
        if (before.Role == ContractRole.Underlying || before.IsForeign) return Rejection.BadDefinition;
        if (!before.IsUnknown && before.Underlying != underlying.Underlying) return Rejection.BadDefinition;
        _changed?.Tell();
        Rejection? refusal = _underlyings[underlying.Underlying].Define(in definition, out long settlement);
        if (settlement != 0) _clock.Add(settlement);
        SetOpenUntil();
        return refusal;
    }

    /// <summary>A contract that another calculation defines: what waited for it is that one's too.</summary>
    private void LeaveToOthers(uint instrumentId)
    {
        _directory.TrySet(instrumentId, Foreign(ContractRole.Elsewhere));
        ulong left = TakeWaiting(instrumentId);
        if (_part.IsFirst) _elsewhere += left;
    }

    /// <summary>A contract whose definition could not be taken: nothing waits for another one.</summary>
    private void Refuse(uint instrumentId)
    {
        _directory.TrySet(instrumentId, new InstrumentSlot(ContractRole.Refused, 0, -1));
        ulong refused = TakeWaiting(instrumentId);
        _ledger.Rejected[(int)Rejection.UnknownContract] += refused;
        if (_part.IsFirst) _ledger.Pending = (ulong)_pending.Count;
        else _elsewhere -= refused;
    }

    private ulong TakeWaiting(uint instrumentId) =>
        (_pending.TryTake(instrumentId, TickKind.OpenInterest, out _) ? 1UL : 0) + (_pending.TryTake(instrumentId, TickKind.Quote, out _) ? 1UL : 0);

    /// <summary>What waited for a definition takes effect now.</summary>
    private void AdmitPending(uint instrumentId)
    {
        foreach (TickKind kind in (ReadOnlySpan<TickKind>)[TickKind.OpenInterest, TickKind.Quote])
        {
            if (!_pending.TryTake(instrumentId, kind, out Tick waiting)) continue;
            if (_part.IsFirst) _ledger.Pending = (ulong)_pending.Count;
            else _elsewhere--;
            Apply(in waiting);
        }
    }

    internal ref LatencySection LatencyToCount => ref _latency;

    internal long StageNow() => StageClock is null ? 0 : StageClock();

    private void SetOpenUntil()
    {
        _openUntilNanos = long.MaxValue;
        foreach (UnderlyingCalculation underlying in _underlyings) _openUntilNanos = Math.Min(_openUntilNanos, underlying.OpenUntilNanos);
    }

    private void Reject(Rejection reason) => _ledger.Rejected[(int)reason]++;

    private void Mark<TPublisher>(long markNanos, ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        long start = StageNow();
        _changed?.Tell();
        foreach (UnderlyingCalculation underlying in _underlyings) underlying.FlushInputs();
        long flushed = StageNow();
        _times.Flush += flushed - start;
        int expired = _pending.Expire(markNanos);
        if (_part.IsFirst)
        {
            _ledger.Rejected[(int)Rejection.UnknownContract] += (ulong)expired;
            _ledger.Pending = (ulong)_pending.Count;
        }
        bool isAnyDue = false;
        for (int i = 0; i < _underlyings.Length; i++)
        {
            bool isDue = _schedule.IsDue(i, markNanos);
            isAnyDue |= _underlyings[i].TryMark(markNanos, willPublish: isDue) && isDue;
        }
        SetOpenUntil();
        long marked = StageNow();
        _times.Mark += marked - flushed;
        if (_options.HeadlineIntervalNanos > 0)
        {
            PublishHeadlines(ref publisher);
            marked = StageNow();
        }
        if (!isAnyDue) return;
        for (int i = 0; i < _underlyings.Length; i++)
        {
            if (!_underlyings[i].HasMark || !_schedule.IsDue(i, markNanos)) continue;
            _schedule.Published(i, markNanos);
            Publish(_underlyings[i], ref publisher);
        }
        if (_combined is not null) PublishCombined(ref publisher);
        _times.Publish += StageNow() - marked;
    }

    /// <summary>
    /// Evaluates what is touched and publishes the totals of every underlying that has moved since its last headline. The cadence of the
    /// options calls it by event time and messages; a live host may call it whenever it likes, and is then not reproducible.
    /// </summary>
    public void PublishHeadlines<TPublisher>(ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        long start = StageNow();
        _changed?.Tell();
        if (_options.HeadlineIntervalNanos > 0) SetNextHeadline(_time.Nanos);
        foreach (UnderlyingCalculation underlying in _underlyings)
        {
            if (!underlying.TryMakeHeadline(_sequence, _time.Nanos, out bool isNew) || !isNew) continue;
            Headlines++;
            publisher.PublishHeadline(in underlying.Headline, in _ledger);
        }
        _times.Headline += StageNow() - start;
    }

    private void SetNextHeadline(long nowNanos)
    {
        _nextHeadlineNanos = nowNanos - (nowNanos % _options.HeadlineIntervalNanos) + _options.HeadlineIntervalNanos;
        _nextHeadlineSequence = _sequence + (ulong)_options.HeadlineMessages;
    }

    private void Publish<TPublisher>(ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        foreach (UnderlyingCalculation underlying in _underlyings)
            if (underlying.HasMark) Publish(underlying, ref publisher);
        if (_combined is not null) PublishCombined(ref publisher);
    }

    private void Publish<TPublisher>(UnderlyingCalculation underlying, ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        ReadOnlySpan<byte> section = underlying.Build(_sequence, _time.Nanos, _time.IsSuspect);
        if (section.IsEmpty) return;
        Publishes++;
        publisher.Publish(section, in _ledger);
    }

    /// <summary>The members together, as often as outlooks are made: it is searched for roots afresh each time.</summary>
    private void PublishCombined<TPublisher>(ref TPublisher publisher)
        where TPublisher : struct, ISnapshotSink
    {
        if (!_options.OneShot && _time.Nanos < _nextCombinedNanos) return;
        ReadOnlySpan<byte> section = _combined!.Build();
        if (section.IsEmpty) return;
        _nextCombinedNanos = _time.Nanos - (_time.Nanos % _options.OutlookIntervalNanos) + _options.OutlookIntervalNanos;
        Publishes++;
        publisher.Publish(section, in _ledger);
    }

    /// <summary>Ids of underlyings that this calculation does not carry are told from ids that nobody knows.</summary>
    private void MarkForeign(ReadOnlySpan<InstrumentDefinition> definitions)
    {
        foreach (ref readonly InstrumentDefinition definition in definitions)
        {
            if (_directory[definition.InstrumentId].Role != ContractRole.Unknown) continue;
            _directory.TrySet(definition.InstrumentId, Foreign(_part.IsElsewhere(MarketPart.OwnerOf(in definition)) ? ContractRole.Elsewhere : ContractRole.OtherUnderlying));
        }
    }

    /// <summary>The hot loop counts foreign quotes in one number: of a shared stream those of other calculations.</summary>
    private InstrumentSlot Foreign(ContractRole role) =>
        new(role, checked((ushort)_underlyings.Length), -1, IsOpen: role == ContractRole.Elsewhere || !_part.IsShared);
}
