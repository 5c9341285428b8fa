using DealerFlow.Wire;

namespace DealerFlow.Dashboard;

/// <summary>The last notices of a feed, by their numbers.</summary>
internal sealed class ChangeList
{
    private const int Capacity = 1024;

    private readonly Lock _gate = new();
    private readonly Queue<LevelChange> _changes = new(Capacity);
    private ulong _last;

    public void Add(in LevelChange change)
    {
        lock (_gate)
        {
            // Numbers that begin anew are those of another file.
            if (change.Number <= _last) _changes.Clear();
            if (_changes.Count == Capacity) _changes.Dequeue();
            _changes.Enqueue(change);
            _last = change.Number;
        }
    }

    /// <summary>Notices with a number above one, how many between are not here any more, and the number of the last.</summary>
    public (LevelChange[] Changes, ulong Missed, ulong Last) After(ulong number)
    {
        lock (_gate)
        {
            LevelChange[] after = [.. _changes.Where(change => change.Number > number)];
            ulong missed = after.Length > 0 ? after[0].Number - number - 1 : 0;
            return (after, number > _last ? 0 : missed, _last);
        }
    }
}
