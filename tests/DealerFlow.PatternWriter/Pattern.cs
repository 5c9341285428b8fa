using System.Runtime.InteropServices;
using DealerFlow.Wire;

namespace DealerFlow.PatternWriter;

/// <summary>Sections whose every word follows from their publish number: word i of section n is n + i, but for the two that count rows.</summary>
public static class Pattern
{
    private static readonly int StrikeCountAt = (int)Marshal.OffsetOf<MarketSection>(nameof(MarketSection.StrikeCount)) / 8;
    private static readonly int ExpiryCountAt = (int)Marshal.OffsetOf<MarketSection>(nameof(MarketSection.ExpiryCount)) / 8;

    /// <summary>A market section.</summary>
    public static void Fill(Span<byte> market, ulong number, int strikes, int expiries)
    {
        FillWords(market, number);
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(market);
        (head.StrikeCount, head.ExpiryCount) = ((uint)strikes, (uint)expiries);
    }

    /// <summary>A headline.</summary>
    public static HeadlineSection Headline(ulong number)
    {
        HeadlineSection headline = default;
        FillWords(MemoryMarshal.AsBytes(new Span<HeadlineSection>(ref headline)), number);
        return headline;
    }

    /// <summary>What goes beside either.</summary>
    public static RuntimeSection Runtime(ulong number) => new() { Ledger = new Ledger { In = number } };

    /// <summary>True when every word of a section is of this number.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> section, ulong number, bool isSnapshot)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(section);
        for (int i = 0; i < words.Length; i++)
            if (words[i] != number + (ulong)i && !(isSnapshot && (i == StrikeCountAt || i == ExpiryCountAt))) return false;
        return true;
    }

    private static void FillWords(Span<byte> bytes, ulong number)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (int i = 0; i < words.Length; i++) words[i] = number + (ulong)i;
    }
}
