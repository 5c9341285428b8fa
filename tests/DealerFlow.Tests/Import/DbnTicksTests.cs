using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;
using static DealerFlow.Tests.DbnFixture;

namespace DealerFlow.Tests;

/// <summary>What hand-made records are on the tape.</summary>
public class DbnTicksTests
{
    private const long Now = (long)At;

    private static void Same(Tick expected, Tick actual) => Assert.Equal(
        (expected.Kind, expected.EventTimeNanos, expected.ReceiveDelayNanos, expected.InstrumentId, expected.Bid, expected.Ask,
            (expected.BidSize, expected.AskSize, expected.Venue, expected.Flags)),
        (actual.Kind, actual.EventTimeNanos, actual.ReceiveDelayNanos, actual.InstrumentId, actual.Bid, actual.Ask,
            (actual.BidSize, actual.AskSize, actual.Venue, actual.Flags)));

    private static Tick Delayed(Tick tick, uint delay)
    {
        tick.ReceiveDelayNanos = delay;
        return tick;
    }

    private static void Ledger(DbnReading reading, long taken, long passed, long rejected) => Assert.Equal(
        (true, taken, passed, rejected),
        (reading.Report.AddsUp, reading.Report.Taken, reading.Report.PassedTotal, reading.Report.RejectedTotal));

    [Fact]
    public void A_consolidated_quote_is_the_national_best_of_no_venue()
    {
        DbnReading reading = Read(File(Metadata(), Quote(0xB1, 320_000_000, 340_000_000, 104, 132)));
        Same(Delayed(Tick.Quote(Now, 1, 3200, 3400, 104, 132, 0, TickFlags.NationalBest), 1_000), Assert.Single(reading.Ticks));
        InstrumentDefinition option = reading.Definitions[1];
        Assert.Equal((InstrumentKind.Call, "AAPL", 250_000L), (option.Kind, option.Root.ToString(), option.StrikeMills));
        Assert.Equal((20250221, 100u), (option.ExpiryDate, option.Multiplier));
        Ledger(reading, 1, 0, 0);
    }

    [Theory]
    [InlineData(0xC2, 'T')]   // tcbbo
    [InlineData(0xC2, 'A')]
    [InlineData(0xB1, 'T')]   // cmbp-1
    public void A_print_comes_after_the_quote_before_it(int kind, char action)
    {
        DbnReading reading = Read(File(
            Metadata(), Quote(kind, 320_000_000, 340_000_000, publisher: 23, action: action, price: 330_000_000, size: 7)));
        Assert.Equal(2, reading.Ticks.Count);
        Same(Delayed(Tick.Quote(Now, 1, 3200, 3400, 10, 20, 0, TickFlags.NationalBest), 1_000), reading.Ticks[0]);
        Same(Delayed(Tick.Trade(Now, 1, 3300, 7, 23, TickFlags.None), 1_000), reading.Ticks[1]);
        Ledger(reading, 1, 0, 0);
    }

    [Fact]
    public void A_venues_quote_is_its_own_and_publisher_30_is_the_best()
    {
        DbnReading reading = Read(File(
            Metadata(schema: 1), Quote(0x01, 320_000_000, 350_000_000, publisher: 36), Quote(0x01, 330_000_000, 340_000_000, publisher: 30)));
        Same(Delayed(Tick.Quote(Now, 1, 3200, 3500, 10, 20, 36, TickFlags.None), 1_000), reading.Ticks[0]);
        Same(Delayed(Tick.Quote(Now, 1, 3300, 3400, 10, 20, 0, TickFlags.NationalBest), 1_000), reading.Ticks[1]);
        Ledger(reading, 2, 0, 0);
    }

    [Fact]
    public void A_print_that_the_consolidated_publisher_repeats_counts_once()
    {
        DbnReading reading = Read(File(
            Metadata(schema: 1),
            Quote(0x01, 320_000_000, 350_000_000, publisher: 36, action: 'T', price: 330_000_000, size: 4),
            Quote(0x01, 330_000_000, 340_000_000, publisher: 30, action: 'T', price: 330_000_000, size: 4),
            Quote(0x01, 330_000_000, 340_000_000, publisher: 36, action: 'C', price: 330_000_000, size: 4)));
        Assert.Equal([TickKind.Quote, TickKind.Trade, TickKind.Quote, TickKind.Quote], reading.Ticks.Select(tick => tick.Kind));
        Assert.Equal((36, 4u), (reading.Ticks[1].Venue, reading.Ticks[1].Quantity));
    }

