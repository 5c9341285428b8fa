using System.Globalization;
using System.Text;
using DealerFlow.Kernels;

namespace DealerFlow.Cli.Verbs;

/// <summary>
/// Solved blocks to the bytes of a CSV file: each row's own text, then its status and answers as the shortest exact decimals. While one
/// buffer is on its way to the file, the other is filled.
/// </summary>
/// <param name="output">The file; not disposed here, and only after this is.</param>
internal sealed class GreekRowWriter(Stream output) : IDisposable
{
    public const string Added = "status,iv,delta,gamma,vega,theta,vanna,charm,vomma,speed,zomma,color";
    private const int BufferBytes = 1 << 20;

    // -1.7976931348623157E+308
    private const int MaxNumberBytes = 24;

    private const int MaxRowBytes = GreekRowReader.MaxLineLength + 32 + (GreekBlock.AnswerColumns * (1 + MaxNumberBytes));

    private static readonly byte[][] StatusNames = [.. Enum.GetValues<QuoteStatus>().Select(status => Encoding.ASCII.GetBytes($",{status}"))];
    private static readonly byte[] NoAnswers = [.. Enumerable.Repeat((byte)',', GreekBlock.AnswerColumns)];

    private byte[] _buffer = new byte[BufferBytes];
    private byte[] _onItsWay = new byte[BufferBytes];
    private Task _written = Task.CompletedTask;
    private readonly long[] _statuses = new long[StatusNames.Length];
    private int _length;
    private long _rows;

    /// <summary>Rows handed over, flushed or not; readable from any thread.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>How often each status was given, those that were.</summary>
    public IEnumerable<(QuoteStatus Status, long Count)> Statuses =>
        _statuses.Select((count, status) => ((QuoteStatus)status, count)).Where(pair => pair.count > 0);

    public void WriteHeader() => Append(Encoding.ASCII.GetBytes($"{GreekRowReader.Header},{Added}\n"));

    /// <summary>Writes a solved block whose lines lie in <paramref name="lines"/>.</summary>
    public void Write(GreekBlock rows, ReadOnlySpan<byte> lines)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            if (BufferBytes - _length < MaxRowBytes) Flush();
            QuoteStatus status = rows.Status[i];
            _statuses[(int)status]++;
            Append(lines[rows.Line[i]]);
            Append(StatusNames[(int)status]);
            if (status != QuoteStatus.Ok) Append(NoAnswers);
            else foreach (double[] column in rows.Answers) AppendNumber(column[i]);
            _buffer[_length++] = (byte)'\n';
        }
        Interlocked.Add(ref _rows, rows.Count);
    }

    /// <summary>Sends everything so far to the file; a failure comes out of the next call.</summary>
    public void Flush()
    {
        _written.GetAwaiter().GetResult();
        (_buffer, _onItsWay) = (_onItsWay, _buffer);
        (byte[] bytes, int length) = (_onItsWay, _length);
        _length = 0;
        _written = Task.Run(() =>
        {
            output.Write(bytes, 0, length);
            output.Flush();
        });
    }

    /// <summary>Returns when everything is in the file.</summary>
    public void Complete()
    {
        Flush();
        _written.GetAwaiter().GetResult();
    }

    /// <summary>Waits until the file is no longer written to, whatever became of it.</summary>
    public void Dispose() => ((IAsyncResult)_written).AsyncWaitHandle.WaitOne();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void AppendNumber(double value)
    {
        _buffer[_length++] = (byte)',';
        value.TryFormat(_buffer.AsSpan(_length), out int written, "R", CultureInfo.InvariantCulture);
        _length += written;
    }
}
