namespace DealerFlow.Memory;

/// <summary>Spins and does nothing else: the least latency, for a thread that has a core of its own.</summary>
public readonly struct BusySpinWait : IWaitStrategy
{
    /// <inheritdoc/>
    public void Wait(int idleRounds) => Thread.SpinWait(1);

    /// <inheritdoc/>
    public void Signal()
    {
    }
}
