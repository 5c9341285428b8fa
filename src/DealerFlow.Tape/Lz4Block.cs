using System.Buffers.Binary;

namespace DealerFlow.Tape;

/// <summary>
/// Walks an LZ4 block without unpacking it. The decoder works with pointers and takes an offset of zero; this works with a span, so that
/// what the decoder is given is sound whatever the decoder checks.
/// </summary>
internal static class Lz4Block
{
    private const int LongLength = 15;
    private const int ShortestMatch = 4;

    /// <summary>Whether every length ends within the block, every offset points at what is there already, and exactly so many bytes come out.</summary>
    public static bool Becomes(ReadOnlySpan<byte> stored, int bytes)
    {
        int at = 0;
        long produced = 0;
        while (at < stored.Length)
        {
            int token = stored[at++];
            if (!TryLength(stored, ref at, token >> 4, out long literals) || literals > stored.Length - at) return false;
            at += (int)literals;
            produced += literals;
            // The last sequence has literals only.
            if (at == stored.Length) return produced == bytes;
            if (stored.Length - at < sizeof(ushort)) return false;
            int offset = BinaryPrimitives.ReadUInt16LittleEndian(stored[at..]);
            at += sizeof(ushort);
            if (offset == 0 || offset > produced) return false;
            if (!TryLength(stored, ref at, token & LongLength, out long match)) return false;
            produced += match + ShortestMatch;
            if (produced > bytes) return false;
        }
        return false;
    }

    // 15 goes on in the bytes that follow, up to the first that is not 255. 64 bits hold whatever a block can say.
    private static bool TryLength(ReadOnlySpan<byte> stored, ref int at, int nibble, out long length)
    {
        length = nibble;
        if (nibble < LongLength) return true;
        while (at < stored.Length)
        {
            byte more = stored[at++];
            length += more;
            if (more < byte.MaxValue) return true;
        }
        return false;
    }
}
