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
    private long _lastInference = long.MinValue;
    private double _inferredSpot;

    /// <summary>Settles what has settled and sets T and D. Call first at every mark.</summary>
    /// <returns>True when an expiry settled or became 0DTE.</returns>
    public bool SetTime(long markNanos)
    {
        bool hasChanged = false;
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
    public void SetForwards(long markNanos, double spot, Action<ExpirySegment> onNewSource)
    {
        foreach (ExpirySegment segment in nodes.Segments)
        {
            if (segment.IsExpired) continue;
            ForwardSource before = segment.ForwardSource;
            if (options.ForwardMode == ForwardMode.Parity) FitIfDue(segment, markNanos, spot);
            else segment.ForwardSource = ForwardSource.Carry;

            segment.Forward = segment.ForwardSource == ForwardSource.Parity
                ? segment.ForwardOverSpot * spot
                : spot * Functions.Exp((options.Rate - options.Dividend) * segment.Years);
            segment.LogForward = Functions.Log(segment.Forward);
            if (segment.ForwardSource != before) onNewSource(segment);
        }
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
        foreach (ExpirySegment segment in nodes.Segments)
        {
            if (segment.IsExpired || !_parity.TryFindCentre(segment, out double centre)) continue;
            if (!_parity.TryFit(segment, centre, out double forward)) continue;
            _inferredSpot = forward * Functions.Exp((options.Dividend - options.Rate) * segment.Years);
            break;
        }
        return _inferredSpot;
    }

    private void FitIfDue(ExpirySegment segment, long markNanos, double spot)
    {
        bool isDue = segment.ForwardSource == ForwardSource.None
            || (segment.HasQuotesSinceFit && markNanos - segment.LastFitNanos >= RefitNanos);
        if (!isDue) return;
        segment.LastFitNanos = markNanos;
        segment.HasQuotesSinceFit = false;
        if (_parity.TryFit(segment, spot, out double forward))
        {
            segment.ForwardOverSpot = forward / spot;
            segment.ForwardSource = ForwardSource.Parity;
        }
        else
        {
            segment.ForwardSource = ForwardSource.CarryFallback;
        }
    }
}
