using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>What comes next: positions from outside, when there are any, and then a message.</summary>
internal readonly record struct StreamStep(Tick Tick, OutsidePosition[]? Positions);

/// <summary>
/// A seeded stream of every kind of event over a small market. What a healthy feed would say is drawn from one stream of random numbers
/// and what is wrong with it from another, so that a change of one does not shift the other.
/// </summary>
internal sealed class StatefulMarket
{
    /// <summary>An underlying, and its one option, that nobody asked for.</summary>
    public const uint OtherUnderlying = 2;
    private const uint OtherOption = 3;
    private const uint FirstOption = 4;

    private static readonly DateOnly Today = new(2026, 11, 20);

    private readonly StatefulSetting _setting;
    private readonly Random _work;
    private readonly Random _fault;
    private readonly List<InstrumentDefinition> _definitions = [];
    private readonly List<Listing> _listings = [];
    private readonly List<Expiry> _expiries = [];
    private readonly Queue<Tick> _ready = new();
    private readonly List<(int Due, InstrumentDefinition Definition)> _planned = [];
    private readonly List<(uint Id, int Price, uint Quantity)> _prints = [];
    private readonly double[] _spot = [5000, 610];
    private long _now;
    private int _steps;
    private int _quietUntil;
    private int _quietUnderlying;
    private int _spotlessUntil;
    private uint _nextId;
    private readonly int _listedAtFirst;

    public StatefulMarket(StatefulSetting setting)
    {
        _setting = setting;
        _work = new Random(setting.Seed);
        _fault = new Random(setting.Seed ^ 0x0FA17);
        _now = NewYorkTime.ToUnixNanos(Today, setting.Start);
        _spotlessUntil = setting.WithoutSpot;
        AddUnderlying(0, "SPX");
        AddUnderlying(1, "XSP");
        AddUnderlying(OtherUnderlying, "NDX");
        _definitions.Add(Option(OtherOption, new Expiry(OtherUnderlying, "NDX", Today, SettlementKind.PM, Today.At(16, 0)), 20_000_000, InstrumentKind.Call));
        uint id = FirstOption;
        for (uint underlying = 0; underlying < 2; underlying++)
        {
            string pm = underlying == 0 ? "SPXW" : "XSP", am = underlying == 0 ? "SPX" : "XSPA";
            _expiries.Add(new Expiry(underlying, pm, Today, SettlementKind.PM, Today.At(16, 0)));
            if (setting.Start.Hour < 10) _expiries.Add(new Expiry(underlying, am, Today, SettlementKind.AM, Today.At(9, 30)));
            _expiries.Add(new Expiry(underlying, am, Today.AddDays(28), SettlementKind.AM, Today.AddDays(28).At(9, 30)));
            _expiries.Add(new Expiry(underlying, pm, Today.AddDays(28), SettlementKind.PM, Today.AddDays(28).At(16, 0)));
            _expiries.Add(new Expiry(underlying, pm, Today.AddDays(3), SettlementKind.PM, Today.AddDays(3).At(16, 0)));
        }
        foreach (Expiry expiry in _expiries)
        {
            for (int i = 0; i < setting.StrikesPerExpiry; i++)
            {
                foreach (InstrumentKind kind in (ReadOnlySpan<InstrumentKind>)[InstrumentKind.Call, InstrumentKind.Put])
                    _definitions.Add(Option(id++, expiry, StrikeMills(expiry.Underlying, 2 * (i - (setting.StrikesPerExpiry / 2))), kind));
            }
        }
        foreach (InstrumentDefinition definition in _definitions)
            if (definition.InstrumentId >= FirstOption && definition.UnderlyingId < setting.Underlyings) _listings.Add(new Listing(definition));
        _nextId = id;
        _listedAtFirst = _listings.Count;
    }

    public InstrumentDefinition[] Definitions => [.. _definitions];

    public uint[] Underlyings => [.. Enumerable.Range(0, _setting.Underlyings).Select(i => (uint)i)];

    /// <summary>The next message of the stream.</summary>
    public StreamStep Next()
    {
        OutsidePosition[]? positions = null;
        while (_ready.Count == 0)
        {
            // The later ones replace those that no message came after.
            positions = Work() ?? positions;
            if (_setting.HasFaults) Spoil();
        }
        return new StreamStep(_ready.Dequeue(), positions);
    }

