using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>
/// Some rows on their way from a price to w, as columns in the first cache, and the stages that they pass. A stage is a loop of its
/// own for two reasons: its dependent operations are few enough for the processor to work on several registers at once, and its
/// body fits the compiler's inlining budget, which a whole solver does not.
/// </summary>
internal readonly ref struct DeviationBlock
{
    /// <summary>Rows of a block.</summary>
    public const int Rows = 128;

    // Above it 1 − c is solved for; at h = 0 that is w = 0.97, well inside the reach of the series that carries c.
    private const double UpperPrice = 0.37;

    /// <summary>|ln(K/F)|.</summary>
    public required ReadOnlySpan<double> LogMoneyness { get; init; }

    /// <summary>Normalised price.</summary>
    public required ReadOnlySpan<double> Price { get; init; }

    /// <summary>w so far.</summary>
    public required Span<double> Deviation { get; init; }

    /// <summary>ln(1 + 1/ρ) of the seed.</summary>
    public Span<double> Log { get; init; }

    /// <summary>h/w.</summary>
    public required Span<double> Z { get; init; }

    /// <summary>price/(w·vega) at w.</summary>
    public required Span<double> PricePerVega { get; init; }

    /// <summary>ln price(w) − ln target.</summary>
    public Span<double> Excess { get; init; }

    /// <summary>Householder step, a share of w.</summary>
    public Span<double> Step { get; init; }

    /// <summary>Mask: w is final.</summary>
    public required Span<double> Settled { get; init; }

    /// <summary>Mask of the rows that are solved for 1 − c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes IsUpper<TLanes>(TLanes c) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.LessThan(TLanes.Broadcast(UpperPrice), c);

    /// <summary>The first cold stage: the logarithm of the seed.</summary>
    public void TakeLog<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nuint i = 0; i < (nuint)LogMoneyness.Length; i += (nuint)TLanes.Count)
            Columns.Store(DeviationSeed.LogOnePlusInverse(Columns.Load<TLanes>(LogMoneyness, i), Columns.Load<TLanes>(Price, i)), Log, i);
    }

    /// <summary>The second: a first w.</summary>
    public void Seed<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nuint i = 0; i < (nuint)LogMoneyness.Length; i += (nuint)TLanes.Count)
        {
            TLanes h = Columns.Load<TLanes>(LogMoneyness, i);
            TLanes c = Columns.Load<TLanes>(Price, i);
            TLanes seed = DeviationSeed.Near(h, c, Columns.Load<TLanes>(Log, i));
            Columns.Store(seed, Deviation, i);
            if (!TLanes.All(DeviationSeed.IsNear(h, c, seed))) SeedFar<TLanes>(i);
        }
    }

    /// <summary>
    /// The price at w in rows from <paramref name="start"/> to <paramref name="end"/>. Rows come expiry by expiry, so whole registers
    /// fit the short form; a row's bits do not depend on its neighbours.
    /// </summary>
    public void Evaluate<TLanes>(nuint start, nuint end) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nuint i = start; i < end; i += (nuint)TLanes.Count)
        {
            TLanes h = Columns.Load<TLanes>(LogMoneyness, i);
            TLanes w = Columns.Load<TLanes>(Deviation, i);
            TLanes isLower = TLanes.LessThanOrEqual(Columns.Load<TLanes>(Price, i), TLanes.Broadcast(UpperPrice));
            if (!TLanes.All(TLanes.And(isLower, ScaledBlack.IsShort(h, w))))
            {
                EvaluateLong<TLanes>(i);
                continue;
            }
            TLanes z = Node.Quotient(h, w, TLanes.Broadcast(1) / w);
            ScaledBlack.PricePerVegaOfShort(h, w, z, out TLanes numerator, out TLanes denominator);
            Columns.Store(z, Z, i);
            Columns.Store(numerator / denominator, PricePerVega, i);
        }
    }

    /// <summary>A Householder step in rows from <paramref name="start"/> to <paramref name="end"/>, and whether it was so small that w is final.</summary>
    public void Improve<TLanes>(nuint start, nuint end) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nuint i = start; i < end; i += (nuint)TLanes.Count)
        {
            TLanes w = Columns.Load<TLanes>(Deviation, i);
            TLanes step = HouseholderStep.Of(Columns.Load<TLanes>(Price, i), w, Columns.Load<TLanes>(Z, i), Columns.Load<TLanes>(PricePerVega, i), out TLanes isFinal);
            Columns.Store(TLanes.MultiplyAdd(w, step, w), Deviation, i);
            Columns.Store(isFinal, Settled, i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SeedFar<TLanes>(nuint i) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes h = Columns.Load<TLanes>(LogMoneyness, i);
        TLanes c = Columns.Load<TLanes>(Price, i);
        TLanes near = Columns.Load<TLanes>(Deviation, i);
        Columns.Store(TLanes.Select(DeviationSeed.IsNear(h, c, near), near, DeviationSeed.Far(h, c)), Deviation, i);
    }

    /// <summary>Still lower rows whose series are longer; else any row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EvaluateLong<TLanes>(nuint i) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes h = Columns.Load<TLanes>(LogMoneyness, i);
        TLanes w = Columns.Load<TLanes>(Deviation, i);
        TLanes isLower = TLanes.LessThanOrEqual(Columns.Load<TLanes>(Price, i), TLanes.Broadcast(UpperPrice));
        if (!TLanes.All(TLanes.And(isLower, ScaledBlack.IsSeries(h, w))))
        {
            EvaluateAny<TLanes>(i);
            return;
        }
        TLanes z = Node.Quotient(h, w, TLanes.Broadcast(1) / w);
        ScaledBlack.PricePerVegaOfSeries(h, w, z, out TLanes numerator, out TLanes denominator);
        Columns.Store(z, Z, i);
        Columns.Store(numerator / denominator, PricePerVega, i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EvaluateAny<TLanes>(nuint i) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes h = Columns.Load<TLanes>(LogMoneyness, i);
        TLanes w = Columns.Load<TLanes>(Deviation, i);
        TLanes z = Node.Quotient(h, w, TLanes.Broadcast(1) / w);
        ScaledBlack.PricePerVega(h, w, z, IsUpper(Columns.Load<TLanes>(Price, i)), out TLanes numerator, out TLanes denominator);
        Columns.Store(z, Z, i);
        Columns.Store(numerator / denominator, PricePerVega, i);
    }
}
