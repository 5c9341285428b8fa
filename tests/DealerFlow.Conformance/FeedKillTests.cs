using System.Diagnostics;
using System.Globalization;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>
/// Writers that publish flat out are killed with SIGKILL at random times, while they start or while they publish, and the next takes the feed over. One
/// reader is there all the time: whatever it reads is whole, no number falls, and it never has to open the feed again.
/// </summary>
/// <remarks>
/// The suite kills a few. The campaign is run by hand, with as many as DEALERFLOW_KILLS says: <c>dotnet run -c Release --project
/// tests/DealerFlow.Conformance -- -class DealerFlow.Conformance.FeedKillTests -explicit only -showLiveOutput</c>.
/// </remarks>
public sealed class FeedKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 20261127;

    // Half of the writers are killed within this time of their start, wherever they are then.
    private const int StartMilliseconds = 500;

    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void After_every_kill_the_last_snapshot_is_whole_and_the_next_writer_goes_on() => Run(8);

    [Fact(Explicit = true)]
    public void The_campaign() =>
        Run(Environment.GetEnvironmentVariable("DEALERFLOW_KILLS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 10_000);

    private void Run(int kills)
    {
        string tape = LittleMarket.WriteTape(_room.Path("long.dftape"), LittleMarket.Ticks(120));
        var random = new Random(Seed);
        // A first writer in good order, so that there is a feed from the beginning on.
        string little = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(0.5));
        Assert.Equal(0, _room.Run("replay", little).ExitCode);
        using FeedSubscriber feed = FeedSubscriber.Open(_room.FeedDirectory, "default");
        var reader = new Reader(feed);
        reader.Look();
        var restarts = new List<double>();
        int whileStarting = 0, sawDead = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            ulong epoch = feed.Epoch;
            var since = Stopwatch.StartNew();
            using RunningProgram writer = _room.Start("replay", tape, "--mark", "1", "--publish", "1", "--json");
            if (random.Next(2) == 0)
            {
                double until = StartMilliseconds * random.NextDouble();
                while (since.Elapsed.TotalMilliseconds < until) reader.Look();
            }
            else
            {
                Eventually.True(() => reader.Look() > epoch, "a snapshot of the next writer", writer);
                restarts.Add(since.Elapsed.TotalMilliseconds);
                double until = since.Elapsed.TotalMilliseconds + (40 * random.NextDouble());
                while (since.Elapsed.TotalMilliseconds < until) reader.Look();
            }
            if (reader.Epoch == epoch) whileStarting++;
            writer.Kill();
            writer.WaitForEnd();
            reader.Look();
            // The heartbeat is stale two seconds later; to wait for that each time would be a campaign of waiting.
            if (kill % 100 != 0 && kill != kills - 1) continue;
            // One that had not taken the feed yet leaves it as it was.
            FeedState expected = feed.Epoch == 1 ? FeedState.Closed : FeedState.Dead;
            Eventually.True(() => feed.State() == expected, $"the state {expected}");
            reader.Look();
            if (expected == FeedState.Dead) sawDead++;
        }
        restarts.Sort();
        output.WriteLine($"seed {Seed}: {kills:#,0} kills, {whileStarting:#,0} of them before the writer's first snapshot; {reader.Reads:#,0} reads, all whole; " +
            $"{sawDead:#,0} times waited for, and told, Dead");
        if (restarts.Count > 0)
            output.WriteLine($"from the start of a process to its first snapshot, ms: p50 {At(0.5):0}, p99 {At(0.99):0}, max {restarts[^1]:0}");
        Assert.True(feed.Epoch > 1 && reader.Reads > (ulong)kills);

        double At(double share) => restarts[Math.Min((int)(share * restarts.Count), restarts.Count - 1)];
    }

    /// <summary>Reads and compares with what was read before.</summary>
    private sealed class Reader(FeedSubscriber feed)
    {
        private readonly SnapshotBuffer _buffer = feed.CreateBuffer();
        private ulong _number;
        private ulong _headline;

        public ulong Epoch { get; private set; }

        public ulong Reads { get; private set; }

        /// <summary>The epoch of the last snapshot.</summary>
        public ulong Look()
        {
            // Busy would mean that a reader is held up by a writer that is gone.
            Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(_buffer));
            ref readonly RuntimeSection runtime = ref _buffer.Runtime;
            Assert.True(runtime.PublishNumber >= _number, $"number {runtime.PublishNumber} after {_number}");
            Assert.True(runtime.Epoch >= Epoch, $"epoch {runtime.Epoch} after {Epoch}");
            Assert.True(runtime.Ledger.Balances);
            (_number, Epoch) = (runtime.PublishNumber, runtime.Epoch);
            if (feed.TryReadHeadline(out _, out RuntimeSection headline) is SnapshotReadStatus.Ok)
            {
                Assert.True(headline.PublishNumber >= _headline);
                _headline = headline.PublishNumber;
            }
            else
            {
                Assert.Equal(0ul, feed.HeadlineNumber);
            }
            Reads++;
            return Epoch;
        }
    }
}
