using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// The roots of one book along the day: followed from publish to publish by Newton's method, at most every so much event time, and searched
/// in full every second of it beside the calculation. A profile that is not safe to follow is searched at once, alone.
/// </summary>
/// <remarks>
/// A search that was begun at one mark is taken over at a later one that depends on event time alone, whether it ran on another thread
/// or not, so the roots do not depend on how fast the machine is.
/// </remarks>
internal sealed class ZeroGammaTracker : IThreadPoolWorkItem
{
    /// <summary>A full search is begun this often …</summary>
    public const long SearchEveryNanos = UnixNanos.PerSecond;

    /// <summary>… and its roots are taken over so much later, in event time.</summary>
    public const long SearchTakesNanos = 250 * UnixNanos.PerMillisecond;

    private const double Tracked = 1e-12;
    // Newton's error after a step is about its square over the narrowest w, four steps of the grid: a step this short leaves nothing to do.
    private const double LastStepPerStep = 4e-13;

    private readonly ProfileBook _book;
    private readonly GammaSurface _surface;
    private readonly GammaSurface _near;
    private readonly ZeroGammaSearch _search;
    private readonly bool _isThreaded;
    private readonly long _interval;
    private readonly ProfilePoint[] _atSpot;
    private readonly double[] _gross;
    private readonly long[] _searchedNanos;
    private double _finestStep;
    private bool _isStale = true;

    // The search beside: a copy of the book, and what it was begun with. A chain that has one mark needs none.
    private readonly ProfileBook? _copy;
    private readonly ZeroGammaSearch? _beside;
    private int _isDone = 1;
    private double _besideSpot;
    private readonly double[] _besideGross;
    private long _besideFromNanos;
    private bool _isUnderWay;
    private long _nextSearchNanos = long.MinValue;
    private Exception? _failure;

    public ZeroGammaTracker(ProfileBook book, EngineOptions options, ZeroGammaScans? scans = null)
    {
        LaneWidth lanes = options.Lanes;
        scans ??= new ZeroGammaScans(lanes);
        _book = book;
        _isThreaded = options.SearchesBeside;
        _interval = options.ZeroGammaIntervalNanos;
        if (!options.OneShot)
        {
            _copy = book.EmptyCopy();
            _beside = new ZeroGammaSearch(_copy, lanes, scans: scans);
        }
        _surface = new GammaSurface(book, lanes);
        _near = new GammaSurface(book, lanes, GammaSurface.Felt);
        _search = new ZeroGammaSearch(book, lanes, scans: scans);
        _atSpot = new ProfilePoint[book.ColumnCapacity];
        _gross = new double[3 * book.ColumnCapacity];
        _besideGross = new double[3 * book.ColumnCapacity];
        _searchedNanos = new long[3 * book.ColumnCapacity];
        Roots = new ZeroGammaTable(book.ColumnCapacity);
    }

    /// <summary>Roots as of the last update.</summary>
    public ZeroGammaTable Roots { get; }

    /// <summary>The mark that the roots are of.</summary>
    public long MarkNanos { get; private set; } = long.MinValue;

    /// <summary>Searches of every profile so far.</summary>
    public ulong FullSearches { get; private set; }

    /// <summary>Searches that could not wait for one beside, of some profiles or of all.</summary>
    public ulong SearchesAtOnce { get; private set; }

    /// <summary>Positions or expiries changed: following the old roots is not enough.</summary>
    public void Invalidate() => _isStale = true;

    /// <summary>The next update follows the roots however young they are.</summary>
    public void FollowNext() => MarkNanos = long.MinValue;

    /// <summary>Brings the roots to the mark in force, unless they are young enough. Gross is per column and bucket, USD per 1 %.</summary>
    /// <param name="markNanos">The mark.</param>
    /// <param name="spot">Its spot.</param>
    /// <param name="grossUsd">Gross GEX, shape [column, bucket].</param>
    public void Update(long markNanos, double spot, ReadOnlySpan<double> grossUsd)
    {
        if (!_isStale && markNanos / _interval == MarkNanos / _interval && HasRootsOf(grossUsd)) return;
        MarkNanos = markNanos;
        grossUsd.CopyTo(_gross);
        _book.Refresh();
        TakeOver(markNanos);
        ProfileSet lost = _isStale ? ProfileSet.All : Track(spot);
        if (!lost.IsEmpty) SearchAtOnce(markNanos, spot, lost);
        if (_beside is not null && markNanos >= _nextSearchNanos && !_isUnderWay) Begin(markNanos, spot);
        _isStale = false;
        FindStickiness(spot);
    }