    [Fact]
    public void A_record_of_tbbo_is_a_print_whatever_its_action() => Assert.Equal(
        [TickKind.Quote, TickKind.Trade],
        Read(File(Metadata(schema: 3), Quote(0x01, 1_000_000_000, 1_100_000_000, publisher: 26, price: 1_000_000_000, size: 1)))
            .Ticks.Select(tick => tick.Kind));

    [Theory]
    [InlineData(0xC0, 30, true)]
    [InlineData(0xC1, 30, true)]
    [InlineData(0xC3, 30, true)]
    [InlineData(0xC4, 30, true)]
    [InlineData(0xC3, 21, false)]
    [InlineData(0xC4, 21, false)]
    public void A_quote_of_an_interval_is_dated_at_its_end_and_gives_no_print(int kind, ushort publisher, bool isBest)
    {
        const ulong yesterday = At - (20 * 3_600_000_000_000);
        DbnReading reading = Read(File(Metadata(), Quote(
            kind, 320_000_000, 340_000_000, publisher: publisher, action: 'T', price: 330_000_000, size: 7, happened: yesterday, received: At)));
        (byte venue, TickFlags flags) = isBest ? ((byte)0, TickFlags.NationalBest) : ((byte)publisher, TickFlags.None);
        Same(Tick.Quote(Now, 1, 3200, 3400, 10, 20, venue, flags), Assert.Single(reading.Ticks));
    }

    [Fact]
    public void A_side_that_is_not_there_has_no_price_and_an_empty_book_is_told()
    {
        DbnReading reading = Read(File(
            Metadata(),
            Quote(0xB1, NoPrice, 50_000_000, 0, 3),
            Quote(0xB1, NoPrice, NoPrice, uint.MaxValue, uint.MaxValue),
            Quote(0xB1, 10_000_000, 20_000_000, 70_000, 65_535)));
        Same(Delayed(Tick.Quote(Now, 1, 0, 500, 0, 3, 0, TickFlags.NationalBest), 1_000), reading.Ticks[0]);
        Same(Delayed(Tick.Quote(Now, 1, 0, 0, 0, 0, 0, TickFlags.NationalBest), 1_000), reading.Ticks[1]);
        Same(Delayed(Tick.Quote(Now, 1, 100, 200, 65_535, 65_535, 0, TickFlags.NationalBest), 1_000), reading.Ticks[2]);
    }

    [Fact]
    public void Times_that_are_missing_are_taken_from_the_receipt_and_delays_saturate()
    {
        DbnReading reading = Read(File(
            Metadata(),
            Trade(1_000_000_000, 1, happened: NoTime, received: At),
            Trade(1_000_000_000, 1, happened: At, received: NoTime),
            Trade(1_000_000_000, 1, happened: At, received: At - 5),
            Trade(1_000_000_000, 1, happened: At, received: At + 10_000_000_000),
            Trade(1_000_000_000, 1, happened: NoTime, received: NoTime),
            Trade(1_000_000_000, 1, happened: 0x8000_0000_0000_0000, received: At)));
        Assert.All(reading.Ticks, tick => Assert.Equal(Now, tick.EventTimeNanos));
        Assert.Equal([0u, 0u, 0u, uint.MaxValue], reading.Ticks.Select(tick => tick.ReceiveDelayNanos));
        Assert.Equal(2, reading.Report.Rejected(ImportRejection.BadTime));
        Ledger(reading, 4, 0, 2);
    }

