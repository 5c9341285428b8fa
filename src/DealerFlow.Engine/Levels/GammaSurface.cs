using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// G(S), the gamma exposure of a book repriced at another spot, and its slope: F(S) = F·S/S_m, w held per strike, or with a
/// skew-stickiness R other than 1 moved by (R − 1)·∂w/∂ln K·ln(S/S_m), ∂w/∂ln K at the money of each expiry. Only nodes within so many deviations are visited: as long as that is until densities underflow, the sums are those of a visit to all.
/// </summary>
internal sealed class GammaSurface(ProfileBook book, LaneWidth lanes, double deviations = GammaSurface.UntilUnderflow)
{
    /// <summary>φ(d) is zero in double precision beyond 38.6 deviations.</summary>
    public const double UntilUnderflow = 39;

    /// <summary>φ(9) is 2.6e-18 of φ(0): what lies further away moves no root that is not searched afresh anyway.</summary>
    public const double Felt = 9;

    /// <summary>Levels that are looked at together.</summary>
    public const int Levels = 4;

    private readonly double[] _growth = new double[Levels];
    private readonly double[] _logForward = new double[Levels];
    private readonly double[] _deviationShift = new double[Levels];
    private readonly ProfileSums[] _sums = new ProfileSums[Levels * GammaProfile.MaxWeights];
    private readonly SkewedSums[] _skewed = new SkewedSums[Levels * GammaProfile.MaxWeights];

    /// <summary>One column's profile at spot·e^<paramref name="logShift"/>, apart for 0DTE and the rest; only what a bucket needs.</summary>
    public ProfilePoint At(double spot, double logShift, int column, ExposureBucket bucket = ExposureBucket.All)
    {
        double growth = Functions.Exp(logShift);
        var point = new ProfilePoint(spot * growth);
        foreach (ref readonly ProfileSegment segment in book.Segments)
        {
            if (!segment.IsIn(bucket)) continue;
            double logForward = segment.LogForward + logShift;
            (int first, int end) = Window(in segment, logForward, logForward, segment.ReachAt(logShift, deviations));
            if (first == end) continue;
            if (segment.SkewPerShift != 0)
            {
                SkewedSums skewed = Skewed(in segment, logShift, column, first, end);
                point.Add(in segment, growth, new ProfileSums(skewed.Gamma, skewed.Slope + (segment.SkewPerShift * skewed.Sensitivity)));
                continue;
            }
            ProfileSums sums = GammaProfile.Sum(
                lanes, logForward, book.LogStrike.AsSpan(first, end - first), book.Deviation[first..end], book.Weights(column)[first..end]);
            point.Add(in segment, growth, in sums);
        }
        return point;
    }

    /// <summary>
    /// How far a root at spot·e^<paramref name="logShift"/> moves per unit of skew-stickiness, dS*/dR = −(∂G/∂R)/(∂G/∂S) with
    /// ∂G/∂R = Σ 0.01·D·F(S)·∂w/∂ln K·ln(S/S_m)·∂(φ(d1)/w)/∂w·m·N. Units of the underlying; 0 where G is level.
    /// </summary>
    public double RootPerStickiness(double spot, double logShift, int column, ExposureBucket bucket)
    {
        double growth = Functions.Exp(logShift);
        double perStickiness = 0, perShift = 0;
        foreach (ref readonly ProfileSegment segment in book.Segments)
        {
            if (!segment.IsIn(bucket)) continue;
            double logForward = segment.LogForward + logShift;
            (int first, int end) = Window(in segment, logForward, logForward, segment.ReachAt(logShift, deviations));
            if (first == end) continue;
            SkewedSums sums = Skewed(in segment, logShift, column, first, end);
            double scale = 0.01 * segment.Discount * (segment.Forward * growth);
            perStickiness += scale * segment.Skew * logShift * sums.Sensitivity;
            perShift += scale * (sums.Slope + (segment.SkewPerShift * sums.Sensitivity));
        }
        return perShift == 0 ? 0 : -perStickiness / perShift * (spot * growth);
    }

