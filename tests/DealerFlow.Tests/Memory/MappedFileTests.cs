using DealerFlow.Memory;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace DealerFlow.Tests;

public sealed class MappedFileTests : IDisposable
{
    private const int Length = 8192;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"dealerflow-map-{Guid.NewGuid():N}");

    public MappedFileTests()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Mapped files need Linux.");
        File.WriteAllBytes(_path, [.. Enumerable.Range(0, Length).Select(i => (byte)i)]);
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_mapping_shows_the_bytes_of_the_file()
    {
        using MappedFile map = Map(writable: false);
        Assert.Equal(File.ReadAllBytes(_path), map.Read(0, Length));
        Assert.Equal(Length, map.Length);
        Assert.Equal(0x0706_0504_0302_0100UL, map.Read<ulong>(256));
    }

    [Fact]
    public void What_one_mapping_writes_the_other_and_the_file_show()
    {
        using MappedFile writer = Map(writable: true);
        using MappedFile reader = Map(writable: false);
        writer.Write<ulong>(4096) = 42;
        writer.Write(100, 3).Fill(9);
        Assert.Equal(42UL, reader.Read<ulong>(4096));
        Assert.Equal(new byte[] { 9, 9, 9 }, reader.Read(100, 3));
        Assert.Equal(new byte[] { 9, 9, 9 }, File.ReadAllBytes(_path)[100..103]);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(4096 + 512, 512)]
    [InlineData(264, 4096)]
    public void A_window_is_another_part_of_the_file_and_ends_where_it_says(long offset, int length)
    {
        using MappedFile map = Map(writable: true);
        byte[] file = File.ReadAllBytes(_path);
        using (MappedFile window = map.Window(offset, length))
        {
            Assert.Equal(length, window.Length);
            Assert.Equal(file.AsSpan((int)offset, length), window.Read(0, length));
            Assert.Throws<ArgumentOutOfRangeException>(() => window.Read(length - 7, 8).Length);
            window.Write<ulong>(0) = 42;
        }
        Assert.Equal(42UL, map.Read<ulong>(offset));                // the file stays open with the one that owns it
        Assert.False(map.File.IsClosed);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Window(3, 8));
    }

    [Fact]
    public void B14_a_read_only_mapping_hands_out_nothing_to_write()
    {
        using MappedFile map = Map(writable: false);
        Assert.Throws<InvalidOperationException>(() => map.Write(0, 1).Length);
        Assert.Throws<InvalidOperationException>(() => map.Write<ulong>(0));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, Length + 1)]
    [InlineData(Length, 1)]
    [InlineData(long.MaxValue, 8)]
    [InlineData(long.MinValue, 8)]
    public void A_range_outside_the_mapping_is_refused(long offset, int length)
    {
        using MappedFile map = Map(writable: true);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Read(offset, length).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Write(offset, length).Length);
    }

    [Theory]
    [InlineData(Length - 7)]
    [InlineData(Length)]
    [InlineData(-8)]
    [InlineData(4)]
    public void A_record_outside_the_mapping_or_off_its_boundary_is_refused(long offset)
    {
        using MappedFile map = Map(writable: true);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Read<ulong>(offset));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Write<ulong>(offset));
    }

    [Fact]
    public void The_last_bytes_can_be_reached()
    {
        using MappedFile map = Map(writable: false);
        Assert.Equal(0xFFFE_FDFC_FBFA_F9F8UL, map.Read<ulong>(Length - 8));
        Assert.Equal(0, map.Read(Length, 0).Length);
    }

    [Fact]
    public void A_closed_mapping_shows_nothing_and_has_closed_its_file()
    {
        MappedFile map = Map(writable: true);
        map.Dispose();
        map.Dispose();
        Assert.Throws<ObjectDisposedException>(() => map.Read(0, 1).Length);
        Assert.Throws<ObjectDisposedException>(() => map.Write<ulong>(0));
        Assert.True(map.File.IsClosed);
    }

    [Fact]
    public void A_refused_mapping_leaves_the_file_to_the_caller()
    {
        using SafeFileHandle file = File.OpenHandle(_path, access: FileAccess.Read);
        Assert.Throws<IOException>(() => MappedFile.MapReadWrite(file, Length));     // opened for reading only
        Assert.Throws<ArgumentOutOfRangeException>(() => MappedFile.MapReadOnly(file, 0));
        Assert.False(file.IsClosed);
    }

    private MappedFile Map(bool writable)
    {
        SafeFileHandle file = File.OpenHandle(
            _path, access: writable ? FileAccess.ReadWrite : FileAccess.Read, share: FileShare.ReadWrite);
        return writable ? MappedFile.MapReadWrite(file, Length) : MappedFile.MapReadOnly(file, Length);
    }
}
