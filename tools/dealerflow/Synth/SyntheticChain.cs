using DealerFlow.Kernels;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>One expiry of a root, with its smile and its forward.</summary>
/// <param name="Root">Option root.</param>
/// <param name="Date">Expiry date in New York.</param>
/// <param name="Settlement">Morning or afternoon.</param>
/// <param name="SettlementNanos">Settlement instant, UTC nanoseconds since the Unix epoch.</param>
/// <param name="Smile">Total deviation over log-moneyness.</param>
/// <param name="InterestRate">Continuously compounded, per year: D = e^(−rT).</param>
/// <param name="Carry">Growth of the forward over spot per year: F = S·e^(carry·T).</param>
internal sealed record ListedExpiry(
    string Root, DateOnly Date, SettlementStyle Settlement, long SettlementNanos, Smile Smile, double InterestRate, double Carry)
{
    // In the last quarter of a second time stands still, so that nothing divides by zero.
    private const double LeastYears = 0.25 * UnixNanos.PerSecond / UnixNanos.PerYear;

    /// <summary>Time to settlement, years of 365 days.</summary>
    public double YearsAt(long nanos) => Math.Max((double)(SettlementNanos - nanos) / UnixNanos.PerYear, LeastYears);

    /// <summary>Discount factor.</summary>
    public double DiscountAt(double years) => Functions.Exp(-InterestRate * years);

    /// <summary>Forward over spot.</summary>
    public double ForwardRatioAt(double years) => Functions.Exp(Carry * years);
}

/// <summary>One listed contract.</summary>
/// <param name="Expiry">Index into <see cref="SyntheticChain.Expiries"/>.</param>
/// <param name="StrikeMills">Strike in thousandths of the currency.</param>
/// <param name="Right">Call or put.</param>
/// <param name="OpenInterest">Contracts open at the start of the day.</param>
/// <param name="Multiplier">Shares or index units per contract.</param>
/// <param name="Exercise">European or American.</param>
/// <param name="IsAdjusted">The deliverable is not the multiplier's worth of shares.</param>
internal readonly record struct ListedContract(
    int Expiry, long StrikeMills, OptionRight Right, uint OpenInterest, uint Multiplier, ExerciseStyle Exercise, bool IsAdjusted)
{
    /// <summary>Strike in currency.</summary>
    public double Strike => StrikeMills / 1000.0;
}

/// <summary>What is listed on the day of a synthetic tape: expiries, contracts and their open interest.</summary>
internal sealed class SyntheticChain
{
    private const int MostSpotDecimals = 4;

    public required string Underlying { get; init; }

    /// <summary>Id of the underlying on the tape; those of its contracts follow.</summary>
    public uint UnderlyingId { get; init; }

    /// <summary>First price of the underlying; decides its decimals.</summary>
    public required double Spot { get; init; }

    public required QuoteGrid Grid { get; init; }

    /// <summary>In order of settlement.</summary>
    public required ListedExpiry[] Expiries { get; init; }

    /// <summary>By expiry, then strike, then call before put.</summary>
    public required ListedContract[] Contracts { get; init; }

    /// <summary>Id of the first contract.</summary>
    public uint FirstContractId => UnderlyingId + 1;

    /// <summary>Decimals of the underlying's prices; fewer only where its price would not fit 32 bits with room to double.</summary>
    public static int SpotDecimalsFor(double spot)
    {
        int decimals = MostSpotDecimals;
        for (double scaled = spot * 10_000; scaled > int.MaxValue / 2 && decimals > 0; scaled /= 10) decimals--;
        return decimals;
    }

    /// <summary>The contract settles on the New York date of the instant, and later than it.</summary>
    public bool IsZeroDte(int contract, long nanos)
    {
        long settlement = Expiries[Contracts[contract].Expiry].SettlementNanos;
        return settlement > nanos && NewYorkTime.DateOf(settlement) == NewYorkTime.DateOf(nanos);
    }

    /// <summary>What the tape says of every id.</summary>
    public InstrumentDefinition[] Definitions()
    {
        var definitions = new InstrumentDefinition[Contracts.Length + 1];
        definitions[0] = new InstrumentDefinition
        {
            InstrumentId = UnderlyingId,
            UnderlyingId = UnderlyingId,
            Root = Ascii8.From(Underlying),
            Multiplier = 1,
            PriceDecimals = (byte)SpotDecimalsFor(Spot),
            Kind = InstrumentKind.Underlying,
        };
        for (int i = 0; i < Contracts.Length; i++) definitions[i + 1] = DefinitionOf(in Contracts[i], FirstContractId + (uint)i);
        return definitions;
    }

    private InstrumentDefinition DefinitionOf(in ListedContract contract, uint id)
    {
        ListedExpiry expiry = Expiries[contract.Expiry];
        return new InstrumentDefinition
        {
            InstrumentId = id,
            UnderlyingId = UnderlyingId,
            Root = Ascii8.From(expiry.Root),
            StrikeMills = contract.StrikeMills,
            SettlementNanos = expiry.SettlementNanos,
            ExpiryDate = (expiry.Date.Year * 10_000) + (expiry.Date.Month * 100) + expiry.Date.Day,
            Multiplier = contract.Multiplier,
            PriceDecimals = QuoteGrid.Decimals,
            Kind = (InstrumentKind)contract.Right,
            Settlement = (SettlementKind)expiry.Settlement,
            Exercise = (ExerciseKind)contract.Exercise,
            Flags = contract.IsAdjusted ? InstrumentFlags.Adjusted : InstrumentFlags.None,
            TickMills = (ushort)(Grid.FineCents * 10),
        };
    }
}
