using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Isolates the roots of G over ln(S/S_m) in [−0.5, 0.5] between bounds: an interval in which G keeps its sign, or its slope's sign, beyond
/// the bound is settled; any other is settled by exact values, in halves until it is. So no root is missed that a node of w ≥ 3e-5 makes,
/// as long as the halving is not cut short by its limits.
/// Roots themselves are polished on the exact profile.
/// </summary>
internal sealed class ZeroGammaScan
{
    private const double Negligible = 1e-9;
    private const double Converged = 1e-13;
    // What a last Newton step may leave, as its square times the curvature says.
    private const double LeftByLastStep = 2e-15;
    private const int DeepestHalving = 16;
    // Exact values one profile may ask for. Only a book whose parts cancel to nothing over a long stretch comes near it, and then halving
    // ends where it is.
    private const int MostExactValues = 20_000;

    private readonly ProfileBook _book;
    private readonly GammaSurface _surface;
    private readonly ProfileSamples _samples;
    private readonly List<int> _zone = new(4096);
    private double[] _shift = new double[128];
    private double[] _slope = new double[128];
    private int _found;

    // The profile that is scanned.
    private double _spot;
    private int _column;
    private ExposureBucket _bucket;
    private double _negligible;
    private int _exactValues;

    // Since the last point whose |G| is not negligible: its sign, the largest |G| with that sign, the crossings seen, the first of them, and intervals not yet looked into.
    private int _sign;
    private double _lobe;
    private bool _isFrail;
    private int _crossings;
    private Point _crossingLeft;
    private Point _crossingRight;

    /// <param name="scratch">Room for what is looked at of a book; nobody else may touch it.</param>
    /// <param name="lanes">Vector width.</param>
    public ZeroGammaScan(ProfileBook scratch, LaneWidth lanes)
    {
        _book = scratch;
        _surface = new GammaSurface(_book, lanes);
        _samples = new ProfileSamples(_book, lanes);
    }

    /// <summary>A quarter of the narrowest w that mattered in the last search.</summary>
    public double FinestStep => _samples.FinestStep;

    /// <summary>Exact values that the last search needed.</summary>
    public int ExactValues { get; private set; }

    public void Run(ProfileBook source, double spot, ReadOnlySpan<double> grossUsd, ProfileSet profiles, ZeroGammaTable roots)
    {
        ExactValues = 0;
        Span<int> columns = stackalloc int[source.Columns];
        columns = columns[.._book.CompactFrom(source, profiles, columns)];
        Span<double> gross = stackalloc double[3 * columns.Length];
        for (int i = 0; i < columns.Length; i++) grossUsd.Slice(3 * columns[i], 3).CopyTo(gross[(3 * i)..]);
        if (!_samples.TryTake(gross)) return;
        _spot = spot;
        for (_column = 0; _column < _book.Columns; _column++)
        {
            ProfilePoint atSpot = _surface.At(spot, 0, _column);
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
            {
                double size = gross[ProfileSet.Index(_column, bucket)];
                if (size <= 0 || !profiles.Has(columns[_column], bucket)) continue;
                (_bucket, _negligible) = (bucket, Negligible * size);
                ZeroGammaRoots found = roots[columns[_column], bucket];
                found.IsPriced = true;
                found.Sign = Math.Sign(atSpot.Gamma(bucket));
                Scan();
                int below = 0;
                while (below < _found && _shift[below] < 0) below++;
                found.Keep(spot, below, _shift.AsSpan(0, _found), _slope);
                EndLobe();
                found.IsFrail = _found > 0 && _isFrail;
                ExactValues += _exactValues;
            }
        }
    }

    private void Scan()
    {
        (_found, _sign, _crossings, _exactValues, _lobe, _isFrail) = (0, 0, 0, 0, 0, false);
        _zone.Clear();
        ProfileSample right = _samples.At(0, _column, _bucket);
        for (int i = 0; i + 1 < _samples.Count; i++)
        {
            ProfileSample left = right;
            right = _samples.At(i + 1, _column, _bucket);
            double x = _samples.Shift(i), step = _samples.Shift(i + 1) - x;
            // A cell's edge is there twice.
            if (step <= 0) continue;
            double error = left.ValueBound;
            (double low, double high) = Cubic.Range(in left, in right, step);
            double size = Math.Max(Math.Abs(left.Value), Math.Abs(right.Value)) - error;
            bool keepsSign = low > error || high < -error;
            if (keepsSign && size > _negligible)
            {
                Pass(Math.Sign(low), size);
                continue;
            }
            // Crossings among negligible values count for nothing unless they part two signs that count.
            if (Math.Max(-low, high) + error <= _negligible)
            {
                if (!keepsSign) _zone.Add(i);
                continue;
            }
            var from = new Point(x, left.Value, left.Slope);
            var to = new Point(x + step, right.Value, right.Slope);
            if (size > _negligible && Cubic.IsMonotone(in from, in to, left.SlopeBound)
                && Math.Abs(left.Value) > error && Math.Abs(right.Value) > error)
            {
                PassBetween(in from, in to, error);
                continue;
            }
            Settle(Exact(from.Shift), Exact(to.Shift), left.Fourth, 0);
        }
    }

