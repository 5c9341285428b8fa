using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>
/// Black (1976) on independent rows: from a price to volatility and all Greeks, and from a total deviation to price and all Greeks.
/// </summary>
public static class Black76
{
    /// <summary>Inverts and differentiates every row.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="rows">Columns of shape [n], n a multiple of 8.</param>
    /// <param name="results">Columns of shape [n].</param>
    /// <remarks>
    /// An in-the-money row is solved through its out-of-the-money partner, price − D·|F − K|, and is IllConditioned where the
    /// digits left after that subtraction do not determine w to 1e-6. Errors: docs/numerics.md. Source: METHODOLOGY, Greeks.
    /// </remarks>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static void FromPrices(LaneWidth width, in PricedRows rows, in GreekRows results)
    {
        int length = rows.Price.Length;
        RowTerms.Of(rows).CheckLengths(length);
        results.CheckLengths(length);
        switch (width)
        {
            case LaneWidth.One: FromPrices<F64x1>(rows, results); break;
            case LaneWidth.Two: FromPrices<F64x2>(rows, results); break;
            case LaneWidth.Four: FromPrices<F64x4>(rows, results); break;
            case LaneWidth.Eight: FromPrices<F64x8>(rows, results); break;
            default: Columns.ThrowUnknownWidth(width); break;
        }
    }

    /// <summary>Prices and differentiates every row.</summary>
    /// <param name="width">Lanes; the bits do not depend on it.</param>
    /// <param name="rows">Columns of shape [n], n a multiple of 8.</param>
    /// <param name="price">Receives the price now, currency per share, 0 where the status is not Ok, shape [n].</param>
    /// <param name="results">Columns of shape [n]; the status is Ok, Invalid or Expired.</param>
    /// <remarks>
    /// Out of the money the price keeps its relative accuracy however small it is; in the money D·|F − K| is added. A row whose
    /// Greeks overflow (w of 1e-300 at the money) is Invalid. Errors: docs/numerics.md. Source: METHODOLOGY, Greeks.
    /// </remarks>
    /// <exception cref="ArgumentException">Columns of other lengths, or a length that is no multiple of 8.</exception>
    public static void FromDeviations(LaneWidth width, in DeviationRows rows, Span<double> price, in GreekRows results)
    {
        int length = rows.TotalDeviation.Length;
        RowTerms.Of(rows).CheckLengths(length);
        Columns.Check(length, price.Length, nameof(price));
        results.CheckLengths(length);
        switch (width)
        {
            case LaneWidth.One: FromDeviations<F64x1>(rows, price, results); break;
            case LaneWidth.Two: FromDeviations<F64x2>(rows, price, results); break;
            case LaneWidth.Four: FromDeviations<F64x4>(rows, price, results); break;
            case LaneWidth.Eight: FromDeviations<F64x8>(rows, price, results); break;
            default: Columns.ThrowUnknownWidth(width); break;
        }
    }

    /// <summary>The price now of one option.</summary>
    /// <param name="forward">F &gt; 0.</param>
    /// <param name="strike">K &gt; 0.</param>
    /// <param name="discount">D &gt; 0.</param>
    /// <param name="totalDeviation">w = σ√T ≥ 0.</param>
    /// <param name="isCall">Call or put.</param>
    /// <returns>
    /// Relative error out of the money below 1e-14 for |d1| ≤ 10 and below 3e-13 however deep; NaN for arguments outside of these domains.
    /// </returns>
    public static double Price(double forward, double strike, double discount, double totalDeviation, bool isCall)
    {
        if (!(forward > 0 && strike > 0 && discount > 0)) return double.NaN;
        double h = Math.Abs(RowPasses.LogRatio(new F64x1(strike), new F64x1(forward), out _).Value);
        double premium = Math.Min(forward, strike) * ImpliedDeviation.NormalisedPrice(h, totalDeviation);
        double intrinsic = Math.Max(isCall ? forward - strike : strike - forward, 0);
        return discount * (premium + intrinsic);
    }

