using System.Buffers.Binary;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>
/// Packets of a capture file, one after the other: classic pcap in either byte order with micro- or nanoseconds, and pcapng. The kind is
/// told by the first bytes and never by the name. One buffer of fixed size holds the packet, whatever lengths the file states.
/// </summary>
/// <remarks>Layouts: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.</remarks>
internal sealed class PcapReader
{
    /// <summary>Longest packet that is read; capture programs cut at this length themselves.</summary>
    public const int MaxPacketBytes = 262_144;

    private const uint MicrosecondMagic = 0xA1B2C3D4;
    private const uint NanosecondMagic = 0xA1B23C4D;
    private const uint SectionBlock = 0x0A0D0D0A;
    private const uint SectionOrderMagic = 0x1A2B3C4D;
    private const int ClassicHeaderBytes = 24;
    private const int RecordHeaderBytes = 16;

    private const uint InterfaceBlock = 1;
    private const uint SimplePacketBlock = 3;
    private const uint EnhancedPacketBlock = 6;
    private const int BlockFrameBytes = 12;    // type, length, and the length once more at the end
    private const int MaxInterfaces = 1_024;
    private const ushort OptionEnd = 0;
    private const ushort OptionTimeResolution = 9;
    private const ushort OptionTimeOffset = 14;
    private const int MicrosecondDigits = 6;
    private const int MostDigits = 18;

    private readonly Stream _content;
    private readonly string _source;
    private readonly byte[] _buffer = new byte[MaxPacketBytes + 64];
    private readonly bool _isSections;
    private readonly List<Interface> _interfaces = [];
    private readonly long _nanosPerFraction;
    private bool _isBigEndian;
    private bool _hasEnded;

    /// <summary>Whether bytes begin like a capture.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head)
    {
        uint magic = head.Length < sizeof(uint) ? 0 : BinaryPrimitives.ReadUInt32BigEndian(head);
        uint swapped = BinaryPrimitives.ReverseEndianness(magic);
        return magic is SectionBlock or MicrosecondMagic or NanosecondMagic || swapped is MicrosecondMagic or NanosecondMagic;
    }

    /// <summary>Reads the header of a capture.</summary>
    /// <exception cref="InputFormatException">The bytes are no capture.</exception>
    public PcapReader(Stream content, string source)
    {
        _content = content;
        _source = source;
        Span<byte> head = _buffer.AsSpan(0, ClassicHeaderBytes);
        int read = content.ReadAtLeast(head[..sizeof(uint)], sizeof(uint), throwOnEndOfStream: false);
        uint magic = read == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(head) : 0;
        _isSections = magic == SectionBlock;
        if (_isSections)
        {
            if (!TrySection()) throw Refusal("the first section header of the capture is cut off or damaged; capture or fetch the file again.");
            return;
        }
        uint swapped = BinaryPrimitives.ReverseEndianness(magic);
        _isBigEndian = magic is MicrosecondMagic or NanosecondMagic;
        if (!_isBigEndian) magic = swapped;
        if (magic is not (MicrosecondMagic or NanosecondMagic))
            throw Refusal("the first bytes are neither those of pcap nor of pcapng; name a capture of packets.");
        _nanosPerFraction = magic == NanosecondMagic ? 1 : UnixNanos.PerMicrosecond;
        int rest = ClassicHeaderBytes - sizeof(uint);
        if (content.ReadAtLeast(head[sizeof(uint)..], rest, throwOnEndOfStream: false) < rest)
            throw Refusal("the file ends within the header of the capture; fetch it again.");
        LinkType = UInt32(head, 20) & 0xFFFF;    // the upper bits say how frames end, which is of no concern here
    }

    /// <summary>Number of the packet that was read last, counted from 1.</summary>
    public long Number { get; private set; }

    /// <summary>How its first bytes are to be read: 1 = Ethernet.</summary>
    public uint LinkType { get; private set; }

    /// <summary>When it was captured, UTC nanoseconds since the Unix epoch; 0 = not known.</summary>
    public long CapturedNanos { get; private set; }

