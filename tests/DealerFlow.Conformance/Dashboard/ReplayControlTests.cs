using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance.Dashboard;

/// <summary>Commands to a running replay: over its socket, and from a page over the dashboard.</summary>
public sealed class ReplayControlTests : IDisposable
{
    private readonly Workspace _room = new();
    private readonly string _tape;
    private readonly string _socket;

    public ReplayControlTests()
    {
        _tape = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(60));
        _socket = _room.Path("replay.sock");
    }

    public void Dispose() => _room.Dispose();

    [Fact]
    public void Whatever_was_said_on_the_way_the_end_is_that_of_a_plain_replay()
    {
        string plain = _room.Run("replay", _tape, "--feed", "plain", "--json").Json().GetProperty("snapshotHash").GetString()!;
        RunningProgram replay = Start();
        Assert.Equal("ok: paused", Ask("pause"));
        Assert.StartsWith("ok: forward", Ask($"seek {UnixNanos.ToIso(At(20))}"));
        AwaitPosition(20, paused: true);
        Assert.StartsWith("ok: back", Ask("seek -10s"));
        AwaitPosition(10, paused: true);
        Assert.StartsWith("ok: back", Ask($"seek {UnixNanos.ToIso(At(5))}"));
        AwaitPosition(5, paused: true);
        Assert.Equal("ok: max", Ask("speed max"));
        Assert.Equal("ok: going on", Ask("resume"));
        Eventually.True(() => Status().GetProperty("ended").GetBoolean(), "the end of the tape", replay);
        replay.Terminate();
        JsonElement result = replay.WaitForEnd().Json();
        Assert.Equal(plain, result.GetProperty("snapshotHash").GetString());
        Assert.False(Path.Exists(_socket));
    }

    [Fact]
    public void A_replay_that_nobody_commands_ends_by_itself_with_the_same_bytes()
    {
        string plain = _room.Run("replay", _tape, "--feed", "plain", "--json").Json().GetProperty("snapshotHash").GetString()!;
        Assert.Equal(plain, _room.Run("replay", _tape, "--control", _socket, "--json").Json().GetProperty("snapshotHash").GetString());
    }

    [Fact]
    public void The_feed_stands_at_the_instant_that_was_sought()
    {
        RunningProgram replay = Start();
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay);
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Ask("pause");
        Assert.StartsWith("ok", Ask($"seek {UnixNanos.ToIso(At(30))}"));
        AwaitMark(30);
        ulong epoch = feed.Epoch;
        Assert.StartsWith("ok", Ask("seek -20s"));
        AwaitMark(10);
        // The same writer, and nothing of the way from the beginning was shown.
        Assert.Equal(epoch, feed.Epoch);
        Assert.True(snapshot.Market.Head.MarkTimeNanos >= At(9));

        void AwaitMark(int second)
        {
            Eventually.True(() => Status() is var status && !status.GetProperty("seeking").GetBoolean() && Position(status) >= At(second - 1) && Position(status) <= At(second + 1), $"second {second}", replay);
            Eventually.True(() => feed.TryRead(snapshot) == SnapshotReadStatus.Ok && snapshot.Market.Head.MarkTimeNanos > At(second - 1) && snapshot.Market.Head.MarkTimeNanos <= At(second + 1), $"a snapshot of second {second}", replay);
        }
    }

    [Fact]
    public void Another_model_speaks_from_the_next_snapshot_on_and_stays_when_the_replay_goes_back()
    {
        RunningProgram replay = Start();
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay);
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Assert.StartsWith("ok: model ShortBoth", Ask("model shortboth"));
        Eventually.True(() => feed.TryRead(snapshot) == SnapshotReadStatus.Ok && snapshot.Market.Head.Model == PositionModel.ShortBoth, "the model", replay);
        Assert.Equal("ok: paused", Ask("pause"));
        Assert.StartsWith("ok", Ask($"seek {UnixNanos.ToIso(At(40))}"));
        AwaitPosition(40, paused: true);
        Assert.StartsWith("ok: back", Ask($"seek {UnixNanos.ToIso(At(5))}"));
        AwaitPosition(5, paused: true);
        Eventually.True(() => feed.TryRead(snapshot) == SnapshotReadStatus.Ok && snapshot.Market.Head.MarkTimeNanos < At(15), "an earlier snapshot", replay);
        Assert.Equal(PositionModel.ShortBoth, snapshot.Market.Head.Model);
    }

    [Theory]
    [InlineData("dance", "'pause', 'resume'")]
    [InlineData("", "'pause', 'resume'")]
    [InlineData("speed fast", "max, or a multiple")]
    [InlineData("speed -1x", "max, or a multiple")]
    [InlineData("speed 0x", "max, or a multiple")]
    [InlineData("speed 1e999x", "max, or a multiple")]
    [InlineData("seek noon", "no instant to seek")]
    [InlineData("seek +5", "no instant to seek")]
    [InlineData("model Guess", "OpenInterest, ShortBoth")]
    public void What_cannot_be_carried_out_is_answered_with_a_sentence(string line, string told)
    {
        Start();
        string answer = Ask(line);
        Assert.StartsWith("no: ", answer);
        Assert.Contains(told, answer);
    }

    [Fact]
    public void A_replay_that_is_recorded_does_not_go_back()
    {
        RunningProgram replay = Start("--record", _room.Path("out.dftape"));
        Assert.StartsWith("ok: forward", Ask("seek +5s"));
        Eventually.True(() => Position(Status()) >= At(4), "the instant", replay);
        Assert.Contains("without --record", Ask("seek -4s"));
    }

    [Fact]
    public void The_socket_is_of_its_user_alone_and_a_second_replay_does_not_take_it()
    {
        Start();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_socket));
        Assert.Contains("Somebody listens", _room.Run("replay", _tape, "--feed", "other", "--control", _socket).Refused(1));
    }

    [Fact]
    public void A_page_commands_only_with_its_own_Origin_and_the_token_of_this_start()
    {
        RunningProgram replay = Start();
        using var dashboard = new RunningDashboard(_room, "--control", _socket);
        string host = $"Host: localhost:{dashboard.Port}", origin = "Origin: " + dashboard.Origin;
        JsonElement control = dashboard.Json("/api/v1/control");
        Assert.True(control.GetProperty("available").GetBoolean());
        string token = "X-DealerFlow-Token: " + control.GetProperty("token").GetString();
        Assert.False(control.GetProperty("state").GetProperty("paused").GetBoolean());

        const string Pause = "{\"command\":\"pause\"}";
        Assert.Equal(403, Post(Pause, host, origin).Status);
        Assert.Equal(403, Post(Pause, host, origin, "X-DealerFlow-Token: " + new string('0', 64)).Status);
        Assert.Equal(403, Post(Pause, host, token).Status);
        Assert.Equal(403, Post(Pause, host, token, "Origin: http://evil.example").Status);
        Assert.Equal(403, Post(Pause, host, token, "Origin: null").Status);
        Assert.Equal(421, Post(Pause, "Host: evil.example", token, "Origin: http://evil.example").Status);
        Assert.DoesNotContain("\"token\"", dashboard.Send("GET", "/api/v1/control", host, "Sec-Fetch-Site: cross-site").Body);
        Assert.False(Status().GetProperty("paused").GetBoolean());

        foreach (string bad in (ReadOnlySpan<string>)["{}", "[]", "pause", "{\"command\":\"stop\"}", "{\"command\":\"seek\",\"value\":\"1\\npause\"}", "{\"command\":\"seek\",\"value\":5}", "{\"command\":\"seek\",\"value\":\"a b\"}"])
            Assert.Equal(400, Post(bad, host, origin, token).Status);
        Assert.Equal(413, Post(new string(' ', 10_000) + Pause, host, origin, token).Status);
        Assert.False(Status().GetProperty("paused").GetBoolean());

        RawAnswer done = Post(Pause, host, origin, token);
        Assert.Equal(200, done.Status);
        Assert.True(Status().GetProperty("paused").GetBoolean());
        Assert.Equal(200, Post($"{{\"command\":\"seek\",\"value\":\"{UnixNanos.ToIso(At(20))}\"}}", host, origin, token).Status);
        AwaitPosition(20, paused: true);
        Assert.Equal(409, Post("{\"command\":\"speed\",\"value\":\"fast\"}", host, origin, token).Status);
        replay.Kill();
        replay.WaitForEnd();
        JsonElement gone = dashboard.Json("/api/v1/control");
        Assert.Equal(JsonValueKind.Null, gone.GetProperty("state").ValueKind);
        Assert.Contains("nobody listens", gone.GetProperty("error").GetString());

        RawAnswer Post(string body, params string[] headers) =>
            dashboard.Send($"POST /api/v1/control HTTP/1.1\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Content-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
    }

    [Fact]
    public void Without_a_replay_to_command_the_server_only_reads()
    {
        using var dashboard = new RunningDashboard(_room);
        Assert.False(dashboard.Json("/api/v1/control").GetProperty("available").GetBoolean());
        RawAnswer answer = dashboard.Send($"POST /api/v1/control HTTP/1.1\r\nHost: localhost:{dashboard.Port}\r\nOrigin: {dashboard.Origin}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
        Assert.Equal(404, answer.Status);
        Assert.Contains("--control PATH", answer.Body);
    }

    private RunningProgram Start(params string[] more)
    {
        RunningProgram replay = _room.Start(["replay", _tape, "--speed", "1x", "--control", _socket, "--hold", "--json", .. more]);
        Eventually.True(() => Path.Exists(_socket), "the socket", replay);
        Eventually.True(() => Ask("status").Contains("position", StringComparison.Ordinal), "the replay", replay);
        return replay;
    }

    private string Ask(string line)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.ReceiveTimeout = 60_000;
        socket.Connect(new UnixDomainSocketEndPoint(_socket));
        socket.Send(Encoding.UTF8.GetBytes(line + "\n"));
        byte[] answer = new byte[8192];
        return Encoding.UTF8.GetString(answer, 0, socket.Receive(answer)).TrimEnd('\n');
    }

    private JsonElement Status() => JsonDocument.Parse(Ask("status")[4..]).RootElement;

    private void AwaitPosition(int second, bool paused) => Eventually.True(
        () => Status() is var status && !status.GetProperty("seeking").GetBoolean() && status.GetProperty("paused").GetBoolean() == paused
            && Position(status) > At(second - 1) && Position(status) <= At(second + 1),
        $"second {second}");

    private static long Position(JsonElement status) =>
        status.TryGetProperty("position", out JsonElement position) ? UnixNanos.FromUtc(DateTimeOffset.Parse(position.GetString()!, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime) : 0;

    private static long At(int second) => LittleMarket.StartNanos + (second * UnixNanos.PerSecond);
}
