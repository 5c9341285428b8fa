using System.Globalization;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>snapshot --format</c>: every row of every form, read by other libraries, is the row of the JSON.</summary>
public sealed class SnapshotExportTests(SyntheticTape tape) : IDisposable
{
    private static readonly string[] Models = Enum.GetNames<PositionModel>();

    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData(".csv")]
    [InlineData(".parquet")]
    [InlineData(".arrow")]
    public async Task Every_form_holds_the_rows_of_the_snapshot(string ending)
    {
        _room.Run("replay", tape.Path).Succeeded();
        JsonElement snapshot = _room.Run("snapshot", "--json").Json();

        ReadTable strikes = await Read("strikes", ending);
        JsonElement[] rows = [.. snapshot.GetProperty("strikes").EnumerateArray()];
        Assert.Equal(rows.Length, strikes.Rows.Count);
        for (int i = 0; i < rows.Length; i++)
        {
            JsonElement row = rows[i], zeroDte = row.GetProperty("zeroDte");
            strikes.Holds(i, "strike", row.GetProperty("strike"));
            strikes.Holds(i, "netGexUsdPer1Pct", row.GetProperty("netGex"));
            strikes.Holds(i, "callGexUsdPer1Pct", row.GetProperty("callGex"));
            strikes.Holds(i, "putGexUsdPer1Pct", row.GetProperty("putGex"));
            strikes.Holds(i, "zeroDteNetGexUsdPer1Pct", zeroDte.GetProperty("netGex"));
            strikes.Holds(i, "callOpenInterestContracts", row.GetProperty("callOpenInterest"));
            strikes.Holds(i, "vexUsdPerVolPoint", row.GetProperty("vex"));
            strikes.Holds(i, "charmToCloseUsd", row.GetProperty("charmToClose"));
            foreach (string model in Models) strikes.Holds(i, $"{char.ToLowerInvariant(model[0])}{model[1..]}NetGexUsdPer1Pct", row.GetProperty("models").GetProperty(model));
        }

        ReadTable expiries = await Read("expiries", ending);
        rows = [.. snapshot.GetProperty("expiries").EnumerateArray()];
        Assert.Equal(rows.Length, expiries.Rows.Count);
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (string name in (ReadOnlySpan<string>)["root", "expiry", "settlement", "settlementInstant", "forward", "forwardSource", "discount", "grossShare", "maxPain", "nodes", "good"])
                expiries.Holds(i, name, rows[i].GetProperty(name));
            expiries.Holds(i, "netGexUsdPer1Pct", rows[i].GetProperty("netGex"));
            expiries.Holds(i, "openInterestContracts", rows[i].GetProperty("openInterest"));
        }

        ReadTable levels = await Read("levels", ending);
        Assert.Equal(Models.Length * 3, levels.Rows.Count);
        for (int i = 0; i < levels.Rows.Count; i++)
        {
            JsonElement model = snapshot.GetProperty("models").GetProperty(levels[i, "positionModel"]), totals = model.GetProperty("buckets").GetProperty(levels[i, "bucket"]);
            Assert.Equal(model.GetProperty("status").GetString(), levels[i, "status"]);
            levels.Holds(i, "zeroGamma", totals.GetProperty("zeroGamma").GetProperty("value"));
            levels.Holds(i, "zeroGammaRoots", totals.GetProperty("zeroGamma").GetProperty("rootCount"));
            foreach (string wall in (ReadOnlySpan<string>)["callWall", "putWall", "maxGamma", "absoluteGamma"])
            {
                JsonElement level = totals.GetProperty(wall);
                bool isThere = level.ValueKind != JsonValueKind.Null;
                if (!isThere) Assert.Equal("", levels[i, wall + "Strike"]);
                else levels.Holds(i, wall + "Strike", level.GetProperty("strike"));
                if (isThere) levels.Holds(i, wall + "GexUsdPer1Pct", level.GetProperty("gex"));
            }
            if (model.GetProperty("status").GetString() == "Live") levels.Holds(i, "netGexUsdPer1Pct", totals.GetProperty("netGex"));
            else Assert.Equal("", levels[i, "netGexUsdPer1Pct"]);
        }

        ReadTable profile = await Read("profile", ending);
        JsonElement curve = snapshot.GetProperty("profile"), all = curve.GetProperty("models").GetProperty("OpenInterest").GetProperty("all");
        Assert.Equal(curve.GetProperty("spots").GetArrayLength(), profile.Rows.Count);
        for (int i = 0; i < profile.Rows.Count; i++)
        {
            // The JSON is rounded.
            Assert.Equal(curve.GetProperty("spots")[i].GetDouble(), double.Parse(profile[i, "ifSpot"], CultureInfo.InvariantCulture), 1e-6);
            Assert.Equal(all[i].GetDouble(), double.Parse(profile[i, "netGexUsdPer1Pct"], CultureInfo.InvariantCulture), 1e-3);
        }

        foreach (ReadTable table in (ReadTable[])[strikes, expiries, levels, profile])
        {
            JsonElement feed = snapshot.GetProperty("feed");
            Assert.Equal("SPX", table.Provenance["underlying"]);
            Assert.Equal(snapshot.GetProperty("asOf").GetString(), table.Provenance["asOf"]);
            Assert.Equal("OpenInterest", table.Provenance["model"]);
            Assert.Equal("inferred", table.Provenance["positions"]);
            Assert.Equal(snapshot.GetProperty("unit").GetString(), table.Provenance["unit"].Trim('"', '\''));
            Assert.Equal(feed.GetProperty("epoch").GetUInt64().ToString(CultureInfo.InvariantCulture), table.Provenance["epoch"]);
            Assert.Equal(feed.GetProperty("publishNumber").GetUInt64().ToString(CultureInfo.InvariantCulture), table.Provenance["publishNumber"]);
            Assert.Equal("Closed", table.Provenance["feedState"]);
        }
    }

    [Fact]
    public void The_same_bytes_go_to_stdout_and_json_stays_json()
    {
        _room.Run("replay", tape.Path).Succeeded();
        string file = _room.Path("strikes.csv"), json = _room.Path("all.json");
        _room.Run("snapshot", "-o", file).Succeeded();
        Assert.Equal(File.ReadAllText(file), _room.Run("snapshot", "--format", "csv").Succeeded());
        Assert.Equal(File.ReadAllText(file), _room.Run("snapshot", "--rows", "strikes", "-o", "-").Succeeded());
        _room.Run("snapshot", "-o", json).Succeeded();
        Assert.Equal(_room.Run("snapshot", "--json").Succeeded(), File.ReadAllText(json));
        Assert.Equal(_room.Run("snapshot").Succeeded(), _room.Run("snapshot", "--format", "table").Succeeded());
    }

    [Fact]
    public void K7_a_symbol_that_looks_like_a_formula_is_quoted_in_rows_of_a_snapshot()
    {
        string path = _room.Path("odd.dftape");
        InstrumentDefinition[] definitions = LittleMarket.Definitions("=1+2,3");
        definitions[0].Root = Ascii8.From("@SUM(1)");
        using (TapeWriter writer = TapeWriter.Create(path, definitions, new Dictionary<string, string>()))
        {
            writer.Append(LittleMarket.Ticks(0.5));
            writer.Complete();
        }
        _room.Run("replay", path).Succeeded();
        string[] lines = _room.Run("snapshot", "--rows", "expiries").Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines[1..], line => Assert.StartsWith("\"'=1+2,3\",", line, StringComparison.Ordinal));
        Assert.All(lines[1..], line => Assert.Contains(",\"'@SUM(1)\",", line, StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_written_is_refused_and_leaves_no_file()
    {
        _room.Run("replay", tape.Path).Succeeded();
        string there = _room.Write("there.csv", "mine");
        Assert.Contains("--force", _room.Run("snapshot", "-o", there).Refused(2));
        Assert.Equal("mine", File.ReadAllText(there));
        Assert.Contains("none of the endings", _room.Run("snapshot", "-o", _room.Path("a.xls")).Refused(2));
        Assert.Contains("for people to look at", _room.Run("snapshot", "--format", "table", "-o", _room.Path("a.txt")).Refused(2));
        Assert.Contains("--rows chooses", _room.Run("snapshot", "--rows", "levels", "--json").Refused(2));
        Assert.Contains("ask for two forms", _room.Run("snapshot", "--json", "--format", "csv").Refused(2));
        Assert.Contains("writes one snapshot", _room.Run("snapshot", "--watch", "-o", _room.Path("a.csv")).Refused(2));
        Assert.Contains("no format of a snapshot", _room.Run("snapshot", "--format", "xls").Refused(2));
        Assert.Contains("no rows of a snapshot", _room.Run("snapshot", "--rows", "strike").Refused(2));
        Assert.Equal(["there.csv"], Directory.GetFiles(_room.Folder).Select(Path.GetFileName));
        _room.Run("snapshot", "-o", there, "--force").Succeeded();
        Assert.StartsWith("strike,netGexUsdPer1Pct,", File.ReadAllText(there), StringComparison.Ordinal);
    }

    private async Task<ReadTable> Read(string rows, string ending)
    {
        string path = _room.Path(rows + ending);
        _room.Run("snapshot", "--rows", rows, "-o", path).Succeeded();
        return ending switch
        {
            ".parquet" => await ReadTable.OfParquet(path),
            ".arrow" => await ReadTable.OfArrow(path),
            _ => ReadTable.OfCsv(path),
        };
    }

    private sealed record ReadTable(string[] Names, List<string[]> Rows, IReadOnlyDictionary<string, string> Provenance)
    {
        public string this[int row, string name] => Rows[row][System.Array.IndexOf(Names, name) is var column and >= 0 ? column : throw new KeyNotFoundException(name)];

        public void Holds(int row, string name, JsonElement expected)
        {
            string found = this[row, name];
            switch (expected.ValueKind)
            {
                case JsonValueKind.Null:
                    Assert.Equal("", found);
                    break;
                case JsonValueKind.Number:
                    Assert.Equal(expected.GetDouble(), double.Parse(found, CultureInfo.InvariantCulture));
                    break;
                default:
                    Assert.Equal(expected.GetString(), found);
                    break;
            }
        }

        public static ReadTable OfCsv(string path)
        {
            // No cell of these has a comma inside.
            string[][] lines = [.. File.ReadLines(path).Select(line => line.Split(','))];
            return new ReadTable(lines[0], [.. lines[1..]], lines[0].Zip(lines[1]).ToDictionary(pair => pair.First, pair => pair.Second));
        }

        public static async Task<ReadTable> OfParquet(string path)
        {
            await using Stream stream = File.OpenRead(path);
            await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
            DataField[] fields = reader.Schema.DataFields;
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
            int count = (int)group.RowCount;
            var columns = new List<string[]>();
            foreach (DataField field in fields)
            {
                if (field.ClrType == typeof(double))
                {
                    double?[] values = new double?[count];
                    await group.ReadAsync<double>(field, values.AsMemory());
                    columns.Add([.. values.Select(value => value?.ToString("R", CultureInfo.InvariantCulture) ?? "")]);
                }
                else if (field.ClrType == typeof(long))
                {
                    long?[] values = new long?[count];
                    await group.ReadAsync<long>(field, values.AsMemory());
                    columns.Add([.. values.Select(value => value?.ToString(CultureInfo.InvariantCulture) ?? "")]);
                }
                else
                {
                    string?[] values = new string?[count];
                    await group.ReadAsync(field, values.AsMemory());
                    columns.Add([.. values.Select(value => value ?? "")]);
                }
            }
            return new ReadTable([.. fields.Select(field => field.Name)], [.. Enumerable.Range(0, count).Select(i => columns.Select(column => column[i]).ToArray())], reader.CustomMetadata);
        }

        public static async Task<ReadTable> OfArrow(string path)
        {
            await using Stream stream = File.OpenRead(path);
            using var reader = new ArrowFileReader(stream);
            using RecordBatch batch = await reader.ReadNextRecordBatchAsync();
            string[][] rows = [.. Enumerable.Range(0, batch.Length).Select(i => batch.Arrays.Select(array => array switch
            {
                Int64Array longs => longs.GetValue(i)?.ToString(CultureInfo.InvariantCulture) ?? "",
                DoubleArray doubles => doubles.GetValue(i)?.ToString("R", CultureInfo.InvariantCulture) ?? "",
                _ => ((StringArray)array).GetString(i),
            }).ToArray())];
            return new ReadTable([.. batch.Schema.FieldsList.Select(field => field.Name)], [.. rows], new Dictionary<string, string>(batch.Schema.Metadata));
        }
    }
}