    private OutsidePosition[]? Work()
    {
        _steps++;
        MoveClock();
        if (_steps == 1)
        {
            Open();
            return null;
        }
        if (_planned.Count > 0 && _planned[0].Due <= _steps)
        {
            Define(_planned[0].Definition);
            _planned.RemoveAt(0);
            return null;
        }
        if (_work.Next(4_000) == 0) (_quietUntil, _quietUnderlying) = (_steps + 2_000, _work.Next(2));
        if (_work.Next(8_000) == 0) _spotlessUntil = _steps + 3_000;
        // Of those that come later many are refused: they must not drown the rest.
        Listing listing = _listings[_work.Next(_work.Next(8) > 0 ? _listedAtFirst : _listings.Count)];
        int kind = _work.Next(1000);
        if (_setting.Underlyings > 1 && _steps < _quietUntil && listing.Definition.UnderlyingId == _quietUnderlying) return null;
        switch (kind)
        {
            case < 60: Spot((uint)_work.Next(_setting.Underlyings)); break;
            case < 90: _ready.Enqueue(Tick.OpenInterest(_now, listing.Definition.InstrumentId, (uint)_work.Next(0, 5000))); break;
            case < 250: Trade(listing); break;
            case < 280: Cancel(); break;
            case < 285 when _setting.HasDefinitions: DefineSomething(listing); break;
            case 290: Halt(listing.Definition.UnderlyingId); break;
            case 291: return Positions();
            default: Quote(listing); break;
        }
        return null;
    }

    private void MoveClock()
    {
        double step = -Math.Log(1 - _work.NextDouble()) * _setting.MeanStepNanos;
        int kind = _work.Next(1000);
        _now += kind switch { < 150 => 0, < 200 => 1, < 202 => (long)(step * 3_000), _ => (long)step };
        if (_steps == _setting.FarJumpAt) _now += 8 * UnixNanos.PerDay;
        if (_setting.HoursOnceIn > 0 && _work.Next(_setting.HoursOnceIn) == 0) _now += (long)(6 * 3600 * _work.NextDouble()) * UnixNanos.PerSecond;
    }

    /// <summary>A first price of each underlying unless it is to be missed, open interest, and a first quote of most contracts.</summary>
    private void Open()
    {
        for (uint underlying = 0; underlying < _setting.Underlyings; underlying++) Spot(underlying);
        foreach (Listing listing in _listings)
        {
            _ready.Enqueue(Tick.OpenInterest(_now, listing.Definition.InstrumentId, (uint)_work.Next(0, 5000)));
            if (_work.Next(8) > 0) Quote(listing);
        }
    }

    private void Spot(uint underlying)
    {
        double move = (2 * _work.NextDouble()) - 1;
        _spot[underlying] *= 1 + (0.0003 * move);
        if (_steps >= _spotlessUntil) _ready.Enqueue(Tick.Spot(_now, underlying, (int)Math.Round(_spot[underlying] * 100)));
    }

    private void Quote(Listing listing)
    {
        InstrumentDefinition definition = listing.Definition;
        double years = Math.Max(definition.SettlementNanos - _now, UnixNanos.PerSecond) / (double)UnixNanos.PerYear;
        double spot = _spot[definition.UnderlyingId];
        double w = (0.12 + (0.3 * Math.Abs(Math.Log(definition.Strike / spot)))) * Math.Sqrt(years) * (0.95 + (0.1 * _work.NextDouble()));
        double scale = Math.Pow(10, definition.PriceDecimals);
        double model = scale * Black76.Price(spot, definition.Strike, 1, w, definition.Kind == InstrumentKind.Call);
        int bid = (int)(model * (0.90 + (0.08 * _work.NextDouble())));
        int ask = (int)(model * (1.01 + (0.08 * _work.NextDouble()))) + 5;
        byte venue = (byte)_work.Next(1, 18);
        TickFlags flags = TickFlags.NationalBest;
        switch (_work.Next(48))
        {
            case 0: bid = 0; break;
            case 1: (bid, ask) = (0, 0); break;
            case 2: ask = bid; break;
            case 3: (bid, ask) = (ask + 1, bid); break;
            case 4: ask = (bid * 8) + 50; break;
            case 5: (bid, ask) = ((int)(1.05 * spot * scale), (int)(1.06 * spot * scale)); break;
            case 6: ask = (int)(2 * spot * scale); break;
            case 7: ask = 0; break;
            case < 14: (bid, ask) = (listing.Bid, listing.Ask); break;
            case < 20: flags = TickFlags.None; break;
            default: break;
        }
        if (flags != TickFlags.None) (listing.Bid, listing.Ask) = (bid, ask);
        _ready.Enqueue(Tick.Quote(_now, definition.InstrumentId, bid, ask, 10, 10, venue, flags));
    }

