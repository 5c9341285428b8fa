using System.Globalization;

namespace DealerFlow.Cli.Bench;

/// <summary>What the second process has to do.</summary>
internal enum FeedOnlyTask
{
    /// <summary>Note when each message has been read, against the time at which it was to be sent.</summary>
    Time,

    /// <summary>Take everything out of a socket, so that the sender can go on.</summary>
    Take,

    /// <summary>Look whether the last message is there, whole.</summary>
    Look,
}

/// <summary>One turn of one competitor, as a line from the process that sends to the one that reads.</summary>
/// <param name="Task">What to do.</param>
/// <param name="Competitor">Whose turn it is.</param>
/// <param name="Kind">What is sent.</param>
/// <param name="First">Number before that of the first message.</param>
/// <param name="Count">Messages.</param>
/// <param name="Nanos">Distance of the intended send times.</param>
internal readonly record struct FeedOnlyTurn(FeedOnlyTask Task, Competitor Competitor, MessageKind Kind, ulong First, int Count, double Nanos)
{
    public ulong Last => First + (ulong)Count;

    /// <summary>Since the start of the turn.</summary>
    public long IntendedNanos(ulong number) => (long)((number - First - 1) * Nanos);

    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Task} {Competitor} {Kind} {First} {Count} {Nanos:R}");

    public static FeedOnlyTurn Parse(string line)
    {
        string[] words = line.Split(' ');
        return new FeedOnlyTurn(
            Enum.Parse<FeedOnlyTask>(words[0]), Enum.Parse<Competitor>(words[1]), Enum.Parse<MessageKind>(words[2]), ulong.Parse(words[3], CultureInfo.InvariantCulture),
            int.Parse(words[4], CultureInfo.InvariantCulture), double.Parse(words[5], CultureInfo.InvariantCulture));
    }
}
