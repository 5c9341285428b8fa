namespace DealerFlow.Memory;

/// <summary>Spins, then offers the core to whoever wants it, and never sleeps: microseconds of latency for a core that looks busy.</summary>
public readonly struct YieldingWait : IWaitStrategy
{
    private const int SpinRounds = 64;

    /// <inheritdoc/>
    public void Wait(int idleRounds)
    {
        if (idleRounds < SpinRounds) Thread.SpinWait(8);
        else Thread.Yield();
    }

    /// <inheritdoc/>
    public void Signal()
    {
    }
}