    private void Trade(Listing listing)
    {
        int bid = listing.Bid, ask = Math.Max(listing.Ask, listing.Bid);
        int inside = bid + (int)((ask - bid) * _work.NextDouble());
        int kind = _work.Next(24);
        uint quantity = (uint)_work.Next(1, 50);
        int price = kind switch { < 6 => bid, < 12 => ask, < 16 => (int)(((long)bid + ask) / 2), < 20 => inside, 20 => ask + 3, 21 => Math.Max(bid - 3, 0), _ => bid };
        TickFlags flags = _work.Next(24) switch { 0 => TickFlags.Late, 1 => TickFlags.Complex, 2 => TickFlags.HiddenBuyer, _ => TickFlags.None };
        if (_work.Next(200) == 0) quantity = 0;
        if (flags == TickFlags.Late && _work.Next(10) == 0) quantity = uint.MaxValue;
        _prints.Add((listing.Definition.InstrumentId, price, quantity));
        if (_prints.Count > 500) _prints.RemoveRange(0, 250);
        _ready.Enqueue(Tick.Trade(_now, listing.Definition.InstrumentId, price, quantity, 3, flags));
    }

    private void Cancel()
    {
        if (_prints.Count == 0) return;
        // Mostly the latest ones; now and then one that was cancelled before.
        int back = Math.Min(_work.Next(_work.Next(10) == 0 ? 400 : 12), _prints.Count - 1);
        (uint id, int price, uint quantity) = _prints[^(back + 1)];
        _ready.Enqueue(Tick.Trade(_now, id, price, quantity, 3, TickFlags.Cancel));
    }

    private void Halt(uint underlying) => _ready.Enqueue(new Tick
    {
        EventTimeNanos = _now,
        InstrumentId = underlying,
        Kind = TickKind.Status,
        Flags = _work.Next(3) == 0 ? TickFlags.Halted : TickFlags.None,
    });

    private OutsidePosition[] Positions()
    {
        if (_work.Next(4) == 0) return [];
        var positions = new OutsidePosition[_work.Next(1, 40)];
        for (int i = 0; i < positions.Length; i++)
        {
            uint id = _work.Next(10) == 0 ? (uint)_work.Next(0, 5000) : _listings[_work.Next(_listings.Count)].Definition.InstrumentId;
            positions[i] = new OutsidePosition(id, _work.Next(-5000, 5000));
        }
        return positions;
    }

