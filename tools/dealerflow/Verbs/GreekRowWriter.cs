using System.Text;
using DealerFlow.Cli.Output;
using DealerFlow.Kernels;

namespace DealerFlow.Cli.Verbs;

/// <summary>Solved blocks to the bytes of a CSV file: each row's own text, then its status and answers as the shortest exact decimals.</summary>
/// <param name="output">The file; not disposed here.</param>
internal sealed class GreekRowWriter(Stream output)
{
    public const string Added = "status,iv,delta,gamma,vega,theta,vanna,charm,vomma,speed,zomma,color";
    private const int BufferBytes = 1 << 20;

    private const int MaxRowBytes = GreekRowReader.MaxLineLength + 32 + (GreekBlock.AnswerColumns * (1 + ShortestDecimal.MaxBytes));

    private static readonly byte[][] StatusNames = [.. Enum.GetValues<QuoteStatus>().Select(status => Encoding.ASCII.GetBytes($",{status}"))];
    private static readonly byte[] NoAnswers = [.. Enumerable.Repeat((byte)',', GreekBlock.AnswerColumns)];

    private readonly byte[] _buffer = new byte[BufferBytes];
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

    /// <summary>Gives everything so far to the file.</summary>
    public void Flush()
    {
        output.Write(_buffer.AsSpan(0, _length));
        output.Flush();
        _length = 0;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void AppendNumber(double value)
    {
        _buffer[_length++] = (byte)',';
        _length += ShortestDecimal.Write(value, _buffer.AsSpan(_length));
    }
}
