using System.Text.Json;
using DealerFlow.Market;

namespace DealerFlow.Import;

/// <summary>A JSON file as a whole, bounded in size and depth.</summary>
internal static class JsonFile
{
    /// <summary>Largest file. A chain of all of an index's options has some 15 MB.</summary>
    public const int MaxBytes = 1 << 28;

    private const int MaxDepth = 32;
    private const int FirstRoom = 1 << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads a stream to its end and hands the root to <paramref name="read"/>.</summary>
    /// <exception cref="ChainFormatException">The text is no JSON, or too large, or holds a text that is no Unicode.</exception>
    public static T Read<T>(Stream content, string source, Func<JsonElement, T> read)
    {
        ReadOnlyMemory<byte> text = ReadAll(content, source);
        if (text.Span.StartsWith("\uFEFF"u8)) text = text[3..];
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return read(document.RootElement);
        }
        catch (JsonException failure)
        {
            int line = (int)Math.Min(int.MaxValue, (failure.LineNumber ?? -1) + 1);
            throw new ChainFormatException(
                source, line, $"this is no whole JSON text ({Printable.Of(failure.Message)}); fetch another copy.", failure);
        }
        catch (InvalidOperationException failure)
        {
            throw new ChainFormatException(source, 0, "a name or a text in it is no Unicode; fetch another copy.", failure);
        }
    }

    // Room grows with what has arrived, never with what somebody says will come.
    private static ReadOnlyMemory<byte> ReadAll(Stream content, string source)
    {
        byte[] room = new byte[FirstRoom];
        int length = 0;
        while (true)
        {
            int read = content.Read(room, length, room.Length - length);
            if (read == 0) return room.AsMemory(0, length);
            length += read;
            if (length < room.Length) continue;
            if (length >= MaxBytes) throw new ChainFormatException(
                source, 0, $"the text has more than {MaxBytes >> 20} MiB, which no chain has; check that this is the right file.");
            Array.Resize(ref room, (int)Math.Min(2L * room.Length, MaxBytes));
        }
    }
}
