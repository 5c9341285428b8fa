using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>Several underlyings in one file: each has an entry of the directory, and is written and read for itself.</summary>
public class FeedUnderlyingsTests : FeedFixture
{
    private const long Limit = FeedPublisher.HeartbeatLimitNanos;

    // Offset in an entry and the word to put there; the checksum is made to fit, except for the last.
    public static TheoryData<int, ulong> DamagedEntries => new()
    {
        { 8, 7 },                                                       // index and kind
        { 8, 1 | (9UL << 32) },
        { 8, 2 | ((ulong)FeedEntryKind.Underlying << 32) },
        { 16, 0 },                                                      // region offset: the header
        { 16, 4096 },                                                   // the directory
        { 16, 8192 + 8 },
        { 16, 1UL << 40 },
        { 16, ulong.MaxValue - 4095 },
        { 24, 0 },
        { 24, ulong.MaxValue - 4095 },
        { 32, 3 },
        { 32, ulong.MaxValue },
        { 40, 0 },
        { 40, 1UL << 40 },
        { 48, 0 },
        { 48, ulong.MaxValue },
        { 56, 0 },
        { 56, ulong.MaxValue },
        { 64, 0 },
        { 64, ulong.MaxValue },
        { 72, ulong.MaxValue },
        { 72, (FeedGeometry.HeadlineSlots + 1) | ((ulong)FeedGeometry.HeadlineSlotSize << 32) },        // number and size of headlines
        { 72, FeedGeometry.HeadlineSlots | ((ulong)(FeedGeometry.HeadlineSlotSize + 128) << 32) },
        { 72, ulong.MaxValue },
        { 80, 1UL << 63 },
        { 88, 0 },
        { 88, (FeedGeometry.ChangeSlots + 1) | ((ulong)FeedGeometry.ChangeSlotSize << 32) },            // and of notices
        { 88, FeedGeometry.ChangeSlots | ((ulong)(FeedGeometry.ChangeSlotSize + 128) << 32) },
        { 88, 0 },
        { 120, 0 },
    };

