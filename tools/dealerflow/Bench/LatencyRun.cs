using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>
/// From the intended send time of a message to its visibility in another process: a source that keeps a pace on the thread that calculates,
/// a headline after everything that was due, and a reader that polls the feed on the other core.
/// </summary>
/// <param name="All">Every message.</param>
/// <param name="BetweenMarks">Those that waited for no mark, nor behind others that did.</param>
/// <param name="Headlines">Headlines that were made.</param>
/// <param name="ReaderRetries">Times that the writer overtook the reader.</param>
/// <param name="SlowestBehind">The most messages that were due at once.</param>
internal sealed record LatencyRun(LatencyHistogram All, LatencyHistogram BetweenMarks, ulong Headlines, ulong ReaderRetries, int SlowestBehind)
{
    // Between being told when it begins and the beginning.
    private const long LeadNanos = 200 * UnixNanos.PerMillisecond;
    private const int MaxSpan = 1_024;
    private static readonly int[] OnlyFeed = [0];
    private const int WarmUpShare = 5, WarmUpParts = 8, PauseMilliseconds = 300, Few = 8;

    public static LatencyRun Of(BenchMarket market, EngineOptions options, int rate, string feedName, CancellationToken stop)
    {
        options = options with { HeadlinePerSpan = true, SearchesBeside = true };
        var calculation = new Calculation(market.Definitions, market.Underlyings, options);
        InstrumentDefinition first = market.Definitions.First(definition => definition.Kind == InstrumentKind.Underlying);
        using var feed = new MarketFeeds(FeedDirectory.Default, feedName, [first], new Shards(calculation));
        var sink = new BenchSink(new BenchClock(calculation, ulong.MaxValue, ulong.MaxValue, feed, first.Root));
        ReadOnlySpan<Tick> ticks = market.Ticks.Span;
        int warmUp = market.WarmUpTicks + ((ticks.Length - market.WarmUpTicks) / WarmUpShare);
        WarmUp(calculation, ticks[..warmUp], feed, ref sink, stop);
        double nanosPerMessage = 1e9 / rate;
        using Process watch = Watch(feedName, (ulong)warmUp, (ulong)ticks.Length, nanosPerMessage);
        try
        {
            if (watch.StandardOutput.ReadLine() != "ready") throw new CliException(ExitCode.Failure, "The reading process did not begin; check that two may run here.");
            ulong headlines = calculation.Work.Headlines;
            long start = FeedClock.System.MonotonicNanos + LeadNanos;
            watch.StandardInput.WriteLine(start.ToString(CultureInfo.InvariantCulture));
            watch.StandardInput.Flush();
            int slowest = Send(calculation, ticks[warmUp..], start, rate, feed, ref sink, stop);
            headlines = calculation.Work.Headlines - headlines;
            string answer = watch.StandardOutput.ReadToEnd();
            watch.WaitForExit();
            if (watch.ExitCode != 0) throw new CliException(ExitCode.Failure, "The reading process saw nothing for ten seconds; nothing was measured.");
            using JsonDocument json = JsonDocument.Parse(answer);
            JsonElement root = json.RootElement;
            return new LatencyRun(
                LatencyHistogram.Read(root.GetProperty("all")), LatencyHistogram.Read(root.GetProperty("betweenMarks")), headlines,
                root.GetProperty("retries").GetUInt64(), slowest);
        }
        finally
        {
            if (!watch.HasExited) watch.Kill();
        }
    }

    /// <summary>
    /// Flat out, with pauses: the compiler makes its last version of the code beside, on a core that the measurement needs for itself.
    /// </summary>
    private static void WarmUp(Calculation calculation, ReadOnlySpan<Tick> ticks, MarketFeeds feed, ref BenchSink sink, CancellationToken stop)
    {
        int parts = 0;
        for (int next = 0; next < ticks.Length; next += Few)
        {
            calculation.Apply(ticks[next..Math.Min(next + Few, ticks.Length)], ref sink);
            calculation.PublishHeadlines(ref sink);
            feed.Heartbeat(OnlyFeed, calculation.Sequence, calculation.EventTimeNanos);
            if (next <= (long)ticks.Length * parts / WarmUpParts) continue;
            parts++;
            stop.ThrowIfCancellationRequested();
            Thread.Sleep(PauseMilliseconds);
        }
    }

    private static int Send(Calculation calculation, ReadOnlySpan<Tick> ticks, long start, int rate, MarketFeeds feed, ref BenchSink sink, CancellationToken stop)
    {
        int sent = 0, slowest = 0;
        while (sent < ticks.Length)
        {
            long since = FeedClock.System.MonotonicNanos - start;
            // Message 0 is due at the start itself.
            long due = since < 0 ? 0 : Math.Min((long)(since * 1e-9 * rate) + 1, ticks.Length);
            int count = (int)(due - sent);
            if (count <= 0) continue;
            slowest = Math.Max(slowest, count);
            count = Math.Min(count, MaxSpan);
            calculation.Apply(ticks.Slice(sent, count), ref sink);
            calculation.PublishHeadlines(ref sink);
            feed.Heartbeat(OnlyFeed, calculation.Sequence, calculation.EventTimeNanos);
            sent += count;
            if (count == MaxSpan) stop.ThrowIfCancellationRequested();
        }
        return slowest;
    }

    private static Process Watch(string feedName, ulong first, ulong last, double nanosPerMessage) => OwnProcess.Start(
        ["bench-watch", "--feed", feedName, "--first", $"{first}", "--last", $"{last}", "--nanos", nanosPerMessage.ToString("R", CultureInfo.InvariantCulture)]);
}