    private void DefineSomething(Listing listing)
    {
        InstrumentDefinition definition = listing.Definition;
        Expiry expiry = _expiries[_work.Next(_expiries.Count)];
        if (expiry.Underlying >= _setting.Underlyings) expiry = _expiries[0];
        InstrumentKind kind = _work.Next(2) == 0 ? InstrumentKind.Call : InstrumentKind.Put;
        uint id = _work.Next(6) == 0 ? 3_000_000_000 + _nextId : _nextId;
        _nextId++;
        InstrumentDefinition fresh = Option(id, expiry, StrikeMills(expiry.Underlying, _work.Next(-14, 15)), kind);
        switch (_work.Next(20))
        {
            case 0: // Somewhere else in time, at another root now and then.
                DateOnly date = Today.AddDays(_work.Next(0, 40));
                var added = new Expiry(expiry.Underlying, _work.Next(2) == 0 ? "SPXQ" : expiry.Root, date, SettlementKind.PM, date.At(16, 0));
                _expiries.Add(added);
                fresh = Option(id, added, fresh.StrikeMills, kind);
                break;
            case 1 or 2: // The same again.
                fresh = definition;
                break;
            case 3: // The settlement moves: earlier, later, just ahead, behind, to another day.
                fresh = definition;
                // A month of carry in a minute would leave the exact grid, so only what is near comes to be at once.
                bool isNear = definition.SettlementNanos - _now < UnixNanos.PerDay;
                fresh.SettlementNanos = _work.Next(isNear ? 6 : 2) switch
                {
                    0 => definition.SettlementNanos - (3600 * UnixNanos.PerSecond),
                    1 => definition.SettlementNanos + (900 * UnixNanos.PerSecond),
                    2 => _now + (30 * UnixNanos.PerSecond),
                    3 => _now + (90 * UnixNanos.PerSecond),
                    4 => _now - UnixNanos.PerSecond,
                    _ => definition.SettlementNanos + UnixNanos.PerDay,
                };
                break;
            case 4: // The id becomes another contract.
                fresh.InstrumentId = definition.InstrumentId;
                break;
            case 6: // The contract's terms change.
                fresh = definition;
                fresh.Multiplier = (uint)_work.Next(1, 200);
                break;
            case 7 or 8: // A deliverable of its own; the id may have been a standard contract.
                if (_work.Next(6) == 0) fresh.InstrumentId = definition.InstrumentId;
                fresh.Flags = InstrumentFlags.Adjusted;
                break;
            case 9: // An adjusted contract that is an ordinary one again, or another settlement of a known expiry.
                if (_work.Next(2) == 0) (fresh.InstrumentId, fresh.Flags) = (definition.InstrumentId, InstrumentFlags.None);
                else fresh.SettlementNanos += 60 * UnixNanos.PerSecond;
                break;
            default:
                break;
        }
        int at = _listings.FindIndex(each => each.Definition.InstrumentId == fresh.InstrumentId);
        var now = new Listing(fresh);
        if (at < 0) _listings.Add(now);
        else _listings[at] = now;
        // A market's quotes may be there before its definition.
        bool comesLate = _work.Next(3) == 0;
        if (!comesLate)
        {
            Define(fresh);
            return;
        }
        _planned.Add((_steps + _work.Next(1, 60), fresh));
        _planned.Sort((left, right) => left.Due.CompareTo(right.Due));
        Quote(now);
        _ready.Enqueue(Tick.OpenInterest(_now, fresh.InstrumentId, (uint)_work.Next(0, 5000)));
        if (_work.Next(2) == 0) Quote(now);
        Trade(now);
    }

    private void Define(InstrumentDefinition definition)
    {
        Span<Tick> quarters = stackalloc Tick[DefinitionTicks.Count];
        DefinitionTicks.Write(in definition, _now, quarters);
        foreach (Tick quarter in quarters) _ready.Enqueue(quarter);
    }

    /// <summary>Damages what is ready to leave, or adds to it.</summary>
    private void Spoil()
    {
        int kind = _fault.Next(1000);
        if (kind >= 45 || _ready.Count == 0) return;
        Tick[] ticks = [.. _ready];
        ref Tick hit = ref ticks[_fault.Next(ticks.Length)];
        long now = _now;
        switch (kind)
        {
            case < 5: hit.EventTimeNanos -= _fault.NextInt64(1, 10_000_000); break;
            case < 7: hit.EventTimeNanos -= _fault.NextInt64(1, 8 * UnixNanos.PerDay); break;
            case < 8: hit.EventTimeNanos += 8 * UnixNanos.PerDay; break;
            case < 9: hit.EventTimeNanos = _fault.Next(2) == 0 ? long.MaxValue : long.MinValue; break;
            case < 11: hit.Kind = (TickKind)_fault.Next(256); break;
            case < 13: hit.Venue = (byte)_fault.Next(6); break;
            case < 15 when hit.Kind != TickKind.Spot: hit.InstrumentId = (uint)_fault.Next(0, 40); break;
            // In a definition these four bytes are the multiplier: four billion of anything leave the exact grid.
            case < 17 when hit.Kind != TickKind.Definition: hit.Price = -_fault.Next(0, 5); break;
            case < 18: ticks = ticks[1..]; break;
            default: break;
        }
        // A position may be damaged, but not beyond what the exact grid holds: that would end the comparison.
        foreach (ref Tick tick in ticks.AsSpan())
        {
            bool isPosition = tick.Kind == TickKind.OpenInterest || (tick.Kind == TickKind.Trade && (tick.Flags & TickFlags.Late) == 0);
            if (isPosition && tick.Quantity > 5000) tick.Quantity %= 5000;
        }
        _ready.Clear();
        foreach (Tick tick in ticks) _ready.Enqueue(tick);
        if (kind >= 18) _ready.Enqueue(Wrong(kind - 18, now));
    }

