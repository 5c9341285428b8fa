using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Zero gamma: the roots of the repriced profile G(S) for ln(S/S_m) in [−0.5, 0.5]. A full search samples finely enough for
/// the narrowest density that matters, brackets every sign change and every dip that may touch zero, and polishes each root;
/// in between, known roots are followed by Newton's method.
/// </summary>
internal sealed class ZeroGammaSearch(NodeTable nodes, LaneWidth lanes)
{
    private const double Negligible = 1e-9;
    private const double Converged = 1e-13;
    private const double Tracked = 1e-12;
    private static readonly ExposureBucket[] Buckets = [ExposureBucket.All, ExposureBucket.ZeroDte, ExposureBucket.ExZeroDte];

    private readonly GammaSurface _surface = new(nodes, lanes);
    private readonly ProfileGrid _grid = new(nodes);
    private readonly ZeroGammaRoots[] _roots = [new(), new(), new()];
    private readonly double[] _gross = new double[3];

    // Candidates of one bucket: position, slope, and the greatest |G| seen before each (one more for the end).
    private double[] _shift = new double[512];
    private double[] _slope = new double[512];
    private double[] _peakBefore = new double[513];
    private int _candidates;
    private bool _isStale = true;

    public ulong FullSearches { get; private set; }

    public ZeroGammaRoots this[ExposureBucket bucket] => _roots[(int)bucket];

    /// <summary>Positions or expiries changed: following the old roots is not enough.</summary>
    public void Invalidate() => _isStale = true;

    /// <summary>Brings the roots to the mark in force: by tracking where that is safe, else by a full search.</summary>
    public void Update(double spot, ReadOnlySpan<double> grossUsd, bool searchIsDue)
    {
        grossUsd.CopyTo(_gross);
        _surface.Measure();
        if (searchIsDue || _isStale || !TryTrackAll(spot)) Search(spot);
        _isStale = false;
    }

    private bool TryTrackAll(double spot)
    {
        foreach (ExposureBucket bucket in Buckets)
        {
            ZeroGammaRoots roots = this[bucket];
            if (roots.IsPriced != _gross[(int)bucket] > 0) return false;
            if (!roots.IsPriced) continue;
            int sign = Math.Sign(_surface.At(spot, 0, bucket).Gamma(bucket));
            if (roots.Found > roots.Count || !TryTrack(spot, roots, bucket)) return false;
            // A new sign at spot is right only if a root crossed it.
            if (sign != roots.Sign && sign != roots.SignAt(spot)) return false;
            roots.Sign = sign;
        }
        return true;
    }

    private bool TryTrack(double spot, ZeroGammaRoots roots, ExposureBucket bucket)
    {
        for (int i = 0; i < roots.Count; i++)
        {
            double start = Functions.Log(roots.Spot[i] / spot);
            double room = 4 * _grid.FinestStep;
            if (i > 0) room = Math.Min(room, Functions.Log(roots.Spot[i] / roots.Spot[i - 1]) / 2);
            if (i + 1 < roots.Count) room = Math.Min(room, Functions.Log(roots.Spot[i + 1] / roots.Spot[i]) / 2);
            if (!TryNewton(spot, bucket, start, room, roots.Slope[i], out double shift, out double slope)) return false;
            if (Math.Abs(shift) > ProfileGrid.Reach) return false;
            roots.Spot[i] = spot * Functions.Exp(shift);
            roots.Slope[i] = slope;
        }
        return true;
    }

    private bool TryNewton(double spot, ExposureBucket bucket, double start, double room, double slopeBefore, out double shift, out double slope)
    {
        shift = start;
        slope = 0;
        for (int round = 0; round < 8; round++)
        {
            ProfilePoint point = _surface.At(spot, shift, bucket);
            slope = point.Slope(bucket);
            if (Math.Sign(slope) != Math.Sign(slopeBefore) || Math.Abs(slope) < 0.1 * Math.Abs(slopeBefore)) return false;
            double step = point.Gamma(bucket) / (slope * point.Spot);
            shift -= step;
            if (!(Math.Abs(shift - start) <= room)) return false;
            if (Math.Abs(step) <= Tracked) return true;
        }
        return false;
    }

    private void Search(double spot)
    {
        FullSearches++;
        foreach (ZeroGammaRoots roots in _roots) roots.Clear();
        if (!_grid.TryLay(_gross)) return;
        _grid.Evaluate(_surface, spot);
        foreach (ExposureBucket bucket in Buckets)
        {
            if (_gross[(int)bucket] <= 0) continue;
            ZeroGammaRoots roots = this[bucket];
            roots.IsPriced = true;
            roots.Sign = Math.Sign(_grid[_grid.AtSpot].Gamma(bucket));
            FindCandidates(spot, bucket);
            Keep(spot, roots, Negligible * _gross[(int)bucket]);
        }
    }

    private void FindCandidates(double spot, ExposureBucket bucket)
    {
        _candidates = 0;
        _peakBefore[0] = 0;
        int before = -1;
        for (int i = 0; i < _grid.Count; i++)
        {
            double gamma = _grid[i].Gamma(bucket);
            // An underflowed zero is no root; a single exact zero between two signs is.
            if (gamma == 0) continue;
            if (before >= 0)
            {
                double previous = _grid[before].Gamma(bucket);
                bool changesSign = Math.Sign(previous) != Math.Sign(gamma);
                if (changesSign && i - before <= 2) Polish(spot, bucket, _grid.Shift(before), _grid.Shift(i), previous);
                else if (!changesSign && i - before == 1) ProbeDip(spot, bucket, before);
            }
            _peakBefore[_candidates] = Math.Max(_peakBefore[_candidates], Math.Abs(gamma));
            before = i;
        }
    }

    /// <summary>|G| falls from the left point and rises to the right one: two roots may hide in between.</summary>
    private void ProbeDip(double spot, ExposureBucket bucket, int left)
    {
        ProfilePoint a = _grid[left];
        ProfilePoint b = _grid[left + 1];
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
            ProfilePoint point = _surface.At(spot, middle, bucket);
            double height = sign * point.Gamma(bucket);
            if (height < 0)
            {
                Polish(spot, bucket, _grid.Shift(left), middle, a.Gamma(bucket));
                _peakBefore[_candidates] = Math.Max(_peakBefore[_candidates], -height);
                Polish(spot, bucket, middle, _grid.Shift(left + 1), point.Gamma(bucket));
                return;
            }
            if (sign * point.Slope(bucket) < 0) low = middle;
            else high = middle;
        }
    }

    /// <summary>Newton's method held inside a bracket that halves whenever a step leaves it.</summary>
    private void Polish(double spot, ExposureBucket bucket, double low, double high, double gammaAtLow)
    {
        double shift = (low + high) / 2;
        double slope = 0;
        for (int round = 0; round < 100; round++)
        {
            ProfilePoint point = _surface.At(spot, shift, bucket);
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
