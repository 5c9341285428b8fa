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
/// Writers are killed with SIGKILL, most by themselves at a named step, the others at a random time; each time the next takes the feed over. Readers in
/// C#, C (mapped and by pread) and Python are there all the time: whatever they read is whole, no number falls, no feed is refused, nobody gets stuck.
/// </summary>
/// <remarks>
/// The campaign is run by hand, with as many kills as DEALERFLOW_KILLS says: <c>dotnet run -c Release --project tests/DealerFlow.Conformance --
/// -class DealerFlow.Conformance.FeedKillTests -explicit only -showLiveOutput</c>.
/// </remarks>
public sealed class FeedKillTests(ITestOutputHelper output) : IDisposable
{
    private const string Name = "kills";
    private const int Seed = 20261127;
    private const int Expiries = 4;
    private const int KilledExitCode = 128 + 9;

    // One kill in so many is at a random time, within so many milliseconds of the writer's start or of its first snapshot.
    private const int RandomOne = 10, RandomMilliseconds = 100;

    private readonly Workspace _room = new();
    private readonly Random _random = new(Seed);
    private readonly Dictionary<WriterStep, int> _killsAt = [];
    private readonly List<double> _restarts = [];
    private int _strikes = 40;
    private int _randomKills, _beforeFirst;

    public void Dispose() => _room.Dispose();

    [Fact]
    public void B1_B2_B10_after_every_kill_the_last_snapshot_is_whole_and_the_next_writer_goes_on() => Run(500);

