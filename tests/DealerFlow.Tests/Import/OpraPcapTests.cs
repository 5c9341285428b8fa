using System.Text;
using DealerFlow.Import;
using DealerFlow.Wire;
using Xunit;
using static DealerFlow.Tests.PacketFixture;

namespace DealerFlow.Tests;

public class OpraPcapTests
{
    private const string Captures = "exchange_pcap/omi/Siac/Opra.Recipient.v6.2";

    // AMZN 2023-12-29 call 133.0, as the real capture spells it.
    private const string Series = "414D5A4E 4C1D17 0532";

    private static uint _sequence;

    private static byte[] Block(params string[] messages) => BlockOf(6, messages.Length, messages);

    private static byte[] BlockOf(byte version, int count, params string[] messages)
    {
        byte[] body = [.. messages.SelectMany(message => Hex(message))];
        if (body.Length % 2 == 0) body = [.. body, 0];    // 21 bytes of header: an odd body ends even
        byte[] time = [.. UInt32(Seconds), .. UInt32(800_000_000)];
        return [version, .. UInt16(21 + body.Length), (byte)'O', (byte)' ', 0, .. UInt32(++_sequence), (byte)count, .. time, 0, 0, .. body];
    }

    // Spaces are nothing, a letter in quotes is its byte.
    private static byte[] Hex(string text)
    {
        var hex = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\'')
            {
                hex.Append($"{(int)text[i + 1]:X2}");
                i += 2;
            }
            else if (text[i] != ' ')
            {
                hex.Append(text[i]);
            }
        }
        return Convert.FromHexString(hex.ToString());
    }

    private static string Head(char participant, char category, char type, char indicator) =>
        $"'{participant}''{category}''{type}''{indicator}' 00000001 00000002 ";

    private static string ShortQuote(char participant, char indicator, int bid, int bidSize, int offer, int offerSize, string appendages = "") =>
        $"{Head(participant, 'q', ' ', indicator)}{Series}{bid:X4}{bidSize:X4}{offer:X4}{offerSize:X4}{appendages}";

    private static string Appendage(char participant, char denominator, int price, int size) => $"'{participant}''{denominator}'{price:X8}{size:X8}";

    private static ImportRun Run(params byte[][] blocks) => PacketFixture.Run(new OpraPcap(), Pcap([.. blocks.Select(block => Udp(block))]));

    // Two quotes under a number, at a microsecond of their own for each number.
    private static byte[] Numbered(uint sequence, byte line = 1)
    {
        byte[] block = Block(ShortQuote('N', 'F', 141, 5, 147, 6), ShortQuote('C', ' ', 140, 5, 148, 6));
        UInt32(sequence).CopyTo(block, 6);
        UInt32(100_000_000 + (1_000 * sequence)).CopyTo(block, 15);
        return Udp(block, line: line);
    }

    private static ImportRun RunPackets(params IEnumerable<byte[]> packets) => PacketFixture.Run(new OpraPcap(), Pcap([.. packets]));

    private static string Shown(Tick tick) =>
        $"{(tick.Flags == TickFlags.NationalBest ? "best" : $"{(char)tick.Venue}")} {tick.Bid}x{tick.BidSize} {tick.Ask}x{tick.AskSize}";

    [Fact]
    public void The_real_short_quote_gives_the_stated_values()
    {
        ImportRun run = RunRecognized("opra-pcap", Repository.RealData($"{Captures}/ShortEquityAndIndexQuoteMessage.pcap"));
        Tick quote = Assert.Single(run.Ticks);
        Assert.Equal("AMZN 20231229 C 133000", run.Name(quote));
        Assert.Equal("T 141000x43 146500x2", Shown(quote));    // only the best bid is known: N's, appended
        Assert.Equal((TickKind.Quote, TickFlags.None), (quote.Kind, quote.Flags));
        Assert.Equal("2023-11-29T20:56:44.799736576Z", UnixNanos.ToIso(quote.EventTimeNanos));
        Assert.Equal(0x2FB0AC3Fu - 0x2FAB0300u, quote.ReceiveDelayNanos);
        Assert.Equal((1, 1, 0, 0), (run.Report.Rows, run.Report.Taken, run.Report.PassedTotal, run.Report.RejectedTotal));
    }

    [Fact]
    public void The_best_bid_that_the_real_short_quote_appends_completes_a_later_best_offer()
    {
        byte[] real = File.ReadAllBytes(Repository.RealData($"{Captures}/ShortEquityAndIndexQuoteMessage.pcap"));
        ImportRun run = Run(real[(24 + 16 + 42)..], Block(ShortQuote('C', 'B', 1400, 5, 1460, 7)));
        Assert.Equal(["T 141000x43 146500x2", "best 141000x50 146000x7"], run.Ticks.Select(Shown));    // 14.10 x 50
    }

    [Fact]
    public void The_real_control_message_is_administrative()
    {
        ImportRun run = RunRecognized("opra-pcap", Repository.RealData($"{Captures}/ControlMessage.pcap"));
        Assert.Equal((1, 1, 0), (run.Report.Rows, run.Report.Passed(ImportPass.Administrative), run.Ticks.Count));
    }

    [Fact]
    public void No_real_capture_is_left_out() => Assert.Equal(
        ["ControlMessage.pcap", "ShortEquityAndIndexQuoteMessage.pcap"],
        Directory.GetFiles(Repository.RealData(Captures)).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

    [Fact]
    public void A_long_quote_has_its_own_denominators()
    {
        // The values that the real long quote is known to hold: AMZN 19-Jan-2024 call 165.25, 0.61 x 239 / 0.63 x 495.
        string message = $"{Head('Q', 'k', ' ', 'F')}'A''M''Z''N'' ' 00 'A'1318 'B'0000408D 'B'0000003D 000000EF 0000003F 000001EF";
        ImportRun run = Run(Block(message));
        Tick quote = Assert.Single(run.Ticks);
        Assert.Equal("AMZN 20240119 C 165250", run.Name(quote));
        Assert.Equal("best 6100x239 6300x495", Shown(quote));
    }

    [Theory]
    [InlineData(' ', "", "X 14000x1 15000x2")]
    [InlineData('A', "", "X 14000x1 15000x2")]
    [InlineData('B', "", "best 14100x50 15000x2")]
    [InlineData('C', "o", "best 14100x50 14800x4")]
    [InlineData('D', "", "best 14100x50 0x0")]
    [InlineData('E', "", "best 14000x1 14700x60")]
    [InlineData('F', "", "best 14000x1 15000x2")]
    [InlineData('G', "o", "best 14000x1 14800x4")]
    [InlineData('H', "", "best 14000x1 0x0")]
    [InlineData('I', "", "best 0x0 14700x60")]
    [InlineData('J', "", "best 0x0 15000x2")]
    [InlineData('K', "o", "best 0x0 14800x4")]
    [InlineData('L', "", "best 0x0 0x0")]
    [InlineData('M', "b", "best 14200x3 14700x60")]
    [InlineData('N', "b", "best 14200x3 15000x2")]
    [InlineData('O', "bo", "best 14200x3 14800x4")]
    [InlineData('P', "b", "best 14200x3 0x0")]
    public void Every_indicator_says_what_becomes_of_the_national_best(char indicator, string appended, string expected)
    {
        string appendages = string.Concat(appended.Select(side => side == 'b' ? Appendage('N', 'C', 1_420, 3) : Appendage('Z', 'B', 148, 4)));
        byte[] known = Block(ShortQuote('N', 'F', 141, 50, 147, 60));
        // A message behind it is only found where the length is right.
        ImportRun run = Run(known, Block(ShortQuote('X', indicator, 140, 1, 150, 2, appendages), ShortQuote('Z', ' ', 1, 2, 3, 4)));
        Assert.Equal(["best 14100x50 14700x60", expected, "Z 100x2 300x4"], run.Ticks.Select(Shown));
        Assert.Equal(3, run.Report.Taken);
    }

    [Fact]
    public void One_side_alone_is_no_national_best_until_the_other_is_known()
    {
        ImportRun run = Run(
            Block(ShortQuote('N', 'E', 141, 5, 147, 6)), Block(ShortQuote('C', 'A', 140, 5, 148, 6)), Block(ShortQuote('C', 'B', 140, 5, 146, 6)));
        Assert.Equal(["N 14100x5 14700x6", "C 14000x5 14800x6", "best 14100x5 14600x6"], run.Ticks.Select(Shown));
    }

    [Fact]
    public void Short_and_long_quotes_are_of_one_contract()
    {
        string message = $"{Head('Q', 'k', ' ', 'F')}'A''M''Z''N'00 00 'L'1D17 'I'00000085 'A'00000007 00000001 00000009 00011170";
        ImportRun run = Run(Block(message, ShortQuote('N', 'F', 141, 5, 147, 6)));
        Assert.Equal(2, run.Ticks.Count);
        Assert.Single(run.Ticks.Select(tick => tick.InstrumentId).Distinct());
        Assert.Equal("best 7000x1 9000x65535", Shown(run.Ticks[0]));
    }

    [Theory]
    [InlineData(' ', TickFlags.None)]
    [InlineData('I', TickFlags.None)]
    [InlineData('J', TickFlags.None)]
    [InlineData('S', TickFlags.None)]
    [InlineData('a', TickFlags.None)]
    [InlineData('e', TickFlags.None)]
    [InlineData('v', TickFlags.None)]
    [InlineData('A', TickFlags.Cancel)]
    [InlineData('C', TickFlags.Cancel)]
    [InlineData('E', TickFlags.Cancel)]
    [InlineData('G', TickFlags.Cancel)]
    [InlineData('B', TickFlags.Late)]
    [InlineData('D', TickFlags.Late)]
    [InlineData('F', TickFlags.Late)]
    [InlineData('H', TickFlags.Late)]
    [InlineData('f', TickFlags.Complex)]
    [InlineData('j', TickFlags.Complex)]
    [InlineData('k', TickFlags.Complex)]
    [InlineData('s', TickFlags.Complex)]
    [InlineData('t', TickFlags.Complex)]
    [InlineData('u', TickFlags.Complex)]
    public void A_last_sale_is_a_trade_with_its_condition(char type, TickFlags flags)
    {
        string message = $"{Head('C', 'a', type, ' ')}'S''P''X''W'' ' 00 'W'1D17 'I'000012C0 0000000A 'B'000004D2 00000000 00000000";
        ImportRun run = Run(Block(message));
        Tick trade = Assert.Single(run.Ticks);
        Assert.Equal("SPXW 20231129 P 4800000", run.Name(trade));
        Assert.Equal((TickKind.Trade, 123_400, 10u, (byte)'C', flags), (trade.Kind, trade.Price, trade.Quantity, trade.Venue, trade.Flags));
    }

    [Fact]
    public void Open_interest_and_the_index_are_taken_and_the_rest_is_passed_over()
    {
        string contract = "'S''P''X''W'' ' 00 'W'1D17 'I'000012C0 ";
        string endOfDay = $"{Head('O', 'f', ' ', ' ')}{contract}{new string('0', 92)}";
        ImportRun run = Run(Block(
            $"{Head('O', 'd', ' ', ' ')}{contract}00000BB8",
            $"{Head('O', 'd', ' ', ' ')}{contract}00000BB8",
            endOfDay,
            $"{Head('O', 'Y', ' ', ' ')}'S''P''X'' '' ' 00 'B'0006F2D1 00000000",
            $"{Head('O', 'Y', 'I', ' ')}'S''P''X'' '' ' 00 'B'0006F2D1 0006F2D2",
            $"{Head('O', 'C', ' ', ' ')}0002 'H''I'",
            $"{Head('O', 'H', 'C', ' ')}0001 'H'",
            Head('O', 'H', 'N', ' ')));
        Assert.Equal([TickKind.OpenInterest, TickKind.Spot], run.Ticks.Select(tick => tick.Kind));
        Assert.Equal((3_000u, "SPX", 45_537_700), (run.Ticks[0].Quantity, run.Name(run.Ticks[1]), run.Ticks[1].Price));
        Assert.Equal((8, 2), (run.Report.Rows, run.Report.Taken));
        Assert.Equal((1, 2, 3), (run.Report.Passed(ImportPass.Repeated), run.Report.Passed(ImportPass.OtherKind), run.Report.Passed(ImportPass.Administrative)));
    }

    [Fact]
    public void A_block_that_comes_twice_counts_once_even_as_a_retransmission()
    {
        byte[] block = Block(ShortQuote('N', 'F', 141, 5, 147, 6));
        (block[19], block[20]) = (0x12, 0x20);
        byte[] again = [.. block];
        again[4] = (byte)'V';
        (again[19], again[20]) = (0x12, 0x20 + 'V' - ' ');
        ImportRun run = Run(block, block, again, Block(ShortQuote('N', 'F', 141, 5, 147, 6)));
        Assert.Equal(2, run.Ticks.Count);
        Assert.Equal((4, 2, 2), (run.Report.Rows, run.Report.Taken, run.Report.Passed(ImportPass.Repeated)));
    }

    [Fact]
    public void Blocks_that_never_came_are_counted_and_leave_a_gap_of_the_underlying_in_their_place()
    {
        uint[] numbers = [1, 2, 3, 4, 5, 9, 10];
        ImportRun run = RunPackets(numbers.Select(number => Numbered(number)));
        Assert.Equal((3, 14, 15), (run.Report.Lost, run.Report.Rows, run.Report.Ticks));
        Tick gap = Assert.Single(run.Ticks, tick => tick.Kind == TickKind.Gap);
        Assert.Equal("AMZN", run.Name(gap));
        long behind = run.Ticks[10].EventTimeNanos;     // the first quote of block 9
        Assert.Equal((behind - 4_000, behind - 1), (run.Ticks[9].EventTimeNanos, gap.EventTimeNanos));
    }

    [Fact]
    public void Messages_that_never_came_are_counted_where_numbers_count_messages()
    {
        uint[] numbers = [1, 3, 5, 7, 9, 11, 17, 19];
        ImportRun run = RunPackets(numbers.Select(number => Numbered(number)));
        Assert.Equal((4, 1), (run.Report.Lost, run.Ticks.Count(tick => tick.Kind == TickKind.Gap)));
    }

    [Fact]
    public void What_another_line_brings_is_not_lost()
    {
        byte[][] first = [.. Enumerable.Range(1, 12).Where(number => number is not (6 or 7 or 8 or 10)).Select(number => Numbered((uint)number, line: 1))];
        byte[][] second = [.. Enumerable.Range(1, 12).Where(number => number is not (7 or 9)).Select(number => Numbered((uint)number, line: 2))];
        ImportRun run = RunPackets(first.Zip(second).SelectMany(pair => new[] { pair.First, pair.Second }).Concat(second[first.Length..]));
        Assert.Equal((1, 1), (run.Report.Lost, run.Ticks.Count(tick => tick.Kind == TickKind.Gap)));       // 7
        Assert.Equal(11 * 2, run.Ticks.Count(tick => tick.Kind == TickKind.Quote));
    }

    [Fact]
    public void Lines_of_different_channels_have_numbers_of_their_own()
    {
        uint[] numbers = [1, 2, 3, 4, 5, 6, 8];
        ImportRun run = RunPackets(numbers.SelectMany(number => new[] { Numbered(number, line: 1), Numbered(number + 1_000, line: 2) }));
        Assert.Equal(2, run.Report.Lost);
    }

    [Fact]
    public void Numbers_that_begin_anew_are_no_loss()
    {
        byte[] reset = Block($"{Head('O', 'H', 'K', ' ')}0000");
        UInt32(0).CopyTo(reset, 6);
        uint[] before = [100, 101, 102, 103, 104, 105], after = [1, 2, 3, 5];
        ImportRun run = RunPackets(before.Select(number => Numbered(number)).Append(Udp(reset)).Concat(after.Select(number => Numbered(number))));
        Assert.Equal(1, run.Report.Lost);
    }

    [Fact]
    public void A_block_without_messages_and_other_traffic_are_administrative()
    {
        ImportRun run = PacketFixture.Run(new OpraPcap(), Pcap(Udp(BlockOf(6, 0)), Udp([1, 2, 3]), Udp(new byte[60]), [1, 2, 3]));
        Assert.Equal((4, 4), (run.Report.Rows, run.Report.Passed(ImportPass.Administrative)));
    }

    [Theory]
    [InlineData("'q'", "4C1D17", "0532", 0, "")]
    [InlineData("'q'", "5A1D17", "0532", 1, "'Z' is no month of expiry")]
    [InlineData("'q'", "421E17", "0532", 1, "cannot expire on day 30 of month 2 of 2023")]
    [InlineData("'q'", "4C0017", "0532", 1, "cannot expire on day 0")]
    [InlineData("'q'", "4C1DFF", "0532", 1, "of 2255")]
    [InlineData("'q'", "4C1D17", "0000", 1, "a strike of 0 thousandths")]
    [InlineData("'z'", "4C1D17", "0532", 1, "of no known kind")]
    public void A_message_that_names_no_contract_is_rejected_with_its_reason(string category, string expiry, string strike, int rejected, string reason)
    {
        string message = $"'N'{category}' ''F' 00000001 00000002 414D5A4E {expiry} {strike} 0001 0001 0002 0001";
        ImportRun run = Run(Block(message), Block(ShortQuote('N', 'F', 141, 5, 147, 6)));
        Assert.Equal((rejected, 2 - rejected), (run.Report.RejectedTotal, run.Ticks.Count));
        if (rejected > 0) Assert.Contains(reason, run.Report.Issues[0].Detail);
    }

    [Theory]
    [InlineData("'S''P''X''W'' ' 00 'W'1D17 'Z'000012C0 0000000A 'B'000004D2", ImportRejection.UnknownContract)]      // strike's denominator
    [InlineData("'S''P''X''W'' ' 00 'W'1D17 'E'000012C1 0000000A 'B'000004D2", ImportRejection.UnknownContract)]      // 0.04801
    [InlineData("'S''P''X''W'' ' 00 'W'1D17 'I'FFFFFFFF 0000000A 'B'000004D2", ImportRejection.UnknownContract)]
    [InlineData("'S''P'01'W'' ' 00 'W'1D17 'I'000012C0 0000000A 'B'000004D2", ImportRejection.UnknownContract)]
    [InlineData("'S''P''X''W'' ' 00 'W'1D63 'I'000012C0 0000000A 'B'000004D2", ImportRejection.NoCalendar)]
    [InlineData("'S''P''X''W'' ' 00 'W'1D17 'I'000012C0 00000000 'B'000004D2", ImportRejection.BadQuantity)]
    [InlineData("'S''P''X''W'' ' 00 'W'1D17 'I'000012C0 0000000A 'H'000004D2", ImportRejection.BadPrice)]
    [InlineData("'S''P''X''W'' ' 00 'W'1D17 'I'000012C0 0000000A 'E'000004D2", ImportRejection.BadPrice)]             // 0.01234
    [InlineData("'S''P''X''W'' ' 00 'W'1D17 'I'000012C0 0000000A 'I'7FFFFFFF", ImportRejection.BadPrice)]
    [InlineData("'S''P''X''W'' ' 00 'W'1D17 'I'000012C0 0000000A 'B'FFFFFFFF", ImportRejection.BadPrice)]             // -0.01
    public void A_last_sale_that_cannot_be_is_rejected_and_reading_goes_on(string body, ImportRejection reason)
    {
        ImportRun run = Run(Block($"{Head('C', 'a', ' ', ' ')}{body} 00000000 00000000", ShortQuote('N', 'F', 141, 5, 147, 6)));
        Assert.Equal((1, 1, 1), (run.Report.Rejected(reason), run.Report.RejectedTotal, run.Ticks.Count));
    }

    [Fact]
    public void Damaged_blocks_are_rejected_and_the_next_is_read()
    {
        byte[] good = Block(ShortQuote('N', 'F', 141, 5, 147, 6));
        byte[] otherVersion = BlockOf(5, 1, ShortQuote('N', 'F', 141, 5, 147, 6));
        byte[] tooLong = [.. Block(ShortQuote('N', 'F', 141, 5, 147, 6))];
        tooLong[1] = 0xFF;
        byte[] tooShort = [.. tooLong];
        (tooShort[1], tooShort[2]) = (0, 20);
        byte[] badTime = [.. Block(ShortQuote('N', 'F', 141, 5, 147, 6))];
        badTime[15] = 0xFF;
        byte[] indicator = Block(ShortQuote('N', 'Q', 141, 5, 147, 6));
        byte[] tooMany = BlockOf(6, 255, ShortQuote('N', 'F', 141, 5, 147, 6));
        byte[] tooFew = BlockOf(6, 1, ShortQuote('N', 'F', 141, 5, 147, 6), ShortQuote('N', 'F', 141, 5, 147, 6));
        byte[] text = Block($"{Head('O', 'C', ' ', ' ')}FFFF 'H''I'");
        ImportRun run = Run(otherVersion, tooLong, tooShort, badTime, indicator, tooMany, tooFew, text, good);
        string[] beginnings =
        [
            "the block is of version 5", "the block says 65", "the block says 20 bytes", "the block's time", "message 1 of the block's 1 is of no known kind",
            "the block ends within message 2 of 255", "30 bytes stand behind", "the block ends within message 1 of 1",
        ];
        Assert.Equal(beginnings.Length, run.Report.Issues.Count);
        Assert.All(beginnings.Zip(run.Report.Issues), pair => Assert.StartsWith(pair.First, pair.Second.Detail));
        Assert.Equal((1, 7, 3), (run.Report.Rejected(ImportRejection.BadTime), run.Report.Rejected(ImportRejection.Malformed), run.Ticks.Count));
    }

    [Fact]
    public void A_capture_cut_or_changed_at_any_byte_breaks_nothing()
    {
        byte[] whole = Pcap(Udp(Block(
            ShortQuote('N', 'O', 141, 5, 147, 6, Appendage('N', 'B', 141, 50) + Appendage('C', 'B', 147, 60)),
            $"{Head('C', 'a', ' ', ' ')}'S''P''X''W'' ' 00 'W'1D17 'I'000012C0 0000000A 'B'000004D2 00000000 00000000",
            $"{Head('O', 'C', ' ', ' ')}0002 'H''I'")));
        Assert.Equal(2, PacketFixture.Run(new OpraPcap(), whole).Ticks.Count);
        for (int length = 24; length < whole.Length; length++)
            Assert.Equal(length == 24 ? 0 : 1, PacketFixture.Run(new OpraPcap(), whole[..length]).Report.Rejected(ImportRejection.Malformed));
        byte[] blockOnly = whole[(24 + 16 + 42)..];
        for (int length = 0; length < blockOnly.Length; length++) Run(blockOnly[..length]);
        for (int place = 24; place < whole.Length; place++)
        {
            foreach (byte value in (byte[])[0, 1, 0x7F, 0x80, 0xFF])
            {
                byte[] changed = [.. whole];
                changed[place] = value;
                PacketFixture.Run(new OpraPcap(), changed);
            }
        }
    }
}
