using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DealerFlow.Tape;
using DealerFlow.Tests;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>live</c> and <c>send</c>: datagrams of ticks and blocks of OPRA through sockets of this machine.</summary>
public sealed class LiveTests(SyntheticTape tape) : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void What_is_sent_over_a_unix_socket_gives_the_numbers_of_the_tape_and_is_recorded_as_it_was()
    {
        string socket = _room.Path("ticks.sock"), copy = _room.Path("copy.dftape");
        string hash = Hash(_room.Run("replay", tape.Path, "--headline", "0.1", "--json").Json());
        RunningProgram live = _room.Start("live", "--listen", $"unix://{socket}", "--lossless", "--record", copy, "--sync", "block", "--json");
        Eventually.True(() => File.Exists(socket), "the socket", live);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
        Outcome sent = _room.Run("send", tape.Path, "--to", $"unix://{socket}", "--speed", "max");
        Assert.Equal(0, sent.ExitCode);
        JsonElement result = live.WaitForEnd().Json();
        Assert.Equal(hash, Hash(result));
        Assert.False(File.Exists(socket), "the socket goes with the run");
        JsonElement ingest = result.GetProperty("ingest");
        Assert.Equal((0, 0, 0, 0), (Count(ingest, "duplicates"), Count(ingest, "late"), Count(ingest, "refused"), Count(ingest, "lost")));
        using TapeReader whole = TapeReader.Open(tape.Path), recorded = TapeReader.Open(copy);
        Assert.Equal(whole.TickCount, recorded.TickCount);
        Assert.Equal(whole.Definitions.ToArray(), recorded.Definitions.ToArray());
        Assert.Equal(hash, Hash(_room.Run("replay", copy, "--headline", "0.1", "--json").Json()));
    }

    [Fact]
    public void Standard_input_is_a_stream_like_any_other()
    {
        string[] cadence = ["--mark", "2", "--publish", "4", "--headline", "1"];
        string hash = Hash(_room.Run(["replay", tape.Path, .. cadence, "--json"]).Json());
        byte[] stream = Datagrams(session: 1).SelectMany(datagram => datagram).ToArray();
        JsonElement result = _room.RunReading(stream, ["live", "--listen", "-", "--lossless", .. cadence, "--json"]).Json();
        Assert.Equal(hash, Hash(result));

        Outcome cut = _room.RunReading(stream[..^5], "live", "--listen", "-", "--lossless", "--json");
        Assert.Contains("ends within a datagram", cut.RefusedWhileRunning(1));
        Assert.Contains("neither a datagram of ticks nor a block", _room.RunReading(Encoding.ASCII.GetBytes(new string('x', 100)), "live", "--listen", "-").RefusedWhileRunning(1));
    }

    // Lines A and B: each loses, repeats and delays datagrams of its own; together they are whole.
    [Fact]
    public void Two_lines_that_each_lose_datagrams_are_one_whole_stream()
    {
        string a = _room.Path("a.sock"), b = _room.Path("b.sock"), hash = Hash(_room.Run("replay", tape.Path, "--headline", "0.1", "--json").Json());
        RunningProgram live = _room.Start("live", "--listen", $"unix://{a},unix://{b}", "--lossless", "--json");
        Eventually.True(() => File.Exists(a) && File.Exists(b), "the sockets", live);
        using Socket lineA = UnixTo(a), lineB = UnixTo(b);
        List<byte[]> datagrams = [.. Datagrams(session: 1)];
        for (int i = 0; i < datagrams.Count; i++)
        {
            bool isLast = i == datagrams.Count - 1;
            if (i % 7 != 3 || isLast) lineA.Send(datagrams[i]);
            if (i % 7 != 5 || isLast) lineB.Send(datagrams[i]);
            if (i % 11 == 0) lineB.Send(datagrams[i]);
        }
        JsonElement result = live.WaitForEnd().Json(), ingest = result.GetProperty("ingest"), ledger = result.GetProperty("ledger");
        Assert.Equal(0, Count(ingest, "lost"));
        Assert.True(Count(ingest, "duplicates") > 1_000);
        // A quote that comes late is late once a newer one of its contract is there; everything else counts.
        using TapeReader whole = TapeReader.Open(tape.Path);
        Assert.Equal(whole.TickCount, Count(ledger, "in") + Count(ingest, "late"));
        if (Count(ingest, "late") == 0 && Count(ledger, "timeRegressions") == 0) Assert.Equal(hash, Hash(result));
    }

    [Fact]
    public void What_comes_on_no_line_is_counted_as_lost_and_what_it_may_have_replaced_is_stale()
    {
        int port = FreePort();
        RunningProgram live = _room.Start("live", "--listen", $"udp://127.0.0.1:{port}", "--json");
        live.WaitForError("Listening to");
        using Socket line = UdpTo(port);
        List<byte[]> datagrams = [.. Datagrams(session: 1)];
        int lost = 0;
        for (int i = 0; i < datagrams.Count; i++)
        {
            if (i == datagrams.Count - 20)
            {
                lost += (datagrams[i].Length - TickDatagramHeader.SizeInBytes) / Tick.SizeInBytes;
                continue;
            }
            line.Send(datagrams[i]);
            if (i % 8 == 0) Thread.Sleep(1);
        }
        JsonElement result = live.WaitForEnd().Json(), ingest = result.GetProperty("ingest");
        // The system may drop some more where this machine is busy: whatever did not come is counted, one by one.
        long neverCame = Count(ingest, "lost"), numbers = datagrams.Sum(datagram => (datagram.Length - TickDatagramHeader.SizeInBytes) / Tick.SizeInBytes);
        Assert.True(neverCame >= lost);
        Assert.Equal(numbers, Count(ingest, "received") - Count(ingest, "duplicates") + neverCame);
        Assert.True(Count(result.GetProperty("ledger"), "notices") > 0, "gaps are told in the stream");
        JsonElement feed = _room.Run("snapshot", "--json").Json();
        Assert.Equal(neverCame, Count(feed.GetProperty("feed").GetProperty("ingest"), "lost"));
    }

    [Fact]
    public void Hostile_datagrams_are_refused_and_counted_and_the_stream_goes_on()
    {
        string socket = _room.Path("ticks.sock"), hash = Hash(_room.Run("replay", tape.Path, "--headline", "0.1", "--json").Json());
        RunningProgram live = _room.Start("live", "--listen", $"unix://{socket}", "--lossless", "--json");
        Eventually.True(() => File.Exists(socket), "the socket", live);
        using Socket sender = UnixTo(socket);
        var random = new Random(3);
        int refused = 0, number = 0;
        foreach (byte[] datagram in Datagrams(session: 1))
        {
            if (number++ % 10 == 5)
            {
                byte[] bad = (random.Next(5)) switch
                {
                    0 => [],
                    1 => datagram[..random.Next(1, 31)],
                    2 => datagram[..^1],
                    3 => [.. datagram, 0],
                    _ => Encoding.ASCII.GetBytes(new string('A', 5_000)),
                };
                sender.Send(bad);
                refused++;
            }
            sender.Send(datagram);
        }
        Outcome outcome = live.WaitForEnd();
        JsonElement result = outcome.Json();
        Assert.Equal(hash, Hash(result));
        Assert.Equal(refused, Count(result.GetProperty("ingest"), "refused"));
        Assert.Contains(outcome.Messages, message => message.Contains("a datagram was refused", StringComparison.Ordinal));
    }

    // A packet each; their messages are read as import reads them, here through the loopback.
    [Fact]
    public void Captured_packets_of_opra_are_read_from_both_lines()
    {
        string[] captures = [.. Directory.GetFiles(Repository.RealData("exchange_pcap/omi/Siac/Opra.Recipient.v6.2"), "*.pcap").Order()];
        Assert.NotEmpty(captures);
        string chain = _room.Write("chain.csv", """
            ts_ns,kind,symbol,bid,ask,bid_size,ask_size,price,size
            1701262800000000000,S,AMZN,,,,,146.90,
            1701262800000000000,O,AMZN  231229C00133000,,,,,,1200
            1701262800000000000,O,AMZN  240119C00165250,,,,,,500
            """);
        string a = _room.Path("a.sock"), b = _room.Path("b.sock");
        RunningProgram live = _room.Start("live", "--listen", $"unix://{a},unix://{b}", "--definitions", chain, "--control", _room.Path("control.sock"), "--json");
        Eventually.True(() => File.Exists(a) && File.Exists(b), "the sockets", live);
        foreach (string capture in captures) Assert.Equal(0, _room.Run("send", capture, "--to", $"unix://{a},unix://{b}", "--speed", "max").ExitCode);
        // The progress line of each second begins with how many messages have come.
        int least = 2 * captures.Length;
        Eventually.True(
            () => live.ErrorSoFar.Split('\n').Any(line => line.Contains(" messages,", StringComparison.Ordinal) && int.Parse(line.Split(' ')[0], System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture) >= least),
            "the messages", live);
        Assert.Equal("ok: stopping", Say("stop"));
        JsonElement result = live.WaitForEnd().Json(), ingest = result.GetProperty("ingest");
        Assert.Equal(0, Count(ingest, "refused"));
        long received = Count(ingest, "received");
        Assert.True(received >= 2 * captures.Length);
        Assert.Equal(received / 2, Count(ingest, "duplicates"));
        Assert.True(Count(result.GetProperty("ledger"), "bestQuotes") + Count(result.GetProperty("ledger"), "otherQuotes") > 0);
    }

    [Fact]
    public void Commands_change_a_running_engine()
    {
        string socket = _room.Path("ticks.sock"), day = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(30));
        RunningProgram live = _room.Start("live", "--listen", $"unix://{socket}", "--control", _room.Path("control.sock"), "--json");
        Eventually.True(() => File.Exists(socket), "the socket", live);
        RunningProgram send = _room.Start("send", day, "--to", $"unix://{socket}", "--speed", "5x");
        Eventually.True(() => File.Exists(_room.Path("control.sock")), "the control socket", live);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_room.Path("control.sock")));
        Assert.StartsWith("ok: model Gross", Say("model gross"));
        Assert.StartsWith("no: 'Nobody' is not a position model", Say("model Nobody"));
        Assert.StartsWith("no: say ", Say("dance"));
        Assert.StartsWith("no: ", Say("positions /nowhere.csv"));
        Assert.StartsWith("no: ", Say("calendar /nowhere.txt"));
        string calendar = _room.Write("calendar.txt", "2026-11-27 close 12:00\n");
        Assert.StartsWith("ok: ", Say("calendar " + calendar));
        send.WaitForEnd();
        JsonElement levels = live.WaitForEnd().Json().GetProperty("levels");
        Assert.Equal("Gross", levels.GetProperty("model").GetString());
    }

    [Fact]
    public void What_cannot_be_listened_to_is_told_in_a_sentence()
    {
        Assert.Contains("is no address", _room.Run("live", "--listen", "tcp://1.2.3.4:5").Refused(2));
        Assert.Contains("has no port", _room.Run("live", "--listen", "udp://127.0.0.1:0").Refused(2));
        Assert.Contains("has no IP address", _room.Run("live", "--listen", "udp://somewhere:9000").Refused(2));
        Assert.Contains("Nobody can hold UDP back", _room.Run("live", "--listen", "udp://127.0.0.1:9000", "--lossless").Refused(2));
        Assert.Contains("no interface of this machine", _room.Run("live", "--listen", "udp://203.0.113.7:9000").Refused(1));
        Assert.Contains("does not exist", _room.Run("live", "--listen", "unix:///nowhere/ticks.sock").Refused(2));
        string file = _room.Write("file", "");
        Assert.Contains("no socket", _room.Run("live", "--listen", $"unix://{file}").Refused(1));
        Assert.True(File.Exists(file), "what is no socket stays");
        Assert.Contains("does not exist", _room.Run("live", "--listen", "-", "--definitions", "none.csv").Refused(1));
        Assert.Contains("Nothing came", _room.RunReading("", "live", "--listen", "-").RefusedWhileRunning(1));
        Assert.Contains("Nothing came", _room.Run("live", "--listen", $"udp://127.0.0.1:{FreePort()}", "--for", "0.2").RefusedWhileRunning(1));
        Assert.Contains("cannot be sent to", _room.Run("send", tape.Path, "--to", $"unix://{_room.Path("nobody.sock")}").Refused(1));
    }

    [Fact]
    public void A_socket_that_a_killed_run_left_is_taken_over_and_that_of_a_living_one_is_not()
    {
        string socket = _room.Path("ticks.sock");
        RunningProgram first = _room.Start("live", "--listen", $"unix://{socket}");
        Eventually.True(() => File.Exists(socket), "the socket", first);
        Assert.Contains("Somebody listens", _room.Run("live", "--listen", $"unix://{socket}").Refused(1));
        first.Kill();
        Assert.True(File.Exists(socket));
        RunningProgram second = _room.Start("live", "--listen", $"unix://{socket}", "--lossless", "--json");
        second.WaitForError("Listening to");
        Assert.Equal(0, _room.Run("send", tape.Path, "--to", $"unix://{socket}", "--speed", "max").ExitCode);
        Assert.True(second.WaitForEnd().Json().GetProperty("ticks").GetInt64() > 0);
    }

    private static string Hash(JsonElement result) => result.GetProperty("snapshotHash").GetString()!;

    private static long Count(JsonElement parent, string name) => parent.GetProperty(name).GetInt64();

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static Socket UdpTo(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private static Socket UnixTo(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    /// <summary>The tape as datagrams, definitions first, the end last.</summary>
    private IEnumerable<byte[]> Datagrams(ulong session)
    {
        using TapeReader reader = TapeReader.Open(tape.Path);
        var ticks = new Tick[reader.TickCount];
        for (int read = 0; read < ticks.Length;) read += reader.Read(ticks.AsSpan(read));
        var all = new List<Tick>();
        var quarters = new Tick[DefinitionTicks.Count];
        foreach (InstrumentDefinition definition in reader.Definitions)
        {
            DefinitionTicks.Write(in definition, ticks[0].EventTimeNanos, quarters);
            all.AddRange(quarters);
        }
        all.AddRange(ticks);
        ulong number = 1;
        foreach (Tick[] some in all.Chunk(45))
        {
            yield return Datagram(session, number, some, TickDatagramFlags.None);
            number += (ulong)some.Length;
        }
        yield return Datagram(session, number, [], TickDatagramFlags.End);
    }

    private static byte[] Datagram(ulong session, ulong number, Tick[] ticks, TickDatagramFlags flags)
    {
        byte[] bytes = new byte[TickDatagramHeader.SizeInBytes + (ticks.Length * Tick.SizeInBytes)];
        TickDatagramHeader.Write(session, 0, number, ticks, flags, bytes);
        return bytes;
    }

    private string Say(string line)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(_room.Path("control.sock")));
        client.Send(Encoding.UTF8.GetBytes(line + "\n"));
        using var reader = new StreamReader(new NetworkStream(client));
        return reader.ReadLine() ?? "";
    }
}
