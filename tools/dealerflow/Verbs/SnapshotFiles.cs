using System.CommandLine;
using System.Text.Json;
using DealerFlow.Cli.Export;
using DealerFlow.Cli.Pipeline;

namespace DealerFlow.Cli.Verbs;

/// <summary>The options of <c>snapshot</c> that make files of it.</summary>
internal sealed class SnapshotFiles
{
    private static readonly string[] Formats = ["table", "json", "csv", "parquet", "arrow"];

    private readonly Option<string?> _format = new("--format")
    {
        Description = "table for people; json, everything; csv, parquet or arrow: rows for other programs. The ending of the file says it too.",
        HelpName = string.Join('|', Formats),
    };

    private readonly Option<string?> _rows = new("--rows")
    {
        Description = "Which rows csv, parquet and arrow hold: strikes, which is the default, expiries, levels (a row for every position model and bucket) or profile.",
        HelpName = string.Join('|', SnapshotRows.Kinds),
    };

    private readonly Option<string?> _output = new("--out", "-o") { Description = "The file to write, .json, .csv, .parquet or .arrow; otherwise, and with -, stdout.", HelpName = "FILE" };
    private readonly Option<bool> _force = new("--force") { Description = "Overwrite FILE." };

    public SnapshotFiles()
    {
        _format.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && !Formats.Contains(token.Value))
                result.AddError($"'{token.Value}' is no format of a snapshot; use {string.Join(", ", Formats[..^1])} or {Formats[^1]}.");
        });
        _rows.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && !SnapshotRows.Kinds.Contains(token.Value))
                result.AddError($"'{token.Value}' are no rows of a snapshot; use {string.Join(", ", SnapshotRows.Kinds[..^1])} or {SnapshotRows.Kinds[^1]}.");
        });
    }

    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_format, _rows, _output, _force]) command.Options.Add(option);
    }

    /// <summary>Files are of one snapshot.</summary>
    public void RefuseToWatch(ParseResult parsed)
    {
        if (new Option[] { _format, _rows, _output }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } option)
            throw new CliException(ExitCode.Usage, $"{option.Name} writes one snapshot and --watch goes on; leave out one of them. --watch --json gives a document for each.");
    }

    /// <summary>What is to be written; null = the tables for people.</summary>
    public SnapshotFile? Read(ParseResult parsed, bool asJson)
    {
        string? format = parsed.GetValue(_format), rows = parsed.GetValue(_rows), path = parsed.GetValue(_output);
        if (asJson && format is not (null or "json")) throw new CliException(ExitCode.Usage, $"--json and --format {format} ask for two forms; leave out one of them.");
        bool toStdout = path is null or "-";
        format ??= asJson ? "json" : toStdout ? rows is null ? "table" : "csv" : Path.GetExtension(path!).ToLowerInvariant() switch
        {
            ".json" => "json",
            ".csv" => "csv",
            ".parquet" => "parquet",
            ".arrow" => "arrow",
            _ => throw new CliException(ExitCode.Usage, $"{path} has none of the endings that say how to write it: .json, .csv, .parquet, .arrow; name it so, or give --format."),
        };
        if (rows is not null && (format is "table" or "json"))
            throw new CliException(ExitCode.Usage, $"--rows chooses what csv, parquet and arrow hold; a {format} holds everything.");
        if (format == "table")
        {
            return toStdout ? null : throw new CliException(ExitCode.Usage, "A table is for people to look at; use csv, parquet, arrow or json for a file.");
        }
        if (!toStdout) OutputFile.Check(path!, parsed.GetValue(_force));
        if (toStdout && (format is "parquet" or "arrow") && !Console.IsOutputRedirected)
            throw new CliException(ExitCode.Usage, $"{format} is not for a terminal; give -o FILE.");
        return new SnapshotFile(format, rows ?? SnapshotRows.Kinds[0], path ?? "-");
    }
}

/// <summary>A file that a snapshot becomes.</summary>
internal sealed record SnapshotFile(string Format, string Rows, string Path)
{
    public int Write(LastSnapshot last)
    {
        OutputFile.Write(Path, stream =>
        {
            if (Format == "json")
            {
                using (var json = new Utf8JsonWriter(stream)) SnapshotVerb.Write(json, last.Buffer, last.State);
                stream.WriteByte((byte)'\n');
                return;
            }
            ColumnTable table = SnapshotRows.Of(Rows, last.Buffer.Market, in last.Buffer.Runtime, last.State.ToString());
            Action<Stream, ColumnTable> write = Format switch
            {
                "csv" => TableFiles.WriteCsv,
                "parquet" => TableFiles.WriteParquet,
                _ => TableFiles.WriteArrow,
            };
            write(stream, table);
        });
        return ExitCode.Success;
    }
}
