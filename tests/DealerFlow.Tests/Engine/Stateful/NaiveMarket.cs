using System.Runtime.InteropServices;
using DealerFlow.Engine;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>
/// What a stream of messages leaves behind, kept the plain way: dictionaries and lists, every rule where METHODOLOGY has it, and no look at
/// the engine. Quotes, positions, contracts, trades, time, marks and the ledger.
/// </summary>
internal sealed class NaiveMarket
{
    private static readonly List<long> NoMarks = [];

    private const long PinNanos = 60 * UnixNanos.PerSecond;
    private const long SilenceNanos = 5 * UnixNanos.PerSecond;
    private const long WaitNanos = 60 * UnixNanos.PerSecond;

    private readonly EngineOptions _options;
    private readonly SortedSet<long> _instants = [];
    private readonly Dictionary<(uint Id, TickKind Kind), Tick> _waiting = [];
    private readonly HashSet<uint> _refused = [];
    private NaiveClock _clock;
    private long _lastMark = long.MinValue;
    private long _nextMark = long.MinValue;
    private bool _hasMarked;
    private int _nextQuarter;
    private uint _quarterId;
    private InstrumentDefinition _assembled;

    public readonly List<NaiveUnderlying> Underlyings = [];
    public readonly Dictionary<uint, NaiveMeaning> Meanings = [];
    public Ledger Ledger;
    public ulong Seen;

    public NaiveMarket(ReadOnlySpan<InstrumentDefinition> definitions, ReadOnlySpan<uint> underlyings, EngineOptions options)
    {
        _options = options;
        foreach (uint id in underlyings) Underlyings.Add(new NaiveUnderlying(id, options.Room));
        long lastSettlement = 0;
        foreach (InstrumentDefinition definition in definitions)
        {
            NaiveUnderlying? underlying = Underlyings.Find(each => each.Id == definition.UnderlyingId);
            if (underlying is null)
            {
                Meanings[definition.InstrumentId] = new NaiveMeaning(null, null, false);
                continue;
            }
            if (definition.Kind == InstrumentKind.Underlying)
            {
                Meanings[definition.InstrumentId] = new NaiveMeaning(underlying, null, true);
                continue;
            }
            NaiveExpiry expiry = underlying.Find(in definition) ?? underlying.Add(in definition, int.MaxValue);
            Meanings[definition.InstrumentId] = new NaiveMeaning(underlying, expiry.List(in definition), false);
            underlying.Strikes.Add(definition.StrikeMills);
            lastSettlement = Math.Max(lastSettlement, definition.SettlementNanos);
            _instants.Add(definition.SettlementNanos);
            _instants.Add(definition.SettlementNanos - PinNanos);
        }
        foreach (NaiveUnderlying underlying in Underlyings) underlying.KeepRoom();
        _clock = new NaiveClock(lastSettlement);
    }

    public long LastMark => _lastMark;

    public long NowNanos => _clock.Nanos;

    /// <summary>Marks that a message finds to be made before it takes effect.</summary>
    public List<long> MarksBefore(in Tick tick)
    {
        NaiveClock clock = _clock;
        Ledger unused = default;
        clock.Move(tick.EventTimeNanos, ref unused);
        if (_hasMarked && clock.Nanos < _nextMark) return NoMarks;
        var marks = new List<long>();
        long floor = clock.Nanos - (((clock.Nanos % _options.MarkIntervalNanos) + _options.MarkIntervalNanos) % _options.MarkIntervalNanos);
        if (!_hasMarked)
        {
            marks.Add(floor);
            marks.AddRange(_instants.GetViewBetween(floor + 1, Math.Max(clock.Nanos, floor + 1)).Where(instant => instant <= clock.Nanos));
            return marks;
        }
        if (clock.Nanos <= _lastMark) return marks;
        foreach (long instant in _instants.GetViewBetween(_lastMark + 1, clock.Nanos)) marks.Add(instant);
        if (floor > (marks.Count > 0 ? marks[^1] : _lastMark)) marks.Add(floor);
        return marks;
    }

