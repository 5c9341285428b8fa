using System.Buffers.Binary;
using System.Text;
using DealerFlow.Import;
using DealerFlow.Wire;
using Xunit;
using static DealerFlow.Tests.PacketFixture;

namespace DealerFlow.Tests;

public class IexTopsTests
{
    private const ushort Tops = 0x8003;
    private const ushort Deep = 0x8004;
    private const long Nanos = 1_499_697_226_594_103_034;

    private static byte[] Segment(ushort protocol, long first, params byte[][] messages) => Segment(protocol, 1, first, messages.Length, messages);

    private static byte[] Segment(ushort protocol, uint session, long first, int count, params byte[][] messages)
    {
        byte[] body = [.. messages.SelectMany(message => (byte[])[(byte)message.Length, 0, .. message])];
        byte[] header = new byte[40];
        header[0] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(2), protocol);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), session);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(12), (ushort)body.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(14), (ushort)count);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), first);
        return Udp([.. header, .. body]);
    }

    private static byte[] Trade(string symbol, long price, long nanos = Nanos)
    {
        byte[] message = new byte[38];
        message[0] = (byte)'T';
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(2), nanos);
        Encoding.Latin1.GetBytes(symbol.PadRight(8)).CopyTo(message, 10);
        message[18] = 100;
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(22), price);
        return message;
    }

    private static byte[] Other(char type, int length) => [(byte)type, .. new byte[length - 1]];

    private static ImportRun Run(params byte[][] packets) => PacketFixture.Run(new IexTops(), Pcap(packets));

    [Fact]
    public void The_recording_has_the_messages_that_are_stated_and_no_gap()
    {
        ImportRun run = RunRecognized("iex-tops", Repository.RealData("iex_pcap/TOPS16.pcapng.gz"));
        // 57,674 messages are stated; by another program's count: 6,390 trades, 27,217 quotes, 642 auctions and 3 breaks, the rest
        // states of the market, and 237 heartbeats in 13,022 packets.
        const int heartbeats = 237;
        Assert.Equal((57_674 + heartbeats, 6_390, 0), (run.Report.Rows, run.Report.Taken, run.Report.RejectedTotal));
        Assert.Equal((27_217, 642 + 3), (run.Report.Passed(ImportPass.OtherInstrument), run.Report.Passed(ImportPass.OtherKind)));
        Assert.Equal(7_803 + 7_802 + 7_801 + 10 + 6 + heartbeats, run.Report.Passed(ImportPass.Administrative));
        Assert.All(run.Ticks, tick => Assert.Equal(TickKind.Spot, tick.Kind));
        Assert.Equal(23, run.Import.Definitions.Length);
        Assert.Equal(
            [("AAPL", 1_489_100, 1_499_697_226_594_103_034), ("AAPL", 1_489_100, 1_499_697_226_715_484_793), ("ELLO", 100_300, 1_499_697_226_774_634_395)],
            run.Ticks.Take(3).Select(tick => (run.Name(tick), tick.Price, tick.EventTimeNanos)));
        Assert.Equal(("AMZN", 3_649_500, 1_499_697_513_221_278_698), (run.Name(run.Ticks[^1]), run.Ticks[^1].Price, run.Ticks[^1].EventTimeNanos));
        Assert.StartsWith("2017-07-10T14:33", UnixNanos.ToIso(run.Ticks[0].EventTimeNanos));
    }

    // file, rows of which: taken, administrative, quotes, other
    [Theory]
    [InlineData("Deep.IexTp.v1.0/Heartbeat", 0, 1, 0, 0)]
    [InlineData("Deep.IexTp.v1.0/PriceLevelBuyUpdateMessage", 0, 0, 0, 1)]
    [InlineData("Deep.IexTp.v1.0/PriceLevelSellUpdateMessage", 0, 0, 0, 1)]
    [InlineData("Tops.IexTp.v1.5/AuctionInformationMessage", 0, 0, 0, 1)]
    [InlineData("Tops.IexTp.v1.5/OfficialPriceMessage", 0, 0, 0, 1)]
    [InlineData("Tops.IexTp.v1.5/OperationalHaltStatusMessage", 0, 3, 1, 0)]
    [InlineData("Tops.IexTp.v1.5/QuoteUpdateMessage", 0, 0, 1, 0)]
    [InlineData("Tops.IexTp.v1.5/ShortSalePriceTestStatusMessage", 0, 1, 0, 0)]
    [InlineData("Tops.IexTp.v1.5/SystemEventMessage", 0, 1, 0, 0)]
    [InlineData("Tops.IexTp.v1.5/TradeReportMessage", 1, 0, 0, 0)]
    [InlineData("Tops.IexTp.v1.5/TradingStatusMessage", 0, 1, 0, 0)]
    [InlineData("Tops.IexTp.v1.6/QuoteUpdateMessage", 0, 0, 1, 0)]
    public void A_single_real_message_goes_where_it_belongs(string file, int taken, int administrative, int quotes, int other)
    {
        ImportRun run = RunRecognized("iex-tops", Repository.RealData($"exchange_pcap/omi/Iex/{file}.pcap"));
        Assert.Equal(
            (taken, administrative, quotes, other, 0),
            (run.Report.Taken, run.Report.Passed(ImportPass.Administrative), run.Report.Passed(ImportPass.OtherInstrument),
                run.Report.Passed(ImportPass.OtherKind), run.Report.RejectedTotal));
    }

    [Fact]
    public void The_real_trade_report_is_a_spot()
    {
        ImportRun run = RunRecognized("iex-tops", Repository.RealData("exchange_pcap/omi/Iex/Tops.IexTp.v1.5/TradeReportMessage.pcap"));
        Tick spot = Assert.Single(run.Ticks);
        Assert.Equal(("ZIEXT", 0x270E), (run.Name(spot), spot.Price));    // 0.9998, as its bytes say
        Assert.Equal(0x150DADE88A9DF2F8, spot.EventTimeNanos);
    }

    [Fact]
    public void A_real_packet_of_52_messages_is_walked_to_its_end()
    {
        ImportRun run = RunRecognized("iex-tops", Repository.RealData("exchange_pcap/omi/Iex/Tops.IexTp.v1.5/SecurityDirectoryMessage.pcap"));
        Assert.Equal((0x34, 0), (run.Report.Rows, run.Report.RejectedTotal));
    }

    [Fact]
    public void No_real_capture_is_left_out() => Assert.Equal(
        13, Directory.GetFiles(Repository.RealData("exchange_pcap/omi/Iex"), "*.pcap", SearchOption.AllDirectories).Length);

    [Fact]
    public void Trades_of_either_protocol_are_spots()
    {
        ImportRun run = Run(Segment(Tops, 1, Trade("SPY", 2_501_234), Other('Q', 42)), Segment(Deep, 7, Trade("QQQ", 1), Other('8', 30), Other('X', 26)));
        Assert.Equal([("SPY", 2_501_234), ("QQQ", 1)], run.Ticks.Select(tick => (run.Name(tick), tick.Price)));
        Assert.Equal((5, 2), (run.Report.Rows, run.Report.Taken));
    }

    [Fact]
    public void Missing_messages_are_counted_in_a_row_of_their_own()
    {
        ImportRun run = Run(
            Segment(Tops, 10, Trade("SPY", 1), Trade("SPY", 2)), Segment(Deep, 99, Trade("SPY", 3)), Segment(Tops, 17, Trade("SPY", 4)), Segment(Tops, 18));
        Assert.Equal([1, 2, 3, 4], run.Ticks.Select(tick => tick.Price));
        ImportIssue issue = Assert.Single(run.Report.Issues);
        Assert.Equal(("5 messages were lost before this packet", 3L), (issue.Detail, issue.Place));
        Assert.Equal((6, 4, 1), (run.Report.Rows, run.Report.Taken, run.Report.Passed(ImportPass.Administrative)));
    }

    [Fact]
    public void What_a_heartbeat_shows_as_missing_is_told_once()
    {
        ImportRun run = Run(Segment(Tops, 10, Trade("SPY", 1)), Segment(Tops, 13), Segment(Tops, 13), Segment(Tops, 13, Trade("SPY", 2)));
        Assert.Equal("2 messages were lost before this packet", Assert.Single(run.Report.Issues).Detail);
    }

    [Fact]
    public void Messages_that_were_there_before_are_repeated_and_a_new_session_counts_anew()
    {
        ImportRun run = Run(
            Segment(Tops, 10, Trade("SPY", 1), Trade("SPY", 2)), Segment(Tops, 10, Trade("SPY", 1), Trade("SPY", 2)),
            Segment(Tops, 11, Trade("SPY", 2), Trade("SPY", 3)), Segment(Tops, session: 2, first: 1, count: 1, Trade("SPY", 4)));
        Assert.Equal([1, 2, 3, 4], run.Ticks.Select(tick => tick.Price));
        Assert.Equal((3, 0), (run.Report.Passed(ImportPass.Repeated), run.Report.RejectedTotal));
    }

    [Theory]
    [InlineData("SPY", 0, Nanos, ImportRejection.BadPrice)]
    [InlineData("SPY", -1, Nanos, ImportRejection.BadPrice)]
    [InlineData("SPY", long.MaxValue, Nanos, ImportRejection.BadPrice)]
    [InlineData("SPY", 1, 0, ImportRejection.BadTime)]
    [InlineData("SPY", 1, long.MaxValue, ImportRejection.BadTime)]
    [InlineData("", 1, Nanos, ImportRejection.UnknownContract)]
    [InlineData("S Y", 1, Nanos, ImportRejection.UnknownContract)]
    [InlineData("S\u007FY", 1, Nanos, ImportRejection.UnknownContract)]
    [InlineData("S\u00E9Y", 1, Nanos, ImportRejection.UnknownContract)]
    public void A_trade_that_cannot_be_is_rejected_and_reading_goes_on(string symbol, long price, long nanos, ImportRejection reason)
    {
        ImportRun run = Run(Segment(Tops, 1, Trade(symbol, price, nanos), Trade("QQQ", 5)));
        Assert.Equal((1, 1, 1), (run.Report.Rejected(reason), run.Report.RejectedTotal, run.Ticks.Count));
    }

    [Fact]
    public void Damaged_segments_are_rejected_and_the_next_is_read()
    {
        byte[] tooLong = Segment(Tops, 1, Trade("SPY", 1));
        tooLong[42 + 13] = 0xFF;
        byte[] negative = Segment(Tops, -1, Trade("SPY", 1));
        byte[] beyond = Segment(Tops, long.MaxValue, Trade("SPY", 1));
        byte[] tooMany = Segment(Tops, 1, 1, 65_535, Trade("SPY", 1));
        byte[] tooFew = Segment(Tops, 1, 65_536, 1, Trade("SPY", 2), Trade("SPY", 2));
        byte[] empty = Segment(Tops, 65_537, []);
        byte[] none = Segment(Tops, 1, 65_537, 1, []);
        byte[] brief = Segment(Tops, 65_538, Other('T', 37));
        ImportRun run = Run(tooLong, negative, beyond, tooMany, tooFew, empty, none, brief, Segment(Tops, 65_539, Trade("SPY", 3)), [1, 2], Udp(new byte[50]));
        string[] beginnings =
        [
            "the segment says", "a message cannot have the number -1", "a message cannot have the number 9", "the segment ends within message 2 of 65535",
            "40 bytes stand behind", "the segment ends within message 1 of 1", "a trade of 37 bytes",
        ];
        Assert.Equal(beginnings.Length, run.Report.Issues.Count);
        Assert.All(beginnings.Zip(run.Report.Issues), pair => Assert.StartsWith(pair.First, pair.Second.Detail));
        Assert.Equal([1, 2, 3], run.Ticks.Select(tick => tick.Price));
    }

    [Fact]
    public void A_capture_cut_or_changed_at_any_byte_breaks_nothing()
    {
        byte[] whole = Pcap(Segment(Tops, 1, Trade("SPY", 1), Other('Q', 42)));
        for (int length = 24; length < whole.Length; length++)
            Assert.Equal(length == 24 ? 0 : 1, PacketFixture.Run(new IexTops(), whole[..length]).Report.Rejected(ImportRejection.Malformed));
        byte[] payload = whole[(24 + 16 + 42)..];
        for (int length = 0; length < payload.Length; length++) Run(Udp(payload[..length]));
        for (int place = 24; place < whole.Length; place++)
        {
            foreach (byte value in (byte[])[0, 1, 0x7F, 0x80, 0xFF])
            {
                byte[] changed = [.. whole];
                changed[place] = value;
                PacketFixture.Run(new IexTops(), changed);
            }
        }
    }
}
