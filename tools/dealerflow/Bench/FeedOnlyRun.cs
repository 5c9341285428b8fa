using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using DealerFlow.Feed;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>What one competitor came to with one kind of message.</summary>
internal sealed class FeedOnlyResult
{
    private readonly List<double> _nanos = [];
    private readonly List<LatencyHistogram> _seen = [];

    /// <summary>Nanoseconds per publication, flat out, of each round, ascending.</summary>
    public IReadOnlyList<double> Nanos => [.. _nanos.Order()];

    public double MedianNanos => Nanos[_nanos.Count / 2];

    /// <summary>Publications flat out.</summary>
    public long Sent { get; private set; }

    /// <summary>Bytes that the sender allocated in all of them.</summary>
    public long Allocated { get; private set; }

    /// <summary>From the intended send time until another process had the whole message.</summary>
    public LatencyHistogram Seen { get; } = new();

    /// <summary>The median over the rounds of what this share of a round's messages does not exceed.</summary>
    public long MedianSeen(double share)
    {
        long[] ofRounds = [.. _seen.Select(round => round.Percentile(share)).Order()];
        return ofRounds[ofRounds.Length / 2];
    }

    /// <summary>The round with the lowest median: what is left of it when nothing else wants a core.</summary>
    public LatencyHistogram Quietest => _seen.MinBy(round => round.Percentile(0.5))!;

    /// <summary>How long the call took at that pace, with a reader at the other end.</summary>
    public LatencyHistogram Calls { get; } = new();

    /// <summary>Messages that the reader read; the others were passed over for a newer one.</summary>
    public long Read { get; private set; }

    /// <summary>Reads that the sender overtook.</summary>
    public long Retries { get; private set; }

    public void AddFlatOut(int count, double nanos, long allocated)
    {
        _nanos.Add(nanos / count);
        Sent += count;
        Allocated += allocated;
    }

    public void AddPaced(JsonElement answer, LatencyHistogram calls)
    {
        var seen = LatencyHistogram.Read(answer.GetProperty("latencies"));
        _seen.Add(seen);
        Seen.Add(seen);
        Calls.Add(calls);
        Read += answer.GetProperty("read").GetInt64();
        Retries += answer.GetProperty("retries").GetInt64();
    }
}

/// <summary>
/// The feed alone, beside other ways to bring the same bytes into another process: what a publication costs the sender flat out, and at a pace how
/// long it takes until a second process has read it whole. All take short turns in every round, so that a noisy moment hits them alike.
/// </summary>
internal sealed class FeedOnlyRun
{
    // Between being told when it begins and the beginning.
    private const long LeadNanos = 20 * UnixNanos.PerMillisecond;
    private const int PauseMilliseconds = 300;

    private static readonly MessageKind[] Kinds = [MessageKind.Headline, MessageKind.Snapshot];

    private readonly FeedOnlyPlan _plan;
    private readonly FeedOnlyPartner _partner;
    private readonly CancellationToken _stop;
    private readonly Dictionary<(MessageKind, Competitor), FeedOnlyResult> _results = [];
    private readonly Dictionary<(MessageKind, Competitor), ulong> _numbers = [];

    private FeedOnlyRun(FeedOnlyPlan plan, FeedOnlyPartner partner, CancellationToken stop) => (_plan, _partner, _stop) = (plan, partner, stop);

    /// <summary>Measures by a plan.</summary>
    /// <param name="plan">How much and how fast.</param>
    /// <param name="feedName">The feed that is written.</param>
    /// <param name="stop">Ends it between two turns.</param>
    public static IReadOnlyDictionary<(MessageKind Kind, Competitor Competitor), FeedOnlyResult> Of(FeedOnlyPlan plan, string feedName, CancellationToken stop)
    {
        using var partner = new FeedOnlyPartner(feedName, plan);
        var run = new FeedOnlyRun(plan, partner, stop);
        // Said once: a line that is drawn again and again would take a core from what is measured.
        Console.Error.WriteLine($"Measuring for about {plan.About.TotalSeconds:0} s; what else runs here meanwhile shows in the figures.");
        try
        {
            // The compiler makes its last version of the code beside, on a core that the measurement needs for itself.
            for (int round = 0; round < FeedOnlyPlan.WarmUpRounds; round++)
            {
                run.Round(round, plan.PerWarmUp);
                Thread.Sleep(PauseMilliseconds);
            }
            run._results.Clear();
            for (int round = 0; round < plan.Rounds; round++) run.Round(round, plan.PerRound);
        }
        catch (Exception lost) when (lost is SocketException or IOException or TimeoutException)
        {
            stop.ThrowIfCancellationRequested();
            throw partner.Lost();
        }
        return run._results;
    }

    private void Round(int round, Func<MessageKind, int> count)
    {
        foreach (MessageKind kind in Kinds)
        {
            FeedOnlyMessage message = _plan.MessageOf(kind);
            // Each round begins with another one.
            for (int i = 0; i < FeedOnlyPlan.FlatOut.Length; i++) FlatOut(FeedOnlyPlan.FlatOut[(i + round) % FeedOnlyPlan.FlatOut.Length], message, count(kind));
            for (int i = 0; i < FeedOnlyPlan.Watched.Length; i++) Paced(FeedOnlyPlan.Watched[(i + round) % FeedOnlyPlan.Watched.Length], message, count(kind));
        }
    }

