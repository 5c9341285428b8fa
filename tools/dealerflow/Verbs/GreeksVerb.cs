using System.CommandLine;
using System.Globalization;
using System.Text;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Kernels;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>greeks</c>: prices in a CSV file to implied volatilities and Greeks, row by row, in blocks of full columns.</summary>
internal static class GreeksVerb
{
    private const string Header = "spot,forward,strike,years,discount,right,price";
    private const string Added = "status,iv,delta,gamma,vega,theta,vanna,charm";
    private const int Block = 4096;
    private const int MaxLineLength = 4096;

    public static Command Create()
    {
        Argument<string> input = new Argument<string>("IN.csv") { Description = $"Rows of {Header}; right is C or P." }.RefusingOptions();
        Argument<string> output = new Argument<string>("OUT.csv") { Description = $"The same rows with {Added}." }.RefusingOptions();
        var force = new Option<bool>("--force") { Description = "Overwrite OUT.csv." };
        var command = new Command("greeks",
            """
            Implied volatility and Greeks of many options, Black-76, European.

            Examples:
              dealerflow greeks prices.csv greeks.csv
              dealerflow greeks - - < prices.csv > greeks.csv

            Units are raw: per unit of the variable, per year, per share. A row without an answer gets a status and empty cells.
            In-the-money rows are solved through their out-of-the-money partner.
            """)
        { input, output, force };
        command.SetAction(parsed => Run(parsed.GetValue(input)!, parsed.GetValue(output)!, parsed.GetValue(force)));
        return command;
    }

    private static int Run(string inputPath, string outputPath, bool force)
    {
        if (outputPath != "-" && File.Exists(outputPath) && !force)
            throw new CliException(ExitCode.Usage, $"{outputPath} exists already; name another file or add --force.");
        LaneWidth lanes = VectorWidth.Chosen;
        using TextReader input = inputPath == "-" ? Console.In : OpenInput(inputPath);
        string? first = input.ReadLine();
        if (first is null || first.Trim().TrimStart('\uFEFF') != Header)
            throw new CliException(ExitCode.Failure, $"{inputPath}, line 1: the header must be '{Header}'.");

        // Nothing half-written: the rows go to a neighbour, which takes the name at the end.
        string partial = outputPath + ".partial";
        try
        {
            using (TextWriter output = outputPath == "-" ? Console.Out : new StreamWriter(partial, append: false, new UTF8Encoding(false)))
            {
                output.NewLine = "\n";
                output.WriteLine($"{Header},{Added}");
                Transform(inputPath, input, output, lanes);
            }
            if (outputPath != "-") File.Move(partial, outputPath, overwrite: true);
        }
        catch
        {
            if (outputPath != "-") File.Delete(partial);
            throw;
        }
        return ExitCode.Success;
    }

    private static StreamReader OpenInput(string path) => Directory.Exists(path)
        ? throw new CliException(ExitCode.Failure, $"{path} is a folder; name a CSV file.")
        : !File.Exists(path) ? throw new CliException(ExitCode.Failure, $"{path} does not exist; name a CSV file with the header '{Header}'.")
        : new StreamReader(path);

    private static void Transform(string inputPath, TextReader input, TextWriter output, LaneWidth lanes)
    {
        var rows = new GreekBlock(Block);
        var lines = new string[Block];
        int count = 0;
        long lineNumber = 1;
        for (string? line = input.ReadLine(); line is not null; line = input.ReadLine())
        {
            lineNumber++;
            if (line.Length == 0) continue;
            if (line.Length > MaxLineLength)
                throw new CliException(ExitCode.Failure, $"{inputPath}, line {lineNumber}: {line.Length} characters; this is not a row of '{Header}'.");
            lines[count] = line.TrimEnd('\r');
            Parse(inputPath, lineNumber, lines[count], rows, count);
            if (++count < Block) continue;
            Write(output, lanes, lines, rows, count);
            count = 0;
        }
        if (count > 0) Write(output, lanes, lines, rows, count);
    }

    private static void Parse(string inputPath, long lineNumber, string line, GreekBlock rows, int index)
    {
        Span<Range> cells = stackalloc Range[8];
        int found = line.AsSpan().Split(cells, ',');
        if (found != 7) throw new CliException(ExitCode.Failure, $"{inputPath}, line {lineNumber}: {found} cells instead of 7; the columns are '{Header}'.");
        ReadOnlySpan<char> right = line.AsSpan()[cells[5]].Trim();
        if (right is not ("C" or "P"))
            throw new CliException(ExitCode.Failure, $"{inputPath}, line {lineNumber}: right is '{right}'; it must be C or P.");
        rows.IsCall[index] = right is "C";
        rows.Spot[index] = Number(inputPath, lineNumber, "spot", line.AsSpan()[cells[0]]);
        rows.Forward[index] = Number(inputPath, lineNumber, "forward", line.AsSpan()[cells[1]]);
        rows.Strike[index] = Number(inputPath, lineNumber, "strike", line.AsSpan()[cells[2]]);
        rows.Years[index] = Number(inputPath, lineNumber, "years", line.AsSpan()[cells[3]]);
        rows.Discount[index] = Number(inputPath, lineNumber, "discount", line.AsSpan()[cells[4]]);
        rows.Price[index] = Number(inputPath, lineNumber, "price", line.AsSpan()[cells[6]]);
    }

    private static double Number(string inputPath, long lineNumber, string column, ReadOnlySpan<char> cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new CliException(ExitCode.Failure, $"{inputPath}, line {lineNumber}: {column} '{cell}' is not a number.");

    private static void Write(TextWriter output, LaneWidth lanes, string[] lines, GreekBlock rows, int count)
    {
        rows.Solve(lanes, count);
        for (int i = 0; i < count; i++)
        {
            output.Write(lines[i]);
            output.Write(',');
            output.Write(rows.Status[i].ToString());
            if (rows.Status[i] != QuoteStatus.Ok)
            {
                output.WriteLine(",,,,,,,");
                continue;
            }
            foreach (double[] column in (ReadOnlySpan<double[]>)[rows.Iv, rows.Delta, rows.Gamma, rows.Vega, rows.Theta, rows.Vanna, rows.Charm])
            {
                output.Write(',');
                output.Write(column[i].ToString("R", CultureInfo.InvariantCulture));
            }
            output.WriteLine();
        }
    }
}
