namespace DealerFlow.Memory;

/// <summary>What all buffers of this process hold together.</summary>
public static class AlignedMemory
{
    private static long _ownedBytes;

    /// <summary>Bytes of native memory that is in use.</summary>
    public static long OwnedBytes => Volatile.Read(ref _ownedBytes);

    internal static void Add(long bytes) => Interlocked.Add(ref _ownedBytes, bytes);
}
