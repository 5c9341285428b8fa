using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Where the next 0DTE settlement is drawn to: the strike within two deviations of spot at which the whole 0DTE profile is largest and
/// positive, for every position column at once.
/// </summary>
internal sealed class PinLevel
{
    private const double CandidateDeviations = 2;

    private readonly NodeTable _nodes;
    private readonly LaneWidth _lanes;
    private readonly double[] _weights;
    private readonly double[] _logForward;
    private readonly ProfileSums[] _sums;

    // By candidate, then column: score and gross.
    private readonly double[] _score;
    private readonly double[] _gross;

    public PinLevel(NodeTable nodes, LaneWidth lanes)
    {
        _nodes = nodes;
        _lanes = lanes;
        _weights = new double[2 * ModelView.Columns * nodes.LongestSegment];
        _logForward = new double[nodes.LongestSegment];
        _sums = new ProfileSums[2 * ModelView.Columns * nodes.LongestSegment];
        _score = new double[ModelView.Columns * nodes.LongestSegment];
        _gross = new double[ModelView.Columns * nodes.LongestSegment];
    }

    /// <summary>Pins of every position column at the mark in force.</summary>
    public void Find(double spot, Span<PinSection> pins)
    {
        pins.Clear();
        ExpirySegment? next = NextZeroDte();
        if (next is null) return;
        double atTheMoney = AtTheMoney(next);
        double logSpot = Functions.Log(spot);
        int first = next.Start, end = next.End;
        while (first < end && _nodes.LogStrike[first] - logSpot < -CandidateDeviations * atTheMoney) first++;
        while (end > first && _nodes.LogStrike[end - 1] - logSpot > CandidateDeviations * atTheMoney) end--;
        for (int column = 0; column < pins.Length; column++) pins[column].SettlementNanos = next.SettlementNanos;
        if (first == end) return;
        Score(first, end, logSpot, spot);
        for (int column = 0; column < pins.Length; column++) Choose(next, first, end, column, atTheMoney, ref pins[column]);
    }

    /// <summary>w of an expiry at its forward, between the two strikes about it.</summary>
    private double AtTheMoney(ExpirySegment segment)
    {
        int above = _nodes.FirstAtOrAbove(segment, segment.Forward);
        if (above == segment.Start) return _nodes.Deviation[above];
        if (above == segment.End) return _nodes.Deviation[above - 1];
        double fraction = (segment.LogForward - _nodes.LogStrike[above - 1]) / (_nodes.LogStrike[above] - _nodes.LogStrike[above - 1]);
        return _nodes.Deviation[above - 1] + (fraction * (_nodes.Deviation[above] - _nodes.Deviation[above - 1]));
    }

    private ExpirySegment? NextZeroDte()
    {
        foreach (ExpirySegment segment in _nodes.BySettlement)
            if (segment.IsZeroDte && segment.IsPriced) return segment;
        return null;
    }

    private void Score(int first, int end, double logSpot, double spot)
    {
        int candidates = end - first;
        _score.AsSpan(0, candidates * ModelView.Columns).Clear();
        _gross.AsSpan(0, candidates * ModelView.Columns).Clear();
        foreach (ExpirySegment segment in _nodes.Segments)
        {
            if (!segment.IsZeroDte || !segment.IsPriced) continue;
            int rows = segment.PaddedCount;
            for (int column = 0; column < ModelView.Columns; column++)
            {
                ReadOnlySpan<double> net = _nodes.Weights.NetOf((PositionColumn)column).Slice(segment.Start, rows);
                net.CopyTo(_weights.AsSpan(column * rows));
                Span<double> absolute = _weights.AsSpan((ModelView.Columns + column) * rows, rows);
                for (int i = 0; i < rows; i++) absolute[i] = Math.Abs(net[i]);
            }
            for (int i = 0; i < candidates; i++) _logForward[i] = segment.LogForward + _nodes.LogStrike[first + i] - logSpot;
            const int Weights = 2 * ModelView.Columns;
            Span<ProfileSums> sums = _sums.AsSpan(0, candidates * Weights);
            GammaProfile.Sum(
                _lanes, _logForward.AsSpan(0, candidates), _nodes.LogStrike.AsSpan(segment.Start, rows), _nodes.Deviation.AsSpan(segment.Start, rows),
                _weights.AsSpan(0, Weights * rows), sums);
            for (int i = 0; i < candidates; i++)
            {
                double scale = 0.01 * segment.Discount * segment.Forward * (_nodes.Strike[first + i] / spot);
                for (int column = 0; column < ModelView.Columns; column++)
                {
                    _score[(i * ModelView.Columns) + column] += scale * sums[(i * Weights) + column].Gamma;
                    _gross[(i * ModelView.Columns) + column] += scale * sums[(i * Weights) + ModelView.Columns + column].Gamma;
                }
            }
        }
    }

    private void Choose(ExpirySegment next, int first, int end, int column, double atTheMoney, ref PinSection pin)
    {
        int best = -1;
        double greatest = 0;
        for (int i = 0; i < end - first; i++)
        {
            double score = _score[(i * ModelView.Columns) + column];
            if (!(score > greatest)) continue;
            greatest = score;
            best = i;
        }
        if (best < 0) return;
        int node = first + best;
        pin.Present = 1;
        pin.Strike = _nodes.Strike[node];
        pin.Share = greatest / _gross[(best * ModelView.Columns) + column];
        pin.Probability = Probability(next, node, atTheMoney);
    }

    /// <summary>Risk-neutral probability to settle within half the smaller adjacent strike step of a strike.</summary>
    private double Probability(ExpirySegment segment, int node, double deviation)
    {
        double step = double.PositiveInfinity;
        if (node > segment.Start) step = _nodes.Strike[node] - _nodes.Strike[node - 1];
        if (node + 1 < segment.End) step = Math.Min(step, _nodes.Strike[node + 1] - _nodes.Strike[node]);
        // A single strike has no step: everything settles nearest to it.
        if (double.IsPositiveInfinity(step)) return 1;
        double Below(double price) => Functions.NormalCdf(((Functions.Log(price) - segment.LogForward) / deviation) + (deviation / 2));
        return Below(_nodes.Strike[node] + (step / 2)) - Below(_nodes.Strike[node] - (step / 2));
    }
}
