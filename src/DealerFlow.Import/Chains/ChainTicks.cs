using System.Diagnostics.CodeAnalysis;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>
/// A chain as the engine takes it in: definitions, then every message of the file as if it had just arrived, all at one instant.
/// </summary>
public static class ChainTicks
{
    /// <summary>Decimals of the underlying's price; fewer only where the price would not fit 32 bits.</summary>
    public const int SpotDecimals = 4;

    private const int MinDecimals = 2;
    private const int MaxDecimals = 4;
    private const uint UnderlyingId = 0;
    private static readonly int[] PowersOfTen = [1, 10, 100, 1_000, 10_000];

    /// <summary>
    /// Builds definitions (id 0 is the underlying, contracts follow from 1 in file order) and ticks in this order: spot if there is one,
    /// open interest of every contract, one national best quote per contract (0 = no bid, no ask).
    /// </summary>
    /// <param name="chain">The chain; contracts that have settled are kept, the engine drops them by their settlement instant.</param>
    /// <param name="asOfNanos">Event time of every tick, UTC nanoseconds since the Unix epoch: the chain's own, or the caller's.</param>
    /// <param name="spot">Price of the underlying, currency: the chain's own or the caller's; null = none, the engine infers it.</param>
    /// <param name="calendar">Gives the settlement instants; null = those that the chain was read with.</param>
    /// <exception cref="ArgumentOutOfRangeException">The spot is not a positive price below 2,147,483,647.</exception>
    /// <exception cref="ArgumentException">A contract of the chain settles in a year that the calendar does not know.</exception>
    public static ChainTickSet Build(OptionChain chain, long asOfNanos, double? spot, SessionCalendar? calendar = null)
    {
        ArgumentNullException.ThrowIfNull(chain);
        IReadOnlyList<ChainContract> contracts = chain.Contracts;
        int decimals = DecimalsOf(contracts);
        int spotDecimals = SpotDecimals;
        int spotPrice = spot is double price ? SpotPriceOf(price, ref spotDecimals) : 0;

        var definitions = new InstrumentDefinition[contracts.Count + 1];
        definitions[0] = new InstrumentDefinition
        {
            InstrumentId = UnderlyingId,
            UnderlyingId = UnderlyingId,
            Root = Ascii8.From(chain.Underlying),
            Multiplier = 1,
            PriceDecimals = (byte)spotDecimals,
            Kind = InstrumentKind.Underlying,
        };
        int leading = spot is null ? 0 : 1;
        var ticks = new Tick[leading + (2 * contracts.Count)];
        if (spot is not null) ticks[0] = Tick.Spot(asOfNanos, UnderlyingId, spotPrice);

        Span<Tick> openInterest = ticks.AsSpan(leading, contracts.Count);
        Span<Tick> quotes = ticks.AsSpan(leading + contracts.Count);
        var issues = new IssueList();
        for (int i = 0; i < contracts.Count; i++)
        {
            ChainContract contract = contracts[i];
            uint id = (uint)i + 1;
            definitions[id] = DefinitionOf(contract, id, decimals, SettlementOf(contract, calendar));
            openInterest[i] = Tick.OpenInterest(asOfNanos, id, contract.OpenInterest);
            if (!TryScale(contract.Bid, decimals, out int bid) || !TryScale(contract.Ask, decimals, out int ask))
            {
                issues.Add(contract.Line,
                    $"{contract.Symbol}: bid {contract.Bid} and ask {contract.Ask} do not fit {decimals} decimals; no quote.");
                (bid, ask) = (0, 0);
            }
            quotes[i] = Tick.Quote(asOfNanos, id, bid, ask, bidSize: 0, askSize: 0, venue: 0, TickFlags.NationalBest);
        }
        return new ChainTickSet(definitions, ticks, decimals, spotDecimals, issues.Kept);
    }

