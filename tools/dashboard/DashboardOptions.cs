namespace DealerFlow.Dashboard;

/// <summary>What a dashboard shows, to whom and for how many.</summary>
internal sealed record DashboardOptions
{
    /// <summary>The port that is asked for unless another is.</summary>
    public const int StandardPort = 8765;

    /// <summary>Where feeds live.</summary>
    public required string FeedDirectory { get; init; }

    /// <summary>The feed that is watched from the start and shown where a request names none.</summary>
    public string Feed { get; init; } = "default";

    /// <summary>Where it listens.</summary>
    public ListenPlace Listen { get; init; } = ListenPlace.Loopback(StandardPort);

    /// <summary>Names besides those of the place under which a browser may call, each with its port where that is not 80.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>What a caller must show; null = nothing.</summary>
    public string? Token { get; init; }

    /// <summary>Socket of a replay that takes commands; null = the page offers none.</summary>
    public string? Control { get; init; }

    /// <summary>Where the history of the day is kept; null = nowhere.</summary>
    public string? Store { get; init; }

    /// <summary>Sessions that the history keeps.</summary>
    public int Sessions { get; init; } = 5;

    /// <summary>Streams of events at once.</summary>
    public int MaxClients { get; init; } = 32;

    /// <summary>Connections at once, of streams and of single requests.</summary>
    public int MaxConnections => MaxClients + 64;

    /// <summary>Feeds watched at once.</summary>
    public int MaxFeeds { get; init; } = 16;

    /// <summary>A client that has taken nothing for so long, although there was something, is let go.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A folder from which the page is served instead of from the program, for work on the page.</summary>
    public string? PageFolder { get; init; }
}
