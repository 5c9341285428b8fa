using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// G(S), the gamma exposure of the book repriced at another spot, and its slope: F(S) = F·S/S_m, w held per strike.
/// Only nodes whose density does not underflow are visited, so the sums are those of a visit to all.
/// </summary>
internal sealed class GammaSurface(NodeTable nodes, LaneWidth lanes)
{
    // φ(d) is zero in double precision beyond 38.6.
    private const double UnderflowDeviations = 39;

    private readonly double[] _greatestDeviation = new double[nodes.Segments.Length];
    private readonly double[] _greatestShift = new double[nodes.Segments.Length];

    /// <summary>Reads how wide each expiry's densities are; call when w changed.</summary>
    public void Measure()
    {
        for (int s = 0; s < nodes.Segments.Length; s++)
        {
            ExpirySegment segment = nodes.Segments[s];
            double greatest = 0;
            if (segment.IsPriced)
                for (int i = segment.Start; i < segment.End; i++) greatest = Math.Max(greatest, nodes.Deviation[i]);
            _greatestDeviation[s] = greatest;
            // |d1| = |ln(F/K)/w + w/2| stays below the limit only while |ln(F/K)| < limit·w + w²/2.
            _greatestShift[s] = (UnderflowDeviations * greatest) + (greatest * greatest / 2);
        }
    }

    /// <summary>The profile at spot·e^<paramref name="logShift"/>, apart for 0DTE and the rest; only what a bucket needs.</summary>
    public ProfilePoint At(double spot, double logShift, ExposureBucket bucket = ExposureBucket.All)
    {
        double growth = Functions.Exp(logShift);
        double shifted = spot * growth;
        var point = new ProfilePoint(shifted);
        for (int s = 0; s < nodes.Segments.Length; s++)
        {
            if (_greatestDeviation[s] == 0) continue;
            ExpirySegment segment = nodes.Segments[s];
            if (bucket != ExposureBucket.All && segment.IsZeroDte != (bucket == ExposureBucket.ZeroDte)) continue;
            double logForward = segment.LogForward + logShift;
            (int first, int end) = Window(segment, logForward, _greatestShift[s]);
            if (first == end) continue;
            ProfileSums sums = GammaProfile.Sum(
                lanes, logForward, nodes.LogStrike.AsSpan(first, end - first), nodes.Deviation.AsSpan(first, end - first),
                nodes.NetWeight.AsSpan(first, end - first));
            double forward = segment.Forward * growth;
            double scale = 0.01 * segment.Discount * forward;
            if (segment.IsZeroDte)
            {
                point.ZeroDte += scale * sums.Gamma;
                point.ZeroDteSlope += scale / shifted * sums.Slope;
            }
            else
            {
                point.Rest += scale * sums.Gamma;
                point.RestSlope += scale / shifted * sums.Slope;
            }
        }
        return point;
    }

    /// <summary>The nodes near a forward, whole groups of eight as the kernel wants them.</summary>
    private (int First, int End) Window(ExpirySegment segment, double logForward, double reach)
    {
        int first = FirstAtOrAbove(segment, logForward - reach);
        int end = FirstAtOrAbove(segment, logForward + reach);
        if (first == end) return (first, first);
        first = segment.Start + ((first - segment.Start) & ~7);
        end = segment.Start + ((end - segment.Start + 7) & ~7);
        return (first, end);
    }

    private int FirstAtOrAbove(ExpirySegment segment, double logStrike)
    {
        int low = segment.Start;
        int high = segment.End;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (nodes.LogStrike[middle] < logStrike) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}

/// <summary>One point of the profile: USD per 1 % move, and its slope per unit of the underlying.</summary>
internal record struct ProfilePoint(double Spot)
{
    public double ZeroDte;
    public double ZeroDteSlope;
    public double Rest;
    public double RestSlope;

    public readonly double Gamma(ExposureBucket bucket) => bucket switch
    {
        ExposureBucket.ZeroDte => ZeroDte,
        ExposureBucket.ExZeroDte => Rest,
        _ => ZeroDte + Rest,
    };

    public readonly double Slope(ExposureBucket bucket) => bucket switch
    {
        ExposureBucket.ZeroDte => ZeroDteSlope,
        ExposureBucket.ExZeroDte => RestSlope,
        _ => ZeroDteSlope + RestSlope,
    };
}