    /// <summary>What ended the reading too early, a sentence; null = nothing did.</summary>
    public string? Damage { get; private set; }

    /// <summary>The next packet, valid until the next call; false at the end, and where the file is damaged (<see cref="Damage"/>).</summary>
    public bool TryRead(out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (_hasEnded) return false;
        bool hasPacket = _isSections ? TryReadBlocks(out packet) : TryReadRecord(out packet);
        _hasEnded = !hasPacket;
        return hasPacket;
    }

    private bool TryReadRecord(out ReadOnlySpan<byte> packet)
    {
        packet = default;
        Span<byte> header = _buffer.AsSpan(0, RecordHeaderBytes);
        int read = _content.ReadAtLeast(header, RecordHeaderBytes, throwOnEndOfStream: false);
        if (read == 0) return false;
        Number++;
        if (read < RecordHeaderBytes) return EndsAt("the file ends within the header of a packet");
        CapturedNanos = (UInt32(header, 0) * UnixNanos.PerSecond) + (UInt32(header, 4) * _nanosPerFraction);
        uint length = UInt32(header, 8);
        if (length > MaxPacketBytes) return EndsAt($"a packet of {length:#,0} bytes is none that can be captured; nothing behind it can be read");
        return TryBytes((int)length, out packet);
    }

    private bool TryReadBlocks(out ReadOnlySpan<byte> packet)
    {
        packet = default;
        while (true)
        {
            Span<byte> header = _buffer.AsSpan(0, 8);
            int read = _content.ReadAtLeast(header[..4], 4, throwOnEndOfStream: false);
            if (read == 0) return false;
            if (read < 4) return Cut();
            uint type = UInt32(header, 0);
            if (type == SectionBlock)    // reads the same in either order
            {
                if (!TrySection()) return Cut();
                continue;
            }
            if (_content.ReadAtLeast(header[4..], 4, throwOnEndOfStream: false) < 4) return Cut();
            uint length = UInt32(header, 4);
            if (length < BlockFrameBytes || length % 4 != 0) return Cut($"a block of {length:#,0} bytes cannot be; nothing behind it can be read");
            long rest = length - 8;      // the body, and the length once more
            if (type is not (InterfaceBlock or SimplePacketBlock or EnhancedPacketBlock))
            {
                if (!TrySkip(rest)) return Cut();
                continue;
            }
            if (rest > _buffer.Length) return Cut($"a block of {length:#,0} bytes holds no packet that can be captured; nothing behind it can be read");
            Span<byte> body = _buffer.AsSpan(0, (int)rest);
            if (_content.ReadAtLeast(body, body.Length, throwOnEndOfStream: false) < body.Length) return Cut();
            if (UInt32(body, body.Length - 4) != length) return Cut("the two lengths of a block differ; nothing behind it can be read");
            body = body[..^4];
            if (type == InterfaceBlock)
            {
                if (_interfaces.Count == MaxInterfaces) return Cut($"the capture names more than {MaxInterfaces:#,0} interfaces");
                if (!TryInterface(body)) return Cut("the description of an interface is too short");
                continue;
            }
            Number++;
            return type == EnhancedPacketBlock ? TryEnhanced(body, out packet) : TrySimple(body, out packet);
        }
    }

    // The block type is read already; everything behind it hangs on the byte order, which the body says.
    private bool TrySection()
    {
        Span<byte> header = _buffer.AsSpan(0, 8);
        if (_content.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) return false;
        _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(header[4..]) == SectionOrderMagic;
        if (UInt32(header, 4) != SectionOrderMagic) return false;
        uint length = UInt32(header, 0);
        _interfaces.Clear();
        return length >= BlockFrameBytes + 16 && length % 4 == 0 && TrySkip(length - BlockFrameBytes);
    }