    [Fact]
    public void Each_underlying_is_read_by_its_symbol_and_the_first_without_one()
    {
        using FeedWriter writer = CreateThree();
        for (ulong i = 0; i < 3; i++) Publish(writer.Publishers[(int)i], 10 + i);
        Publish(writer.Publishers[2], 99);
        foreach ((string? symbol, ulong pattern, ulong number) in ((string?, ulong, ulong)[])[(null, 10, 1), ("SPX", 10, 1), ("BRK.B", 11, 1), ("combined", 99, 2)])
        {
            using FeedSubscriber subscriber = Open(symbol);
            SnapshotBuffer buffer = subscriber.CreateBuffer();
            Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
            Assert.Equal((pattern, number), (buffer.Market.Head.EventSequence, buffer.Runtime.PublishNumber));
            Assert.Equal(symbol ?? "SPX", subscriber.Symbol.ToString());
            Assert.Equal(symbol == "combined" ? FeedEntryKind.Combined : FeedEntryKind.Underlying, subscriber.Kind);
        }
        Assert.Equal(["SPX", "BRK.B", "combined"], FeedDirectory.Underlyings(Directory, Name).Select(underlying => underlying.Symbol.ToString()));
        Assert.Equal([Strikes, Strikes + 1, 2 * Strikes], FeedDirectory.Underlyings(Directory, Name).Select(underlying => underlying.Geometry.StrikeCapacity));
        Assert.Equal([$"{Name}.feed", $"{Name}.lock"], System.IO.Directory.GetFiles(Directory).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("DAX")]
    [InlineData("spx")]
    [InlineData("")]
    [InlineData("longer than any symbol")]
    [InlineData("\u001b[2J")]
    public void An_unknown_symbol_is_refused_with_those_that_there_are(string symbol)
    {
        using FeedWriter writer = CreateThree();
        FeedException refused = Assert.Throws<FeedException>(() => Open(symbol));
        Assert.Equal(FeedError.UnknownUnderlying, refused.Error);
        Assert.Contains("SPX, BRK.B, combined", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refused.Message, c => char.IsControl(c));
    }

    [Fact]
    public void An_underlying_is_recovering_until_it_has_published_itself_in_this_epoch()
    {
        FeedWriter first = CreateThree();
        using FeedSubscriber spx = Open("SPX"), brk = Open("BRK.B");
        Assert.Equal((FeedState.Recovering, FeedState.Recovering), (spx.State(), brk.State()));
        Publish(first.Publishers[0], 1);
        first.Publishers[1].Heartbeat(1, 1);
        Assert.Equal((FeedState.Live, FeedState.Recovering), (spx.State(), brk.State()));
        Publish(first.Publishers[1], 1);
        Assert.Equal((FeedState.Live, FeedState.Live), (spx.State(), brk.State()));
        first.Abandon();
        using FeedWriter second = CreateThree();
        Assert.Equal((FeedState.Recovering, FeedState.Recovering), (spx.State(), brk.State()));
        Assert.Equal(0UL, brk.EventSequence);
        Publish(second.Publishers[1], 2);
        Assert.Equal((FeedState.Recovering, FeedState.Live), (spx.State(), brk.State()));
        second.Close();
        Assert.Equal((FeedState.Closed, FeedState.Closed), (spx.State(), brk.State()));
    }

    [Fact]
    public void B16_the_one_whose_thread_is_stuck_is_stalled_and_the_others_are_live()
    {
        using FeedWriter writer = CreateThree();
        using FeedSubscriber spx = Open("SPX"), brk = Open("BRK.B");
        Publish(writer.Publishers[0], 1);
        Publish(writer.Publishers[1], 1);
        Clock.Advance(Limit + 1);
        writer.Publishers[0].Heartbeat(2, 2);
        Assert.Equal((FeedState.Live, FeedState.Stalled), (spx.State(), brk.State()));
    }

    [Fact]
    public void The_same_underlyings_in_the_same_order_use_the_file_on_and_others_make_a_new_one_in_which_numbers_go_on()
    {
        FeedWriter first = CreateThree();
        using FeedSubscriber reader = Open("BRK.B");
        Publish(first.Publishers[1], 1);
        Publish(first.Publishers[1], 2);
        first.Close();
        using (FeedWriter same = CreateThree())
        {
            Assert.Equal((2UL, 2UL), (same.Epoch, same.Publishers[1].PublishNumber));
            Publish(same.Publishers[1], 3);
            Assert.Equal(3UL, reader.PublishNumber);
        }
        FeedUnderlying[] three = Three();
        using FeedWriter another = FeedWriter.Create(Directory, Name, [three[1], three[0]], Clock);
        Assert.Equal(FeedState.Superseded, reader.State());
        Assert.Equal((3UL, 3UL, 0UL), (another.Epoch, another.Publishers[0].PublishNumber, another.Publishers[1].PublishNumber));
    }

    [Fact]
    public void When_the_file_is_removed_every_publisher_goes_on_in_the_new_one()
    {
        using FeedWriter writer = CreateThree();
        foreach (FeedPublisher publisher in writer.Publishers) Publish(publisher, 1);
        using FeedSubscriber old = Open("BRK.B");
        File.Delete(FeedPath);
        Clock.Advance(UnixNanos.PerSecond);
        writer.Publishers[0].Heartbeat(2, 2);                           // it is the one that looks
        Assert.Equal(FeedState.Superseded, old.State());
        Publish(writer.Publishers[1], 5);
        using FeedSubscriber fresh = Open("BRK.B"), other = Open("combined");
        SnapshotBuffer buffer = fresh.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, fresh.TryRead(buffer));
        Assert.Equal((5UL, 2UL, 1UL), (buffer.Market.Head.EventSequence, buffer.Runtime.PublishNumber, fresh.Epoch));
        Assert.Equal(FeedState.Live, fresh.State());
        writer.Publishers[2].Heartbeat(1, EventTimeOf(1));
        Assert.Equal((1UL, EventTimeOf(1), FeedState.Recovering), (other.EventSequence, other.EventTimeNanos, other.State()));
    }

    [Fact]
    public void A_writer_that_has_lost_its_lock_tells_every_publisher_once()
    {
        using FeedWriter first = CreateThree();
        File.Delete(Path.ChangeExtension(FeedPath, ".lock"));
        using FeedWriter second = CreateThree();
        Clock.Advance(UnixNanos.PerSecond);
        foreach (FeedPublisher publisher in first.Publishers)
        {
            Assert.Equal(Environment.ProcessId, Assert.Throws<FeedInUseException>(() => publisher.Heartbeat(1, 1)).Pid);
            Assert.Throws<ObjectDisposedException>(() => Publish(publisher, 1));
        }
        Publish(second.Publishers[0], 1);
        first.Close();
        using FeedSubscriber reader = Open("SPX");
        Assert.Equal(FeedState.Live, reader.State());
    }

    [Theory, MemberData(nameof(DamagedEntries))]
    public void A_damaged_entry_is_refused_and_the_others_are_read(int offset, ulong word)
    {
        CreateThree().Close();
        byte[] file = File.ReadAllBytes(FeedPath);
        Span<byte> entry = file.AsSpan(EntryAt + FeedEntry.SizeInBytes, FeedEntry.SizeInBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[offset..], word);
        if (offset != 120) BinaryPrimitives.WriteUInt32LittleEndian(entry[120..], Crc32.HashToUInt32(entry[..120]));
        File.WriteAllBytes(FeedPath, file);
        Assert.Equal(FeedError.DamagedHeader, Assert.Throws<FeedException>(() => Open("BRK.B")).Error);
        Assert.Contains("Entry 1", Assert.Throws<FeedException>(() => FeedDirectory.Underlyings(Directory, Name)).Message, StringComparison.Ordinal);
        Open("SPX").Dispose();
        Open("combined").Dispose();
    }

