using System.Numerics;

namespace DealerFlow.Engine;

/// <summary>
/// Which of the last numbers of a channel have not come: one bit per number, at its place modulo the window. Missing is 1, so an
/// undisturbed channel never writes here.
/// </summary>
/// <param name="words">The window, 64 numbers a word; a power of two.</param>
internal readonly ref struct MissingNumbers(Span<ulong> words)
{
    private readonly Span<ulong> _words = words;

    private ulong Window => (ulong)_words.Length * 64;

    public bool Contains(ulong sequence) => (_words[WordOf(sequence)] >> (int)sequence & 1) != 0;

    /// <summary>Takes out one number; 1 if it was there.</summary>
    public int Remove(ulong sequence)
    {
        ref ulong word = ref _words[WordOf(sequence)];
        int was = (int)(word >> (int)sequence & 1);
        word &= ~(1UL << (int)sequence);
        return was;
    }

    /// <summary>Puts in a run of numbers, at most a window of them; how many were not there.</summary>
    public int Add(ulong first, ulong count)
    {
        int added = 0;
        while (count > 0)
        {
            ref ulong word = ref _words[WordOf(first)];
            int length = (int)Math.Min(count, 64 - (first & 63));
            ulong bits = ulong.MaxValue >> (64 - length) << (int)first;
            added += BitOperations.PopCount(bits & ~word);
            word |= bits;
            first += (ulong)length;
            count -= (ulong)length;
        }
        return added;
    }

    /// <summary>Puts in every number.</summary>
    public int AddAll()
    {
        _words.Fill(ulong.MaxValue);
        return (int)Window;
    }

    /// <summary>The first number at or after <paramref name="sequence"/>; there is one.</summary>
    public ulong AtOrAfter(ulong sequence)
    {
        ulong word = _words[WordOf(sequence)] >> (int)sequence << (int)sequence;
        while (word == 0)
        {
            sequence = (sequence | 63) + 1;
            word = _words[WordOf(sequence)];
        }
        return (sequence & ~63UL) + (ulong)BitOperations.TrailingZeroCount(word);
    }

    /// <summary>The last number at or before <paramref name="sequence"/>; there is one.</summary>
    public ulong AtOrBefore(ulong sequence)
    {
        int above = 63 - (int)(sequence & 63);
        ulong word = _words[WordOf(sequence)] << above >> above;
        while (word == 0)
        {
            sequence = (sequence & ~63UL) - 1;
            word = _words[WordOf(sequence)];
        }
        return (sequence | 63) - (ulong)BitOperations.LeadingZeroCount(word);
    }

    private int WordOf(ulong sequence) => (int)((sequence & (Window - 1)) >> 6);
}
