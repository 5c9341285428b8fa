using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>The price of the underlying as it was quoted last, and what a mark takes for spot: it, what parity says, or the last one known.</summary>
internal sealed class SpotQuote(MarkTerms terms, EngineOptions options)
{
    private double _price;

    /// <summary>When it was quoted; <see cref="long.MinValue"/> when it never was.</summary>
    public long QuotedNanos { get; private set; } = long.MinValue;

    public void Take(double price, long nowNanos) => (_price, QuotedNanos) = (price, nowNanos);

    /// <summary>Age of the price at a mark; −1 when there never was one.</summary>
    public long AgeAt(long markNanos) => QuotedNanos == long.MinValue ? -1 : Math.Max(markNanos - QuotedNanos, 0);

    /// <param name="markNanos">The mark.</param>
    /// <param name="last">Spot of the mark before; 0 where there was none.</param>
    /// <param name="spot">Spot.</param>
    /// <param name="source">Where it comes from.</param>
    /// <returns>False while nothing is known.</returns>
    public bool TryFind(long markNanos, double last, out double spot, out SpotSource source)
    {
        (spot, source) = (_price, SpotSource.Quoted);
        bool isQuoted = _price > 0 && (options.OneShot || markNanos - QuotedNanos <= options.SpotSilenceNanos);
        if (isQuoted) return true;
        double inferred = terms.InferSpot(markNanos);
        (spot, source) = inferred > 0 ? (inferred, SpotSource.Inferred) : (last > 0 ? last : _price, SpotSource.NoUnderlying);
        return spot > 0;
    }
}
