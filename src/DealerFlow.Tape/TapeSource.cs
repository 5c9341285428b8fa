using Microsoft.Win32.SafeHandles;

namespace DealerFlow.Tape;

/// <summary>The bytes of a tape: a file, or memory. A file is read, not mapped: one that shrinks ends in a message, not in a signal.</summary>
internal sealed class TapeSource : IDisposable
{
    private readonly SafeFileHandle? _file;
    private readonly ReadOnlyMemory<byte> _memory;

    private TapeSource(string path, SafeFileHandle? file, ReadOnlyMemory<byte> memory)
    {
        Path = path;
        _file = file;
        _memory = memory;
        Length = file is null ? memory.Length : RandomAccess.GetLength(file);
    }

    public string Path { get; }

    /// <summary>Length when it was opened.</summary>
    public long Length { get; }

    public static TapeSource OfFile(string path) =>
        new(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan), default);

    public static TapeSource OfMemory(ReadOnlyMemory<byte> bytes, string name) => new(name, null, bytes);

    /// <summary>Fills the span from <paramref name="offset"/> on; false when the bytes are not there.</summary>
    public bool TryRead(Span<byte> bytes, long offset)
    {
        if (offset < 0 || offset > Length - bytes.Length) return false;
        if (_file is null)
        {
            _memory.Span.Slice((int)offset, bytes.Length).CopyTo(bytes);
            return true;
        }
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0) return false;
            bytes = bytes[read..];
            offset += read;
        }
        return true;
    }

    public void Dispose() => _file?.Dispose();
}
