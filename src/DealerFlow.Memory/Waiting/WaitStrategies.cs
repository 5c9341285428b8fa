namespace DealerFlow.Memory;

/// <summary>What a thread does while the ring gives it nothing. A struct type argument, so the loop is compiled flat.</summary>
public interface IWaitStrategy
{
    /// <summary>Called after each fruitless look; <paramref name="idleRounds"/> counts them since the last success.</summary>
    void Idle(int idleRounds);
}

/// <summary>Spins: the least latency, a whole core.</summary>
public struct BusySpinWait : IWaitStrategy
{
    /// <inheritdoc/>
    public void Idle(int idleRounds) => Thread.SpinWait(4);
}

/// <summary>Spins a little, then offers the core to others: right where threads may outnumber cores.</summary>
public struct YieldingWait : IWaitStrategy
{
    private const int SpinRounds = 64;

    /// <inheritdoc/>
    public void Idle(int idleRounds)
    {
        if (idleRounds < SpinRounds) Thread.SpinWait(8);
        else Thread.Yield();
    }
}

/// <summary>Spins, yields, then sleeps: for sources that are paced by a clock, on a laptop.</summary>
public struct SleepingWait : IWaitStrategy
{
    private const int SpinRounds = 64;
    private const int YieldRounds = 256;

    /// <inheritdoc/>
    public void Idle(int idleRounds)
    {
        if (idleRounds < SpinRounds) Thread.SpinWait(8);
        else if (idleRounds < YieldRounds) Thread.Yield();
        else Thread.Sleep(1);
    }
}
