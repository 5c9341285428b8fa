using System.Runtime.InteropServices;
using DealerFlow.Wire;
using K4os.Compression.LZ4;

namespace DealerFlow.Tape;

/// <summary>
/// Reads one block after the other and checks each: its place in the file, its place in the chain, both checksums. Every length is
/// held against the bytes that remain before it is used.
/// </summary>
internal sealed class TapeBlockReader(TapeSource source)
{
    private readonly TapeChecksum _checksum = new();
    private byte[] _stored = [];
    private byte[] _decompressed = [];
    private TapeBlockHeader _header;
    private int _payloadBytes;

    /// <summary>From the file header, once that is known.</summary>
    public ulong FileId { get; set; }

    /// <summary>From the file header, once that is known.</summary>
    public uint MaxTicksPerBlock { get; set; }

    /// <summary>Where the next block begins; after a fault, where the damaged one does.</summary>
    public long Offset { get; private set; }

    /// <summary>Number that the next block must have.</summary>
    public uint NextNumber { get; private set; }

    /// <summary>Ticks in the blocks before the next one.</summary>
    public long TicksBefore { get; private set; }

    /// <summary>StoredCrc that the next block must name as its predecessor's; null where it is not known.</summary>
    public uint? PreviousCrc { get; private set; }

    /// <summary>The block that was read last.</summary>
    public ref readonly TapeBlockHeader Header => ref _header;

    /// <summary>Payload of the block that was read last.</summary>
    public ReadOnlySpan<byte> Payload =>
        (_header.Compression == TapeCompression.None ? _stored : _decompressed).AsSpan(0, _payloadBytes);

    /// <summary>Makes room for the largest block that this tape can hold, so that reading on allocates nothing.</summary>
    public void Reserve()
    {
        long largest = TickBlockHead.MaxPayloadBytes((int)MaxTicksPerBlock);
        Grow(ref _stored, (int)Math.Min(largest, source.Length));
        Grow(ref _decompressed, (int)Math.Min(largest, 255 * source.Length));
    }

    /// <summary>Continues at a block whose place is known. Without <paramref name="previousCrc"/> its predecessor is not checked.</summary>
    public void MoveTo(long offset, uint number, long ticksBefore, uint? previousCrc)
    {
        Offset = offset;
        NextNumber = number;
        TicksBefore = ticksBefore;
        PreviousCrc = previousCrc;
    }

    /// <summary>Whether a block with this number, so many ticks before it and this predecessor belongs here.</summary>
    public bool IsBefore(uint number, long ticksBefore, uint previousCrc) =>
        NextNumber == number && TicksBefore == ticksBefore && (PreviousCrc is null || PreviousCrc == previousCrc);

    /// <summary>Reads and checks the next block; on <see cref="TapeFault.None"/> header and payload are there and Offset is behind it.</summary>
    public TapeFault ReadNext()
    {
        TapeFault fault = ReadStored();
        if (fault == TapeFault.None) fault = Decompress();
        if (fault != TapeFault.None) return fault;
        Offset += TapeBlockHeader.SizeInBytes + _header.StoredBytes;
        NextNumber++;
        PreviousCrc = _header.StoredCrc;
        if (_header.Kind == TapeBlockKind.Ticks) TicksBefore += _header.Count;
        return TapeFault.None;
    }

    private TapeFault ReadStored()
    {
        if (Offset == source.Length) return TapeFault.End;
        if (!source.TryRead(MemoryMarshal.AsBytes(new Span<TapeBlockHeader>(ref _header)), Offset)) return TapeFault.CutOff;
        if (!MemoryMarshal.AsBytes(new Span<TapeBlockHeader>(ref _header)).ContainsAnyExcept((byte)0)) return TapeFault.End;
        if (_header.Marker != TapeBlockHeader.ExpectedMarker) return TapeFault.NotABlock;
        if (!LengthsAreSound()) return TapeFault.BadLengths;
        long remaining = source.Length - Offset - TapeBlockHeader.SizeInBytes;
        if (_header.StoredBytes > remaining) return TapeFault.CutOff;

        Grow(ref _stored, (int)_header.StoredBytes);
        Span<byte> stored = _stored.AsSpan(0, (int)_header.StoredBytes);
        if (!source.TryRead(stored, Offset + TapeBlockHeader.SizeInBytes)) return TapeFault.CutOff;
        if (_checksum.Of(in _header, TapeBlockHeader.CheckedBytes, stored) != _header.StoredCrc) return TapeFault.BadChecksum;
        bool inPlace = _header.FileId == FileId && IsBefore(_header.BlockNumber, _header.FirstTick, _header.PreviousCrc);
        return inPlace ? TapeFault.None : TapeFault.OutOfPlace;
    }

    private bool LengthsAreSound()
    {
        long largestPayload = _header.Kind switch
        {
            TapeBlockKind.Metadata => TapeMetadata.MaxBytes,
            TapeBlockKind.Definitions when _header.Count <= TapeWriter.DefinitionsPerBlock => (long)_header.Count * InstrumentDefinition.SizeInBytes,
            TapeBlockKind.Ticks when _header.Count - 1 < MaxTicksPerBlock => TickBlockHead.MaxPayloadBytes((int)_header.Count),
            TapeBlockKind.Index when _header.Count <= TapeIndexEntry.Capacity => (long)_header.Count * TapeIndexEntry.SizeInBytes,
            _ => -1,
        };
        bool stored = _header.Compression switch
        {
            TapeCompression.None => _header.StoredBytes == _header.PayloadBytes && _header.PayloadCrc == 0,
            TapeCompression.Lz4 => _header.StoredBytes < _header.PayloadBytes && _header.PayloadBytes <= 255L * _header.StoredBytes,
            _ => false,
        };
        bool exact = _header.Kind is not (TapeBlockKind.Definitions or TapeBlockKind.Index) || _header.PayloadBytes == largestPayload;
        return _header.PayloadBytes <= largestPayload && stored && exact && (_header.TickKinds == 0 || _header.Kind == TapeBlockKind.Ticks) && _header.Reserved2 == 0;
    }

    private TapeFault Decompress()
    {
        _payloadBytes = (int)_header.PayloadBytes;
        if (_header.Compression == TapeCompression.None) return TapeFault.None;
        ReadOnlySpan<byte> stored = _stored.AsSpan(0, (int)_header.StoredBytes);
        if (!Lz4Block.Becomes(stored, _payloadBytes)) return TapeFault.BadCompression;
        Grow(ref _decompressed, _payloadBytes);
        Span<byte> payload = _decompressed.AsSpan(0, _payloadBytes);
        int bytes = LZ4Codec.Decode(stored, payload);
        return bytes == payload.Length && _checksum.Of(payload) == _header.PayloadCrc ? TapeFault.None : TapeFault.BadCompression;
    }

    private static void Grow(ref byte[] buffer, int bytes)
    {
        if (buffer.Length < bytes) buffer = GC.AllocateUninitializedArray<byte>(bytes);
    }
}

/// <summary>What is wrong with the bytes where a block should be.</summary>
internal enum TapeFault
{
    None,
    End,
    CutOff,
    NotABlock,
    BadLengths,
    BadChecksum,
    OutOfPlace,
    BadCompression,
    BadContent,
}
