using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>The strike at which the open interest of one expiry would be paid least at settlement. A statistic, no forecast.</summary>
internal static class MaxPain
{
    /// <summary>The strike that minimises Σ OI of calls·(K − Kᵢ)⁺ + OI of puts·(Kᵢ − K)⁺, ties to the lower; 0 without open interest.</summary>
    public static double Find(NodeTable nodes, ExpirySegment segment)
    {
        // In thousandths, so that every sum is exact. From one strike to the next the payout of calls below grows, that of puts above shrinks.
        Int128 payout = 0, callsBelow = 0, putsAbove = 0;
        for (int i = segment.Start; i < segment.End; i++)
        {
            payout += (Int128)nodes.Puts.OpenInterest[i] * Mills(nodes, i, segment.Start);
            putsAbove += nodes.Puts.OpenInterest[i];
        }
        if (putsAbove == 0 && !HasCalls(nodes, segment)) return 0;
        Int128 least = payout;
        int best = segment.Start;
        for (int i = segment.Start; i + 1 < segment.End; i++)
        {
            callsBelow += nodes.Calls.OpenInterest[i];
            putsAbove -= nodes.Puts.OpenInterest[i];
            payout += (callsBelow - putsAbove) * Mills(nodes, i + 1, i);
            if (payout >= least) continue;
            least = payout;
            best = i + 1;
        }
        return nodes.Strike[best];
    }

    private static bool HasCalls(NodeTable nodes, ExpirySegment segment) =>
        nodes.Calls.OpenInterest.AsSpan(segment.Start, segment.Count).ContainsAnyExcept(0u);

    private static long Mills(NodeTable nodes, int upper, int lower) =>
        (long)Math.Round(nodes.Strike[upper] * 1000) - (long)Math.Round(nodes.Strike[lower] * 1000);
}
