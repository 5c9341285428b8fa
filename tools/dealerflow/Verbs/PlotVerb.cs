using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Cli.Plot;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>plot</c>: a picture of a tape, a chain or a feed.</summary>
internal static class PlotVerb
{
    private const int LeastPixels = 240, MostPixels = 8_000;

    private static readonly string[] Whats = ["strikes", "profile", "levels", "heat", "expiries"];

    public static Command Create()
    {
        Argument<string> what = new Argument<string>("WHAT")
        {
            Description = "strikes: gamma by strike; levels: the course of spot, zero gamma, walls and net GEX; heat: gamma over price and time with the path of spot; expiries: what leaves when; profile: gamma against spot.",
            HelpName = string.Join('|', Whats),
        }.RefusingOptions();
        what.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && !token.Value.StartsWith('-') && !Whats.Contains(token.Value))
                result.AddError($"'{token.Value}' is no picture; say {string.Join(", ", Whats[..^1])} or {Whats[^1]}.");
        });
        Argument<string?> source = new Argument<string?>("SOURCE")
        {
            Description = "A tape, which is replayed flat out, or a chain file as 'levels' takes it; without one the last snapshot of the feed.",
            Arity = ArgumentArity.ZeroOrOne,
        }.RefusingOptions();
        var output = new Option<string>("--out", "-o") { Description = "The file to write; its ending says how: .png or .svg. - is stdout and needs --format.", HelpName = "FILE", Required = true };
        var format = new Option<string?>("--format") { Description = "png or svg, whatever the name of the file.", HelpName = "png|svg" };
        format.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("png" or "svg") } token]) result.AddError($"'{token.Value}' is no format of a picture; use png or svg.");
        });
        var force = new Option<bool>("--force") { Description = "Overwrite FILE." };
        Option<string> feed = SharedOptions.Feed();
        Option<ExposureBucket> bucket = Bucket();
        var theme = new Option<string>("--theme") { Description = "light or dark.", HelpName = "light|dark", DefaultValueFactory = _ => "light" };
        theme.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("light" or "dark") } token]) result.AddError($"'{token.Value}' is no theme; use light or dark.");
        });
        var size = new Option<(int Width, int Height)>("--size") { Description = "Width and height in pixels.", HelpName = "1200x700", CustomParser = ParseSize, DefaultValueFactory = _ => (1200, 700) };
        var range = new Option<double?>("--range") { Description = "Show so many per cent below and above spot; otherwise what holds most of the exposure.", HelpName = "PERCENT" };
        range.Validators.Add(result =>
        {
            if (result.Tokens is [{ } token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out double given) && !(given is >= 0.1 and <= 90))
                result.AddError($"--range {token.Value} cannot be; give 0.1 to 90 per cent.");
        });
        var sources = new SourceOptions();
        var command = new Command("plot",
            """
            Draw a picture of a tape, a chain or a feed.

            Examples:
              dealerflow plot strikes -o strikes.png
              dealerflow plot strikes spx_quotedata.csv -o strikes.svg --forward carry --rate 0.05 --dividend 0.015
              dealerflow plot levels day.dftape -o levels.png --theme dark
              dealerflow plot heat day.dftape --from 14:00 -o heat.png --size 1600x900
              dealerflow plot expiries --feed spx -o - --format svg > expiries.svg

            Every picture says as of when it is, in which unit, and under which position model.
            """)
        { what, source, output, format, force, feed, bucket, theme, size, range };
        sources.AddTo(command);
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(output)!;
            PictureFormat encoding = Encoding(path, parsed.GetValue(format));
            if (path != "-") OutputFile.Check(path, parsed.GetValue(force));
            string picture = parsed.GetValue(what)!;
            bool needsCourse = picture is "levels" or "heat";
            PictureSubject subject;
            if (parsed.GetValue(source) is { } file)
            {
                if (parsed.GetResult(feed) is { Implicit: false }) throw new CliException(ExitCode.Usage, $"Name either {file} or a feed, not both.");
                Subject made = sources.OfFile(parsed, file, parsed.GetValue(bucket), needsCourse);
                made.Chain?.Tell();
                subject = made.Picture;
            }
            else
            {
                subject = sources.OfFeed(parsed, parsed.GetValue(feed)!, parsed.GetValue(bucket), needsCourse);
            }
            (int width, int height) = parsed.GetValue(size);
            byte[] bytes = PictureFile.Encode(encoding, width, height, PlotTheme.Of(parsed.GetValue(theme)!), sheet => Draw(picture, sheet, subject, parsed.GetValue(range)));
            OutputFile.Write(path, bytes);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Draws one of the pictures.</summary>
    public static void Draw(string what, PictureSheet sheet, PictureSubject subject, double? range)
    {
        switch (what)
        {
            case "strikes":
                StrikesPicture.Draw(sheet, subject, range);
                break;
            case "profile":
                ProfilePicture.Draw(sheet, subject, range);
                break;
            case "levels":
                LevelsPicture.Draw(sheet, subject, range);
                break;
            case "heat":
                HeatPicture.Draw(sheet, subject, range);
                break;
            default:
                ExpiriesPicture.Draw(sheet, subject);
                break;
        }
    }

    private static Option<ExposureBucket> Bucket()
    {
        var bucket = new Option<ExposureBucket>("--bucket")
        {
            Description = "all expiries, 0dte (those of today), or ex0dte (all but those).",
            HelpName = "all|0dte|ex0dte",
            DefaultValueFactory = _ => ExposureBucket.All,
        };
        bucket.CustomParser = result =>
        {
            switch (result.Tokens[0].Value.ToLowerInvariant())
            {
                case "all": return ExposureBucket.All;
                case "0dte" or "zerodte": return ExposureBucket.ZeroDte;
                case "ex0dte" or "exzerodte": return ExposureBucket.ExZeroDte;
            }
            result.AddError($"'{result.Tokens[0].Value}' is no bucket; use all, 0dte or ex0dte.");
            return default;
        };
        return bucket;
    }

    private static PictureFormat Encoding(string path, string? format) => (format, Path.GetExtension(path).ToLowerInvariant()) switch
    {
        ("png", _) or (null, ".png") => PictureFormat.Png,
        ("svg", _) or (null, ".svg") => PictureFormat.Svg,
        _ when path == "-" => throw new CliException(ExitCode.Usage, "A picture to stdout needs --format: png or svg."),
        _ => throw new CliException(ExitCode.Usage, $"{path} does not end in .png or .svg, which says how to draw it; name it so, or give --format."),
    };

    private static (int Width, int Height) ParseSize(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] parts = text.Split('x');
        if (parts.Length == 2 && int.TryParse(parts[0], out int width) && int.TryParse(parts[1], out int height)
            && width is >= LeastPixels and <= MostPixels && height is >= LeastPixels and <= MostPixels)
            return (width, height);
        result.AddError($"'{text}' is no size; write width and height such as 1200x700, each from {LeastPixels} to {MostPixels}.");
        return default;
    }
}
