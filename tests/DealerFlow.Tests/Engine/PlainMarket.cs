using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>
/// One expiry at given strikes, and the ticks that a test wants, nothing by chance. The underlying has id 0 and two decimals;
/// the call of strike i has id 1 + 2·i, its put 2 + 2·i. Forwards are meant to be spot: carry, no rate, no dividend.
/// </summary>
internal sealed class PlainMarket
{
    private readonly double _scale;
    private readonly long _settlement;

    public PlainMarket(DateOnly expiry, double[] strikes, byte priceDecimals = 2, TimeOnly? settlesAt = null)
    {
        Strikes = strikes;
        _scale = Math.Pow(10, priceDecimals);
        _settlement = NewYorkTime.ToUnixNanos(expiry, settlesAt ?? new TimeOnly(16, 0));
        var definitions = new List<InstrumentDefinition>
        {
            new() { Root = Ascii8.From("SPX"), PriceDecimals = 2, Kind = InstrumentKind.Underlying, Multiplier = 1 },
        };
        foreach (double strike in strikes)
        {
            foreach (InstrumentKind kind in (ReadOnlySpan<InstrumentKind>)[InstrumentKind.Call, InstrumentKind.Put])
            {
                definitions.Add(new InstrumentDefinition
                {
                    InstrumentId = (uint)definitions.Count,
                    Root = Ascii8.From("SPXW"),
                    StrikeMills = (long)Math.Round(strike * 1000),
                    SettlementNanos = _settlement,
                    ExpiryDate = (expiry.Year * 10000) + (expiry.Month * 100) + expiry.Day,
                    Multiplier = 100,
                    PriceDecimals = priceDecimals,
                    Kind = kind,
                    Settlement = SettlementKind.PM,
                    TickMills = 50,
                });
            }
        }
        Definitions = [.. definitions];
    }

    public InstrumentDefinition[] Definitions { get; }

    public double[] Strikes { get; }

    public static uint IdOf(int strike, bool isCall) => (uint)(1 + (2 * strike) + (isCall ? 0 : 1));

    public static Tick Spot(long nanos, double spot) => Tick.Spot(nanos, 0, (int)Math.Round(spot * 100));

    public static Tick OpenInterest(long nanos, int strike, bool isCall, uint contracts) => Tick.OpenInterest(nanos, IdOf(strike, isCall), contracts);

    /// <summary>A quote of one per cent about the model's price.</summary>
    public Tick Quote(long nanos, int strike, bool isCall, double spot, double vol)
    {
        double w = vol * Math.Sqrt(Math.Max(_settlement - nanos, 60 * UnixNanos.PerSecond) / (double)UnixNanos.PerYear);
        double price = Black76.Price(spot, Strikes[strike], 1, w, isCall) * _scale;
        return Quote(nanos, strike, isCall, (int)(price * 0.99), (int)Math.Ceiling(price * 1.01));
    }

    public static Tick Quote(long nanos, int strike, bool isCall, int bid, int ask) =>
        Tick.Quote(nanos, IdOf(strike, isCall), bid, ask, 1, 1, 1, TickFlags.NationalBest);

    /// <summary>Spot, 1000 contracts of open interest everywhere, and a first quote of every contract, all at one instant.</summary>
    public List<Tick> Opening(long nanos, double spot, double vol)
    {
        var ticks = new List<Tick> { Spot(nanos, spot) };
        for (int i = 0; i < Strikes.Length; i++)
        {
            foreach (bool isCall in (ReadOnlySpan<bool>)[true, false])
            {
                ticks.Add(OpenInterest(nanos, i, isCall, 1000));
                ticks.Add(Quote(nanos, i, isCall, spot, vol));
            }
        }
        return ticks;
    }
}