    [Fact]
    public void A_region_that_ends_behind_the_file_is_refused()
    {
        CreateThree().Close();
        byte[] file = File.ReadAllBytes(FeedPath);
        Span<byte> entry = file.AsSpan(EntryAt, FeedEntry.SizeInBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], (ulong)file.Length - FeedGeometry.RegionAlignment);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[120..], Crc32.HashToUInt32(entry[..120]));
        File.WriteAllBytes(FeedPath, file);
        Assert.Equal(FeedError.DamagedHeader, Assert.Throws<FeedException>(() => Open("SPX")).Error);
    }

    [Fact]
    public void Numbers_of_a_damaged_entry_are_those_of_nobody()
    {
        FeedWriter first = CreateThree();
        for (ulong i = 1; i <= 5; i++) Publish(first.Publishers[0], i);
        Publish(first.Publishers[1], 1);
        first.Close();
        byte[] file = File.ReadAllBytes(FeedPath);
        file.AsSpan(EntryAt + FeedEntry.SizeInBytes, 8).CopyTo(file.AsSpan(EntryAt));           // the first says that it is BRK.B
        File.WriteAllBytes(FeedPath, file);
        FeedUnderlying[] three = Three();
        using FeedWriter second = FeedWriter.Create(Directory, Name, [three[1], three[0]], Clock);
        Assert.Equal((1UL, 0UL), (second.Publishers[0].PublishNumber, second.Publishers[1].PublishNumber));
    }

    [Fact]
    public void A_reader_maps_its_own_region_and_no_other()
    {
        FeedUnderlying[] many = [.. Enumerable.Range(0, 40).Select(i => new FeedUnderlying(Ascii8.From($"U{i}"), Strikes, Expiries))];
        using FeedWriter writer = FeedWriter.Create(Directory, Name, many, Clock);
        using FeedSubscriber subscriber = Open("U17");
        long mapped = 0;
        foreach (string line in File.ReadAllLines("/proc/self/maps"))
        {
            if (!line.EndsWith(FeedPath, StringComparison.Ordinal) || !line.Contains("r--s", StringComparison.Ordinal)) continue;
            long[] ends = [.. line.Split(' ')[0].Split('-').Select(end => long.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            mapped += ends[1] - ends[0];
        }
        Assert.InRange(mapped, many[17].Geometry.RegionSize, many[17].Geometry.RegionSize + (4L * Environment.SystemPageSize));
        Assert.True(new FileInfo(FeedPath).Length > 30 * mapped);
    }

    [Fact]
    public void Threads_that_write_different_underlyings_do_not_meet_even_when_the_file_is_removed()
    {
        const int Publications = 20_000;
        using FeedWriter writer = FeedWriter.Create(Directory, Name, Three());      // with the kernel's clocks
        using var removed = new ManualResetEventSlim();
        Exception? failure = null;
        Thread[] threads = [.. writer.Publishers.Select(publisher => new Thread(() => Write(publisher)))];
        foreach (Thread thread in threads) thread.Start();
        File.Delete(FeedPath);
        removed.Set();
        foreach (Thread thread in threads) thread.Join();
        Assert.Null(failure);
        var scratch = new byte[MarketView.SizeOf(Strikes, Expiries)];
        foreach (FeedPublisher publisher in writer.Publishers)
        {
            using FeedSubscriber subscriber = FeedSubscriber.Open(Directory, Name, publisher.Symbol.ToString());
            SnapshotBuffer buffer = subscriber.CreateBuffer();
            Assert.Equal(SnapshotReadStatus.Ok, subscriber.TryRead(buffer));
            Assert.Equal(publisher.PublishNumber, buffer.Runtime.PublishNumber);
            AssertWhole(buffer, scratch);
        }

        // Until it has published often enough, and in the file that came after the removed one.
        void Write(FeedPublisher publisher)
        {
            try
            {
                for (ulong pattern = 1; pattern <= Publications || !removed.IsSet || !File.Exists(FeedPath); pattern++) Publish(publisher, pattern);
                Publish(publisher, Publications);
            }
            catch (Exception error) { failure = error; }
        }
    }

    [Fact]
    public void A_directory_has_each_symbol_once_and_none_without_a_name()
    {
        FeedUnderlying[] three = Three();
        Assert.Throws<ArgumentException>(() => FeedWriter.Create(Directory, Name, [three[0], three[1], three[0]]));
        Assert.Throws<ArgumentException>(() => FeedWriter.Create(Directory, Name, [three[0], new FeedUnderlying(default, 1, 1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FeedWriter.Create(Directory, Name, []));
        Assert.False(File.Exists(FeedPath));
    }

    private static FeedUnderlying[] Three() =>
    [
        new(Ascii8.From("SPX"), Strikes, Expiries), new(Ascii8.From("BRK.B"), Strikes + 1, Expiries, slots: 5),
        new(Ascii8.From("combined"), 2 * Strikes, Expiries, FeedEntryKind.Combined),
    ];

    private FeedWriter CreateThree() => FeedWriter.Create(Directory, Name, Three(), Clock);

    private FeedSubscriber Open(string? symbol) => FeedSubscriber.Open(Directory, Name, symbol, Clock);
}
