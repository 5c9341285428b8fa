using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Kernels;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>greeks</c>: prices in a CSV file to implied volatilities and Greeks, in blocks of full columns and in constant memory.</summary>
internal static class GreeksVerb
{
    private const int BlockRows = 4096;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        Argument<string> input = new Argument<string>("IN.csv")
        {
            Description = $"Rows of {GreekRowReader.Header}; right is C or P; - is stdin.",
        }.RefusingOptions();
        Argument<string> output = new Argument<string>("OUT.csv")
        {
            Description = $"The same rows with {GreekRowWriter.Added}; - is stdout.",
        }.RefusingOptions();
        var force = new Option<bool>("--force") { Description = "Overwrite OUT.csv." };
        var command = new Command("greeks",
            """
            Implied volatility and Greeks of many options, Black-76, European.

            Examples:
              dealerflow greeks prices.csv greeks.csv
              dealerflow greeks - - < prices.csv > greeks.csv
              zcat prices.csv.gz | dealerflow greeks - greeks.csv

            Units are raw: per unit of the variable, per year, per share. A row without an answer gets a status and empty cells.
            In-the-money rows are solved through their out-of-the-money partner. Memory does not grow with the file. OUT.csv
            appears when it is complete; a run that fails or is interrupted leaves none.
            """)
        { input, output, force };
        command.SetAction(parsed => Run(parsed.GetValue(input)!, parsed.GetValue(output)!, parsed.GetValue(force)));
        return command;
    }

    private static int Run(string inputPath, string outputPath, bool force)
    {
        if (Directory.Exists(outputPath)) throw new CliException(ExitCode.Usage, $"{outputPath} is a folder; name a file.");
        // A device such as /dev/null is written to; a file of its name would take its place. /dev/shm holds files like any folder.
        string full = Path.GetFullPath(outputPath);
        bool isStdout = outputPath == "-" || full is "/dev/stdout" or "/dev/fd/1";
        bool isDevice = !isStdout && full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal);
        bool isPiped = isStdout || isDevice;
        if (!isPiped && File.Exists(outputPath) && !force)
            throw new CliException(ExitCode.Usage, $"{outputPath} exists already; name another file or add --force.");
        LaneWidth lanes = VectorWidth.Chosen;
        using Stream input = inputPath == "-" ? Console.OpenStandardInput() : OpenInput(inputPath);
        var reader = new GreekRowReader(input, inputPath == "-" ? "stdin" : inputPath);
        reader.ReadHeader();
        if (isPiped)
        {
            using Stream sink = isDevice
                ? new FileStream(outputPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)
                : Console.OpenStandardOutput();
            using var writer = new GreekRowWriter(sink);
            using LeaveOnSignal leaving = new(() => $"Interrupted after {writer.Rows:#,0} rows; the output is not complete.");
            Transform(input, reader, writer, lanes, isPiped: true);
            leaving.Complete(() => { });
            return ExitCode.Success;
        }

        // Nothing half-written: the rows go to a neighbour, which takes the name at the end.
        string partial = outputPath + ".partial";
        FileStream? file = null;
        using LeaveOnSignal signals = new(() =>
        {
            if (file is not null) File.Delete(partial);
            return $"Interrupted; {outputPath} was not written.";
        });
        try
        {
            signals.Undisturbed(() => file = CreatePartial(partial));
            using (file)
            using (var writer = new GreekRowWriter(file!))
                Transform(input, reader, writer, lanes, isPiped: false);
            signals.Complete(() => File.Move(partial, outputPath, overwrite: true));
        }
        catch
        {
            if (file is not null) File.Delete(partial);
            throw;
        }
        return ExitCode.Success;
    }

    /// <summary>Fails before anything is deleted where another run writes to the same output.</summary>
    private static FileStream CreatePartial(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        }
        catch (IOException exception)
        {
            throw new CliException(ExitCode.Failure, $"{path} cannot be written; another run may be writing to the same file: {exception.Message}");
        }
    }

    private static FileStream OpenInput(string path) => Directory.Exists(path)
        ? throw new CliException(ExitCode.Failure, $"{path} is a folder; name a CSV file.")
        : !File.Exists(path) ? throw new CliException(ExitCode.Failure, $"{path} does not exist; name a CSV file with the header '{GreekRowReader.Header}'.")
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);

    /// <param name="isPiped">Every block is handed on at once, and what was written before a failure stays written.</param>
    private static void Transform(Stream input, GreekRowReader reader, GreekRowWriter writer, LaneWidth lanes, bool isPiped)
    {
        long started = Stopwatch.GetTimestamp();
        long? totalBytes = input.CanSeek ? input.Length : null;
        var rows = new GreekBlock(BlockRows);
        using (Console.IsErrorRedirected ? null : new ProgressLine(() => Progress(started, reader, writer, totalBytes), Silence))
        {
            writer.WriteHeader();
            try
            {
                while (reader.Fill(rows))
                {
                    Answer();
                    if (isPiped) writer.Flush();
                }
            }
            catch (CliException exception) when (isPiped && writer.Rows + rows.Count > 0)
            {
                Answer();
                writer.Complete();
                throw new CliException(exception.ExitCode, $"{exception.Message} Rows written before it: {writer.Rows:#,0}.");
            }
            writer.Complete();
        }
        double seconds = Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, 1e-9);
        string statuses = string.Join(", ", writer.Statuses.Select(pair => $"{pair.Count:#,0} {pair.Status}"));
        Console.Error.WriteLine(
            $"{writer.Rows:#,0} rows in {seconds:0.00} s, {writer.Rows / seconds:#,0} rows/s{(statuses.Length == 0 ? "" : ": ")}{statuses}.");

        void Answer()
        {
            rows.Solve(lanes);
            writer.Write(rows, reader.Buffer);
        }
    }

    private static string Progress(long started, GreekRowReader reader, GreekRowWriter writer, long? totalBytes)
    {
        const double Mega = 1e6;
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double bytes = reader.BytesRead;
        string done = totalBytes is { } total
            ? $"{(total == 0 ? 100 : 100 * bytes / total),5:0.0}%  {bytes / Mega:#,0} of {total / Mega:#,0} MB"
            : $"{bytes / Mega:#,0} MB";
        string rates = $"{writer.Rows / seconds / Mega:0.00} M rows/s  {bytes / seconds / Mega:0.0} MB/s";
        if (totalBytes is not { } all || bytes == 0) return $"{done}  {rates}";
        var left = TimeSpan.FromSeconds(Math.Ceiling(Math.Max(all - bytes, 0) / bytes * seconds));
        return string.Create(CultureInfo.InvariantCulture, $"{done}  {rates}  ETA {left:c}");
    }

    /// <summary>SIGINT and SIGTERM end the run at once, also while it waits for input, with 130 or 143 and a last sentence.</summary>
    private sealed class LeaveOnSignal : IDisposable
    {
        private readonly Lock _leaving = new();
        private readonly Func<string> _lastWords;
        private readonly PosixSignalRegistration[] _registrations;
        private bool _isComplete;

        public LeaveOnSignal(Func<string> lastWords)
        {
            _lastWords = lastWords;
            _registrations =
            [
                PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Leave(context, 130)),
                PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Leave(context, 143)),
            ];
        }

        /// <summary>Does something that a signal finds not begun or done.</summary>
        public void Undisturbed(Action action)
        {
            lock (_leaving) action();
        }

        /// <summary>Does the last thing of the run; a signal finds it not begun, or comes too late.</summary>
        public void Complete(Action action)
        {
            lock (_leaving)
            {
                action();
                _isComplete = true;
            }
        }

        public void Dispose()
        {
            foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        }

        private void Leave(PosixSignalContext context, int exitCode)
        {
            context.Cancel = true;
            lock (_leaving)
            {
                if (_isComplete) return;
                // The lock is never given back, so no other thread gets to the end of the run meanwhile.
                Console.Error.WriteLine($"{(Console.IsErrorRedirected ? "" : "\n")}dealerflow: {_lastWords()}");
                Environment.Exit(exitCode);
            }
        }
    }
}
