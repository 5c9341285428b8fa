namespace DealerFlow.Import;

/// <summary>Lines of a recording as bytes. A line that does not fit the buffer is given by its beginning, marked as cut.</summary>
internal sealed class RecordedLines(Stream content)
{
    /// <summary>Longest line that is given whole.</summary>
    public const int MaxLineBytes = 1 << 20;

    private readonly byte[] _buffer = new byte[MaxLineBytes];
    private int _start;
    private int _end;

    /// <summary>Number of the line that was read last, counted from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The next line without its end, valid until the next call.</summary>
    public bool TryRead(out ReadOnlyMemory<byte> line, out bool isCut)
    {
        isCut = false;
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan((_start + searched).._end).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = Trimmed(_start, searched + length);
                _start += searched + length + 1;
                Number++;
                return true;
            }
            searched = _end - _start;
            if (searched == MaxLineBytes)
            {
                line = _buffer.AsMemory(0, MaxLineBytes);
                isCut = true;
                Number++;
                // What is given is a copy, since the rest of the line is read over it.
                line = line[..256].ToArray();
                SkipLine();
                return true;
            }
            if (Fill()) continue;
            line = Trimmed(_start, searched);
            _start = _end;
            if (searched == 0) return false;
            Number++;
            return true;
        }
    }

    private void SkipLine()
    {
        while (true)
        {
            _start = _end = 0;
            if (!Fill()) return;
            int length = _buffer.AsSpan(0, _end).IndexOf((byte)'\n');
            if (length < 0) continue;
            _start = length + 1;
            return;
        }
    }

    private ReadOnlyMemory<byte> Trimmed(int start, int length) =>
        _buffer.AsMemory(start, length > 0 && _buffer[start + length - 1] == '\r' ? length - 1 : length);

    // Moves what is left to the front and reads more behind it; false at the end.
    private bool Fill()
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        int read = content.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
