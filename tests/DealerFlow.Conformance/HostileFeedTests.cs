using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>
/// Whatever stands in the place of a feed, readers in C, Python and C# give the same typed answer, and an answer at all: the C reader runs
/// with checks of every access and operation where the compiler has them.
/// </summary>
public sealed class HostileFeedTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int FuzzFiles = 400;

    private static readonly ulong[] Extremes = [0, 1, 2, 7, 127, 4095, 4096, 1 << 20, uint.MaxValue, 1UL << 40, 1UL << 62, 1UL << 63, ulong.MaxValue - 1, ulong.MaxValue];

    private readonly Workspace _room = new();
    private readonly byte[] _feed;

    public HostileFeedTests()
    {
        using (FeedWriter writer = FeedWriter.Create(_room.FeedDirectory, "sound", [new FeedUnderlying(Ascii8.From("AAA"), 1, 1), new FeedUnderlying(Ascii8.From("BBB"), 2, 1)]))
        {
            for (int i = 0; i < 12; i++)
            {
                FeedPublisher publisher = writer.Publishers[i % 2];
                publisher.Publish(new byte[MarketView.SizeOf(0, 0)], default);
                publisher.PublishHeadline(new HeadlineSection { Model = (PositionModel)(i / 2 % 2) }, default);     // another model is a notice of the change stream
            }
        }
        _feed = File.ReadAllBytes(PathOf("sound"));
        // Of long ago: where damage makes a closed feed a live one, it is not the time of the look that decides what readers say.
        for (int entry = 0; entry < 2; entry++)
            foreach (string field in (string[])[nameof(FeedEntry.HeartbeatNanos), nameof(FeedEntry.ProgressNanos)])
                BitConverter.TryWriteBytes(_feed.AsSpan((int)FeedHeader.EntryOffset(entry) + (int)Marshal.OffsetOf<FeedEntry>(field)), 1L);
    }

    public void Dispose() => _room.Dispose();

    [Fact]
    public void B9_B12_B13_foreign_files_end_in_the_same_typed_error_in_every_language()
    {
        var expected = new List<(string Name, string Error)>();
        Place("empty", FeedError.NotAFeed, []);
        Place("text", FeedError.NotAFeed, "ts_ns,kind,symbol,bid,ask"u8.ToArray());
        Place("elf", FeedError.NotAFeed, [0x7F, .. "ELF"u8, .. new byte[10_000]]);
        Place("magic-alone", FeedError.Truncated, _feed[..8]);
        Place("half-header", FeedError.Truncated, _feed[..2000]);
        Place("header-alone", FeedError.Truncated, _feed[..4096]);
        Place("last-byte-missing", FeedError.Truncated, _feed[..^1]);
        Place("one-byte-more", FeedError.Truncated, [.. _feed, 0]);
        Place("magic", FeedError.NotAFeed, With(nameof(FeedHeader.Magic), 0x1122));
        Place("swapped-magic", FeedError.WrongEndianness, With(nameof(FeedHeader.Magic), BinaryPrimitives.ReverseEndianness(FeedLayout.Magic)));
        Place("endian", FeedError.WrongEndianness, With(nameof(FeedHeader.EndianMark), BinaryPrimitives.ReverseEndianness(FeedLayout.EndianMark)));
        Place("version", FeedError.WrongVersion, With(nameof(FeedHeader.Version), FeedLayout.Version + 1));
        Place("layout", FeedError.WrongLayout, With(nameof(FeedHeader.LayoutHash), FeedLayout.Hash ^ 1));
        Place("checksum", FeedError.DamagedHeader, With(nameof(FeedHeader.ConstantsCrc32), 1));
        Place("more-entries", FeedError.DamagedHeader, With(nameof(FeedHeader.EntryCount), FeedHeader.MaxEntries));
        foreach (string field in (string[])[nameof(FeedHeader.HeaderSize), nameof(FeedHeader.EntrySize), nameof(FeedHeader.EntryCount)])
            foreach (ulong size in (ulong[])[0, 1UL << 40, 1UL << 63, ulong.MaxValue]) Place($"{field}-{size}", FeedError.DamagedHeader, With(field, size));
        foreach (string field in (string[])[nameof(FeedEntry.Index), nameof(FeedEntry.RegionOffset), nameof(FeedEntry.RegionSize), nameof(FeedEntry.SlotCount), nameof(FeedEntry.SlotSize),
            nameof(FeedEntry.StrikeCapacity), nameof(FeedEntry.ExpiryCapacity), nameof(FeedEntry.HeadlineOffset), nameof(FeedEntry.HeadlineSlotCount), nameof(FeedEntry.HeadlineSlotSize),
            nameof(FeedEntry.ChangeOffset), nameof(FeedEntry.ChangeSlotCount), nameof(FeedEntry.ChangeSlotSize)])
            foreach (ulong size in (ulong[])[0, 4096, 1UL << 40, 1UL << 63, ulong.MaxValue - 4095, ulong.MaxValue])
                Place($"entry-{field}-{size}", FeedError.DamagedHeader, WithEntry(field, size));
        // Where a word is two fields, one of them at a time; and a region that begins in the file and ends behind it.
        Place("entry-kind", FeedError.DamagedHeader, WithEntry(nameof(FeedEntry.Index), 9UL << 32));
        Place("entry-headlines", FeedError.DamagedHeader, WithEntry(nameof(FeedEntry.HeadlineSlotCount), (FeedGeometry.HeadlineSlots + 1) | ((ulong)FeedGeometry.HeadlineSlotSize << 32)));
        Place("entry-headline-size", FeedError.DamagedHeader, WithEntry(nameof(FeedEntry.HeadlineSlotCount), FeedGeometry.HeadlineSlots | ((ulong)(FeedGeometry.HeadlineSlotSize + 128) << 32)));
        Place("entry-changes", FeedError.DamagedHeader, WithEntry(nameof(FeedEntry.ChangeSlotCount), (FeedGeometry.ChangeSlots + 1) | ((ulong)FeedGeometry.ChangeSlotSize << 32)));
        Place("entry-change-size", FeedError.DamagedHeader, WithEntry(nameof(FeedEntry.ChangeSlotCount), FeedGeometry.ChangeSlots | ((ulong)(FeedGeometry.ChangeSlotSize + 128) << 32)));
        Place("entry-last-page", FeedError.DamagedHeader, WithEntry(nameof(FeedEntry.RegionOffset), (ulong)_feed.Length - FeedGeometry.RegionAlignment));
        Place("entry-checksum", FeedError.DamagedHeader, WithEntry(nameof(FeedEntry.ConstantsCrc32), 1));
        Expect("sound:DAX", FeedError.UnknownUnderlying);
        Expect("sound:aaa", FeedError.UnknownUnderlying);
        Expect("sound:", FeedError.UnknownUnderlying);
        Expect($"sound:{new string('A', 5000)}", FeedError.UnknownUnderlying);
        Expect("more-entries:AAA", FeedError.DamagedHeader);
        Place("no-limit", FeedError.DamagedHeader, With(nameof(FeedHeader.HeartbeatLimitNanos), 0));

        Expect("absent", FeedError.NotFound);
        Expect("../sound", FeedError.InvalidName);
        Expect(".hidden", FeedError.InvalidName);
        Expect(new string('x', FeedDirectory.MaxNameLength + 1), FeedError.InvalidName);
        Directory.CreateDirectory(PathOf("directory"));
        Expect("directory", FeedError.NotAFile);
        File.CreateSymbolicLink(PathOf("link"), PathOf("sound"));
        Expect("link", FeedError.NotAFile);
        File.CreateSymbolicLink(PathOf("dangling"), PathOf("nothing"));
        Expect("dangling", FeedError.NotAFile);
        Shell($"mkfifo -m 600 '{PathOf("fifo")}'");
        Expect("fifo", FeedError.NotAFile);
        Place("shared", FeedError.NotPrivate, _feed);
        File.SetUnixFileMode(PathOf("shared"), OwnerOnly | UnixFileMode.GroupWrite);
        Place("twice", FeedError.NotPrivate, _feed);
        Shell($"ln '{PathOf("twice")}' '{_room.Path("second name")}'");
        if (Environment.IsPrivilegedProcess)
        {
            Place("foreign", FeedError.WrongOwner, _feed);
            Shell($"chown 12345 '{PathOf("foreign")}'");
        }

        string all = string.Join('\n', expected.Select(one => $"{one.Name.Split(':')[0]} {one.Error}"));
        string[] names = [.. expected.Select(one => one.Name)];
        foreach (string how in (string[])["open", "unmapped"])
            foreach (string answers in ReaderProbe.InEveryLanguage(_room, how, names)) Assert.Equal(all, answers);

        void Place(string name, FeedError error, byte[] bytes)
        {
            WriteFeed(name, bytes);
            Expect(name, error);
        }

        void Expect(string name, FeedError error) => expected.Add((name, error.ToString()));
    }

    [Fact]
    public void A_directory_that_is_not_private_is_refused_in_every_language()
    {
        Assert.All(ReaderProbe.InEveryLanguage(_room, "open", "sound:AAA", "sound:BBB"), lines => Assert.Equal("sound Opened Closed Ok Ok Ok\nsound Opened Closed Ok Ok Ok", lines));
        string[] sentences = ReaderProbe.InEveryLanguage(_room, "open", "sound");
        Assert.All(sentences, line => Assert.Equal("sound Opened Closed Ok Ok Ok", line));
        foreach ((string directory, FeedError error) in ((string, FeedError)[])
            [(_room.Path("none"), FeedError.DirectoryNotFound), (PathOf("sound"), FeedError.DirectoryNotPrivate), (LinkTo(_room.FeedDirectory), FeedError.DirectoryNotPrivate),
             (LinkTo(_room.FeedDirectory) + "/", FeedError.DirectoryNotPrivate), (Open(), FeedError.DirectoryNotPrivate)])
            Assert.All(ReaderProbe.InEveryLanguage(_room, "open", directory, ["sound"]), line => Assert.Equal($"sound {error}", line));

        string LinkTo(string folder)
        {
            string link = _room.Path($"link-{Guid.NewGuid():N}");
            File.CreateSymbolicLink(link, folder);
            return link;
        }

        string Open()
        {
            string folder = _room.Path("open");
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
            return folder;
        }
    }

    [Fact]
    public void B8_a_file_that_is_cut_under_an_unmapped_reader_is_an_answer_and_no_signal()
    {
        string program = ReaderPrograms.CompileChecked(_room, ReaderPrograms.OfTests("probe.c"));
        string[] arguments = ["cut", _room.FeedDirectory, "sound"];
        Assert.Equal("sound Opened Corrupt Corrupt Corrupt Corrupt\n", ReaderPrograms.Start(_room, program, arguments).WaitForEnd().Succeeded());
        WriteFeed("sound", _feed);
        Assert.Equal("sound Opened Corrupt Corrupt Corrupt Corrupt\n", ReaderPrograms.StartPython(_room, ReaderPrograms.OfTests("probe.py"), arguments).WaitForEnd().Succeeded());
    }

    // One damage at a time, of one kind of copy of the first underlying; where the checksum is made to fit, only the check that is meant can find it.
    [Fact]
    public void Every_damage_of_a_slot_is_found_in_every_language()
    {
        var geometry = new FeedGeometry(1, 1, FeedGeometry.MinSlots);
        int region = (int)FeedHeader.RegionsOffset(2), entry = (int)FeedHeader.EntryOffset(0), market = MarketView.SizeOf(0, 0);
        int publishNumber = (int)Marshal.OffsetOf<RuntimeSection>(nameof(RuntimeSection.PublishNumber));
        int strikes = (int)Marshal.OffsetOf<MarketSection>(nameof(MarketSection.StrikeCount));
        var expected = new List<string>();
        Damage("snapshot", (int)geometry.SlotOffset(6), 6, nameof(FeedEntry.Published), market, RuntimeSection.SizeInBytes, market + publishNumber, 4, "Corrupt Ok Ok");
        Damage("headline", (int)geometry.HeadlineSlotOffset(6), 6, nameof(FeedEntry.HeadlinePublished), HeadlineSection.SizeInBytes, RuntimeSection.SizeInBytes,
            HeadlineSection.SizeInBytes + publishNumber, FeedGeometry.HeadlineSlots, "Ok Corrupt Ok");
        Damage("notice", (int)geometry.ChangeSlotOffset(1), 1, null, LevelChange.SizeInBytes, 0, (int)Marshal.OffsetOf<LevelChange>(nameof(LevelChange.Number)), 0, "Ok Ok Corrupt");
        Place("counts", "Corrupt Ok Ok", Mended((int)geometry.SlotOffset(6), market + RuntimeSection.SizeInBytes, bytes => bytes[SlotHeader.SizeInBytes + strikes] = 1));
        Place("none", "NothingPublished Ok Ok", Changed(bytes => Put(bytes, entry + (int)Marshal.OffsetOf<FeedEntry>(nameof(FeedEntry.Published)), 0)));
        Place("no-headline", "Ok NothingPublished Ok", Changed(bytes => Put(bytes, entry + (int)Marshal.OffsetOf<FeedEntry>(nameof(FeedEntry.HeadlinePublished)), 0)));

        // Nobody holds the lock of these.
        Place("open", "Ok Ok Ok", Changed(bytes => State(bytes, (ulong)FeedWriterState.Open)), FeedState.Dead);
        Place("open-from-another-boot", "Ok Ok Ok", Changed(bytes =>
        {
            State(bytes, (ulong)FeedWriterState.Open);
            Put(bytes, entry + (int)Marshal.OffsetOf<FeedEntry>(nameof(FeedEntry.HeartbeatNanos)), long.MaxValue);
        }), FeedState.Dead);
        Place("superseded", "Ok Ok Ok", Changed(bytes => State(bytes, (ulong)FeedWriterState.Superseded)), FeedState.Superseded);
        Place("no-state", "Ok Ok Ok", Changed(bytes => State(bytes, 0)), FeedState.Corrupt);

        string[] names = [.. expected.Select(line => line.Split(' ')[0])];
        foreach (string how in (string[])["open", "unmapped"])
            foreach (string answers in ReaderProbe.InEveryLanguage(_room, how, names)) Assert.Equal(expected, answers.Split('\n'));

        void Damage(string kind, int slot, ulong number, string? published, int section, int runtime, int numberAt, int slots, string answer)
        {
            Place($"{kind}-odd", answer, Head(slot, 0, (2 * number) - 1));
            Place($"{kind}-of-another", answer, Head(slot, 0, (2 * number) + 2));
            Place($"{kind}-checksum", answer, Changed(bytes => bytes[region + slot + 16] ^= 1));
            Place($"{kind}-section", answer, Changed(bytes => bytes[region + slot + SlotHeader.SizeInBytes + 24] ^= 1));
            if (runtime != 0) Place($"{kind}-runtime", answer, Changed(bytes => bytes[region + slot + SlotHeader.SizeInBytes + section + 24] ^= 1));
            Place($"{kind}-number", answer, Mended(slot, section + runtime, bytes => Put(bytes, SlotHeader.SizeInBytes + numberAt, number + 1)));
            foreach (int length in (int[])[0, 8, section - 8, section - 4, section + 4, section + 8, section + (1 << 20)])
                Place($"{kind}-{length}", answer, Mended(slot, length > 1 << 19 ? section : length + runtime, bytes => Put(bytes, 8, (ulong)length)));
            Place($"{kind}-beyond", answer, Mended(slot, 0, bytes => Put(bytes, 8, ulong.MaxValue)));
            if (published is null) return;
            // The slot agrees with the number, the payload knows better; and the slot does not agree.
            ulong next = number + (ulong)slots;
            byte[] agreed = Head(slot, 0, 2 * next);
            Put(agreed, entry + (int)Marshal.OffsetOf<FeedEntry>(published), next);
            Place($"{kind}-agreed", answer, agreed);
            Place($"{kind}-published", answer, Changed(bytes => Put(bytes, entry + (int)Marshal.OffsetOf<FeedEntry>(published), next)));
        }

        byte[] Changed(Action<byte[]> change)
        {
            byte[] bytes = [.. _feed];
            change(bytes);
            return bytes;
        }

        byte[] Head(int slot, int field, ulong word) => Changed(bytes => Put(bytes, region + slot + field, word));

        byte[] Mended(int slot, int payload, Action<byte[]> change) => Changed(bytes =>
        {
            byte[] copy = bytes[(region + slot)..(region + slot + (int)geometry.SlotSize)];
            change(copy);
            Put(copy, 16, Crc32.HashToUInt32(copy.AsSpan(SlotHeader.SizeInBytes, payload)));
            copy.CopyTo(bytes, region + slot);
        });

        static void Put(byte[] bytes, int at, ulong word) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), word);

        static void State(byte[] bytes, ulong state) => Put(bytes, (int)Marshal.OffsetOf<FeedHeader>(nameof(FeedHeader.State)), state);

        void Place(string name, string answer, byte[] bytes, FeedState state = FeedState.Closed)
        {
            WriteFeed(name, bytes);
            expected.Add($"{name} Opened {state} {answer}");
        }
    }

    [Fact]
    public void Notices_are_read_and_missed_alike_in_every_language()
    {
        const string Name = "notices";
        string program = ReaderPrograms.CompileChecked(_room, ReaderPrograms.OfTests("probe.c"));
        var clock = new SteppedClock();
        using FeedPublisher publisher = FeedPublisher.Create(_room.FeedDirectory, Name, 1, 1, clock: clock);
        var market = new byte[MarketView.SizeOf(0, 0)];
        Publish(301);                                               // 300 notices, of which 127 can be read
        Same(0, 174, "174 173", "300 0");
        Same(200, 201, "201 0", "300 0");
        Same(300, 301);
        Same(1_000, 174, "174 173", "300 0");                       // a number of another file: from the begin
        Publish(1);
        Same(300, 301, "301 0");
        File.Delete(PathOf(Name));
        clock.Advance();
        Publish(1);                                                 // in a new file, whose other slots were never written
        Same(0, 302, "302 301");
        Same(290, 302, "302 11");

        void Publish(int count)
        {
            for (int i = 0; i < count; i++)
            {
                market[(int)Marshal.OffsetOf<MarketSection>(nameof(MarketSection.Model))] ^= 1;     // another model is a notice
                publisher.Publish(market, default);
            }
        }

        // Number of each notice and how many were missed before it; the first and the last of them are given.
        void Same(ulong position, int first, params string[] ends)
        {
            string[] arguments = ["changes", _room.FeedDirectory, Name, $"{position}"];
            var lines = new List<string>();
            using (FeedSubscriber feed = FeedSubscriber.Open(_room.FeedDirectory, Name))
            {
                SnapshotReadStatus status;
                ulong at = position;
                while ((status = feed.TryReadChange(ref at, out LevelChange change, out ulong missed)) == SnapshotReadStatus.Ok)
                {
                    Assert.Equal((at, (double)((at + 1) % 2)), (change.Number, change.After));
                    lines.Add($"{at} {missed}");
                }
                lines.Add($"{status} {at}");
            }
            if (ends.Length > 0) Assert.Equal(ends, lines.Count == 2 ? [lines[0]] : [lines[0], lines[^2]]);
            Assert.Equal(ends.Length == 0 ? [$"NothingPublished {first - 1}"] : lines, lines);
            string expected = string.Join('\n', lines) + "\n";
            Assert.Equal(expected, ReaderPrograms.Start(_room, program, arguments).WaitForEnd().Succeeded());
            Assert.Equal(expected, ReaderPrograms.StartPython(_room, ReaderPrograms.OfTests("probe.py"), arguments).WaitForEnd().Succeeded());
        }
    }

    // The oldest notice that is left, again and again: it is the next that the writer takes.
    [Fact]
    public void A_notice_that_is_overwritten_while_it_is_copied_is_read_again_in_every_language()
    {
        const string Name = "edge";
        const int Reads = 200_000, PythonReads = 20_000;
        string program = ReaderPrograms.Compile(_room, ReaderPrograms.OfTests("probe.c"), "gcc", "-std=gnu11", "-O1");
        using FeedPublisher publisher = FeedPublisher.Create(_room.FeedDirectory, Name, 1, 1);
        bool ended = false;
        var writer = new Thread(() =>
        {
            HeadlineSection headline = default;
            while (!Volatile.Read(in ended))
            {
                headline.Model ^= (PositionModel)1;                 // another model is a notice
                publisher.PublishHeadline(headline, default);
            }
        });
        using (FeedSubscriber feed = FeedSubscriber.Open(_room.FeedDirectory, Name))
        {
            writer.Start();
            try
            {
                Eventually.True(() => feed.ChangeNumber > 1_000, "a full stream", null);
                int corrupt = 0, whole = 0;
                for (int i = 0; i < Reads; i++)
                {
                    ulong position = 0;
                    SnapshotReadStatus status = feed.TryReadChange(ref position, out LevelChange change, out _);
                    if (status == SnapshotReadStatus.Corrupt) corrupt++;
                    if (status == SnapshotReadStatus.Ok && change.Before + change.After == 1) whole++;
                }
                Assert.Equal(0, corrupt);
                Assert.True(whole > 0);
                Assert.Equal("0 corrupt\n", ReaderPrograms.Start(_room, program, "edge", _room.FeedDirectory, Name, $"{Reads}").WaitForEnd().Succeeded());
                Assert.Equal("0 corrupt\n", ReaderPrograms.StartPython(_room, ReaderPrograms.OfTests("probe.py"), "edge", _room.FeedDirectory, Name, $"{PythonReads}").WaitForEnd().Succeeded());
            }
            finally
            {
                Volatile.Write(ref ended, true);
                writer.Join();
            }
        }
    }

    [Fact]
    public void The_umask_takes_no_right_of_ours_away()
    {
        string tape = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(2));
        Shell($"umask 0777; DEALERFLOW_FEED_DIR='{_room.FeedDirectory}' {Workspace.ShellCommand("replay", tape, "--feed", "masked", "--json")} >/dev/null");
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(PathOf("masked")));
    }

    // Every file is made from the seed that its name says.
    [Theory]
    [InlineData(20261127)]
    [InlineData(4711)]
    public void Random_damage_is_answered_alike_in_every_language(int firstSeed)
    {
        string[] names = [.. Enumerable.Range(firstSeed, FuzzFiles).Select(seed => $"f{seed}")];
        foreach (string name in names) WriteFeed(name, Damaged(int.Parse(name[1..])));
        string[] answers = ReaderProbe.InEveryLanguage(_room, "open", names);
        string[] unmapped = ReaderProbe.InEveryLanguage(_room, "unmapped", names);
        string[] truth = Alike(answers[2]);
        foreach (string other in (string[])[answers[0], answers[1], unmapped[0], unmapped[1]]) Assert.Equal(truth, Alike(other));
        Assert.Contains(truth, line => line.Contains("Opened", StringComparison.Ordinal));
        Assert.Contains(truth, line => line.Contains("Damaged", StringComparison.Ordinal));
        Assert.Contains(truth, line => line.Contains(" Corrupt", StringComparison.Ordinal));

        // Of a header that says another length than its own counts, one reader may look at the counts first and the other at the length.
        static string[] Alike(string answers) => answers.Replace("Truncated", "DamagedHeader").Split('\n');
    }

    [Fact]
    public void Errors_have_the_same_sentences_in_C_and_Python()
    {
        string program = ReaderPrograms.Compile(_room, ReaderPrograms.OfTests("probe.c"), "gcc", "-std=gnu11");
        string c = ReaderPrograms.Start(_room, program, "errors").WaitForEnd().Succeeded();
        Assert.Equal(c, ReaderPrograms.StartPython(_room, ReaderPrograms.OfTests("probe.py"), "errors").WaitForEnd().Succeeded());
        Assert.Equal(Enum.GetNames<FeedError>(), c.TrimEnd().Split('\n').Select(line => line.Split(':')[0]));
        Assert.DoesNotContain("unknown", c);
    }

    [Fact]
    public void The_C_reader_has_the_checksum_that_is_written()
    {
        string program = ReaderPrograms.CompileChecked(_room, ReaderPrograms.OfTests("probe.c"));
        string[] lines = ReaderPrograms.Start(_room, program, "checksums").WaitForEnd().Succeeded().TrimEnd().Split('\n');
        byte[] bytes = [.. Enumerable.Range(0, 1024).Select(i => (byte)(i * i / 3))];
        for (int i = 0; i < lines.Length; i++)
        {
            string checksum = $"{Crc32.HashToUInt32(bytes.AsSpan(0, i * 8)):x}";
            Assert.Equal($"{checksum} {checksum} {checksum}", lines[i]);
        }
        Assert.Equal(129, lines.Length);
    }

    // One to four words or bytes of header, slots or payload; in half of the cases the checksum of the constants is made to fit.
    private byte[] Damaged(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = [.. _feed];
        for (int left = random.Next(1, 5); left > 0; left--)
        {
            int at = random.Next(4) switch
            {
                0 => random.Next(16) * 8,                                       // the constants
                1 => random.Next(3) == 0 ? random.Next(40) * 8 : FeedHeader.SizeInBytes + (random.Next(80) * 8),    // header and entry as far as they are used
                2 => (int)FeedHeader.RegionsOffset(2) + (random.Next(20) * 128),    // in or near a slot's head
                _ => random.Next(bytes.Length / 8) * 8,
            };
            ulong word = random.Next(3) switch
            {
                0 => Extremes[random.Next(Extremes.Length)],
                1 => (ulong)random.NextInt64(),
                _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)) + (ulong)random.Next(-3, 4),
            };
            if (random.Next(4) == 0) bytes[at] = (byte)word;
            else BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), word);
        }
        if (random.Next(2) == 0) Mend(bytes);
        return bytes;
    }

    private byte[] With(string field, ulong word)
    {
        byte[] bytes = [.. _feed];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)Marshal.OffsetOf<FeedHeader>(field)), word);
        if (field != nameof(FeedHeader.ConstantsCrc32)) Mend(bytes);
        return bytes;
    }

    private byte[] WithEntry(string field, ulong word)
    {
        byte[] bytes = [.. _feed];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(FeedHeader.SizeInBytes + (int)Marshal.OffsetOf<FeedEntry>(field)), word);
        if (field != nameof(FeedEntry.ConstantsCrc32)) Mend(bytes);
        return bytes;
    }

    // Constants of the header and of an entry have their checksum at the same place.
    private static void Mend(byte[] bytes)
    {
        foreach (int at in (int[])[0, (int)FeedHeader.EntryOffset(0), (int)FeedHeader.EntryOffset(1)])
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + FeedHeader.CheckedConstantBytes), Crc32.HashToUInt32(bytes.AsSpan(at, FeedHeader.CheckedConstantBytes)));
    }

    private string PathOf(string name) => FeedDirectory.PathOf(_room.FeedDirectory, name);

    private void WriteFeed(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        File.SetUnixFileMode(PathOf(name), OwnerOnly);
    }

    /// <summary>Stands still until it is told; a second is enough for a writer to look after its name.</summary>
    private sealed class SteppedClock : FeedClock
    {
        private long _nanos = System.MonotonicNanos;

        public override long MonotonicNanos => _nanos;

        public override long UtcNanos => System.UtcNanos;

        public void Advance() => _nanos += UnixNanos.PerSecond;
    }

    private static void Shell(string command)
    {
        using Process process = Process.Start("/bin/sh", ["-c", command]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
