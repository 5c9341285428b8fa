namespace DealerFlow.Tests;

/// <summary>What holds the stores and loads of the words that tell a feed's state in their order; each can be taken away.</summary>
[Flags]
internal enum LifeBarriers
{
    None = 0,

    /// <summary>The store of a heartbeat releases: epoch and progress are visible first.</summary>
    HeartbeatReleases = 1,

    /// <summary>The store of the state open releases: the first heartbeat is visible first.</summary>
    StateReleases = 2,

    /// <summary>The store of PublishedEpoch releases: the snapshot is there first.</summary>
    PublishedEpochReleases = 4,

    /// <summary>The store of the state closed releases: the last snapshot is there first.</summary>
    ClosedReleases = 8,

    /// <summary>The load of the state acquires: heartbeat and snapshot are looked at after it.</summary>
    StateAcquires = 16,

    /// <summary>The load of the heartbeat acquires: progress and epochs are looked at after it.</summary>
    HeartbeatAcquires = 32,

    /// <summary>The load of PublishedEpoch acquires: the snapshot is looked at after it.</summary>
    PublishedEpochAcquires = 64,

    All = 127,
}

/// <summary>What a reader may not tell of a feed that another writer takes, publishes to and closes.</summary>
[Flags]
internal enum WrongTales
{
    None = 0,

    /// <summary>Live with the epoch of the writer before, by the heartbeat of the new one.</summary>
    LiveBeforePublished = 1,

    /// <summary>Idle although the progress is as fresh as the heartbeat.</summary>
    Idle = 2,

    /// <summary>Without heartbeat although the writer that has just said open gave one.</summary>
    Stalled = 4,

    /// <summary>Live, and the snapshot that is read next is that of the writer before.</summary>
    LiveWithoutSnapshot = 8,

    /// <summary>Closed, and the snapshot that is read next is not the last.</summary>
    ClosedWithoutSnapshot = 16,
}

/// <summary>
/// The words of header and entry on a machine that runs every store and load in any order that the barriers allow: a writer comes after one that
/// has died or closed, publishes and closes, beside a reader that asks for the state and then for the number of the snapshot.
/// </summary>
internal sealed class FeedLifeModel(LifeBarriers barriers)
{
    // Addresses; of the states, 1 is open, 2 closed by the writer before, 3 closed by this one; heartbeat and progress are stale while 0.
    private const int State = 0, Heartbeat = 1, Progress = 2, PublishedEpoch = 3, Epoch = 4, Published = 5, Words = 6;
    private const int Open = 1, ClosedBefore = 2, Closed = 3;

    private static readonly (int Word, int Value, LifeBarriers Release)[] Stores =
    [
        (Epoch, 2, LifeBarriers.None), (Progress, 1, LifeBarriers.None), (Heartbeat, 1, LifeBarriers.HeartbeatReleases), (State, Open, LifeBarriers.StateReleases),
        (Published, 2, LifeBarriers.None), (PublishedEpoch, 2, LifeBarriers.PublishedEpochReleases), (State, Closed, LifeBarriers.ClosedReleases),
    ];

    // In the order of their addresses.
    private static readonly LifeBarriers[] Acquires =
        [LifeBarriers.StateAcquires, LifeBarriers.HeartbeatAcquires, LifeBarriers.None, LifeBarriers.PublishedEpochAcquires, LifeBarriers.None, LifeBarriers.None];

    private readonly HashSet<(int Writer, int Reader, int Seen)> _visited = [];

    /// <summary>What readers can be led to say.</summary>
    public WrongTales Wrong { get; private set; }

    /// <summary>A reader was told live by the new writer, and read its snapshot.</summary>
    public bool CanBeLive { get; private set; }

    /// <summary>Visits every order, after a writer that has died and after one that has closed.</summary>
    public FeedLifeModel Explore()
    {
        foreach (int state in (int[])[Open, ClosedBefore])
        {
            _visited.Clear();
            Visit(0, 0, 0, state);
        }
        return this;
    }

    private void Visit(int writer, int reader, int seen, int stateBefore)
    {
        if (!_visited.Add((writer, reader, seen))) return;
        if (reader == (1 << Words) - 1) Judge(seen, stateBefore);
        for (int store = 0; store < Stores.Length; store++)
            if ((writer & (1 << store)) == 0 && MayStore(writer, store)) Visit(writer | (1 << store), reader, seen, stateBefore);
        for (int load = 0; load < Words; load++)
            if ((reader & (1 << load)) == 0 && MayLoad(reader, load)) Visit(writer, reader | (1 << load), seen | (ValueOf(load, writer, stateBefore) << (4 * load)), stateBefore);
    }

    // A release comes after all before it; one place has one history.
    private bool MayStore(int done, int store)
    {
        bool releases = (barriers & Stores[store].Release) != 0;
        for (int before = 0; before < store; before++)
            if ((done & (1 << before)) == 0 && (releases || Stores[before].Word == Stores[store].Word)) return false;
        return true;
    }

    private bool MayLoad(int done, int load)
    {
        for (int before = 0; before < load; before++)
            if ((done & (1 << before)) == 0 && (barriers & Acquires[before]) != 0) return false;
        return true;
    }

    private static int ValueOf(int word, int writer, int stateBefore)
    {
        int value = word switch
        {
            State => stateBefore,
            Heartbeat or Progress => 0,
            _ => 1,
        };
        for (int store = 0; store < Stores.Length; store++)
            if ((writer & (1 << store)) != 0 && Stores[store].Word == word) value = Stores[store].Value;
        return value;
    }

    private void Judge(int seen, int stateBefore)
    {
        int Seen(int word) => (seen >> (4 * word)) & 15;
        if (Seen(State) == Closed && Seen(Published) != 2) Wrong |= WrongTales.ClosedWithoutSnapshot;
        if (Seen(State) != Open) return;
        if (Seen(Heartbeat) == 0)
        {
            if (stateBefore != Open) Wrong |= WrongTales.Stalled;
            return;
        }
        if (Seen(Progress) == 0) Wrong |= WrongTales.Idle;
        if (Seen(PublishedEpoch) != Seen(Epoch)) return;
        if (Seen(Epoch) == 1) Wrong |= WrongTales.LiveBeforePublished;
        else if (Seen(Published) != 2) Wrong |= WrongTales.LiveWithoutSnapshot;
        else CanBeLive = true;
    }
}
