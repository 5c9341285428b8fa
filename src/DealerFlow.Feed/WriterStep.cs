namespace DealerFlow.Feed;

/// <summary>The points between any two of which a writer may die, from taking the lock to the end; tests stop or kill it at each.</summary>
internal enum WriterStep
{
    /// <summary>It has the lock and has looked at nothing.</summary>
    LockTaken,

    /// <summary>The pages of a new file are there, empty, under a temporary name.</summary>
    FileReserved,

    /// <summary>Header and directory are in it.</summary>
    FileWritten,

    /// <summary>The writer's name is in the header, the epoch is still the old one.</summary>
    IdentityWritten,

    /// <summary>The epoch is the new one, heartbeats are still the old ones.</summary>
    EpochWritten,

    /// <summary>Every entry has a heartbeat, the state is still the old one.</summary>
    HeartbeatsWritten,

    /// <summary>A new file is whole and signed and has not got the feed's name.</summary>
    BeforeRename,

    /// <summary>It has the name; the old one does not know.</summary>
    AfterRename,

    BeforeOdd,
    AfterOdd,
    MidPayload,
    BeforeEven,
    BeforePublished,
    AfterPublished,

    /// <summary>The snapshot is out, its heartbeat is not.</summary>
    BeforeHeartbeat,

    /// <summary>The first snapshot of an epoch is out, the entry does not say so.</summary>
    BeforePublishedEpoch,

    /// <summary>Everything is published, the feed is not closed.</summary>
    BeforeClosed,

    /// <summary>The feed is closed, the lock is still held.</summary>
    AfterClosed,
}
