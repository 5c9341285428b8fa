using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Hashing;
using System.Runtime.Versioning;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace DealerFlow.Tests;

[SupportedOSPlatform("linux")]
public class FeedFileTests : FeedFixture
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Offset in the header, the word to put there, what it is called. The checksum of the constants is made to fit, except for the last.
    public static TheoryData<int, ulong, FeedError> DamagedHeaders => new()
    {
        { 0, 0, FeedError.NotAFeed },
        { 0, 0x464C_457F, FeedError.NotAFeed },                                                     // an ELF file
        { 0, BinaryPrimitives.ReverseEndianness(FeedLayout.Magic), FeedError.WrongEndianness },
        { 8, BinaryPrimitives.ReverseEndianness(FeedLayout.EndianMark), FeedError.WrongEndianness },
        { 16, FeedLayout.Version + 1, FeedError.WrongVersion },
        { 16, 0, FeedError.WrongVersion },
        { 24, FeedLayout.Hash ^ 1, FeedError.WrongLayout },
        { 32, 4096, FeedError.DamagedHeader },
        { 40, 8192, FeedError.DamagedHeader },
        { 32, ulong.MaxValue, FeedError.DamagedHeader },
        { 48, 3, FeedError.DamagedHeader },
        { 48, ulong.MaxValue, FeedError.DamagedHeader },
        { 56, 0, FeedError.DamagedHeader },
        { 56, 1UL << 40, FeedError.DamagedHeader },
        { 56, ulong.MaxValue, FeedError.DamagedHeader },
        { 56, FeedHeader.MaxEntries, FeedError.DamagedHeader },
        { 64, 0, FeedError.DamagedHeader },
        { 64, ulong.MaxValue, FeedError.DamagedHeader },
        { 120, 0, FeedError.DamagedHeader },
    };

    public static TheoryData<string, FeedError> ForeignThings => new()
    {
        { "symbolic link", FeedError.NotAFile },
        { "dangling link", FeedError.NotAFile },
        { "fifo", FeedError.NotAFile },
        { "directory", FeedError.NotAFile },
        { "text", FeedError.NotAFeed },
        { "empty", FeedError.NotAFeed },
        { "hard link", FeedError.NotPrivate },
        { "group-writable", FeedError.NotPrivate },
    };

    [Theory, MemberData(nameof(DamagedHeaders))]
    public void B9_a_header_that_does_not_fit_is_refused_by_its_name(int offset, ulong word, FeedError error)
    {
        Create().Close();
        byte[] file = File.ReadAllBytes(FeedPath);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(offset), word);
        if (offset != 120) BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(120), Crc32.HashToUInt32(file.AsSpan(0, 120)));
        File.WriteAllBytes(FeedPath, file);
        FeedException refused = Assert.Throws<FeedException>(() => Open());
        Assert.Equal(error, refused.Error);
        Assert.Contains(FeedPath, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void B8_a_file_of_any_other_length_is_refused()
    {
        Create().Close();
        byte[] whole = File.ReadAllBytes(FeedPath);
        for (int length = 0; length < whole.Length; length += length < 600 ? 1 : 997)
        {
            File.WriteAllBytes(FeedPath, whole[..length]);
            FeedException refused = Assert.Throws<FeedException>(() => Open());
            Assert.Equal(length < 8 ? FeedError.NotAFeed : FeedError.Truncated, refused.Error);
        }
        File.WriteAllBytes(FeedPath, [.. whole, 0]);
        Assert.Equal(FeedError.Truncated, Assert.Throws<FeedException>(() => Open()).Error);
        File.WriteAllBytes(FeedPath, whole);
        Open().Dispose();
    }

    [Theory, MemberData(nameof(ForeignThings))]
    public void B13_a_foreign_thing_in_the_place_of_the_feed_is_refused_by_readers_and_writers(string thing, FeedError error)
    {
        Create().Close();
        Place(thing);
        Assert.Equal(error, Assert.Throws<FeedException>(() => Open()).Error);
        Assert.Equal(error, Assert.Throws<FeedException>(() => Create()).Error);
    }

    [Theory]
    [InlineData("symbolic link")]
    [InlineData("fifo")]
    [InlineData("directory")]
    public void B13_a_foreign_thing_in_the_place_of_the_lock_is_refused(string thing)
    {
        Create().Close();
        Place(thing, Path.ChangeExtension(FeedPath, ".lock"));
        Assert.Equal(FeedError.NotAFile, Assert.Throws<FeedException>(() => Create()).Error);
    }

    [Fact]
    public void B13_a_writer_never_follows_a_link_in_the_place_of_its_temporary_file()
    {
        System.IO.Directory.CreateDirectory(Directory, OwnerOnly);
        string victim = Path.Combine(Directory, "victim");
        File.WriteAllText(victim, "precious");
        File.CreateSymbolicLink(Path.Combine(Directory, $".{Name}.new"), victim);
        using FeedPublisher publisher = Create();
        Publish(publisher, 1);
        Assert.Equal("precious", File.ReadAllText(victim));
    }

    [Fact]
    public void B7_a_missing_feed_is_not_found_and_not_made()
    {
        Assert.Equal(FeedError.DirectoryNotFound, Assert.Throws<FeedException>(() => Open()).Error);
        Create().Close();
        File.Delete(FeedPath);
        FeedException refused = Assert.Throws<FeedException>(() => Open());
        Assert.Equal(FeedError.NotFound, refused.Error);
        Assert.False(File.Exists(FeedPath));
    }

    [Fact]
    public void B12_files_and_directory_are_private_to_their_owner()
    {
        Create().Close();
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Directory));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FeedPath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.ChangeExtension(FeedPath, ".lock")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void B12_a_directory_that_others_may_write_is_refused(UnixFileMode others)
    {
        Create().Close();
        File.SetUnixFileMode(Directory, OwnerOnly | others);
        Assert.Equal(FeedError.DirectoryNotPrivate, Assert.Throws<FeedException>(() => Open()).Error);
        Assert.Equal(FeedError.DirectoryNotPrivate, Assert.Throws<FeedException>(() => Create()).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public void B13_a_link_in_the_place_of_the_directory_is_refused(string slash)
    {
        Create().Close();
        string link = Directory + "-link";
        File.CreateSymbolicLink(link, Directory);
        Assert.Equal(FeedError.DirectoryNotPrivate, Assert.Throws<FeedException>(() => FeedSubscriber.Open(link + slash, Name)).Error);
        FeedException refused = Assert.Throws<FeedException>(() => FeedPublisher.Create(link + slash, Name, 1, 1));
        Assert.Equal(FeedError.DirectoryNotPrivate, refused.Error);
    }

    [Fact]
    public void A_file_in_the_place_of_the_directory_is_refused()
    {
        File.WriteAllText(Directory, "");
        Assert.Equal(FeedError.DirectoryNotPrivate, Assert.Throws<FeedException>(() => Open()).Error);
        Assert.Equal(FeedError.DirectoryNotPrivate, Assert.Throws<FeedException>(() => Create()).Error);
    }

    [Fact]
    public void A_directory_without_parent_is_named()
    {
        FeedException refused = Assert.Throws<FeedException>(() => FeedPublisher.Create(Path.Combine(Directory, "a/b"), Name, 1, 1));
        Assert.Equal(FeedError.DirectoryNotFound, refused.Error);
        Assert.Contains("parent", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void B12_a_directory_of_another_user_is_refused()
    {
        Create().Close();
        uint other = LibC.EffectiveUserId() + 1;
        FeedException refused = Assert.Throws<FeedException>(() => PrivateDirectory.Open(Directory, other));
        Assert.Equal(FeedError.DirectoryNotPrivate, refused.Error);
    }

    // st_mode of sys/stat.h: 0100000 regular, 0120000 link, 0010000 FIFO, 0040000 directory, 0020000 device.
    [Theory]
    [InlineData(0x8180, 7, 1, null)]
    [InlineData(0x8180, 7, 0, null)]
    [InlineData(0x8180, 8, 1, FeedError.WrongOwner)]
    [InlineData(0x8190, 7, 1, FeedError.NotPrivate)]
    [InlineData(0x8182, 7, 1, FeedError.NotPrivate)]
    [InlineData(0x81A4, 7, 1, null)]
    [InlineData(0x8180, 7, 2, FeedError.NotPrivate)]
    [InlineData(0xA1FF, 7, 1, FeedError.NotAFile)]
    [InlineData(0x1180, 7, 1, FeedError.NotAFile)]
    [InlineData(0x41C0, 7, 2, FeedError.NotAFile)]
    [InlineData(0x2180, 7, 1, FeedError.NotAFile)]
    public void B12_a_file_is_ours_when_it_is_regular_owned_single_and_closed_to_others(int mode, uint owner, uint links, FeedError? error)
    {
        var status = new FileStatus { Mode = (ushort)mode, UserId = owner, Links = links };
        Assert.Equal(error, PrivateDirectory.Diagnose(in status, owner: 7, "x.feed")?.Error);
    }

    [Fact]
    public void B6_too_little_room_is_refused_with_both_numbers_and_the_remedy()
    {
        FeedFile.RequireSpace("/dev/shm", bytes: 1000, available: 1000);
        FeedException refused = Assert.Throws<FeedException>(
            () => FeedFile.RequireSpace("/dev/shm", bytes: 200 << 20, available: 64 << 20));
        Assert.Equal(FeedError.NoSpace, refused.Error);
        Assert.Contains("67108864", refused.Message, StringComparison.Ordinal);
        Assert.Contains("209715200", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--shm-size=264m", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void B6_a_full_file_system_is_refused_and_left_as_it_was()
    {
        System.IO.Directory.CreateDirectory(Directory);
        if (Run("mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", Directory) != 0)
            Assert.Skip("A small tmpfs can be mounted only with the right to mount.");
        try
        {
            Assert.Equal(FeedError.NoSpace, Assert.Throws<FeedException>(() => Create(strikes: 5000)).Error);
            Assert.Equal([$"{Name}.lock"], System.IO.Directory.GetFiles(Directory).Select(Path.GetFileName));
            using (PrivateDirectory directory = PrivateDirectory.Open(Directory))
            using (SafeFileHandle file = directory.CreateFile("x"))
                Assert.Equal(FeedError.NoSpace, Assert.Throws<FeedException>(() => FeedFile.Reserve(file, Directory, 1 << 20)).Error);
            File.Delete(Path.Combine(Directory, "x"));
            using FeedPublisher publisher = Create();
            Publish(publisher, 1);
        }
        finally
        {
            Assert.Equal(0, Run("umount", "-l", Directory));
        }
    }

    [Fact]
    public void A_reservation_that_fails_for_another_reason_says_which()
    {
        System.IO.Directory.CreateDirectory(Directory);
        using PrivateDirectory directory = PrivateDirectory.Open(Directory);
        using SafeFileHandle file = directory.CreateFile("x");
        FeedException refused = Assert.Throws<FeedException>(() => FeedFile.Reserve(file, Directory, 0));
        Assert.Equal(FeedError.SystemCall, refused.Error);
        Assert.Contains("errno 22", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_started_inherits_no_file_of_a_feed()
    {
        using FeedPublisher publisher = Create();
        using FeedSubscriber subscriber = Open();
        using PrivateDirectory directory = PrivateDirectory.Open(Directory);
        using SafeFileHandle built = directory.CreateFile("x");
        using Process listing = Process.Start(new ProcessStartInfo("ls", ["-l", "/proc/self/fd"]) { RedirectStandardOutput = true })!;
        string files = listing.StandardOutput.ReadToEnd();
        listing.WaitForExit();
        Assert.Contains(" 1 -> ", files, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory, files, StringComparison.Ordinal);
    }

    // What was put there has a byte in it; a file that is made has none.
    [Fact]
    public void A_file_that_somebody_puts_under_the_temporary_name_is_never_taken()
    {
        const int Rounds = 2_000;
        System.IO.Directory.CreateDirectory(Directory);
        using PrivateDirectory directory = PrivateDirectory.Open(Directory);
        string name = FeedDirectory.TemporaryFileName(Name), path = Path.Combine(Directory, name), aside = Path.Combine(Directory, "aside");
        bool ended = false;
        var other = new Thread(() =>
        {
            while (!Volatile.Read(in ended))
            {
                File.WriteAllBytes(aside, [1]);
                File.Move(aside, path, overwrite: true);
            }
        });
        other.Start();
        int taken = 0, made = 0;
        for (int round = 0; round < Rounds; round++)
        {
            try
            {
                using SafeFileHandle file = directory.CreateFile(name);
                made++;
                if (RandomAccess.GetLength(file) != 0) taken++;
            }
            catch (FeedException refused) { Assert.Equal(FeedError.SystemCall, refused.Error); }    // it was there first
        }
        Volatile.Write(ref ended, true);
        other.Join();
        Assert.Equal(0, taken);
        Assert.True(made > 0);
    }

    private void Place(string thing, string? at = null)
    {
        string path = at ?? FeedPath;
        string aside = path + ".aside";
        switch (thing)
        {
            case "hard link": Assert.Equal(0, Run("ln", path, aside)); return;
            case "group-writable": File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupWrite); return;
        }
        File.Move(path, aside);
        switch (thing)
        {
            case "symbolic link": File.CreateSymbolicLink(path, aside); break;
            case "dangling link": File.CreateSymbolicLink(path, aside + ".gone"); break;
            case "fifo": Assert.Equal(0, Run("mkfifo", "-m", "600", path)); break;
            case "directory": System.IO.Directory.CreateDirectory(path); break;
            case "text": WritePrivately(path, new string('x', 10_000)); break;
            case "empty": WritePrivately(path, ""); break;
            default: throw new ArgumentOutOfRangeException(nameof(thing), thing, null);
        }
    }

    private static void WritePrivately(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
