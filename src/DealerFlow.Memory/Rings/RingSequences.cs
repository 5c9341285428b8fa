using System.Runtime.InteropServices;

namespace DealerFlow.Memory;

/// <summary>
/// The words that a ring's producer and one consumer share, each on a stride of its own, so that neither core's stores
/// take the other's line away. Each further consumer has a record of its own, of which the producer's words are not used.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 4 * Stride)]
internal struct RingSequences
{
    private const int Stride = CacheLine.Stride;

    [FieldOffset(0 * Stride)] internal long Cursor;        // written by the producer: events published so far
    [FieldOffset(1 * Stride)] internal long GatingCached;  // producer's last sight of Gating
    [FieldOffset(2 * Stride)] internal long Gating;        // written by the consumer: events released so far
    [FieldOffset(3 * Stride)] internal long CursorCached;  // consumer's last sight of Cursor
}
