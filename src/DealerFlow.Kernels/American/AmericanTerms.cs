namespace DealerFlow.Kernels;

/// <summary>
/// What all American options of one expiry share: spot, forward, rate and the cash dividends until expiry. The escrowed-dividend model:
/// spot less the present value of the dividends still to come before expiry is lognormal, and its forward is F.
/// </summary>
/// <remarks>
/// So a European option on it is Black-76 on the same F and the same w. The part of F that rate and dividends do not explain acts as a
/// continuous yield q: F = (S − Σ PV)·e^((r−q)T). Exercise brings S itself, the dividends still to come included.
/// </remarks>
public readonly ref struct AmericanTerms
{
    /// <param name="spot">S &gt; 0, currency per share, dividends to come included.</param>
    /// <param name="forward">F &gt; 0 at expiry, currency per share.</param>
    /// <param name="rate">r, continuously compounded, per year.</param>
    /// <param name="years">T &gt; 0, years of 365 days.</param>
    /// <param name="dividends">Ascending by time; those not within (0, T) are left aside.</param>
    public AmericanTerms(double spot, double forward, double rate, double years, ReadOnlySpan<CashDividend> dividends = default)
    {
        Spot = spot;
        Forward = forward;
        Rate = rate;
        Years = years;
        Dividends = Within(dividends, years);
        Discount = Functions.Exp(-rate * years);
        Escrow = PresentValue(Dividends, rate);
        LogCarry = Functions.Log(forward / (spot - Escrow));
        IsValid = spot > 0 && double.IsFinite(spot) && forward > 0 && double.IsFinite(forward) && years > 0 && double.IsFinite(years)
            && Discount > 0 && double.IsFinite(Discount) && spot > Escrow && double.IsFinite(LogCarry) && AreOrdered(Dividends);
    }

    /// <summary>S, currency per share.</summary>
    public double Spot { get; }

    /// <summary>F, currency per share.</summary>
    public double Forward { get; }

    /// <summary>r per year.</summary>
    public double Rate { get; }

    /// <summary>T, years.</summary>
    public double Years { get; }

    /// <summary>D = e^(−rT).</summary>
    public double Discount { get; }

    /// <summary>Dividends between now and expiry.</summary>
    public ReadOnlySpan<CashDividend> Dividends { get; }

    /// <summary>Present value of <see cref="Dividends"/>.</summary>
    public double Escrow { get; }

    /// <summary>(r − q)·T = ln(F/(S − escrow)).</summary>
    public double LogCarry { get; }

    /// <summary>Everything is finite and positive where it has to be, the escrow is less than spot, and dividends ascend by time.</summary>
    public bool IsValid { get; }

    /// <summary>The same from a continuous yield instead of a forward.</summary>
    /// <param name="spot">S, currency per share.</param>
    /// <param name="rate">r per year.</param>
    /// <param name="yield">q per year.</param>
    /// <param name="years">T, years.</param>
    /// <param name="dividends">Ascending by time.</param>
    public static AmericanTerms FromYield(
        double spot, double rate, double yield, double years, ReadOnlySpan<CashDividend> dividends = default) => new(
        spot, (spot - PresentValue(Within(dividends, years), rate)) * Functions.Exp((rate - yield) * years), rate, years, dividends);

    /// <summary>Σ amount·e^(−rt) over dividends that lie within (0, T), currency per share.</summary>
    /// <param name="dividends">Ascending by time.</param>
    /// <param name="rate">r per year.</param>
    /// <param name="years">T, years.</param>
    public static double PresentValue(ReadOnlySpan<CashDividend> dividends, double rate, double years) =>
        PresentValue(Within(dividends, years), rate);

    private static double PresentValue(ReadOnlySpan<CashDividend> dividends, double rate)
    {
        double sum = 0;
        foreach (CashDividend dividend in dividends) sum += dividend.Amount * Functions.Exp(-rate * dividend.Years);
        return sum;
    }

    private static ReadOnlySpan<CashDividend> Within(ReadOnlySpan<CashDividend> dividends, double years)
    {
        int first = 0;
        while (first < dividends.Length && dividends[first].Years <= 0) first++;
        int end = first;
        while (end < dividends.Length && !(dividends[end].Years >= years)) end++;
        return dividends[first..end];
    }

    private static bool AreOrdered(ReadOnlySpan<CashDividend> dividends)
    {
        double before = 0;
        foreach (CashDividend dividend in dividends)
        {
            if (!(dividend.Years >= before && dividend.Amount >= 0 && double.IsFinite(dividend.Amount))) return false;
            before = dividend.Years;
        }
        return true;
    }
}
