using System.Numerics;
using System.Runtime.Intrinsics;

namespace DealerFlow.Engine;

/// <summary>
/// Adds what the nodes of an expiry have to sums per strike. The strikes of an expiry ascend, and most of them follow each other among those of
/// all expiries too: such runs are added side by side. Integers, so the order makes no difference.
/// </summary>
internal static class StrikeScatter
{
    /// <param name="strike">The strike of every node, ascending.</param>
    /// <param name="from">What every node has; may be longer.</param>
    /// <param name="sums">Sums by strike.</param>
    public static void Add(ReadOnlySpan<int> strike, ReadOnlySpan<long> from, Span<long> sums)
    {
        int i = 0;
        while (i <= strike.Length - Vector<long>.Count)
        {
            if (IsRun(strike, i, Vector<long>.Count))
            {
                Span<long> run = sums[strike[i]..];
                (new Vector<long>(run) + new Vector<long>(from[i..])).CopyTo(run);
                i += Vector<long>.Count;
            }
            else
            {
                sums[strike[i]] += from[i];
                i++;
            }
        }
        for (; i < strike.Length; i++) sums[strike[i]] += from[i];
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{int}, ReadOnlySpan{long}, Span{long})"/>
    public static void Add(ReadOnlySpan<int> strike, ReadOnlySpan<uint> from, Span<long> sums)
    {
        int i = 0;
        while (i <= strike.Length - Vector128<uint>.Count)
        {
            if (IsRun(strike, i, Vector128<uint>.Count))
            {
                Span<long> run = sums[strike[i]..];
                (Vector128<ulong> lower, Vector128<ulong> upper) = Vector128.Widen(Vector128.Create(from[i..]));
                (Vector128.Create<long>(run) + lower.AsInt64()).CopyTo(run);
                (Vector128.Create<long>(run[2..]) + upper.AsInt64()).CopyTo(run[2..]);
                i += Vector128<uint>.Count;
            }
            else
            {
                sums[strike[i]] += from[i];
                i++;
            }
        }
        for (; i < strike.Length; i++) sums[strike[i]] += from[i];
    }

    private static bool IsRun(ReadOnlySpan<int> strike, int start, int length) => strike[start + length - 1] - strike[start] == length - 1;
}
