using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>Inversion from nothing but the price: seed, one step, for some rows a second, for next to none the bracket.</summary>
internal static class ColdSolver
{
    // h and c of a row that needs no thought: what rows without an answer run along with.
    private const double Harmless = 0.1;

    /// <summary>See <see cref="ImpliedDeviation.Solve"/>.</summary>
    [SkipLocalsInit]
    public static int Solve<TLanes>(ReadOnlySpan<double> h, ReadOnlySpan<double> c, Span<double> w, Span<SolveStatus> status)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<double> logMoneyness = stackalloc double[DeviationBlock.Rows];
        Span<double> price = stackalloc double[DeviationBlock.Rows];
        Span<double> log = stackalloc double[DeviationBlock.Rows];
        Span<double> z = stackalloc double[DeviationBlock.Rows];
        Span<double> pricePerVega = stackalloc double[DeviationBlock.Rows];
        Span<double> settled = stackalloc double[DeviationBlock.Rows];
        int oneByOne = 0;
        for (int start = 0; start < h.Length; start += DeviationBlock.Rows)
        {
            int count = Math.Min(DeviationBlock.Rows, h.Length - start);
            ReadOnlySpan<double> givenH = h.Slice(start, count), givenC = c.Slice(start, count);
            var block = new DeviationBlock
            {
                LogMoneyness = logMoneyness[..count],
                Price = price[..count],
                Deviation = w.Slice(start, count),
                Log = log,
                Z = z,
                PricePerVega = pricePerVega,
                Settled = settled,
            };
            TakeSolvable<TLanes>(givenH, givenC, logMoneyness, price);
            block.TakeLog<TLanes>();
            block.Seed<TLanes>();
            block.Evaluate<TLanes>(0, (nuint)count);
            block.Improve<TLanes>(0, (nuint)count);
            oneByOne += Settle<TLanes>(givenH, givenC, block, status.Slice(start, count));
        }
        return oneByOne;
    }

    private static void TakeSolvable<TLanes>(ReadOnlySpan<double> h, ReadOnlySpan<double> c, Span<double> logMoneyness, Span<double> price)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes harmless = TLanes.Broadcast(Harmless);
        for (nuint i = 0; i < (nuint)h.Length; i += (nuint)TLanes.Count)
        {
            TLanes x = Columns.Load<TLanes>(h, i);
            TLanes p = Columns.Load<TLanes>(c, i);
            TLanes solvable = ImpliedDeviation.IsSolvable(x, p);
            Columns.Store(TLanes.Select(solvable, x, harmless), logMoneyness, i);
            Columns.Store(TLanes.Select(solvable, p, harmless), price, i);
        }
    }

    private static int Settle<TLanes>(ReadOnlySpan<double> h, ReadOnlySpan<double> c, in DeviationBlock block, Span<SolveStatus> status)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        status.Clear(); // SolveStatus.Ok
        int oneByOne = 0;
        for (int i = 0; i < h.Length; i += TLanes.Count)
        {
            TLanes solvable = ImpliedDeviation.IsSolvable(Columns.Load<TLanes>(h, (nuint)i), Columns.Load<TLanes>(c, (nuint)i));
            TLanes settled = Columns.Load<TLanes>(block.Settled, (nuint)i);
            if (!TLanes.All(TLanes.And(solvable, settled))) oneByOne += SettleRest<TLanes>(h, c, block, status, i);
        }
        return oneByOne;
    }

    /// <summary>Rows of one register that are not all plainly Ok: a second step where the first was not small, then the bracket.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SettleRest<TLanes>(
        ReadOnlySpan<double> h, ReadOnlySpan<double> c, in DeviationBlock block, Span<SolveStatus> status, int i)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nuint row = (nuint)i;
        TLanes solvable = ImpliedDeviation.IsSolvable(Columns.Load<TLanes>(h, row), Columns.Load<TLanes>(c, row));
        TLanes first = Columns.Load<TLanes>(block.Settled, row);
        TLanes kept = Columns.Load<TLanes>(block.Deviation, row);
        block.Evaluate<TLanes>(row, row + (nuint)TLanes.Count);
        block.Improve<TLanes>(row, row + (nuint)TLanes.Count);
        TLanes w = TLanes.Select(first, kept, Columns.Load<TLanes>(block.Deviation, row));
        TLanes settled = TLanes.And(solvable, TLanes.Or(first, Columns.Load<TLanes>(block.Settled, row)));
        Columns.Store(TLanes.Select(settled, w, TLanes.Broadcast(0)), block.Deviation, row);

        int oneByOne = 0;
        for (int k = i; k < i + TLanes.Count; k++)
        {
            if (block.Deviation[k] > 0) continue;
            status[k] = ImpliedDeviation.Classify(h[k], c[k]);
            if (status[k] != SolveStatus.Ok) continue;
            oneByOne++;
            double deviation = BracketedSolver.Solve(h[k], c[k]);
            if (ImpliedDeviation.AttainableError(h[k], deviation) <= ImpliedDeviation.LargestAttainableError) block.Deviation[k] = deviation;
            else status[k] = SolveStatus.IllConditioned;
        }
        return oneByOne;
    }
}
