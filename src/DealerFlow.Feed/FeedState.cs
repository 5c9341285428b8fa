namespace DealerFlow.Feed;

/// <summary>
/// What a reader can tell about a feed, whatever the wall clock does. The last snapshot stays readable in all but Corrupt.
/// </summary>
public enum FeedState
{
    /// <summary>A writer has the feed and has not published yet; a snapshot of an earlier epoch may be readable.</summary>
    Recovering,

    /// <summary>The writer is alive and events come in.</summary>
    Live,

    /// <summary>The writer is alive; no event came in for the heartbeat limit: a quiet market.</summary>
    Idle,

    /// <summary>No heartbeat within its limit, but the writer still holds the kernel lock: stopped, paused or stuck.</summary>
    Stalled,

    /// <summary>
    /// No heartbeat within its limit, and the kernel lock is free: the writer's process has ended without closing.
    /// </summary>
    Dead,

    /// <summary>The writer ended in good order.</summary>
    Closed,

    /// <summary>Another file has taken the name: open the feed again.</summary>
    Superseded,

    /// <summary>The file has been deleted and nothing has taken its name.</summary>
    NotFound,

    /// <summary>The header no longer reads as it did when the feed was opened.</summary>
    Corrupt,
}

/// <summary>Outcome of <see cref="FeedSubscriber.TryRead"/>.</summary>
public enum SnapshotReadStatus
{
    /// <summary>The buffer holds the latest whole snapshot.</summary>
    Ok,

    /// <summary>No snapshot has been published in this file.</summary>
    NothingPublished,

    /// <summary>The writer overtook every attempt; the buffer still holds the last good copy.</summary>
    Busy,

    /// <summary>
    /// The published snapshot fails its checksum or contradicts itself; the buffer still holds the last good copy.
    /// </summary>
    Corrupt,
}
