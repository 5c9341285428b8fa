using System.Runtime.CompilerServices;

namespace DealerFlow.Kernels;

/// <summary>How the rows of a warm solve were answered that the seed could not answer.</summary>
/// <param name="Cold">Rows solved afresh because the seed was too far off or useless; rows without an answer are among them.</param>
/// <param name="OneByOne">Rows of these that the fixed steps missed as well.</param>
public readonly record struct WarmMisses(int Cold, int OneByOne);

/// <summary>Inversion from an earlier w: one evaluation of the price there, and what its derivatives say of the way.</summary>
internal static class WarmSolver
{
    // Misses are collected over blocks, so that the cold solver gets full registers.
    private const int Capacity = 2 * DeviationBlock.Rows;

    // Not small enough for any product to underflow.
    private const double SmallestSeed = 1e-100;

    /// <summary>See <see cref="ImpliedDeviation.SolveWarm"/>.</summary>
    [SkipLocalsInit]
    public static WarmMisses Solve<TLanes>(
        ReadOnlySpan<double> h, ReadOnlySpan<double> c, ReadOnlySpan<double> seed, Span<double> w, Span<SolveStatus> status)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<double> deviation = stackalloc double[DeviationBlock.Rows];
        Span<double> z = stackalloc double[DeviationBlock.Rows];
        Span<double> pricePerVega = stackalloc double[DeviationBlock.Rows];
        Span<double> excess = stackalloc double[DeviationBlock.Rows];
        Span<double> step = stackalloc double[DeviationBlock.Rows];
        Span<double> settled = stackalloc double[DeviationBlock.Rows];
        Span<int> missed = stackalloc int[Capacity];
        int pending = 0, cold = 0, oneByOne = 0;
        status.Clear(); // SolveStatus.Ok
        for (int start = 0; start < h.Length; start += DeviationBlock.Rows)
        {
            int count = Math.Min(DeviationBlock.Rows, h.Length - start);
            seed.Slice(start, count).CopyTo(deviation);
            var block = new DeviationBlock
            {
                LogMoneyness = h.Slice(start, count),
                Price = c.Slice(start, count),
                Deviation = deviation[..count],
                Z = z,
                PricePerVega = pricePerVega,
                Excess = excess,
                Step = step,
                Settled = settled,
            };
            block.Evaluate<TLanes>(0, (nuint)count);
            Step<TLanes>(block);
            Polish<TLanes>(block, w.Slice(start, count));
            pending = Collect<TLanes>(settled[..count], start, missed, pending);
            if (pending <= Capacity - DeviationBlock.Rows) continue;
            oneByOne += SolveCold<TLanes>(h, c, missed[..pending], w, status);
            cold += pending;
            pending = 0;
        }
        if (pending > 0) oneByOne += SolveCold<TLanes>(h, c, missed[..pending], w, status);
        return new WarmMisses(cold + pending, oneByOne);
    }

    private static void Step<TLanes>(in DeviationBlock block) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (nuint i = 0; i < (nuint)block.LogMoneyness.Length; i += (nuint)TLanes.Count)
        {
            TLanes c = Columns.Load<TLanes>(block.Price, i);
            TLanes w = Columns.Load<TLanes>(block.Deviation, i);
            TLanes z = Columns.Load<TLanes>(block.Z, i);
            TLanes pricePerVega = Columns.Load<TLanes>(block.PricePerVega, i);
            TLanes excess = HouseholderStep.Excess(c, w, z, pricePerVega);
            Columns.Store(excess, block.Excess, i);
            Columns.Store(HouseholderStep.From(z, w, excess, -(excess * pricePerVega)), block.Step, i);
        }
    }

    private static void Polish<TLanes>(in DeviationBlock block, Span<double> result) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = TLanes.Broadcast(0);
        for (nuint i = 0; i < (nuint)result.Length; i += (nuint)TLanes.Count)
        {
            TLanes h = Columns.Load<TLanes>(block.LogMoneyness, i);
            TLanes c = Columns.Load<TLanes>(block.Price, i);
            TLanes w = Columns.Load<TLanes>(block.Deviation, i);
            TLanes pricePerVega = Columns.Load<TLanes>(block.PricePerVega, i);
            TLanes step = WarmStep.Polish(
                Columns.Load<TLanes>(block.Z, i), w, pricePerVega, Columns.Load<TLanes>(block.Excess, i),
                Columns.Load<TLanes>(block.Step, i), out TLanes isFinal);
            isFinal = TLanes.And(isFinal, ImpliedDeviation.IsWellConditioned(pricePerVega));
            // An upper row was evaluated for 1 − c, which this step does not know; for a large w its series is too short.
            TLanes isSeeded = TLanes.And(ImpliedDeviation.IsSolvable(h, c), TLanes.And(
                TLanes.LessThanOrEqual(TLanes.Broadcast(SmallestSeed), w), ScaledBlack.IsSeries(h, w)));
            Columns.Store(TLanes.And(isFinal, TLanes.Select(DeviationBlock.IsUpper(c), zero, isSeeded)), block.Settled, i);
            Columns.Store(TLanes.MultiplyAdd(w, step, w), result, i);
        }
    }

    /// <summary>Appends the rows that are not settled.</summary>
    private static int Collect<TLanes>(ReadOnlySpan<double> settled, int start, Span<int> missed, int pending)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int i = 0; i < settled.Length; i += TLanes.Count)
        {
            if (TLanes.All(Columns.Load<TLanes>(settled, (nuint)i))) continue;
            for (int row = i; row < i + TLanes.Count; row++)
            {
                missed[pending] = start + row;
                pending += BitConverter.DoubleToInt64Bits(settled[row]) == 0 ? 1 : 0;
            }
        }
        return pending;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SolveCold<TLanes>(
        ReadOnlySpan<double> h, ReadOnlySpan<double> c, ReadOnlySpan<int> missed, Span<double> w, Span<SolveStatus> status)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<double> gatheredH = stackalloc double[Capacity];
        Span<double> gatheredC = stackalloc double[Capacity];
        Span<double> solved = stackalloc double[Capacity];
        Span<SolveStatus> outcome = stackalloc SolveStatus[Capacity];
        int padded = Columns.PaddedLength(missed.Length);
        gatheredH[..padded].Clear();
        gatheredC[..padded].Clear();
        for (int i = 0; i < missed.Length; i++)
        {
            gatheredH[i] = h[missed[i]];
            gatheredC[i] = c[missed[i]];
        }
        int oneByOne = ColdSolver.Solve<TLanes>(gatheredH[..padded], gatheredC[..padded], solved[..padded], outcome[..padded]);
        for (int i = 0; i < missed.Length; i++)
        {
            w[missed[i]] = solved[i];
            status[missed[i]] = outcome[i];
        }
        return oneByOne;
    }
}
