namespace DealerFlow.Memory;

/// <summary>
/// Spins, yields, then sleeps a millisecond at a time. Right where threads may outnumber cores and where a source is paced by a clock.
/// </summary>
public readonly struct SleepingWait : IWaitStrategy
{
    private const int SpinRounds = 64;
    private const int YieldRounds = 256;
    private const int PatientYieldRounds = 20_000;

    /// <inheritdoc/>
    public void Wait(int idleRounds) => Idle(idleRounds, YieldRounds);

    /// <inheritdoc/>
    public void Signal()
    {
    }

    /// <summary>The same for a producer that a full ring holds back: the ring empties within a millisecond, so a sleep would starve its reader.</summary>
    public static void ForRoom(int idleRounds) => Idle(idleRounds, PatientYieldRounds);

    private static void Idle(int idleRounds, int yieldRounds)
    {
        if (idleRounds < SpinRounds) Thread.SpinWait(8);
        else if (idleRounds < yieldRounds) Thread.Yield();
        else Thread.Sleep(1);
    }
}
