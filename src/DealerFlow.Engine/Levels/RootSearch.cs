using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// The plain search for the roots of a sampled profile: every sign change between samples is bracketed, every dip that may touch zero is
/// probed, each root is polished on the profile itself.
/// </summary>
internal sealed class RootSearch<TProfile>(TProfile profile)
    where TProfile : IGammaProfile
{
    private const double Negligible = 1e-9;
    private const double Converged = 1e-13;
    private const double NoRoot = double.NaN;

    // Candidates of one bucket: position, slope, and the greatest |G| seen before each (one more for the end).
    private double[] _shift = new double[512];
    private double[] _slope = new double[512];
    private double[] _peakBefore = new double[513];
    private int _candidates;

    /// <summary>Roots of some profiles. Gross is per column and bucket, USD per 1 %.</summary>
    public void Run(double spot, ReadOnlySpan<double> grossUsd, ProfileSet profiles, ZeroGammaTable table)
    {
        for (int column = 0; column < profile.Columns; column++)
        {
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
            {
                double gross = grossUsd[ProfileSet.Index(column, bucket)];
                if (gross <= 0 || !profiles.Has(column, bucket)) continue;
                ZeroGammaRoots roots = table[column, bucket];
                roots.IsPriced = true;
                roots.Sign = Math.Sign(profile.Sample(profile.AtSpot, column).Gamma(bucket));
                FindCandidates(column, bucket);
                Keep(spot, roots, Negligible * gross);
            }
        }
    }

    private void FindCandidates(int column, ExposureBucket bucket)
    {
        _candidates = 0;
        _peakBefore[0] = 0;
        int before = -1;
        for (int i = 0; i < profile.Count; i++)
        {
            double gamma = profile.Sample(i, column).Gamma(bucket);
            // An underflowed zero is no root; a single exact zero between two signs is.
            if (gamma == 0) continue;
            if (before >= 0)
            {
                double previous = profile.Sample(before, column).Gamma(bucket);
                bool changesSign = Math.Sign(previous) != Math.Sign(gamma);
                if (changesSign && i - before <= 2) Polish(column, bucket, profile.Shift(before), profile.Shift(i), previous);
                // Another sign on the other side of nothing: no root, but what comes before it is on no root's side after it.
                else if (changesSign) AddCandidate(NoRoot, 0);
                else if (!changesSign && i - before == 1) ProbeDip(column, bucket, before);
            }
            _peakBefore[_candidates] = Math.Max(_peakBefore[_candidates], Math.Abs(gamma));
            before = i;
        }
    }

    /// <summary>|G| falls from the left point and rises to the right one: two roots may hide in between.</summary>
    private void ProbeDip(int column, ExposureBucket bucket, int left)
    {
        ProfilePoint a = profile.Sample(left, column);
        ProfilePoint b = profile.Sample(left + 1, column);
        double sign = Math.Sign(a.Gamma(bucket));
        double heightA = sign * a.Gamma(bucket);
        double heightB = sign * b.Gamma(bucket);
        double fallA = sign * a.Slope(bucket);
        double riseB = sign * b.Slope(bucket);
        if (fallA >= 0 || riseB <= 0) return;
        // Where the tangents meet above zero, a convex dip cannot reach it.
        double meeting = (heightB - heightA - (riseB * b.Spot) + (fallA * a.Spot)) / (fallA - riseB);
        if (heightA + (fallA * (meeting - a.Spot)) > 0) return;

        double low = profile.Shift(left);
        double high = profile.Shift(left + 1);
        for (int round = 0; round < 48; round++)
        {
            double middle = (low + high) / 2;
            ProfilePoint point = profile.At(middle, column, bucket);
            double height = sign * point.Gamma(bucket);
            if (height < 0)
            {
                Polish(column, bucket, profile.Shift(left), middle, a.Gamma(bucket));
                _peakBefore[_candidates] = Math.Max(_peakBefore[_candidates], -height);
                Polish(column, bucket, middle, profile.Shift(left + 1), point.Gamma(bucket));
                return;
            }
            if (sign * point.Slope(bucket) < 0) low = middle;
            else high = middle;
        }
    }

    /// <summary>Newton's method held inside a bracket that halves whenever a step leaves it or is not half the last.</summary>
    private void Polish(int column, ExposureBucket bucket, double low, double high, double gammaAtLow)
    {
        double shift = (low + high) / 2;
        double slope = 0, movedBefore = high - low;
        for (int round = 0; round < 100; round++)
        {
            ProfilePoint point = profile.At(shift, column, bucket);
            double gamma = point.Gamma(bucket);
            slope = point.Slope(bucket);
            // Both have underflowed: no root parts the two signs.
            if (gamma == 0 && slope == 0)
            {
                AddCandidate(NoRoot, 0);
                return;
            }
            if (gamma == 0) break;
            if (Math.Sign(gamma) == Math.Sign(gammaAtLow)) low = shift;
            else high = shift;
            double next = shift - (gamma / (slope * point.Spot));
            if (!(next > low && next < high && Math.Abs(next - shift) <= movedBefore / 2)) next = (low + high) / 2;
            double moved = Math.Abs(next - shift);
            movedBefore = moved;
            shift = next;
            if (moved <= Converged || high - low <= Converged) break;
        }
        AddCandidate(shift, slope);
    }

    private void AddCandidate(double shift, double slope)
    {
        if (_candidates == _shift.Length) MakeRoom();
        _shift[_candidates] = shift;
        _slope[_candidates] = slope;
        _peakBefore[++_candidates] = 0;
    }

    private void MakeRoom()
    {
        Array.Resize(ref _shift, 2 * _shift.Length);
        Array.Resize(ref _slope, _shift.Length);
        Array.Resize(ref _peakBefore, _shift.Length + 1);
    }

    /// <summary>A root counts if |G| exceeds the negligible on each side of it before the next candidate or the end.</summary>
    private void Keep(double spot, ZeroGammaRoots roots, double negligible)
    {
        int below = 0;
        for (int i = 0; i < _candidates; i++)
        {
            if (double.IsNaN(_shift[i]) || !(_peakBefore[i] > negligible && _peakBefore[i + 1] > negligible)) continue;
            roots.IsFrail |= Math.Min(_peakBefore[i], _peakBefore[i + 1]) <= ZeroGammaRoots.FrailLobe * negligible;
            (_shift[roots.Found], _slope[roots.Found]) = (_shift[i], _slope[i]);
            if (_shift[roots.Found++] < 0) below++;
        }
        roots.Keep(spot, below, _shift.AsSpan(0, roots.Found), _slope);
    }
}
