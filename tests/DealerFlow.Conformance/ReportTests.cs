using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DealerFlow.Tape;
using DealerFlow.Tests;
using DealerFlow.Wire;
using SkiaSharp;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>report</c> as a process: one file, its numbers, and what a browser makes of it.</summary>
public sealed partial class ReportTests(SyntheticTape tape) : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void Every_level_of_every_model_stands_in_the_report_as_the_engine_has_it()
    {
        string chain = _room.Write("chain.csv", new ChainText().ToString()), path = _room.Path("report.html");
        JsonElement levels = _room.Run("levels", chain, "--json").Json();
        Assert.Equal(0, _room.Run("report", chain, "--out", path).ExitCode);     // a chain as short as this one is told to be a part
        string page = File.ReadAllText(path);
        Assert.Contains("may be missing", page);
        AssertModels(levels, page);
        foreach (JsonElement expiry in levels.GetProperty("expiries").EnumerateArray())
        {
            string[] row = Assert.Single(Rows(page, "Expiries"), cells => cells[0] == expiry.GetProperty("expiry").GetString());
            Assert.Equal(Usd(expiry.GetProperty("netGex").GetDouble()), row[5]);
            Assert.Equal(expiry.GetProperty("openInterest").GetInt64().ToString("#,0", CultureInfo.InvariantCulture), row[7]);
        }
        string[] down = Assert.Single(Rows(page, "Hedge flow, USD, + = dealers buy"), cells => cells[0] == "spot -1 %");
        Assert.Equal(Usd(levels.GetProperty("hedgeFlow").GetProperty("scenarios").GetProperty("spotDown100").GetProperty("all").GetProperty("flow").GetDouble()), down[1]);
        Assert.Contains("exists already", _room.Run("report", chain, "--out", path).Refused(2));
    }

    [Fact]
    public void A_report_of_a_tape_also_shows_the_course_of_it()
    {
        JsonElement levels = _room.Run("replay", tape.Path, "--json").Json().GetProperty("levels");
        string path = _room.Path("report.html");
        _room.Run("report", tape.Path, "--out", path).Succeeded();
        string page = File.ReadAllText(path);
        AssertModels(levels, page);
        Assert.Equal(2 * 5, Regex.Count(page, "<svg "));
        Assert.Contains("Trade flow", page);
        Assert.Contains("Spot between its levels", page);
    }

    [Fact]
    public void A_report_needs_nothing_beside_itself_and_runs_nothing()
    {
        string chain = _room.Write("chain.csv", new ChainText().ToString()), path = _room.Path("report.html");
        Assert.Equal(0, _room.Run("report", chain, "--out", path).ExitCode);     // a chain as short as this one is told to be a part
        string page = File.ReadAllText(path).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
        foreach (string reach in (ReadOnlySpan<string>)["http:", "https:", "//cdn", "<script", "<link", "<img", "<iframe", "src=", "@import", "url(h", "javascript:"])
            Assert.DoesNotContain(reach, page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("default-src 'none'", page);
        Assert.Contains("prefers-color-scheme:dark", page);
        Assert.Contains("What this cannot tell", page);
        // The pictures stand in one page, so no name of one may be that of another.
        string[] names = [.. Regex.Matches(page, " id=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(names);
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(Regex.Matches(page, @"url\(#([^)]+)\)"), match => Assert.Contains(match.Groups[1].Value, names));
    }

    [Fact]
    public void K7_a_symbol_is_text_in_a_report()
    {
        string odd = _room.Path("<b>odd.dftape"), path = _room.Path("report.html");
        InstrumentDefinition[] definitions = LittleMarket.Definitions("\"<i>&'");
        definitions[0].Root = Ascii8.From("<script>");
        using (TapeWriter writer = TapeWriter.Create(odd, definitions, new Dictionary<string, string>()))
        {
            writer.Append(LittleMarket.Ticks(0.5));
            writer.Complete();
        }
        _room.Run("report", odd, "--out", path).Succeeded();
        string page = File.ReadAllText(path);
        Assert.Contains("&lt;script&gt; dealer gamma", page);
        Assert.Contains("&quot;&lt;i&gt;&amp;&#39;", page);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<i>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1200, 900)]
    [InlineData(500, 900)]
    public void A_browser_shows_the_report_of_a_real_chain(int width, int height)
    {
        string chain = Repository.RealData("cboe_csv/spx_20230609_1340ET_edited-date.csv"), path = _room.Path("report.html"), shot = _room.Path("shot.png");
        _room.Run("report", chain, "--out", path, "--forward", "carry", "--rate", "0.05", "--dividend", "0.015").Succeeded();
        var start = new ProcessStartInfo(Browser(),
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars", $"--user-data-dir={_room.Path("profile")}",
            $"--window-size={width},{height}", $"--screenshot={shot}", $"file://{path}",
        ]);
        Outcome outcome = _room.Start(start).WaitForEnd();
        Assert.True(outcome.ExitCode == 0 && File.Exists(shot), outcome.ToString());
        using var picture = SKBitmap.Decode(shot);
        Assert.Equal((width, height), (picture.Width, picture.Height));
        // Page, calls and puts of the first picture, and text: all in the light theme, which is the browser's own.
        foreach (string colour in (ReadOnlySpan<string>)["#FCFDFE", "#0072B2", "#D45500", "#1B1F24"])
            Assert.True(picture.Pixels.Count(pixel => pixel == SKColor.Parse(colour)) > 60, $"{colour} is missing at {width} pixels");
    }

    private static void AssertModels(JsonElement levels, string page)
    {
        foreach ((string bucket, string caption) in (ReadOnlySpan<(string, string)>)
            [("all", "Position models, all expiries"), ("zeroDte", "Position models, 0DTE"), ("exZeroDte", "Position models, without 0DTE")])
        {
            foreach (JsonProperty model in levels.GetProperty("models").EnumerateObject())
            {
                string[] row = Assert.Single(Rows(page, caption), cells => cells[0] == model.Name);
                if (model.Value.GetProperty("status").GetString() != "Live") continue;
                JsonElement totals = model.Value.GetProperty("buckets").GetProperty(bucket), zero = totals.GetProperty("zeroGamma");
                Assert.Equal(Usd(totals.GetProperty("netGex").GetDouble()), row[1]);
                Assert.Equal(totals.GetProperty("regime").GetString() ?? "-", row[2]);
                if (zero.GetProperty("status").GetString() == "Found")
                    Assert.Equal(zero.GetProperty("value").GetDouble().ToString("#,0.00", CultureInfo.InvariantCulture), row[3].Split(' ')[0]);
                else Assert.Matches("^(-|none)", row[3]);
                Assert.Equal(Strike(totals.GetProperty("putWall")), row[4]);
                Assert.Equal(Strike(totals.GetProperty("callWall")), row[5]);
                if (bucket == "all") Assert.Equal(Strike(model.Value.GetProperty("pin")), row[6]);
            }
        }
    }

    private static string Strike(JsonElement level) =>
        level.ValueKind == JsonValueKind.Null ? "-" : level.GetProperty("strike").GetDouble().ToString("#,0.####", CultureInfo.InvariantCulture);

    private static string Usd(double value) => Math.Abs(value) switch
    {
        >= 1e9 => (value / 1e9).ToString("+0.000;-0.000", CultureInfo.InvariantCulture) + " bn",
        >= 1e6 => (value / 1e6).ToString("+0.000;-0.000", CultureInfo.InvariantCulture) + " mn",
        >= 1e3 => (value / 1e3).ToString("+0.000;-0.000", CultureInfo.InvariantCulture) + " k",
        0 => "0",
        _ => value.ToString("+0.00;-0.00", CultureInfo.InvariantCulture),
    };

    /// <summary>The rows of the table below a heading, as texts.</summary>
    private static List<string[]> Rows(string page, string caption)
    {
        int start = page.IndexOf($"<h2>{WebUtility.HtmlEncode(caption)}</h2>", StringComparison.Ordinal);
        Assert.True(start >= 0, $"no table '{caption}'");
        string table = page[start..page.IndexOf("</table>", start, StringComparison.Ordinal)];
        return [.. RowOf().Matches(table).Select(row => CellOf().Matches(row.Value).Select(cell => WebUtility.HtmlDecode(cell.Groups[1].Value)).ToArray())];
    }

    private static string Browser()
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (found is null) Repository.SkipOrFail("There is no Chromium on the path; install it to run this test (Debian: apt-get install chromium).");
        return found!;
    }

    [GeneratedRegex("<tr[^>]*>(<th scope=\"row\".*?)</tr>", RegexOptions.Singleline)]
    private static partial Regex RowOf();

    [GeneratedRegex("<t[hd][^>]*>([^<]*)</t[hd]>")]
    private static partial Regex CellOf();
}
