using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// w of every node at the mark in force: decayed from its stored pair, or interpolated between the nearest nodes that have
/// one, linearly in ln K (which is linearly in ln(K/F)), flat beyond the ends.
/// </summary>
internal sealed class Smile(NodeTable nodes)
{
    /// <summary>w = w_ref·√(T/T_ref) for a whole expiry, always from the stored pair. Padding stays harmless.</summary>
    public void Decay(ExpirySegment segment)
    {
        // Division and square root round correctly, so every vector width gives these bits.
        ReadOnlySpan<double> reference = nodes.ReferenceDeviation.AsSpan(segment.Start, segment.PaddedCount);
        ReadOnlySpan<double> years = nodes.ReferenceYears.AsSpan(segment.Start, segment.PaddedCount);
        Span<double> deviation = nodes.Deviation.AsSpan(segment.Start, segment.PaddedCount);
        var now = new System.Numerics.Vector<double>(segment.Years);
        int width = System.Numerics.Vector<double>.Count;
        for (int i = 0; i < deviation.Length; i += width)
        {
            var w = new System.Numerics.Vector<double>(reference[i..]);
            var t = new System.Numerics.Vector<double>(years[i..]);
            (w * System.Numerics.Vector.SquareRoot(now / t)).CopyTo(deviation[i..]);
        }
    }

    /// <summary>Drops held w whose five seconds are over.</summary>
    public void EndHolds(ExpirySegment segment, long markNanos)
    {
        if (segment.NextHoldEndNanos > markNanos) return;
        segment.NextHoldEndNanos = long.MaxValue;
        for (int i = segment.Start; i < segment.End; i++)
        {
            if (nodes.Source[i] != DeviationSource.Held) continue;
            if (nodes.HoldEndNanos[i] > markNanos)
            {
                segment.NextHoldEndNanos = Math.Min(segment.NextHoldEndNanos, nodes.HoldEndNanos[i]);
                continue;
            }
            nodes.Source[i] = DeviationSource.None;
            segment.Held--;
            segment.AnchorsChanged = true;
        }
    }

    /// <summary>Finds the neighbours that each node without a w of its own lies between. Call when anchors came or went.</summary>
    public void FindAnchors(ExpirySegment segment)
    {
        segment.AnchorsChanged = false;
        segment.Interpolated = 0;
        int left = -1;
        for (int i = segment.Start; i < segment.End; i++)
        {
            if (HasOwn(i))
            {
                FillBetween(segment, left, i);
                left = i;
            }
            else
            {
                nodes.Source[i] = DeviationSource.None;
            }
        }
        if (left >= 0) FillBetween(segment, left, -1);
    }

    /// <summary>Writes w of every interpolated node of an expiry.</summary>
    public void Interpolate(ExpirySegment segment)
    {
        if (segment.Interpolated == 0) return;
        // Few nodes lie between others: a vectorised search finds them.
        ReadOnlySpan<DeviationSource> rest = nodes.Source.AsSpan(segment.Start, segment.Count);
        for (int skipped; (skipped = rest.IndexOf(DeviationSource.Interpolated)) >= 0; rest = rest[(skipped + 1)..])
            InterpolateOne(segment.End - rest.Length + skipped);
    }

    /// <summary>
    /// The bid's or ask's w of every node of an expiry at the mark in force, as <see cref="Decay"/> and <see cref="Interpolate"/> make that of
    /// the middle: from what was stored with it, between the same neighbours.
    /// </summary>
    public void Read(ExpirySegment segment, double[] reference, double[] target)
    {
        for (int i = segment.Start; i < segment.End; i++)
            if (HasOwn(i)) target[i] = reference[i] * Math.Sqrt(segment.Years / nodes.ReferenceYears[i]);
        for (int i = segment.Start; i < segment.End; i++)
        {
            if (nodes.Source[i] != DeviationSource.Interpolated) continue;
            double left = target[nodes.LeftAnchor[i]];
            target[i] = left + (nodes.AnchorFraction[i] * (target[nodes.RightAnchor[i]] - left));
        }
    }

    /// <summary>The w that a quote of the mark in force gave; a node without a new one keeps its own.</summary>
    public void TakeQuoted(int node)
    {
        if (!HasOwn(node)) return;
        double years = nodes.Segments[nodes.SegmentIndex[node]].Years, reference = nodes.ReferenceYears[node];
        // √1 is 1: the usual case, a quote of the mark in force, comes without a root and a division.
        nodes.Deviation[node] = nodes.ReferenceDeviation[node] * (years == reference ? 1 : Math.Sqrt(years / reference));
    }

    /// <summary>w of one node as it stands at the mark in force, after quotes that only their own nodes have heard of.</summary>
    public void Bring(int node)
    {
        ExpirySegment segment = nodes.Segments[nodes.SegmentIndex[node]];
        if (segment.AnchorsChanged) FindAnchors(segment);
        TakeQuoted(node);
        if (nodes.Source[node] != DeviationSource.Interpolated) return;
        TakeQuoted(nodes.LeftAnchor[node]);
        TakeQuoted(nodes.RightAnchor[node]);
        InterpolateOne(node);
    }

    /// <summary>The same for a whole expiry.</summary>
    public void Bring(ExpirySegment segment)
    {
        Decay(segment);
        if (segment.AnchorsChanged) FindAnchors(segment);
        Interpolate(segment);
    }

    public void InterpolateOne(int node)
    {
        double left = nodes.Deviation[nodes.LeftAnchor[node]];
        double right = nodes.Deviation[nodes.RightAnchor[node]];
        nodes.Deviation[node] = left + (nodes.AnchorFraction[node] * (right - left));
    }

    /// <summary>The pin state begins: every w is frozen as it stands, interpolated ones included.</summary>
    public void Pin(ExpirySegment segment)
    {
        segment.IsPinned = true;
        if (!segment.IsPriced) return;
        Read(segment, nodes.ReferenceBidDeviation, nodes.ReferenceBidDeviation);
        Read(segment, nodes.ReferenceAskDeviation, nodes.ReferenceAskDeviation);
        for (int i = segment.Start; i < segment.End; i++)
        {
            nodes.ReferenceDeviation[i] = nodes.Deviation[i];
            nodes.ReferenceYears[i] = segment.Years;
            nodes.Source[i] = DeviationSource.Quoted;
            nodes.Status[i] = QuoteStatus.Pin;
        }
        segment.Good = segment.Count;
        segment.Held = 0;
        segment.Interpolated = 0;
        segment.NextHoldEndNanos = long.MaxValue;
    }

    public bool HasOwn(int node) => nodes.Source[node] is DeviationSource.Quoted or DeviationSource.Held;

    private void FillBetween(ExpirySegment segment, int left, int right)
    {
        int from = left < 0 ? segment.Start : left + 1;
        int to = right < 0 ? segment.End : right;
        for (int i = from; i < to; i++)
        {
            nodes.Source[i] = DeviationSource.Interpolated;
            nodes.LeftAnchor[i] = left < 0 ? right : left;
            nodes.RightAnchor[i] = right < 0 ? left : right;
            nodes.AnchorFraction[i] = left < 0 || right < 0
                ? 0
                : (nodes.LogStrike[i] - nodes.LogStrike[left]) / (nodes.LogStrike[right] - nodes.LogStrike[left]);
            segment.Interpolated++;
        }
    }
}
