using DealerFlow.Wire;

namespace DealerFlow.Cli.Export;

/// <summary>A file of ticks that other programs read. Every form has the columns of <see cref="TickRow"/>.</summary>
internal interface ITickExport : IDisposable
{
    /// <summary>Writes ticks in their order.</summary>
    void Write(ReadOnlySpan<Tick> ticks);

    /// <summary>Writes what is left and the end of the file.</summary>
    void Complete();
}
