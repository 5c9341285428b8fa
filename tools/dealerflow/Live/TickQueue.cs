using DealerFlow.Wire;

namespace DealerFlow.Cli.Live;

/// <summary>Ticks of datagrams on their way to the engine, in order. One thread; keeps its memory.</summary>
internal sealed class TickQueue
{
    private Tick[] _ticks = new Tick[4_096];
    private int _from, _to;

    public bool IsEmpty => _from == _to;

    public void Add(in Tick tick)
    {
        if (_to == _ticks.Length) MakeRoom();
        _ticks[_to++] = tick;
    }

    public int Take(Span<Tick> room)
    {
        int count = Math.Min(room.Length, _to - _from);
        _ticks.AsSpan(_from, count).CopyTo(room);
        _from += count;
        if (_from == _to) (_from, _to) = (0, 0);
        return count;
    }

    private void MakeRoom()
    {
        if (_from > 0)
        {
            _ticks.AsSpan(_from, _to - _from).CopyTo(_ticks);
            (_from, _to) = (0, _to - _from);
            return;
        }
        Array.Resize(ref _ticks, 2 * _ticks.Length);
    }
}
