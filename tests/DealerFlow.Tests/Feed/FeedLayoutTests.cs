using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public class FeedLayoutTests
{
    private static readonly Type[] Structs =
    [
        typeof(FeedHeader), typeof(FeedEntry), typeof(SlotHeader), typeof(MarketSection), typeof(TradeFlowSection), typeof(RootRow), typeof(BandTable), typeof(BandRow),
        typeof(ModelSection), typeof(BucketSection), typeof(ZeroGammaSection), typeof(LevelRow), typeof(PinSection), typeof(RollOffRow),
        typeof(OutlookSection), typeof(ModelFlows), typeof(FlowRow), typeof(ProfileSection), typeof(ProfileRow),
        typeof(StrikeRow), typeof(ExpiryRow), typeof(RuntimeSection), typeof(Ledger), typeof(IngestSection), typeof(LatencySection), typeof(HeadlineSection), typeof(LevelChange),
    ];

    // The offsets of docs/wire-format.md, which the readers in other languages are written from.
    public static TheoryData<string, int> HeaderOffsets => new()
    {
        { nameof(FeedHeader.Magic), 0 }, { nameof(FeedHeader.EndianMark), 8 }, { nameof(FeedHeader.Version), 16 },
        { nameof(FeedHeader.LayoutHash), 24 }, { nameof(FeedHeader.FileSize), 32 }, { nameof(FeedHeader.HeaderSize), 40 },
        { nameof(FeedHeader.EntrySize), 48 }, { nameof(FeedHeader.EntryCount), 56 }, { nameof(FeedHeader.HeartbeatLimitNanos), 64 },
        { nameof(FeedHeader.ConstantsCrc32), 120 }, { nameof(FeedHeader.Epoch), 128 }, { nameof(FeedHeader.WriterPid), 136 },
        { nameof(FeedHeader.WriterStartUtcNanos), 144 }, { nameof(FeedHeader.WriterBootIdHigh), 152 }, { nameof(FeedHeader.WriterBootIdLow), 160 },
        { nameof(FeedHeader.State), 256 },
    };

    public static TheoryData<string, int> EntryOffsets => new()
    {
        { nameof(FeedEntry.Symbol), 0 }, { nameof(FeedEntry.Index), 8 }, { nameof(FeedEntry.Kind), 12 }, { nameof(FeedEntry.RegionOffset), 16 },
        { nameof(FeedEntry.RegionSize), 24 }, { nameof(FeedEntry.SlotCount), 32 }, { nameof(FeedEntry.SlotSize), 40 },
        { nameof(FeedEntry.StrikeCapacity), 48 }, { nameof(FeedEntry.ExpiryCapacity), 56 }, { nameof(FeedEntry.HeadlineOffset), 64 },
        { nameof(FeedEntry.HeadlineSlotCount), 72 }, { nameof(FeedEntry.HeadlineSlotSize), 76 }, { nameof(FeedEntry.ChangeOffset), 80 },
        { nameof(FeedEntry.ChangeSlotCount), 88 }, { nameof(FeedEntry.ChangeSlotSize), 92 }, { nameof(FeedEntry.ConstantsCrc32), 120 },
        { nameof(FeedEntry.HeartbeatNanos), 128 }, { nameof(FeedEntry.ProgressNanos), 136 }, { nameof(FeedEntry.EventSequence), 144 },
        { nameof(FeedEntry.EventTimeNanos), 152 }, { nameof(FeedEntry.Published), 256 }, { nameof(FeedEntry.PublishedEpoch), 264 },
        { nameof(FeedEntry.ChangePublished), 272 }, { nameof(FeedEntry.PublishedBefore), 280 }, { nameof(FeedEntry.HeadlinePublished), 384 },
    };

    [Fact]
    public void The_documented_layout_hash_is_the_one_that_is_written() => Assert.Contains(
        $"`0x{FeedLayout.Hash:X16}` in this version", File.ReadAllText(Path.Combine(Repository.Root, "docs", "wire-format.md")));

    [Fact]
    public void Structs_have_the_sizes_that_they_announce()
    {
        Assert.Equal(4096, Unsafe.SizeOf<FeedHeader>());
        Assert.Equal(FeedHeader.SizeInBytes, Unsafe.SizeOf<FeedHeader>());
        Assert.Equal(512, Unsafe.SizeOf<FeedEntry>());
        Assert.Equal(FeedEntry.SizeInBytes, Unsafe.SizeOf<FeedEntry>());
        Assert.Equal(128, Unsafe.SizeOf<SlotHeader>());
        Assert.Equal(SlotHeader.SizeInBytes, Unsafe.SizeOf<SlotHeader>());
        Assert.Equal(MarketSection.SizeInBytes, Unsafe.SizeOf<MarketSection>());
        Assert.Equal(BucketSection.SizeInBytes, Unsafe.SizeOf<BucketSection>());
        Assert.Equal(ZeroGammaSection.SizeInBytes, Unsafe.SizeOf<ZeroGammaSection>());
        Assert.Equal(LevelRow.SizeInBytes, Unsafe.SizeOf<LevelRow>());
        Assert.Equal(StrikeRow.SizeInBytes, Unsafe.SizeOf<StrikeRow>());
        Assert.Equal(ExpiryRow.SizeInBytes, Unsafe.SizeOf<ExpiryRow>());
        Assert.Equal(RuntimeSection.SizeInBytes, Unsafe.SizeOf<RuntimeSection>());
        Assert.Equal(Ledger.SizeInBytes, Unsafe.SizeOf<Ledger>());
        Assert.Equal(IngestSection.SizeInBytes, Unsafe.SizeOf<IngestSection>());
        Assert.Equal(LatencySection.SizeInBytes, Unsafe.SizeOf<LatencySection>());
        Assert.Equal(HeadlineSection.SizeInBytes, Unsafe.SizeOf<HeadlineSection>());
        Assert.Equal(LevelChange.SizeInBytes, Unsafe.SizeOf<LevelChange>());
    }

    [Theory, MemberData(nameof(HeaderOffsets))]
    public void Header_fields_lie_where_the_format_says(string field, int offset) =>
        Assert.Equal(offset, OffsetOf(typeof(FeedHeader).GetField(field)!));

    [Theory, MemberData(nameof(EntryOffsets))]
    public void Entry_fields_lie_where_the_format_says(string field, int offset) =>
        Assert.Equal(offset, OffsetOf(typeof(FeedEntry).GetField(field)!));

    [Fact]
    public void Slot_fields_lie_where_the_format_says()
    {
        var slot = new SlotHeader();
        Assert.Equal(0, Distance(ref slot, ref slot.Version));
        Assert.Equal(8, Distance(ref slot, ref slot.MarketBytes));
        Assert.Equal(16, Distance(ref slot, ref slot.PayloadCrc32));
    }

    [Fact]
    public void Words_with_different_writing_times_lie_on_lines_of_their_own()
    {
        var header = new FeedHeader();
        var entry = new FeedEntry();
        foreach (long[] words in (long[][])
            [[Distance(ref header, ref header.Magic), Distance(ref header, ref header.Epoch), Distance(ref header, ref header.State)],
             [Distance(ref entry, ref entry.Symbol), Distance(ref entry, ref entry.HeartbeatNanos), Distance(ref entry, ref entry.Published), Distance(ref entry, ref entry.HeadlinePublished)]])
            Assert.Equal(words.Length, words.Select(offset => offset / Memory.CacheLine.Stride).Distinct().Count());
        // Neither do entries that different threads write share a line.
        Assert.Equal(0, FeedEntry.SizeInBytes % Memory.CacheLine.Stride);
        Assert.Equal(0, FeedHeader.EntryOffset(1) % Memory.CacheLine.Stride);
    }

    [Fact]
    public void Every_record_of_a_snapshot_is_a_multiple_of_eight_bytes() =>
        Assert.All(Structs, type => Assert.Equal(0, SizeOf(type) % 8));

    [Fact]
    public void The_layout_text_is_what_the_structs_are()
    {
        string rendered = string.Join('\n', Structs.Select(Render));
        Assert.True(FeedLayout.Text == rendered, $"FeedLayout.Text should read:\n{rendered}");
    }

    [Fact]
    public void No_two_fields_of_a_struct_overlap_and_none_leaves_it() => Assert.All(Structs, type =>
    {
        int end = 0;
        foreach (FieldInfo field in FieldsOf(type))
        {
            Assert.True(OffsetOf(field) >= end, $"{type.Name}.{field.Name} overlaps the field before it.");
            end = OffsetOf(field) + SizeOf(field.FieldType);
        }
        Assert.True(end <= SizeOf(type), $"{type.Name} ends before its last field does.");
    });

    // The test vectors of http://www.isthe.com/chongo/tech/comp/fnv/: FNV-1a, 64 bits.
    [Theory]
    [InlineData("", 0xCBF29CE484222325UL)]
    [InlineData("a", 0xAF63DC4C8601EC8CUL)]
    [InlineData("foobar", 0x85944171F73967E8UL)]
    public void The_layout_hash_is_fnv_1a(string text, ulong hash) => Assert.Equal(hash, FeedLayout.Fnv1a(text));

    [Fact]
    public void The_layout_hash_is_that_of_the_text() => Assert.Equal(FeedLayout.Fnv1a(FeedLayout.Text), FeedLayout.Hash);

    [Fact]
    public void The_magic_word_reads_DFLWFEED() =>
        Assert.Equal("DFLWFEED"u8.ToArray(), BitConverter.GetBytes(FeedLayout.Magic));

    [Theory]
    [InlineData(500, 40, 4)]
    [InlineData(1, 1, 5)]
    [InlineData(FeedGeometry.MaxStrikes, FeedGeometry.MaxExpiries, FeedGeometry.MaxSlots)]
    public void Slots_hold_the_largest_snapshot_and_do_not_overlap(int strikes, int expiries, int slots)
    {
        var geometry = new FeedGeometry(strikes, expiries, slots);
        Assert.Equal(0, geometry.SlotSize % 128);
        Assert.True(geometry.SlotSize >= SlotHeader.SizeInBytes + MarketView.SizeOf(strikes, expiries) + RuntimeSection.SizeInBytes);
        long[] offsets = [.. Enumerable.Range(0, slots).Select(n => geometry.SlotOffset((ulong)n))];
        Assert.Equal(0, offsets[0]);
        Assert.All(offsets.Zip(offsets.Skip(1)), pair => Assert.Equal(geometry.SlotSize, pair.Second - pair.First));
        Assert.Equal(geometry.HeadlineOffset, offsets[^1] + geometry.SlotSize);
        Assert.True(FeedGeometry.HeadlineSlotSize >= SlotHeader.SizeInBytes + HeadlineSection.SizeInBytes + RuntimeSection.SizeInBytes);
        Assert.Equal(0, FeedGeometry.HeadlineSlotSize % 128);
        Assert.Equal(geometry.ChangeOffset, geometry.HeadlineSlotOffset(FeedGeometry.HeadlineSlots - 1) + FeedGeometry.HeadlineSlotSize);
        Assert.True(FeedGeometry.ChangeSlotSize >= SlotHeader.SizeInBytes + LevelChange.SizeInBytes);
        Assert.InRange(geometry.RegionSize - geometry.ChangeSlotOffset(FeedGeometry.ChangeSlots - 1) - FeedGeometry.ChangeSlotSize, 0, FeedGeometry.RegionAlignment - 1);
        Assert.Equal(0, geometry.RegionSize % FeedGeometry.RegionAlignment);
        Assert.Equal(offsets[1], geometry.SlotOffset((ulong)slots + 1));
    }

    [Theory]
    [InlineData(0, 1, 4)]
    [InlineData(1, 0, 4)]
    [InlineData(1, 1, 3)]
    [InlineData(1, 1, FeedGeometry.MaxSlots + 1)]
    [InlineData(FeedGeometry.MaxStrikes + 1, 1, 4)]
    public void Counts_out_of_range_are_refused(int strikes, int expiries, int slots) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FeedGeometry(strikes, expiries, slots));

    private static string Render(Type type)
    {
        var text = new StringBuilder($"{type.Name} {SizeOf(type)}");
        foreach (FieldInfo field in FieldsOf(type)) text.Append($"\n{OffsetOf(field)} {NameOf(field.FieldType)} {field.Name}");
        return text.ToString();
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Instance).OrderBy(OffsetOf);

    private static int OffsetOf(FieldInfo field) => field.GetCustomAttribute<FieldOffsetAttribute>()!.Value;

    private static string NameOf(Type type)
    {
        if (type.IsEnum) type = Enum.GetUnderlyingType(type);
        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } array) return $"{NameOf(ElementOf(type))}[{array.Length}]";
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Byte => "u8",
            TypeCode.SByte => "i8",
            TypeCode.UInt16 => "u16",
            TypeCode.Int32 => "i32",
            TypeCode.UInt32 => "u32",
            TypeCode.Int64 => "i64",
            TypeCode.UInt64 => "u64",
            TypeCode.Double => "f64",
            TypeCode.Object when type == typeof(Ascii8) => "char[8]",
            TypeCode.Object => type.Name,
            _ => throw new InvalidOperationException($"{type} does not belong on the wire."),
        };
    }

    private static Type ElementOf(Type inlineArray) =>
        inlineArray.GetFields(BindingFlags.NonPublic | BindingFlags.Instance).Single().FieldType;

    private static int SizeOf(Type type) => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static long Distance<TStruct, TField>(ref TStruct start, ref TField field) =>
        Unsafe.ByteOffset(ref Unsafe.As<TStruct, byte>(ref start), ref Unsafe.As<TField, byte>(ref field));
}
