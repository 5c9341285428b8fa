using System.Buffers.Binary;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>What stands before the messages of a block of OPRA, which fills a packet: 21 bytes, big endian.</summary>
/// <param name="Sequence">The block's number.</param>
/// <param name="Count">Messages that follow.</param>
/// <param name="Nanos">When the block was sent, UTC nanoseconds.</param>
/// <param name="Bytes">Bytes of the block, header and messages.</param>
public readonly record struct OpraBlockHeader(uint Sequence, int Count, long Nanos, int Bytes)
{
    /// <summary>Size of the header.</summary>
    public const int SizeInBytes = 21;

    private const byte Version = 6;
    private const byte Feed = (byte)'O';
    private const int RetransmissionOffset = 4;

    /// <summary>Whether a datagram looks like a block, of whatever version.</summary>
    public static bool IsOne(ReadOnlySpan<byte> payload) => payload.Length >= SizeInBytes && payload[3] == Feed && payload[0] is >= 1 and <= 9
        && payload[RetransmissionOffset] is (byte)' ' or (byte)'V' && BinaryPrimitives.ReadUInt16BigEndian(payload[1..]) <= payload.Length;

    internal static bool IsFeed(ReadOnlySpan<byte> payload) => payload.Length >= SizeInBytes && payload[3] == Feed;

    /// <summary>Reads the header of a datagram that could be a block; otherwise says what is wrong with it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out OpraBlockHeader header, out ImportRejection reason, out string? trouble)
    {
        (header, reason, trouble) = (default, ImportRejection.Malformed, null);
        if (!IsFeed(payload))
        {
            trouble = $"{payload.Length} bytes are no block of the feed";
            return false;
        }
        int bytes = BinaryPrimitives.ReadUInt16BigEndian(payload[1..]);
        uint seconds = BinaryPrimitives.ReadUInt32BigEndian(payload[11..]);
        uint nanos = BinaryPrimitives.ReadUInt32BigEndian(payload[15..]);
        trouble = payload[0] != Version ? $"the block is of version {payload[0]} of the feed; version {Version} is read"
            : bytes < SizeInBytes || bytes > payload.Length ? $"the block says {bytes} bytes where the packet has {payload.Length}"
            : null;
        if (trouble is not null) return false;
        if (nanos >= UnixNanos.PerSecond)
        {
            (reason, trouble) = (ImportRejection.BadTime, $"the block's time has {nanos:#,0} nanoseconds in its last second");
            return false;
        }
        header = new OpraBlockHeader(BinaryPrimitives.ReadUInt32BigEndian(payload[6..]), payload[10], (seconds * UnixNanos.PerSecond) + nanos, bytes);
        return true;
    }

    /// <summary>Two numbers that one block and its copies on other lines or by retransmission have, and no other block.</summary>
    public static (ulong Place, ulong Content) Identity(ReadOnlySpan<byte> payload)
    {
        // Size, sequence, count, time and checksum, which for a retransmission differs by its mark.
        ulong place = BinaryPrimitives.ReadUInt64BigEndian(payload[11..]);
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(payload[6..]);
        ushort checksum = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(payload[19..]) - payload[RetransmissionOffset]);
        return (place, ((ulong)sequence << 32) | ((ulong)checksum << 16) | BinaryPrimitives.ReadUInt16BigEndian(payload[1..]));
    }
}
