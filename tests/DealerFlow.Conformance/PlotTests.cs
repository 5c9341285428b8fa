using System.Globalization;
using System.Text.Json;
using DealerFlow.Tape;
using DealerFlow.Wire;
using SkiaSharp;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>plot</c> as a process: what is on its pictures, by their pixels and by their texts.</summary>
public sealed class PlotTests(SyntheticTape tape) : IDisposable
{
    // The data area of a picture of 1200 × 700: what is written at its left and right does not depend on the data.
    private const double Left = 74, Right = 1186;
    private const int MixedEdge = 70;
    private const int Top = 150, Bottom = 620;

    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void Lines_and_bars_stand_where_the_numbers_are()
    {
        string chain = _room.Write("chain.csv", new ChainText().ToString()), png = _room.Path("strikes.png");
        // Spot in the middle between two strikes, where no bar hides its line.
        JsonElement levels = _room.Run("levels", chain, "--spot", "4695", "--json").Json(), all = levels.GetProperty("buckets").GetProperty("all");
        Outcome drawn = _room.Run("plot", "strikes", chain, "--spot", "4695", "-o", png, "--range", "1");
        // A chain as short as this one is told to be a part.
        Assert.True(drawn.ExitCode == 0 && drawn.Output.Length == 0, drawn.ToString());
        using var picture = SKBitmap.Decode(png);
        Assert.Equal((1200, 700), (picture.Width, picture.Height));
        double spot = levels.GetProperty("spot").GetDouble(), low = spot * 0.99, high = spot * 1.01;
        int At(double price) => (int)Math.Round(Left + ((price - low) / (high - low) * (Right - Left)));

        Assert.True(Column(picture, At(spot), "#0B0D10", MixedEdge) > 400, "the line of spot");
        int elsewhere = At(spot * 1.0005);
        Assert.Equal(0, Column(picture, elsewhere, "#0B0D10", MixedEdge));
        if (all.GetProperty("zeroGamma").GetProperty("status").GetString() == "Found")
        {
            double zero = all.GetProperty("zeroGamma").GetProperty("value").GetDouble();
            if (zero > low && zero < high) Assert.True(Column(picture, At(zero), "#7B3FA0", MixedEdge) > 60, "the line of zero gamma");
        }

        // Heights of the bars of two strikes are as their exposures.
        JsonElement[] strikes = [.. levels.GetProperty("strikes").EnumerateArray().Where(row => row.GetProperty("strike").GetDouble() is double strike && strike > low + 5 && strike < high - 5)];
        JsonElement largest = strikes.MaxBy(row => row.GetProperty("callGex").GetDouble()), smallest = strikes.MinBy(row => row.GetProperty("callGex").GetDouble());
        // Beside the middle, where a line of a level may stand.
        int tall = Column(picture, At(largest.GetProperty("strike").GetDouble()) + 8, "#0072B2"), small = Column(picture, At(smallest.GetProperty("strike").GetDouble()) + 8, "#0072B2");
        double expected = tall * smallest.GetProperty("callGex").GetDouble() / largest.GetProperty("callGex").GetDouble();
        Assert.True(tall > 50, $"the largest bar has {tall} pixels");
        Assert.InRange(small, expected - 3, expected + 3);
    }