    /// <summary>The message ends a definition, before which an engine that counts nodes has to be through with everything.</summary>
    public static bool MayDefine(in Tick tick) => tick.Kind == TickKind.Definition && tick.Venue == DefinitionTicks.Count - 1;

    /// <summary>Time moves on to a message, and the marks before it are made.</summary>
    public void Advance(in Tick tick)
    {
        List<long> marks = MarksBefore(in tick);
        _clock.Move(tick.EventTimeNanos, ref Ledger);
        foreach (long mark in marks)
        {
            _hasMarked = true;
            _lastMark = mark;
            if (_waiting.Count > 0) foreach ((uint, TickKind) late in _waiting.Where(each => mark - each.Value.EventTimeNanos > WaitNanos).Select(each => each.Key).ToList())
            {
                _waiting.Remove(late);
                Reject(Rejection.UnknownContract);
            }
            foreach (NaiveUnderlying underlying in Underlyings) underlying.Mark(mark, SilenceNanos);
        }
        if (marks.Count > 0) FindNextMark();
        Ledger.Pending = (ulong)_waiting.Count;
    }

    /// <summary>Before it no message finds a mark to be made.</summary>
    private void FindNextMark()
    {
        long interval = _options.MarkIntervalNanos;
        _nextMark = _lastMark - (((_lastMark % interval) + interval) % interval) + interval;
        foreach (long instant in _instants.GetViewBetween(_lastMark + 1, _nextMark)) _nextMark = Math.Min(_nextMark, instant);
    }

    /// <summary>The message takes effect.</summary>
    public void Apply(in Tick tick)
    {
        Seen++;
        Understand(in tick);
        Ledger.Pending = (ulong)_waiting.Count;
    }

    /// <summary>Positions from outside replace those that were there.</summary>
    public int Load(ReadOnlySpan<OutsidePosition> positions)
    {
        int unknown = 0;
        foreach (NaiveUnderlying underlying in Underlyings)
            foreach (NaiveContract contract in underlying.Contracts) contract.Outside = 0;
        foreach (OutsidePosition position in positions)
        {
            if (Meanings.GetValueOrDefault(position.InstrumentId)?.Contract is { IsAdjusted: false } contract) contract.Outside = position.DealerContracts;
            else unknown++;
        }
        return unknown;
    }

    private void Understand(in Tick tick)
    {
        if (tick.Kind == TickKind.Definition)
        {
            Quarter(in tick);
            return;
        }
        NaiveMeaning? meaning = Meanings.GetValueOrDefault(tick.InstrumentId);
        if (tick.Kind > TickKind.Definition)
        {
            Notice(in tick, meaning);
            return;
        }
        if (meaning is null)
        {
            if (_refused.Contains(tick.InstrumentId)) Reject(Rejection.UnknownContract);
            else Wait(in tick);
            return;
        }
        if (meaning.Underlying is not { } underlying)
        {
            Reject(Rejection.OtherUnderlying);
            return;
        }
        underlying.LastHeardNanos = _clock.Nanos;
        underlying.IsSilent = false;
        if (meaning.IsUnderlying) Spot(in tick, underlying);
        else if (meaning.Contract!.IsAdjusted) Adjusted(in tick, underlying);
        else Contract(in tick, underlying, meaning.Contract);
    }

    private void Notice(in Tick tick, NaiveMeaning? meaning)
    {
        bool isKnown = tick.Kind is TickKind.Gap or TickKind.Status;
        if (meaning is null)
        {
            Reject(Rejection.UnknownContract);
            return;
        }
        if (!isKnown)
        {
            Reject(Rejection.UnknownKind);
            return;
        }
        if (meaning.Underlying is not { } underlying)
        {
            Reject(Rejection.OtherUnderlying);
            return;
        }
        if (tick.Kind == TickKind.Status && !meaning.IsUnderlying)
        {
            Reject(Rejection.KindMismatch);
            return;
        }
        if (tick.Kind == TickKind.Status)
        {
            bool isHalted = (tick.Flags & TickFlags.Halted) != 0;
            if (isHalted && !underlying.IsHalted) underlying.MakeStale();
            underlying.IsHalted = isHalted;
        }
        else if (meaning.IsUnderlying)
        {
            underlying.MakeStale();
        }
        else
        {
            meaning.Contract!.MakeStale();
        }
        Ledger.Notices++;
        Ledger.Applied++;
    }

