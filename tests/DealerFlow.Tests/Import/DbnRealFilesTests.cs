using System.Buffers.Binary;
using System.Text;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Wire;
using Xunit;
using ZstdSharp;

namespace DealerFlow.Tests;

/// <summary>
/// Every file of the folder of real data. What must become of the records is found here by walking the bytes, without the reader;
/// values are those that the vendor's own tests state for these files.
/// </summary>
public class DbnRealFilesTests
{
    private const string Feed = "GLBX.MDP3";
    private const ulong SampleStart = 1_609_160_400_000_000_000;
    private const ulong SampleEnd = 1_609_200_000_000_000_000;

    private static string Folder => Repository.RealData("dbn");

    private static byte[] Unpacked(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (!bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD])) return bytes;
        var content = new MemoryStream();
        using var zstd = new DecompressionStream(new MemoryStream(bytes));
        zstd.CopyTo(content);
        return content.ToArray();
    }

    private static bool IsRefused(string path) => path.EndsWith(".dbz", StringComparison.Ordinal) || path.EndsWith(".frag", StringComparison.Ordinal);

    [Fact]
    public void Every_file_is_read_or_refused_and_every_record_has_the_outcome_of_its_kind()
    {
        int read = 0;
        int refused = 0;
        long records = 0;
        foreach (string path in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(Folder, path);
            if (IsRefused(path))
            {
                Assert.Throws<InputFormatException>(() => Import(path));
                refused++;
                continue;
            }
            Outcome expected = Walk(Unpacked(path));
            DbnReading reading = Import(path);
            var actual = new Outcome(
                reading.Report.Rows, reading.Report.Taken, reading.Report.Passed(ImportPass.OtherKind),
                reading.Report.Passed(ImportPass.OtherInstrument), reading.Report.Passed(ImportPass.Repeated));
            Assert.Equal((name, expected), (name, actual));
            Assert.Equal((name, 0L, true), (name, reading.Report.RejectedTotal, reading.Report.AddsUp));
            read++;
            records += expected.Rows;
        }
        Assert.True(refused > 0 && read >= 100, $"{read} files, {refused} refused, {records} records");
        Assert.True(records >= 3 * read, $"{read} files, {records} records");
    }

    [Theory]
    [InlineData("dbn/test_data.mbo.dbz", "legacy DBZ format; convert it to DBN")]
    [InlineData("dbn/test_data.definition.dbz", "legacy DBZ format; convert it to DBN")]
    [InlineData("dbn/test_data.definition.v1.dbn.frag", "does not begin with DBN")]
    [InlineData("dbn/test_data.definition.v3.dbn.frag", "records without their metadata")]
    public void Relatives_are_refused_with_a_reason(string file, string reason)
    {
        string path = Path.Combine(Folder, file);
        using ImportFile opened = ImportFile.Open(path);
        Assert.IsType<DbnFormat>(TickFormats.Of(opened));
        Assert.Contains(reason, Assert.Throws<InputFormatException>(() => Import(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dbn/test_data.mbp-1.v1.dbn.zst", 1, 1)]
    [InlineData("dbn/test_data.mbp-1.v2.dbn.zst", 2, 1)]
    [InlineData("dbn/test_data.mbp-1.v3.dbn.zst", 3, 1)]
    [InlineData("dbn/test_data.mbo.v3.dbn", 3, 0)]
    [InlineData("databento-cpp/test_data.cbbo-1s.v3.dbn.zst", 3, 15)]
    public void Metadata_say_what_was_asked_for(string file, int version, int schema)
    {
        DbnMetadata metadata = Open(file).Metadata;
        Assert.Equal((version, Feed, schema), (metadata.Version, metadata.Dataset, metadata.Schema));
        Assert.Equal((SampleStart, SampleEnd, 2ul), (metadata.StartNanos, metadata.EndNanos, metadata.Limit));
        Assert.Equal((1, 0, false), (metadata.SymbolsIn, metadata.SymbolsOut, metadata.HasSendTime));
        Assert.Equal(((1u, 0u, 0u), 1u, 1), (metadata.SymbolCounts, metadata.MappingCount, metadata.Mappings.Count));
        int day = new DateOnly(2020, 12, 28).DayNumber - DbnMappings.EpochDay;
        Assert.Equal("ESH1", DbnText.Of(metadata.Mappings.SymbolOf(5482, day)));
        Assert.True(metadata.Mappings.SymbolOf(5482, day - 1).IsEmpty);
        Assert.True(metadata.Mappings.SymbolOf(5482, day + 1).IsEmpty);
        Assert.True(metadata.Mappings.SymbolOf(5481, day).IsEmpty);
    }

    [Theory]
    [InlineData("dbn/test_data.statistics.v1.dbn.zst")]
    [InlineData("dbn/test_data.statistics.v2.dbn.zst")]
    [InlineData("dbn/test_data.statistics.v3.dbn.zst")]
    public void Metadata_may_be_open_at_the_end(string file)
    {
        DbnMetadata metadata = Open(file).Metadata;
        Assert.Equal((2_814_749_767_106_560ul, DbnRecord.NoTime), (metadata.StartNanos, metadata.EndNanos));
        Assert.Equal((0, 0u), (metadata.SymbolsIn, metadata.MappingCount));
    }

    [Theory]
    [InlineData("dbn/test_data.definition.v1.dbn.zst")]
    [InlineData("dbn/test_data.definition.v2.dbn.zst")]
    [InlineData("dbn/test_data.definition.v3.dbn.zst")]
    public void Definitions_of_all_versions_say_the_same(string file)
    {
        (DbnMetadata metadata, DbnRecords records) = Open(file);
        Assert.Equal("XNAS.ITCH", metadata.Dataset);
        Assert.Equal((1_633_305_600_000_000_000ul, 1_641_254_400_000_000_000ul), (metadata.StartNanos, metadata.EndNanos));
        Assert.Equal((1u, 62), (metadata.MappingCount, metadata.Mappings.Count));
        Assert.Equal("MSFT", DbnText.Of(metadata.Mappings.SymbolOf(6819, new DateOnly(2021, 10, 4).DayNumber - DbnMappings.EpochDay)));
        for (int i = 0; i < 2; i++)
        {
            Assert.True(records.TryRead(out DbnRecord record) && record.IsWhole);
            Assert.Equal(("MSFT", "XNAS", 'A', 'K', DbnRecord.NoNumber),
                (DbnText.Of(record.RawSymbol), DbnText.Of(record.Exchange), record.DefinitionUpdate, record.InstrumentClass, record.StrikePrice));
        }
        Assert.False(records.TryRead(out _));
    }

    public static TheoryData<string, ulong, long, uint, char, char, byte, ulong, uint> Orders => new()
    {
        { "dbn/test_data.mbp-1.v{0}.dbn.zst", 1_609_160_400_006_001_487, 3_720_500_000_000, 1, 'A', 'A', 128, 1_609_160_400_006_136_329, 1_170_362 },
        { "dbn/test_data.tbbo.v{0}.dbn.zst", 1_609_160_400_098_821_953, 3_720_250_000_000, 5, 'T', 'A', 129, 1_609_160_400_099_150_057, 1_170_380 },
        { "dbn/test_data.trades.v{0}.dbn.zst", 1_609_160_400_098_821_953, 3_720_250_000_000, 5, 'T', 'A', 129, 1_609_160_400_099_150_057, 1_170_380 },
    };

    [Theory, MemberData(nameof(Orders))]
    public void Orders_and_prints_have_the_stated_values(
        string pattern, ulong happened, long price, uint size, char action, char side, byte flags, ulong received, uint sequence)
    {
        for (int version = 1; version <= 3; version++)
        {
            (_, DbnRecords records) = Open(Named(pattern, version));
            Assert.True(records.TryRead(out DbnRecord record) && record.IsWhole);
            Assert.Equal((1, 5482u, happened, price, size), (record.Publisher, record.InstrumentId, record.EventNanos, record.Price, record.Size));
            Assert.Equal((action, side, flags, 0), (record.Action, record.Side, record.Flags, record.Depth));
            Assert.Equal((received, sequence), (record.ReceivedNanos, record.Sequence));
        }
    }

    public static TheoryData<string, int, long, long, uint, uint, ulong> Quotes => new()
    {
        { "dbn/test_data.mbp-1.v{0}.dbn.zst", 0, 3_720_250_000_000, 3_720_500_000_000, 24, 11, 1_609_160_400_006_001_487 },
        { "dbn/test_data.mbp-1.v{0}.dbn.zst", 1, 3_720_250_000_000, 3_720_500_000_000, 24, 12, 1_609_160_400_006_146_661 },
        { "dbn/test_data.tbbo.v{0}.dbn.zst", 0, 3_720_250_000_000, 3_720_500_000_000, 26, 7, 1_609_160_400_098_821_953 },
        { "dbn/test_data.tbbo.v{0}.dbn.zst", 1, 3_720_250_000_000, 3_720_500_000_000, 21, 22, 1_609_160_400_107_665_963 },
        { "databento-cpp/test_data.cmbp-1.v{0}.dbn.zst", 0, 3_720_250_000_000, 3_720_500_000_000, 24, 11, 1_609_160_400_006_001_487 },
        { "databento-cpp/test_data.cmbp-1.v{0}.dbn.zst", 1, 3_720_250_000_000, 3_720_500_000_000, 24, 12, 1_609_160_400_006_146_661 },
        { "databento-cpp/test_data.cbbo-1s.v{0}.dbn.zst", 0, 3_720_250_000_000, 3_720_500_000_000, 24, 11, 1_609_160_400_006_001_487 },
        { "databento-cpp/test_data.cbbo-1s.v{0}.dbn.zst", 1, 3_720_250_000_000, 3_720_500_000_000, 24, 12, 1_609_160_400_006_146_661 },
    };

    [Theory, MemberData(nameof(Quotes))]
    public void Quotes_have_the_stated_values(string pattern, int index, long bid, long ask, uint bidSize, uint askSize, ulong happened)
    {
        for (int version = 1; version <= 3; version++)
        {
            (_, DbnRecords records) = Open(Named(pattern, version));
            DbnRecord record = default;
            for (int i = 0; i <= index; i++) Assert.True(records.TryRead(out record) && record.IsWhole);
            Assert.Equal((bid, ask, bidSize, askSize, happened), (record.Bid, record.Ask, record.BidSize, record.AskSize, record.EventNanos));
            if (pattern.Contains("/test_data.c", StringComparison.Ordinal)) Assert.Equal((1, 1), (record.BidPublisher, record.AskPublisher));
        }
    }

    [Theory]
    [InlineData("dbn/test_data.statistics.v1.dbn.zst")]
    [InlineData("dbn/test_data.statistics.v2.dbn.zst")]
    [InlineData("dbn/test_data.statistics.v3.dbn.zst")]
    public void Statistics_have_the_stated_values(string file)
    {
        const ushort lowestOffer = 7;
        const ushort highestPrice = 5;
        (_, DbnRecords records) = Open(file);
        foreach (ushort kind in (ReadOnlySpan<ushort>)[lowestOffer, highestPrice])
        {
            Assert.True(records.TryRead(out DbnRecord record) && record.IsWhole);
            Assert.Equal((kind, 100_000_000_000, DbnRecord.NoNumber), (record.StatisticKind, record.StatisticPrice, record.StatisticQuantity));
        }
        Assert.False(records.TryRead(out _));
    }

    // OPRA, 2025-02-20; versions 3 and 2 of the same requests. The expected values were read from the files by another program.
    private static string Opra(string schema, int version) => version == 3
        ? $"databento-python/OPRA.PILLAR/test_data.{schema}.dbn.zst"
        : Path.GetRelativePath(Folder, Directory.GetFiles(Path.Combine(Folder, "databento-python/OPRA.PILLAR_history"), $"{schema}.*").Single());

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Prints_of_an_option_follow_the_quotes_of_their_venues(int version)
    {
        DbnReading reading = Import(Path.Combine(Folder, Opra("tbbo", version)));
        Assert.Equal(
        [
            (TickKind.Quote, 1_740_061_800_817_657_088, 209_435u, 2400, 2500, 1, 4, 23),
            (TickKind.Trade, 1_740_061_800_817_657_088, 209_435u, 2400, 1, 0, 0, 23),
            (TickKind.Quote, 1_740_061_801_631_777_024, 211_072u, 1800, 2200, 3, 3, 26),
            (TickKind.Trade, 1_740_061_801_631_777_024, 211_072u, 2000, 2, 0, 0, 26),
            (TickKind.Quote, 1_740_061_801_644_682_240, 210_544u, 1800, 2200, 3, 3, 26),
            (TickKind.Trade, 1_740_061_801_644_682_240, 210_544u, 1900, 1, 0, 0, 26),
            (TickKind.Quote, 1_740_061_801_745_517_312, 210_235u, 1900, 2100, 4, 4, 37),
            (TickKind.Trade, 1_740_061_801_745_517_312, 210_235u, 1900, 4, 0, 0, 37),
        ], Told(reading));
        Assert.All(reading.Ticks, tick => Assert.Equal(TickFlags.None, tick.Flags));
        Assert.Equal(Told(reading).Where(tick => tick.Kind == TickKind.Trade), Told(Import(Path.Combine(Folder, Opra("trades", version)))));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Consolidated_quotes_of_seconds_are_dated_at_their_ends(int version)
    {
        DbnReading reading = Import(Path.Combine(Folder, Opra("cbbo-1s", version)));
        Assert.Equal(
        [
            (TickKind.Quote, 1_740_056_401_000_000_000, 0u, 0, 0, 0, 0, 0),
            (TickKind.Quote, 1_740_061_801_000_000_000, 0u, 1000, 2500, 1, 4, 0),
            (TickKind.Quote, 1_740_061_802_000_000_000, 0u, 1800, 2100, 5, 51, 0),
            (TickKind.Quote, 1_740_061_803_000_000_000, 0u, 2200, 2400, 9, 13, 0),
        ], Told(reading));
        Assert.All(reading.Ticks, tick => Assert.Equal(TickFlags.NationalBest, tick.Flags));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Open_interest_that_every_participant_repeats_is_told_once(int version)
    {
        DbnReading reading = Import(Path.Combine(Folder, Opra("statistics", version)));
        Tick tick = Assert.Single(reading.Ticks);
        Assert.Equal((TickKind.OpenInterest, 57_924u), (tick.Kind, tick.Quantity));
        Assert.Equal(new TimeOnly(6, 30, 8), NewYorkTime.TimeOf(tick.EventTimeNanos - (tick.EventTimeNanos % UnixNanos.PerSecond)));
        Assert.Equal(new DateOnly(2025, 2, 20), NewYorkTime.DateOf(tick.EventTimeNanos));
        Assert.Equal(3, reading.Report.Passed(ImportPass.Repeated));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_a_venue_and_the_consolidated_publisher_the_latter_is_the_best(int version)
    {
        DbnReading reading = Import(Path.Combine(Folder, Opra("mbp-1", version)));
        Assert.Equal(
            [(34, TickFlags.None), (0, TickFlags.NationalBest), (24, TickFlags.None), (36, TickFlags.None)],
            reading.Ticks.Select(tick => ((int)tick.Venue, tick.Flags)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void The_definition_of_an_option_is_a_contract(int version)
    {
        DbnReading reading = Import(Path.Combine(Folder, Opra("definition", version)));
        InstrumentDefinition call = reading.Definitions[1];
        Assert.Equal((InstrumentKind.Call, "AAPL", 250_000L), (call.Kind, call.Root.ToString(), call.StrikeMills));
        Assert.Equal((20250221, 100u), (call.ExpiryDate, call.Multiplier));
        Assert.Equal((0, 2), (reading.Ticks.Count, reading.Definitions.Length));

        (_, DbnRecords records) = Open(Opra("definition", version));
        Assert.True(records.TryRead(out DbnRecord record));
        Assert.Equal((DbnFixture.Symbol, "OPRA"), (DbnText.Of(record.RawSymbol), DbnText.Of(record.Exchange)));
        Assert.Equal(('C', 250_000_000_000), (record.InstrumentClass, record.StrikePrice));
        Assert.Equal("2025-02-21T00:00:00.000000000Z", UnixNanos.ToIso((long)record.ExpirationNanos));
    }

    [Fact]
    public void Prints_of_a_share_are_prices_of_the_underlying()
    {
        DbnReading reading = Import(Path.Combine(Folder, "databento-python/XNAS.ITCH/test_data.tbbo.dbn.zst"));
        Assert.Equal([5_210_000, 5_210_000, 5_210_000, 5_210_100], reading.Ticks.Select(tick => tick.Price));
        Assert.Equal(1_609_146_312_576_690_768, reading.Ticks[0].EventTimeNanos);
        Assert.Equal("NVDA", reading.Definitions[0].Root.ToString());
    }

    private static IEnumerable<(TickKind Kind, long, uint, int, int, int, int, int)> Told(DbnReading reading) => reading.Ticks.Select(tick =>
        (tick.Kind, tick.EventTimeNanos, tick.ReceiveDelayNanos, tick.Bid, tick.Ask, (int)tick.BidSize, (int)tick.AskSize, (int)tick.Venue));

    private static string Named(string pattern, int version) => pattern.Replace("{0}", $"{version}", StringComparison.Ordinal);

    private static DbnReading Import(string path)
    {
        var reading = new DbnReading();
        reading.Read(File.OpenRead(path), path);
        return reading;
    }

    private static (DbnMetadata Metadata, DbnRecords Records) Open(string file)
    {
        var bytes = new DbnBytes(new MemoryStream(Unpacked(Path.Combine(Folder, file))));
        DbnMetadata metadata = DbnMetadata.Read(bytes, file, 1_000_000);
        return (metadata, new DbnRecords(bytes, metadata, file));
    }

    /// <summary>Outcomes of all records by kind and feed, straight from the bytes.</summary>
    private static Outcome Walk(ReadOnlySpan<byte> file)
    {
        string feed = Encoding.ASCII.GetString(file.Slice(8, 4));
        bool isTbbo = BinaryPrimitives.ReadUInt16LittleEndian(file[24..]) == 3;
        int version = file[3];
        int statistic = version < 3 ? 52 : 56;
        var seen = new HashSet<(int, int)>();
        var outcome = new Outcome(0, 0, 0, 0, 0);
        for (int at = 8 + BinaryPrimitives.ReadInt32LittleEndian(file[4..]); at < file.Length; at += 4 * file[at])
        {
            ReadOnlySpan<byte> record = file.Slice(at, 4 * file[at]);
            int kind = record[1];
            outcome = outcome with { Rows = outcome.Rows + 1 };
            bool isOther = kind is 0x0A or 0x12 or 0x14 or 0xA0 or (>= 0x20 and <= 0x24) || (kind == 0x18 && record[statistic] != 9);
            if (isOther) outcome = outcome with { OtherKind = outcome.OtherKind + 1 };
            else if (feed == "OPRA" && kind == 0x18 && !seen.Add((Number(record[4..]), Number(record[40..]))))
                outcome = outcome with { Repeated = outcome.Repeated + 1 };
            else if (feed == "OPRA" || (feed is "XNAS" or "EQUS" && (kind == 0x00 || (kind == 0x01 && (isTbbo || record[28] == 'T')))))
                outcome = outcome with { Taken = outcome.Taken + 1 };
            else outcome = outcome with { OtherInstrument = outcome.OtherInstrument + 1 };
        }
        return outcome;
    }

    private static int Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes);

    private sealed record Outcome(long Rows, long Taken, long OtherKind, long OtherInstrument, long Repeated);
}
