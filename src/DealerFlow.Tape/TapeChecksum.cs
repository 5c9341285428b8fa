using System.Runtime.InteropServices;
using DealerFlow.Memory;

namespace DealerFlow.Tape;

/// <summary>CRC-32 (zlib polynomial) over the checked part of a record and over the bytes that follow it. One per thread.</summary>
internal sealed class TapeChecksum
{
    private readonly FoldedCrc32 _crc = new();

    public uint Of(ReadOnlySpan<byte> bytes)
    {
        _crc.Reset();
        _crc.Append(bytes);
        return _crc.GetCurrentHashAsUInt32();
    }

    public uint Of<TRecord>(in TRecord record, int checkedBytes, ReadOnlySpan<byte> following = default) where TRecord : unmanaged
    {
        _crc.Reset();
        _crc.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<TRecord>(in record))[..checkedBytes]);
        _crc.Append(following);
        return _crc.GetCurrentHashAsUInt32();
    }
}
