using System.Net.Sockets;
using DealerFlow.Cli;
using DealerFlow.Cli.Live;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>From datagrams to ticks: sessions, lines, losses.</summary>
public class LiveStreamTests
{
    private static readonly PlainMarket Market = new(new DateOnly(2026, 11, 20), [4900, 5000, 5100]);

    // Milliseconds: a test that is held up must not take what is late for lost.
    private long _now;

    [Fact]
    public void A_stream_that_begins_with_definitions_gives_the_ticks_behind_them()
    {
        var line = new FakePort();
        using var stream = new LiveStream([[line]], CancellationToken.None, () => _now);
        line.Send(1, 1, Definitions());
        line.Send(1, 1 + (ulong)Definitions().Length, Quote(1), Quote(2));
        Assert.True(stream.TryBegin(null));
        Assert.Equal(Market.Definitions, stream.AwaitDefinitions());
        Assert.Equal([1u, 2u], Read(stream).Select(tick => tick.InstrumentId));
        // Nothing for the moment, until the sender says that nothing follows.
        Assert.Equal(-1, stream.Read(new Tick[8]));
        line.Send(1, 3 + (ulong)Definitions().Length, TickDatagramFlags.End);
        Assert.Empty(ReadUntilEnd(stream));
    }

    [Fact]
    public void Definitions_that_are_missing_when_the_first_tick_comes_are_waited_for()
    {
        FakePort a = new(), b = new();
        using var stream = new LiveStream([[a, b]], CancellationToken.None, () => _now);
        Tick[] definitions = Definitions();
        ulong after = (ulong)definitions.Length + 1;
        a.Send(1, 1, definitions[..10]);
        a.Send(1, 16, [.. definitions[15..], Quote(1)]);
        Assert.True(stream.TryBegin(null));
        b.Send(1, 11, definitions[10..15]);
        Assert.Equal(Market.Definitions, stream.AwaitDefinitions().OrderBy(definition => definition.InstrumentId));
        a.Send(1, after + 1, TickDatagramFlags.End);
        Assert.Equal([TickKind.Quote], ReadUntilEnd(stream).Select(tick => tick.Kind));
        Assert.Equal(0ul, stream.Figures.Lost);
    }

    [Fact]
    public void What_never_comes_is_followed_by_a_gap_of_each_contract_that_it_may_have_been_of()
    {
        var line = new FakePort();
        using LiveStream stream = Begun(line, out ulong next);
        line.Send(1, next, Quote(1), Quote(2), Quote(3));
        // Three numbers are missing, then 2 is refreshed and 4 is quoted for the first time.
        line.Send(1, next + 6, Quote(2), Quote(4));
        line.Send(1, next + 8, TickDatagramFlags.End);
        List<Tick> ticks = ReadUntilEnd(stream);
        Assert.Equal([1u, 2u, 3u, 2u, 4u], ticks.Where(tick => tick.Kind == TickKind.Quote).Select(tick => tick.InstrumentId));
        Assert.Equal([1u, 3u], ticks.Where(tick => tick.Kind == TickKind.Gap).Select(tick => tick.InstrumentId).Order());
        Assert.Equal(3ul, stream.Figures.Lost);
    }

    [Fact]
    public void What_one_line_loses_the_other_brings_and_a_copy_counts_once()
    {
        FakePort a = new(), b = new();
        using LiveStream stream = Begun(a, out ulong next, b);
        a.Send(1, next, Quote(1));
        b.Send(1, next, Quote(1));
        b.Send(1, next + 1, Quote(2));
        a.Send(1, next + 2, Quote(3));
        b.Send(1, next + 2, Quote(3));
        a.Send(1, next + 3, TickDatagramFlags.End);
        Assert.Equal([1u, 2u, 3u], ReadUntilEnd(stream).Select(tick => tick.InstrumentId).Order());
        Assert.Equal(0ul, stream.Figures.Lost);
        Assert.Equal(2ul, stream.Figures.Duplicates);
        Assert.Equal(6ul + (ulong)Definitions().Length, stream.Figures.Received);
    }

    [Fact]
    public void A_quote_that_comes_after_a_newer_one_of_its_contract_is_late_and_a_trade_is_not()
    {
        FakePort a = new(), b = new();
        using LiveStream stream = Begun(a, out ulong next, b);
        a.Send(1, next, Quote(1, bid: 100));
        a.Send(1, next + 3, Quote(1, bid: 103));
        List<Tick> first = Read(stream);
        b.Send(1, next + 1, Quote(1, bid: 101), Tick.Trade(5, 1, 100, 1, 1, TickFlags.None));
        List<Tick> second = Read(stream);
        Assert.Equal([100, 103], first.Select(tick => tick.Bid));
        Assert.Equal([TickKind.Trade], second.Select(tick => tick.Kind));
        Assert.Equal(1ul, stream.Figures.Late);
        Assert.Equal(0ul, stream.Figures.Lost);
    }

    [Fact]
    public void A_sender_that_starts_anew_is_followed_and_what_is_left_of_the_old_one_is_late()
    {
        FakePort a = new(), b = new();
        using LiveStream stream = Begun(a, out ulong next, b);
        a.Send(1, next, Quote(1));
        a.Send(2, 1, Quote(2), Quote(3));
        List<Tick> ticks = Read(stream);
        b.Send(1, next + 1, Quote(4), Quote(5));
        b.Send(2, 1, Quote(2), Quote(3));
        b.Send(2, 3, Quote(6));
        ticks.AddRange(Read(stream));
        Assert.Equal([1u, 2u, 3u, 6u], ticks.Select(tick => tick.InstrumentId));
        Assert.Equal((2ul, 2ul, 0ul), (stream.Figures.Late, stream.Figures.Duplicates, stream.Figures.Lost));
    }

