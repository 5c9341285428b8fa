namespace DealerFlow.Import;

/// <summary>
/// Bytes of a stream from front to back, through a buffer of one size: what a file claims about its lengths allocates nothing.
/// </summary>
internal sealed class DbnBytes(Stream stream)
{
    /// <summary>Most bytes that can be looked at in one piece.</summary>
    public const int MostAtOnce = 1 << 16;

    private readonly byte[] _buffer = new byte[MostAtOnce];
    private int _start;
    private int _end;

    /// <summary>Bytes that were taken so far.</summary>
    public long Taken { get; private set; }

    /// <summary>The next bytes, not taken yet; fewer than asked for only where the stream ends. Valid until the next look.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_end - _start < count) Fill(count);
        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>Takes bytes that were looked at.</summary>
    public void Take(int count)
    {
        _start += count;
        Taken += count;
    }

    private void Fill(int count)
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        _end += stream.ReadAtLeast(_buffer.AsSpan(_end), count - _end, throwOnEndOfStream: false);
    }
}
