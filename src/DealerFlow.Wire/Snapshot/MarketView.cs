using System.Runtime.InteropServices;

namespace DealerFlow.Wire;

/// <summary>Reads the bytes of one market section: head, strikes, expiries. Owns nothing; lives as long as the bytes.</summary>
public readonly ref struct MarketView
{
    private readonly ReadOnlySpan<byte> _bytes;

    private MarketView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Totals, levels and provenance.</summary>
    public readonly ref readonly MarketSection Head => ref MemoryMarshal.AsRef<MarketSection>(_bytes);

    /// <summary>Strikes, ascending.</summary>
    public readonly ReadOnlySpan<StrikeRow> Strikes =>
        MemoryMarshal.Cast<byte, StrikeRow>(_bytes.Slice(MarketSection.SizeInBytes, (int)Head.StrikeCount * StrikeRow.SizeInBytes));

    /// <summary>Expiries, by settlement instant, then root.</summary>
    public readonly ReadOnlySpan<ExpiryRow> Expiries =>
        MemoryMarshal.Cast<byte, ExpiryRow>(_bytes[(MarketSection.SizeInBytes + ((int)Head.StrikeCount * StrikeRow.SizeInBytes))..]);

    /// <summary>Bytes of a market section with so many rows.</summary>
    public static int SizeOf(int strikes, int expiries) =>
        checked(MarketSection.SizeInBytes + (strikes * StrikeRow.SizeInBytes) + (expiries * ExpiryRow.SizeInBytes));

    /// <summary>A view over exactly one section; false when the counts do not fit the bytes.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> bytes, out MarketView view)
    {
        view = default;
        if (bytes.Length < MarketSection.SizeInBytes) return false;
        ref readonly MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(bytes);
        long size = MarketSection.SizeInBytes + ((long)head.StrikeCount * StrikeRow.SizeInBytes) + ((long)head.ExpiryCount * ExpiryRow.SizeInBytes);
        if (size != bytes.Length) return false;
        view = new MarketView(bytes);
        return true;
    }
}
