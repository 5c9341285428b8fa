namespace DealerFlow.Memory;

/// <summary>
/// What a thread does while a ring gives it nothing. A struct type argument, so that the choice costs no call: latency is paid for with a
/// core, and which of the two is dear differs from desk to desk. Made with <c>new</c>, never <c>default</c>: a strategy may hold what both sides share.
/// </summary>
public interface IWaitStrategy
{
    /// <summary>Called after each fruitless look; <paramref name="idleRounds"/> counts them since the last success.</summary>
    void Wait(int idleRounds);

    /// <summary>Called by the other side after each publication; wakes whoever sleeps.</summary>
    void Signal();
}
