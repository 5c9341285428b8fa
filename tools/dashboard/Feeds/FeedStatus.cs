using DealerFlow.Feed;

namespace DealerFlow.Dashboard;

/// <summary>How a watched feed is, as of one look.</summary>
internal sealed record FeedStatus
{
    /// <summary>A file that this program cannot read stands in the place of the feed.</summary>
    public const string Unreadable = "Unreadable";

    /// <summary>Nobody has looked yet.</summary>
    public static readonly FeedStatus Unknown = new() { State = nameof(FeedState.NotFound), Error = "The feed has not been looked for yet." };

    /// <summary>A <see cref="FeedState"/>, or <see cref="Unreadable"/>.</summary>
    public required string State { get; init; }

    /// <summary>Why it cannot be read, in one sentence; null while it can.</summary>
    public string? Error { get; init; }

    /// <summary>Since the last publication, ns; null = none, or one of an earlier boot.</summary>
    public long? AgeNanos { get; init; }

    /// <summary>Since the writer's last sign of life, ns; null where it is not known.</summary>
    public long? HeartbeatAgeNanos { get; init; }

    public ulong Epoch { get; init; }

    public ulong PublishNumber { get; init; }

    /// <summary>Event time of the last event that the writer took in.</summary>
    public long EventTimeNanos { get; init; }

    public string? Underlying { get; init; }

    /// <summary>True where the numbers are those of a writer that is there, or has ended in good order.</summary>
    public bool IsSound => State is nameof(FeedState.Live) or nameof(FeedState.Idle) or nameof(FeedState.Closed);

    /// <summary>Nothing but the ages differs.</summary>
    public bool SaysTheSameAs(FeedStatus other) => State == other.State && Error == other.Error && Epoch == other.Epoch;
}
