using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>
/// How long messages took from the ring's entrance until the calculation had them in its numbers, by the monotonic clock: counts between powers
/// of two. Every message counts, so that a stall weighs as much as there were messages in it. Zeros where nobody measures.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeInBytes)]
public struct LatencySection
{
    /// <summary>Size of the section.</summary>
    public const int SizeInBytes = 16 + (8 * Buckets);

    /// <summary>Intervals of latency that are told apart.</summary>
    public const int Buckets = 22;

    // Below 2^9 ns everything is in the first, from 2^29 ns on in the last.
    private const int FirstBits = 9;

    /// <summary>Messages measured.</summary>
    [FieldOffset(0)] public ulong Messages;

    /// <summary>The longest of all, ns.</summary>
    [FieldOffset(8)] public long MaxNanos;

    /// <summary>Messages by latency: below 512 ns, then up to each doubling; the last has everything from 537 ms on.</summary>
    [FieldOffset(16)] public LatencyCounts Counts;

    /// <summary>Messages that all took so long.</summary>
    /// <param name="nanos">Latency.</param>
    /// <param name="messages">How many.</param>
    public void Add(long nanos, ulong messages)
    {
        nanos = Math.Max(nanos, 0);
        Counts[BucketOf(nanos)] += messages;
        Messages += messages;
        MaxNanos = Math.Max(MaxNanos, nanos);
    }

    /// <summary>What this share of the messages did not exceed, ns: the upper end of its bucket, and never more than the longest; 0 where there is none.</summary>
    /// <param name="share">0 to 1.</param>
    public readonly long Percentile(double share)
    {
        double rank = share * Messages;
        ulong seen = 0;
        for (int bucket = 0; bucket < Buckets - 1; bucket++)
        {
            seen += Counts[bucket];
            if (seen > 0 && seen >= rank) return Math.Min(UpperNanos(bucket), MaxNanos);
        }
        return MaxNanos;
    }

    /// <summary>Where a bucket ends, ns; the last has no end.</summary>
    /// <param name="bucket">Counted from 0.</param>
    public static long UpperNanos(int bucket) => bucket < Buckets - 1 ? 1L << (FirstBits + bucket) : long.MaxValue;

    private static int BucketOf(long nanos) => Math.Min(BitOperations.Log2(((ulong)nanos >> (FirstBits - 1)) | 1), Buckets - 1);
}

/// <summary>Counts by bucket of a <see cref="LatencySection"/>.</summary>
[InlineArray(LatencySection.Buckets)]
public struct LatencyCounts
{
    private ulong _first;
}