    private void Wait(in Tick tick)
    {
        bool isState = tick.Kind == TickKind.OpenInterest || (tick.Kind == TickKind.Quote && (tick.Flags & TickFlags.NationalBest) != 0);
        if (!isState)
        {
            Reject(Rejection.UnknownContract);
            return;
        }
        if (!_waiting.ContainsKey((tick.InstrumentId, tick.Kind)))
        {
            if (_waiting.Count >= _options.PendingCapacity)
            {
                Reject(Rejection.NoRoom);
                return;
            }
        }
        else
        {
            Ledger.Conflated++;
        }
        _waiting[(tick.InstrumentId, tick.Kind)] = tick with { EventTimeNanos = _clock.Nanos };
    }

    private void Spot(in Tick tick, NaiveUnderlying underlying)
    {
        switch (tick.Kind)
        {
            case TickKind.Spot when tick.Price > 0:
                underlying.LastSpot = tick.Price / 100.0;
                underlying.LastSpotNanos = _clock.Nanos;
                Ledger.Spots++;
                Ledger.Applied++;
                break;
            case TickKind.Spot:
                Reject(Rejection.BadPrice);
                break;
            case TickKind.None:
                Reject(Rejection.UnknownKind);
                break;
            default:
                Reject(Rejection.KindMismatch);
                break;
        }
    }

    private void Adjusted(in Tick tick, NaiveUnderlying underlying)
    {
        switch (tick.Kind)
        {
            case TickKind.OpenInterest:
                underlying.AdjustedOpenInterest[tick.InstrumentId] = tick.Quantity;
                Ledger.OpenInterests++;
                break;
            case TickKind.Quote:
                Ledger.OtherQuotes++;
                break;
            case TickKind.Trade:
                Ledger.Trades++;
                break;
            default:
                Reject(tick.Kind == TickKind.Spot ? Rejection.KindMismatch : Rejection.UnknownKind);
                return;
        }
        Ledger.Applied++;
    }

    private void Contract(in Tick tick, NaiveUnderlying underlying, NaiveContract contract)
    {
        if (_clock.Nanos >= contract.Expiry!.SettlementNanos)
        {
            Reject(Rejection.PostExpiry);
            return;
        }
        switch (tick.Kind)
        {
            case TickKind.Quote:
                Quote(in tick, contract);
                break;
            case TickKind.Trade when tick.Price < 0:
                Reject(Rejection.BadPrice);
                break;
            case TickKind.Trade when (tick.Flags & TickFlags.Cancel) != 0:
                Cancel(in tick, underlying, contract);
                break;
            case TickKind.Trade:
                Trade(in tick, underlying, contract);
                break;
            case TickKind.OpenInterest:
                if (contract.OpenInterest is { } before && before != tick.Quantity) underlying.Revisions++;
                contract.OpenInterest = tick.Quantity;
                Ledger.OpenInterests++;
                Ledger.Applied++;
                break;
            default:
                Reject(tick.Kind == TickKind.Spot ? Rejection.KindMismatch : Rejection.UnknownKind);
                break;
        }
    }

    private void Quote(in Tick tick, NaiveContract contract)
    {
        if (tick.Bid < 0 || tick.Ask < 0)
        {
            Reject(Rejection.BadPrice);
            return;
        }
        Ledger.Applied++;
        if ((tick.Flags & TickFlags.NationalBest) == 0)
        {
            Ledger.OtherQuotes++;
            return;
        }
        Ledger.BestQuotes++;
        (contract.Bid, contract.Ask) = (tick.Bid, tick.Ask);
    }

