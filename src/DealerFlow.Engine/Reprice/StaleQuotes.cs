using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// What makes stored quotes say nothing about now any more: lost messages, a halt, a silence of the whole underlying. A quote that comes again
/// counts again, with the same prices too.
/// </summary>
/// <param name="nodes">The table.</param>
/// <param name="touched">Told of every quote that was read and is not any more.</param>
/// <param name="heard">By underlying, when it was heard of last.</param>
/// <param name="index">Which of them this is.</param>
internal sealed class StaleQuotes(NodeTable nodes, TouchedQuotes touched, long[] heard, int index)
{
    /// <summary>A silence of the whole underlying beyond it makes every quote stale; one quiet contract never does.</summary>
    private const long SilenceNanos = 5 * UnixNanos.PerSecond;

    private long _silentSinceNanos = long.MinValue;     // what was heard last when it fell silent
    private bool _isHalted;
    private bool _hasGap;

    private bool IsSilent => _silentSinceNanos == heard[index];

    /// <summary>Messages were lost, of one contract or of everything: what is known of their quotes is stale until they come again.</summary>
    public void Lose(InstrumentSlot slot, long nowNanos)
    {
        _hasGap = true;
        if (slot.Role is ContractRole.Call or ContractRole.Put)
        {
            nodes.HasQuotesSinceFit[nodes.SegmentIndex[slot.Node]] = true;
            Make(slot.Node, slot.Role == ContractRole.Call, nowNanos);
        }
        else if (slot.Role == ContractRole.Underlying) MakeAll(nowNanos);
    }

    /// <summary>Quotes of before a halt are not those of after it.</summary>
    public void Halt(bool isHalted, long nowNanos)
    {
        if (isHalted && !_isHalted) MakeAll(nowNanos);
        _isHalted = isHalted;
    }

    /// <summary>
    /// Every stored quote is stale from then on when the source has told nothing of the underlying for too long. Gives the instant at which what
    /// a mark finds lost was lost.
    /// </summary>
    public long Listen(long markNanos)
    {
        if (IsSilent || markNanos - heard[index] <= SilenceNanos) return markNanos;
        _silentSinceNanos = heard[index];
        // Whether a mark fell into the silence or only after it makes no difference to how long a last good w is held.
        long lostNanos = heard[index] + SilenceNanos;
        MakeAll(lostNanos);
        return lostNanos;
    }

    /// <summary>What a snapshot says of it. A gap is over when every quote from before it has come again.</summary>
    public QualityFlags Quality()
    {
        if (_hasGap && !Any()) _hasGap = false;
        return (_hasGap ? QualityFlags.Gap : 0) | (IsSilent ? QualityFlags.Silent : 0) | (_isHalted ? QualityFlags.Halted : 0);
    }

    private void MakeAll(long nowNanos)
    {
        foreach (ExpirySegment segment in nodes.Segments)
        {
            nodes.HasQuotesSinceFit[segment.Index] = true;
            for (int i = segment.Start; i < segment.End; i++)
            {
                Make(i, isCall: true, nowNanos);
                Make(i, isCall: false, nowNanos);
            }
        }
    }

    private void Make(int node, bool isCall, long nowNanos)
    {
        (isCall ? nodes.Calls : nodes.Puts).MakeStale(node);
        if (nodes.Quotes[node].IsCallSide != isCall) return;
        nodes.Quotes[node].ChangedNanos = Math.Max(nodes.Quotes[node].ChangedNanos, nowNanos);
        touched.Add(node);
    }

    /// <summary>Quotes from before the gap, of the side that is read or of the other one.</summary>
    private bool Any()
    {
        foreach (ExpirySegment segment in nodes.Segments)
        {
            if (segment.IsExpired) continue;
            foreach (NodeSideColumns side in (ReadOnlySpan<NodeSideColumns>)[nodes.Calls, nodes.Puts])
                for (int node = segment.Start; node < segment.End; node++) if (side.Quote(node).Bid == NodeSideColumns.Stale) return true;
        }
        return false;
    }
}
