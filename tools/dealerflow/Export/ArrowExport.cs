using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Export;

/// <summary>An Arrow IPC file (Feather V2), not compressed.</summary>
internal sealed class ArrowExport : ITickExport
{
    private static readonly Schema Layout = new(
        TickRow.Columns.Zip<string, IArrowType>(
        [
            Int64Type.Default, StringType.Default, StringType.Default, DoubleType.Default, DoubleType.Default, Int32Type.Default, Int32Type.Default,
            DoubleType.Default, Int64Type.Default, Int32Type.Default, Int32Type.Default, Int64Type.Default,
        ]).Select(pair => new Field(pair.First, pair.Second, nullable: false)), metadata: null);

    private readonly ArrowFileWriter _writer;
    private readonly RowBatch _rows;
    private readonly Stream _stream;

    public ArrowExport(Stream stream, TickSymbols symbols)
    {
        _stream = stream;
        _rows = new RowBatch(symbols);
        _writer = new ArrowFileWriter(stream, Layout, leaveOpen: true);
        _writer.WriteStart();
    }

    public void Write(ReadOnlySpan<Tick> ticks)
    {
        foreach (ref readonly Tick tick in ticks)
        {
            _rows.Add(in tick);
            if (_rows.IsFull) WriteBatch();
        }
    }

    public void Complete()
    {
        if (_rows.Count > 0) WriteBatch();
        _writer.WriteEnd();
        _writer.Dispose();
    }

    public void Dispose() => _stream.Dispose();

    private void WriteBatch()
    {
        int count = _rows.Count;
        IArrowArray[] columns =
        [
            Long(_rows.Nanos, count), Text(_rows.Kind, count), Text(_rows.Symbol, count), Double(_rows.Bid, count), Double(_rows.Ask, count),
            Int(_rows.BidSize, count), Int(_rows.AskSize, count), Double(_rows.Price, count), Long(_rows.Size, count), Int(_rows.Venue, count),
            Int(_rows.Flags, count), Long(_rows.ReceiveDelayNanos, count),
        ];
        using var batch = new RecordBatch(Layout, columns, count);
        _writer.WriteRecordBatch(batch);
        _rows.Clear();
    }

    private static Int64Array Long(long[] values, int count) => new Int64Array.Builder().Append(values.AsSpan(0, count)).Build();

    private static Int32Array Int(int[] values, int count) => new Int32Array.Builder().Append(values.AsSpan(0, count)).Build();

    private static DoubleArray Double(double[] values, int count) => new DoubleArray.Builder().Append(values.AsSpan(0, count)).Build();

    private static StringArray Text(string[] values, int count) => new StringArray.Builder().AppendRange(new ArraySegment<string>(values, 0, count)).Build();
}
