using System.Diagnostics.CodeAnalysis;

namespace DealerFlow.Wire;

/// <summary>
/// Sizes and offsets of one underlying's region of a feed file, all of which follow from three counts. Offsets are from the begin of the region.
/// </summary>
public readonly record struct FeedGeometry
{
    /// <summary>Fewer slots would let a reader be overtaken while it copies.</summary>
    public const int MinSlots = 4;

    /// <summary>More slots add memory and no safety.</summary>
    public const int MaxSlots = 64;

    /// <summary>Most strike rows of a snapshot.</summary>
    public const int MaxStrikes = 1_000_000;

    /// <summary>Most expiry rows of a snapshot.</summary>
    public const int MaxExpiries = 100_000;

    /// <summary>Regions start on a page and are whole pages: a reader maps its own alone.</summary>
    public const int RegionAlignment = 4096;

    /// <summary>Slots for headlines: they follow each other faster than snapshots do, and are small.</summary>
    public const int HeadlineSlots = 16;

    /// <summary>Bytes of a headline's payload: headline section and runtime section.</summary>
    public const int HeadlinePayload = HeadlineSection.SizeInBytes + RuntimeSection.SizeInBytes;

    /// <summary>Bytes from one headline slot to the next.</summary>
    public const int HeadlineSlotSize = (SlotHeader.SizeInBytes + HeadlinePayload + SlotAlignment - 1) / SlotAlignment * SlotAlignment;

    /// <summary>Notices that a reader may be behind before it loses any.</summary>
    public const int ChangeSlots = 128;

    /// <summary>Bytes from one notice to the next.</summary>
    public const int ChangeSlotSize = (SlotHeader.SizeInBytes + LevelChange.SizeInBytes + SlotAlignment - 1) / SlotAlignment * SlotAlignment;

    private const int SlotAlignment = 128;

    /// <summary>The geometry for so many rows and slots; throws when a count is out of range.</summary>
    public FeedGeometry(int strikeCapacity, int expiryCapacity, int slots)
    {
        if (strikeCapacity is < 1 or > MaxStrikes) Throw.OutOfRange(nameof(strikeCapacity), strikeCapacity, 1, MaxStrikes);
        if (expiryCapacity is < 1 or > MaxExpiries) Throw.OutOfRange(nameof(expiryCapacity), expiryCapacity, 1, MaxExpiries);
        if (slots is < MinSlots or > MaxSlots) Throw.OutOfRange(nameof(slots), slots, MinSlots, MaxSlots);
        StrikeCapacity = strikeCapacity;
        ExpiryCapacity = expiryCapacity;
        Slots = slots;
    }

    /// <summary>Strike rows that a slot has room for.</summary>
    public int StrikeCapacity { get; }

    /// <summary>Expiry rows that a slot has room for.</summary>
    public int ExpiryCapacity { get; }

    /// <summary>Slots for snapshots.</summary>
    public int Slots { get; }

    /// <summary>Bytes of the largest market section.</summary>
    public int MarketCapacity => MarketView.SizeOf(StrikeCapacity, ExpiryCapacity);

    /// <summary>Bytes of the largest payload: market section and runtime section.</summary>
    public int PayloadCapacity => MarketCapacity + RuntimeSection.SizeInBytes;

    /// <summary>Bytes from one slot to the next.</summary>
    public int SlotSize => (SlotHeader.SizeInBytes + PayloadCapacity + SlotAlignment - 1) / SlotAlignment * SlotAlignment;

    /// <summary>Offset of the first headline slot: behind those of the snapshots.</summary>
    public long HeadlineOffset => (long)Slots * SlotSize;

    /// <summary>Offset of the first notice: behind the headlines.</summary>
    public long ChangeOffset => HeadlineOffset + (HeadlineSlots * HeadlineSlotSize);

    /// <summary>Bytes of the region.</summary>
    public long RegionSize => (ChangeOffset + (ChangeSlots * ChangeSlotSize) + RegionAlignment - 1) / RegionAlignment * RegionAlignment;

    /// <summary>Offset of the slot that holds snapshot <paramref name="number"/>.</summary>
    public long SlotOffset(ulong number) => (long)(number % (ulong)Slots) * SlotSize;

    /// <summary>Offset of the payload of snapshot <paramref name="number"/>.</summary>
    public long PayloadOffset(ulong number) => SlotOffset(number) + SlotHeader.SizeInBytes;

    /// <summary>Offset of the slot that holds headline <paramref name="number"/>.</summary>
    public long HeadlineSlotOffset(ulong number) => HeadlineOffset + ((long)(number % HeadlineSlots) * HeadlineSlotSize);

    /// <summary>Offset of the slot that holds notice <paramref name="number"/>.</summary>
    public long ChangeSlotOffset(ulong number) => ChangeOffset + ((long)(number % ChangeSlots) * ChangeSlotSize);

    private static class Throw
    {
        [DoesNotReturn]
        public static void OutOfRange(string name, int value, int least, int most) =>
            throw new ArgumentOutOfRangeException(name, value, $"A feed takes {least} to {most} here.");
    }
}
