using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DealerFlow.Memory;

/// <summary>How far apart two words must lie so that writing one does not slow readers of the other.</summary>
public static class CacheLine
{
    /// <summary>
    /// Bytes between words with different writers: two 64-byte lines, because x64 prefetches lines in pairs and some
    /// arm64 cores have lines of 128 bytes.
    /// </summary>
    public const int Stride = 128;

    /// <summary>
    /// Asks for the line of something that will be looked at soon, and does not wait for it. A hint: it has no effect on what is read, and
    /// none at all where there is no such instruction.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch<T>(ref readonly T value)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in value)));
    }
}