    private void Trade(in Tick tick, NaiveUnderlying underlying, NaiveContract contract)
    {
        var print = new NaivePrint
        {
            Contract = contract,
            Price = tick.Price,
            Quantity = tick.Quantity,
            IsInOrder = (tick.Flags & (TickFlags.Late | TickFlags.Complex)) == 0,
            Bucket = (int)(contract.Expiry!.IsZeroDte ? contract.IsCall ? TradeBucket.ZeroDteCalls : TradeBucket.ZeroDtePuts
                : contract.IsCall ? TradeBucket.OtherCalls : TradeBucket.OtherPuts),
        };
        print.Side = SideOf(print, contract);
        contract.Tape -= print.Side * (long)print.Quantity;
        contract.Prints.Add(print);
        underlying.Prints.Add(print);
        underlying.PrintsWithoutFlow.Add(print);
        Ledger.Trades++;
        Ledger.Applied++;
    }

    /// <summary>Quote rule on the prevailing best quote; at the middle the tick test; otherwise unclassified.</summary>
    private static int SideOf(NaivePrint print, NaiveContract contract)
    {
        bool isTwoSided = contract.Bid > 0 && contract.Ask >= contract.Bid;
        if (!print.IsInOrder || !isTwoSided || print.Price < contract.Bid || print.Price > contract.Ask) return 0;
        decimal middle = ((decimal)contract.Bid + contract.Ask) / 2;
        if (print.Price > middle) return 1;
        if (print.Price < middle) return -1;
        for (int i = contract.Prints.Count - 1; i >= 0; i--)
        {
            NaivePrint earlier = contract.Prints[i];
            if (earlier.IsCancelled || !earlier.IsInOrder || earlier.Price == 0 || earlier.Price == print.Price) continue;
            return print.Price > earlier.Price ? 1 : -1;
        }
        return 0;
    }

    private void Cancel(in Tick tick, NaiveUnderlying underlying, NaiveContract contract)
    {
        int price = tick.Price;
        uint quantity = tick.Quantity;
        NaivePrint? print = contract.Prints.FindLast(each => !each.IsCancelled && each.Price == price && each.Quantity == quantity);
        if (print is null)
        {
            Reject(Rejection.UnknownPrint);
            return;
        }
        print.IsCancelled = true;
        contract.Tape += print.Side * (long)print.Quantity;
        underlying.Prints.Remove(print);
        underlying.PrintsWithoutFlow.Remove(print);
        Ledger.Cancels++;
        Ledger.Applied++;
    }

    private void Quarter(in Tick tick)
    {
        if (tick.Venue == 0) (_nextQuarter, _quarterId, _assembled) = (0, tick.InstrumentId, default);
        if (tick.Venue != _nextQuarter || tick.InstrumentId != _quarterId || tick.Venue >= DefinitionTicks.Count)
        {
            _nextQuarter = -1;
            Reject(Rejection.BadDefinition);
            return;
        }
        MemoryMarshal.AsBytes(new ReadOnlySpan<Tick>(in tick)).Slice(16, 12)
            .CopyTo(MemoryMarshal.AsBytes(new Span<InstrumentDefinition>(ref _assembled))[(12 * tick.Venue)..]);
        _nextQuarter++;
        if (_nextQuarter < DefinitionTicks.Count)
        {
            Ledger.Definitions++;
            Ledger.Applied++;
            return;
        }
        _nextQuarter = -1;
        Rejection? refusal = _assembled.InstrumentId == _quarterId ? Define(in _assembled) : Rejection.BadDefinition;
        if (refusal is not null)
        {
            Reject(refusal.Value);
            if (_assembled.InstrumentId == _quarterId && refusal != Rejection.OtherUnderlying && IsSound(in _assembled)) Refuse(_quarterId);
            return;
        }
        Ledger.Definitions++;
        Ledger.Applied++;
        foreach (TickKind kind in (TickKind[])[TickKind.OpenInterest, TickKind.Quote])
            if (_waiting.Remove((_assembled.InstrumentId, kind), out Tick waited)) Understand(in waited);
    }

    private void Refuse(uint id)
    {
        if (Meanings.ContainsKey(id)) return;
        _refused.Add(id);
        foreach (TickKind kind in (TickKind[])[TickKind.OpenInterest, TickKind.Quote])
            if (_waiting.Remove((id, kind), out _)) Reject(Rejection.UnknownContract);
    }

