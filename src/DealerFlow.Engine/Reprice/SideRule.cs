namespace DealerFlow.Engine;

/// <summary>
/// Which side of a node is read: the out-of-the-money one. In a stream a node near the forward keeps its side while
/// |ln(K/F)| ≤ 0.1·w, so that a forward that trembles about a strike does not flip it at every mark.
/// </summary>
internal sealed class SideRule(NodeTable nodes, bool keepsNearMoney)
{
    private const double KeptWithinDeviations = 0.1;

    /// <summary>Gives every node of an expiry the side of the plain rule: call for K ≥ F, put below.</summary>
    public void SetAll(ExpirySegment segment)
    {
        int firstCall = nodes.FirstAtOrAbove(segment, segment.Forward);
        for (int i = segment.Start; i < segment.End; i++) nodes.Quotes[i].IsCallSide = i >= firstCall;
        segment.SideCheckLow = segment.SideCheckHigh = firstCall;
    }

    /// <summary>Flips the nodes that the forward has left behind; their other side's stored quote is to be inverted.</summary>
    public void Update(ExpirySegment segment, TouchedQuotes dirty)
    {
        int firstCall = nodes.FirstAtOrAbove(segment, segment.Forward);
        int from = Math.Min(segment.SideCheckLow, firstCall);
        int to = Math.Max(segment.SideCheckHigh, firstCall);
        segment.SideCheckLow = segment.SideCheckHigh = firstCall;
        for (int i = from; i < to; i++)
        {
            bool isCallSide = i >= firstCall;
            if (nodes.Quotes[i].IsCallSide == isCallSide) continue;
            if (keepsNearMoney && IsNearMoney(segment, i))
            {
                segment.SideCheckLow = Math.Min(segment.SideCheckLow, i);
                segment.SideCheckHigh = Math.Max(segment.SideCheckHigh, i + 1);
                continue;
            }
            nodes.Quotes[i].IsCallSide = isCallSide;
            dirty.Add(i);
        }
    }

    // By its stored pair: w of the whole expiry is brought to a mark only where somebody looks at it.
    private bool IsNearMoney(ExpirySegment segment, int node) =>
        nodes.Source[node] is DeviationSource.Quoted or DeviationSource.Held
        && Math.Abs(nodes.LogStrike[node] - segment.LogForward)
        <= KeptWithinDeviations * (nodes.ReferenceDeviation[node] * Math.Sqrt(segment.Years / nodes.ReferenceYears[node]));
}
