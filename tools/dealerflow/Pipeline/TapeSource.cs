using DealerFlow.Cli.Control;
using DealerFlow.Engine;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Pipeline;

/// <summary>The struct that the engine reads.</summary>
/// <param name="tapes">Where the ticks come from.</param>
/// <param name="moves">Moves the settlement of contracts that are defined during the session; null = nothing to move.</param>
/// <param name="control">Waits for a command at the end of the tapes; null = nobody says any.</param>
/// <param name="stop">Ends that wait.</param>
internal readonly struct TapeSource(TapeReplayer tapes, LateDefinitionMoves? moves, ReplayControl? control = null, CancellationToken stop = default) : ITickSource
{
    public int Read(Span<Tick> ticks)
    {
        int count = tapes.Read(ticks);
        if (count == 0) control?.AwaitAtEnd(stop);
        moves?.Apply(ticks[..count]);
        return count;
    }
}

/// <summary>The recorder as the engine sees it.</summary>
internal sealed class RecorderTap(TapeRecorder recorder) : ITickTap
{
    public void Take(ReadOnlySpan<Tick> ticks) => recorder.Take(ticks);
}