    private Rejection? Define(in InstrumentDefinition definition)
    {
        if (!IsSound(in definition)) return Rejection.BadDefinition;
        NaiveMeaning? parent = Meanings.GetValueOrDefault(definition.UnderlyingId);
        if (parent is { Underlying: null }) return Rejection.OtherUnderlying;
        if (parent is not { IsUnderlying: true } || definition.Kind == InstrumentKind.Underlying) return Rejection.BadDefinition;
        NaiveUnderlying underlying = parent.Underlying!;
        NaiveMeaning? before = Meanings.GetValueOrDefault(definition.InstrumentId);
        if (before is not null && (before.IsUnderlying || before.Underlying != underlying)) return Rejection.BadDefinition;

        bool isAdjusted = (definition.Flags & InstrumentFlags.Adjusted) != 0;
        if (before?.Contract is { IsAdjusted: false } same && !isAdjusted && same.IsSameAs(in definition))
        {
            Reschedule(same.Expiry!, definition.SettlementNanos);
            return null;
        }
        if (isAdjusted)
        {
            if (before?.Contract is { IsAdjusted: false } gone) gone.Leave();
            Meanings[definition.InstrumentId] = new NaiveMeaning(underlying, new NaiveContract(in definition, null), false);
            underlying.LateDefinitions++;
            return null;
        }

        NaiveExpiry? expiry = underlying.Find(in definition);
        if (expiry is not null && (expiry.Settlement != definition.Settlement || expiry.Exercise != definition.Exercise)) return Rejection.BadDefinition;
        long mills = definition.StrikeMills;
        bool isCall = definition.Kind == InstrumentKind.Call;
        NaiveContract? holder = expiry?.Contracts.Find(each => each.StrikeMills == mills && each.IsCall == isCall);
        if (holder is not null && holder.Id != definition.InstrumentId) return Rejection.BadDefinition;
        if (expiry is null && underlying.Expiries.Count >= underlying.ExpiryCapacity) return Rejection.NoRoom;
        bool isNode = expiry?.Nodes.Contains(mills) ?? false;
        if (!isNode && (expiry is not null ? expiry.Nodes.Count >= expiry.Capacity : underlying.NewExpiryCapacity == 0)) return Rejection.NoRoom;
        if (!isNode && !underlying.Strikes.Contains(mills) && underlying.Strikes.Count >= underlying.StrikeCapacity) return Rejection.NoRoom;

        if (expiry is null)
        {
            expiry = underlying.Add(in definition, underlying.NewExpiryCapacity);
            Know(definition.SettlementNanos);
        }
        underlying.Strikes.Add(mills);
        // The same strike on other terms is another contract too: prices and contracts of the old one mean something else now.
        if (before?.Contract is { IsAdjusted: false } former) former.Leave();
        if (before?.Contract is { IsAdjusted: true }) underlying.AdjustedOpenInterest.Remove(definition.InstrumentId);
        Meanings[definition.InstrumentId] = new NaiveMeaning(underlying, expiry.List(in definition), false);
        Reschedule(expiry, definition.SettlementNanos);
        underlying.LateDefinitions++;
        return null;
    }

    private void Reschedule(NaiveExpiry expiry, long settlementNanos)
    {
        if (expiry.SettlementNanos == settlementNanos) return;
        expiry.SettlementNanos = settlementNanos;
        expiry.SettlementDate = NewYorkTime.DateOf(settlementNanos);
        Know(settlementNanos);
    }

    private void Know(long settlementNanos)
    {
        foreach (long instant in (long[])[settlementNanos - PinNanos, settlementNanos])
            if (!_hasMarked || instant > _lastMark) _instants.Add(instant);
        if (_hasMarked) FindNextMark();
    }

    private static bool IsSound(in InstrumentDefinition definition) => definition.PriceDecimals <= 9
        && (definition.Kind == InstrumentKind.Underlying
            || (definition.Kind is InstrumentKind.Call or InstrumentKind.Put && definition.StrikeMills > 0 && definition.Multiplier > 0
                && definition.SettlementNanos is > 0 and <= 9_214_646_400_000_000_000
                && DateOnly.TryParseExact($"{definition.ExpiryDate:D8}", "yyyyMMdd", out _)));