    private void FlatOut(Competitor competitor, FeedOnlyMessage message, int count)
    {
        _stop.ThrowIfCancellationRequested();
        FeedOnlyTask task = competitor is Competitor.Feed or Competitor.Copy ? FeedOnlyTask.Look : FeedOnlyTask.Take;
        FeedOnlyTurn turn = NextTurn(task, competitor, message.Kind, count, nanos: 0);
        message.Fill(turn.First);
        bool isDrained = competitor is Competitor.Socket or Competitor.Pipelines;
        if (isDrained) _partner.Prepare(in turn);
        FeedOnlyResult result = ResultOf(message.Kind, competitor);
        switch (competitor)
        {
            case Competitor.Feed: Send(_partner.Feed, message, in turn, result); break;
            case Competitor.Copy: Send(_partner.Copy, message, in turn, result); break;
            case Competitor.Socket: Send(_partner.Blocking, message, in turn, result); break;
            case Competitor.Pipelines: Send(_partner.Pipe, message, in turn, result); break;
            default:
                if (Send(new CrcSender(), message, in turn, result).Last != FoldedCrc32.HashToUInt32(message.Payload)) throw Wrong(competitor);
                return;
        }
        JsonElement answer = isDrained ? _partner.Answer() : _partner.Look(in turn);
        if (answer.GetProperty("wrong").GetInt64() > 0 || answer.GetProperty("read").GetInt64() != (isDrained ? count : 1)) throw Wrong(competitor);
    }

    private void Paced(Competitor competitor, FeedOnlyMessage message, int count)
    {
        _stop.ThrowIfCancellationRequested();
        FeedOnlyTurn turn = NextTurn(FeedOnlyTask.Time, competitor, message.Kind, count, 1e9 / _plan.PerSecond(message.Kind));
        _partner.Prepare(in turn);
        long start = FeedClock.System.MonotonicNanos + LeadNanos;
        _partner.Begin(start);
        LatencyHistogram calls = competitor switch
        {
            Competitor.Feed => Pace(_partner.Feed, message, in turn, start),
            Competitor.Copy => Pace(_partner.GuardedCopy, message, in turn, start),
            Competitor.Socket => Pace(_partner.Blocking, message, in turn, start),
            Competitor.SocketPolled => Pace(_partner.Polled, message, in turn, start),
            _ => Pace(_partner.Pipe, message, in turn, start),
        };
        JsonElement answer = _partner.Answer();
        // A stream brings every message; shared memory has the newest.
        long read = answer.GetProperty("read").GetInt64();
        bool isAll = competitor is Competitor.Feed or Competitor.Copy ? read <= count : read == count;
        if (answer.GetProperty("wrong").GetInt64() > 0 || !isAll) throw Wrong(competitor);
        ResultOf(message.Kind, competitor).AddPaced(answer, calls);
    }

    private static TSender Send<TSender>(TSender sender, FeedOnlyMessage message, in FeedOnlyTurn turn, FeedOnlyResult result)
        where TSender : struct, IFeedOnlySender
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long begin = Stopwatch.GetTimestamp();
        for (ulong number = turn.First + 1; number <= turn.Last; number++)
        {
            message.Number(number);
            sender.Send(message);
        }
        double nanos = Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
        result.AddFlatOut(turn.Count, nanos, GC.GetAllocatedBytesForCurrentThread() - allocated);
        return sender;
    }

    private static LatencyHistogram Pace<TSender>(TSender sender, FeedOnlyMessage message, in FeedOnlyTurn turn, long start)
        where TSender : struct, IFeedOnlySender
    {
        var calls = new LatencyHistogram();
        for (ulong number = turn.First + 1; number <= turn.Last; number++)
        {
            message.Fill(number);
            long due = start + turn.IntendedNanos(number), now = FeedClock.System.MonotonicNanos;
            // Late is late: the next goes at once, and its time counts from when it was due.
            while (now < due) now = FeedClock.System.MonotonicNanos;
            sender.Send(message);
            calls.Add(FeedClock.System.MonotonicNanos - now);
        }
        return calls;
    }

    private FeedOnlyTurn NextTurn(FeedOnlyTask task, Competitor competitor, MessageKind kind, int count, double nanos)
    {
        ulong first = _numbers.GetValueOrDefault((kind, competitor));
        // The page has one version, whatever is in it.
        if (competitor == Competitor.Copy) first = Math.Max(_numbers.GetValueOrDefault((MessageKind.Headline, competitor)), _numbers.GetValueOrDefault((MessageKind.Snapshot, competitor)));
        var turn = new FeedOnlyTurn(task, competitor, kind, first, count, nanos);
        _numbers[(kind, competitor)] = turn.Last;
        return turn;
    }

    private FeedOnlyResult ResultOf(MessageKind kind, Competitor competitor)
    {
        if (!_results.TryGetValue((kind, competitor), out FeedOnlyResult? result)) _results[(kind, competitor)] = result = new FeedOnlyResult();
        return result;
    }

    private static CliException Wrong(Competitor competitor) =>
        new(ExitCode.Failure, $"What was read through {FeedOnlyReport.NameOf(competitor)} is not what was sent; nothing was measured. This is a defect: please report it.");
}
