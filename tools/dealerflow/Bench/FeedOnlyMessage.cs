using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Bench;

/// <summary>What is sent when the feed is measured alone.</summary>
internal enum MessageKind
{
    Headline,
    Snapshot,
}

/// <summary>
/// One publication, the same bytes for every competitor: a section and a runtime section, with a length before them for streams. Words that no
/// level depends on follow from the number, so that a reader can tell a whole message and the feed finds no change of a level to tell.
/// </summary>
internal sealed class FeedOnlyMessage
{
    /// <summary>Of the length before a message in a stream.</summary>
    public const int PrefixBytes = sizeof(int);

    // The payload starts on a multiple of 8, its length before it.
    private const int PayloadAt = sizeof(ulong);

    private static readonly int FirstBucket = (int)Marshal.OffsetOf<HeadlineSection>(nameof(HeadlineSection.Buckets));
    private static readonly int BucketSums = (int)Marshal.OffsetOf<BucketSection>(nameof(BucketSection.Regime));
    private static readonly int OfTheFeed = (int)Marshal.OffsetOf<RuntimeSection>(nameof(RuntimeSection.TicksPerSecond));

    private readonly byte[] _bytes;

    public FeedOnlyMessage(MessageKind kind, int strikes, int expiries)
    {
        Kind = kind;
        SectionBytes = kind == MessageKind.Headline ? HeadlineSection.SizeInBytes : MarketView.SizeOf(strikes, expiries);
        _bytes = new byte[PayloadAt + SectionBytes + RuntimeSection.SizeInBytes];
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(PayloadAt - PrefixBytes), PayloadBytes);
        if (kind == MessageKind.Headline) return;
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(Section);
        (head.StrikeCount, head.ExpiryCount) = ((uint)strikes, (uint)expiries);
    }

    public MessageKind Kind { get; }

    public int SectionBytes { get; }

    public int PayloadBytes => SectionBytes + RuntimeSection.SizeInBytes;

    public Span<byte> Payload => _bytes.AsSpan(PayloadAt);

    public Span<byte> Section => _bytes.AsSpan(PayloadAt, SectionBytes);

    /// <summary>The payload with its length before it.</summary>
    public ReadOnlySpan<byte> Framed => _bytes.AsSpan(PayloadAt - PrefixBytes);

    public ref readonly HeadlineSection Headline => ref MemoryMarshal.AsRef<HeadlineSection>(Section);

    public ref readonly RuntimeSection Run => ref MemoryMarshal.AsRef<RuntimeSection>(Payload[SectionBytes..]);

    /// <summary>The number of a payload.</summary>
    public static ulong NumberOf(ReadOnlySpan<byte> payload) => MemoryMarshal.Read<ulong>(payload);

    /// <summary>Gives the message its number and leaves everything else as it is.</summary>
    public void Number(ulong number) => MemoryMarshal.Write(_bytes.AsSpan(PayloadAt), in number);

    /// <summary>Gives the message its number, and every word that follows from it.</summary>
    public void Fill(ulong number)
    {
        Number(number);
        if (Kind == MessageKind.Headline)
            for (int bucket = 0; bucket < 3; bucket++) WordsOf(Section.Slice(FirstBucket + (bucket * BucketSection.SizeInBytes), BucketSums)).Fill(number);
        else
            WordsOf(Section[MarketSection.SizeInBytes..]).Fill(number);
        WordsOf(Payload[SectionBytes..]).Fill(number);
    }

    /// <summary>Whether a section is the whole one with this number.</summary>
    public bool IsSection(ReadOnlySpan<byte> section, ulong number)
    {
        if (section.Length != SectionBytes || NumberOf(section) != number) return false;
        if (Kind == MessageKind.Snapshot) return IsAll(section[MarketSection.SizeInBytes..], number);
        for (int bucket = 0; bucket < 3; bucket++)
            if (!IsAll(section.Slice(FirstBucket + (bucket * BucketSection.SizeInBytes), BucketSums), number)) return false;
        return true;
    }

    /// <summary>Whether a payload is the whole one with this number.</summary>
    public bool IsPayload(ReadOnlySpan<byte> payload, ulong number) =>
        payload.Length == PayloadBytes && IsSection(payload[..SectionBytes], number) && IsAll(payload[SectionBytes..], number);

    /// <summary>Whether a runtime section is the one that was sent with this number, but for what the feed puts into it: its own numbers and clocks.</summary>
    public static bool IsRun(in RuntimeSection run, ulong number) => IsAll(MemoryMarshal.AsBytes(new ReadOnlySpan<RuntimeSection>(in run))[OfTheFeed..], number);

    private static Span<ulong> WordsOf(Span<byte> bytes) => MemoryMarshal.Cast<byte, ulong>(bytes);

    private static bool IsAll(ReadOnlySpan<byte> bytes, ulong number) => !MemoryMarshal.Cast<byte, ulong>(bytes).ContainsAnyExcept(number);
}
