using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>Bid, middle and ask of a quote, and what the three say of it together (METHODOLOGY: from a quote to w).</summary>
internal static class QuoteSolver
{
    /// <summary>See <see cref="ImpliedDeviation.SolveQuotes"/>.</summary>
    [SkipLocalsInit]
    public static int Solve<TLanes>(in QuoteRows rows, in QuoteDeviations results) where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<SolveStatus> bid = stackalloc SolveStatus[DeviationBlock.Rows];
        Span<SolveStatus> middle = stackalloc SolveStatus[DeviationBlock.Rows];
        Span<SolveStatus> ask = stackalloc SolveStatus[DeviationBlock.Rows];
        int oneByOne = 0;
        for (int start = 0; start < rows.LogMoneyness.Length; start += DeviationBlock.Rows)
        {
            int count = Math.Min(DeviationBlock.Rows, rows.LogMoneyness.Length - start);
            ReadOnlySpan<double> h = rows.LogMoneyness.Slice(start, count);
            oneByOne += ColdSolver.Solve<TLanes>(h, rows.Bid.Slice(start, count), results.Bid.Slice(start, count), bid[..count]);
            oneByOne += ColdSolver.Solve<TLanes>(h, rows.Middle.Slice(start, count), results.Middle.Slice(start, count), middle[..count]);
            oneByOne += ColdSolver.Solve<TLanes>(h, rows.Ask.Slice(start, count), results.Ask.Slice(start, count), ask[..count]);
            for (int i = 0; i < count; i++)
            {
                int row = start + i;
                QuoteStatus status = OfPrices(rows.Bid[row], rows.Middle[row], rows.Ask[row]);
                bool isTwoSided = status is QuoteStatus.Ok or QuoteStatus.Locked;
                if (isTwoSided) status = OfSolutions(status, middle[i], ask[i], results.Bid[row], results.Ask[row]);
                if (!isTwoSided) results.Middle[row] = 0;
                results.Status[row] = status;
            }
        }
        return oneByOne;
    }

    private static QuoteStatus OfPrices(double bid, double middle, double ask)
    {
        bool isNumber = bid >= 0 && ask >= 0 && Math.Abs(middle) <= double.MaxValue && bid <= double.MaxValue && ask <= double.MaxValue;
        return !isNumber ? QuoteStatus.Invalid
            : bid == 0 ? ask == 0 ? QuoteStatus.Missing : QuoteStatus.NoBid
            : bid > ask ? QuoteStatus.Crossed
            : bid == ask ? QuoteStatus.Locked
            : QuoteStatus.Ok;
    }

    private static QuoteStatus OfSolutions(QuoteStatus two, SolveStatus middle, SolveStatus ask, double bidDeviation, double askDeviation) =>
        middle switch
        {
            SolveStatus.AboveMax => QuoteStatus.AboveMax,
            SolveStatus.IllConditioned => QuoteStatus.IllConditioned,
            SolveStatus.BelowIntrinsic => QuoteStatus.BelowIntrinsic,
            SolveStatus.Invalid => QuoteStatus.Invalid,
            _ when two == QuoteStatus.Locked => QuoteStatus.Locked,
            _ when ask != SolveStatus.Ok || askDeviation > 2 * bidDeviation => QuoteStatus.Wide,
            _ => QuoteStatus.Ok,
        };
}
