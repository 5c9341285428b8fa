using DealerFlow.Wire;

namespace DealerFlow.Import;

/// <summary>Takes ticks in the order in which a file has them, which need not be that of their times.</summary>
public interface ITickSink
{
    /// <summary>Takes one.</summary>
    void Add(in Tick tick);
}
