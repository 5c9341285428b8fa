using System.CommandLine;
using System.Globalization;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Cli.Synth;
using DealerFlow.Engine;
using DealerFlow.Feed;
using DealerFlow.Tape;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>demo</c>: a day that never was, replayed into a feed and shown in a browser, with one command.</summary>
internal static class DemoVerb
{
    private const string FeedName = "demo";
    private const double SessionMinutes = 390;
    private const double StandardSpeed = 60;

    // Fewer messages than a market sends, so that sixty seconds of it can be made and looked at in one; the chain is as large as ever.
    private const int MessagesPerSecond = 500;
    private const int IndexStepMilliseconds = 100;

    // At sixty times the pace a snapshot a second of event time is sixty a second.
    private const double MarkMilliseconds = 200;
    private const double PublishMilliseconds = 1000;

    public static Command Create()
    {
        var seed = new Option<ulong>("--seed") { Description = "Where the random numbers begin; another seed is another day.", HelpName = "n", DefaultValueFactory = _ => 1 };
        Option<double?> speed = SharedOptions.Speed("A multiple of event time, 60x unless given, or max.");
        Option<int?> port = DashboardVerb.Port();
        Option<bool> open = DashboardVerb.Open();
        var command = new Command("demo",
            """
            Make a synthetic trading day, replay it at 60 times its pace, and show it in a browser: pause, change the speed and seek in the page. Ctrl-C ends it and leaves nothing behind.

            Examples:
              dealerflow demo
              dealerflow demo --open
              dealerflow demo --seed 7 --speed 10x --port 0
            """)
        { seed, speed, port, open };
        command.SetAction(parsed => Run(parsed.GetValue(seed), parsed.GetValue(speed) ?? StandardSpeed, parsed.GetValue(port), parsed.GetValue(open)));
        return command;
    }

    private static int Run(ulong seed, double speed, int? port, bool opens)
    {
        using var signals = new StopSignals();
        // Mode 0700: socket and history of the demo alone.
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dealerflow-demo-");
        try
        {
            string socket = Path.Combine(folder.FullName, "replay.sock");
            Console.Error.WriteLine($"A synthetic trading day of SPX, number {seed}; the first picture takes a few seconds.");
            ulong before = EpochOf(FeedName);
            using var replay = new BackgroundReplay(Day(seed), socket, speed);
            var arguments = new List<string> { "--feed", FeedName, "--control", socket, "--store", Path.Combine(folder.FullName, "history") };
            if (port is { } chosen) arguments.AddRange(["--port", chosen.ToString(CultureInfo.InvariantCulture)]);
            replay.AwaitFeed(FeedName, before, signals.Token);
            using DashboardProcess dashboard = DashboardProcess.Start(arguments);
            if (dashboard.ReadAddress() is not { } address)
            {
                dashboard.Wait(signals.Token);
                return dashboard.HasExited ? dashboard.ExitCode : ExitCode.Success;
            }
            Console.Error.WriteLine($"The day goes by at {(speed == 0 ? "full speed" : $"{speed.ToString(CultureInfo.InvariantCulture)}x")}; pause, speed and seek are in the page. Other eyes on it: dealerflow snapshot --feed {FeedName}. Ctrl-C ends.");
            Console.Out.WriteLine(address);
            if (opens) Browser.Open(address);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(signals.Token, replay.Failed);
            dashboard.Wait(either.Token);
            if (dashboard.HasExited && !signals.Token.IsCancellationRequested && dashboard.ExitCode != ExitCode.Success) return dashboard.ExitCode;
            replay.ThrowFailure();
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        finally
        {
            folder.Delete(recursive: true);
            RemoveFeed();
        }
    }

    private static SynthOptions Day(ulong seed) => new()
    {
        Seed = seed,
        Minutes = SessionMinutes,
        Rate = MessagesPerSecond,
        Start = new TimeOnly(9, 30),
        IndexStep = IndexStepMilliseconds,
    };

    // 0: there is no feed, or none that can be read, which the replay will say.
    private static ulong EpochOf(string name)
    {
        try
        {
            using FeedSubscriber feed = FeedSubscriber.Open(FeedDirectory.Default, name);
            return feed.Epoch;
        }
        catch (FeedException)
        {
            return 0;
        }
    }

    private static void RemoveFeed()
    {
        try { FeedDirectory.Remove(FeedDirectory.Default, FeedName); }
        catch (FeedException) { }       // somebody else's by now, or never made
    }

    /// <summary>The replay on a thread of its own, until it is disposed.</summary>
    private sealed class BackgroundReplay : IDisposable
    {
        private readonly CancellationTokenSource _stop = new(), _failed = new();
        private readonly Thread _thread;
        private Exception? _failure;

        public BackgroundReplay(SynthOptions day, string socket, double speed)
        {
            EngineOptions options = CadenceOptions.Spaced(new EngineOptions { Lanes = VectorWidth.Chosen }, MarkMilliseconds, PublishMilliseconds);
            _thread = new Thread(() =>
            {
                try
                {
                    ReplayVerb.Run(
                        new ReplayVerb.TickOrigin("the day of the demo", (pace, stop) => TapeReplayer.Over(new SyntheticStream(day), pace, stop)), new ReplayVerb.Pace(speed, null, socket, Holds: true), null, FeedName, new Pricing(options, null, null),
                        new Threading(1, []), null, report: null, _stop.Token);
                }
                catch (Exception failure) when (failure is not OutOfMemoryException)
                {
                    Volatile.Write(ref _failure, failure);
                    _failed.Cancel();
                }
            })
            { Name = "replay" };
            _thread.Start();
        }

        /// <summary>Set when the replay cannot go on.</summary>
        public CancellationToken Failed => _failed.Token;

        /// <summary>Waits for the first snapshot, so that the first page has a picture; of this demo, not of another that has the feed already.</summary>
        public void AwaitFeed(string name, ulong epochBefore, CancellationToken stop)
        {
            while (!stop.WaitHandle.WaitOne(20))
            {
                ThrowFailure();
                try
                {
                    using FeedSubscriber feed = FeedSubscriber.Open(FeedDirectory.Default, name);
                    if (feed.Epoch > epochBefore && feed.State() is FeedState.Live or FeedState.Idle && feed.TryRead(feed.CreateBuffer()) == SnapshotReadStatus.Ok) return;
                }
                catch (FeedException missing) when (missing.Error is FeedError.NotFound or FeedError.DirectoryNotFound) { }
            }
            stop.ThrowIfCancellationRequested();
        }

        public void ThrowFailure()
        {
            if (Volatile.Read(ref _failure) is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        public void Dispose()
        {
            _stop.Cancel();
            _thread.Join();
            _stop.Dispose();
            _failed.Dispose();
        }
    }
}
