using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using DealerFlow.Memory;
using DealerFlow.Wire;

namespace DealerFlow.Feed;

/// <summary>The constants of a feed file that is to be written: header, directory and where each region lies.</summary>
internal sealed class FeedPlan
{
    private FeedPlan(FeedHeader header, FeedEntry[] entries, FeedGeometry[] geometries) => (Header, Entries, Geometries) = (header, entries, geometries);

    /// <summary>Constants of the header; every other word is zero.</summary>
    public FeedHeader Header { get; }

    /// <summary>Constants of the entries; every other word is zero.</summary>
    public FeedEntry[] Entries { get; }

    /// <summary>What the regions look like inside.</summary>
    public FeedGeometry[] Geometries { get; }

    /// <summary>Bytes of the file.</summary>
    public long FileSize => (long)Header.FileSize;

    /// <summary>The plan of a file for these underlyings, in this order.</summary>
    public static FeedPlan Of(ReadOnlySpan<FeedUnderlying> underlyings, long heartbeatLimitNanos)
    {
        if (underlyings.Length is < 1 or > FeedHeader.MaxEntries) Throw.Count(nameof(underlyings), underlyings.Length);
        var entries = new FeedEntry[underlyings.Length];
        var geometries = new FeedGeometry[underlyings.Length];
        var seen = new HashSet<(Ascii8, FeedEntryKind)>();
        long offset = FeedHeader.RegionsOffset(underlyings.Length);
        for (int i = 0; i < underlyings.Length; i++)
        {
            ref readonly FeedUnderlying underlying = ref underlyings[i];
            if (underlyings.Length > 1 && underlying.Symbol == default) Throw.Nameless(nameof(underlyings));
            if (!seen.Add((underlying.Symbol, underlying.Kind))) Throw.Twice(nameof(underlyings), underlying.Symbol);
            FeedGeometry geometry = geometries[i] = underlying.Geometry;
            entries[i] = new FeedEntry
            {
                Symbol = underlying.Symbol,
                Index = (uint)i,
                Kind = underlying.Kind,
                RegionOffset = (ulong)offset,
                RegionSize = (ulong)geometry.RegionSize,
                SlotCount = (ulong)geometry.Slots,
                SlotSize = (ulong)geometry.SlotSize,
                StrikeCapacity = (ulong)geometry.StrikeCapacity,
                ExpiryCapacity = (ulong)geometry.ExpiryCapacity,
                HeadlineOffset = (ulong)geometry.HeadlineOffset,
                HeadlineSlotCount = FeedGeometry.HeadlineSlots,
                HeadlineSlotSize = FeedGeometry.HeadlineSlotSize,
                ChangeOffset = (ulong)geometry.ChangeOffset,
                ChangeSlotCount = FeedGeometry.ChangeSlots,
                ChangeSlotSize = FeedGeometry.ChangeSlotSize,
            };
            entries[i].ConstantsCrc32 = ChecksumOf(in entries[i]);
            offset += geometry.RegionSize;
        }
        var header = new FeedHeader
        {
            Magic = FeedLayout.Magic,
            EndianMark = FeedLayout.EndianMark,
            Version = FeedLayout.Version,
            LayoutHash = FeedLayout.Hash,
            FileSize = (ulong)offset,
            HeaderSize = FeedHeader.SizeInBytes,
            EntrySize = FeedEntry.SizeInBytes,
            EntryCount = (ulong)entries.Length,
            HeartbeatLimitNanos = heartbeatLimitNanos,
        };
        header.ConstantsCrc32 = ChecksumOf(in header);
        return new FeedPlan(header, entries, geometries);
    }

    /// <summary>What the checksum of a header has to be.</summary>
    public static uint ChecksumOf(in FeedHeader header) => FoldedCrc32.HashToUInt32(ConstantsOf(in header)[..FeedHeader.CheckedConstantBytes]);

    /// <summary>What the checksum of an entry has to be.</summary>
    public static uint ChecksumOf(in FeedEntry entry) => FoldedCrc32.HashToUInt32(ConstantsOf(in entry)[..FeedEntry.CheckedConstantBytes]);

    /// <summary>The bytes of a header that never change.</summary>
    public static ReadOnlySpan<byte> ConstantsOf(ref readonly FeedHeader header) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<FeedHeader>(in header))[..FeedHeader.ConstantBytes];

    /// <summary>The bytes of an entry that never change.</summary>
    public static ReadOnlySpan<byte> ConstantsOf(ref readonly FeedEntry entry) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<FeedEntry>(in entry))[..FeedEntry.ConstantBytes];

    /// <summary>True when a file, of which at least the directory is mapped, follows this plan to the byte.</summary>
    public bool IsThatOf(MappedFile file)
    {
        FeedHeader header = Header;
        if (!ConstantsOf(in file.Read<FeedHeader>(0)).SequenceEqual(ConstantsOf(in header))) return false;
        for (int i = 0; i < Entries.Length; i++)
            if (!ConstantsOf(in file.Read<FeedEntry>(FeedHeader.EntryOffset(i))).SequenceEqual(ConstantsOf(in Entries[i]))) return false;
        return true;
    }

    /// <summary>Puts header and directory into a new file.</summary>
    public void WriteTo(MappedFile file)
    {
        file.Write<FeedHeader>(0) = Header;
        for (int i = 0; i < Entries.Length; i++) file.Write<FeedEntry>(FeedHeader.EntryOffset(i)) = Entries[i];
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void Count(string parameter, int count) =>
            throw new ArgumentOutOfRangeException(parameter, count, $"A feed takes 1 to {FeedHeader.MaxEntries} underlyings.");

        [DoesNotReturn]
        public static void Nameless(string parameter) => throw new ArgumentException("An underlying of several has no symbol.", parameter);

        [DoesNotReturn]
        public static void Twice(string parameter, Ascii8 symbol) => throw new ArgumentException($"{symbol} is there twice.", parameter);
    }
}
