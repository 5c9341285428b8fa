using System.Buffers.Binary;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>Walks over the blocks of OPRA, one a packet: 21 bytes of header, then messages behind each other. Big endian.</summary>
internal sealed class OpraBlock(TickImport import)
{
    private const int HeaderBytes = 21;
    private const byte Version = 6;
    private const byte Feed = (byte)'O';
    private const int RetransmissionOffset = 4;

    // Both lines are captured within milliseconds of each other; the busiest second has some hundred thousand blocks.
    private const int MaxRemembered = 65_536;

    private readonly OpraMessages _messages = new(import);
    private readonly HashSet<(ulong, ulong)> _seen = [];
    private readonly Queue<(ulong, ulong)> _oldest = [];

    /// <summary>Whether a datagram looks like a block, of whatever version.</summary>
    public static bool IsOne(ReadOnlySpan<byte> payload) => payload.Length >= HeaderBytes && payload[3] == Feed && payload[0] is >= 1 and <= 9
        && payload[RetransmissionOffset] is (byte)' ' or (byte)'V' && BinaryPrimitives.ReadUInt16BigEndian(payload[1..]) <= payload.Length;

    /// <summary>Reads one datagram.</summary>
    public void Read(ReadOnlySpan<byte> payload, long number, long capturedNanos)
    {
        if (payload.Length < HeaderBytes || payload[3] != Feed)
        {
            import.BeginRow(number);
            import.Pass(ImportPass.Administrative);
            return;
        }
        int blockBytes = BinaryPrimitives.ReadUInt16BigEndian(payload[1..]);
        int count = payload[10];
        uint seconds = BinaryPrimitives.ReadUInt32BigEndian(payload[11..]);
        uint nanos = BinaryPrimitives.ReadUInt32BigEndian(payload[15..]);
        string? trouble = payload[0] != Version ? $"the block is of version {payload[0]} of the feed; version {Version} is read"
            : blockBytes < HeaderBytes || blockBytes > payload.Length ? $"the block says {blockBytes} bytes where the packet has {payload.Length}"
            : null;
        if (trouble is not null)
        {
            import.BeginRow(number);
            import.Reject(ImportRejection.Malformed, trouble);
        }
        else if (nanos >= UnixNanos.PerSecond)
        {
            import.BeginRow(number);
            import.Reject(ImportRejection.BadTime, $"the block's time has {nanos:#,0} nanoseconds in its last second");
        }
        else if (!Remember(payload) || count == 0)
        {
            import.BeginRow(number);
            import.Pass(count == 0 ? ImportPass.Administrative : ImportPass.Repeated);
        }
        else
        {
            long time = (seconds * UnixNanos.PerSecond) + nanos;
            ReadMessages(payload[HeaderBytes..blockBytes], count, number, time, PacketFile.DelayNanos(time, capturedNanos));
        }
    }

    private void ReadMessages(ReadOnlySpan<byte> rest, int count, long number, long nanos, uint delayNanos)
    {
        for (int i = 1; i <= count; i++)
        {
            import.BeginRow(number);
            int length = OpraMessages.LengthOf(rest);
            if (length == 0)
            {
                import.Reject(ImportRejection.Malformed, $"message {i} of the block's {count} is of no known kind; the rest of the block cannot be read");
                return;
            }
            if (length > rest.Length)
            {
                import.Reject(ImportRejection.Malformed, $"the block ends within message {i} of {count}");
                return;
            }
            _messages.Read(rest[..length], nanos, delayNanos);
            rest = rest[length..];
        }
        if (rest.Length <= 1) return;    // a block is padded to an even length
        import.BeginRow(number);
        import.Reject(ImportRejection.Malformed, $"{rest.Length} bytes stand behind the block's {count} messages");
    }

    // Size, sequence, count, time and checksum, which for a retransmission differs by its mark, are one block's and no other's.
    private bool Remember(ReadOnlySpan<byte> payload)
    {
        ulong place = BinaryPrimitives.ReadUInt64BigEndian(payload[11..]);
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(payload[6..]);
        ushort checksum = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(payload[19..]) - payload[RetransmissionOffset]);
        ulong content = ((ulong)sequence << 32) | ((ulong)checksum << 16) | BinaryPrimitives.ReadUInt16BigEndian(payload[1..]);
        if (!_seen.Add((place, content))) return false;
        _oldest.Enqueue((place, content));
        if (_oldest.Count > MaxRemembered) _seen.Remove(_oldest.Dequeue());
        return true;
    }
}
