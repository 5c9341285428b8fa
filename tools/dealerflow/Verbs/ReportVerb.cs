using System.CommandLine;
using System.Text;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Cli.Report;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>report</c>: a tape or a chain as one HTML file.</summary>
internal static class ReportVerb
{
    public static Command Create()
    {
        Argument<string> source = new Argument<string>("CHAIN|TAPE") { Description = "A chain file as 'levels' takes it, or a tape, which is replayed flat out." }.RefusingOptions();
        var output = new Option<string>("--out", "-o") { Description = "The file to write; - is stdout.", HelpName = "FILE", Required = true };
        var force = new Option<bool>("--force") { Description = "Overwrite FILE." };
        var sources = new SourceOptions();
        var command = new Command("report",
            """
            Write one HTML file about a chain or a tape: levels under every position model, pictures, expiries, hedge flow, and what they cannot tell.
            The file needs no network and no script, follows light and dark, and can be printed.

            Examples:
              dealerflow report spx_quotedata.csv --out report.html --forward carry --rate 0.05 --dividend 0.015
              dealerflow report day.dftape --out day.html
              dealerflow report day.dftape --from 14:00 --to 16:00 --out afternoon.html --force
            """)
        { source, output, force };
        sources.AddTo(command);
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(output)!;
            if (path != "-") OutputFile.Check(path, parsed.GetValue(force));
            Subject subject = sources.OfFile(parsed, parsed.GetValue(source)!, ExposureBucket.All, needsCourse: false);
            subject.Chain?.Tell();
            OutputFile.Write(path, Encoding.UTF8.GetBytes(ReportPage.Of(subject.Picture, subject.Chain)));
            return ExitCode.Success;
        });
        return command;
    }
}