    [SkipLocalsInit]
    private static void FromPrices<TLanes>(in PricedRows rows, in GreekRows results) where TLanes : unmanaged, ILanes<TLanes>
    {
        RowTerms all = RowTerms.Of(rows);
        Unsafe.SkipInit(out RowBlock block);
        for (int start = 0; start < rows.Price.Length; start += RowBlock.Rows)
        {
            int count = Math.Min(RowBlock.Rows, rows.Price.Length - start);
            RowTerms terms = all.Slice(start, count);
            ReadOnlySpan<double> price = rows.Price.Slice(start, count);
            GreekRows answers = results.Slice(start, count);
            Span<SolveStatus> solved = block.Solved;

            RowPasses.Carry<TLanes>(terms, ref block);
            RowPasses.Normalise<TLanes>(terms, price, ref block);
            ColdSolver.Solve<TLanes>(block.H[..count], block.C[..count], answers.TotalDeviation, solved[..count]);
            RowPasses.Distribute<TLanes>(terms, answers.TotalDeviation, ref block);
            RowPasses.Slopes<TLanes>(terms, ref block, answers);
            RowPasses.Curvatures<TLanes>(terms, ref block, answers);
            RowPasses.Conditioning<TLanes>(terms, price, ref block, answers);
            for (int i = 0; i < count; i++)
            {
                answers.Status[i] = Status(block.Reason[i], solved[i], block.Verdict[i]);
                if (answers.Status[i] != QuoteStatus.Ok) answers.Clear(i);
            }
        }
    }

    [SkipLocalsInit]
    private static void FromDeviations<TLanes>(in DeviationRows rows, Span<double> price, in GreekRows results)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        RowTerms all = RowTerms.Of(rows);
        Unsafe.SkipInit(out RowBlock block);
        for (int start = 0; start < price.Length; start += RowBlock.Rows)
        {
            int count = Math.Min(RowBlock.Rows, price.Length - start);
            RowTerms terms = all.Slice(start, count);
            GreekRows answers = results.Slice(start, count);
            Span<double> prices = price.Slice(start, count);
            rows.TotalDeviation.Slice(start, count).CopyTo(answers.TotalDeviation);

            RowPasses.Carry<TLanes>(terms, ref block);
            RowPasses.Distribute<TLanes>(terms, answers.TotalDeviation, ref block);
            RowPasses.Prices<TLanes>(terms, answers.TotalDeviation, ref block, prices);
            RowPasses.Slopes<TLanes>(terms, ref block, answers);
            RowPasses.Curvatures<TLanes>(terms, ref block, answers);
            for (int i = 0; i < count; i++)
            {
                answers.Status[i] = Status(block.Reason[i], answers.TotalDeviation[i], block.Verdict[i], prices[i]);
                if (answers.Status[i] == QuoteStatus.Ok) continue;
                answers.Clear(i);
                prices[i] = 0;
            }
        }
    }

    private static QuoteStatus Status(double reason, SolveStatus solved, double verdict) => solved switch
    {
        _ when reason != 0 => (QuoteStatus)reason,
        SolveStatus.BelowIntrinsic => QuoteStatus.BelowIntrinsic,
        SolveStatus.AboveMax => QuoteStatus.AboveMax,
        SolveStatus.IllConditioned => QuoteStatus.IllConditioned,
        SolveStatus.Invalid => QuoteStatus.Invalid,
        _ => (QuoteStatus)verdict,
    };

    /// <summary>An expired option has w = 0 by nature, so that is no fault of the row.</summary>
    private static QuoteStatus Status(double reason, double totalDeviation, double verdict, double price)
    {
        if (reason == (double)QuoteStatus.Invalid || !(totalDeviation >= 0 && double.IsFinite(totalDeviation))) return QuoteStatus.Invalid;
        if (reason != 0) return (QuoteStatus)reason;
        return totalDeviation == 0 || !double.IsFinite(price) ? QuoteStatus.Invalid : (QuoteStatus)verdict;
    }
}
