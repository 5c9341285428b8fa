using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using DealerFlow.Market;
using ZstdSharp;

namespace DealerFlow.Import;

/// <summary>
/// A file to import, read once from front to back, gzip or Zstandard taken off. What a few compressed bytes may become is bounded.
/// </summary>
public sealed class ImportFile : IDisposable
{
    /// <summary>Bytes by which formats are told apart.</summary>
    public const int HeadBytes = 4_096;

    // A magic number, and of a skippable frame its length and the first bytes.
    private const int MagicBytes = 16;

    // 128 MiB of window: more than any of the known files asks for, less than a hostile frame can.
    private const int MaxWindowLog = 27;

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    private static ReadOnlySpan<byte> ZstdMagic => [0x28, 0xB5, 0x2F, 0xFD];

    private static ReadOnlySpan<byte> SkippableTail => [0x2A, 0x4D, 0x18];

    private readonly Stream _raw;

    private ImportFile(string path, Stream raw)
    {
        Path = path;
        _raw = raw;
        FileName = System.IO.Path.GetFileName(path);
        Length = raw.CanSeek ? raw.Length : 0;
        var counted = new CountingStream(raw);
        Consumed = () => counted.Count;
        Stream content = new HeadStream(counted, MagicBytes, out byte[] magic);
        if (magic.AsSpan().StartsWith(ZstdMagic) || IsSkippableFrame(magic))
        {
            var zstd = new DecompressionStream(content, leaveOpen: true);
            zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
            content = new BoundedStream(zstd, counted, path);
            FileName = Without(FileName, ".zst", ".zstd");
        }
        else if (magic.AsSpan().StartsWith(GzipMagic))
        {
            content = new BoundedStream(new GZipStream(content, CompressionMode.Decompress, leaveOpen: true), counted, path);
            FileName = Without(FileName, ".gz", ".gzip");
        }
        Content = new HeadStream(content, HeadBytes, out byte[] head);
        Head = head;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>Its name without the folder and without the ending of a compression.</summary>
    public string FileName { get; }

    /// <summary>The first bytes of the content.</summary>
    public ReadOnlyMemory<byte> Head { get; }

    /// <summary>The content, decompressed, from its first byte on.</summary>
    public Stream Content { get; }

    /// <summary>Bytes of the file as it lies on the disk; 0 = not known.</summary>
    public long Length { get; }

    /// <summary>Bytes of it that have been read so far. Any thread.</summary>
    public Func<long> Consumed { get; }

    /// <summary>Opens a file; <c>-</c> is standard input.</summary>
    /// <exception cref="InputFormatException">The file is missing, is a directory, or cannot be read.</exception>
    public static ImportFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path == "-") return Open(Console.OpenStandardInput(), "standard input");
        if (Directory.Exists(path)) throw new InputFormatException(path, 0, "this is a directory; name one file.");
        try
        {
            return Open(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan), path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputFormatException(path, 0, "there is no such file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new InputFormatException(path, 0, $"the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a stream; <paramref name="name"/> stands for its path.</summary>
    public static ImportFile Open(Stream raw, string name)
    {
        ArgumentNullException.ThrowIfNull(raw);
        try
        {
            return new ImportFile(name, raw);
        }
        catch (Exception failure)
        {
            raw.Dispose();
            if (failure is not (ZstdException or InvalidDataException)) throw;
            throw Damaged(name, failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Content.Dispose();
        _raw.Dispose();
    }

    // Sixteen magic numbers, 0x184D2A50 to 5F: a frame of somebody's own, which parallel compressors put before each frame of content. The
    // decompressor passes over it without holding it, however long it says it is. Databento's legacy files begin with one that holds their
    // metadata; they stay as they are, so that they can be known and refused by their name.
    private static bool IsSkippableFrame(ReadOnlySpan<byte> magic) =>
        magic.Length > SkippableTail.Length && magic[0] >> 4 == 5 && magic[1..].StartsWith(SkippableTail) && !DbnMetadata.IsLegacy(magic);

    private static string Without(string name, params ReadOnlySpan<string> endings)
    {
        foreach (string ending in endings)
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return name[..^ending.Length];
        return name;
    }

    private static InputFormatException Damaged(string path, Exception failure) =>
        new(path, 0, $"the compressed file is damaged ({failure.Message}); fetch another copy.", failure);

    /// <summary>Counts what was read from a stream.</summary>
    private sealed class CountingStream(Stream inner) : ReadOnlyStream
    {
        private long _count;

        public long Count => Volatile.Read(ref _count);

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            Volatile.Write(ref _count, _count + read);
            return read;
        }
    }

    /// <summary>Decompressed bytes, no more than a multiple of what they were made from, and damage as a refusal.</summary>
    private sealed class BoundedStream(Stream inner, CountingStream source, string path) : ReadOnlyStream
    {
        private const long FreeBytes = 64L << 20;
        private const long MostPerByte = 2_000;

        private long _given;

        public override int Read(Span<byte> buffer)
        {
            int read;
            try
            {
                read = inner.Read(buffer);
            }
            catch (Exception failure) when (failure is ZstdException or InvalidDataException or EndOfStreamException)
            {
                throw Damaged(path, failure);
            }
            _given += read;
            if (_given > FreeBytes && _given / MostPerByte > source.Count) Throw(path, source.Count);
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        [DoesNotReturn]
        private static void Throw(string path, long bytes) => throw new InputFormatException(
            path, 0, $"{bytes:#,0} compressed bytes become more than {MostPerByte:#,0} times as many, which no tick file does; unpack it yourself if you trust it.");
    }
}
