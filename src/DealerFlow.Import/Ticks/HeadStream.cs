namespace DealerFlow.Import;

/// <summary>A stream whose first bytes were looked at already.</summary>
internal sealed class HeadStream : ReadOnlyStream
{
    private readonly Stream _inner;
    private readonly byte[] _head;
    private int _given;

    public HeadStream(Stream inner, int bytes, out byte[] head)
    {
        _inner = inner;
        byte[] room = new byte[bytes];
        _head = room[..inner.ReadAtLeast(room, bytes, throwOnEndOfStream: false)];
        head = _head;
    }

    public override int Read(Span<byte> buffer)
    {
        int left = _head.Length - _given;
        if (left == 0) return _inner.Read(buffer);
        int taken = Math.Min(left, buffer.Length);
        _head.AsSpan(_given, taken).CopyTo(buffer);
        _given += taken;
        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _inner.Dispose();
        base.Dispose(disposing);
    }
}
