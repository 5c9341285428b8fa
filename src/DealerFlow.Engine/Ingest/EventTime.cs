using DealerFlow.Wire;

namespace DealerFlow.Engine;

/// <summary>
/// Event time: never runs back, and is not led astray by a time that cannot be. A time too far from the last is held to be damage until
/// so many messages in a row agree with it that it must be true.
/// </summary>
internal struct EventTime(long lastSettlementNanos)
{
    /// <summary>Longer than any closure of the exchanges.</summary>
    public const long FarthestJumpNanos = 7 * UnixNanos.PerDay;

    /// <summary>Messages in a row that make a far time believable.</summary>
    public const int Confirmations = 64;

    private const long AgreementNanos = 60 * UnixNanos.PerSecond;

    private bool _hasStarted;
    private long _suspectNanos;
    private int _suspects;

    /// <summary>The latest believable time; 0 before the first.</summary>
    public long Nanos { get; private set; }

    /// <summary>The last message's time was not believable.</summary>
    public readonly bool IsSuspect => _suspects > 0;

    /// <summary>Times are as they should be: one that is not before the last, and near it, only has to be taken over.</summary>
    public readonly bool IsPlain => _hasStarted && _suspects == 0;

    /// <summary>Takes over the time of a message that is not before the last and less than <see cref="FarthestJumpNanos"/> after it.</summary>
    public void Set(long nanos) => Nanos = nanos;

    /// <summary>Moves on to the time of a message; a time that runs back or is not believable leaves it where it is and is counted.</summary>
    public void Move(long nanos, ref Ledger ledger)
    {
        if (nanos >= Nanos && IsBelievable(nanos))
        {
            Nanos = nanos;
            _hasStarted = true;
            _suspects = 0;
            return;
        }
        // Nanos is never negative, so the sum does not wrap where the difference would.
        if (nanos < Nanos && nanos + FarthestJumpNanos >= Nanos)
        {
            ledger.TimeRegressions++;
            _suspects = 0;
            return;
        }
        Suspect(nanos, ref ledger);
    }

    private readonly bool IsBelievable(long nanos) => nanos <= MarkClock.LatestNanos
        && (_hasStarted ? nanos - Nanos <= FarthestJumpNanos : nanos >= 0 && nanos <= lastSettlementNanos + FarthestJumpNanos);

    private void Suspect(long nanos, ref Ledger ledger)
    {
        ledger.SuspectTimes++;
        bool agrees = _suspects > 0 && Int128.Abs((Int128)nanos - _suspectNanos) <= AgreementNanos;
        _suspects = agrees ? _suspects + 1 : 1;
        _suspectNanos = nanos;
        // Time that ran back stays there: what has settled does not come to life again.
        if (_suspects < Confirmations || nanos < Nanos || nanos > MarkClock.LatestNanos) return;
        Nanos = nanos;
        _hasStarted = true;
        _suspects = 0;
    }
}
