using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>Walks a tape header by header, as the format page describes it and without the reader.</summary>
internal static class TapeWalk
{
    public static (int Start, int Length, TapeBlockHeader Header)[] Blocks(ReadOnlySpan<byte> tape)
    {
        var blocks = new List<(int, int, TapeBlockHeader)>();
        for (int at = TapeFileHeader.SizeInBytes; at < tape.Length - TapeFooter.SizeInBytes;)
        {
            TapeBlockHeader header = MemoryMarshal.Read<TapeBlockHeader>(tape[at..]);
            int length = TapeBlockHeader.SizeInBytes + (int)header.StoredBytes;
            blocks.Add((at, length, header));
            at += length;
        }
        return [.. blocks];
    }

    public static TapeBlockHeader[] Headers(ReadOnlySpan<byte> tape) => [.. Blocks(tape).Select(block => block.Header)];
}
