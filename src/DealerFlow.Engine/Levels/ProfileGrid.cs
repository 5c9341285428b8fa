using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Where a full search looks at the profile: every cell of ln(S/S_m) in steps of a quarter of the narrowest w that matters
/// there, so that a wide book is sampled coarsely and the neighbourhood of today's strikes finely.
/// </summary>
internal sealed class ProfileGrid(ProfileBook book)
{
    public const double Reach = 0.5;

    private const int CellsPerSide = 64;
    private const int Cells = 2 * CellsPerSide;
    private const double CellWidth = Reach / CellsPerSide;
    private const double StepsPerDeviation = 4;
    private const double Negligible = 1e-9;
    // A density is felt this many of its own w away.
    private const double FeltDeviations = 9;
    // The peak of φ.
    private const double PeakDensity = 0.3989422804014327;
    // A freak quote with next to no deviation may not make a search unbounded: steps down to 1.5e-5, or w of 6e-5, a quarter
    // of what 15 % of volatility leave in the last minute.
    private const int MaxStepsPerCell = 512;

    private readonly double[] _narrowest = new double[Cells];
    private double _narrowestThatMatters;
    private double[] _shift = new double[2049];
    private ProfilePoint[] _points = new ProfilePoint[2049 * book.ColumnCapacity];

    public int Count { get; private set; }

    /// <summary>Index of the point at spot itself.</summary>
    public int AtSpot { get; private set; }

    /// <summary>The shortest step; where w moves with spot, that of the narrowest w as it stands at spot.</summary>
    public double FinestStep { get; private set; }

    /// <summary>ln(S/S_m) of a point.</summary>
    public double Shift(int index) => _shift[index];

    /// <summary>The profile of one column there.</summary>
    public ref readonly ProfilePoint At(int index, int column) => ref _points[(index * book.Columns) + column];

    /// <summary>Lays the points out for the book as it stands; false when no node matters. Gross is per column and bucket, USD per 1 %.</summary>
    public bool TryLay(ReadOnlySpan<double> grossUsd)
    {
        if (!FindNarrowest(grossUsd)) return false;
        Count = 0;
        FinestStep = StepFor(_narrowestThatMatters);
        for (int cell = 0; cell < Cells; cell++)
        {
            // Spot is a cell's edge, and so a point.
            if (cell == CellsPerSide) AtSpot = Count;
            int steps = StepsFor(_narrowest[cell]);
            double step = CellWidth / steps;
            double edge = (cell - CellsPerSide) * CellWidth;
            for (int i = 0; i < steps; i++) Add(edge + (i * step));
        }
        Add(Reach);
        return true;
    }

    public void Evaluate(GammaSurface surface, double spot)
    {
        int columns = book.Columns;
        if (_points.Length < Count * columns) _points = new ProfilePoint[_shift.Length * columns];
        for (int i = 0; i < Count; i += GammaSurface.Levels)
        {
            int levels = Math.Min(GammaSurface.Levels, Count - i);
            surface.At(spot, _shift.AsSpan(i, levels), _points.AsSpan(i * columns, levels * columns));
        }
    }

    /// <summary>The step of a cell whose narrowest w is so much.</summary>
    public static double StepFor(double narrowest) => CellWidth / StepsFor(narrowest);

    private static int StepsFor(double narrowest) =>
        (int)Math.Ceiling(Math.Clamp(CellWidth * StepsPerDeviation / narrowest, 1, MaxStepsPerCell));

    private bool FindNarrowest(ReadOnlySpan<double> grossUsd)
    {
        Array.Fill(_narrowest, double.PositiveInfinity);
        _narrowestThatMatters = double.PositiveInfinity;
        bool matters = false;
        for (int column = 0; column < book.Columns; column++)
        {
            if (!book.IsLive(column)) continue;
            ReadOnlySpan<double> weights = book.Weights(column);
            foreach (ref readonly ProfileSegment segment in book.Segments)
            {
                ExposureBucket bucket = segment.IsZeroDte ? ExposureBucket.ZeroDte : ExposureBucket.ExZeroDte;
                double threshold = Negligible * grossUsd[(column * 3) + (int)bucket] / (0.01 * segment.Discount * segment.Forward * PeakDensity);
                for (int i = segment.Start; i < segment.Start + segment.Count; i++)
                {
                    // What the node would add to the profile at its own peak, wherever spot is now.
                    double deviation = book.Deviation[i];
                    if (!(Math.Abs(weights[i]) > threshold * deviation)) continue;
                    matters = true;
                    if (segment.SkewPerShift == 0) Mark(book.LogStrike[i] - segment.LogForward, deviation);
                    else MarkSkewed(book.LogStrike[i] - segment.LogForward, deviation, segment.SkewPerShift);
                }
            }
        }
        return matters;
    }

    private void Mark(double centre, double deviation)
    {
        double felt = (FeltDeviations * deviation) + (deviation * deviation);
        int from = Cell(centre - felt);
        int to = Cell(centre + felt);
        if (to < 0 || from >= Cells) return;
        _narrowestThatMatters = Math.Min(_narrowestThatMatters, deviation);
        for (int cell = Math.Max(from, 0); cell <= Math.Min(to, Cells - 1); cell++)
            _narrowest[cell] = Math.Min(_narrowest[cell], deviation);
    }

    /// <summary>The same for a w that moves with spot; where it is not positive there is no density.</summary>
    private void MarkSkewed(double centre, double deviation, double perShift)
    {
        double most = deviation + (Math.Abs(perShift) * Reach);
        double farthest = (FeltDeviations * most) + (most * most);
        int to = Math.Min(Cell(centre + farthest), Cells - 1);
        for (int cell = Math.Max(Cell(centre - farthest), 0); cell <= to; cell++)
        {
            double low = (cell - CellsPerSide) * CellWidth, high = low + CellWidth;
            double atLow = deviation + (perShift * low), atHigh = deviation + (perShift * high);
            double widest = Math.Max(atLow, atHigh);
            if (widest <= 0) continue;
            double felt = (FeltDeviations * widest) + (widest * widest);
            if (centre + felt < low || centre - felt > high) continue;
            _narrowestThatMatters = Math.Min(_narrowestThatMatters, deviation);
            _narrowest[cell] = Math.Min(_narrowest[cell], Math.Max(Math.Min(atLow, atHigh), StepFor(0)));
        }
    }

    private static int Cell(double shift) => (int)Math.Floor(Math.Clamp((shift / CellWidth) + CellsPerSide, -1, Cells));

    private void Add(double shift)
    {
        if (Count == _shift.Length) Array.Resize(ref _shift, 2 * _shift.Length);
        _shift[Count++] = shift;
    }
}