    private static long SettlementOf(in ChainContract contract, SessionCalendar? calendar)
    {
        if (calendar is null) return contract.SettlementNanos;
        if (!calendar.TrySettlement(contract.Expiry, contract.Settlement, contract.Root, out long nanos)) Throw.NoSettlement(contract, calendar);
        return nanos;
    }

    private static InstrumentDefinition DefinitionOf(in ChainContract contract, uint id, int decimals, long settlementNanos) => new()
    {
        InstrumentId = id,
        UnderlyingId = UnderlyingId,
        Root = Ascii8.From(contract.Root),
        StrikeMills = contract.StrikeMills,
        SettlementNanos = settlementNanos,
        ExpiryDate = (contract.Expiry.Year * 10_000) + (contract.Expiry.Month * 100) + contract.Expiry.Day,
        Multiplier = contract.Multiplier,
        PriceDecimals = (byte)decimals,
        Kind = contract.Right == OptionRight.Call ? InstrumentKind.Call : InstrumentKind.Put,
        Settlement = (SettlementKind)contract.Settlement,
        Exercise = (ExerciseKind)contract.Exercise,
        Flags = contract.IsAdjusted ? InstrumentFlags.Adjusted : InstrumentFlags.None,
    };

    // The fewest decimals with which every price that can be exact is exact. A price that four decimals cannot hold does not count:
    // it is refused later, and must not make the others coarser or larger.
    private static int DecimalsOf(IReadOnlyList<ChainContract> contracts)
    {
        int decimals = MinDecimals;
        foreach (ChainContract contract in contracts)
        {
            decimals = Math.Max(decimals, DecimalsOf(contract.Bid));
            decimals = Math.Max(decimals, DecimalsOf(contract.Ask));
        }
        return decimals;
    }

    private static int DecimalsOf(double price)
    {
        for (int decimals = MinDecimals; decimals <= MaxDecimals; decimals++)
            if (TryScale(price, decimals, out _)) return decimals;
        return MinDecimals;
    }

    // Exact means: the integer over its power of ten is the very double that the text parsed to.
    private static bool TryScale(double price, int decimals, out int scaled)
    {
        double whole = Math.Round(price * PowersOfTen[decimals]);
        scaled = whole is >= 0 and <= int.MaxValue ? (int)whole : -1;
        return scaled >= 0 && (double)scaled / PowersOfTen[decimals] == price;
    }

    private static int SpotPriceOf(double spot, ref int decimals)
    {
        if (!(spot > 0) || spot > int.MaxValue) Throw.NoSpot(spot);
        while (Math.Round(spot * PowersOfTen[decimals]) > int.MaxValue) decimals--;
        int scaled = (int)Math.Round(spot * PowersOfTen[decimals]);
        if (scaled == 0) Throw.NoSpot(spot);
        return scaled;
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void NoSpot(double spot) => throw new ArgumentOutOfRangeException(
            nameof(spot), spot, $"A spot of {spot} is no price of an underlying: it must be from 0.0001 to {int.MaxValue:N0}.");

        [DoesNotReturn]
        public static void NoSettlement(in ChainContract contract, SessionCalendar calendar) => throw new ArgumentException(
            $"{contract.Symbol} settles outside of {calendar}, which knows {TradingCalendar.FirstYear} to {TradingCalendar.LastYear}.",
            nameof(calendar));
    }
}

/// <summary>What <see cref="ChainTicks.Build"/> gives.</summary>
/// <param name="Definitions">Index = instrument id; 0 is the underlying.</param>
/// <param name="Ticks">In the order in which the engine is to take them.</param>
/// <param name="PriceDecimals">Decimals of every option price.</param>
/// <param name="SpotDecimals">Decimals of the underlying's price.</param>
/// <param name="Issues">Quotes that integers of that scale cannot hold exactly; they go out as "no quote".</param>
public sealed record ChainTickSet(
    InstrumentDefinition[] Definitions, Tick[] Ticks, int PriceDecimals, int SpotDecimals, IReadOnlyList<ChainIssue> Issues);
