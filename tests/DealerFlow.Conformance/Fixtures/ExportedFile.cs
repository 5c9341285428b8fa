using System.Globalization;
using System.IO.Compression;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Parquet;
using Parquet.Schema;

namespace DealerFlow.Conformance;

/// <summary>Exported files as the libraries of other programs read them: rows of texts, numbers in their shortest form.</summary>
internal static class ExportedFile
{
    public static List<string[]> ReadZippedCsv(string path)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return [.. text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','))];
    }

    public static async Task<List<string[]>> ReadParquet(string path)
    {
        var rows = new List<string[]>();
        using Stream stream = File.OpenRead(path);
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
        DataField[] fields = reader.Schema.DataFields;
        for (int g = 0; g < reader.RowGroupCount; g++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(g);
            int count = (int)group.RowCount;
            string[][] columns = new string[fields.Length][];
            for (int c = 0; c < fields.Length; c++)
            {
                DataField field = fields[c];
                columns[c] = field.ClrType == typeof(long) ? Shown(await Read<long>(group, field, count))
                    : field.ClrType == typeof(int) ? Shown(await Read<int>(group, field, count))
                    : field.ClrType == typeof(double) ? Shown(await Read<double>(group, field, count))
                    : await ReadTexts(group, field, count);
            }
            for (int i = 0; i < count; i++) rows.Add([.. columns.Select(column => column[i])]);
        }
        return rows;
    }

    public static async Task<List<string[]>> ReadArrow(string path)
    {
        var rows = new List<string[]>();
        using Stream stream = File.OpenRead(path);
        using var reader = new ArrowFileReader(stream);
        for (RecordBatch? batch = await reader.ReadNextRecordBatchAsync(); batch is not null; batch = await reader.ReadNextRecordBatchAsync())
        {
            for (int i = 0; i < batch.Length; i++)
            {
                rows.Add([.. batch.Arrays.Select(array => array switch
                {
                    Int64Array longs => longs.GetValue(i)!.Value.ToString(CultureInfo.InvariantCulture),
                    Int32Array ints => ints.GetValue(i)!.Value.ToString(CultureInfo.InvariantCulture),
                    DoubleArray doubles => doubles.GetValue(i)!.Value.ToString(CultureInfo.InvariantCulture),
                    _ => ((StringArray)array).GetString(i),
                })]);
            }
            batch.Dispose();
        }
        return rows;
    }

    private static async Task<T[]> Read<T>(ParquetRowGroupReader group, DataField field, int count) where T : struct
    {
        var values = new T[count];
        await group.ReadAsync(field, values.AsMemory());
        return values;
    }

    private static async Task<string[]> ReadTexts(ParquetRowGroupReader group, DataField field, int count)
    {
        string?[] values = new string?[count];
        await group.ReadAsync(field, values.AsMemory());
        return [.. values.Select(value => value ?? "")];
    }

    private static string[] Shown<T>(T[] values) where T : IFormattable => [.. values.Select(value => value.ToString(null, CultureInfo.InvariantCulture))];
}