    /// <summary>Settles an interval whose ends are exact.</summary>
    private void Settle(in Point left, in Point right, double fourth, int depth)
    {
        double step = right.Shift - left.Shift;
        (double missed, double missedSlope, double unsampled) = _samples.Missed((left.Shift + right.Shift) / 2, step, _column, _bucket);
        double between = ProfilePyramid.ValueError * step * step * step * step * fourth;
        double error = between + missed;
        (double low, double high) = Cubic.Range(in left, in right);
        // Where G keeps its sign it has to be known whether it is negligible, too.
        bool isSettled = Math.Max(-low, high) + error <= _negligible
            || ((low > error || high < -error) && Math.Max(Math.Abs(left.Value), Math.Abs(right.Value)) > _negligible)
            || Cubic.IsMonotone(in left, in right, (ProfilePyramid.SlopeError * step * step * step * fourth) + missedSlope);
        // Halving hardly shrinks what no step is fine enough for.
        if (isSettled || depth == DeepestHalving || (unsampled > 0 && error - unsampled <= 0.01 * unsampled) || _exactValues >= MostExactValues)
        {
            PassBetween(in left, in right, 0);
            return;
        }
        Point middle = Exact((left.Shift + right.Shift) / 2);
        Settle(in left, in middle, fourth, depth + 1);
        Settle(in middle, in right, fourth, depth + 1);
    }

    private void PassBetween(in Point left, in Point right, double error)
    {
        if (Math.Abs(left.Value) - error > _negligible) Pass(Math.Sign(left.Value), Math.Abs(left.Value) - error);
        if (left.Sign * right.Sign < 0) Cross(in left, in right);
        if (Math.Abs(right.Value) - error > _negligible) Pass(Math.Sign(right.Value), Math.Abs(right.Value) - error);
    }

    private void Cross(in Point left, in Point right)
    {
        if (_crossings++ == 0) (_crossingLeft, _crossingRight) = (left, right);
    }

    /// <summary>
    /// A point whose |G| is not negligible. Since the last such point of the other sign there is a root that counts if G crossed zero once;
    /// of several crossings none has such a point on each side before the next. Two that lie between neighbouring points of a stretch of
    /// negligible values are not told apart from none.
    /// </summary>
    private void Pass(int sign, double size)
    {
        if (_sign * sign < 0)
        {
            LookIntoZone();
            if (_crossings == 1) Polish(_crossingLeft, _crossingRight);
            EndLobe();
        }
        (_sign, _crossings) = (sign, 0);
        _lobe = Math.Max(_lobe, size);
        _zone.Clear();
    }

    private void EndLobe()
    {
        _isFrail |= _lobe <= ZeroGammaRoots.FrailLobe * _negligible;
        _lobe = 0;
    }

    private void LookIntoZone()
    {
        foreach (int i in _zone)
        {
            Point left = CertainOrExact(i, _samples.At(i, _column, _bucket).ValueBound), right = CertainOrExact(i + 1, _samples.At(i, _column, _bucket).ValueBound);
            if (left.Sign * right.Sign < 0) Cross(in left, in right);
        }
    }

    private Point CertainOrExact(int index, double error)
    {
        ProfileSample sample = _samples.At(index, _column, _bucket);
        double shift = _samples.Shift(index);
        return Math.Abs(sample.Value) > error ? new Point(shift, sample.Value, sample.Slope) : Exact(shift);
    }

    private Point Exact(double shift)
    {
        _exactValues++;
        ProfilePoint point = _surface.At(_spot, shift, _column, _bucket);
        return new Point(shift, point.Gamma(_bucket), point.Slope(_bucket) * point.Spot);
    }

