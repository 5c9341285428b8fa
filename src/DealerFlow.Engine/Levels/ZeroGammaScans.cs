using DealerFlow.Kernels;

namespace DealerFlow.Engine;

/// <summary>
/// Scans for whoever searches. Each has memory for the largest book, megabytes that are needed only while a search lasts, so thousands of
/// underlyings share as many as run at once. Any thread.
/// </summary>
internal sealed class ZeroGammaScans(LaneWidth lanes)
{
    private readonly Lock _gate = new();
    private readonly Stack<ZeroGammaScan> _idle = new();
    private int _rows, _segments, _columns;

    /// <summary>Scans that are handed out from now on have room for this book.</summary>
    public void MakeRoomFor(ProfileBook book)
    {
        lock (_gate)
        {
            if (book.WeightStride <= _rows && book.SegmentCapacity <= _segments && book.ColumnCapacity <= _columns) return;
            (_rows, _segments, _columns) = (
                Math.Max(_rows, book.WeightStride), Math.Max(_segments, book.SegmentCapacity), Math.Max(_columns, book.ColumnCapacity));
            _idle.Clear();
        }
    }

    /// <summary>Makes scans before anybody asks: one that is made while a stream runs is an allocation.</summary>
    public void Prepare(int count)
    {
        lock (_gate)
            while (_idle.Count < count) _idle.Push(new ZeroGammaScan(new ProfileBook(_rows, _segments, _columns), lanes));
    }

    public ZeroGammaScan Rent()
    {
        lock (_gate)
        {
            if (_idle.TryPop(out ZeroGammaScan? scan)) return scan;
            return new ZeroGammaScan(new ProfileBook(_rows, _segments, _columns), lanes);
        }
    }

    public void Return(ZeroGammaScan scan)
    {
        lock (_gate) _idle.Push(scan);
    }
}
