using System.CommandLine;
using System.Diagnostics;
using System.IO.Compression;
using DealerFlow.Cli.Export;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>export</c>: a tape as CSV, Parquet or Arrow.</summary>
internal static class ExportVerb
{
    private const int Batch = 16_384;

    private static readonly string[] Endings = [".csv", ".csv.gz", ".parquet", ".arrow"];

    public static Command Create()
    {
        Argument<string> tape = new Argument<string>("TAPE") { Description = "The tape to read." }.RefusingOptions();
        var output = new Option<string>("--out", "-o") { Description = "The file to write; its ending says how: .csv, .csv.gz, .parquet, .arrow. - is CSV to stdout.", HelpName = "FILE", Required = true };
        Option<string?> from = SharedOptions.From(), to = SharedOptions.To();
        var force = new Option<bool>("--force") { Description = "Overwrite FILE." };
        Option<bool> skipBad = SharedOptions.SkipBad(), json = SharedOptions.Json();
        var command = new Command("export",
            $"""
            Write the ticks of a tape for other programs.

            Examples:
              dealerflow export day.dftape --out day.parquet
              dealerflow export day.dftape --from 15:30 --out close.csv
              dealerflow export day.dftape --out - | head

            Columns: {string.Join(",", TickRow.Columns)}.
            Kind is Q for a national best quote, V for a venue's, T trade, S price of the underlying, O open interest, G gap, H halt, R resume, D definition.
            'dealerflow import' reads the CSV again.
            """)
        { tape, output, from, to, skipBad, force, json };
        command.SetAction(parsed => Run(
            new TapePart([parsed.GetValue(tape)!], parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(skipBad)), parsed.GetValue(output)!,
            parsed.GetValue(force), parsed.GetValue(json)));
        return command;
    }

    private static int Run(TapePart part, string path, bool force, bool asJson)
    {
        bool toStdout = path == "-";
        string ending = toStdout ? ".csv" : Endings.Where(each => path.EndsWith(each, StringComparison.OrdinalIgnoreCase)).MaxBy(each => each.Length)
            ?? throw new CliException(ExitCode.Usage, $"{path} has none of the endings that say how to write it: {string.Join(", ", Endings)}.");
        if (!toStdout) OutputFile.Check(path, force);
        using var signals = new StopSignals();
        using TapeReplayer tape = part.Open(speed: 0, signals.Token);
        var symbols = new TickSymbols(tape.Definitions);
        long start = Stopwatch.GetTimestamp(), count = 0;
        string partial = path + TapeWriter.PartialSuffix;
        try
        {
            // The file has its name only once it is whole.
            Stream stream = toStdout ? Console.OpenStandardOutput() : new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
            using (ITickExport export = Begin(stream, ending, symbols))
            using (new ProgressLine(() => $"{100.0 * count / Math.Max(tape.TickCount, 1),5:0.0}%  {count / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6:0.00} M ticks/s", TimeSpan.FromSeconds(1)))
            {
                var ticks = new Tick[Batch];
                for (int read = tape.Read(ticks); read > 0; read = tape.Read(ticks))
                {
                    export.Write(ticks.AsSpan(0, read));
                    count += read;
                }
                if (signals.Token.IsCancellationRequested) throw new CliException(ExitCode.Failure, $"Stopped on request; {path} was not written.");
                export.Complete();
            }
            if (toStdout) return ExitCode.Success;
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            if (!toStdout) File.Delete(partial);
        }
        long bytes = new FileInfo(path).Length;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (asJson)
        {
            Terminal.Json(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", path);
                json.WriteNumber("ticks", count);
                json.WriteNumber("bytes", bytes);
                json.WriteNumber("bytesPerTick", count == 0 ? 0 : (double)bytes / count);
                json.WriteNumber("seconds", seconds);
                json.WriteEndObject();
            });
            return ExitCode.Success;
        }
        Terminal.Tables().WriteLine($"{path}: {count:#,0} ticks, {bytes:#,0} bytes, {(count == 0 ? 0 : (double)bytes / count):0.00} per tick; {seconds:0.0} s.");
        return ExitCode.Success;
    }

    private static ITickExport Begin(Stream stream, string ending, TickSymbols symbols) => ending switch
    {
        ".csv" => new CsvExport(stream, symbols),
        ".csv.gz" => new CsvExport(new GZipStream(stream, CompressionLevel.Optimal), symbols),
        ".parquet" => new ParquetExport(stream, symbols),
        _ => new ArrowExport(stream, symbols),
    };
}
