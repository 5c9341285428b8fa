using System.IO.Compression;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>A comma-separated text that lies bare, or as the only one in a zip archive, as vendors deliver it.</summary>
internal sealed class ZippedText : IDisposable
{
    private const int NamesShown = 4;

    private readonly BoundedZip? _zip;

    private ZippedText(Stream content, BoundedZip? zip) => (Content, _zip) = (content, zip);

    /// <summary>The text, unpacked.</summary>
    public Stream Content { get; }

    /// <summary>The first bytes of the text, from the first bytes of the file.</summary>
    public static ReadOnlySpan<byte> HeadOf(ReadOnlySpan<byte> head) => ZipHead.TryRead(head, out _, out ReadOnlySpan<byte> text) ? text : head;

    /// <summary>Opens a text or the archive that holds it; what else lies in there, such as a description, is left alone.</summary>
    /// <param name="content">The file; not closed.</param>
    /// <param name="source">How messages name it.</param>
    /// <exception cref="InputFormatException">The archive is damaged or too large, or holds not one such text.</exception>
    public static ZippedText Open(Stream content, string source)
    {
        var file = new HeadStream(content, BoundedZip.Magic.Length, out byte[] magic);
        if (!magic.AsSpan().SequenceEqual(BoundedZip.Magic)) return new ZippedText(file, null);
        BoundedZip zip = BoundedZip.Open(file, source);
        try
        {
            return new ZippedText(new EntryStream(zip, TextOf(zip, source), source), zip);
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_zip is null) return;   // the caller's own stream
        Content.Dispose();
        _zip.Dispose();
    }

    private static ZipArchiveEntry TextOf(BoundedZip zip, string source)
    {
        ZipArchiveEntry[] texts = [.. zip.Entries.Where(entry => entry.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))];
        if (texts.Length == 1) return texts[0];
        IEnumerable<ZipArchiveEntry> entries = texts.Length > 0 ? texts : zip.Entries;
        string names = Printable.Of(string.Join(", ", entries.Take(NamesShown).Select(entry => entry.FullName)) + (entries.Skip(NamesShown).Any() ? ", …" : ""));
        throw new InputFormatException(source, 0, texts.Length > 0
            ? $"the archive holds {texts.Length} texts ({names}); unpack it and give them one by one."
            : $"the archive holds no text that ends in .csv ({names}); unpack it and give one of the files in it.");
    }

    /// <summary>An entry whose damage is that of the file: nothing else is in there that could be read.</summary>
    private sealed class EntryStream(BoundedZip zip, ZipArchiveEntry entry, string source) : ReadOnlyStream
    {
        private Stream? _unpacked;

        public override int Read(Span<byte> buffer)
        {
            try
            {
                return (_unpacked ??= zip.Unpack(entry)).Read(buffer);
            }
            catch (DamagedEntryException failure)
            {
                throw new InputFormatException(
                    source, 0, $"the entry '{Printable.Of(entry.FullName)}' is damaged ({Printable.Of(failure.Message)}); fetch another copy.", failure);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _unpacked?.Dispose();
            base.Dispose(disposing);
        }
    }
}
