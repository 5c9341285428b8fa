namespace DealerFlow.Memory;

/// <summary>How far apart two words must lie so that writing one does not slow readers of the other.</summary>
public static class CacheLine
{
    /// <summary>
    /// Bytes between words with different writers: two 64-byte lines, because x64 prefetches lines in pairs and some
    /// arm64 cores have lines of 128 bytes.
    /// </summary>
    public const int Stride = 128;
}
