using System.Buffers.Binary;
using System.Text;

namespace DealerFlow.Import;

/// <summary>Walks over the segments of IEX's transport, one a packet: 40 bytes of header, then messages with their lengths. Little endian.</summary>
internal sealed class IexSegment(TickImport import)
{
    private const int HeaderBytes = 40;
    private const byte Version = 1;
    private const ushort Tops = 0x8003;
    private const ushort Deep = 0x8004;
    private const int TradeBytes = 38;
    private const long BillionthsPerUnit = 100_000;    // prices have four decimals
    private const int MaxChannels = 256;

    private readonly Dictionary<(ushort Protocol, uint Channel), Position> _positions = [];
    private readonly Dictionary<ulong, uint> _ids = [];

    /// <summary>Whether a datagram looks like a segment of TOPS or DEEP.</summary>
    public static bool IsOne(ReadOnlySpan<byte> payload) =>
        payload.Length >= HeaderBytes && payload[0] == Version && BinaryPrimitives.ReadUInt16LittleEndian(payload[2..]) is Tops or Deep;

    /// <summary>Reads one datagram.</summary>
    public void Read(ReadOnlySpan<byte> payload, long number, long capturedNanos)
    {
        if (!IsOne(payload))
        {
            import.BeginRow(number);
            import.Pass(ImportPass.Administrative);
            return;
        }
        int bytes = BinaryPrimitives.ReadUInt16LittleEndian(payload[12..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(payload[14..]);
        long first = BinaryPrimitives.ReadInt64LittleEndian(payload[24..]);
        string? trouble = bytes > payload.Length - HeaderBytes ? $"the segment says {bytes} bytes where the packet has {payload.Length - HeaderBytes}"
            : first < 0 || first > long.MaxValue - count ? $"a message cannot have the number {first}"
            : null;
        if (trouble is not null)
        {
            import.BeginRow(number);
            import.Reject(ImportRejection.Malformed, trouble);
            return;
        }
        long known = Follow(payload, first, count, number);
        if (count == 0)
        {
            import.BeginRow(number);
            import.Pass(ImportPass.Administrative);    // a heartbeat
            return;
        }
        ReadMessages(payload.Slice(HeaderBytes, bytes), first, count, known, number, capturedNanos);
    }

    // The number that was expected: messages below it were there before.
    private long Follow(ReadOnlySpan<byte> payload, long first, int count, long number)
    {
        var key = (BinaryPrimitives.ReadUInt16LittleEndian(payload[2..]), BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]));
        uint session = BinaryPrimitives.ReadUInt32LittleEndian(payload[8..]);
        bool isFollowed = _positions.TryGetValue(key, out Position position) && position.Session == session;
        if (!isFollowed && _positions.Count >= MaxChannels && !_positions.ContainsKey(key)) return first;
        long expected = isFollowed ? position.Next : first;
        if (first > expected)
        {
            import.BeginRow(number);
            import.Reject(ImportRejection.Malformed, $"{first - expected:#,0} messages were lost before this packet");
        }
        _positions[key] = new Position(session, Math.Max(expected, first + count));
        return expected;
    }

    private void ReadMessages(ReadOnlySpan<byte> rest, long first, int count, long known, long number, long capturedNanos)
    {
        for (int i = 0; i < count; i++)
        {
            import.BeginRow(number);
            int length = rest.Length < sizeof(ushort) ? int.MaxValue : BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (length == 0 || length > rest.Length - sizeof(ushort))
            {
                import.Reject(ImportRejection.Malformed, $"the segment ends within message {i + 1} of {count}, or it is empty");
                return;
            }
            if (first + i < known) import.Pass(ImportPass.Repeated);
            else ReadMessage(rest.Slice(sizeof(ushort), length), capturedNanos);
            rest = rest[(sizeof(ushort) + length)..];
        }
        if (rest.IsEmpty) return;
        import.BeginRow(number);
        import.Reject(ImportRejection.Malformed, $"{rest.Length} bytes stand behind the segment's {count} messages");
    }

    private bool ReadMessage(ReadOnlySpan<byte> message, long capturedNanos)
    {
        switch (message[0])
        {
            case (byte)'T': return ReadTrade(message, capturedNanos);
            case (byte)'Q':
                import.Pass(ImportPass.OtherInstrument);
                return true;
            case (byte)'S' or (byte)'D' or (byte)'H' or (byte)'O' or (byte)'P' or (byte)'E':
                import.Pass(ImportPass.Administrative);
                return true;
            default:
                import.Pass(ImportPass.OtherKind);
                return true;
        }
    }

    private bool ReadTrade(ReadOnlySpan<byte> message, long capturedNanos)
    {
        if (message.Length < TradeBytes) return import.Reject(ImportRejection.Malformed, $"a trade of {message.Length} bytes is too short");
        long nanos = BinaryPrimitives.ReadInt64LittleEndian(message[2..]);
        long price = BinaryPrimitives.ReadInt64LittleEndian(message[22..]);
        if (price is <= 0 or > int.MaxValue) return import.Reject(ImportRejection.BadPrice, $"a price of {price} ten-thousandths cannot be");
        return TryShare(message.Slice(10, 8), out uint id) && import.Spot(nanos, id, price * BillionthsPerUnit, PacketFile.DelayNanos(nanos, capturedNanos));
    }

    private bool TryShare(ReadOnlySpan<byte> padded, out uint id)
    {
        ulong letters = BinaryPrimitives.ReadUInt64BigEndian(padded);
        if (_ids.TryGetValue(letters, out id)) return true;
        ReadOnlySpan<byte> symbol = padded.TrimEnd((byte)' ');
        bool isSymbol = !symbol.IsEmpty && !symbol.ContainsAnyExceptInRange((byte)'!', (byte)'~');
        string text = Encoding.Latin1.GetString(symbol);
        if (!isSymbol) return import.Reject(ImportRejection.UnknownContract, $"'{text}' is no symbol");
        if (!import.TryUnderlying(text, out id)) return false;
        _ids.Add(letters, id);
        return true;
    }

    private readonly record struct Position(uint Session, long Next);
}
