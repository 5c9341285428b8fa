using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// From the stored out-of-the-money quote of touched nodes to their w, in full columns: bid, middle and ask of a node are
/// three lanes of one solve. Gives each node a status instead of a number where the quote has none.
/// </summary>
internal sealed class QuoteInverter(NodeTable nodes, EngineOptions options)
{
    private const int Batch = 256;
    private const int Lanes = 3 * Batch;

    private readonly int[] _node = new int[Batch];
    private readonly double[] _logMoneyness = new double[Lanes];
    private readonly double[] _premium = new double[Lanes];
    private readonly double[] _deviation = new double[Lanes];
    private readonly SolveStatus[] _status = new SolveStatus[Lanes];
    private int _count;

    /// <summary>When a node lost its good quote if not by a message since: the mark in force, or where a silence became too long.</summary>
    public long LossNanos { get; set; }

    /// <summary>Out-of-the-money inversions so far, one per node and flush.</summary>
    public ulong Inversions { get; private set; }

    /// <summary>Lanes that needed the robust scalar path.</summary>
    public ulong RobustLanes { get; private set; }

    /// <summary>Looks at a node's quote at the mark in force; call <see cref="Flush"/> after the last.</summary>
    public void Add(int node)
    {
        ExpirySegment segment = nodes.Segments[nodes.SegmentIndex[node]];
        if (segment.IsExpired || segment.IsPinned || segment.ForwardSource == ForwardSource.None) return;

        NodeSideColumns side = nodes.IsCallSide[node] ? nodes.Calls : nodes.Puts;
        QuoteStatus status = Classify(side.Bid[node], side.Ask[node]);
        if (status is not (QuoteStatus.Ok or QuoteStatus.Locked))
        {
            Refuse(segment, node, status);
            return;
        }

        double scale = 1 / (segment.Discount * Math.Min(segment.Forward, nodes.Strike[node]));
        double bid = side.BidPrice(node);
        double ask = side.AskPrice(node);
        if (segment.HasExercisePremiums)
        {
            if (nodes.EquivalentStatus[node] != QuoteStatus.Ok)
            {
                Refuse(segment, node, nodes.EquivalentStatus[node]);
                return;
            }
            bid -= side.ExercisePremium[node];
            ask -= side.ExercisePremium[node];
        }
        int lane = 3 * _count;
        _node[_count++] = node;
        _logMoneyness.AsSpan(lane, 3).Fill(Math.Abs(nodes.LogStrike[node] - segment.LogForward));
        _premium[lane] = (bid + ask) / 2 * scale;
        _premium[lane + 1] = bid * scale;
        _premium[lane + 2] = ask * scale;
        if (_count == Batch) Flush();
    }

    /// <summary>Solves what was added and writes w and status to the node table.</summary>
    public void Flush()
    {
        if (_count == 0) return;
        int lanes = 3 * _count;
        int padded = (lanes + 7) & ~7;
        _logMoneyness.AsSpan(lanes, padded - lanes).Fill(1);
        _premium.AsSpan(lanes, padded - lanes).Fill(0.1);
        RobustLanes += (ulong)ImpliedDeviation.Solve(
            options.Lanes, _logMoneyness.AsSpan(0, padded), _premium.AsSpan(0, padded), _deviation.AsSpan(0, padded), _status.AsSpan(0, padded));
        for (int i = 0; i < _count; i++) Settle(_node[i], 3 * i);
        Inversions += (ulong)_count;
        _count = 0;
    }

    private static QuoteStatus Classify(int bid, int ask) =>
        bid == NodeSideColumns.Stale ? QuoteStatus.Stale
        : bid <= 0 && ask <= 0 ? QuoteStatus.Missing
        : bid <= 0 ? QuoteStatus.NoBid
        : bid > ask ? QuoteStatus.Crossed
        : bid == ask ? QuoteStatus.Locked
        : QuoteStatus.Ok;

    private void Settle(int node, int lane)
    {
        ExpirySegment segment = nodes.Segments[nodes.SegmentIndex[node]];
        bool isLocked = _premium[lane + 1] == _premium[lane + 2];
        QuoteStatus status = _status[lane] switch
        {
            SolveStatus.AboveMax => QuoteStatus.AboveMax,
            SolveStatus.IllConditioned => QuoteStatus.IllConditioned,
            SolveStatus.BelowIntrinsic => QuoteStatus.BelowIntrinsic,
            SolveStatus.Invalid => QuoteStatus.Invalid,
            _ when isLocked => QuoteStatus.Locked,
            _ when _status[lane + 2] != SolveStatus.Ok || _deviation[lane + 2] > 2 * _deviation[lane + 1] => QuoteStatus.Wide,
            _ => QuoteStatus.Ok,
        };
        if (status is QuoteStatus.Ok or QuoteStatus.Locked) Accept(segment, node, status, _deviation[lane]);
        else Refuse(segment, node, status);
    }

    private void Accept(ExpirySegment segment, int node, QuoteStatus status, double deviation)
    {
        nodes.Status[node] = status;
        nodes.ReferenceDeviation[node] = deviation;
        nodes.ReferenceYears[node] = segment.Years;
        nodes.Deviation[node] = deviation;
        if (nodes.Source[node] == DeviationSource.Quoted) return;
        if (nodes.Source[node] == DeviationSource.Held) segment.Held--;
        nodes.Source[node] = DeviationSource.Quoted;
        segment.Good++;
        segment.AnchorsChanged = true;
    }

    private void Refuse(ExpirySegment segment, int node, QuoteStatus status)
    {
        nodes.Status[node] = status;
        if (nodes.Source[node] != DeviationSource.Quoted) return;
        segment.Good--;
        if (options.HoldNanos > 0)
        {
            nodes.Source[node] = DeviationSource.Held;
            // A flip at a mark reads the other side's quote, which may have been bad for long.
            nodes.HoldEndNanos[node] = Math.Max(nodes.QuoteNanos[node], LossNanos) + options.HoldNanos;
            segment.NextHoldEndNanos = Math.Min(segment.NextHoldEndNanos, nodes.HoldEndNanos[node]);
            segment.Held++;
        }
        else
        {
            nodes.Source[node] = DeviationSource.None;
            segment.AnchorsChanged = true;
        }
    }
}
