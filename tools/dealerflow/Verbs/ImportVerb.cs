using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>import</c>: files of other people onto one tape, in the order of their event times.</summary>
internal static class ImportVerb
{
    private const int IssuesShown = 10;
    private const int Batch = 16_384;
    private const int DefaultBudgetMegabytes = 512;

    public static Command Create()
    {
        Argument<string[]> files = new Argument<string[]>("FILE")
        {
            Description = "Files to read, of one format or several; gzip and Zstandard are taken off; - is standard input.",
            Arity = ArgumentArity.OneOrMore,
        }.RefusingOptions();
        var tape = new Option<string>("--out", "-o") { Description = "The tape to write.", HelpName = "TAPE", Required = true };
        var format = new Option<string?>("--format") { Description = "Format of the files, where their first bytes do not say it.", HelpName = "NAME" };
        format.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && TickFormats.Named(token.Value) is null)
                result.AddError($"'{token.Value}' is no format; use {string.Join(", ", TickFormats.All.Select(each => each.Name))}.");
        });
        var date = new Option<DateOnly?>("--date")
        {
            Description = "Trading day in New York, for files that have a time of day alone.",
            HelpName = "yyyy-mm-dd",
            CustomParser = SharedOptions.ParseDate,
        };
        Option<long?> asOf = SharedOptions.AsOf();
        var calendar = new Option<string?>("--calendar") { Description = "Closures and settlement times beside the embedded calendar.", HelpName = "FILE" };
        var budget = new Option<int>("--memory")
        {
            Description = "Memory for ticks that wait to be sorted, in MB; the rest waits in temporary files.",
            HelpName = "MB",
            DefaultValueFactory = _ => DefaultBudgetMegabytes,
        };
        budget.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int given) && given is < 1 or > 2_048)
                result.AddError($"--memory {given} cannot be; give 1 to 2,048 MB.");
        });
        var strict = new Option<bool>("--strict") { Description = "List every rejected row, and write no tape if there is one." };
        var force = new Option<bool>("--force") { Description = "Overwrite TAPE." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("import",
            $"""
            Read ticks of other formats onto a tape.

            Examples:
              dealerflow import opra.cmbp-1.dbn.zst opra.definition.dbn.zst --out day.dftape
              dealerflow import ticks.csv --out ticks.dftape
              zcat ticks.csv.gz | dealerflow import - --format csv --out ticks.dftape

            Formats:
            {string.Join('\n', TickFormats.All.Select(each => $"  {each.Name,-18} {each.Description}"))}

            Ticks are sorted by event time; ticks of one time keep the order of the files. A bad row is counted by reason. Progress goes to stderr, the result to stdout.
            """)
        { files, tape, format, date, asOf, calendar, budget, strict, force, json };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(tape)!;
            OutputFile.Check(path, parsed.GetValue(force));
            string? calendarPath = parsed.GetValue(calendar);
            var options = new ImportOptions
            {
                Date = parsed.GetValue(date),
                AsOfNanos = parsed.GetValue(asOf),
                Calendar = calendarPath is null ? SessionCalendar.Embedded : new SessionCalendar(CalendarOverrides.Read(calendarPath)),
                OnIssue = parsed.GetValue(strict) ? issue => Console.Error.WriteLine($"dealerflow: {issue}") : null,
            };
            string? named = parsed.GetValue(format);
            return Run(
                parsed.GetValue(files)!, path, named is null ? null : TickFormats.Named(named), options, parsed.GetValue(budget) * (1L << 20),
                parsed.GetValue(strict), parsed.GetValue(force), parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(
        string[] files, string path, ITickFormat? format, ImportOptions options, long budget, bool isStrict, bool overwrite, bool asJson)
    {
        using var signals = new StopSignals();
        using var sorter = new TickSorter(budget, path + ".run");
        var import = new TickImport(new SorterSink(sorter, signals.Token), options);
        long start = Stopwatch.GetTimestamp();
        var formats = new List<string>();
        try
        {
            long totalBytes = files.Where(File.Exists).Sum(file => new FileInfo(file).Length), doneBytes = 0;
            foreach (string file in files)
            {
                using ImportFile input = ImportFile.Open(file);
                ITickFormat reader = format ?? TickFormats.Of(input);
                formats.Add(reader.Name);
                import.Begin(file);
                using (new ImportProgress(file, doneBytes, totalBytes, input, sorter, start)) reader.Read(input, import);
                doneBytes += input.Length;
            }
            import.End();
            ImportReport report = import.Report;
            if (!report.AddsUp) throw new InvalidOperationException("A row of the import has no outcome.");
            if (!isStrict) Tell(report);
            if (isStrict && report.RejectedTotal > 0)
                throw new CliException(ExitCode.Corrupt, $"{report.RejectedTotal:#,0} of {report.Rows:#,0} rows were rejected; {path} was not written, because of --strict.");
            if (report.Ticks == 0) throw new CliException(ExitCode.Failure, $"No row of {string.Join(", ", files)} gave a tick; {path} was not written.");
            long bytes = Write(path, overwrite, import, sorter, Metadata(files, formats), signals.Token);
            var result = new ImportResult(path, bytes, import, sorter.Spilled, Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (asJson) Terminal.Json(result.Write);
            else result.Write(Terminal.Tables());
            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            throw new CliException(ExitCode.Failure, $"Stopped on request; {path} was not written.");
        }
    }

    private static long Write(
        string path, bool overwrite, TickImport import, TickSorter sorter, Dictionary<string, string> metadata, CancellationToken stop)
    {
        using TapeWriter tape = TapeWriter.Create(path, import.Definitions, metadata, overwrite);
        var ticks = new Tick[Batch];
        for (int count = sorter.Read(ticks); count > 0; count = sorter.Read(ticks))
        {
            stop.ThrowIfCancellationRequested();
            tape.Append(ticks.AsSpan(0, count));
        }
        tape.Complete();
        return tape.SizeInBytes;
    }

    private static Dictionary<string, string> Metadata(string[] files, List<string> formats)
    {
        var metadata = new Dictionary<string, string> { ["generator"] = "dealerflow import" };
        for (int i = 0; i < files.Length; i++) metadata[$"source.{i:000}"] = $"{formats[i]} {Path.GetFileName(files[i])}";
        return metadata;
    }

    private static void Tell(ImportReport report)
    {
        foreach (ImportIssue issue in report.Issues.Take(IssuesShown)) Console.Error.WriteLine($"dealerflow: {issue}");
        if (report.RejectedTotal > IssuesShown)
            Console.Error.WriteLine($"dealerflow: and {report.RejectedTotal - IssuesShown:#,0} more; --strict lists them all.");
    }

    private sealed class SorterSink(TickSorter sorter, CancellationToken stop) : ITickSink
    {
        public void Add(in Tick tick)
        {
            stop.ThrowIfCancellationRequested();
            sorter.Add(in tick);
        }
    }
}