    [Fact]
    public void B3_a_writer_that_is_frozen_at_any_time_leaves_the_last_snapshot_and_goes_on_in_the_same_epoch()
    {
        using RunningProgram writer = StartWriter("flat");
        using FeedSubscriber feed = PatternFeed.Open(_room, Name, writer);
        SnapshotBuffer buffer = feed.CreateBuffer();
        ulong epoch = feed.Epoch;
        for (int time = 0; time < 20; time++)
        {
            writer.Freeze();
            Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(buffer));
            // The signal takes effect at once for us, and for a thread that runs on the other core a moment later.
            ulong number = 0;
            Eventually.True(() => number == (number = feed.PublishNumber), "a writer that stands still");
            for (int read = 0; read < 20; read++)
            {
                Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(buffer));
                Assert.Equal(number, buffer.Runtime.PublishNumber);
                Assert.True(Pattern.IsWhole(buffer.MarketBytes, number, isSnapshot: true));
                Assert.Equal(SnapshotReadStatus.Ok, feed.TryReadHeadline(out _, out _));
            }
            if (time == 0) Eventually.True(() => feed.State() == FeedState.Stalled, "the state Stalled");
            writer.Thaw();
            Eventually.True(() => feed.PublishNumber > number, "the next snapshot", writer);
        }
        Eventually.True(() => feed.State() == FeedState.Live, "the state Live", writer);
        Assert.Equal(epoch, feed.Epoch);
    }

    [Fact(Explicit = true)]
    public void The_campaign() =>
        Run(Environment.GetEnvironmentVariable("DEALERFLOW_KILLS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 10_000);

    private void Run(int kills)
    {
        Assert.Equal(0, StartWriter("end", "5").WaitForEnd().ExitCode);         // so that there is a feed from the beginning on
        using var reader = new Attendant(_room.FeedDirectory);
        Dictionary<string, RunningProgram> others = PatternFeed.StartReaders(_room, Name, _ => []);
        var took = Stopwatch.StartNew();
        WriterStep[] steps = Enum.GetValues<WriterStep>();
        for (int kill = 0; kill < kills; kill++)
        {
            if (kill % RandomOne == 0) KillAtRandom(reader);
            else KillAt(steps[(kill - (kill / RandomOne) - 1) % steps.Length]);
            foreach ((string name, RunningProgram other) in others) Assert.False(other.HasEnded, $"{name} has ended after kill {kill}: {other.ErrorSoFar}");
        }
        took.Stop();

        using (RunningProgram last = StartWriter("end", "5")) Assert.Equal(0, last.WaitForEnd().ExitCode);
        ulong number = reader.WaitForClosed();
        // A reader of a file whose name was taken without a word finds out when its heartbeat is stale, and looks once more when it is told to end.
        Thread.Sleep(TimeSpan.FromMicroseconds(1.1 * FeedPublisher.HeartbeatLimitNanos / 1_000));
        output.WriteLine($"seed {Seed}: {kills:#,0} kills in {took.Elapsed.TotalSeconds:F0} s, {_randomKills:#,0} of them at random times ({_beforeFirst:#,0} before the writer's first snapshot)");
        output.WriteLine("at " + string.Join(", ", steps.Select(step => $"{step} {_killsAt.GetValueOrDefault(step):#,0}")));
        _restarts.Sort();
        output.WriteLine($"from the start of a process to its first snapshot, ms: p50 {At(0.5):0}, p99 {At(0.99):0}, max {_restarts[^1]:0}");
        output.WriteLine(reader.Tell());
        foreach ((string name, RunningProgram other) in others)
        {
            other.Terminate();
            JsonElement told = other.WaitForEnd().Json();
            JsonElement headlines = told.GetProperty("headlines"), snapshots = told.GetProperty("snapshots");
            foreach (string wrong in (string[])["refused", "corruptStates"]) Assert.True(told.GetProperty(wrong).GetInt64() == 0, $"{name}: {told}");
            foreach (JsonElement kind in (JsonElement[])[headlines, snapshots])
                foreach (string wrong in (string[])["torn", "fallen", "corrupt", "busy"]) Assert.True(kind.GetProperty(wrong).GetInt64() == 0, $"{name}: {told}");
            Assert.True(snapshots.GetProperty("last").GetUInt64() == number, $"{name} did not see snapshot {number}: {told}");
            output.WriteLine($"{name,-8} {headlines.GetProperty("reads").GetInt64():#,0} headlines, {snapshots.GetProperty("reads").GetInt64():#,0} snapshots, " +
                $"opened {told.GetProperty("opened").GetInt64():#,0} times, longest read {Math.Max(headlines.GetProperty("longest").GetInt64(), snapshots.GetProperty("longest").GetInt64()) / 1e6:F1} ms");
        }
        Assert.All(steps, step => Assert.True(kills < 2 * RandomOne * steps.Length || _killsAt[step] > 0));

        double At(double share) => _restarts[Math.Min((int)(share * _restarts.Count), _restarts.Count - 1)];
    }

    private void KillAt(WriterStep step)
    {
        // A new file is made where the sizes are others.
        bool isNewFile = step is WriterStep.FileReserved or WriterStep.FileWritten or WriterStep.BeforeRename or WriterStep.AfterRename;
        int before = _strikes;
        if (isNewFile) _strikes ^= 1;
        int times = step switch
        {
            >= WriterStep.BeforeOdd and <= WriterStep.AfterPublished => 1 + _random.Next(10),
            WriterStep.BeforeHeartbeat => 1 + _random.Next(50),
            _ => 1,
        };
        using RunningProgram writer = StartWriter("kill", $"{step}", $"{times}");
        Outcome outcome = writer.WaitForEnd();
        Assert.True(outcome.ExitCode == KilledExitCode, $"The writer was not killed at {step}, time {times}: {outcome}");
        if (isNewFile && step != WriterStep.AfterRename) _strikes = before;
        _killsAt[step] = _killsAt.GetValueOrDefault(step) + 1;
    }

    private void KillAtRandom(Attendant reader)
    {
        ulong epoch = reader.Epoch;
        var since = Stopwatch.StartNew();
        using RunningProgram writer = StartWriter("flat");
        if (_random.Next(2) == 0)
        {
            Eventually.True(() => reader.Epoch > epoch, "a snapshot of the next writer", writer);
            _restarts.Add(since.Elapsed.TotalMilliseconds);
        }
        Thread.Sleep(_random.Next(RandomMilliseconds));
        writer.Kill();
        Assert.Equal(KilledExitCode, writer.WaitForEnd().ExitCode);
        _randomKills++;
        if (reader.Epoch == epoch) _beforeFirst++;
    }

    private RunningProgram StartWriter(params string[] how) => PatternFeed.Start(_room, Name, _strikes, Expiries, how);

    /// <summary>Reads on a thread of its own and compares with what was read before.</summary>
    private sealed class Attendant : IDisposable
    {
        private readonly string _directory;
        private readonly Thread _thread;
        private FeedSubscriber _feed;
        private SnapshotBuffer _buffer;
        private Exception? _failure;
        private volatile bool _isOver;
        private ulong _epoch, _number, _headline;
        private long _reads, _opened = 1, _longest;
        private int _state;

        public Attendant(string directory)
        {
            _directory = directory;
            _feed = FeedSubscriber.Open(directory, Name);
            _buffer = _feed.CreateBuffer();
            _thread = new Thread(Read);
            _thread.Start();
        }

        /// <summary>Of the last snapshot that was read.</summary>
        public ulong Epoch
        {
            get
            {
                if (Volatile.Read(ref _failure) is { } failure) Assert.Fail($"C#: {failure}");
                return Volatile.Read(ref _epoch);
            }
        }

        public string Tell() => $"C#       {_reads:#,0} headlines and snapshots, opened {_opened:#,0} times, longest read {TimeSpan.FromTicks(_longest).TotalMilliseconds:F1} ms";

        /// <summary>The number of the last snapshot, once the feed is closed.</summary>
        public ulong WaitForClosed()
        {
            Eventually.True(() => Epoch > 0 && (FeedState)Volatile.Read(ref _state) == FeedState.Closed, "the state Closed");
            Dispose();
            _ = Epoch;
            return _number;
        }

        public void Dispose()
        {
            _isOver = true;
            _thread.Join();
            _feed.Dispose();
        }

        private void Read()
        {
            try
            {
                // Once more after the end, so that the last snapshot of all is among what was read.
                for (bool isLast = false; !isLast; Thread.Sleep(1))
                {
                    isLast = _isOver;
                    Look();
                }
            }
            catch (Exception failure)
            {
                Volatile.Write(ref _failure, failure);
            }
        }

        private void Look()
        {
            FeedState state = _feed.State();
            Assert.NotEqual(FeedState.Corrupt, state);
            if (state == FeedState.Superseded)
            {
                _feed.Dispose();
                _feed = FeedSubscriber.Open(_directory, Name);      // the name is always that of a whole feed
                _buffer = _feed.CreateBuffer();
                _headline = 0;
                _opened++;
            }
            long begin = Stopwatch.GetTimestamp();
            SnapshotReadStatus status = _feed.TryRead(_buffer);
            SnapshotReadStatus ofHeadline = _feed.TryReadHeadline(out HeadlineSection headline, out RuntimeSection beside);
            _longest = Math.Max(_longest, Stopwatch.GetElapsedTime(begin).Ticks);
            if (ofHeadline == SnapshotReadStatus.Ok)
            {
                Assert.True(beside.PublishNumber >= _headline && Pattern.IsWhole(MemoryMarshal.AsBytes(new ReadOnlySpan<HeadlineSection>(in headline)), beside.PublishNumber, isSnapshot: false));
                _headline = beside.PublishNumber;
                _reads++;
            }
            if (status == SnapshotReadStatus.Ok)
            {
                ref readonly RuntimeSection runtime = ref _buffer.Runtime;
                Assert.True(runtime.PublishNumber >= _number && runtime.Epoch >= _epoch, $"snapshot {runtime.PublishNumber} of epoch {runtime.Epoch} after {_number} of {_epoch}");
                Assert.True(Pattern.IsWhole(_buffer.MarketBytes, runtime.PublishNumber, isSnapshot: true));
                _number = runtime.PublishNumber;
                Volatile.Write(ref _epoch, runtime.Epoch);
                _reads++;
            }
            // Anything else would mean that somebody is held up by, or sees the remains of, a writer that is gone.
            if (_opened == 1) Assert.Equal(SnapshotReadStatus.Ok, status);
            else Assert.True(status is SnapshotReadStatus.Ok or SnapshotReadStatus.NothingPublished, $"{status}");
            Assert.True(ofHeadline is SnapshotReadStatus.Ok or SnapshotReadStatus.NothingPublished, $"{ofHeadline}");
            Volatile.Write(ref _state, (int)state);
        }
    }
}
