using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>
/// A small chain and a seeded stream of every kind of event over it: quotes (good, locked, crossed, without bid, wide, unchanged),
/// open interest, trades, spot, time steps, unknown contracts, through an expiry if the stream is long enough.
/// </summary>
internal sealed class RandomMarket
{
    private readonly Random _random;
    private readonly List<InstrumentDefinition> _definitions = [];
    private double _spot = 5000;
    private long _now;

    public RandomMarket(int seed, DateOnly? date = null, TimeOnly? time = null, int strikesPerExpiry = 8)
    {
        _random = new Random(seed);
        DateOnly today = date ?? new DateOnly(2026, 11, 20);
        _now = NewYorkTime.ToUnixNanos(today, time ?? new TimeOnly(15, 58, 30));
        _definitions.Add(new InstrumentDefinition
        {
            InstrumentId = 0,
            UnderlyingId = 0,
            Root = Ascii8.From("SPX"),
            PriceDecimals = 2,
            Kind = InstrumentKind.Underlying,
            Multiplier = 1,
        });
        AddExpiry("SPXW", today, SettlementKind.PM, strikesPerExpiry);
        AddExpiry("SPX", today.AddDays(28), SettlementKind.AM, strikesPerExpiry);
        AddExpiry("SPXW", today.AddDays(28), SettlementKind.PM, strikesPerExpiry);
        AddExpiry("SPXW", today.AddDays(3), SettlementKind.PM, strikesPerExpiry);
    }

    public InstrumentDefinition[] Definitions => [.. _definitions];

    public long Now => _now;

    /// <summary>A first spot, open interest everywhere, and a first quote of every contract.</summary>
    public List<Tick> Opening()
    {
        var ticks = new List<Tick> { Spot() };
        for (int i = 1; i < _definitions.Count; i++) ticks.Add(Tick.OpenInterest(_now, (uint)i, (uint)_random.Next(0, 5000)));
        for (int i = 1; i < _definitions.Count; i++) ticks.Add(Quote((uint)i));
        return ticks;
    }

    /// <summary>The next events; time moves by <paramref name="meanStepNanos"/> on average, sometimes by much more, sometimes back.</summary>
    public List<Tick> Next(int count, double meanStepNanos)
    {
        var ticks = new List<Tick>(count);
        while (ticks.Count < count)
        {
            double step = -Math.Log(1 - _random.NextDouble()) * meanStepNanos;
            _now += (long)(_random.Next(1000) == 0 ? 5_000 * step : step);
            uint contract = (uint)_random.Next(1, _definitions.Count);
            Tick tick = _random.Next(100) switch
            {
                < 8 => Spot(),
                < 12 => Tick.OpenInterest(_now, contract, (uint)_random.Next(0, 5000)),
                < 15 => Tick.Trade(_now, contract, _random.Next(-1, 5000), (uint)_random.Next(1, 50), 3, TickFlags.None),
                < 16 => Tick.Quote(_now, 9_999, 10, 20, 1, 1, 1, TickFlags.NationalBest),
                < 17 => Tick.Quote(_now, contract, -5, 20, 1, 1, 1, TickFlags.NationalBest),
                < 18 => Tick.Spot(_now, contract, 5),
                < 30 => Quote(contract, TickFlags.None),
                _ => Quote(contract),
            };
            if (_random.Next(200) == 0) tick.EventTimeNanos -= _random.Next(1, 10_000_000);
            ticks.Add(tick);
        }
        return ticks;
    }

    private Tick Spot()
    {
        _spot *= 1 + (0.0003 * ((2 * _random.NextDouble()) - 1));
        return Tick.Spot(_now, 0, (int)Math.Round(_spot * 100));
    }

    private Tick Quote(uint contract, TickFlags flags = TickFlags.NationalBest)
    {
        InstrumentDefinition definition = _definitions[(int)contract];
        double years = Math.Max(definition.SettlementNanos - _now, UnixNanos.PerSecond) / (double)UnixNanos.PerYear;
        double w = (0.12 + (0.3 * Math.Abs(Math.Log(definition.Strike / _spot)))) * Math.Sqrt(years) * (0.95 + (0.1 * _random.NextDouble()));
        double model = 100 * Black76.Price(_spot, definition.Strike, 1, w, definition.Kind == InstrumentKind.Call);
        int bid = (int)(model * (0.90 + (0.08 * _random.NextDouble())));
        int ask = (int)(model * (1.01 + (0.08 * _random.NextDouble()))) + 5;
        switch (_random.Next(40))
        {
            case 0: bid = 0; break;
            case 1: (bid, ask) = (0, 0); break;
            case 2: ask = bid; break;
            case 3: (bid, ask) = (ask + 1, bid); break;
            case 4: ask = (bid * 8) + 50; break;
            default: break;
        }
        return Tick.Quote(_now, contract, bid, ask, 10, 10, (byte)_random.Next(1, 18), flags);
    }

    private void AddExpiry(string root, DateOnly date, SettlementKind settlement, int strikes)
    {
        long instant = NewYorkTime.ToUnixNanos(date, settlement == SettlementKind.AM ? new TimeOnly(9, 30) : new TimeOnly(16, 0));
        for (int i = 0; i < strikes; i++)
        {
            foreach (InstrumentKind kind in (ReadOnlySpan<InstrumentKind>)[InstrumentKind.Call, InstrumentKind.Put])
            {
                _definitions.Add(new InstrumentDefinition
                {
                    InstrumentId = (uint)_definitions.Count,
                    UnderlyingId = 0,
                    Root = Ascii8.From(root),
                    StrikeMills = 1000L * (5000 + (15 * (i - (strikes / 2)))),
                    SettlementNanos = instant,
                    ExpiryDate = (date.Year * 10000) + (date.Month * 100) + date.Day,
                    Multiplier = 100,
                    PriceDecimals = 2,
                    Kind = kind,
                    Settlement = settlement,
                    TickMills = 50,
                });
            }
        }
    }
}
