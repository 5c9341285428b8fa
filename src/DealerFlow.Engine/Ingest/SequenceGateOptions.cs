using System.Numerics;

namespace DealerFlow.Engine;

/// <summary>How much a <see cref="SequenceGate"/> remembers. All of it is allocated at the start: 13 MB as given.</summary>
public sealed record SequenceGateOptions
{
    /// <summary>Numbers remembered per channel: a power of two. A line may lag behind the other by fewer messages than this.</summary>
    public int Window
    {
        get;
        init => field = value is >= 64 and <= 1 << 24 && BitOperations.IsPow2(value) ? value : throw new ArgumentOutOfRangeException(
            nameof(Window), value, "A window remembers a power of two numbers, 64 to 16,777,216.");
    } = 1 << 16;

    /// <summary>Channels of all sources together; one more is refused.</summary>
    public int Channels
    {
        get;
        init => field = value is >= 1 and <= ushort.MaxValue ? value : throw new ArgumentOutOfRangeException(
            nameof(Channels), value, "A gate has 1 to 65,535 channels.");
    } = 1024;

    /// <summary>Later messages of the channel after which a gap is declared lost; it is earlier if it falls out of the window.</summary>
    public int GapPatience
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(
            nameof(GapPatience), value, "A gap waits for at least one later message.");
    } = 4096;

    /// <summary>Gaps of a channel that are open at a time; one more, and the oldest is declared lost.</summary>
    public int OpenGaps
    {
        get;
        init => field = value is >= 1 and <= 4096 ? value : throw new ArgumentOutOfRangeException(
            nameof(OpenGaps), value, "A channel has 1 to 4,096 open gaps.");
    } = 128;

    /// <summary>Instrument ids below this have a place of their own (16 bytes each).</summary>
    public int DenseInstruments
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(
            nameof(DenseInstruments), value, "The number of instrument ids is not negative.");
    } = 1 << 16;

    /// <summary>Room for other ids. States of ids beyond it pass unchecked and are counted.</summary>
    public int SparseInstruments
    {
        get;
        init => field = value is >= 0 and <= 1 << 24 ? value : throw new ArgumentOutOfRangeException(
            nameof(SparseInstruments), value, "There is room for 0 to 16,777,216 ids outside the dense range.");
    } = 4096;
}
