using DealerFlow.Wire;

namespace DealerFlow.Cli.Top;

/// <summary>The last notices of the feed's change stream, those of its present writer.</summary>
internal sealed class ChangeLog
{
    // As many as the stream itself keeps; no window shows more.
    private const int Capacity = 128;

    private readonly List<LevelChange> _changes = new(Capacity);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LevelChange> Changes => _changes;

    /// <summary>Notices that were overwritten before they were read.</summary>
    public ulong Missed { get; private set; }

    public void Add(in LevelChange change, ulong missed)
    {
        if (_changes.Count > 0 && _changes[^1].Epoch != change.Epoch) Clear();
        if (_changes.Count == Capacity) _changes.RemoveAt(0);
        _changes.Add(change);
        Missed += missed;
    }

    public void Clear()
    {
        _changes.Clear();
        Missed = 0;
    }
}