    [Fact]
    public void Bad_prints_and_quotes_are_rejected_and_reading_goes_on()
    {
        DbnReading reading = Read(File(
            Metadata(),
            Trade(NoPrice, 1),
            Trade(-10_000_000, 1),
            Trade(1_000_000_000, 0),
            Trade(1_000_000_001, 1),
            Quote(0xB1, -5_000_000, 10_000_000),
            Trade(1_000_000_000, 1)));
        Assert.Equal((4L, 1L), (reading.Report.Rejected(ImportRejection.BadPrice), reading.Report.Rejected(ImportRejection.BadQuantity)));
        Assert.Equal(10_000, Assert.Single(reading.Ticks).Price);
        Ledger(reading, 1, 0, 5);
        Assert.Equal([1L, 2L, 3L, 4L, 5L], reading.Report.Issues.Select(issue => issue.Place));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Open_interest_is_taken_once_and_other_statistics_are_passed_over(int version)
    {
        DbnReading reading = Read(File(
            Metadata(version),
            Statistic(version, 9, 57_924),
            Statistic(version, 9, 57_924),
            Statistic(version, 9, long.MaxValue),
            Statistic(version, 9, 1, update: 2),
            Statistic(version, 3, 5),
            Statistic(version, 9, -1)));
        Same(Delayed(Tick.OpenInterest(Now, 1, 57_924), 1_000), Assert.Single(reading.Ticks));
        Assert.Equal(
            (1L, 1L, 2L),
            (reading.Report.Passed(ImportPass.Repeated), reading.Report.Passed(ImportPass.Empty), reading.Report.Passed(ImportPass.OtherKind)));
        Assert.Equal(1, reading.Report.Rejected(ImportRejection.BadQuantity));
        Ledger(reading, 1, 4, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_definition_names_an_id_and_defines_the_contract(int version)
    {
        DbnReading reading = Read(File(
            Metadata(version, mappings: []), Definition(version, "SPX   250321P06000000", 'P', id: 77), Trade(12_500_000_000, 3, id: 77)));
        InstrumentDefinition put = reading.Definitions[1];
        Assert.Equal(
            (InstrumentKind.Put, "SPX", 6_000_000L, 20250321, SettlementKind.AM, ExerciseKind.European),
            (put.Kind, put.Root.ToString(), put.StrikeMills, put.ExpiryDate, put.Settlement, put.Exercise));
        Same(Delayed(Tick.Trade(Now, 1, 125_000, 3, 23, TickFlags.None), 1_000), Assert.Single(reading.Ticks));
        Ledger(reading, 2, 0, 0);
    }

    [Theory]
    [InlineData(1, "SPY", "SPY   250221P00600000")]
    [InlineData(2, "SPY.OPT", "SPY   250221P00600000")]
    [InlineData(3, "SPY   250221P00600000", "1234")]
    public void A_symbol_mapping_names_an_id(int version, string from, string to)
    {
        DbnReading reading = Read(File(
            Metadata(version, mappings: []), SymbolMapping(version, from, to, id: 1234), Trade(1_000_000_000, 3, id: 1234)));
        Assert.Equal((InstrumentKind.Put, 600_000L), (reading.Definitions[1].Kind, reading.Definitions[1].StrikeMills));
        Assert.Equal(1, reading.Report.Passed(ImportPass.Administrative));
        Ledger(reading, 1, 1, 0);
    }

    [Fact]
    public void An_id_is_another_contract_on_another_day()
    {
        byte[] metadata = Metadata(mappings:
        [
            ("SPY   250321C00600000", [(20250220, 20250221, "5"), (20250221, 20250222, "6")]),
            ("SPY   250321C00610000", [(20250221, 20250222, "5")]),
        ]);
        DbnReading reading = Read(File(
            metadata, Trade(1_000_000_000, 1, id: 5), Trade(1_000_000_000, 1, id: 5, happened: At + NanosPerDay, received: At + NanosPerDay),
            Trade(1_000_000_000, 1, id: 6, happened: At + NanosPerDay, received: At + NanosPerDay), Trade(1_000_000_000, 1, id: 6),
            Trade(1_000_000_000, 1, id: 5, happened: At + (2 * NanosPerDay), received: At + (2 * NanosPerDay))));
        Assert.Equal([600_000L, 610_000L, 600_000L], reading.Ticks.Select(tick => reading.Definitions[(int)tick.InstrumentId].StrikeMills));
        Assert.Equal(2, reading.Report.Rejected(ImportRejection.UnknownContract));
    }

    [Fact]
    public void A_definition_of_the_day_goes_before_the_metadata_and_these_before_one_of_yesterday()
    {
        byte[] metadata = Metadata(mappings: [("SPY   250321C00600000", [(20250220, 20250222, "5")])]);
        DbnReading reading = Read(File(
            metadata, Definition(3, "SPY   250321C00620000", 'C', id: 5), Trade(1_000_000_000, 1, id: 5),
            Trade(1_000_000_000, 1, id: 5, happened: At + NanosPerDay, received: At + NanosPerDay),
            Trade(1_000_000_000, 1, id: 5, happened: At + (3 * NanosPerDay), received: At + (3 * NanosPerDay))));
        Assert.Equal([620_000L, 600_000L, 620_000L], reading.Ticks.Select(tick => reading.Definitions[(int)tick.InstrumentId].StrikeMills));
    }

    [Fact]
    public void Asked_for_by_id_the_answer_is_the_symbol()
    {
        byte[] metadata = Metadata(symbolsIn: 0, symbolsOut: 1, mappings: [("5", [(20250220, 20250221, "SPY   250321C00600000")])]);
        Assert.Equal(600_000, Read(File(metadata, Trade(1_000_000_000, 1, id: 5))).Definitions[1].StrikeMills);
    }

    [Fact]
    public void An_id_that_nobody_names_and_a_symbol_that_is_none_are_rejected()
    {
        DbnReading reading = Read(File(
            Metadata(mappings: [("AAPL", [(20250220, 20250221, "5")])]),
            Trade(1_000_000_000, 1, id: 4),
            Trade(1_000_000_000, 1, id: 5),
            Definition(3, "AAPL  259921C00250000", 'C', id: 6),
            Statistic(3, 9, 1, id: 4)));
        Assert.Equal(4, reading.Report.Rejected(ImportRejection.UnknownContract));
        Ledger(reading, 0, 0, 4);
    }

    [Fact]
    public void A_contract_outside_of_the_calendar_is_rejected_every_time()
    {
        DbnReading reading = Read(File(Metadata(mappings: []), Definition(3, "SPX   351221C06000000", 'C'), Trade(1_000_000_000, 1)));
        Assert.Equal(2, reading.Report.Rejected(ImportRejection.NoCalendar));
        Assert.Empty(reading.Ticks);
    }

    [Fact]
    public void Prints_of_shares_are_prices_of_the_underlying_and_their_quotes_are_passed_over()
    {
        DbnReading reading = Read(File(
            Metadata(
                dataset: "XNAS.ITCH", schema: 1,
                mappings: [("NVDA", [(20250220, 20250221, "11")]), ("LONGSYMBOL", [(20250220, 20250221, "12")])]),
            Quote(0x01, 139_000_000_000, 140_000_000_000, publisher: 2, id: 11),
            Quote(0x01, 139_000_000_000, 140_000_000_000, publisher: 2, id: 11, action: 'T', price: 139_503_250_000, size: 100),
            Trade(139_500_000_000, 100, publisher: 2, id: 11),
            Quote(0xC3, 139_000_000_000, 140_000_000_000, publisher: 2, id: 11),
            Trade(139_500_000_000, 100, publisher: 2, id: 12),
            Trade(NoPrice, 100, publisher: 2, id: 11),
            Definition(3, "MSFT", 'K', id: 13)));
        Assert.Equal([(TickKind.Spot, 1_395_033), (TickKind.Spot, 1_395_000)], reading.Ticks.Select(tick => (tick.Kind, tick.Price)));
        Assert.Equal("NVDA", Assert.Single(reading.Definitions.ToArray()).Root.ToString());
        Assert.Equal(4, reading.Report.Passed(ImportPass.OtherInstrument));
        Assert.Equal(1, reading.Report.Rejected(ImportRejection.BadPrice));
        Ledger(reading, 2, 4, 1);
    }

    [Fact]
    public void Futures_spreads_and_options_on_futures_are_passed_over()
    {
        DbnReading reading = Read(File(
            Metadata(dataset: "GLBX.MDP3", mappings: [("ESH5", [(20250220, 20250221, "11")]), ("ESH5 P5250", [(20250220, 20250221, "12")])]),
            Trade(6_000_250_000_000, 1, id: 11),
            Quote(0xC4, 1, 2, id: 12),
            Definition(3, "ESM5 P5250", 'P', id: 13),
            Definition(3, "ESM5", 'F', id: 14),
            Trade(1_000_000_000, 1, id: 13), Statistic(3, 9, 100, id: 11)));
        Assert.Equal(6, reading.Report.Passed(ImportPass.OtherInstrument));
        Ledger(reading, 0, 6, 0);
    }

    [Fact]
    public void Kinds_without_a_use_are_passed_over_by_their_length()
    {
        DbnReading reading = Read(File(
            Metadata(), Record(0x17, 320, 0, 0, At), Record(0x15, 320, 0, 0, At), Record(0x21, 56, 20, Id, At), Record(0x0A, 368, 20, Id, At),
            Record(0xA0, 56, 20, Id, At), Record(0x14, 112, 20, Id, At), Record(0x12, 40, 20, Id, At), Record(0xEE, 1020, 20, Id, At),
            Record(0xEF, 16, 20, Id, At), Trade(1_000_000_000, 1)));
        Assert.Equal((2L, 7L), (reading.Report.Passed(ImportPass.Administrative), reading.Report.Passed(ImportPass.OtherKind)));
        Ledger(reading, 1, 9, 0);
    }

    [Theory]
    [InlineData(0x00, 44)]
    [InlineData(0x01, 48)]
    [InlineData(0xC2, 76)]
    [InlineData(0x13, 400)]
    [InlineData(0x16, 80)]
    [InlineData(0x18, 64)]
    public void A_record_that_is_shorter_than_its_kind_is_malformed(int kind, int length)
    {
        DbnReading reading = Read(File(Metadata(), Record(kind, length, 30, Id, At), Trade(1_000_000_000, 1)));
        Assert.Equal(1, reading.Report.Rejected(ImportRejection.Malformed));
        Assert.Single(reading.Ticks);
    }

    [Fact]
    public void The_time_of_sending_behind_every_record_is_no_part_of_it()
    {
        DbnReading reading = Read(File(
            Metadata(hasSendTime: true), Trade(1_000_000_000, 2, sent: At),
            Quote(0xC2, 1_000_000_000, 2_000_000_000, price: 1_000_000_000, size: 9, sent: At)));
        Assert.Equal([2u, 9u], reading.Ticks.Where(tick => tick.Kind == TickKind.Trade).Select(tick => tick.Quantity));

        // Without it the record is short by eight bytes.
        reading = Read(File(Metadata(hasSendTime: true), Trade(1_000_000_000, 2)));
        Assert.Equal(1, reading.Report.Rejected(ImportRejection.Malformed));
    }

    [Fact]
    public void More_instruments_than_may_be_are_a_refusal()
    {
        var options = new ImportOptions { MaxContracts = 2 };
        byte[] file = File(Metadata(mappings: []), Definition(3, "XA", 'F', id: 1), Definition(3, "XB", 'F', id: 2), Definition(3, "XC", 'F', id: 3));
        var refusal = Assert.Throws<InputFormatException>(() => Read(file, options: options));
        Assert.Contains("more than 2 instruments", refusal.Message, StringComparison.Ordinal);
        byte[] mapped = Metadata(mappings: [("A", [(20250220, 20250221, "1"), (20250221, 20250222, "2"), (20250222, 20250223, "3")])]);
        refusal = Assert.Throws<InputFormatException>(() => Read(mapped, options: options));
        Assert.Contains("more than 2 days of symbols", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_format_is_known_by_its_first_bytes()
    {
        var format = new DbnFormat();
        Assert.True(format.Recognizes(Metadata(), "x.bin"));
        Assert.False(format.Recognizes("DBN,symbol"u8, "x.csv"));
        Assert.False(format.Recognizes("DB"u8, "x.dbn"));
        Assert.True(format.Recognizes([0x50, 0x2A], "x.dbz"));
        Assert.True(format.Recognizes([0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0, .. "DBZ"u8], "x.bin"));
        Assert.False(format.Recognizes([0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0, .. "SKIP"u8], "x.bin"));
        Assert.IsType<DbnFormat>(TickFormats.Named("dbn"));
        using ImportFile file = ImportFile.Open(new MemoryStream(Metadata()), "unnamed");
        Assert.IsType<DbnFormat>(TickFormats.Of(file));
    }
}