    private void Reject(Rejection reason) => Ledger.Rejected[(int)reason]++;
}

/// <summary>What an id stands for.</summary>
/// <param name="Underlying">Whose; null for one that is not carried.</param>
/// <param name="Contract">The option; null for an underlying.</param>
/// <param name="IsUnderlying">It is the underlying itself.</param>
internal sealed record NaiveMeaning(NaiveUnderlying? Underlying, NaiveContract? Contract, bool IsUnderlying);

/// <summary>Time that never runs back and does not follow a time that cannot be.</summary>
internal struct NaiveClock(long lastSettlementNanos)
{
    private const long Far = 7 * UnixNanos.PerDay;
    private const long Latest = 9_214_646_400_000_000_000;

    private bool _hasStarted;
    private Int128 _suspect;
    private int _agreeing;

    public long Nanos { get; private set; }

    public void Move(long nanos, ref Ledger ledger)
    {
        Int128 distance = (Int128)nanos - Nanos;
        bool isCredible = nanos <= Latest && distance >= 0
            && (_hasStarted ? distance <= Far : nanos <= lastSettlementNanos + Far);
        if (isCredible)
        {
            Nanos = nanos;
            _hasStarted = true;
            _agreeing = 0;
            return;
        }
        if (distance < 0 && distance >= -Far)
        {
            ledger.TimeRegressions++;
            _agreeing = 0;
            return;
        }
        ledger.SuspectTimes++;
        _agreeing = _agreeing > 0 && Int128.Abs(nanos - _suspect) <= 60 * UnixNanos.PerSecond ? _agreeing + 1 : 1;
        _suspect = nanos;
        if (_agreeing < 64 || distance < 0 || nanos > Latest) return;
        Nanos = nanos;
        _hasStarted = true;
        _agreeing = 0;
    }
}

/// <summary>One underlying: its expiries, trades of the session, and what was heard of it.</summary>
internal sealed class NaiveUnderlying(uint id, RoomForLater room)
{
    public readonly uint Id = id;
    public readonly List<NaiveExpiry> Expiries = [];
    public readonly SortedSet<long> Strikes = [];
    public readonly Dictionary<uint, uint> AdjustedOpenInterest = [];
    public readonly List<NaivePrint> Prints = [];
    public readonly List<NaivePrint> PrintsWithoutFlow = [];
    public readonly int NewExpiryCapacity = RoundUp(room.StrikesPerNewExpiry);
    public int ExpiryCapacity, StrikeCapacity;
    public long LastHeardNanos;
    public bool IsSilent, IsHalted;
    public double LastSpot;
    public long LastSpotNanos;
    public uint Revisions, LateDefinitions;
    private long _sessionEnd = long.MinValue;

    public IEnumerable<NaiveContract> Contracts => Expiries.SelectMany(expiry => expiry.Contracts);

    public NaiveExpiry? Find(in InstrumentDefinition definition)
    {
        (Ascii8 root, int date) = (definition.Root, definition.ExpiryDate);
        return Expiries.Find(each => each.Root == root && each.Date == date);
    }

    public NaiveExpiry Add(in InstrumentDefinition definition, int capacity)
    {
        var expiry = new NaiveExpiry(in definition, capacity);
        Expiries.Add(expiry);
        return expiry;
    }

    /// <summary>After the contracts of the start: how many more there may be.</summary>
    public void KeepRoom()
    {
        foreach (NaiveExpiry expiry in Expiries) expiry.Capacity = RoundUp(expiry.Nodes.Count + room.StrikesPerExpiry);
        ExpiryCapacity = Expiries.Count + room.Expiries;
        StrikeCapacity = Strikes.Count + room.Strikes;
    }

    public void MakeStale()
    {
        foreach (NaiveContract contract in Contracts) contract.MakeStale();
    }

