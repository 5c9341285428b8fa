using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using DealerFlow.Memory;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>Feed files on disk: how one is made, and what must be true of one before anybody maps it.</summary>
internal static class FeedFile
{
    /// <summary>A header for a new file of this geometry, with epoch, writer and clocks left at zero.</summary>
    public static FeedHeader NewHeader(FeedGeometry geometry, long heartbeatLimitNanos)
    {
        var header = new FeedHeader
        {
            Magic = FeedLayout.Magic,
            EndianMark = FeedLayout.EndianMark,
            Version = FeedLayout.Version,
            LayoutHash = FeedLayout.Hash,
            FileSize = (ulong)geometry.FileSize,
            HeaderSize = FeedHeader.SizeInBytes,
            SlotCount = (ulong)geometry.Slots,
            SlotSize = (ulong)geometry.SlotSize,
            StrikeCapacity = (ulong)geometry.StrikeCapacity,
            ExpiryCapacity = (ulong)geometry.ExpiryCapacity,
            HeartbeatLimitNanos = heartbeatLimitNanos,
            HeadlineOffset = (ulong)geometry.HeadlineOffset,
            HeadlineSlotCount = FeedGeometry.HeadlineSlots,
            HeadlineSlotSize = FeedGeometry.HeadlineSlotSize,
            ChangeOffset = (ulong)geometry.ChangeOffset,
            ChangeSlotCount = FeedGeometry.ChangeSlots,
            ChangeSlotSize = FeedGeometry.ChangeSlotSize,
        };
        header.ConstantsCrc32 = ChecksumOfConstants(in header);
        return header;
    }

    /// <summary>
    /// Makes a file under a temporary name: pages reserved, header whole, slots empty. It is a feed once it is renamed, so
    /// nobody ever sees half of one.
    /// </summary>
    public static MappedFile Build(PrivateDirectory directory, string temporaryName, FeedGeometry geometry, in FeedHeader header)
    {
        RequireSpace(directory.Path, geometry.FileSize, new DriveInfo(directory.Path).AvailableFreeSpace);
        SafeFileHandle file = directory.CreateFile(temporaryName);
        try
        {
            Reserve(file, directory.Path, geometry.FileSize);
            MappedFile region = MappedFile.MapReadWrite(file, geometry.FileSize);
            region.Write<FeedHeader>(0) = header;
            return region;
        }
        catch
        {
            file.Dispose();
            directory.Remove(temporaryName);
            throw;
        }
    }

