namespace DealerFlow.Dashboard;

/// <summary>Latencies by upper bound; one writes, all may look.</summary>
internal sealed class LatencyCounts
{
    private static readonly double[] UpperSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private readonly long[] _counts = new long[UpperSeconds.Length + 1];
    private long _sumNanos;

    /// <summary>Upper bounds, seconds; the last count has none.</summary>
    public static ReadOnlySpan<double> Bounds => UpperSeconds;

    public double SumSeconds => Interlocked.Read(ref _sumNanos) / 1e9;

    public void Add(long nanos)
    {
        if (nanos < 0) return;
        int bucket = 0;
        while (bucket < UpperSeconds.Length && nanos / 1e9 > UpperSeconds[bucket]) bucket++;
        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _sumNanos, nanos);
    }

    /// <summary>How many lay at or below each bound, and at the end all.</summary>
    public long[] Cumulative()
    {
        var sums = new long[_counts.Length];
        long sum = 0;
        for (int bucket = 0; bucket < sums.Length; bucket++) sums[bucket] = sum += Interlocked.Read(ref _counts[bucket]);
        return sums;
    }
}
