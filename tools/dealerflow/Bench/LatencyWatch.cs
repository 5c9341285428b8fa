using System.Globalization;
using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>
/// The other end of a latency measurement, in a process of its own: polls the feed and notes when each message is visible, that is when a
/// whole headline has been read that includes it.
/// </summary>
internal static class LatencyWatch
{
    private const long PatienceNanos = 10 * UnixNanos.PerSecond;

    /// <summary>Watches from one message to another; talks to the parent by stdin and stdout.</summary>
    /// <param name="feedName">The feed.</param>
    /// <param name="first">Sequence before the first message that counts.</param>
    /// <param name="last">Sequence of the last.</param>
    /// <param name="nanosPerMessage">Distance of the intended send times.</param>
    public static int Run(string feedName, ulong first, ulong last, double nanosPerMessage)
    {
        using FeedSubscriber feed = FeedSubscriber.Open(FeedDirectory.Default, feedName);
        feed.TryReadHeadline(out HeadlineSection headline, out _);
        Console.Out.WriteLine("ready");
        Console.Out.Flush();
        // When the first message is to be sent, by the clock that all processes share.
        long start = long.Parse(Console.ReadLine()!, CultureInfo.InvariantCulture);
        var all = new LatencyHistogram();
        var betweenMarks = new LatencyHistogram();
        ulong seen = first, number = feed.HeadlineNumber;
        uint idle = 0;
        long mark = headline.MarkTimeNanos, markSeen = start, heardAt = start;
        while (seen < last)
        {
            ulong sequence = feed.EventSequence;
            if (sequence <= seen)
            {
                // The clock is looked at only now and then: the poll is to be short.
                if ((++idle & 0xFFFFF) == 0 && FeedClock.System.MonotonicNanos - heardAt > PatienceNanos) return ExitCode.Failure;
                continue;
            }
            // The sequence moves after the headline that belongs to it: what is read now has everything up to it.
            bool isNewMark = false;
            if (feed.HeadlineNumber != number)
            {
                number = feed.HeadlineNumber;
                if (feed.TryReadHeadline(out headline, out _) != SnapshotReadStatus.Ok) continue;
                isNewMark = headline.MarkTimeNanos != mark;
                mark = headline.MarkTimeNanos;
            }
            long now = FeedClock.System.MonotonicNanos;
            heardAt = now;
            if (isNewMark) markSeen = now;
            ulong until = Math.Min(sequence, last);
            for (ulong message = seen + 1; message <= until; message++)
            {
                long intended = start + (long)((message - first - 1) * nanosPerMessage);
                all.Add(now - intended);
                // Whoever waited for a mark, or behind others that did, does not count here.
                if (intended >= markSeen) betweenMarks.Add(now - intended);
            }
            seen = until;
        }
        Terminal.Json(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("all");
            all.Write(json);
            json.WritePropertyName("betweenMarks");
            betweenMarks.Write(json);
            json.WriteNumber("retries", feed.Retries);
            json.WriteEndObject();
        });
        return ExitCode.Success;
    }
}
