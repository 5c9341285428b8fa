using DealerFlow.Engine;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Benchmarks;

/// <summary>
/// An index chain as large as SPX and SPXW together: 50 expiries of 286 strikes, 14,300 nodes, 28,600 contracts, the nearest a given
/// time before it settles. Quotes lie on a smile, open interest is everywhere.
/// </summary>
internal sealed class EngineChain
{
    public const int Expiries = 50;
    public const int StrikesPerExpiry = 286;
    public const int Contracts = 2 * Expiries * StrikesPerExpiry;
    public const double Spot = 6000;

    private readonly Random _random = new(2026);

    public EngineChain(TimeSpan toNearest)
    {
        var day = new DateOnly(2026, 11, 20);
        Start = NewYorkTime.ToUnixNanos(day, new TimeOnly(16, 0)) - (toNearest.Ticks * 100);
        var definitions = new List<InstrumentDefinition>
        {
            new() { Root = Ascii8.From("SPX"), PriceDecimals = 2, Kind = InstrumentKind.Underlying, Multiplier = 1 },
        };
        for (int expiry = 0; expiry < Expiries; expiry++)
        {
            // Daily at first, then weekly, then monthly.
            DateOnly date = day.AddDays(expiry < 20 ? expiry : expiry < 35 ? 20 + (7 * (expiry - 20)) : 125 + (30 * (expiry - 35)));
            double step = expiry < 20 ? 10 : 20;
            for (int strike = 0; strike < StrikesPerExpiry; strike++)
            {
                foreach (InstrumentKind kind in (ReadOnlySpan<InstrumentKind>)[InstrumentKind.Call, InstrumentKind.Put])
                {
                    definitions.Add(new InstrumentDefinition
                    {
                        InstrumentId = (uint)definitions.Count,
                        Root = Ascii8.From("SPXW"),
                        StrikeMills = (long)(1000 * (Spot + (step * (strike - (StrikesPerExpiry / 2))))),
                        SettlementNanos = NewYorkTime.ToUnixNanos(date, new TimeOnly(16, 0)),
                        ExpiryDate = (date.Year * 10000) + (date.Month * 100) + date.Day,
                        Multiplier = 100,
                        PriceDecimals = 2,
                        Kind = kind,
                        Settlement = SettlementKind.PM,
                        TickMills = 50,
                    });
                }
            }
        }
        Definitions = [.. definitions];
    }

    public long Start { get; }

    public InstrumentDefinition[] Definitions { get; }

    /// <summary>Spot, open interest and a first quote of every contract, at the start.</summary>
    public Tick[] Opening()
    {
        var ticks = new List<Tick> { SpotAt(Start, Spot) };
        for (uint id = 1; id < Definitions.Length; id++) ticks.Add(Tick.OpenInterest(Start, id, (uint)_random.Next(0, 20_000)));
        for (uint id = 1; id < Definitions.Length; id++) ticks.Add(Quote(Start, id));
        return [.. ticks];
    }

    public static Tick SpotAt(long nanos, double spot) => Tick.Spot(nanos, 0, (int)Math.Round(spot * 100));

    /// <summary>A national-best quote about the model's price, never twice the same.</summary>
    public Tick Quote(long nanos, uint id)
    {
        InstrumentDefinition definition = Definitions[id];
        double years = (definition.SettlementNanos - nanos) / (double)UnixNanos.PerYear;
        double x = Math.Log(definition.Strike / Spot);
        double w = (0.14 - (0.25 * x) + (1.2 * x * x)) * Math.Sqrt(years);
        double price = 100 * Kernels.Black76.Price(Spot, definition.Strike, 1, w, definition.Kind == InstrumentKind.Call);
        int bid = (int)(price * (0.96 + (0.02 * _random.NextDouble())));
        return Tick.Quote(nanos, id, bid, (int)(price * 1.03) + 5 + _random.Next(3), 10, 10, 1, TickFlags.NationalBest);
    }

    /// <summary>Quotes of random contracts.</summary>
    public Tick[] Quotes(int count, long nanos)
    {
        var ticks = new Tick[count];
        for (int i = 0; i < count; i++) ticks[i] = Quote(nanos, (uint)_random.Next(1, Definitions.Length));
        return ticks;
    }
}

/// <summary>A sink that keeps nothing.</summary>
internal struct NoSink : ISnapshotSink
{
    public readonly void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) { }

    public readonly void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

    public readonly void Heartbeat(ulong eventSequence, long eventTimeNanos) { }
}