    [Fact]
    public void Channels_are_numbered_each_for_themselves()
    {
        var line = new FakePort();
        using LiveStream stream = Begun(line, out ulong next);
        line.Datagrams.Enqueue(Datagram(1, 7, 1_000, TickDatagramFlags.None, Quote(1)));
        line.Send(1, next, Quote(2));
        line.Datagrams.Enqueue(Datagram(1, 7, 1_001, TickDatagramFlags.None, Quote(3)));
        Assert.Equal([1u, 2u, 3u], Read(stream).Select(tick => tick.InstrumentId));
        Assert.Equal(0ul, stream.Figures.Lost);
    }

    [Fact]
    public void Bytes_that_are_no_datagram_are_refused_and_counted()
    {
        var line = new FakePort();
        using LiveStream stream = Begun(line, out ulong next);
        byte[] whole = Datagram(1, 0, next, TickDatagramFlags.None, Quote(1));
        byte[] version = [.. whole], long_ = [.. whole, 0], count = [.. whole];
        version[4] = 9;
        (count[6], count[7]) = (255, 255);
        foreach (byte[] bad in (byte[][])[[], whole[..^1], long_, version, count, "GET / HTTP/1.1\r\n\r\n and so on and on"u8.ToArray()]) line.Datagrams.Enqueue(bad);
        line.Datagrams.Enqueue(whole);
        Assert.Equal([1u], Read(stream).Select(tick => tick.InstrumentId));
        Assert.Equal(6ul, stream.Figures.Refused);
        Assert.Contains("a datagram was refused", stream.FirstTrouble!);
    }

    [Theory]
    [InlineData("udp://127.0.0.1:9000", null)]
    [InlineData("udp://[::1]:9000", null)]
    [InlineData("udp://233.43.202.1:45001@10.0.0.5", null)]
    [InlineData("unix:///run/ticks.sock", null)]
    [InlineData("-", null)]
    [InlineData("udp://127.0.0.1", "has no IP address")]
    [InlineData("udp://127.0.0.1:99999", "has no port")]
    [InlineData("udp://233.43.202.1:45001@eth0", "names no interface")]
    [InlineData("unix://", "has no path")]
    [InlineData("http://x", "is no address")]
    public void Addresses_are_read_or_refused(string text, string? refusal)
    {
        if (refusal is null) Assert.Equal(text, ListenAddress.Parse(text, "--listen").Text);
        else Assert.Contains(refusal, Assert.Throws<CliException>(() => ListenAddress.Parse(text, "--listen")).Message);
    }

    private LiveStream Begun(FakePort line, out ulong next, params FakePort[] others)
    {
        var stream = new LiveStream([[line, .. others]], CancellationToken.None, () => _now);
        Tick[] definitions = Definitions();
        // A first tick of another kind ends the definitions.
        line.Send(1, 1, [.. definitions, PlainMarket.Spot(1, 5000)]);
        next = (ulong)definitions.Length + 2;
        Assert.True(stream.TryBegin(null));
        stream.AwaitDefinitions();
        Assert.Equal(TickKind.Spot, Assert.Single(Read(stream)).Kind);
        return stream;
    }

    /// <summary>Whatever there is for the moment.</summary>
    private static List<Tick> Read(LiveStream stream)
    {
        var ticks = new List<Tick>();
        var room = new Tick[16];
        for (int idle = 0; idle < 20;)
        {
            int count = stream.Read(room);
            if (count <= 0) idle++;
            else ticks.AddRange(room[..count]);
        }
        return ticks;
    }

    private List<Tick> ReadUntilEnd(LiveStream stream)
    {
        var ticks = new List<Tick>();
        var room = new Tick[16];
        for (int count = stream.Read(room); count != 0; count = stream.Read(room))
        {
            if (count > 0) ticks.AddRange(room[..count]);
            else _now += 10;
        }
        return ticks;
    }

    private static Tick Quote(uint id, int bid = 100) => Tick.Quote(2, id, bid, bid + 1, 1, 1, 1, TickFlags.NationalBest);

    private static Tick[] Definitions()
    {
        var ticks = new List<Tick>();
        var quarters = new Tick[DefinitionTicks.Count];
        foreach (InstrumentDefinition definition in Market.Definitions)
        {
            DefinitionTicks.Write(in definition, 1, quarters);
            ticks.AddRange(quarters);
        }
        return [.. ticks];
    }

    private static byte[] Datagram(ulong session, ushort channel, ulong number, TickDatagramFlags flags, params Tick[] ticks)
    {
        byte[] bytes = new byte[TickDatagramHeader.SizeInBytes + (ticks.Length * Tick.SizeInBytes)];
        TickDatagramHeader.Write(session, channel, number, ticks, flags, bytes);
        return bytes;
    }

    private sealed class FakePort() : DatagramPort(ListenAddress.Parse("-", "--listen"))
    {
        public Queue<byte[]> Datagrams { get; } = [];

        public override Socket? Socket => null;

        public void Send(ulong session, ulong number, params Tick[] ticks) => Datagrams.Enqueue(Datagram(session, 0, number, TickDatagramFlags.None, ticks));

        public void Send(ulong session, ulong number, TickDatagramFlags flags) => Datagrams.Enqueue(Datagram(session, 0, number, flags));

        public override int Receive(Span<byte> room)
        {
            if (!Datagrams.TryDequeue(out byte[]? datagram)) return Nothing;
            datagram.CopyTo(room);
            return datagram.Length;
        }

        public override void Dispose() { }
    }
}
