using DealerFlow.Kernels;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>A seed may save time; it must never cost an answer.</summary>
public class WarmSolverTests(ITestOutputHelper output)
{
    private const int Rows = 200_000;

    // 1e-12 is the promise for the solver's own error; where the price itself does not determine w that well, that is the measure.
    private static double Allowed(double h, double w) => Math.Max(1e-12, 4 * ImpliedDeviation.AttainableError(h, w));

    [Theory]
    [InlineData(0)]
    [InlineData(1e-6)]
    [InlineData(1e-3)]
    [InlineData(0.01)]
    [InlineData(0.03)]
    [InlineData(0.3)]
    public void A_seed_near_the_answer_gives_the_cold_answer(double distance)
    {
        NodeRows.Prices(Rows, seed: 41, out double[] h, out double[] c);
        double[] cold = new double[h.Length], seed = new double[h.Length], warm = new double[h.Length];
        SolveStatus[] coldStatus = new SolveStatus[h.Length], status = new SolveStatus[h.Length];
        ImpliedDeviation.Solve(LaneDispatch.Best, h, c, cold, coldStatus);
        var random = new Random(42);
        for (int i = 0; i < h.Length; i++) seed[i] = cold[i] * (1 + distance * (2 * random.NextDouble() - 1));
        WarmMisses misses = ImpliedDeviation.SolveWarm(LaneDispatch.Best, h, c, seed, warm, status);

        Assert.Equal(coldStatus, status);
        double worst = 0;
        for (int i = 0; i < h.Length; i++)
        {
            if (status[i] != SolveStatus.Ok) Assert.Equal(0, warm[i]);
            else worst = Math.Max(worst, Math.Abs(warm[i] / cold[i] - 1) / Allowed(h[i], cold[i]));
        }
        output.WriteLine(FormattableString.Invariant($"seed off by up to {distance}: {100.0 * misses.Cold / h.Length:F1} % solved cold, {misses.OneByOne} one by one, largest difference {worst:F3} of what is allowed"));
        Assert.True(worst <= 1, $"{worst}");
    }

    [Fact]
    public void A_useless_seed_costs_time_and_not_digits()
    {
        NodeRows.Prices(Rows, seed: 43, out double[] h, out double[] c);
        double[] cold = new double[h.Length], warm = new double[h.Length];
        SolveStatus[] coldStatus = new SolveStatus[h.Length], status = new SolveStatus[h.Length];
        ImpliedDeviation.Solve(LaneDispatch.Best, h, c, cold, coldStatus);
        double[] seed = NodeRows.AnyDoubles(h.Length, seed: 44);
        ImpliedDeviation.SolveWarm(LaneDispatch.Best, h, c, seed, warm, status);
        Assert.Equal(coldStatus, status);
        for (int i = 0; i < h.Length; i++)
            Assert.True(status[i] == SolveStatus.Ok ? Math.Abs(warm[i] / cold[i] - 1) <= Allowed(h[i], cold[i]) : warm[i] == 0, $"h {h[i]:R} c {c[i]:R} seed {seed[i]:R}: {warm[i]:R}");
    }

    [Fact]
    public void Warm_solutions_are_the_same_bits_at_every_width_and_in_place()
    {
        NodeRows.Prices(Rows, seed: 45, out double[] h, out double[] c);
        double[] seed = new double[h.Length], reference = new double[h.Length];
        SolveStatus[] referenceStatus = new SolveStatus[h.Length], status = new SolveStatus[h.Length];
        ImpliedDeviation.Solve(LaneDispatch.Best, h, c, seed, status);
        var random = new Random(46);
        for (int i = 0; i < h.Length; i++) seed[i] *= 1 + 0.01 * (random.NextDouble() - 0.5);
        WarmMisses misses = ImpliedDeviation.SolveWarm(LaneWidth.One, h, c, seed, reference, referenceStatus);
        foreach (LaneWidth width in SameBits.Widths)
        {
            double[] w = [.. seed];
            Assert.Equal(misses, ImpliedDeviation.SolveWarm(width, h, c, w, w, status));
            SameBits.Assert<double>(reference, w, $"w, {width}");
            SameBits.Assert<SolveStatus>(referenceStatus, status, $"status, {width}");
        }
    }

    [Fact]
    public void A_rows_bits_do_not_depend_on_its_neighbours()
    {
        NodeRows.Prices(Rows, seed: 47, out double[] h, out double[] c);
        double[] w = new double[h.Length], shuffledW = new double[h.Length];
        var status = new SolveStatus[h.Length];
        ImpliedDeviation.Solve(LaneWidth.Eight, h, c, w, status);
        int[] order = [.. Enumerable.Range(0, h.Length)];
        new Random(48).Shuffle(order);
        double[] shuffledH = [.. order.Select(i => h[i])], shuffledC = [.. order.Select(i => c[i])];
        ImpliedDeviation.Solve(LaneWidth.Eight, shuffledH, shuffledC, shuffledW, status);
        SameBits.Assert<double>([.. order.Select(i => w[i])], shuffledW, "w after shuffling");
    }

    [Fact]
    public void Warm_solving_allocates_nothing()
    {
        NodeRows.Prices(4096, seed: 49, out double[] h, out double[] c);
        double[] w = new double[h.Length];
        var status = new SolveStatus[h.Length];
        ImpliedDeviation.SolveWarm(LaneDispatch.Best, h, c, w, w, status);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ImpliedDeviation.SolveWarm(LaneDispatch.Best, h, c, w, w, status);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_attainable_error_is_given_where_there_is_a_solution()
    {
        double[] h = [0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], w = [1e-3, 0.05, 0, 1, 1, 1, 1, 1], error = new double[8];
        ImpliedDeviation.AttainableErrors(h, w, error);
        Assert.Equal(2 * Math.BitIncrement(1) - 2, error[0], 1e-18); // c is proportional to w there
        Assert.Equal(ImpliedDeviation.AttainableError(0.1, 0.05), error[1]);
        Assert.True(double.IsNaN(error[2]));
    }
}
