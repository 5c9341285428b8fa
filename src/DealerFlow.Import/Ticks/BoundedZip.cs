using System.IO.Compression;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>
/// A zip archive as a list of texts, held in memory. Bounds its size, the number of its entries and what they unpack to, all of them
/// together; names are data and nothing is written to a disk.
/// </summary>
internal sealed class BoundedZip : IDisposable
{
    /// <summary>Largest archive. A day of minute quotes of all options on one index has some 100 MB.</summary>
    public const int MaxBytes = 1 << 28;

    /// <summary>Most entries. A day of one underlying has some thirty thousand contracts.</summary>
    public const int MaxEntries = 200_000;

    private const int FirstRoom = 1 << 20;
    private const long FreeBytes = 64L << 20;
    private const long MostPerByte = 200;

    private readonly string _source;
    private readonly ZipArchive _archive;
    private long _bytesLeft;

    private BoundedZip(string source, ZipArchive archive, int length)
    {
        _source = source;
        _archive = archive;
        _bytesLeft = FreeBytes + (MostPerByte * length);
    }

    /// <summary>The entries, in the order of the archive's directory.</summary>
    public IReadOnlyList<ZipArchiveEntry> Entries => _archive.Entries;

    /// <summary>A local header, with which an archive begins.</summary>
    public static ReadOnlySpan<byte> Magic => "PK\x03\x04"u8;

    /// <summary>Reads an archive to its end; the stream need not seek.</summary>
    /// <exception cref="InputFormatException">It is damaged, too large, or has too many entries.</exception>
    public static BoundedZip Open(Stream content, string source)
    {
        (byte[] room, int length) = ReadAll(content, source);
        // Each entry has such a mark in the directory, so the marks bound the entries before anything is made of them.
        if (room.AsSpan(0, length).Count("PK\x01\x02"u8) > MaxEntries) throw new InputFormatException(
            source, 0, $"the archive has more than {MaxEntries:#,0} entries, which no day of one underlying has; check that this is the right file.");
        try
        {
            var archive = new ZipArchive(new MemoryStream(room, 0, length, writable: false), ZipArchiveMode.Read);
            _ = archive.Entries;
            return new BoundedZip(source, archive, length);
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            throw new InputFormatException(source, 0, $"the archive is damaged ({Printable.Of(failure.Message)}); fetch another copy.", failure);
        }
    }

    /// <summary>An entry, unpacked. Too much of it is a refusal of the archive.</summary>
    /// <exception cref="DamagedEntryException">The entry is damaged; its stream throws the same.</exception>
    public Stream Unpack(ZipArchiveEntry entry)
    {
        try
        {
            return new CountedStream(entry.Open(), this);
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            throw new DamagedEntryException(failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    // The failures by which damage shows itself to the library.
    private static bool IsDamage(Exception failure) => failure is InvalidDataException or IOException or NotSupportedException
        or ArgumentException or OverflowException or InvalidOperationException;

    private static (byte[] Room, int Length) ReadAll(Stream content, string source)
    {
        byte[] room = new byte[FirstRoom];
        int length = 0;
        while (true)
        {
            int read = content.Read(room, length, room.Length - length);
            if (read == 0) return (room, length);
            length += read;
            if (length < room.Length) continue;
            if (length >= MaxBytes) throw new InputFormatException(
                source, 0, $"the archive has more than {MaxBytes >> 20} MiB; split it into smaller ones, for example by expiry.");
            Array.Resize(ref room, (int)Math.Min(2L * room.Length, MaxBytes));
        }
    }

    private sealed class CountedStream(Stream inner, BoundedZip zip) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            int read;
            try
            {
                read = inner.Read(buffer);
            }
            catch (Exception failure) when (IsDamage(failure))
            {
                throw new DamagedEntryException(failure);
            }
            zip._bytesLeft -= read;
            if (zip._bytesLeft < 0) throw new InputFormatException(
                zip._source, 0, $"the archive unpacks to more than {MostPerByte} times its size, which no tick file does; check where it comes from.");
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>One entry of an archive cannot be unpacked; the others may be whole.</summary>
internal sealed class DamagedEntryException(Exception cause) : Exception(cause.Message, cause);