    /// <summary>Every profile that holds anything has been looked at, and no other.</summary>
    private bool HasRootsOf(ReadOnlySpan<double> grossUsd)
    {
        for (int i = 0; i < grossUsd.Length; i++) if ((_gross[i] > 0) != (grossUsd[i] > 0)) return false;
        return true;
    }

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            _beside!.Run(_besideSpot, _besideGross);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _failure = failure;
        }
        finally
        {
            // Release: the roots are whole before anybody sees that the search is over.
            Volatile.Write(ref _isDone, 1);
        }
    }

    private void Begin(long markNanos, double spot)
    {
        _copy!.CopyFrom(_book);
        _besideSpot = spot;
        _gross.CopyTo(_besideGross);
        _besideFromNanos = markNanos;
        _nextSearchNanos = markNanos + SearchEveryNanos;
        _isUnderWay = true;
        FullSearches++;
        // What the search reads was written above; the pool's queue orders it before the search begins.
        _isDone = 0;
        if (_isThreaded) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else ((IThreadPoolWorkItem)this).Execute();
    }

    private void TakeOver(long markNanos)
    {
        if (!_isUnderWay || markNanos - _besideFromNanos < SearchTakesNanos) return;
        WaitForSearch();
        _isUnderWay = false;
        if (_failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        // Positions or expiries have changed since: its roots are those of another book.
        if (_isStale) return;
        ProfileSet older = ProfileSet.None;
        for (int i = 0; i < _searchedNanos.Length; i++) if (_searchedNanos[i] <= _besideFromNanos) older = older.With(i);
        Roots.CopyFrom(_beside!.Roots, older);
        _finestStep = _beside.FinestStep;
    }

    private void SearchAtOnce(long markNanos, double spot, ProfileSet lost)
    {
        SearchesAtOnce++;
        _search.Run(spot, _gross, lost);
        Roots.CopyFrom(_search.Roots, lost);
        for (int i = 0; i < _searchedNanos.Length; i++) if (lost.Has(i)) _searchedNanos[i] = markNanos;
        if (lost != ProfileSet.All)
        {
            _finestStep = Math.Min(_finestStep, _search.FinestStep);
            return;
        }
        FullSearches++;
        _finestStep = _search.FinestStep;
        _nextSearchNanos = markNanos + SearchEveryNanos;
        if (!_isUnderWay) return;
        // What is under way began before; its answer is older than this one.
        WaitForSearch();
        _isUnderWay = false;
    }

    private void FindStickiness(double spot)
    {
        for (int column = 0; column < _book.Columns; column++)
        {
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
            {
                ZeroGammaRoots roots = Roots[column, bucket];
                int nearest = roots.Nearest(spot);
                roots.PerStickiness = nearest < 0
                    ? 0
                    : _surface.RootPerStickiness(spot, Functions.Log(roots.Spot[nearest] / spot), column, bucket);
            }
        }
    }

    private void WaitForSearch()
    {
        var spin = new SpinWait();
        while (Volatile.Read(ref _isDone) == 0) spin.SpinOnce();
    }

    /// <summary>Follows every root; the profiles of which that is not safe.</summary>
    private ProfileSet Track(double spot)
    {
        ProfileSet lost = ProfileSet.None;
        _surface.At(spot, [0.0], _atSpot.AsSpan(0, _book.Columns));
        for (int column = 0; column < _book.Columns; column++)
        {
            foreach (ExposureBucket bucket in ZeroGammaTable.Buckets)
                if (!TryTrack(spot, column, bucket)) lost = lost.With(ProfileSet.Index(column, bucket));
        }
        return lost;
    }

    private bool TryTrack(double spot, int column, ExposureBucket bucket)
    {
        ZeroGammaRoots roots = Roots[column, bucket];
        if (roots.IsPriced != _gross[ProfileSet.Index(column, bucket)] > 0) return false;
        if (!roots.IsPriced) return true;
        int sign = Math.Sign(_atSpot[column].Gamma(bucket));
        if (roots.Found > roots.Count || roots.IsFrail || !TryTrack(spot, roots, column, bucket)) return false;
        // A new sign at spot is right only if a root crossed it.
        if (sign != roots.Sign && sign != roots.SignAt(spot)) return false;
        roots.Sign = sign;
        return true;
    }

    private bool TryTrack(double spot, ZeroGammaRoots roots, int column, ExposureBucket bucket)
    {
        for (int i = 0; i < roots.Count; i++)
        {
            double start = Functions.Log(roots.Spot[i] / spot);
            double room = 4 * _finestStep;
            if (i > 0) room = Math.Min(room, Functions.Log(roots.Spot[i] / roots.Spot[i - 1]) / 2);
            if (i + 1 < roots.Count) room = Math.Min(room, Functions.Log(roots.Spot[i + 1] / roots.Spot[i]) / 2);
            if (!TryNewton(spot, column, bucket, start, room, roots.Slope[i], out double shift, out double slope)) return false;
            if (Math.Abs(shift) > ProfileGrid.Reach) return false;
            roots.Spot[i] = spot * Functions.Exp(shift);
            roots.Slope[i] = slope;
        }
        return true;
    }

    private bool TryNewton(
        double spot, int column, ExposureBucket bucket, double start, double room, double slopeBefore, out double shift, out double slope)
    {
        shift = start;
        slope = 0;
        for (int round = 0; round < 8; round++)
        {
            ProfilePoint point = _near.At(spot, shift, column, bucket);
            slope = point.Slope(bucket);
            if (Math.Sign(slope) != Math.Sign(slopeBefore) || Math.Abs(slope) < 0.1 * Math.Abs(slopeBefore)) return false;
            double step = point.Gamma(bucket) / (slope * point.Spot);
            shift -= step;
            if (!(Math.Abs(shift - start) <= room)) return false;
            if (step * step <= LastStepPerStep * _finestStep || Math.Abs(step) <= Tracked) return true;
        }
        return false;
    }
}