    private bool TryInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8) return false;
        var described = new Interface(UInt16(body, 0), UInt32(body, 4), 1_000, MicrosecondDigits, 0);
        ReadOnlySpan<byte> options = body[8..];
        while (options.Length >= 4)
        {
            ushort code = UInt16(options, 0);
            int length = UInt16(options, 2);
            if (code == OptionEnd || length > options.Length - 4) break;
            ReadOnlySpan<byte> value = options.Slice(4, length);
            if (code == OptionTimeResolution && length == 1) described = described.WithResolution(value[0]);
            if (code == OptionTimeOffset && length == 8) described = described with { OffsetSeconds = Int64(value, 0) };
            int padded = (length + 3) & ~3;
            if (padded > options.Length - 4) break;
            options = options[(4 + padded)..];
        }
        _interfaces.Add(described);
        return true;
    }

    private bool TryEnhanced(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (body.Length < 20) return Cut("a packet's block is too short for its own fields");
        uint place = UInt32(body, 0);
        uint length = UInt32(body, 12);
        if (place >= _interfaces.Count) return Cut($"a packet belongs to interface {place}, which the capture does not describe");
        if (length > body.Length - 20) return Cut($"a packet of {length:#,0} bytes is longer than its block");
        Interface described = _interfaces[(int)place];
        LinkType = described.LinkType;
        CapturedNanos = described.Nanos(((ulong)UInt32(body, 4) << 32) | UInt32(body, 8));
        packet = body.Slice(20, (int)length);
        return true;
    }

    private bool TrySimple(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (body.Length < 4) return Cut("a packet's block is too short for its own fields");
        if (_interfaces.Count == 0) return Cut("a packet stands before the description of its interface");
        Interface described = _interfaces[0];
        LinkType = described.LinkType;
        CapturedNanos = 0;
        uint length = Math.Min(UInt32(body, 0), described.SnapLength == 0 ? uint.MaxValue : described.SnapLength);
        packet = body.Slice(4, (int)Math.Min(length, (uint)(body.Length - 4)));
        return true;
    }

    private bool TryBytes(int length, out ReadOnlySpan<byte> packet)
    {
        Span<byte> bytes = _buffer.AsSpan(0, length);
        packet = bytes;
        return _content.ReadAtLeast(bytes, length, throwOnEndOfStream: false) == length || EndsAt("the file ends within a packet");
    }

    private bool TrySkip(long bytes)
    {
        while (bytes > 0)
        {
            int read = _content.Read(_buffer.AsSpan(0, (int)Math.Min(bytes, _buffer.Length)));
            if (read == 0) return false;
            bytes -= read;
        }
        return true;
    }

    private bool Cut(string damage = "the file ends within a block") => EndsAt(damage);

    private bool EndsAt(string damage)
    {
        Damage = damage;
        return false;
    }

    private ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => _isBigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private uint UInt32(ReadOnlySpan<byte> bytes, int offset) => _isBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private long Int64(ReadOnlySpan<byte> bytes, int offset) => _isBigEndian
        ? BinaryPrimitives.ReadInt64BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);

    private InputFormatException Refusal(string reason) => new(_source, 0, reason);

    /// <summary>An interface of pcapng: what its packets begin with, and how it counts time.</summary>
    private readonly record struct Interface(uint LinkType, uint SnapLength, long NanosPerUnit, int Digits, long OffsetSeconds)
    {
        // Powers of ten are what capture programs write; with another resolution the time counts as not known.
        public Interface WithResolution(byte code)
        {
            if (code > MostDigits) return this with { NanosPerUnit = 0, Digits = 0 };
            long nanos = 1;
            for (int digit = code; digit < 9; digit++) nanos *= 10;
            return this with { NanosPerUnit = nanos, Digits = code };
        }

        public long Nanos(ulong units)
        {
            if (NanosPerUnit == 0) return 0;
            UInt128 nanos = (UInt128)units * (ulong)NanosPerUnit;
            for (int digit = Digits; digit > 9; digit--) nanos /= 10;
            Int128 utc = (Int128)nanos + ((Int128)OffsetSeconds * UnixNanos.PerSecond);
            return utc < 0 || utc > long.MaxValue ? 0 : (long)utc;
        }
    }
}
