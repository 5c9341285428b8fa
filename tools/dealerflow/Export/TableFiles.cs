using System.Globalization;
using System.IO.Compression;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Parquet;
using Parquet.Schema;

namespace DealerFlow.Cli.Export;

/// <summary>A table as CSV, Parquet or Arrow.</summary>
internal static class TableFiles
{
    /// <summary>Text: a line of names, a line per row; provenance stands in columns of its own, for CSV has no other place.</summary>
    public static void WriteCsv(Stream stream, ColumnTable table)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        text.WriteLine(string.Join(',', table.Columns.Select(column => column.Name).Concat(table.Provenance.Select(each => each.Key))));
        string provenance = string.Concat(table.Provenance.Select(each => "," + Cell(each.Value)));
        for (int i = 0; i < table.Rows; i++)
        {
            text.Write(string.Join(',', table.Columns.Select(column => column switch
            {
                NumberColumn numbers => numbers.Values[i]?.ToString("R", CultureInfo.InvariantCulture) ?? "",
                CountColumn counts => counts.Values[i]?.ToString(CultureInfo.InvariantCulture) ?? "",
                _ => Cell(((TextColumn)column).Values[i]),
            })));
            text.WriteLine(provenance);
        }
    }

    /// <summary>Parquet with Zstandard; provenance is metadata of the file.</summary>
    public static void WriteParquet(Stream stream, ColumnTable table) => WriteParquetAsync(stream, table).GetAwaiter().GetResult();

    /// <summary>An Arrow IPC file (Feather V2), not compressed; provenance is metadata of the schema.</summary>
    public static void WriteArrow(Stream stream, ColumnTable table)
    {
        var schema = new Schema(
            table.Columns.Select(column => new Apache.Arrow.Field(
                column.Name,
                column switch
                {
                    NumberColumn => DoubleType.Default,
                    CountColumn => Int64Type.Default,
                    _ => (IArrowType)StringType.Default,
                },
                nullable: column is not TextColumn)),
            table.Provenance);
        using var writer = new ArrowFileWriter(stream, schema, leaveOpen: true);
        writer.WriteStart();
        using (var batch = new RecordBatch(schema, table.Columns.Select(ArrayOf), table.Rows)) writer.WriteRecordBatch(batch);
        writer.WriteEnd();
    }

    /// <summary>How Parquet files of this program are compressed.</summary>
    public static ParquetOptions Compressed() => new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Optimal };

    private static async Task WriteParquetAsync(Stream stream, ColumnTable table)
    {
        DataField[] fields = [.. table.Columns.Select(column => column switch
        {
            NumberColumn => new DataField<double?>(column.Name),
            CountColumn => new DataField<long?>(column.Name),
            _ => (DataField)new DataField<string>(column.Name, nullable: false),
        })];
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, Compressed());
        writer.CustomMetadata = table.Provenance.ToDictionary();
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        for (int i = 0; i < fields.Length; i++)
        {
            switch (table.Columns[i])
            {
                case NumberColumn numbers:
                    await group.WriteAsync<double>(fields[i], (ReadOnlyMemory<double?>)numbers.Values);
                    break;
                case CountColumn counts:
                    await group.WriteAsync<long>(fields[i], (ReadOnlyMemory<long?>)counts.Values);
                    break;
                case TextColumn texts:
                    await group.WriteAsync(fields[i], texts.Values);
                    break;
            }
        }
        group.CompleteValidate();
    }

    private static IArrowArray ArrayOf(ExportColumn column)
    {
        switch (column)
        {
            case NumberColumn numbers:
                var doubles = new DoubleArray.Builder();
                foreach (double? value in numbers.Values) doubles.Append(value);
                return doubles.Build();
            case CountColumn counts:
                var longs = new Int64Array.Builder();
                foreach (long? value in counts.Values) longs.Append(value);
                return longs.Build();
            default:
                return new StringArray.Builder().AppendRange(((TextColumn)column).Values).Build();
        }
    }

    private static string Cell(string text) => text.Length == 0 ? "" : CsvCell.Of(text);
}
