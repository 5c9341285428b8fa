using System.Diagnostics.CodeAnalysis;

namespace DealerFlow.Import;

/// <summary>
/// Lines of a text, ended by LF, CR LF or CR, as spans into one buffer. Memory is bounded by the longest line that is accepted;
/// a longer one is reported and passed over.
/// </summary>
internal sealed class LineReader(TextReader reader, string source, long maxCharacters = LineReader.MaxCharacters)
{
    /// <summary>Longest line that is read, in characters. Rows of a chain have about 150.</summary>
    public const int MaxLineLength = 8_192;

    /// <summary>Longest text that is read unless told otherwise, in characters. The largest real chains have under two million.</summary>
    public const long MaxCharacters = 1L << 28;

    /// <summary>What is said of a line with a zero byte. The framework's numbers may end with any of them, so each reader of rows looks first.</summary>
    public const string ZeroByte = "the line holds a zero byte";

    private readonly char[] _buffer = new char[8 * MaxLineLength];
    private int _start;
    private int _end;
    private long _charactersRead;
    private bool _lineFeedBelongsToLastLine;

    /// <summary>Number of the line that was read last, counted from 1.</summary>
    public int LineNumber { get; private set; }

    /// <summary>The line that was read last has no line end: the text stops there, or was cut there.</summary>
    public bool LastLineIsOpen { get; private set; }

    /// <summary>The next line, valid until the next call. For <see cref="LineStatus.TooLong"/> the line is empty.</summary>
    public LineStatus Read(out ReadOnlySpan<char> line)
    {
        line = default;
        bool tooLong = false;
        while (true)
        {
            if (_start == _end && !Fill())
            {
                if (!tooLong) return LineStatus.End;
                LastLineIsOpen = true;
                LineNumber++;
                return LineStatus.TooLong;
            }
            if (_lineFeedBelongsToLastLine)
            {
                _lineFeedBelongsToLastLine = false;
                if (_buffer[_start] == '\n')
                {
                    _start++;
                    continue;
                }
            }
            ReadOnlySpan<char> rest = _buffer.AsSpan(_start.._end);
            int length = rest.IndexOfAny('\r', '\n');
            if (length < 0 && rest.Length <= MaxLineLength)
            {
                if (Fill()) continue;
                rest = _buffer.AsSpan(_start.._end);   // the text ends without a line end
                length = rest.Length;
                _start = _end;
                LastLineIsOpen = true;
            }
            else if (length < 0)
            {
                tooLong = true;
                _start = _end;
                continue;
            }
            else
            {
                _lineFeedBelongsToLastLine = rest[length] == '\r';
                _start += length + 1;
            }
            LineNumber++;
            if (tooLong || length > MaxLineLength) return LineStatus.TooLong;
            line = rest[..length];
            return LineStatus.Line;
        }
    }

    // Moves what is left to the front and reads more behind it; false at the end of the text.
    private bool Fill()
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        int read = reader.Read(_buffer.AsSpan(_end));
        _charactersRead += read;
        if (_charactersRead > maxCharacters) Throw.TooLarge(source, LineNumber + 1);
        _end += read;
        return read > 0;
    }

    private static class Throw
    {
        [DoesNotReturn]
        public static void TooLarge(string source, int line) => throw new ChainFormatException(
            source, line, $"the text has more than {MaxCharacters:N0} characters, which no file of contracts has.");
    }
}

/// <summary>What <see cref="LineReader.Read"/> found.</summary>
internal enum LineStatus
{
    /// <summary>No more lines.</summary>
    End,

    /// <summary>A line.</summary>
    Line,

    /// <summary>A line longer than <see cref="LineReader.MaxLineLength"/>, passed over.</summary>
    TooLong,
}
