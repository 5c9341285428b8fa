using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DealerFlow.Memory;

/// <summary>
/// Owns one block of native memory that starts on a chosen boundary: columns for vector loads, rings, pages.
/// The block is zeroed, never moves and is freed by <see cref="Dispose"/>; no span may outlive it.
/// </summary>
/// <typeparam name="T">Element: any type without references.</typeparam>
public sealed unsafe class AlignedBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly long _bytes;
    private T* _first;

    /// <summary>A zeroed block of <paramref name="length"/> elements.</summary>
    /// <param name="length">Elements, 0 or more.</param>
    /// <param name="alignment">Boundary of the first element, bytes; a power of two.</param>
    public AlignedBuffer(int length, int alignment = CacheLine.Stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (alignment <= 0 || !BitOperations.IsPow2(alignment)) Throw.AlignmentNotPowerOfTwo(alignment);

        nuint bytes = checked((nuint)length * (nuint)sizeof(T));
        _first = (T*)NativeMemory.AlignedAlloc(Math.Max(bytes, 1), (nuint)alignment);
        NativeMemory.Clear(_first, bytes);
        _bytes = (long)bytes;
        AlignedMemory.Add(_bytes);
        Length = length;
        Alignment = alignment;
    }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>Boundary of the first element, bytes.</summary>
    public int Alignment { get; }

    /// <summary>All elements.</summary>
    public Span<T> Span
    {
        get
        {
            if (_first is null) Throw.Disposed();
            return new Span<T>(_first, Length);
        }
    }

    /// <summary>The first element, for loops that go without bounds checks.</summary>
    public ref T First
    {
        get
        {
            if (_first is null) Throw.Disposed();
            return ref Unsafe.AsRef<T>(_first);
        }
    }

    /// <summary>Frees the block. A second call does nothing.</summary>
    public void Dispose()
    {
        if (_first is not null) AlignedMemory.Add(-_bytes);
        NativeMemory.AlignedFree(_first);
        _first = null;
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void AlignmentNotPowerOfTwo(int alignment) =>
            throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "The alignment of a buffer is a power of two, in bytes.");

        [DoesNotReturn]
        public static void Disposed() => throw new ObjectDisposedException($"AlignedBuffer<{typeof(T).Name}>");
    }
}
