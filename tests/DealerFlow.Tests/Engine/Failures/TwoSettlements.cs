using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>
/// One date and one strike ladder, listed twice: as SPX, which settles at the open, and as SPXW, which settles at the close. The
/// underlying has id 0; contracts follow by root, then strike, call before put.
/// </summary>
internal sealed class TwoSettlements
{
    public TwoSettlements(DateOnly date, double[] strikes, TimeOnly? open = null)
    {
        Strikes = strikes;
        Open = NewYorkTime.ToUnixNanos(date, open ?? new TimeOnly(9, 30));
        Close = NewYorkTime.ToUnixNanos(date, new TimeOnly(16, 0));
        var definitions = new List<InstrumentDefinition>
        {
            new() { Root = Ascii8.From("SPX"), PriceDecimals = 2, Kind = InstrumentKind.Underlying, Multiplier = 1 },
        };
        foreach (SettlementKind settlement in (ReadOnlySpan<SettlementKind>)[SettlementKind.AM, SettlementKind.PM])
        {
            foreach (double strike in strikes)
            {
                foreach (InstrumentKind kind in (ReadOnlySpan<InstrumentKind>)[InstrumentKind.Call, InstrumentKind.Put])
                {
                    definitions.Add(new InstrumentDefinition
                    {
                        InstrumentId = (uint)definitions.Count,
                        Root = Ascii8.From(settlement == SettlementKind.AM ? "SPX" : "SPXW"),
                        StrikeMills = (long)Math.Round(strike * 1000),
                        SettlementNanos = settlement == SettlementKind.AM ? Open : Close,
                        ExpiryDate = (date.Year * 10000) + (date.Month * 100) + date.Day,
                        Multiplier = 100,
                        PriceDecimals = 4,
                        Kind = kind,
                        Settlement = settlement,
                        TickMills = 50,
                    });
                }
            }
        }
        Definitions = [.. definitions];
    }

    public InstrumentDefinition[] Definitions { get; }

    public double[] Strikes { get; }

    public long Open { get; }

    public long Close { get; }

    /// <summary>Spot, 1000 contracts open of every call and 400 of every put, and a quote of every contract, all at one instant.</summary>
    public List<Tick> Opening(long nanos, double spot, double vol)
    {
        var ticks = new List<Tick> { PlainMarket.Spot(nanos, spot) };
        foreach (InstrumentDefinition definition in Definitions.Skip(1))
        {
            ticks.Add(Tick.OpenInterest(nanos, definition.InstrumentId, definition.Kind == InstrumentKind.Call ? 1000u : 400u));
            ticks.Add(Quote(in definition, nanos, spot, vol));
        }
        return ticks;
    }

    /// <summary>A quote of one per cent about the model's price.</summary>
    public static Tick Quote(in InstrumentDefinition definition, long nanos, double spot, double vol)
    {
        double w = vol * Math.Sqrt(Math.Max(definition.SettlementNanos - nanos, 60 * UnixNanos.PerSecond) / (double)UnixNanos.PerYear);
        double price = Black76.Price(spot, definition.Strike, 1, w, definition.Kind == InstrumentKind.Call) * 10_000;
        return Tick.Quote(nanos, definition.InstrumentId, (int)(price * 0.99), (int)Math.Ceiling(price * 1.01), 1, 1, 1, TickFlags.NationalBest);
    }
}
