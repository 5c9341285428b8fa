using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Forward of one expiry by put–call parity: the weighted median of K + (C − P)/D over strikes near spot whose both sides
/// are quoted, weights 1/(spread of C + spread of P)².
/// </summary>
internal sealed class ParityForward
{
    private const int MinimumPairs = 3;

    /// <summary>Pairs within this fraction of spot serve …</summary>
    public const double NarrowWindow = 0.05;

    /// <summary>… and within this one where those are too few.</summary>
    public const double WideWindow = 0.10;

    // Early exercise bends parity away from the money; until American quotes are made European, only the closest pairs serve.
    private const double AmericanWindow = 0.01;
    private const double UnknownTick = 0.01;

    private readonly NodeTable _nodes;
    private readonly double[] _forwards;
    private readonly double[] _weights;

    public ParityForward(NodeTable nodes)
    {
        _nodes = nodes;
        int longest = nodes.LongestSegment;
        _forwards = new double[longest];
        _weights = new double[longest];
    }

    public bool TryFit(ExpirySegment segment, double spot, out double forward)
    {
        forward = 0;
        bool isAmerican = segment.Exercise == ExerciseKind.American && !segment.HasExercisePremiums;
        int pairs = Gather(segment, spot, isAmerican ? AmericanWindow : NarrowWindow);
        if (pairs < MinimumPairs && !isAmerican) pairs = Gather(segment, spot, WideWindow);
        if (pairs < MinimumPairs) return false;
        forward = WeightedMedian(_forwards.AsSpan(0, pairs), _weights.AsSpan(0, pairs));
        return forward > 0;
    }

    /// <summary>The strike where call and put cost most nearly the same: a first idea of where spot is.</summary>
    public bool TryFindCentre(ExpirySegment segment, out double strike)
    {
        strike = 0;
        double least = double.PositiveInfinity;
        for (int i = segment.Start; i < segment.End; i++)
        {
            if (!_nodes.Calls.IsTwoSided(i) || !_nodes.Puts.IsTwoSided(i)) continue;
            double gap = Math.Abs(Middle(_nodes.Calls, i) - Middle(_nodes.Puts, i));
            if (gap >= least) continue;
            least = gap;
            strike = _nodes.Strike[i];
        }
        return strike > 0;
    }

    private int Gather(ExpirySegment segment, double spot, double window)
    {
        int count = 0;
        int first = _nodes.FirstAtOrAbove(segment, spot * (1 - window));
        for (int i = first; i < segment.End && _nodes.Strike[i] <= spot * (1 + window); i++)
        {
            if (!_nodes.Calls.IsTwoSided(i) || !_nodes.Puts.IsTwoSided(i)) continue;
            if (segment.HasExercisePremiums && _nodes.EquivalentStatus[i] != QuoteStatus.Ok) continue;
            double spread = Spread(_nodes.Calls, i) + Spread(_nodes.Puts, i);
            _forwards[count] = _nodes.Strike[i] + ((European(segment, _nodes.Calls, i) - European(segment, _nodes.Puts, i)) / segment.Discount);
            _weights[count] = 1 / (spread * spread);
            count++;
        }
        return count;
    }

    private static double European(ExpirySegment segment, NodeSideColumns side, int node) =>
        segment.HasExercisePremiums ? Middle(side, node) - side.ExercisePremium[node] : Middle(side, node);

    private static double Middle(NodeSideColumns side, int node) => (side.BidPrice(node) + side.AskPrice(node)) / 2;

    private static double Spread(NodeSideColumns side, int node)
    {
        double tick = side.TickMills[node] == 0 ? UnknownTick : side.TickMills[node] / 1000.0;
        return Math.Max(side.AskPrice(node) - side.BidPrice(node), tick);
    }

    /// <summary>The smallest value whose cumulative weight reaches half.</summary>
    private static double WeightedMedian(Span<double> values, Span<double> weights)
    {
        values.Sort(weights);
        double total = 0;
        foreach (double weight in weights) total += weight;
        double reached = 0;
        for (int i = 0; i < values.Length; i++)
        {
            reached += weights[i];
            if (reached >= total / 2) return values[i];
        }
        return values[^1];
    }
}
