using System.Text;

namespace DealerFlow.Market;

/// <summary>Opens a text file for a parser; whatever the file system objects to becomes a refusal that names the file.</summary>
public static class InputFile
{
    /// <summary>Hands the text to <paramref name="parse"/>; UTF-8, or UTF-16 with its mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parse">Bounds what it reads: the file may be longer than memory.</param>
    /// <exception cref="InputFormatException">The file is missing, is a directory, or cannot be read.</exception>
    public static T Read<T>(string path, Func<TextReader, T> parse)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(parse);
        if (Directory.Exists(path)) throw new InputFormatException(path, 0, "this is a directory; name one file.");
        try
        {
            using var reader = new StreamReader(path, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
            return parse(reader);
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
}
