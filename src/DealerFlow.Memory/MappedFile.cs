using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Memory;

/// <summary>
/// Owns an open file and a shared mapping of its first bytes, or of a window further behind. Whoever maps the same file, in any process, sees the same
/// memory. No span or reference may outlive the owner.
/// </summary>
/// <remarks>
/// A store beyond the reserved pages, or a load beyond the end of a file that somebody cut, is a SIGBUS that .NET cannot
/// catch: reserve the pages before mapping, compare the size with the mapped length, never shrink a file that may
/// be mapped. Linux, 64-bit.
/// </remarks>
public sealed unsafe class MappedFile : IDisposable
{
    private readonly bool _writable;
    private readonly bool _ownsFile;
    private readonly byte* _mapped;
    private readonly nuint _mappedLength;
    private byte* _first;

    private MappedFile(SafeFileHandle file, byte* mapped, nuint mappedLength, long length, bool writable, bool ownsFile)
    {
        File = file;
        Length = length;
        _mapped = mapped;
        _mappedLength = mappedLength;
        _first = mapped + (mappedLength - (nuint)length);
        (_writable, _ownsFile) = (writable, ownsFile);
    }

    /// <summary>The open file; closed by <see cref="Dispose"/> of whoever mapped it first.</summary>
    public SafeFileHandle File { get; }

    /// <summary>Mapped bytes.</summary>
    public long Length { get; }

    /// <summary>
    /// Maps the first <paramref name="length"/> bytes for reading only; owns <paramref name="file"/> from then on.
    /// </summary>
    /// <exception cref="IOException">The kernel refused; <paramref name="file"/> still belongs to the caller.</exception>
    public static MappedFile MapReadOnly(SafeFileHandle file, long length) => Map(file, 0, length, writable: false, ownsFile: true);

    /// <summary>
    /// Maps the first <paramref name="length"/> bytes for reading and writing; owns <paramref name="file"/> from then on.
    /// </summary>
    /// <exception cref="IOException">The kernel refused; <paramref name="file"/> still belongs to the caller.</exception>
    public static MappedFile MapReadWrite(SafeFileHandle file, long length) => Map(file, 0, length, writable: true, ownsFile: true);

    /// <summary>
    /// Another part of the same file, mapped for itself in the same way; offsets count from its begin. It is disposed for itself, and the file
    /// stays with this one.
    /// </summary>
    /// <param name="offset">First byte, a multiple of 8.</param>
    /// <param name="length">Number of bytes.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public MappedFile Window(long offset, long length) => Map(File, offset, length, _writable, ownsFile: false);

    /// <summary>Bytes to read.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Read(long offset, int length)
    {
        CheckRange(offset, length);
        return new ReadOnlySpan<byte>(_first + offset, length);
    }

    /// <summary>Bytes to write; throws on a read-only mapping, where a store would end the process.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Write(long offset, int length)
    {
        CheckRange(offset, length);
        if (!_writable) Throw.ReadOnly();
        return new Span<byte>(_first + offset, length);
    }

    /// <summary>The record at <paramref name="offset"/>, to read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly T Read<T>(long offset)
        where T : unmanaged
    {
        CheckRecord(offset, sizeof(T));
        return ref Unsafe.AsRef<T>(_first + offset);
    }

    /// <summary>The record at <paramref name="offset"/>, to write; throws on a read-only mapping.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Write<T>(long offset)
        where T : unmanaged
    {
        CheckRecord(offset, sizeof(T));
        if (!_writable) Throw.ReadOnly();
        return ref Unsafe.AsRef<T>(_first + offset);
    }

    /// <summary>Unmaps and leaves the file open, for whoever has mapped more of it. A second call does nothing.</summary>
    public void Unmap()
    {
        if (_first is null) return;
        _ = LibC.UnmapMemory(_mapped, _mappedLength);
        _first = null;
    }

    /// <summary>Unmaps and closes the file. A second call does nothing.</summary>
    public void Dispose()
    {
        if (_first is null) return;
        Unmap();
        if (_ownsFile) File.Dispose();
    }

    private static MappedFile Map(SafeFileHandle file, long offset, long length, bool writable, bool ownsFile)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess) Throw.Platform();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if ((offset & 7) != 0) Throw.Misaligned(offset);

        // The kernel maps from the begin of a page, which is larger than 4096 on some machines.
        long before = offset % Environment.SystemPageSize;
        var whole = (nuint)(before + length);
        int protection = LibC.ProtectionRead | (writable ? LibC.ProtectionWrite : 0);
        // Populated at once: the first pass over the memory must not stop at every page.
        void* mapped = LibC.MapMemory(null, whole, protection, LibC.MapShared | LibC.MapPopulate, file, (nint)(offset - before));
        if (mapped == LibC.MapFailed) Throw.NotMapped(length);
        return new MappedFile(file, (byte*)mapped, whole, length, writable, ownsFile);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckRange(long offset, int length)
    {
        if (_first is null) Throw.Disposed();
        if (offset < 0 || length < 0 || offset > Length - length) Throw.OutsideMapping(offset, length, Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckRecord(long offset, int size)
    {
        CheckRange(offset, size);
        // Words that other processes look at are whole only on their natural boundary.
        if ((offset & 7) != 0) Throw.Misaligned(offset);
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void Platform() =>
            throw new PlatformNotSupportedException("Mapped files need 64-bit Linux (x64 or arm64).");

        [DoesNotReturn]
        public static void NotMapped(long length)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"Mapping {length} bytes failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
        }

        [DoesNotReturn]
        public static void ReadOnly() => throw new InvalidOperationException("The file is mapped for reading only.");

        [DoesNotReturn]
        public static void OutsideMapping(long offset, int length, long mapped) =>
            throw new ArgumentOutOfRangeException(nameof(offset),
                $"{length} bytes at offset {offset} are outside the {mapped} mapped bytes.");

        [DoesNotReturn]
        public static void Misaligned(long offset) =>
            throw new ArgumentOutOfRangeException(nameof(offset), offset, "A record in shared memory starts on a multiple of 8.");

        [DoesNotReturn]
        public static void Disposed() => throw new ObjectDisposedException(nameof(MappedFile));
    }
}
