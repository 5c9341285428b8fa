using System.Numerics;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Every exposure from the node table alone at the mark in force: no differences, no anchors remembered, one node at a time
/// at width 1, arbitrary-precision sums. Slow on purpose; the book must equal it bit for bit.
/// </summary>
internal sealed class FullRecompute
{
    private readonly NodeTable _nodes;
    private readonly double _spot;
    private readonly PositionModel _model;
    private readonly GreekScratch _greeks = new(8);
    private readonly double[] _logStrike = new double[8];
    private readonly double[] _deviation = new double[8];

    public readonly BigTotals[] Expiry;
    public readonly BigInteger[] StrikeCallGex;
    public readonly BigInteger[] StrikePutGex;
    public readonly BigInteger[] ZeroDteCallGex;
    public readonly BigInteger[] ZeroDtePutGex;

    public FullRecompute(NodeTable nodes, double spot, PositionModel model)
    {
        _nodes = nodes;
        _spot = spot;
        _model = model;
        Expiry = new BigTotals[nodes.Segments.Length];
        StrikeCallGex = new BigInteger[nodes.Strikes.Length];
        StrikePutGex = new BigInteger[nodes.Strikes.Length];
        ZeroDteCallGex = new BigInteger[nodes.Strikes.Length];
        ZeroDtePutGex = new BigInteger[nodes.Strikes.Length];
        for (int s = 0; s < nodes.Segments.Length; s++)
        {
            ExpirySegment segment = nodes.Segments[s];
            if (segment.IsExpired || segment.ForwardSource == ForwardSource.None) continue;
            for (int i = segment.Start; i < segment.End; i++)
                if (TryDeviation(segment, i, out double deviation)) Add(s, i, Evaluate(segment, i, deviation));
        }
    }

    /// <summary>w from the stored pair, or between the nearest nodes that have one.</summary>
    private bool TryDeviation(ExpirySegment segment, int node, out double deviation)
    {
        deviation = 0;
        if (HasOwn(node))
        {
            deviation = Decayed(segment, node);
            return true;
        }
        int left = node;
        while (left >= segment.Start && !HasOwn(left)) left--;
        int right = node;
        while (right < segment.End && !HasOwn(right)) right++;
        bool hasLeft = left >= segment.Start;
        bool hasRight = right < segment.End;
        if (!hasLeft && !hasRight) return false;
        if (!hasLeft || !hasRight)
        {
            deviation = Decayed(segment, hasLeft ? left : right);
            return true;
        }
        double fraction = (_nodes.LogStrike[node] - _nodes.LogStrike[left]) / (_nodes.LogStrike[right] - _nodes.LogStrike[left]);
        double low = Decayed(segment, left);
        deviation = low + (fraction * (Decayed(segment, right) - low));
        return true;
    }

    private bool HasOwn(int node) => _nodes.Source[node] is DeviationSource.Quoted or DeviationSource.Held;

    private double Decayed(ExpirySegment segment, int node) =>
        _nodes.ReferenceDeviation[node] * Math.Sqrt(segment.Years / _nodes.ReferenceYears[node]);

    private NodeExposure Evaluate(ExpirySegment segment, int node, double deviation)
    {
        _logStrike.AsSpan().Fill(_nodes.LogStrike[node]);
        _deviation.AsSpan().Fill(deviation);
        GreekKernel.Evaluate(
            LaneWidth.One, new ExpiryTerms(_spot, segment.Forward, segment.Discount, segment.Years), _logStrike, _deviation, _greeks.Columns(8));
        (double calls, double puts) = Weights(node);
        return new NodeExposure(
            Units(_greeks.Gamma[0] * (0.01 * _spot * _spot * 1024), calls),
            Units(_greeks.Gamma[0] * (0.01 * _spot * _spot * 1024), puts),
            Units(_greeks.CallDelta[0] * (_spot * 1024), calls) + Units(_greeks.PutDelta[0] * (_spot * 1024), puts),
            Units(_greeks.Vanna[0] * (0.01 * _spot * 1024), calls) + Units(_greeks.Vanna[0] * (0.01 * _spot * 1024), puts),
            Units(_greeks.CallCharm[0] * (_spot / 365 * 1024), calls) + Units(_greeks.PutCharm[0] * (_spot / 365 * 1024), puts));
    }

    private (double Calls, double Puts) Weights(int node)
    {
        double calls = (double)_nodes.Calls.OpenInterest[node] * _nodes.Calls.Multiplier[node];
        double puts = (double)_nodes.Puts.OpenInterest[node] * _nodes.Puts.Multiplier[node];
        return _model switch
        {
            PositionModel.OpenInterest => (calls, -puts),
            PositionModel.ShortBoth => (-calls, -puts),
            _ => (calls, puts),
        };
    }

    private static long Units(double perContract, double weight) => (long)Math.Round(perContract * weight, MidpointRounding.ToEven);

    private void Add(int segmentIndex, int node, NodeExposure exposure)
    {
        ref BigTotals totals = ref Expiry[segmentIndex];
        totals.CallGex += exposure.CallGex;
        totals.PutGex += exposure.PutGex;
        totals.GrossGex += BigInteger.Abs((BigInteger)exposure.CallGex + exposure.PutGex);
        totals.Dex += exposure.Dex;
        totals.Vex += exposure.Vex;
        totals.Chex += exposure.Chex;
        int strike = _nodes.StrikeIndex[node];
        StrikeCallGex[strike] += exposure.CallGex;
        StrikePutGex[strike] += exposure.PutGex;
        if (!_nodes.Segments[segmentIndex].IsZeroDte) return;
        ZeroDteCallGex[strike] += exposure.CallGex;
        ZeroDtePutGex[strike] += exposure.PutGex;
    }
}

/// <summary>Totals of one expiry without a limit, 1/1024 USD.</summary>
internal record struct BigTotals(BigInteger CallGex, BigInteger PutGex, BigInteger GrossGex, BigInteger Dex, BigInteger Vex, BigInteger Chex);
