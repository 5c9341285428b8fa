using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// A full search for zero gamma: the roots of the repriced profile G(S) for ln(S/S_m) in [−0.5, 0.5], of every position column and
/// bucket. It samples finely enough for the narrowest density that matters, brackets every sign change and every dip that may touch
/// zero, and polishes each root. Knows nothing but its book, so it may run beside the calculation on a copy.
/// </summary>
internal sealed class ZeroGammaSearch(ProfileBook book, LaneWidth lanes)
{
    private const double Negligible = 1e-9;
    private const double Converged = 1e-13;

    private readonly GammaSurface _surface = new(book, lanes);
    private readonly ProfileGrid _grid = new(book);

    // Candidates of one bucket: position, slope, and the greatest |G| seen before each (one more for the end).
    private double[] _shift = new double[512];
    private double[] _slope = new double[512];
    private double[] _peakBefore = new double[513];
    private int _candidates;

    /// <summary>The roots of every column and bucket.</summary>
    public ZeroGammaTable Roots { get; } = new(book.ColumnCapacity);

    /// <summary>The shortest step of the last search.</summary>
    public double FinestStep => _grid.FinestStep;

    /// <summary>Searches the book as it stands. Gross is per column and bucket, USD per 1 %.</summary>
    public void Run(double spot, ReadOnlySpan<double> grossUsd)
    {
        Roots.Clear();
        if (!_grid.TryLay(grossUsd)) return;
        _grid.Evaluate(_surface, spot);
        for (int column = 0; column < book.Columns; column++)
        {
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
            {
                double gross = grossUsd[(column * 3) + (int)bucket];
                if (gross <= 0) continue;
                ZeroGammaRoots roots = Roots[column, bucket];
                roots.IsPriced = true;
                roots.Sign = Math.Sign(_grid.At(_grid.AtSpot, column).Gamma(bucket));
                FindCandidates(spot, column, bucket);
                Keep(spot, roots, Negligible * gross);
            }
        }
    }

    private void FindCandidates(double spot, int column, ExposureBucket bucket)
    {
        _candidates = 0;
        _peakBefore[0] = 0;
        int before = -1;
        for (int i = 0; i < _grid.Count; i++)
        {
            double gamma = _grid.At(i, column).Gamma(bucket);
            // An underflowed zero is no root; a single exact zero between two signs is.
            if (gamma == 0) continue;
            if (before >= 0)
            {
                double previous = _grid.At(before, column).Gamma(bucket);
                bool changesSign = Math.Sign(previous) != Math.Sign(gamma);
                if (changesSign && i - before <= 2) Polish(spot, column, bucket, _grid.Shift(before), _grid.Shift(i), previous);
                else if (!changesSign && i - before == 1) ProbeDip(spot, column, bucket, before);
            }
            _peakBefore[_candidates] = Math.Max(_peakBefore[_candidates], Math.Abs(gamma));
            before = i;
        }
    }

    /// <summary>|G| falls from the left point and rises to the right one: two roots may hide in between.</summary>
    private void ProbeDip(double spot, int column, ExposureBucket bucket, int left)
    {
        ProfilePoint a = _grid.At(left, column);
        ProfilePoint b = _grid.At(left + 1, column);
        double sign = Math.Sign(a.Gamma(bucket));
        double heightA = sign * a.Gamma(bucket);
        double heightB = sign * b.Gamma(bucket);
        double fallA = sign * a.Slope(bucket);
        double riseB = sign * b.Slope(bucket);
        if (fallA >= 0 || riseB <= 0) return;
        // Where the tangents meet above zero, a convex dip cannot reach it.
        double meeting = (heightB - heightA - (riseB * b.Spot) + (fallA * a.Spot)) / (fallA - riseB);
        if (heightA + (fallA * (meeting - a.Spot)) > 0) return;

        double low = _grid.Shift(left);
        double high = _grid.Shift(left + 1);
        for (int round = 0; round < 48; round++)
        {
            double middle = (low + high) / 2;
            ProfilePoint point = _surface.At(spot, middle, column, bucket);
            double height = sign * point.Gamma(bucket);
            if (height < 0)
            {
                Polish(spot, column, bucket, _grid.Shift(left), middle, a.Gamma(bucket));
                _peakBefore[_candidates] = Math.Max(_peakBefore[_candidates], -height);
                Polish(spot, column, bucket, middle, _grid.Shift(left + 1), point.Gamma(bucket));
                return;
            }
            if (sign * point.Slope(bucket) < 0) low = middle;
            else high = middle;
        }
    }

    /// <summary>Newton's method held inside a bracket that halves whenever a step leaves it.</summary>
    private void Polish(double spot, int column, ExposureBucket bucket, double low, double high, double gammaAtLow)
    {
        double shift = (low + high) / 2;
        double slope = 0;
        for (int round = 0; round < 100; round++)
        {
            ProfilePoint point = _surface.At(spot, shift, column, bucket);
            double gamma = point.Gamma(bucket);
            slope = point.Slope(bucket);
            if (gamma == 0) break;
            if (Math.Sign(gamma) == Math.Sign(gammaAtLow)) low = shift;
            else high = shift;
            double next = shift - (gamma / (slope * point.Spot));
            if (!(next > low && next < high)) next = (low + high) / 2;
            double moved = Math.Abs(next - shift);
            shift = next;
            if (moved <= Converged || high - low <= Converged) break;
        }
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
            if (!(_peakBefore[i] > negligible && _peakBefore[i + 1] > negligible)) continue;
            (_shift[roots.Found], _slope[roots.Found]) = (_shift[i], _slope[i]);
            if (_shift[roots.Found++] < 0) below++;
        }
        // Where not all fit, those about spot are kept.
        int first = Math.Clamp(below - (ZeroGammaRoots.Capacity / 2), 0, Math.Max(0, roots.Found - ZeroGammaRoots.Capacity));
        int count = Math.Min(roots.Found - first, ZeroGammaRoots.Capacity);
        for (int i = first; i < first + count; i++) roots.Add(spot * Functions.Exp(_shift[i]), _slope[i]);
    }
}
