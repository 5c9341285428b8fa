using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>C, Python and C# tell the same states of the same feed, in the same order.</summary>
public sealed class ReaderStatesTests : IDisposable
{
    private const string Name = "states";

    private readonly Workspace _room = new();
    private readonly string _probe;

    // Compiled first: a feed has to be beaten for while programs start.
    public ReaderStatesTests() => _probe = ReaderPrograms.Compile(_room, ReaderPrograms.OfTests("probe.c"), "gcc", "-std=gnu11", "-O1");

    public void Dispose() => _room.Dispose();

    [Fact]
    public void From_recovering_to_closed()
    {
        using FeedPublisher publisher = FeedPublisher.Create(_room.FeedDirectory, Name, 1, 1);
        using var watchers = new Watchers(_room, _probe, "Closed");
        watchers.WaitFor(FeedState.Recovering, () => publisher.Heartbeat(0, 0));
        ulong events = 0;
        Publish(publisher, ++events);
        watchers.WaitFor(FeedState.Live, () => publisher.Heartbeat(++events, 1));
        watchers.WaitFor(FeedState.Idle, () => publisher.Heartbeat(events, 1));
        watchers.WaitFor(FeedState.Stalled);                                        // we hold the lock and say nothing
        watchers.WaitFor(FeedState.Live, () => publisher.Heartbeat(++events, 1));
        publisher.Close();
        watchers.WaitFor(FeedState.Closed);
        watchers.Saw(FeedState.Recovering, FeedState.Live, FeedState.Idle, FeedState.Stalled, FeedState.Live, FeedState.Closed);
    }

    [Fact]
    public void A_feed_of_another_geometry_supersedes_the_old_one()
    {
        using (FeedPublisher first = FeedPublisher.Create(_room.FeedDirectory, Name, 1, 1)) Publish(first, 1);
        using var watchers = new Watchers(_room, _probe, "Superseded");
        watchers.WaitFor(FeedState.Closed);
        using FeedPublisher second = FeedPublisher.Create(_room.FeedDirectory, Name, 2, 1);
        watchers.WaitFor(FeedState.Superseded);
        watchers.Saw(FeedState.Closed, FeedState.Superseded);
    }

    [Fact]
    public void After_kill_9_a_feed_is_dead_then_damaged_then_gone()
    {
        string tape = LittleMarket.WriteTape(_room.Path("long.dftape"), LittleMarket.Ticks(120));
        RunningProgram replay = _room.Start("replay", tape, "--speed", "1x", "--feed", Name);
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay, Name);
        Eventually.True(() => feed.State() == FeedState.Live, "the state Live", replay);
        using var watchers = new Watchers(_room, _probe, "NotFound");
        watchers.WaitFor(FeedState.Live);
        replay.Kill();
        watchers.WaitFor(FeedState.Dead);
        // The last snapshot stays readable for all of them.
        foreach (string line in ReaderProbe.InEveryLanguage(_room, "open", Name)) Assert.StartsWith($"{Name} Opened Dead Ok ", line);

        string path = Path.Combine(_room.FeedDirectory, Name + ".feed");
        using (FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = StateOffset;
            file.WriteByte(77);
            file.Flush();
            watchers.WaitFor(FeedState.Corrupt);
            file.Position = StateOffset;
            file.WriteByte((byte)FeedWriterState.Open);
        }
        foreach (int constant in (int[])[HeaderConstant, EntryConstant])
        {
            watchers.WaitFor(FeedState.Dead);
            Flip(path, constant);
            watchers.WaitFor(FeedState.Corrupt);
            Flip(path, constant);
        }
        watchers.WaitFor(FeedState.Dead);
        File.Delete(path);
        watchers.WaitFor(FeedState.NotFound);
        // Its last event may be older than its last heartbeat, so that it is idle for a moment before it is dead.
        watchers.SawApartFrom(FeedState.Idle, FeedState.Live, FeedState.Dead, FeedState.Corrupt, FeedState.Dead, FeedState.Corrupt, FeedState.Dead,
            FeedState.Corrupt, FeedState.Dead, FeedState.NotFound);
    }

    private static int StateOffset => (int)System.Runtime.InteropServices.Marshal.OffsetOf<FeedHeader>(nameof(FeedHeader.State));

    private static int HeaderConstant => (int)System.Runtime.InteropServices.Marshal.OffsetOf<FeedHeader>(nameof(FeedHeader.HeartbeatLimitNanos));

    private static int EntryConstant => (int)FeedHeader.EntryOffset(0) + (int)System.Runtime.InteropServices.Marshal.OffsetOf<FeedEntry>(nameof(FeedEntry.StrikeCapacity));

    private static void Flip(string path, int offset)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = offset;
        int old = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(old ^ 1));
    }

    private static void Publish(FeedPublisher publisher, ulong events)
    {
        byte[] market = new byte[MarketView.SizeOf(0, 0)];
        BitConverter.TryWriteBytes(market, events);
        publisher.Publish(market, default);
    }

    /// <summary>Three readers that note every state that they see: C and Python as processes, C# on a thread.</summary>
    private sealed class Watchers : IDisposable
    {
        private readonly FeedSubscriber _subscriber;
        private readonly RunningProgram[] _programs;
        private readonly List<FeedState> _seen = [];
        private readonly Thread _thread;
        private readonly CancellationTokenSource _end = new();

        public Watchers(Workspace room, string probe, string until)
        {
            string[] arguments = ["watch", room.FeedDirectory, Name, until, "60"];
            _programs =
            [
                ReaderPrograms.Start(room, probe, arguments),
                ReaderPrograms.StartPython(room, ReaderPrograms.OfTests("probe.py"), arguments),
            ];
            _subscriber = FeedSubscriber.Open(room.FeedDirectory, Name);
            _thread = new Thread(Watch);
            _thread.Start();
        }

        /// <summary>Until all three have seen it last.</summary>
        public void WaitFor(FeedState state, Action? meanwhile = null) => Eventually.True(() =>
        {
            meanwhile?.Invoke();
            lock (_seen)
                if (_seen.Count == 0 || _seen[^1] != state) return false;
            return Array.TrueForAll(_programs, program => program.OutputSoFar.TrimEnd().EndsWith(state.ToString(), StringComparison.Ordinal));
        }, $"the state {state} in all three");

        /// <summary>Exactly these, in this order, each of the three.</summary>
        public void Saw(params FeedState[] states) => SawApartFrom(null, states);

        /// <summary>The same where one state may come in between.</summary>
        public void SawApartFrom(FeedState? passing, params FeedState[] states)
        {
            foreach (RunningProgram program in _programs)
            {
                string[] seen = program.WaitForEnd().Succeeded().TrimEnd().Split('\n');
                Assert.Equal(states.Select(state => state.ToString()), seen.Where(state => state != passing?.ToString()));
            }
            lock (_seen) Assert.Equal(states, _seen.Where(state => state != passing));
        }

        public void Dispose()
        {
            _end.Cancel();
            _thread.Join();
            _subscriber.Dispose();
            _end.Dispose();
        }

        private void Watch()
        {
            while (!_end.IsCancellationRequested)
            {
                FeedState state = _subscriber.State();
                lock (_seen)
                    if (_seen.Count == 0 || _seen[^1] != state) _seen.Add(state);
                Thread.Sleep(2);
            }
        }
    }
}
