using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>Bid, middle and ask of a quote, and what the three say of it together (METHODOLOGY: from a quote to w).</summary>
internal static class QuoteSolver
{
    // Prices between which there is no doubt that w is determined, and how much rounding may matter.
    private const double LeastPlain = 1e-250, MostPlain = 0.5, Margin = 1e-9;

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

    /// <summary>See <see cref="ImpliedDeviation.SolveMiddles"/>.</summary>
    [SkipLocalsInit]
    public static int SolveMiddles<TLanes>(in QuoteRows rows, in QuoteDeviations results, Span<bool> sidesAreLater) where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<SolveStatus> middle = stackalloc SolveStatus[DeviationBlock.Rows];
        Span<int> late = stackalloc int[DeviationBlock.Rows];
        int oneByOne = 0;
        for (int start = 0; start < rows.LogMoneyness.Length; start += DeviationBlock.Rows)
        {
            int count = Math.Min(DeviationBlock.Rows, rows.LogMoneyness.Length - start);
            ReadOnlySpan<double> h = rows.LogMoneyness.Slice(start, count);
            oneByOne += ColdSolver.Solve<TLanes>(h, rows.Middle.Slice(start, count), results.Middle.Slice(start, count), middle[..count]);
            int wide = 0;
            for (int i = 0; i < count; i++)
            {
                int row = start + i;
                sidesAreLater[row] = false;
                QuoteStatus status = OfPrices(rows.Bid[row], rows.Middle[row], rows.Ask[row]);
                if (status is not (QuoteStatus.Ok or QuoteStatus.Locked)) results.Middle[row] = 0;
                else if (middle[i] != SolveStatus.Ok) status = OfSolutions(status, middle[i], SolveStatus.Ok, 0, 0);
                else if (IsPlainlyNarrow(rows.Bid[row], rows.Ask[row], results.Middle[row])) sidesAreLater[row] = true;
                else late[wide++] = row;
                results.Status[row] = status;
            }
            if (wide > 0) oneByOne += SolveWide<TLanes>(rows, results, late[..wide]);
        }
        return oneByOne;
    }

    /// <summary>
    /// True only where w(ask) ≤ 2·w(bid) without a doubt, and both are determined. For out-of-the-money options the price b grows with
    /// slope b′(v) ∝ exp(−(h²/v² + v²/4)/2), so that b(2w) ≥ b(w)·(1 + exp(−w²/2)), and exp(−x) ≥ 1 − x.
    /// </summary>
    private static bool IsPlainlyNarrow(double bid, double ask, double middleDeviation) =>
        bid >= LeastPlain && ask <= MostPlain && middleDeviation <= 1
        && ask <= bid * (2 - (middleDeviation * middleDeviation / 2)) * (1 - Margin);

    /// <summary>Bid and ask of rows that may be too wide.</summary>
    [SkipLocalsInit]
    private static int SolveWide<TLanes>(in QuoteRows rows, in QuoteDeviations results, ReadOnlySpan<int> late) where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<double> h = stackalloc double[DeviationBlock.Rows], price = stackalloc double[DeviationBlock.Rows];
        Span<double> bidDeviation = stackalloc double[DeviationBlock.Rows], askDeviation = stackalloc double[DeviationBlock.Rows];
        Span<SolveStatus> status = stackalloc SolveStatus[DeviationBlock.Rows];
        int padded = Columns.PaddedLength(late.Length);
        for (int i = 0; i < late.Length; i++) (h[i], price[i]) = (rows.LogMoneyness[late[i]], rows.Bid[late[i]]);
        h[late.Length..padded].Clear();
        price[late.Length..padded].Clear();
        int oneByOne = ColdSolver.Solve<TLanes>(h[..padded], price[..padded], bidDeviation[..padded], status[..padded]);
        for (int i = 0; i < late.Length; i++) price[i] = rows.Ask[late[i]];
        oneByOne += ColdSolver.Solve<TLanes>(h[..padded], price[..padded], askDeviation[..padded], status[..padded]);
        for (int i = 0; i < late.Length; i++)
        {
            int row = late[i];
            (results.Bid[row], results.Ask[row]) = (bidDeviation[i], askDeviation[i]);
            results.Status[row] = OfSolutions(results.Status[row], SolveStatus.Ok, status[i], bidDeviation[i], askDeviation[i]);
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
