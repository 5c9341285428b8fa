using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using DealerFlow.Memory;
using DealerFlow.Wire;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Feed;

/// <summary>Feed files on disk: how one is made, and what must be true of one before anybody maps it.</summary>
internal static class FeedFile
{
    // Symbols that the error for an unknown one names.
    private const int SymbolsNamed = 8;
    private const int EntriesAtOnce = 64;

    /// <summary>
    /// Makes a file under a temporary name: pages reserved, header and directory whole, slots empty. It is a feed once it is renamed, so
    /// nobody ever sees half of one.
    /// </summary>
    public static MappedFile Build(PrivateDirectory directory, string temporaryName, FeedPlan plan, Action<WriterStep>? atStep)
    {
        RequireSpace(directory.Path, plan.FileSize, new DriveInfo(directory.Path).AvailableFreeSpace);
        SafeFileHandle file = directory.CreateFile(temporaryName);
        try
        {
            Reserve(file, directory.Path, plan.FileSize);
            MappedFile mapped = MappedFile.MapReadWrite(file, plan.FileSize);
            atStep?.Invoke(WriterStep.FileReserved);
            plan.WriteTo(mapped);
            atStep?.Invoke(WriterStep.FileWritten);
            return mapped;
        }
        catch
        {
            file.Dispose();
            directory.Remove(temporaryName);
            throw;
        }
    }

    /// <summary>Opens a feed that there must be and reads its header; throws the reason where it cannot be read.</summary>
    public static SafeFileHandle Open(PrivateDirectory directory, string name, out FeedHeader header)
    {
        string fileName = FeedDirectory.FeedFileName(name), path = directory.FullName(fileName);
        SafeFileHandle file = directory.OpenFile(fileName, writable: false)
            ?? throw new FeedException(FeedError.NotFound, $"There is no feed {path}: start its writer, or check name and directory.");
        if (ReadHeader(file, path, out header) is not { } reason) return file;
        file.Dispose();
        throw reason;
    }

    /// <summary>
    /// Reads the header with a system call, not through a mapping; returns what makes the file unreadable for this build, the most basic reason
    /// first, null when nothing does. Of the entries nothing is known yet.
    /// </summary>
    public static FeedException? ReadHeader(SafeFileHandle file, string path, out FeedHeader header)
    {
        header = default;
        long fileSize = RandomAccess.GetLength(file);
        bool isWhole = ReadAll(file, 0, MemoryMarshal.AsBytes(new Span<FeedHeader>(ref header)));
        bool isSwapped = header.Magic == System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(FeedLayout.Magic);
        if (header.Magic != FeedLayout.Magic && !isSwapped)
            return new FeedException(FeedError.NotAFeed,
                $"{path} is no feed (it starts with 0x{header.Magic:X16}): remove it or use another name.");
        if (!isWhole)
            return new FeedException(FeedError.Truncated,
                $"{path} has {fileSize} bytes, fewer than the {FeedHeader.SizeInBytes} of a header: remove it, or restart the writer.");
        if (isSwapped || header.EndianMark != FeedLayout.EndianMark)
            return new FeedException(FeedError.WrongEndianness,
                $"{path} was written in the other byte order: read it on the machine that writes it.");
        if (header.Version != FeedLayout.Version)
            return new FeedException(FeedError.WrongVersion,
                $"{path} follows feed version {header.Version}, this build reads {FeedLayout.Version}: "
                + "run writer and reader of one release.");
        if (header.LayoutHash != FeedLayout.Hash)
            return new FeedException(FeedError.WrongLayout,
                $"{path} has layout 0x{header.LayoutHash:X16}, this build reads 0x{FeedLayout.Hash:X16}: "
                + "run writer and reader of one release.");
        if (header.ConstantsCrc32 != FeedPlan.ChecksumOf(in header) || !Fits(in header))
            return new FeedException(FeedError.DamagedHeader,
                $"The header of {path} is damaged: restart the writer, which makes a new file.");
        if ((ulong)fileSize != header.FileSize)
            return new FeedException(FeedError.Truncated,
                $"{path} has {fileSize} bytes and its header says {header.FileSize}: restart the writer, which makes a new file.");
        return null;
    }

