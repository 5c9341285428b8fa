namespace DealerFlow.Memory;

/// <summary>Spins briefly, then sleeps until the other side signals: the least heat, at the price of a wake-up by the kernel.</summary>
public readonly struct BlockingWait : IWaitStrategy
{
    private const int SpinRounds = 64;
    private const int LongestSleepMilliseconds = 1;
    private readonly Bell _bell = new();

    /// <summary>Both sides hold copies of one strategy.</summary>
    public BlockingWait()
    {
    }

    /// <inheritdoc/>
    public void Wait(int idleRounds)
    {
        if (idleRounds < SpinRounds)
        {
            Thread.SpinWait(8);
            return;
        }
        lock (_bell)
        {
            _bell.IsAwaited = true;
            // The last look at the ring was before the flag: a publication in between does not ring, and the sleep ends all the same.
            Monitor.Wait(_bell, LongestSleepMilliseconds);
            _bell.IsAwaited = false;
        }
    }

    /// <inheritdoc/>
    public void Signal()
    {
        // Read without the lock: that nobody waits is the common case, and a stale answer costs a millisecond.
        if (!Volatile.Read(ref _bell.IsAwaited)) return;
        lock (_bell) Monitor.Pulse(_bell);
    }

    private sealed class Bell
    {
        internal bool IsAwaited;     // written by whoever waits, under the lock
    }
}