    /// <summary>The profiles of all columns at up to <see cref="Levels"/> shifts that ascend; points are [level, column].</summary>
    public void At(double spot, ReadOnlySpan<double> logShifts, Span<ProfilePoint> points)
    {
        int columns = book.Columns;
        for (int level = 0; level < logShifts.Length; level++)
        {
            _growth[level] = Functions.Exp(logShifts[level]);
            points.Slice(level * columns, columns).Fill(new ProfilePoint(spot * _growth[level]));
        }
        Span<double> logForwards = _logForward.AsSpan(0, logShifts.Length);
        Span<ProfileSums> sums = _sums.AsSpan(0, logShifts.Length * columns);
        foreach (ref readonly ProfileSegment segment in book.Segments)
        {
            for (int level = 0; level < logShifts.Length; level++) logForwards[level] = segment.LogForward + logShifts[level];
            double reach = Math.Max(segment.ReachAt(logShifts[0], deviations), segment.ReachAt(logShifts[^1], deviations));
            (int first, int end) = Window(in segment, logForwards[0], logForwards[^1], reach);
            if (first == end) continue;
            if (segment.SkewPerShift != 0)
            {
                Span<double> shifts = _deviationShift.AsSpan(0, logShifts.Length);
                for (int level = 0; level < shifts.Length; level++) shifts[level] = segment.SkewPerShift * logShifts[level];
                Span<SkewedSums> skewed = _skewed.AsSpan(0, sums.Length);
                GammaProfile.SumSkewed(
                    lanes, logForwards, shifts, book.LogStrike.AsSpan(first, end - first), book.Deviation[first..end], book.Weights(0)[first..],
                    columns, book.WeightStride, skewed);
                for (int i = 0; i < sums.Length; i++)
                    sums[i] = new ProfileSums(skewed[i].Gamma, skewed[i].Slope + (segment.SkewPerShift * skewed[i].Sensitivity));
            }
            else
            {
                GammaProfile.Sum(
                    lanes, logForwards, book.LogStrike.AsSpan(first, end - first), book.Deviation[first..end], book.Weights(0)[first..], columns,
                    book.WeightStride, sums);
            }
            for (int i = 0; i < sums.Length; i++) points[i].Add(in segment, _growth[i / columns], in sums[i]);
        }
    }

    private SkewedSums Skewed(in ProfileSegment segment, double logShift, int column, int first, int end)
    {
        SkewedSums sums = default;
        GammaProfile.SumSkewed(
            lanes, [segment.LogForward + logShift], [segment.SkewPerShift * logShift], book.LogStrike.AsSpan(first, end - first),
            book.Deviation[first..end], book.Weights(column)[first..end], models: 1, weightStride: end - first, new Span<SkewedSums>(ref sums));
        return sums;
    }

    /// <summary>The nodes that are felt between two forwards, whole groups of eight as the kernel wants them.</summary>
    private (int First, int End) Window(in ProfileSegment segment, double lowest, double highest, double reach)
    {
        int first = FirstAtOrAbove(in segment, lowest - reach);
        int end = FirstAtOrAbove(in segment, highest + reach);
        if (first == end) return (first, first);
        first = segment.Start + ((first - segment.Start) & ~7);
        end = segment.Start + Columns.PaddedLength(end - segment.Start);
        return (first, end);
    }

    private int FirstAtOrAbove(in ProfileSegment segment, double logStrike)
    {
        int low = segment.Start;
        int high = segment.Start + segment.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (book.LogStrike[middle] < logStrike) low = middle + 1;
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

    public void Add(in ProfileSegment segment, double growth, in ProfileSums sums)
    {
        double scale = 0.01 * segment.Discount * (segment.Forward * growth);
        if (segment.IsZeroDte)
        {
            ZeroDte += scale * sums.Gamma;
            ZeroDteSlope += scale / Spot * sums.Slope;
        }
        else
        {
            Rest += scale * sums.Gamma;
            RestSlope += scale / Spot * sums.Slope;
        }
    }

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
