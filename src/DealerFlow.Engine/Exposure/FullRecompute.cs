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
    private readonly GreekScratch _greeks = new(8);
    private readonly double[] _logStrike = new double[8];
    private readonly double[] _deviation = new double[8];
    private readonly Dictionary<PositionModel, ModelRecompute> _models = [];

    public FullRecompute(NodeTable nodes, double spot)
    {
        _nodes = nodes;
        _spot = spot;
        foreach (PositionModel model in Enum.GetValues<PositionModel>()) _models.Add(model, new ModelRecompute(nodes));
        foreach (ExpirySegment segment in nodes.Segments)
        {
            if (segment.IsExpired || segment.ForwardSource == ForwardSource.None) continue;
            for (int i = segment.Start; i < segment.End; i++)
                if (TryDeviation(segment, i, out double deviation)) Evaluate(segment, i, deviation);
        }
    }

    public ModelRecompute this[PositionModel model] => _models[model];

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

    private void Evaluate(ExpirySegment segment, int node, double deviation)
    {
        _logStrike.AsSpan().Fill(_nodes.LogStrike[node]);
        _deviation.AsSpan().Fill(deviation);
        GreekKernel.Evaluate(
            LaneWidth.One, new ExpiryTerms(_spot, segment.Forward, segment.Discount, segment.Years), _logStrike, _deviation, _greeks.Columns(8));
        foreach ((PositionModel model, ModelRecompute sums) in _models)
        {
            (double calls, double puts) = Weights(model, node);
            sums.Add(segment, _nodes.StrikeIndex[node], new NodeExposure(
                Units(_greeks.Gamma[0] * (0.01 * _spot * _spot * 1024), calls), Units(_greeks.Gamma[0] * (0.01 * _spot * _spot * 1024), puts),
                Units(_greeks.CallDelta[0] * (_spot * 1024), calls), Units(_greeks.PutDelta[0] * (_spot * 1024), puts),
                Units(_greeks.Vanna[0] * (0.01 * _spot * 1024), calls), Units(_greeks.Vanna[0] * (0.01 * _spot * 1024), puts),
                Units(_greeks.CallCharm[0] * (_spot / 365 * 1024), calls), Units(_greeks.PutCharm[0] * (_spot / 365 * 1024), puts)));
        }
    }

    private (double Calls, double Puts) Weights(PositionModel model, int node)
    {
        double openCalls = _nodes.Calls.OpenInterest[node], openPuts = _nodes.Puts.OpenInterest[node];
        double tapeCalls = _nodes.Calls.Tape[node], tapePuts = _nodes.Puts.Tape[node];
        (double calls, double puts) = model switch
        {
            PositionModel.OpenInterest => (openCalls, -openPuts),
            PositionModel.ShortBoth => (-openCalls, -openPuts),
            PositionModel.Tape => (tapeCalls, tapePuts),
            PositionModel.OpenInterestPlusTape => (openCalls + tapeCalls, tapePuts - openPuts),
            PositionModel.OpenClose => (_nodes.Calls.Outside[node], _nodes.Puts.Outside[node]),
            _ => (openCalls, openPuts),
        };
        return (calls * _nodes.Calls.Multiplier[node], puts * _nodes.Puts.Multiplier[node]);
    }

    private static long Units(double perContract, double weight) => (long)Math.Round(perContract * weight, MidpointRounding.ToEven);
}

/// <summary>Sums of one position model without a limit, 1/1024 USD.</summary>
internal sealed class ModelRecompute(NodeTable nodes)
{
    public readonly BigTotals[] Expiry = new BigTotals[nodes.Segments.Length];
    public readonly BigInteger[] StrikeCallGex = new BigInteger[nodes.Strikes.Length];
    public readonly BigInteger[] StrikePutGex = new BigInteger[nodes.Strikes.Length];
    public readonly BigInteger[] ZeroDteCallGex = new BigInteger[nodes.Strikes.Length];
    public readonly BigInteger[] ZeroDtePutGex = new BigInteger[nodes.Strikes.Length];

    public void Add(ExpirySegment segment, int strike, NodeExposure node)
    {
        ref BigTotals totals = ref Expiry[segment.Index];
        totals.CallGex += node.CallGex;
        totals.PutGex += node.PutGex;
        totals.GrossGex += BigInteger.Abs((BigInteger)node.CallGex + node.PutGex);
        totals.Dex += (BigInteger)node.CallDex + node.PutDex;
        totals.Vex += (BigInteger)node.CallVex + node.PutVex;
        totals.Chex += (BigInteger)node.CallChex + node.PutChex;
        StrikeCallGex[strike] += node.CallGex;
        StrikePutGex[strike] += node.PutGex;
        if (!segment.IsZeroDte) return;
        ZeroDteCallGex[strike] += node.CallGex;
        ZeroDtePutGex[strike] += node.PutGex;
    }
}

/// <summary>Totals of one expiry without a limit, 1/1024 USD.</summary>
internal record struct BigTotals(BigInteger CallGex, BigInteger PutGex, BigInteger GrossGex, BigInteger Dex, BigInteger Vex, BigInteger Chex);
