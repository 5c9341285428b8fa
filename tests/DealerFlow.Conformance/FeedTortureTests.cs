using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using DealerFlow.Feed;
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
    private const int HeadlinesPerSnapshot = 8;

    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_million_headlines_are_whole_in_every_language() => Run(1_000_000, 20_000);

    [Fact(Explicit = true)]
    public void The_campaign() => Run(Given("DEALERFLOW_TORTURE_HEADLINES", 1_000_000_000), Given("DEALERFLOW_TORTURE_SNAPSHOTS", 10_000_000));

    private void Run(long headlines, long snapshots)
    {
        string program = ReaderPrograms.Compile(_room, ReaderPrograms.OfTests("torture.c"), "gcc", "-std=gnu11", "-O2");
        using FeedPublisher publisher = FeedPublisher.Create(_room.FeedDirectory, Name, Strikes, Expiries);
        bool stop = false;
        ulong published = 0;
        var writer = new Thread(() => published = Write(publisher, ref stop));
        writer.Start();
        var waited = Stopwatch.StartNew();
        var told = new Dictionary<string, JsonElement>();
        try
        {
            Dictionary<string, RunningProgram> programs = new()
            {
                ["C"] = ReaderPrograms.Start(_room, program, Arguments("mapped", 50)),
                ["C, pread"] = ReaderPrograms.Start(_room, program, Arguments("unmapped", 10)),
                ["Python"] = ReaderPrograms.StartPython(_room, ReaderPrograms.OfTests("torture.py"), Arguments("mapped", 5)),
            };
            told["C#"] = JsonSerializer.SerializeToElement(Read(headlines * 35 / 100, snapshots * 35 / 100));
            foreach ((string reader, RunningProgram running) in programs)
            {
                while (!running.HasEnded) Thread.Sleep(50);                     // a campaign takes longer than the patience of WaitForEnd
                told[reader] = running.WaitForEnd().Json();
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            writer.Join();
        }
        output.WriteLine($"{published:#,0} publications in {waited.Elapsed.TotalSeconds:F1} s");
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

        string[] Arguments(string access, int share) => [access, _room.FeedDirectory, Name, $"{headlines * share / 100}", $"{snapshots * share / 100}"];

        static string Say(string kind, JsonElement told) =>
            $"{told.GetProperty("reads").GetInt64():#,0} {kind}, {told.GetProperty("busy").GetInt64():#,0} busy, p50 {told.GetProperty("p50").GetInt64():#,0} ns, p99 {told.GetProperty("p99").GetInt64():#,0} ns";
    }

    // Word i of section n is n + i, but for the two that count rows.
    private static ulong Write(FeedPublisher publisher, ref bool stop)
    {
        byte[] market = new byte[MarketView.SizeOf(Strikes, Expiries)];
        ulong headlines = 0, snapshots = 0;
        while (!Volatile.Read(in stop))
        {
            HeadlineSection headline = default;
            Ledger ledger = new() { In = ++headlines };
            Fill(MemoryMarshal.AsBytes(new Span<HeadlineSection>(ref headline)), headlines);
            publisher.PublishHeadline(in headline, new RuntimeSection { Ledger = ledger });
            if (headlines % HeadlinesPerSnapshot != 1) continue;
            Fill(market, ++snapshots);
            ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(market.AsSpan());
            (head.StrikeCount, head.ExpiryCount) = (Strikes, Expiries);
            ledger.In = snapshots;
            publisher.Publish(market, new RuntimeSection { Ledger = ledger });
        }
        return headlines + snapshots;
    }

    private static void Fill(Span<byte> bytes, ulong number)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (int i = 0; i < words.Length; i++) words[i] = number + (ulong)i;
    }

    private static bool IsWhole(ReadOnlySpan<byte> bytes, ulong number, bool isSnapshot)
    {
        int strikes = (int)Marshal.OffsetOf<MarketSection>(nameof(MarketSection.StrikeCount)) / 8, expiries = (int)Marshal.OffsetOf<MarketSection>(nameof(MarketSection.ExpiryCount)) / 8;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (int i = 0; i < words.Length; i++)
            if (words[i] != number + (ulong)i && !(isSnapshot && (i == strikes || i == expiries))) return false;
        return true;
    }

    private object Read(long wantedHeadlines, long wantedSnapshots)
    {
        using FeedSubscriber feed = FeedSubscriber.Open(_room.FeedDirectory, Name);
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
            if (!IsWhole(section, runtime.PublishNumber, isSnapshot) || runtime.Ledger.In != runtime.PublishNumber) _torn++;
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