    /// <summary>
    /// The entry of a symbol, or the first; throws where there is none, or where what it says does not lie in the file.
    /// </summary>
    /// <param name="file">The open file, whose header is sound.</param>
    /// <param name="header">Its header.</param>
    /// <param name="path">For messages.</param>
    /// <param name="symbol">What to look for; null takes the first entry.</param>
    /// <param name="geometry">What the region looks like inside.</param>
    public static FeedEntry Find(SafeFileHandle file, in FeedHeader header, string path, string? symbol, out FeedGeometry geometry)
    {
        var entries = new FeedEntry[Math.Min(EntriesAtOnce, (int)header.EntryCount)];
        var named = new List<string>();
        Ascii8? wanted = symbol is { Length: >= 1 and <= 8 } && symbol.All(c => c is >= '!' and <= '~') ? Ascii8.From(symbol) : null;
        for (int first = 0; first < (int)header.EntryCount; first += entries.Length)
        {
            Span<FeedEntry> some = entries.AsSpan(0, Math.Min(entries.Length, (int)header.EntryCount - first));
            ReadEntries(file, path, first, some);
            for (int i = 0; i < some.Length; i++)
            {
                if (named.Count < SymbolsNamed) named.Add(some[i].Symbol == default ? "one without a symbol" : some[i].Symbol.ToString());
                if (symbol is not null && some[i].Symbol != wanted) continue;
                return TryGetGeometry(in some[i], in header, first + i, out geometry) ? some[i] : throw DamagedEntry(path, first + i);
            }
        }
        int more = (int)header.EntryCount - named.Count;
        throw new FeedException(FeedError.UnknownUnderlying,
            $"{path} has no underlying '{Printable(symbol)}'; it has {string.Join(", ", named)}{(more > 0 ? $" and {more:#,0} more" : "")}.");
    }

    /// <summary>Every entry of a directory, each checked.</summary>
    public static FeedUnderlying[] Underlyings(SafeFileHandle file, in FeedHeader header, string path)
    {
        var entries = new FeedEntry[(int)header.EntryCount];
        ReadEntries(file, path, 0, entries);
        var underlyings = new FeedUnderlying[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            if (!TryGetGeometry(in entries[i], in header, i, out FeedGeometry geometry)) throw DamagedEntry(path, i);
            underlyings[i] = new FeedUnderlying(in entries[i], geometry);
        }
        return underlyings;
    }

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

    private static bool Fits(in FeedHeader header) =>
        header.HeaderSize == FeedHeader.SizeInBytes && header.EntrySize == FeedEntry.SizeInBytes && header.EntryCount is >= 1 and <= FeedHeader.MaxEntries
        && header.FileSize >= (ulong)FeedHeader.RegionsOffset((int)header.EntryCount) && header.FileSize <= long.MaxValue && header.HeartbeatLimitNanos > 0;

    // Counts are bounded first, so that no product overflows; what follows from them must be what is written, and lie behind the directory.
    private static bool TryGetGeometry(in FeedEntry entry, in FeedHeader header, int index, out FeedGeometry geometry)
    {
        geometry = default;
        if (entry.ConstantsCrc32 != FeedPlan.ChecksumOf(in entry) || entry.Index != (uint)index
            || entry.Kind is not (FeedEntryKind.Underlying or FeedEntryKind.Combined)
            || entry.StrikeCapacity is < 1 or > FeedGeometry.MaxStrikes || entry.ExpiryCapacity is < 1 or > FeedGeometry.MaxExpiries
            || entry.SlotCount is < FeedGeometry.MinSlots or > FeedGeometry.MaxSlots) return false;
        geometry = new FeedGeometry((int)entry.StrikeCapacity, (int)entry.ExpiryCapacity, (int)entry.SlotCount);
        return entry.SlotSize == (ulong)geometry.SlotSize && entry.RegionSize == (ulong)geometry.RegionSize
            && entry.HeadlineOffset == (ulong)geometry.HeadlineOffset
            && entry.HeadlineSlotCount == FeedGeometry.HeadlineSlots && entry.HeadlineSlotSize == FeedGeometry.HeadlineSlotSize
            && entry.ChangeOffset == (ulong)geometry.ChangeOffset
            && entry.ChangeSlotCount == FeedGeometry.ChangeSlots && entry.ChangeSlotSize == FeedGeometry.ChangeSlotSize
            && entry.RegionOffset % FeedGeometry.RegionAlignment == 0 && entry.RegionOffset >= (ulong)FeedHeader.RegionsOffset((int)header.EntryCount)
            && entry.RegionOffset <= header.FileSize && header.FileSize - entry.RegionOffset >= entry.RegionSize;
    }

    private static void ReadEntries(SafeFileHandle file, string path, int first, Span<FeedEntry> entries)
    {
        if (!ReadAll(file, FeedHeader.EntryOffset(first), MemoryMarshal.AsBytes(entries)))
            throw new FeedException(FeedError.Truncated, $"{path} was cut while it was read: restart the writer, which makes a new file.");
    }

    private static bool ReadAll(SafeFileHandle file, long offset, Span<byte> bytes)
    {
        int read = 0;
        while (read < bytes.Length)
        {
            int count = RandomAccess.Read(file, bytes[read..], offset + read);
            if (count == 0) return false;
            read += count;
        }
        return true;
    }

    private static string Printable(string? text) => string.Concat((text ?? "").Take(32).Select(c => char.IsControl(c) ? '?' : c));

    private static FeedException DamagedEntry(string path, int index) => new(FeedError.DamagedHeader,
        $"Entry {index} of the directory of {path} is damaged: restart the writer, which makes a new file.");

    private static class Throw
    {
        [DoesNotReturn]
        public static void NoSpace(string directory, long bytes, long available) => throw new FeedException(FeedError.NoSpace,
            $"{directory} has {available} bytes free and the feed needs {bytes}: ask for fewer underlyings, strikes or expiries, "
            + "free some memory there, "
            + $"or start the container with --shm-size={Math.Max(64, (bytes / (1 << 20)) + 64)}m.");
    }
}
