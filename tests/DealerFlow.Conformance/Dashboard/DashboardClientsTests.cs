using System.Net.Sockets;
using System.Text;
using Xunit;

namespace DealerFlow.Conformance.Dashboard;

/// <summary>Many clients, slow clients, rude clients: each is bounded, and none hurts another.</summary>
public sealed class DashboardClientsTests(SyntheticTape tape) : IDisposable
{
    private const int Good = 5;

    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_client_that_takes_nothing_is_conflated_and_let_go_while_five_others_get_every_snapshot()
    {
        using var feed = new HandPublished(_room, HandPublished.SectionOf(tape.Path));
        feed.Publish();
        using var dashboard = new RunningDashboard(_room, "--patience", "8", "--store", "none");
        using var readers = new Readers(dashboard, Good);
        readers.AwaitAll(feed.PublishNumber);
        using EventReader stuck = dashboard.Events(receiveBuffer: 4096);
        Eventually.True(() => dashboard.Metric("dealerflow_dashboard_clients") == Good + 1, "the stuck client", dashboard.Program);

        // The kernel holds some megabytes for it; then its queue is full, snapshots fall out of it, and at last it is let go.
        PublishUntil(() => dashboard.Metric("dealerflow_dashboard_conflated_total") > 0, "a full queue");
        PublishUntil(() => dashboard.Metric("dealerflow_dashboard_disconnects_total") == 1, "the end of the stuck client");
        Eventually.True(() => dashboard.Metric("dealerflow_dashboard_clients") == Good, "its leaving", dashboard.Program);
        feed.Publish();
        readers.AwaitAll(feed.PublishNumber);
        readers.AssertNothingMissed(feed.PublishNumber);

        void PublishUntil(Func<bool> isSo, string what) => Eventually.True(() =>
        {
            feed.Publish();
            readers.AwaitAll(feed.PublishNumber);
            return isSo();
        }, what, dashboard.Program);
    }

    [Fact]
    public void A_client_that_rests_gets_the_newest_and_is_told_how_many_it_missed()
    {
        using var feed = new HandPublished(_room, HandPublished.SectionOf(tape.Path));
        feed.Publish();
        using var dashboard = new RunningDashboard(_room, "--patience", "600", "--store", "none");
        using var witness = new Readers(dashboard, 1);
        using EventReader resting = dashboard.Events(receiveBuffer: 4096);
        Eventually.True(() => dashboard.Metric("dealerflow_dashboard_clients") == 2, "both clients", dashboard.Program);
        Eventually.True(() =>
        {
            feed.Publish();
            witness.AwaitAll(feed.PublishNumber);
            return dashboard.Metric("dealerflow_dashboard_conflated_total") >= 3;
        }, "snapshots that fall out of a full queue", dashboard.Program);

        ulong last = 0;
        long told = 0, got = 0;
        while (last < feed.PublishNumber)
        {
            (string name, string? id, string data) = resting.Next()!.Value;
            if (name == "conflated") told += System.Text.Json.JsonDocument.Parse(data).RootElement.GetProperty("count").GetInt64();
            if (name != "snapshot") continue;
            ulong number = ulong.Parse(id!.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(number > last, "numbers rise");
            last = number;
            got++;
        }
        Assert.True(told >= 3);
        Assert.True(got < (long)feed.PublishNumber);
        witness.AssertNothingMissed(feed.PublishNumber);
    }

    [Fact]
    public void More_clients_than_may_be_are_told_so_and_a_place_that_is_left_is_free_again()
    {
        using (var feed = new HandPublished(_room, HandPublished.SectionOf(tape.Path))) feed.Publish();
        using var dashboard = new RunningDashboard(_room, "--clients", "2", "--store", "none");
        using EventReader first = dashboard.Events();
        Assert.NotNull(first.Next());
        using (EventReader second = dashboard.Events())
        {
            Assert.NotNull(second.Next());
            Assert.Contains("--clients", dashboard.Refused("/api/v1/events", 503));
        }
        Eventually.True(() => dashboard.Send("HEAD", "/api/v1/events", $"Host: localhost:{dashboard.Port}").Status == 200, "a free place", dashboard.Program);
    }

    [Fact]
    public void Requests_that_come_byte_by_byte_are_cut_off_and_hold_nobody_up()
    {
        using (var feed = new HandPublished(_room, HandPublished.SectionOf(tape.Path))) feed.Publish();
        using var dashboard = new RunningDashboard(_room, "--store", "none");
        var loris = new List<Socket>();
        try
        {
            for (int i = 0; i < 60; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect("127.0.0.1", dashboard.Port);
                socket.Send(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: localhost:{dashboard.Port}\r\nX-"));
                loris.Add(socket);
            }
            Assert.Equal(200, dashboard.Get("/api/v1/levels").Status);
            foreach (Socket socket in loris)
            {
                socket.ReceiveTimeout = 60_000;
                byte[] answer = new byte[1024];
                int length = socket.Receive(answer);
                Assert.True(length == 0 || Encoding.ASCII.GetString(answer, 0, length).StartsWith("HTTP/1.1 408", StringComparison.Ordinal));
            }
        }
        finally
        {
            loris.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public void A_server_that_is_asked_to_leave_ends_open_streams_and_leaves_with_0()
    {
        using (var feed = new HandPublished(_room, HandPublished.SectionOf(tape.Path))) feed.Publish();
        using var dashboard = new RunningDashboard(_room);
        using EventReader events = dashboard.Events();
        Assert.NotNull(events.Next("snapshot"));
        Assert.Equal(0, dashboard.Stop().ExitCode);
        while (events.Next() is not null) { }
    }

    /// <summary>Clients that take whatever comes, and remember its numbers.</summary>
    private sealed class Readers : IDisposable
    {
        private readonly List<(EventReader Reader, List<ulong> Numbers, Thread Thread)> _all = [];
        private long _conflated;

        public Readers(RunningDashboard dashboard, int count)
        {
            for (int i = 0; i < count; i++)
            {
                EventReader reader = dashboard.Events();
                var numbers = new List<ulong>();
                var thread = new Thread(() => Read(reader, numbers)) { IsBackground = true };
                thread.Start();
                _all.Add((reader, numbers, thread));
            }
        }

        public void AwaitAll(ulong number) => Eventually.True(() => _all.TrueForAll(one => Last(one.Numbers) >= number), $"snapshot {number} at every good client");

        public void AssertNothingMissed(ulong last)
        {
            Assert.Equal(0, Interlocked.Read(ref _conflated));
            foreach ((_, List<ulong> numbers, _) in _all)
            {
                lock (numbers) Assert.Equal(Enumerable.Range((int)numbers[0], (int)(last - numbers[0]) + 1).Select(number => (ulong)number), numbers);
            }
        }

        public void Dispose()
        {
            foreach ((EventReader reader, _, Thread thread) in _all)
            {
                reader.Dispose();
                thread.Join();
            }
        }

        private void Read(EventReader reader, List<ulong> numbers)
        {
            try
            {
                while (reader.Next() is { } found)
                {
                    if (found.Name == "conflated") Interlocked.Increment(ref _conflated);
                    if (found.Name != "snapshot") continue;
                    lock (numbers) numbers.Add(ulong.Parse(found.Id!.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
                }
            }
            catch (ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private static ulong Last(List<ulong> numbers)
        {
            lock (numbers) return numbers.Count == 0 ? 0 : numbers[^1];
        }
    }
}
