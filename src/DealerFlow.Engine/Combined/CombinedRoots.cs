using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Roots of the profile of several underlyings together, at levels of the basis: G(S) = Σ β²·G_i(S_i·(S/S_m)^β), every member repriced
/// where it is when the basis is at S. Searched in full each time.
/// </summary>
internal sealed class CombinedRoots : IGammaProfile
{
    private readonly CombinedView.Member[] _members;
    private readonly CombinedView.Member _basis;
    private readonly Part[] _parts;
    private readonly RootSearch<CombinedRoots> _search;
    private readonly double[] _memberGross = new double[3 * ModelView.Columns];
    private readonly List<double> _shifts = [];
    private readonly List<Part> _live = [];
    private ProfilePoint[] _samples = [];

    public CombinedRoots(CombinedView.Member[] members, CombinedView.Member basis, EngineOptions options)
    {
        _members = members;
        _basis = basis;
        _parts = [.. members.Select(member => new Part(member, options))];
        _search = new RootSearch<CombinedRoots>(this);
    }

    /// <summary>Roots of every position column and bucket.</summary>
    public ZeroGammaTable Roots { get; } = new(ModelView.Columns);

    public int Columns => ModelView.Columns;

    public int Count => _shifts.Count;

    public int AtSpot { get; private set; }

    public double Shift(int index) => _shifts[index];

    public ProfilePoint Sample(int index, int column) => _samples[(index * Columns) + column];

    /// <summary>Searches the members' books as they stand. Gross of the sum is per column and bucket, USD per 1 % of the basis.</summary>
    public void Find(ReadOnlySpan<double> grossUsd)
    {
        Roots.Clear();
        Lay(grossUsd);
        if (_live.Count == 0) return;
        _search.Run(_basis.Spot, grossUsd, ProfileSet.All, Roots);
    }

    public ProfilePoint At(double logShift, int column, ExposureBucket bucket)
    {
        var sum = new ProfilePoint(_basis.Spot * Functions.Exp(logShift));
        foreach (Part part in _live)
        {
            // Without a trade of its own a member's open interest plus tape is its open interest alone.
            PositionWeights weights = part.Member.Nodes.Weights;
            var theirs = (PositionColumn)column;
            if (theirs == PositionColumn.OpenInterestPlusTape && !weights.HasTape) theirs = PositionColumn.OpenInterest;
            if (!weights.IsLive(theirs)) continue;
            Add(ref sum, part.Surface.At(part.Member.Spot, part.Member.Beta * logShift, (int)theirs, bucket), part.Member.Beta);
        }
        return sum;
    }

    /// <summary>Every member's samples, at the shifts of the basis that lead there.</summary>
    private void Lay(ReadOnlySpan<double> grossUsd)
    {
        _shifts.Clear();
        _live.Clear();
        foreach (Part part in _parts)
        {
            if (!part.Member.IsIn) continue;
            double beta = part.Member.Beta;
            part.Book.Refresh();
            for (int i = 0; i < _memberGross.Length; i++) _memberGross[i] = grossUsd[i] / (beta * beta);
            if (!part.Grid.TryLay(_memberGross)) continue;
            _live.Add(part);
            for (int i = 0; i < part.Grid.Count; i++)
            {
                double shift = part.Grid.Shift(i) / beta;
                if (Math.Abs(shift) <= ProfileGrid.Reach) _shifts.Add(shift);
            }
        }
        if (_live.Count == 0) return;
        _shifts.AddRange([-ProfileGrid.Reach, 0, ProfileGrid.Reach]);
        _shifts.Sort();
        int kept = 0;
        for (int i = 0; i < _shifts.Count; i++) if (i == 0 || _shifts[i] > _shifts[kept - 1]) _shifts[kept++] = _shifts[i];
        _shifts.RemoveRange(kept, _shifts.Count - kept);
        AtSpot = _shifts.BinarySearch(0);
        if (_samples.Length < _shifts.Count * Columns) _samples = new ProfilePoint[2 * _shifts.Count * Columns];
        for (int i = 0; i < _shifts.Count; i++)
            for (int column = 0; column < Columns; column++) _samples[(i * Columns) + column] = At(_shifts[i], column, ExposureBucket.All);
    }

    private static void Add(ref ProfilePoint sum, ProfilePoint part, double beta)
    {
        double squared = beta * beta;
        // Per unit of the basis a member moves by β·S_i/S units of its own.
        double perUnit = squared * beta * part.Spot / sum.Spot;
        sum.ZeroDte += squared * part.ZeroDte;
        sum.Rest += squared * part.Rest;
        sum.ZeroDteSlope += perUnit * part.ZeroDteSlope;
        sum.RestSlope += perUnit * part.RestSlope;
    }

    private sealed class Part
    {
        public Part(CombinedView.Member member, EngineOptions options)
        {
            Member = member;
            Book = new ProfileBook(member.Nodes, member.Nodes.Deviation, PositionColumn.OpenInterest, ModelView.Columns, options.Stickiness);
            Surface = new GammaSurface(Book, options.Lanes);
            Grid = new ProfileGrid(Book);
        }

        public CombinedView.Member Member { get; }

        public ProfileBook Book { get; }

        public GammaSurface Surface { get; }

        public ProfileGrid Grid { get; }
    }
}
