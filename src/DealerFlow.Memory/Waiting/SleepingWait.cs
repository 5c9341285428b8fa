namespace DealerFlow.Memory;

/// <summary>
/// What a thread does while the ring gives it nothing: spins, yields, then sleeps. Right where threads may outnumber cores and
/// where a source is paced by a clock.
/// </summary>
public static class SleepingWait
{
    private const int SpinRounds = 64;
    private const int YieldRounds = 256;

    /// <summary>Called after each fruitless look; <paramref name="idleRounds"/> counts them since the last success.</summary>
    public static void Idle(int idleRounds)
    {
        if (idleRounds < SpinRounds) Thread.SpinWait(8);
        else if (idleRounds < YieldRounds) Thread.Yield();
        else Thread.Sleep(1);
    }
}
