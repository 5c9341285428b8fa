namespace DealerFlow.Cli.Bench;

/// <summary>How much is sent when the feed is measured alone, and how fast.</summary>
/// <param name="Strikes">Strike rows of a snapshot.</param>
/// <param name="Expiries">Expiry rows of a snapshot.</param>
/// <param name="Rate">Headlines per second; of snapshots a tenth.</param>
/// <param name="Seconds">How long each competitor keeps that pace, over all rounds.</param>
/// <param name="Rounds">Rounds in which the competitors take turns.</param>
internal sealed record FeedOnlyPlan(int Strikes, int Expiries, int Rate, double Seconds, int Rounds)
{
    /// <summary>Most rows that a snapshot may have here.</summary>
    public const int MostStrikes = 100_000, MostExpiries = 10_000;

    /// <summary>Headlines per second.</summary>
    public const int LeastRate = 100, MostRate = 10_000_000;

    private const int HeadlinesPerSnapshot = 10;
    private const int MostWarmUpHeadlines = 5_000;

    /// <summary>Rounds before those that count: the compiler learns from them.</summary>
    public const int WarmUpRounds = 3;

    /// <summary>Those of which a reader waits for what is sent.</summary>
    public static readonly Competitor[] Watched = [Competitor.Feed, Competitor.Copy, Competitor.Socket, Competitor.SocketPolled, Competitor.Pipelines];

    /// <summary>Those whose sender is measured flat out; who reads a socket's other end, and how, is all the same to it.</summary>
    public static readonly Competitor[] FlatOut = [Competitor.Feed, Competitor.Copy, Competitor.Crc, Competitor.Socket, Competitor.Pipelines];

    public double PerSecond(MessageKind kind) => kind == MessageKind.Headline ? Rate : (double)Rate / HeadlinesPerSnapshot;

    /// <summary>Messages of one competitor in one round.</summary>
    public int PerRound(MessageKind kind) => (int)(Seconds * PerSecond(kind) / Rounds);

    /// <summary>The same in a round that does not count.</summary>
    public int PerWarmUp(MessageKind kind) => Math.Min(PerRound(kind), kind == MessageKind.Headline ? MostWarmUpHeadlines : MostWarmUpHeadlines / HeadlinesPerSnapshot);

    public FeedOnlyMessage MessageOf(MessageKind kind) => new(kind, Strikes, Expiries);

    /// <summary>Bytes that one publication writes; of the checksum those that it reads.</summary>
    public static int BytesOf(Competitor competitor, FeedOnlyMessage message) => message.PayloadBytes + competitor switch
    {
        Competitor.Feed => FeedSender.Words * sizeof(ulong),
        Competitor.Copy or Competitor.Crc => 0,
        _ => FeedOnlyMessage.PrefixBytes,
    };

    /// <summary>How long all of it takes, about.</summary>
    public TimeSpan About => TimeSpan.FromSeconds(5 + (2 * Watched.Length * Seconds * (Rounds + 1) / Rounds) + (0.25 * Rounds) + (Seconds * Rate * 1.5e-5));
}