    public void Mark(long mark, long silenceNanos)
    {
        if (mark >= _sessionEnd)
        {
            if (_sessionEnd != long.MinValue)
            {
                Prints.Clear();
                PrintsWithoutFlow.Clear();
                foreach (NaiveContract contract in Contracts)
                {
                    contract.Prints.Clear();
                    contract.Tape = 0;
                }
            }
            DateOnly date = NewYorkTime.DateOf(mark);
            _sessionEnd = NewYorkTime.ToUnixNanos(date, new TimeOnly(18, 0));
            if (mark >= _sessionEnd) _sessionEnd = NewYorkTime.ToUnixNanos(date.AddDays(1), new TimeOnly(18, 0));
        }
        DateOnly today = NewYorkTime.DateOf(mark);
        foreach (NaiveExpiry expiry in Expiries)
        {
            expiry.IsExpired = mark >= expiry.SettlementNanos;
            expiry.IsZeroDte = !expiry.IsExpired && today >= expiry.SettlementDate;
        }
        if (IsSilent || mark - LastHeardNanos <= silenceNanos) return;
        IsSilent = true;
        MakeStale();
    }

    private static int RoundUp(int count) => (count + 7) / 8 * 8;
}

/// <summary>One expiry, what it lists and has listed, and what it is at the last mark.</summary>
internal sealed class NaiveExpiry(in InstrumentDefinition definition, int capacity)
{
    public readonly Ascii8 Root = definition.Root;
    public readonly int Date = definition.ExpiryDate;
    public readonly SettlementKind Settlement = definition.Settlement;
    public readonly ExerciseKind Exercise = definition.Exercise;
    public readonly List<NaiveContract> Contracts = [];

    /// <summary>Strikes that were ever listed: a node stays when its contracts go.</summary>
    public readonly SortedSet<long> Nodes = [];

    public int Capacity = capacity;
    public long SettlementNanos = definition.SettlementNanos;
    public DateOnly SettlementDate = NewYorkTime.DateOf(definition.SettlementNanos);
    public bool IsExpired, IsZeroDte;

    public NaiveContract List(in InstrumentDefinition definition)
    {
        var contract = new NaiveContract(in definition, this);
        Contracts.Add(contract);
        Nodes.Add(definition.StrikeMills);
        return contract;
    }
}

/// <summary>One listed option.</summary>
internal sealed class NaiveContract(in InstrumentDefinition definition, NaiveExpiry? expiry)
{
    public readonly uint Id = definition.InstrumentId;
    public readonly NaiveExpiry? Expiry = expiry;
    public readonly long StrikeMills = definition.StrikeMills;
    public readonly bool IsCall = definition.Kind == InstrumentKind.Call;
    public readonly bool IsAdjusted = (definition.Flags & InstrumentFlags.Adjusted) != 0;
    public readonly List<NaivePrint> Prints = [];
    public uint Multiplier = definition.Multiplier;
    public byte PriceDecimals = definition.PriceDecimals;

    /// <summary>The best quote; −1 on both sides once it is stale.</summary>
    public int Bid, Ask;

    public uint? OpenInterest;
    public long Outside;

    /// <summary>Dealers' position of the session, as it was kept, and as the sum over every signed print that was not taken back.</summary>
    public long Tape;

    public long TapeOfPrints => Prints.Sum(print => print.IsCancelled ? 0 : -print.Side * (long)print.Quantity);

    public bool IsSameAs(in InstrumentDefinition definition) => Expiry!.Root == definition.Root && Expiry.Date == definition.ExpiryDate
        && StrikeMills == definition.StrikeMills && IsCall == (definition.Kind == InstrumentKind.Call)
        && Multiplier == definition.Multiplier && PriceDecimals == definition.PriceDecimals;

    public void MakeStale()
    {
        if (Bid != 0 || Ask != 0) Bid = Ask = -1;
    }

    /// <summary>It is not listed any more.</summary>
    public void Leave() => Expiry!.Contracts.Remove(this);
}

/// <summary>One print of the session.</summary>
internal sealed class NaivePrint
{
    public required NaiveContract Contract { get; init; }
    public required int Price { get; init; }
    public required uint Quantity { get; init; }
    public required bool IsInOrder { get; init; }
    public required int Bucket { get; init; }
    public int Side { get; set; }
    public bool IsCancelled { get; set; }
    public bool IsUnpriced { get; set; }

    /// <summary>Hedging flow once it was asked for, 1/1024 USD.</summary>
    public long? Flow { get; set; }
}