    /// <summary>Reads the header with a system call, not through a mapping; false when the file is shorter than that.</summary>
    public static bool TryReadHeader(SafeFileHandle file, out FeedHeader header, out long fileSize)
    {
        header = default;
        fileSize = RandomAccess.GetLength(file);
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<FeedHeader>(ref header));
        int read = 0;
        while (read < bytes.Length)
        {
            int count = RandomAccess.Read(file, bytes[read..], read);
            if (count == 0) break;
            read += count;
        }
        return read == bytes.Length;
    }

    /// <summary>
    /// What makes a file unreadable for this build, the most basic reason first; null, and its geometry, when nothing does.
    /// </summary>
    public static FeedException? Diagnose(in FeedHeader header, long fileSize, string path, out FeedGeometry geometry)
    {
        geometry = default;
        if (header.Magic == System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(FeedLayout.Magic)
            || (header.Magic == FeedLayout.Magic && header.EndianMark != FeedLayout.EndianMark))
            return new FeedException(FeedError.WrongEndianness,
                $"{path} was written in the other byte order: read it on the machine that writes it.");
        if (header.Magic != FeedLayout.Magic)
            return new FeedException(FeedError.NotAFeed,
                $"{path} is no feed (it starts with 0x{header.Magic:X16}): remove it or use another name.");
        if (header.Version != FeedLayout.Version)
            return new FeedException(FeedError.WrongVersion,
                $"{path} follows feed version {header.Version}, this build reads {FeedLayout.Version}: "
                + "run writer and reader of one release.");
        if (header.LayoutHash != FeedLayout.Hash)
            return new FeedException(FeedError.WrongLayout,
                $"{path} has layout 0x{header.LayoutHash:X16}, this build reads 0x{FeedLayout.Hash:X16}: "
                + "run writer and reader of one release.");
        if (header.ConstantsCrc32 != ChecksumOfConstants(in header) || !TryGetGeometry(in header, out geometry))
            return new FeedException(FeedError.DamagedHeader,
                $"The header of {path} is damaged: restart the writer, which makes a new file.");
        if (fileSize != geometry.FileSize)
            return new FeedException(FeedError.Truncated,
                $"{path} has {fileSize} bytes and its header says {geometry.FileSize}: restart the writer, which makes a new file.");
        return null;
    }

    /// <summary>The error for a file that ends before its header does.</summary>
    public static FeedException HeaderCutShort(string path, long fileSize) =>
        new(FeedError.Truncated,
            $"{path} has {fileSize} bytes, fewer than the {FeedHeader.SizeInBytes} of a header: remove it, or restart the writer.");

    /// <summary>Refuses with numbers before the kernel does; the reservation is what decides.</summary>
    internal static void RequireSpace(string directory, long bytes, long available)
    {
        if (available < bytes) Throw.NoSpace(directory, bytes, available);
    }

    /// <summary>Gets every page now. A page that is missing later is a SIGBUS in the middle of a publication.</summary>
    internal static void Reserve(SafeFileHandle file, string directory, long bytes)
    {
        int error;
        do error = LibC.Allocate(file, 0, (nint)bytes);
        while (error == LibC.ErrorInterrupted);
        if (error == LibC.ErrorNoSpace) Throw.NoSpace(directory, bytes, new DriveInfo(directory).AvailableFreeSpace);
        if (error != 0)
            throw new FeedException(FeedError.SystemCall,
                $"Reserving {bytes} bytes in {directory} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
    }

    private static uint ChecksumOfConstants(in FeedHeader header) =>
        Crc32.HashToUInt32(MemoryMarshal.AsBytes(new ReadOnlySpan<FeedHeader>(in header))[..FeedHeader.CheckedConstantBytes]);

    private static bool TryGetGeometry(in FeedHeader header, out FeedGeometry geometry)
    {
        geometry = default;
        if (header.StrikeCapacity is < 1 or > FeedGeometry.MaxStrikes || header.ExpiryCapacity is < 1 or > FeedGeometry.MaxExpiries
            || header.SlotCount is < FeedGeometry.MinSlots or > FeedGeometry.MaxSlots || header.HeartbeatLimitNanos <= 0) return false;
        geometry = new FeedGeometry((int)header.StrikeCapacity, (int)header.ExpiryCapacity, (int)header.SlotCount);
        return header.HeaderSize == FeedHeader.SizeInBytes && header.SlotSize == (ulong)geometry.SlotSize
            && header.FileSize == (ulong)geometry.FileSize && header.HeadlineOffset == (ulong)geometry.HeadlineOffset
            && header.HeadlineSlotCount == FeedGeometry.HeadlineSlots && header.HeadlineSlotSize == FeedGeometry.HeadlineSlotSize
            && header.ChangeOffset == (ulong)geometry.ChangeOffset
            && header.ChangeSlotCount == FeedGeometry.ChangeSlots && header.ChangeSlotSize == FeedGeometry.ChangeSlotSize;
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void NoSpace(string directory, long bytes, long available) => throw new FeedException(FeedError.NoSpace,
            $"{directory} has {available} bytes free and the feed needs {bytes}: ask for fewer strikes or expiries, "
            + "free some memory there, "
            + $"or start the container with --shm-size={Math.Max(64, (bytes / (1 << 20)) + 64)}m.");
    }
}
