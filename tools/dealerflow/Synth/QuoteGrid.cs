using DealerFlow.Import;

namespace DealerFlow.Cli.Synth;

/// <summary>The price steps that an exchange allows: one below 3.00, one from there on. Prices are whole cents.</summary>
/// <param name="FineCents">Step below 3.00.</param>
/// <param name="CoarseCents">Step from 3.00 on.</param>
internal readonly record struct QuoteGrid(int FineCents, int CoarseCents)
{
    /// <summary>Decimals of every price on the grid.</summary>
    public const byte Decimals = 2;

    private const int BoundaryCents = 300;
    private const double RoundingSlack = 1e-7;

    /// <summary>SPX: 0.05 below 3.00, 0.10 from there on (Cboe Rule 5.4).</summary>
    public static readonly QuoteGrid Spx = new(5, 10);

    /// <summary>
    /// The coarsest usual grid that nearly all quotes of a chain lie on: nickels and dimes, cents and nickels, or cents alone.
    /// </summary>
    public static QuoteGrid Of(OptionChain chain)
    {
        Span<int> fineMisses = stackalloc int[2], coarseMisses = stackalloc int[2];
        int fine = 0, coarse = 0;
        foreach (ChainContract contract in chain.Contracts)
        {
            Look(contract.Bid, ref fine, fineMisses, ref coarse, coarseMisses);
            Look(contract.Ask, ref fine, fineMisses, ref coarse, coarseMisses);
        }
        int fineCents = fineMisses[0] * 100 <= fine ? 5 : 1;
        int coarseCents = coarseMisses[1] * 100 <= coarse ? 10 : coarseMisses[0] * 100 <= coarse ? 5 : 1;
        return new QuoteGrid(fineCents, Math.Max(fineCents, coarseCents));

        static void Look(double price, ref int fine, Span<int> fineMisses, ref int coarse, Span<int> coarseMisses)
        {
            if (!(price > 0)) return;
            long cents = (long)Math.Round(price * 100);
            bool isFine = cents < BoundaryCents;
            (isFine ? ref fine : ref coarse)++;
            Span<int> misses = isFine ? fineMisses : coarseMisses;
            if (cents % 5 != 0) misses[0]++;
            if (cents % 10 != 0) misses[1]++;
        }
    }

    /// <summary>The highest price on the grid that is not above <paramref name="price"/> (currency); 0 below the first step.</summary>
    public int Floor(double price)
    {
        int cents = (int)Math.Floor((price * 100) + RoundingSlack);
        return cents <= 0 ? 0 : cents - (cents % StepAt(cents));
    }

    /// <summary>The lowest price on the grid that is not below <paramref name="price"/> (currency) and not 0.</summary>
    public int Ceiling(double price)
    {
        int cents = Math.Max((int)Math.Ceiling((price * 100) - RoundingSlack), FineCents);
        int step = StepAt(cents - 1);
        return (cents + step - 1) / step * step;
    }

    /// <summary>The step from a price upwards.</summary>
    public int StepAt(int cents) => cents < BoundaryCents ? FineCents : CoarseCents;

    /// <summary>One step up.</summary>
    public int Above(int cents) => cents + StepAt(cents);

    /// <summary>One step down, not below 0.</summary>
    public int Below(int cents) => cents == 0 ? 0 : cents - StepAt(cents - 1);

    /// <summary>Whether a price may be quoted.</summary>
    public bool Contains(int cents) => cents >= 0 && cents % StepAt(cents) == 0;
}
