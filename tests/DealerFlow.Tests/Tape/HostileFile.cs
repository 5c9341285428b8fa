using System.Runtime.InteropServices;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>Changes a tape as an adversary would: lengths, counts and content, with every checksum made right again.</summary>
internal static class HostileFile
{
    private static readonly uint[] Interesting = [0, 1, 2, 63, 64, 65, 255, 256, 65_535, 65_536, 262_144, 262_145, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

    public static void ChangeBlock(byte[] tape, int start, int length, SplitMix random)
    {
        Span<byte> block = tape.AsSpan(start, length);
        for (int changes = 1 + (int)(random.NextBits() % 3); changes > 0; changes--)
        {
            bool inHeader = (random.NextBits() & 1) == 0 || length == TapeBlockHeader.SizeInBytes;
            int from = inHeader ? 0 : TapeBlockHeader.SizeInBytes, to = inHeader ? TapeBlockHeader.CheckedBytes : length;
            Change(block[from..to], random);
        }
        SealBlock(tape, start, MemoryMarshal.Read<TapeBlockHeader>(block));
    }

    /// <summary>Writes a block header with the checksum that it needs.</summary>
    public static void SealBlock(byte[] tape, int start, TapeBlockHeader header)
    {
        int stored = (int)Math.Min(header.StoredBytes, (uint)(tape.Length - start - TapeBlockHeader.SizeInBytes));
        header.StoredCrc = new TapeChecksum().Of(in header, TapeBlockHeader.CheckedBytes, tape.AsSpan(start + TapeBlockHeader.SizeInBytes, stored));
        MemoryMarshal.Write(tape.AsSpan(start), in header);
    }

    /// <summary>Writes a footer with the checksum that it needs.</summary>
    public static void SealFooter(byte[] tape, TapeFooter footer)
    {
        footer.Crc = new TapeChecksum().Of(in footer, TapeFooter.CheckedBytes);
        MemoryMarshal.Write(tape.AsSpan(tape.Length - TapeFooter.SizeInBytes), in footer);
    }

    public static void ChangeFileHeaderOrFooter(byte[] tape, SplitMix random)
    {
        if ((random.NextBits() & 1) == 0)
        {
            Change(tape.AsSpan(8, TapeFileHeader.CheckedBytes - 8), random);
            TapeFileHeader header = MemoryMarshal.Read<TapeFileHeader>(tape);
            header.Crc = new TapeChecksum().Of(in header, TapeFileHeader.CheckedBytes);
            MemoryMarshal.Write(tape, in header);
            return;
        }
        Span<byte> end = tape.AsSpan(tape.Length - TapeFooter.SizeInBytes);
        Change(end[..TapeFooter.CheckedBytes], random);
        SealFooter(tape, MemoryMarshal.Read<TapeFooter>(end));
    }

    private static void Change(Span<byte> bytes, SplitMix random)
    {
        int at = (int)(random.NextBits() % (ulong)bytes.Length);
        if ((random.NextBits() & 1) == 0 || at + sizeof(uint) > bytes.Length) bytes[at] = (byte)random.NextBits();
        else MemoryMarshal.Write(bytes[(at & ~3)..], Interesting[random.NextBits() % (ulong)Interesting.Length]);
    }
}