    [Fact]
    public void A_vector_picture_of_a_feed_says_the_feeds_numbers_in_text()
    {
        _room.Run("replay", tape.Path).Succeeded();
        JsonElement snapshot = _room.Run("snapshot", "--json").Json(), all = snapshot.GetProperty("buckets").GetProperty("all");
        string labels = Text(Svg("strikes"));
        Assert.Contains($"spot {snapshot.GetProperty("spot").GetDouble().ToString("#,0.##", CultureInfo.InvariantCulture)}", labels);
        Assert.Contains($"zero gamma {all.GetProperty("zeroGamma").GetProperty("value").GetDouble().ToString("#,0.00", CultureInfo.InvariantCulture)}", labels);
        foreach ((string name, string wall) in (ReadOnlySpan<(string, string)>)[("put wall", "putWall"), ("call wall", "callWall")])
            Assert.Contains($"{name} {all.GetProperty(wall).GetProperty("strike").GetDouble().ToString("#,0.####", CultureInfo.InvariantCulture)}", labels);
        foreach (string what in (ReadOnlySpan<string>)["strikes", "profile", "expiries"])
        {
            string text = Text(Svg(what));
            Assert.Contains("SPX gamma", text);
            Assert.Contains("2026-11-16 10:00:01 New York", text);
            Assert.Contains("USD per 1% move of the underlying", text);
            Assert.Contains("model OpenInterest: dealers long every open call, short every open put", text);
            Assert.Contains("Positions are inferred, never reported.", text);
            Assert.Contains("feed default: Closed", text);
        }

        string Svg(string what)
        {
            Assert.Equal("", _room.Run("plot", what, "-o", _room.Path("picture.svg"), "--force").Error);
            string written = File.ReadAllText(_room.Path("picture.svg"));
            // Vectors: no pixels inside, and no letter that the typeface does not have.
            Assert.StartsWith("<?xml", written, StringComparison.Ordinal);
            Assert.DoesNotContain("<image", written, StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', written);
            _ = System.Xml.Linq.XDocument.Parse(written);
            return written;
        }
    }

    [Theory]
    [InlineData("strikes", "#0072B2", "#D45500")]
    [InlineData("profile", "#20262D", "#7B3FA0")]
    [InlineData("levels", "#0B0D10", "#20262D")]
    [InlineData("heat", "#0B0D10", "#FCFDFE")]
    [InlineData("expiries", "#0072B2", "#D45500")]
    public void Every_picture_of_a_tape_is_drawn_in_its_colours(string what, string one, string other)
    {
        string light = _room.Path("light.png"), dark = _room.Path("dark.png"), small = _room.Path("small.png");
        _room.Run("plot", what, tape.Path, "-o", light).Succeeded();
        _room.Run("plot", what, tape.Path, "-o", dark, "--theme", "dark").Succeeded();
        _room.Run("plot", what, tape.Path, "-o", small, "--size", "400x460").Succeeded();
        using SKBitmap picture = SKBitmap.Decode(light), night = SKBitmap.Decode(dark), narrow = SKBitmap.Decode(small);
        Assert.Equal((400, 460), (narrow.Width, narrow.Height));
        foreach (SKBitmap drawn in (ReadOnlySpan<SKBitmap>)[picture, narrow])
        {
            Assert.True(Share(drawn, one) > 0.0002, $"{one} is missing");
            Assert.True(Share(drawn, other) > 0.0002, $"{other} is missing");
        }
        Assert.True(Share(night, "#14181D") > 0.1, "the dark theme's background");
        Assert.True(Share(night, "#FCFDFE") < 0.01, "the light theme's background in the dark one");
    }

    [Fact]
    public void What_becomes_of_levels_over_time_ends_with_the_numbers_of_the_replay()
    {
        JsonElement levels = _room.Run("replay", tape.Path, "--json").Json().GetProperty("levels"), all = levels.GetProperty("buckets").GetProperty("all");
        Outcome heat = _room.Run("plot", "heat", tape.Path, "-o", "-", "--format", "svg"), drawn = _room.Run("plot", "levels", tape.Path, "-o", "-", "--format", "svg");
        Assert.DoesNotContain("Unsupported", heat.Error + drawn.Error, StringComparison.Ordinal);
        Assert.Contains("SPX net gamma by strike, 2026-11-16 10:00:00 to 10:00:01 New York", Text(heat.Succeeded()));
        string text = Text(drawn.Succeeded());
        Assert.Contains($"zero gamma {all.GetProperty("zeroGamma").GetProperty("value").GetDouble().ToString("#,0.00", CultureInfo.InvariantCulture)}", text);
        Assert.Contains($"spot {levels.GetProperty("spot").GetDouble().ToString("#,0.00", CultureInfo.InvariantCulture)}", text);
        double net = all.GetProperty("netGex").GetDouble();
        Assert.Contains($"net GEX {(net / 1e9).ToString("+0.000;-0.000", CultureInfo.InvariantCulture)} bn", text);
    }

    [Fact]
    public void Another_model_is_drawn_from_the_same_feed_and_says_so()
    {
        _room.Run("replay", tape.Path).Succeeded();
        string text = Text(_room.Run("plot", "strikes", "--model", "ShortBoth", "-o", "-", "--format", "svg").Succeeded());
        Assert.Contains("model ShortBoth: dealers short every open contract", text);
        Assert.Contains("net, negative", text);
        Assert.Contains("under its own model OpenInterest alone", _room.Run("plot", "strikes", "--model", "ShortBoth", "--bucket", "0dte", "-o", _room.Path("a.png")).Refused(2));
        Assert.Contains("expiries of today (0DTE)", Text(_room.Run("plot", "strikes", "--bucket", "0dte", "-o", "-", "--format", "svg").Succeeded()));
    }

    [Fact]
    public void A_picture_that_cannot_be_made_is_refused_and_nothing_is_written()
    {
        string chain = _room.Write("chain.csv", new ChainText().ToString()), there = _room.Write("there.png", "mine");
        Assert.Contains("--force", _room.Run("plot", "strikes", chain, "-o", there).Refused(2));
        Assert.Equal("mine", File.ReadAllText(there));
        Assert.Contains(".png or .svg", _room.Run("plot", "strikes", chain, "-o", _room.Path("a.gif")).Refused(2));
        Assert.Contains("needs --format", _room.Run("plot", "strikes", chain, "-o", "-").Refused(2));
        Assert.Contains("name a tape", _room.Run("plot", "levels", chain, "-o", _room.Path("a.png")).Refused(2));
        Assert.Contains("its last snapshot alone", _room.Run("plot", "heat", "-o", _room.Path("a.png")).Refused(2));
        Assert.Contains("does not exist", _room.Run("plot", "strikes", _room.Path("none.csv"), "-o", _room.Path("a.png")).Refused(1));
        Assert.Contains("There is no feed", _room.Run("plot", "strikes", "-o", _room.Path("a.png")).Refused(1));
        Assert.Contains("not both", _room.Run("plot", "strikes", chain, "--feed", "default", "-o", _room.Path("a.png")).Refused(2));
        Assert.Contains("--rate decides how numbers are computed", _room.Run("plot", "strikes", "--rate", "0.05", "-o", _room.Path("a.png")).Refused(2));
        Assert.Contains("--from is for tapes", _room.Run("plot", "strikes", chain, "--from", "10:00", "-o", _room.Path("a.png")).Refused(2));
        Assert.Equal(["chain.csv", "there.png"], Directory.GetFiles(_room.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Of_a_tape_of_several_one_is_drawn_by_its_symbol()
    {
        string two = LittleMarket.WriteTapeOfTwo(_room.Path("two.dftape"), seconds: 0.5);
        Assert.Contains("--symbol: SPX, NDX", _room.Run("plot", "strikes", two, "-o", _room.Path("a.png")).Refused(2));
        Assert.Contains("it has SPX, NDX", _room.Run("plot", "strikes", two, "--symbol", "RUT", "-o", _room.Path("a.png")).Refused(2));
        Assert.Contains("NDX gamma by strike", _room.Run("plot", "strikes", two, "--symbol", "NDX", "-o", "-", "--format", "svg").Succeeded());
    }

    [Fact]
    public void K7_a_symbol_is_text_in_a_picture()
    {
        string path = _room.Path("odd.dftape");
        InstrumentDefinition[] definitions = LittleMarket.Definitions();
        definitions[0].Root = Ascii8.From("<script>");
        using (TapeWriter writer = TapeWriter.Create(path, definitions, new Dictionary<string, string>()))
        {
            writer.Append(LittleMarket.Ticks(0.5));
            writer.Complete();
        }
        string svg = _room.Run("plot", "strikes", path, "-o", "-", "--format", "svg").Succeeded();
        Assert.DoesNotContain("<script", svg, StringComparison.Ordinal);
        Assert.Contains("&lt;script", svg, StringComparison.Ordinal);
    }

    /// <summary>The words of an SVG, one after the other.</summary>
    private static string Text(string svg) =>
        string.Join(' ', System.Xml.Linq.XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));

    /// <summary>Pixels of a colour in one column of the data area; a line's edge is mixed with what is beside it.</summary>
    private static int Column(SKBitmap picture, int x, string colour, int tolerance = 6)
    {
        SKColor wanted = SKColor.Parse(colour);
        return Enumerable.Range(Top, Bottom - Top).Count(y => IsNear(picture.GetPixel(x, y), wanted, tolerance));
    }

    private static double Share(SKBitmap picture, string colour)
    {
        SKColor wanted = SKColor.Parse(colour);
        return picture.Pixels.Count(pixel => IsNear(pixel, wanted)) / (double)picture.Pixels.Length;
    }

    private static bool IsNear(SKColor one, SKColor other, int tolerance = 6) =>
        Math.Abs(one.Red - other.Red) <= tolerance && Math.Abs(one.Green - other.Green) <= tolerance && Math.Abs(one.Blue - other.Blue) <= tolerance;
}
