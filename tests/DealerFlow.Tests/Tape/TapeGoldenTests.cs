using System.Globalization;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

// golden/tape-1.0.hex is a tape with every byte explained. A change of the format shows here; it needs a new version, a new file and
// this one kept.
public class TapeGoldenTests
{
    private const long Open = 1_795_444_200_000_000_000;        // 2026-11-23 14:30 UTC
    private const uint Index = 0, Call = 7, Undefined = 3_000_000_000;

    private static readonly InstrumentDefinition[] Definitions =
    [
        new()
        {
            InstrumentId = Index, UnderlyingId = Index, Root = Ascii8.From("SPX"), Multiplier = 1, PriceDecimals = 2,
            Kind = InstrumentKind.Underlying,
        },
        new()
        {
            InstrumentId = Call, UnderlyingId = Index, Root = Ascii8.From("SPXW"), StrikeMills = 6_790_000,
            SettlementNanos = Open + (390 * 60 * UnixNanos.PerSecond), ExpiryDate = 20_261_123, Multiplier = 100, PriceDecimals = 2,
            Kind = InstrumentKind.Call, Settlement = SettlementKind.PM, TickMills = 50,
        },
    ];

    private static readonly Tick[] Ticks =
    [
        // A block of columns: one index, one call with steps of 5, one id without a definition.
        Tick.OpenInterest(Open, Call, 1_234),
        Tick.Spot(Open + 100, Index, 678_912),
        Tick.Quote(Open + 200, Call, 1_205, 1_220, 10, 20, 1, TickFlags.NationalBest),
        Tick.Quote(Open + 250, Call, 1_205, 1_220, 11, 20, 5, TickFlags.None),
        Tick.Quote(Open + 300, Call, 1_205, 1_220, 12, 20, 5, TickFlags.None),
        Tick.Quote(Open + 350, Call, 1_205, 1_220, 13, 20, 5, TickFlags.None),
        Tick.Quote(Open + 400, Call, 1_205, 1_220, 14, 20, 5, TickFlags.None),
        Tick.Quote(Open + 450, Call, 1_210, 1_225, 10, 30, 1, TickFlags.NationalBest),
        Tick.Quote(Open + 500, Call, 1_215, 1_230, 10, 30, 1, TickFlags.NationalBest),
        Tick.Quote(Open + 550, Call, 1_220, 1_235, 10, 30, 1, TickFlags.NationalBest),
        Tick.Quote(Open + 600, Call, 1_225, 1_240, 10, 30, 1, TickFlags.NationalBest),
        Tick.Trade(Open + 650, Call, 1_240, 3, 9, TickFlags.HiddenBuyer),
        Tick.Spot(Open + 700, Index, 678_900),
        Tick.Quote(Open + 650, Call, 1_225, 1_240, 2_000, 30, 1, TickFlags.None) with { ReceiveDelayNanos = 40 },
        Tick.Quote(Open + 800, Undefined, -5, 0, 1, 1, 255, TickFlags.None),
        Tick.Quote(Open + 850, Call, 1_225, 1_240, 10, 30, 1, TickFlags.None),
        // A block that is shorter as it is, with a kind that nobody knows.
        Tick.Quote(Open + 900, Call, 1_220, 1_240, 10, 30, 1, TickFlags.NationalBest),
        new() { EventTimeNanos = long.MinValue, InstrumentId = uint.MaxValue, Bid = int.MinValue, Ask = -1, BidSize = 1, AskSize = ushort.MaxValue, Venue = 2, Kind = (TickKind)200, Flags = (TickFlags)0x8001 },
    ];

    private static readonly Dictionary<string, string> Metadata = new() { ["seed"] = "1", ["source"] = "by hand" };

    [Fact]
    public void C9_the_golden_tape_is_read_tick_by_tick()
    {
        using var reader = TapeReader.Open(GoldenBytes(), "tape-1.0");
        Assert.Equal(Metadata, reader.Metadata);
        Assert.True(reader.Definitions.SequenceEqual(Definitions));
        Assert.Equal((Ticks.Length, long.MinValue, Open + 900), (reader.TickCount, reader.FirstEventTimeNanos, reader.LastEventTimeNanos));
        TapeRoundTripTests.AssertSameTicks(Ticks, TapeRoundTripTests.ReadAll(reader, 7));
    }

    [Fact]
    public void The_golden_tape_is_written_byte_by_byte()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.dftape");
        using (var writer = TapeWriter.Create(path, Definitions, Metadata, ticksPerBlock: 16))
        {
            writer.Append(Ticks);
            writer.Complete();
        }
        Assert.Equal(GoldenBytes(), File.ReadAllBytes(path));
    }

    [Fact]
    public void C9_every_version_of_the_format_has_its_golden_tape()
    {
        string[] kept = [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests/DealerFlow.Tests/Tape/golden")).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(Enumerable.Range(0, TapeFileHeader.CurrentMinorVersion + 1).Select(minor => $"tape-{TapeFileHeader.CurrentMajorVersion}.{minor}.hex"), kept);
    }

    // Hexadecimal bytes; from '#' to the end of the line is commentary.
    private static byte[] GoldenBytes()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "tests/DealerFlow.Tests/Tape/golden/tape-1.0.hex"));
        return [.. text.Split('\n').SelectMany(line => line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(two => byte.Parse(two, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
    }
}