    /// <summary>Newton's method on the exact profile from the root of the cubic, held inside a bracket that halves whenever a step leaves it or is not half the last.</summary>
    private void Polish(in Point left, in Point right)
    {
        double low = left.Shift, high = right.Shift;
        int signAtLow = left.Sign;
        double least = 1 / (high - low), movedBefore = high - low;
        double shift = Cubic.Root(in left, in right);
        double before = double.NaN, slopeBefore = 0, slope = 0;
        for (int round = 0; round < 100; round++)
        {
            Point point = Exact(shift);
            slope = point.Slope;
            // Both have underflowed: no root parts the two signs.
            if (point.Sign == 0) return;
            if (point.Value == 0) break;
            if (Math.Sign(point.Value) == signAtLow) low = shift;
            else high = shift;
            double curvature = double.IsNaN(before) ? Cubic.Curvature(in left, in right, shift) : (slope - slopeBefore) / (shift - before);
            // Where it happens to vanish, what a cubic over the interval may have by way of curvature stands for it.
            double perSlope = Math.Max(Math.Abs(curvature / slope), least);
            (before, slopeBefore) = (shift, slope);
            double next = shift - (point.Value / slope);
            // In the valley between two densities G changes by orders of magnitude: Newton's steps hardly shrink there, halves do.
            bool isNewton = next > low && next < high && Math.Abs(next - shift) <= movedBefore / 2;
            if (!isNewton) next = (low + high) / 2;
            double moved = Math.Abs(next - shift);
            movedBefore = moved;
            shift = next;
            if (moved <= Converged || high - low <= Converged) break;
            if (isNewton && 0.5 * perSlope * moved * moved <= LeftByLastStep) break;
        }
        if (_found == _shift.Length)
        {
            Array.Resize(ref _shift, 2 * _found);
            Array.Resize(ref _slope, 2 * _found);
        }
        _shift[_found] = shift;
        _slope[_found++] = slope / (_spot * Functions.Exp(shift));
    }

    /// <summary>G and dG/dx at x = ln(S/S_m).</summary>
    private readonly record struct Point(double Shift, double Value, double Slope)
    {
        /// <summary>At an exact zero that of what follows. 0 where everything has underflowed: no root is there.</summary>
        public int Sign => Value != 0 ? Math.Sign(Value) : Math.Sign(Slope);
    }

    /// <summary>The cubic through values and slopes of two points.</summary>
    private static class Cubic
    {
        /// <summary>Least and greatest of its Bernstein coefficients: it stays between them.</summary>
        public static (double Low, double High) Range(in Point left, in Point right) =>
            Range(left.Value, right.Value, (right.Shift - left.Shift) / 3 * left.Slope, (right.Shift - left.Shift) / 3 * right.Slope);

        public static (double Low, double High) Range(in ProfileSample left, in ProfileSample right, double step) =>
            Range(left.Value, right.Value, step / 3 * left.Slope, step / 3 * right.Slope);

        /// <summary>Its slope keeps its sign beyond a bound.</summary>
        public static bool IsMonotone(in Point left, in Point right, double bound)
        {
            double mean = (right.Value - left.Value) / (right.Shift - left.Shift);
            // Bernstein coefficients of the slope.
            double middle = (3 * mean) - left.Slope - right.Slope;
            double low = Math.Min(Math.Min(left.Slope, right.Slope), middle), high = Math.Max(Math.Max(left.Slope, right.Slope), middle);
            return low > bound || high < -bound;
        }

        /// <summary>A root of it between two points of different signs.</summary>
        public static double Root(in Point left, in Point right)
        {
            double step = right.Shift - left.Shift;
            double low = 0, high = 1;
            for (int round = 0; round < 40; round++)
            {
                double middle = (low + high) / 2;
                if (Math.Sign(At(in left, in right, step, middle)) == left.Sign) low = middle;
                else high = middle;
            }
            return left.Shift + (step * (low + high) / 2);
        }

        /// <summary>Its second derivative.</summary>
        public static double Curvature(in Point left, in Point right, double shift)
        {
            double step = right.Shift - left.Shift, t = (shift - left.Shift) / step;
            double rise = (right.Value - left.Value) / step;
            return ((6 * rise * (1 - (2 * t))) - (left.Slope * (4 - (6 * t))) - (right.Slope * (2 - (6 * t)))) / step;
        }

        private static double At(in Point left, in Point right, double step, double t)
        {
            double u = 1 - t;
            double first = left.Value + (step / 3 * left.Slope), second = right.Value - (step / 3 * right.Slope);
            return (u * u * ((u * left.Value) + (3 * t * first))) + (t * t * ((3 * u * second) + (t * right.Value)));
        }

        private static (double Low, double High) Range(double left, double right, double riseAtLeft, double riseAtRight)
        {
            double second = left + riseAtLeft, third = right - riseAtRight;
            return (Math.Min(Math.Min(left, right), Math.Min(second, third)), Math.Max(Math.Max(left, right), Math.Max(second, third)));
        }
    }
}
