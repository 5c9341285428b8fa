using System.Numerics;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Walls and maxima over strikes: the strike with the greatest size, its size, the second, and the margin between them.</summary>
internal static class StrikeLevels
{
    /// <summary>
    /// The strike with the greatest positive <paramref name="size"/> among those with <c>from ≤ index &lt; to</c>; ties to the strike
    /// nearer to spot, then the lower. Not present when no strike has a positive size.
    /// </summary>
    public static LevelRow Greatest(ReadOnlySpan<double> strikes, ReadOnlySpan<long> size, int from, int to, double spot, out int first)
    {
        first = -1;
        int second = -1;
        // Most strikes are smaller than two that came before them, and need no second look.
        long least = 1;
        for (int i = from; i < to; i++)
        {
            while (i <= to - Vector<long>.Count && Vector.LessThanAll(new Vector<long>(size[i..]), new Vector<long>(least))) i += Vector<long>.Count;
            if (i == to) break;
            if (size[i] < least) continue;
            if (first < 0 || Precedes(strikes, size, i, first, spot))
            {
                second = first;
                first = i;
            }
            else if (second < 0 || Precedes(strikes, size, i, second, spot))
            {
                second = i;
            }
            if (second >= 0) least = size[second];
        }
        if (first < 0) return default;
        return new LevelRow
        {
            Strike = strikes[first],
            Size = size[first],
            RunnerUp = second < 0 ? 0 : strikes[second],
            Margin = second < 0 ? 1 : 1 - ((double)size[second] / size[first]),
            Present = 1,
            HasRunnerUp = (byte)(second < 0 ? 0 : 1),
        };
    }

    private static bool Precedes(ReadOnlySpan<double> strikes, ReadOnlySpan<long> size, int left, int right, double spot)
    {
        if (size[left] != size[right]) return size[left] > size[right];
        double leftDistance = Math.Abs(strikes[left] - spot);
        double rightDistance = Math.Abs(strikes[right] - spot);
        return leftDistance != rightDistance ? leftDistance < rightDistance : strikes[left] < strikes[right];
    }
}
