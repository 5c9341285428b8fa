using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// A full search for zero gamma: the roots of the repriced profile G(S) for ln(S/S_m) in [−0.5, 0.5], of every position column and
/// bucket. Knows nothing but its book, so it may run beside the calculation on a copy.
/// </summary>
/// <remarks>
/// While w is held per strike (R = 1) roots are isolated between bounds (<see cref="ZeroGammaScan"/>). With another stickiness, or when
/// asked to, the plain search is done: it looks at the whole profile finely enough for the narrowest density that matters, brackets every
/// sign change and every dip that may touch zero.
/// </remarks>
internal sealed class ZeroGammaSearch : IGammaProfile
{
    private readonly ProfileBook _book;
    private readonly ZeroGammaScans? _scans;        // null: the plain search
    private readonly RootSearch<ZeroGammaSearch>? _plain;
    private readonly GammaSurface? _surface;
    private readonly ProfileGrid? _grid;
    private double _spot;

    public ZeroGammaSearch(ProfileBook book, LaneWidth lanes, bool isPlain = false, ZeroGammaScans? scans = null)
    {
        _book = book;
        Roots = new ZeroGammaTable(book.ColumnCapacity);
        if (!isPlain && !book.IsSkewed)
        {
            _scans = scans ?? new ZeroGammaScans(lanes);
            _scans.MakeRoomFor(book);
            return;
        }
        _plain = new RootSearch<ZeroGammaSearch>(this);
        _surface = new GammaSurface(book, lanes);
        _grid = new ProfileGrid(book);
    }

    /// <summary>The roots of every column and bucket that was asked for.</summary>
    public ZeroGammaTable Roots { get; }

    /// <summary>The shortest step of the last search.</summary>
    public double FinestStep { get; private set; }

    /// <summary>Searches the book as it stands for the roots of every profile. Gross is per column and bucket, USD per 1 %.</summary>
    public void Run(double spot, ReadOnlySpan<double> grossUsd) => Run(spot, grossUsd, ProfileSet.All);

    /// <summary>Searches the book as it stands for the roots of some profiles. Gross is per column and bucket, USD per 1 %.</summary>
    public void Run(double spot, ReadOnlySpan<double> grossUsd, ProfileSet profiles)
    {
        Roots.Clear();
        if (_scans is not null)
        {
            ZeroGammaScan scan = _scans.Rent();
            scan.Run(_book, spot, grossUsd, profiles, Roots);
            FinestStep = scan.FinestStep;
            _scans.Return(scan);
            return;
        }
        bool hasPoints = _grid!.TryLay(grossUsd);
        FinestStep = _grid.FinestStep;
        if (!hasPoints) return;
        _grid.Evaluate(_surface!, spot);
        _spot = spot;
        _plain!.Run(spot, grossUsd, profiles, Roots);
    }

    int IGammaProfile.Columns => _book.Columns;

    int IGammaProfile.Count => _grid!.Count;

    int IGammaProfile.AtSpot => _grid!.AtSpot;

    double IGammaProfile.Shift(int index) => _grid!.Shift(index);

    ProfilePoint IGammaProfile.Sample(int index, int column) => _grid!.At(index, column);

    ProfilePoint IGammaProfile.At(double logShift, int column, ExposureBucket bucket) => _surface!.At(_spot, logShift, column, bucket);
}
