using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using DealerFlow.Feed;
using DealerFlow.PatternWriter;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>
/// One writer flat out, readers in C#, C (mapped and by pread) and Python at once. Every word of every read is compared with what follows from its
/// publish number, beside the checksum: no read may be a mix, no number may fall.
/// </summary>
/// <remarks>
/// The suite makes a million headline reads. The campaign is run by hand, with as many as DEALERFLOW_TORTURE_HEADLINES and DEALERFLOW_TORTURE_SNAPSHOTS say;
/// docs/readers.md has the command.
/// </remarks>
public sealed class FeedTortureTests(ITestOutputHelper output) : IDisposable
{
    private const string Name = "torture";
    private const int Strikes = 40;
    private const int Expiries = 4;

    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_million_headlines_are_whole_in_every_language() => Run(1_000_000, 20_000);

    [Fact(Explicit = true)]
    public void The_campaign() => Run(Given("DEALERFLOW_TORTURE_HEADLINES", 1_000_000_000), Given("DEALERFLOW_TORTURE_SNAPSHOTS", 10_000_000));

    private void Run(long headlines, long snapshots)
    {
        RunningProgram writer = PatternFeed.Start(_room, Name, Strikes, Expiries, "flat");
        using FeedSubscriber feed = PatternFeed.Open(_room, Name, writer);
        var waited = Stopwatch.StartNew();
        // The fast readers do most of the work, and all end at about the same time.
        Dictionary<string, RunningProgram> programs = PatternFeed.StartReaders(_room, Name, reader =>
        {
            int share = reader switch { "C" => 50, "Python" => 2, _ => 8 };
            return [$"{headlines * share / 100}", $"{snapshots * share / 100}"];
        });
        var told = new Dictionary<string, JsonElement> { ["C#"] = JsonSerializer.SerializeToElement(Read(feed, headlines * 40 / 100, snapshots * 40 / 100)) };
        foreach ((string reader, RunningProgram running) in programs)
        {
            while (!running.HasEnded) Thread.Sleep(50);                     // a campaign takes longer than the patience of WaitForEnd
            told[reader] = running.WaitForEnd().Json();
        }
        Assert.False(writer.HasEnded, "the writer has ended before its readers");
        output.WriteLine($"{feed.HeadlineNumber + feed.PublishNumber:#,0} publications in {waited.Elapsed.TotalSeconds:F1} s");
        long headlineReads = 0, snapshotReads = 0;
        foreach ((string reader, JsonElement answer) in told)
        {
            JsonElement ofHeadlines = answer.GetProperty("headlines"), ofSnapshots = answer.GetProperty("snapshots");
            foreach (JsonElement kind in (JsonElement[])[ofHeadlines, ofSnapshots])
                foreach (string wrong in (string[])["torn", "fallen", "corrupt"]) Assert.True(kind.GetProperty(wrong).GetInt64() == 0, $"{reader}: {answer}");
            headlineReads += ofHeadlines.GetProperty("reads").GetInt64();
            snapshotReads += ofSnapshots.GetProperty("reads").GetInt64();
            output.WriteLine($"{reader,-8} {answer.GetProperty("retries").GetInt64(),12:#,0} retries; {Say("headlines", ofHeadlines)}; {Say("snapshots", ofSnapshots)}");
        }
        output.WriteLine($"{headlineReads:#,0} headlines and {snapshotReads:#,0} snapshots read, every word checked: 0 torn");
        Assert.True(headlineReads >= headlines && snapshotReads >= snapshots);

        static string Say(string kind, JsonElement told) =>
            $"{told.GetProperty("reads").GetInt64():#,0} {kind}, {told.GetProperty("busy").GetInt64():#,0} busy, p50 {told.GetProperty("p50").GetInt64():#,0} ns, p99 {told.GetProperty("p99").GetInt64():#,0} ns";
    }

    private static object Read(FeedSubscriber feed, long wantedHeadlines, long wantedSnapshots)
    {
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Tally headlines = new(), snapshots = new();
        while (headlines.Reads < wantedHeadlines || snapshots.Reads < wantedSnapshots)
        {
            long begin = Stopwatch.GetTimestamp();
            SnapshotReadStatus status = feed.TryReadHeadline(out HeadlineSection headline, out RuntimeSection runtime);
            headlines.Note(status, begin, MemoryMarshal.AsBytes(new ReadOnlySpan<HeadlineSection>(in headline)), in runtime, isSnapshot: false);
            // Both kinds come to their end together.
            if ((double)snapshots.Reads * wantedHeadlines > (double)headlines.Reads * wantedSnapshots && headlines.Reads < wantedHeadlines) continue;
            begin = Stopwatch.GetTimestamp();
            status = feed.TryRead(snapshot);
            if (status == SnapshotReadStatus.Ok) snapshots.Note(status, begin, snapshot.MarketBytes, in snapshot.Runtime, isSnapshot: true);
            else snapshots.Note(status, begin, [], default, isSnapshot: true);
        }
        return new { retries = feed.Retries, headlines = headlines.Told(), snapshots = snapshots.Told() };
    }

    private static long Given(string variable, long standard) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : standard;

    private sealed class Tally
    {
        private const int LongestNanos = 1 << 17;

        private readonly long[] _nanos = new long[LongestNanos + 1];
        private long _torn, _fallen, _corrupt, _busy;
        private ulong _last;

        public long Reads { get; private set; }

        public void Note(SnapshotReadStatus status, long begin, ReadOnlySpan<byte> section, in RuntimeSection runtime, bool isSnapshot)
        {
            long nanos = (long)Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
            if (status == SnapshotReadStatus.Busy) _busy++;
            if (status == SnapshotReadStatus.Corrupt) _corrupt++;
            if (status != SnapshotReadStatus.Ok) return;
            Reads++;
            _nanos[Math.Min(nanos, LongestNanos)]++;
            if (!Pattern.IsWhole(section, runtime.PublishNumber, isSnapshot) || runtime.Ledger.In != runtime.PublishNumber) _torn++;
            if (runtime.PublishNumber < _last) _fallen++;
            _last = runtime.PublishNumber;
        }

        public object Told() => new { reads = Reads, torn = _torn, fallen = _fallen, corrupt = _corrupt, busy = _busy, p50 = Percentile(0.5), p99 = Percentile(0.99) };

        private int Percentile(double share)
        {
            long left = (long)(Reads * share);
            int nanos = 0;
            while (nanos < LongestNanos && left >= _nanos[nanos]) left -= _nanos[nanos++];
            return nanos;
        }
    }
}
