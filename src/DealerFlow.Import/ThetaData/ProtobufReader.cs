namespace DealerFlow.Import;

/// <summary>
/// Walks the fields of one protobuf message. Every length is held against the bytes that are there; a message that breaks off or is of an
/// unknown wire type ends with <see cref="IsDamaged"/>.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;
    private const int MaxVarintBits = 64;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The message is not what it says.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>Its value where it is a number, else 0.</summary>
    public long Number { get; private set; }

    /// <summary>Its value where it is bytes, a text or a message, else empty.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Goes to the next field; false at the end and at damage.</summary>
    public bool Next()
    {
        Number = 0;
        Content = default;
        if (_rest.IsEmpty || IsDamaged) return false;
        IsDamaged = !TryField();
        return !IsDamaged;
    }

    private bool TryField()
    {
        if (!TryVarint(out ulong tag) || tag >> 3 is 0 or > int.MaxValue) return false;
        Field = (int)(tag >> 3);
        switch ((int)(tag & 7))
        {
            case Varint:
                if (!TryVarint(out ulong number)) return false;
                Number = (long)number;
                return true;
            case Bytes:
                if (!TryVarint(out ulong length) || length > (ulong)_rest.Length) return false;
                Content = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            case Fixed64:
                return TrySkip(sizeof(ulong));
            case Fixed32:
                return TrySkip(sizeof(uint));
            default:
                return false;
        }
    }

    private bool TrySkip(int bytes)
    {
        if (_rest.Length < bytes) return false;
        _rest = _rest[bytes..];
        return true;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < MaxVarintBits; shift += 7)
        {
            if (_rest.IsEmpty) return false;
            byte next = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return true;
        }
        return false;
    }
}
