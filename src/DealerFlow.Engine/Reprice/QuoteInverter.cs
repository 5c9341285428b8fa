using DealerFlow.Kernels;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// From the stored out-of-the-money quote of touched nodes to their w, in full columns: a status instead of a number where the
/// quote has none.
/// </summary>
internal sealed class QuoteInverter(NodeTable nodes, InversionBatch batch, EngineOptions options)
{
    private const int Batch = InversionBatch.Capacity;
    private const int Ahead = 8;

    private readonly InversionBatch _batch = batch;
    private int _count;

    /// <summary>When a node lost its good quote if not by a message since: the mark in force, or where a silence became too long.</summary>
    public long LossNanos { get; set; }

    /// <summary>Out-of-the-money inversions so far, one per node and flush.</summary>
    public ulong Inversions { get; private set; }

    /// <summary>Lanes that needed the robust scalar path.</summary>
    public ulong RobustLanes { get; private set; }

    /// <summary>Looks at the quotes of these nodes at the mark in force and writes w and status to the node table.</summary>
    public void Invert(ReadOnlySpan<int> touched)
    {
        // They come in the order of their messages, each far from the one before: what a node needs is fetched while others are read.
        for (int i = 0; i < touched.Length; i++)
        {
            if (i + Ahead < touched.Length) Fetch(touched[i + Ahead]);
            Add(touched[i]);
        }
        Flush();
    }

    /// <summary>Inverts bid and ask of whatever was read since the last time, from the prices as they were then.</summary>
    public void InvertSides()
    {
        foreach (ExpirySegment segment in nodes.Segments)
        {
            for (int node = segment.Start; node < segment.End; node++)
            {
                ref QuoteSides sides = ref nodes.Sides[node];
                if (!sides.ArePending) continue;
                sides.ArePending = false;
                (_batch.Node[_count], _batch.LogMoneyness[_count], _batch.Bid[_count], _batch.Ask[_count]) = (node, sides.LogMoneyness, sides.Bid, sides.Ask);
                if (++_count == Batch) FlushSides();
            }
        }
        FlushSides();
    }

    private void FlushSides()
    {
        if (_count == 0) return;
        int padded = Columns.PaddedLength(_count);
        foreach (double[] column in (ReadOnlySpan<double[]>)[_batch.LogMoneyness, _batch.Bid, _batch.Ask]) column.AsSpan(_count, padded - _count).Clear();
        Invert(_batch.Bid, _batch.BidDeviation, nodes.ReferenceBidDeviation);
        Invert(_batch.Ask, _batch.AskDeviation, nodes.ReferenceAskDeviation);
        _count = 0;

        void Invert(double[] price, double[] deviation, double[] target)
        {
            RobustLanes += (ulong)ImpliedDeviation.Solve(
                options.Lanes, _batch.LogMoneyness.AsSpan(0, padded), price.AsSpan(0, padded), deviation.AsSpan(0, padded), _batch.SideStatus.AsSpan(0, padded));
            for (int i = 0; i < _count; i++) target[_batch.Node[i]] = deviation[i];
        }
    }

    private void Fetch(int node)
    {
        CacheLine.Prefetch(in nodes.Quotes[node]);
        CacheLine.Prefetch(in nodes.Strike[node]);
        CacheLine.Prefetch(in nodes.LogStrike[node]);
        CacheLine.Prefetch(in nodes.Status[node]);
        CacheLine.Prefetch(in nodes.Source[node]);
        CacheLine.Prefetch(in nodes.Sides[node]);
        CacheLine.Prefetch(in nodes.ReferenceDeviation[node]);
        CacheLine.Prefetch(in nodes.ReferenceYears[node]);
    }

