using DealerFlow.Wire;
using Parquet;
using Parquet.Schema;

namespace DealerFlow.Cli.Export;

/// <summary>Parquet with Zstandard.</summary>
internal sealed class ParquetExport : ITickExport
{
    private static readonly DataField[] Fields =
    [
        new DataField<long>(TickRow.Columns[0]), new DataField<string>(TickRow.Columns[1], nullable: false), new DataField<string>(TickRow.Columns[2], nullable: false),
        new DataField<double>(TickRow.Columns[3]), new DataField<double>(TickRow.Columns[4]), new DataField<int>(TickRow.Columns[5]),
        new DataField<int>(TickRow.Columns[6]), new DataField<double>(TickRow.Columns[7]), new DataField<long>(TickRow.Columns[8]),
        new DataField<int>(TickRow.Columns[9]), new DataField<int>(TickRow.Columns[10]), new DataField<long>(TickRow.Columns[11]),
    ];

    private readonly Stream _stream;
    private readonly ParquetWriter _writer;
    private readonly RowBatch _rows;

    public ParquetExport(Stream stream, TickSymbols symbols)
    {
        _stream = stream;
        _rows = new RowBatch(symbols);
        _writer = ParquetWriter.CreateAsync(new ParquetSchema(Fields), stream, TableFiles.Compressed())
            .GetAwaiter().GetResult();
    }

    public void Write(ReadOnlySpan<Tick> ticks)
    {
        foreach (ref readonly Tick tick in ticks)
        {
            _rows.Add(in tick);
            if (_rows.IsFull) WriteGroup().GetAwaiter().GetResult();
        }
    }

    public void Complete()
    {
        if (_rows.Count > 0) WriteGroup().GetAwaiter().GetResult();
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    public void Dispose() => _stream.Dispose();

    private async Task WriteGroup()
    {
        int count = _rows.Count;
        using ParquetRowGroupWriter group = _writer.CreateRowGroup();
        await group.WriteAsync<long>(Fields[0], _rows.Nanos.AsMemory(0, count));
        await group.WriteAsync(Fields[1], new ArraySegment<string>(_rows.Kind, 0, count));
        await group.WriteAsync(Fields[2], new ArraySegment<string>(_rows.Symbol, 0, count));
        await group.WriteAsync<double>(Fields[3], _rows.Bid.AsMemory(0, count));
        await group.WriteAsync<double>(Fields[4], _rows.Ask.AsMemory(0, count));
        await group.WriteAsync<int>(Fields[5], _rows.BidSize.AsMemory(0, count));
        await group.WriteAsync<int>(Fields[6], _rows.AskSize.AsMemory(0, count));
        await group.WriteAsync<double>(Fields[7], _rows.Price.AsMemory(0, count));
        await group.WriteAsync<long>(Fields[8], _rows.Size.AsMemory(0, count));
        await group.WriteAsync<int>(Fields[9], _rows.Venue.AsMemory(0, count));
        await group.WriteAsync<int>(Fields[10], _rows.Flags.AsMemory(0, count));
        await group.WriteAsync<long>(Fields[11], _rows.ReceiveDelayNanos.AsMemory(0, count));
        group.CompleteValidate();
        _rows.Clear();
    }
}
