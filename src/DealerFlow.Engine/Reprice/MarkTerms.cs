using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>Time, discount and forward of every expiry at a mark (METHODOLOGY: forward and discount).</summary>
internal sealed class MarkTerms(NodeTable nodes, EngineOptions options)
{
    /// <summary>Length of the pin state: in the last minute T stays at 60 s and quotes no longer move w.</summary>
    public const long PinNanos = 60 * UnixNanos.PerSecond;

    private const long RefitNanos = 100 * UnixNanos.PerMillisecond;

    private readonly ParityForward _parity = new(nodes);
    private readonly CashDividend[] _dividends = new CashDividend[options.Dividends.Count];
    private long _lastInference = long.MinValue;
    private double _inferredSpot;

    /// <summary>The cash dividends as seen from the mark in force; those that are over lie before 0.</summary>
    public ReadOnlySpan<CashDividend> Dividends => _dividends;

    /// <summary>Settles what has settled and sets T and D. Call first at every mark.</summary>
    /// <returns>True when an expiry settled or became 0DTE.</returns>
    public bool SetTime(long markNanos)
    {
        bool hasChanged = false;
        for (int i = 0; i < _dividends.Length; i++)
            _dividends[i] = new CashDividend((options.Dividends[i].ExNanos - markNanos) / NodeTable.NanosPerYear, options.Dividends[i].Amount);
        foreach (ExpirySegment segment in nodes.Segments)
        {
            (bool wasExpired, bool wasZeroDte) = (segment.IsExpired, segment.IsZeroDte);
            segment.IsExpired = markNanos >= segment.SettlementNanos;
            segment.IsZeroDte = !segment.IsExpired && markNanos >= segment.DayStartNanos;
            hasChanged |= segment.IsExpired != wasExpired || segment.IsZeroDte != wasZeroDte;
            if (segment.IsExpired) continue;
            segment.Years = Math.Max(segment.SettlementNanos - markNanos, PinNanos) / NodeTable.NanosPerYear;
            segment.Discount = Functions.Exp(-options.Rate * segment.Years);
        }
        return hasChanged;
    }

    /// <summary>Sets F of every live expiry; an expiry whose source of F changed is reported so that its quotes are inverted afresh.</summary>
    /// <param name="markNanos">The mark.</param>
    /// <param name="spot">Its spot.</param>
    /// <param name="quotedNanos">When that spot was quoted; <see cref="long.MinValue"/> when it was not.</param>
    /// <param name="onNewSource">Hears of expiries whose source of F changed.</param>
    public void SetForwards(long markNanos, double spot, long quotedNanos, Action<ExpirySegment> onNewSource)
    {
        foreach (ExpirySegment segment in nodes.Segments)
        {
            if (segment.IsExpired) continue;
            ForwardSource before = segment.ForwardSource;
            if (options.ForwardMode == ForwardMode.Parity) FitIfDue(segment, markNanos, spot, quotedNanos);
            else segment.ForwardSource = ForwardSource.Carry;

            segment.Forward = segment.ForwardSource == ForwardSource.Parity
                ? segment.ForwardOverSpot * spot
                : Carry(segment, spot);
            segment.LogForward = Functions.Log(segment.Forward);
            if (segment.ForwardSource != before) onNewSource(segment);
        }
    }

    /// <summary>Fits the forward of an expiry again to quotes whose early-exercise premiums are known now.</summary>
    /// <returns>False where there are too few pairs: the forward stays.</returns>
    public bool TryRefit(ExpirySegment segment, double spot)
    {
        if (!_parity.TryFit(segment, spot, out double forward)) return false;
        segment.ForwardOverSpot = forward / spot;
        segment.ForwardSource = ForwardSource.Parity;
        segment.Forward = forward;
        segment.LogForward = Functions.Log(forward);
        return true;
    }

    /// <summary>
    /// Spot from the nearest expiry that has parity pairs, for an underlying that is not quoted; 0 when there is none.
    /// Looked for as often as forwards are fitted, and held in between.
    /// </summary>
    public double InferSpot(long markNanos)
    {
        if (options.ForwardMode != ForwardMode.Parity) return 0;
        if (_lastInference != long.MinValue && markNanos - _lastInference < RefitNanos) return _inferredSpot;
        _lastInference = markNanos;
        _inferredSpot = 0;
        foreach (ExpirySegment segment in nodes.BySettlement)
        {
            if (segment.IsExpired || !_parity.TryFindCentre(segment, out double centre)) continue;
            if (!_parity.TryFit(segment, centre, out double forward)) continue;
            // What the market said of carry while spot was quoted is better than what was assumed of it, and leaves no jump.
            _inferredSpot = segment.QuotedForwardOverSpot > 0
                ? forward / segment.QuotedForwardOverSpot
                : (forward * Functions.Exp((options.Dividend - options.Rate) * segment.Years))
                    + AmericanTerms.PresentValue(_dividends, options.Rate, segment.Years);
            break;
        }
        return _inferredSpot;
    }

    // Dividends worth more than spot are nobody's; a forward has to stay positive all the same.
    private double Carry(ExpirySegment segment, double spot)
    {
        double escrow = AmericanTerms.PresentValue(_dividends, options.Rate, segment.Years);
        return (escrow < spot ? spot - escrow : spot) * Functions.Exp((options.Rate - options.Dividend) * segment.Years);
    }

    private void FitIfDue(ExpirySegment segment, long markNanos, double spot, long quotedNanos)
    {
        bool isDue = segment.ForwardSource == ForwardSource.None
            || (nodes.HasQuotesSinceFit[segment.Index] && markNanos - segment.LastFitNanos >= RefitNanos);
        if (!isDue) return;
        segment.LastFitNanos = markNanos;
        nodes.HasQuotesSinceFit[segment.Index] = false;
        if (_parity.TryFit(segment, spot, out double forward))
        {
            segment.ForwardOverSpot = forward / spot;
            segment.ForwardSource = ForwardSource.Parity;
            // Against a spot that fell silent a while ago the ratio holds what the market has moved since.
            bool isQuoted = quotedNanos != long.MinValue;
            if (isQuoted && (markNanos - quotedNanos <= RefitNanos || segment.QuotedForwardOverSpot == 0))
                segment.QuotedForwardOverSpot = segment.ForwardOverSpot;
        }
        else
        {
            segment.ForwardSource = ForwardSource.CarryFallback;
        }
    }
}