    /// <summary>Looks at a node's quote at the mark in force; call <see cref="Flush"/> after the last.</summary>
    private void Add(int node)
    {
        ExpirySegment segment = nodes.Segments[nodes.Quotes[node].Segment];
        if (segment.IsExpired || segment.IsPinned || segment.ForwardSource == ForwardSource.None) return;

        NodeSideColumns side = nodes.Quotes[node].IsCallSide ? nodes.Calls : nodes.Puts;
        QuoteStatus status = Classify(side.Quote(node));
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
            // A bid that the premium uses up has no deviation at all: the quote is as wide as can be.
            QuoteStatus equivalent = nodes.EquivalentStatus[node] != QuoteStatus.Ok ? nodes.EquivalentStatus[node]
                : bid <= side.ExercisePremium[node] ? QuoteStatus.Wide
                : QuoteStatus.Ok;
            if (equivalent != QuoteStatus.Ok)
            {
                Refuse(segment, node, equivalent);
                return;
            }
            bid -= side.ExercisePremium[node];
            ask -= side.ExercisePremium[node];
        }
        int row = _count++;
        _batch.Node[row] = node;
        _batch.LogMoneyness[row] = Math.Abs(nodes.LogStrike[node] - segment.LogForward);
        _batch.Bid[row] = bid * scale;
        _batch.Middle[row] = (bid + ask) / 2 * scale;
        _batch.Ask[row] = ask * scale;
        if (_count == Batch) Flush();
    }

    private void Flush()
    {
        if (_count == 0) return;
        int padded = Columns.PaddedLength(_count);
        int padding = padded - _count;
        _batch.LogMoneyness.AsSpan(_count, padding).Clear();
        _batch.Bid.AsSpan(_count, padding).Clear();
        _batch.Middle.AsSpan(_count, padding).Clear();
        _batch.Ask.AsSpan(_count, padding).Clear();
        var quotes = new QuoteRows
        {
            LogMoneyness = _batch.LogMoneyness.AsSpan(0, padded),
            Bid = _batch.Bid.AsSpan(0, padded),
            Middle = _batch.Middle.AsSpan(0, padded),
            Ask = _batch.Ask.AsSpan(0, padded),
        };
        var deviations = new QuoteDeviations
        {
            Status = _batch.Status.AsSpan(0, padded),
            Bid = _batch.BidDeviation.AsSpan(0, padded),
            Middle = _batch.Deviation.AsSpan(0, padded),
            Ask = _batch.AskDeviation.AsSpan(0, padded),
        };
        RobustLanes += (ulong)ImpliedDeviation.SolveMiddles(options.Lanes, quotes, deviations, _batch.SidesAreLater.AsSpan(0, padded));
        for (int i = 0; i < _count; i++) Settle(i);
        Inversions += (ulong)_count;
        _count = 0;
    }

    private static QuoteStatus Classify(SideQuote quote) =>
        quote.Bid == NodeSideColumns.Stale ? QuoteStatus.Stale
        : quote.Bid <= 0 && quote.Ask <= 0 ? QuoteStatus.Missing
        : quote.Bid <= 0 ? QuoteStatus.NoBid
        : quote.Bid > quote.Ask ? QuoteStatus.Crossed
        : quote.Bid == quote.Ask ? QuoteStatus.Locked
        : QuoteStatus.Ok;

    private void Settle(int row)
    {
        int node = _batch.Node[row];
        ExpirySegment segment = nodes.Segments[nodes.Quotes[node].Segment];
        if (_batch.Status[row] is QuoteStatus.Ok or QuoteStatus.Locked) Accept(segment, node, row);
        else Refuse(segment, node, _batch.Status[row]);
    }

    private void Accept(ExpirySegment segment, int node, int row)
    {
        nodes.Status[node] = _batch.Status[row];
        ref QuoteSides sides = ref nodes.Sides[node];
        sides.ArePending = _batch.SidesAreLater[row];
        if (sides.ArePending) (sides.LogMoneyness, sides.Bid, sides.Ask) = (_batch.LogMoneyness[row], _batch.Bid[row], _batch.Ask[row]);
        else (nodes.ReferenceBidDeviation[node], nodes.ReferenceAskDeviation[node]) = (_batch.BidDeviation[row], _batch.AskDeviation[row]);
        nodes.ReferenceDeviation[node] = _batch.Deviation[row];
        nodes.ReferenceYears[node] = segment.Years;
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
            nodes.HoldEndNanos[node] = Math.Max(nodes.Quotes[node].ChangedNanos, LossNanos) + options.HoldNanos;
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