    private Tick Wrong(int kind, long now)
    {
        uint id = (uint)_fault.Next((int)FirstOption, (int)_nextId);
        uint unknown = 900_000 + (uint)_fault.Next(0, 30);
        uint underlying = (uint)_fault.Next(0, 3);
        return kind switch
        {
            < 5 => new Tick { EventTimeNanos = now, InstrumentId = id, Kind = TickKind.Gap },
            < 6 => new Tick { EventTimeNanos = now, InstrumentId = underlying, Kind = TickKind.Gap },
            < 7 => new Tick { EventTimeNanos = now, InstrumentId = unknown, Kind = TickKind.Gap },
            < 8 => new Tick { EventTimeNanos = now, InstrumentId = _fault.Next(2) == 0 ? id : underlying, Kind = TickKind.Status, Flags = TickFlags.Halted },
            < 10 => Tick.Quote(now, unknown, 10, 20, 1, 1, 1, TickFlags.NationalBest),
            < 11 => Tick.Quote(now, unknown, 10, 20, 1, 1, 1, TickFlags.None),
            < 12 => Tick.OpenInterest(now, unknown, 10),
            < 13 => Tick.Trade(now, unknown, 10, 20, 1, TickFlags.None),
            < 14 => Tick.Spot(now, id, 5),
            < 15 => Tick.Spot(now, underlying, _fault.Next(-1, 1)),
            < 16 => Tick.Quote(now, underlying, 10, 20, 1, 1, 1, TickFlags.NationalBest),
            < 17 => Tick.Trade(now, _fault.Next(2) == 0 ? OtherOption : underlying, 10, 20, 1, TickFlags.None),
            < 18 => Tick.Quote(now, id, -5, 20, 1, 1, 1, (TickFlags)_fault.Next(2)),
            < 20 => Tick.Trade(now, id, _fault.Next(-2, 5000), (uint)_fault.Next(1, 50), 1, TickFlags.Cancel),
            < 22 => new Tick { EventTimeNanos = now, InstrumentId = _fault.Next(2) == 0 ? id : unknown, Kind = (TickKind)_fault.Next(256), Venue = (byte)_fault.Next(5) },
            < 23 => new Tick { EventTimeNanos = now, InstrumentId = id, Kind = TickKind.Definition, Venue = (byte)_fault.Next(5) },
            _ => Tick.Quote(now, id, _fault.Next(0, 3), _fault.Next(0, 3), 1, 1, 1, TickFlags.NationalBest),
        };
    }

    private void AddUnderlying(uint id, string root) => _definitions.Add(new InstrumentDefinition
    {
        InstrumentId = id,
        UnderlyingId = id,
        Root = Ascii8.From(root),
        PriceDecimals = 2,
        Kind = InstrumentKind.Underlying,
        Multiplier = 1,
    });

    private static long StrikeMills(uint underlying, int halfSteps) => underlying == 0 ? 1000L * (5000 + (15 * halfSteps / 2)) : 1000L * (610 + halfSteps);

    private static InstrumentDefinition Option(uint id, Expiry expiry, long strikeMills, InstrumentKind kind) => new()
    {
        InstrumentId = id,
        UnderlyingId = expiry.Underlying,
        Root = Ascii8.From(expiry.Root),
        StrikeMills = strikeMills,
        SettlementNanos = expiry.SettlementNanos,
        ExpiryDate = (expiry.Date.Year * 10000) + (expiry.Date.Month * 100) + expiry.Date.Day,
        Multiplier = 100,
        PriceDecimals = (byte)(expiry.Underlying == 0 ? 2 : 3),
        Kind = kind,
        Settlement = expiry.Settlement,
        TickMills = 50,
    };

    private sealed class Listing(InstrumentDefinition definition)
    {
        public readonly InstrumentDefinition Definition = definition;
        public int Bid, Ask;
    }

    private sealed record Expiry(uint Underlying, string Root, DateOnly Date, SettlementKind Settlement, long SettlementNanos);
}

/// <summary>Instants of New York days.</summary>
internal static class NewYorkDay
{
    public static long At(this DateOnly date, int hour, int minute) => NewYorkTime.ToUnixNanos(date, new TimeOnly(hour, minute));
}
