namespace DealerFlow.Kernels;

/// <summary>
/// De-Americanisation: from an American price to the w whose American price it is, and to the price of the European option of that w.
/// </summary>
/// <remarks>
/// The premium π is a small and slow function of w out of the money, so w ← w of the European price (price − π(w)) settles in a few
/// rounds; a secant speeds them up and a bracket keeps them. Owns a lattice: not for two threads at once, no allocation per call.
/// </remarks>
public sealed class EarlyExercise
{
    private const int MostRounds = 60;

    // Far below what the lattice knows about w, and reached in two or three rounds.
    private const double SettledDeviation = 1e-6;

    private const double SmallestDeviation = 1e-8;

    private readonly AmericanLattice _lattice;
    private readonly double[] _logMoneyness = new double[Columns.Padding];
    private readonly double[] _premium = new double[Columns.Padding];
    private readonly double[] _deviation = new double[Columns.Padding];
    private readonly SolveStatus[] _status = new SolveStatus[Columns.Padding];

    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="steps">Steps of the finer lattice; see <see cref="AmericanLattice"/>.</param>
    public EarlyExercise(LaneWidth width, int steps = AmericanLattice.DefaultSteps)
    {
        _lattice = new AmericanLattice(width, steps);
        _logMoneyness.AsSpan().Fill(1);
        _premium.AsSpan().Fill(0.1);
    }

    /// <summary>Lattices of the finer kind so far.</summary>
    public ulong Valuations { get; private set; }

    /// <summary>European price and premium of a known w; see <see cref="AmericanLattice.TryValue"/>.</summary>
    /// <param name="terms">Spot, forward, rate, dividends.</param>
    /// <param name="strike">K &gt; 0, currency per share.</param>
    /// <param name="totalDeviation">w in (0, 8].</param>
    /// <param name="isCall">Call or put.</param>
    /// <param name="value">The prices; zeros where the answer is false.</param>
    public bool TryValue(in AmericanTerms terms, double strike, double totalDeviation, bool isCall, out AmericanValue value)
    {
        Valuations++;
        return _lattice.TryValue(terms, strike, totalDeviation, isCall, out value);
    }

    /// <summary>Makes an American price European.</summary>
    /// <param name="terms">Spot, forward, rate, dividends.</param>
    /// <param name="strike">K, currency per share.</param>
    /// <param name="price">American price now, currency per share.</param>
    /// <param name="isCall">Call or put.</param>
    /// <returns>
    /// Ok with w and premium; BelowIntrinsic for a price at or below what exercise now or a certain future brings; AboveMax where no w up
    /// to 8 is worth as much; IllConditioned where one rounding of the price moves w by more than 1e-6; Invalid or Expired for bad input.
    /// </returns>
    public EuropeanEquivalent Deamericanise(in AmericanTerms terms, double strike, double price, bool isCall)
    {
        if (!double.IsFinite(terms.Years) || !double.IsFinite(price) || price < 0) return Without(QuoteStatus.Invalid);
        if (terms.Years <= 0) return Without(QuoteStatus.Expired);
        if (!terms.IsValid || !(strike > 0 && double.IsFinite(strike))) return Without(QuoteStatus.Invalid);
        double exercise = isCall ? terms.Spot - strike : strike - terms.Spot;
        if (price <= exercise || price == 0) return Without(QuoteStatus.BelowIntrinsic);

        // An American option is worth at least its European twin, so its w is at most that of a European option of this price.
        (double high, SolveStatus solved) = EuropeanDeviation(terms, strike, price, isCall);
        if (solved == SolveStatus.BelowIntrinsic) return Without(QuoteStatus.BelowIntrinsic);
        if (solved == SolveStatus.Invalid) return Without(QuoteStatus.Invalid);
        if (solved == SolveStatus.IllConditioned) return Without(QuoteStatus.IllConditioned);
        if (solved == SolveStatus.AboveMax || high > AmericanLattice.LargestDeviation) high = AmericanLattice.LargestDeviation;
        return Solve(terms, strike, price, isCall, high);
    }

    private EuropeanEquivalent Solve(in AmericanTerms terms, double strike, double price, bool isCall, double high)
    {
        double low = SmallestDeviation, w = high, before = 0, resultBefore = 0;
        AmericanValue value = default;
        for (int round = 0; round < MostRounds; round++)
        {
            if (!TryValue(terms, strike, w, isCall, out value)) return Without(QuoteStatus.Invalid);
            bool isAbove = value.American > price;
            if (round == 0 && !isAbove && w == AmericanLattice.LargestDeviation) return Without(QuoteStatus.AboveMax);
            if (isAbove) high = w;
            else low = w;

            (double result, SolveStatus solved) = EuropeanDeviation(terms, strike, price - value.Premium, isCall);
            double next;
            if (solved != SolveStatus.Ok)
            {
                next = Math.Sqrt(low) * Math.Sqrt(high);
            }
            else
            {
                if (Math.Abs(result - w) <= SettledDeviation * w)
                {
                    return Checked(terms, strike, price, result, value);
                }
                // The fixed point of w → result, by the secant through the last two.
                double slope = round == 0 ? 0 : (result - resultBefore) / (w - before);
                next = Math.Abs(1 - slope) > 0.05 && double.IsFinite(slope) ? w + ((result - w) / (1 - slope)) : result;
                (before, resultBefore) = (w, result);
            }
            if (!(next > low && next < high) || round > 20) next = Math.Sqrt(low) * Math.Sqrt(high);
            if (high <= low * (1 + (0.01 * SettledDeviation))) break;
            w = next;
        }
        // Down there nothing is left but what exercise or the forward makes certain: the price says nothing of w.
        if (value.IsImmediate || high <= 2 * SmallestDeviation) return Without(QuoteStatus.BelowIntrinsic);
        return Checked(terms, strike, price, w, value);
    }

    private static EuropeanEquivalent Checked(in AmericanTerms terms, double strike, double price, double w, in AmericanValue value)
    {
        if (value.IsImmediate) return Without(QuoteStatus.BelowIntrinsic);
        double h = Math.Abs(Functions.Log(strike / terms.Forward));
        if (!(ImpliedDeviation.AttainableError(h, w) <= ImpliedDeviation.LargestAttainableError)) return Without(QuoteStatus.IllConditioned);
        return price - value.Premium > 0 ? new EuropeanEquivalent(QuoteStatus.Ok, w, value.Premium) : Without(QuoteStatus.BelowIntrinsic);
    }

    /// <summary>w of a European price, through the out-of-the-money partner.</summary>
    private (double Deviation, SolveStatus Status) EuropeanDeviation(in AmericanTerms terms, double strike, double price, bool isCall)
    {
        double intrinsic = Math.Max(isCall ? terms.Forward - strike : strike - terms.Forward, 0);
        _logMoneyness[0] = Math.Abs(Functions.Log(strike / terms.Forward));
        _premium[0] = Math.FusedMultiplyAdd(-terms.Discount, intrinsic, price) / (terms.Discount * Math.Min(terms.Forward, strike));
        ImpliedDeviation.Solve(LaneWidth.One, _logMoneyness, _premium, _deviation, _status);
        return (_deviation[0], _status[0]);
    }

    private static EuropeanEquivalent Without(QuoteStatus status) => new(status, 0, 0);
}
