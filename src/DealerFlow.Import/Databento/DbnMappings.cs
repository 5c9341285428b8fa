using System.Buffers;

namespace DealerFlow.Import;

/// <summary>Which symbol an id stands for on which days, kept compactly: 16 bytes and the symbol for each stretch of days.</summary>
internal sealed class DbnMappings
{
    /// <summary>Longest symbol that is kept whole. No option of OPRA and no share has a longer one.</summary>
    public const int KeptLength = 22;

    private readonly List<Stretch> _stretches = [];
    private readonly ArrayBufferWriter<byte> _symbols = new();

    /// <summary>Day number of 1970-01-01; days are counted from there.</summary>
    public static int EpochDay { get; } = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>Stretches of days.</summary>
    public int Count => _stretches.Count;

    /// <summary>An id stands for a symbol from a day on until before another.</summary>
    public void Add(uint id, int from, int until, ReadOnlySpan<byte> symbol)
    {
        ReadOnlySpan<byte> kept = symbol[..Math.Min(symbol.Length, KeptLength)];
        bool isSameAgain = _stretches.Count > 0 && SymbolOf(_stretches[^1]).SequenceEqual(kept);
        int start = isSameAgain ? _stretches[^1].SymbolStart : _symbols.WrittenCount;
        if (!isSameAgain) _symbols.Write(kept);
        _stretches.Add(new Stretch(id, from, until, start, (byte)kept.Length));
    }

    /// <summary>All were added.</summary>
    public void Sort() => _stretches.Sort(static (a, b) => (a.Id, a.From).CompareTo((b.Id, b.From)));

    /// <summary>The symbol of an id on a day; empty when no stretch has both.</summary>
    public ReadOnlySpan<byte> SymbolOf(uint id, int day)
    {
        // The first stretch that begins after the day of this id; the one before it is the last that may hold.
        int low = 0;
        int high = _stretches.Count;
        while (low < high)
        {
            int middle = (int)((uint)(low + high) / 2);
            Stretch stretch = _stretches[middle];
            if ((stretch.Id, stretch.From).CompareTo((id, day)) <= 0) low = middle + 1;
            else high = middle;
        }
        if (low == 0) return default;
        Stretch last = _stretches[low - 1];
        return last.Id == id && day < last.Until ? SymbolOf(last) : default;
    }

    private ReadOnlySpan<byte> SymbolOf(Stretch stretch) => _symbols.WrittenSpan.Slice(stretch.SymbolStart, stretch.SymbolLength);

    private readonly record struct Stretch(uint Id, int From, int Until, int SymbolStart, byte SymbolLength);
}
