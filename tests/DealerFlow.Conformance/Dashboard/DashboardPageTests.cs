using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DealerFlow.Feed;
using DealerFlow.Market;
using DealerFlow.Tape;
using DealerFlow.Tests;
using DealerFlow.Wire;
using Microsoft.Playwright;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>
/// The page as its users see it, in a browser. <c>DEALERFLOW_PAGE_PICTURES=docs/images</c> makes the pictures of the documentation anew;
/// otherwise they go to a temporary folder.
/// </summary>
public sealed partial class DashboardPageTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private static readonly string SampleTape = Path.Combine(Repository.Root, "data-samples/spx.dftape");
    private static readonly string[] Buckets = ["all", "zeroDte", "exZeroDte"];

    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task The_page_shows_the_numbers_of_the_feed_under_every_model_and_bucket()
    {
        SnapshotBuffer snapshot = FinishedFeed();
        await using WatchedPage page = await chromium.OpenAsync(1440, 900);
        await page.Page.GotoAsync(StartDashboard().Address);
        await page.ShowsAsync("#state-word", "CLOSED");
        await page.ShowsAsync("#value-spot", Moving(snapshot.Market.Head.Spot));
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
        {
            await page.Page.Locator($"#models input[value={model}]").CheckAsync();
            for (int bucket = 0; bucket < Buckets.Length; bucket++)
            {
                await page.Page.Locator($"#buckets input[value={Buckets[bucket]}]").CheckAsync();
                foreach ((string element, string text) in LevelsShown(snapshot, model, (ExposureBucket)bucket)) await page.ShowsAsync(element, text);
            }
        }
        page.HasNoErrors();
    }

    [Fact]
    public async Task A_strike_under_the_pointer_or_the_keyboard_shows_its_row_of_the_feed()
    {
        SnapshotBuffer snapshot = FinishedFeed();
        await using WatchedPage page = await chromium.OpenAsync(1440, 900);
        await page.Page.GotoAsync(StartDashboard().Address);
        await page.ShowsAsync("#value-spot", Moving(snapshot.Market.Head.Spot));

        await page.Page.Locator("#ladder canvas").HoverAsync(new LocatorHoverOptions { Position = new Position { X = 200, Y = 120 } });
        string pointed = await page.TextAsync("#tip b:first-child");
        await ShowsRowAsync(page, snapshot, pointed);

        await page.Page.Mouse.MoveAsync(5, 5);
        await page.Page.Keyboard.PressAsync("k");
        await page.Page.Keyboard.PressAsync("ArrowUp");
        // What is read aloud changes with the key, what is drawn with the next frame.
        string chosen = (await page.Page.Locator("#ladder canvas").GetAttributeAsync("aria-valuetext"))!.Split(' ')[0];
        Assert.NotEqual(pointed, chosen);
        await ShowsRowAsync(page, snapshot, chosen);
        page.HasNoErrors();
    }

    [Fact]
    public async Task A_symbol_that_looks_like_markup_is_shown_as_text()
    {
        const string Symbol = "<b>x</b>";
        InstrumentDefinition[] definitions = LittleMarket.Definitions();
        definitions[0].Root = Ascii8.From(Symbol);
        string path = _room.Path("markup.dftape");
        using (var tape = TapeWriter.Create(path, definitions, new Dictionary<string, string> { ["source"] = Symbol }))
        {
            tape.Append(LittleMarket.Ticks(0.5));
            tape.Complete();
        }
        Assert.Equal(0, _room.Run("replay", path).ExitCode);
        await using WatchedPage page = await chromium.OpenAsync(1440, 900);
        await page.Page.GotoAsync(StartDashboard().Address);
        await page.ShowsAsync("#strip .spot .sub", Symbol);
        await page.ShowsAsync("#feed option", Symbol);
        Assert.Equal(0, (await page.AskAsync("() => document.querySelectorAll('#strip b, #feed b, main td b, footer b').length")).GetInt32());
        Assert.Contains(Symbol, await page.Page.TitleAsync(), StringComparison.Ordinal);
        page.HasNoErrors();
    }

    [Fact]
    public async Task Without_a_feed_the_page_says_what_to_do_and_finds_one_by_itself()
    {
        await using WatchedPage page = await chromium.OpenAsync(1440, 900);
        await page.Page.GotoAsync(StartDashboard().Address);
        await page.ShowsAsync("#state-word", "NO FEED");
        await page.ContainsAsync("#banner", "dealerflow replay");
        page.HasNoErrors();

        string tape = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(0.5));
        Assert.Equal(0, _room.Run("replay", tape).ExitCode);
        await page.ShowsAsync("#state-word", "CLOSED");
        await page.ShowsAsync("#strip .spot .sub", "SPX");
        page.HasNoErrors();
    }

    [Fact]
    public async Task A_writer_that_is_killed_is_shown_as_dead()
    {
        string tape = LittleMarket.WriteTape(_room.Path("long.dftape"), LittleMarket.Ticks(600, ticksPerSecond: 50));
        RunningProgram replay = _room.Start("replay", tape, "--speed", "1x");
        OpenFeeds.Open(_room, replay).Dispose();
        await using WatchedPage page = await chromium.OpenAsync(1440, 900);
        await page.Page.GotoAsync(StartDashboard().Address);
        await page.ShowsAsync("#state-word", "Live");
        await Assertions.Expect(page.Page.Locator("#banner")).ToBeHiddenAsync();
        replay.Kill();
        await page.ShowsAsync("#state-word", "DEAD");
        await page.ContainsAsync("#banner", "ended without closing");
        page.HasNoErrors();
    }

    [Fact]
    public async Task A_page_whose_server_goes_away_says_so_and_comes_back_by_itself()
    {
        SnapshotBuffer snapshot = FinishedFeed();
        (RunningProgram server, string address) = StartDashboard();
        await using WatchedPage page = await chromium.OpenAsync(1440, 900);
        await page.Page.GotoAsync(address);
        await page.ShowsAsync("#state-word", "CLOSED");
        server.Kill();
        await page.ShowsAsync("#state-word", "OFFLINE");
        await page.ShowsAsync("#value-spot", Moving(snapshot.Market.Head.Spot));     // the last numbers stay, marked as old
        StartDashboard(new Uri(address).Port);
        await page.ShowsAsync("#state-word", "CLOSED");
        page.HasNoScriptErrors();
    }

    [Fact]
    public async Task Pause_and_seek_in_the_page_move_the_replay_both_ways()
    {
        string socket = _room.Path("replay.sock");
        RunningProgram replay = _room.Start("replay", SampleTape, "--speed", "1x", "--control", socket);
        using FeedSubscriber feed = OpenFeeds.Open(_room, replay);
        await using WatchedPage page = await chromium.OpenAsync(1440, 900);
        await page.Page.GotoAsync(StartDashboard(0, "--control", socket).Address);
        await page.Page.Locator("#replay-pause").ClickAsync();
        await page.ShowsAsync("#replay-pause", "Resume");
        ILocator slider = page.Page.Locator("#replay-seek");
        // The tape is a minute from 10:00 on: forwards to 48 s, then back to 12 s. Once it has arrived nothing moves.
        foreach ((string thousandths, Regex arrived) in ((string, Regex)[])[("800", At48()), ("200", At12())])
        {
            await slider.FillAsync(thousandths);
            await page.ReadsAsync("#replay-at", arrived);
            await page.ShowsAsync("#event-clock", NewYorkClock(feed));
        }
        page.HasNoErrors();
    }

    [Fact]
    public async Task Strikes_and_charts_can_be_saved()
    {
        SnapshotBuffer snapshot = FinishedFeed();
        await using WatchedPage page = await chromium.OpenAsync(1440, 900);
        await page.Page.GotoAsync(StartDashboard().Address);
        await page.ShowsAsync("#value-spot", Moving(snapshot.Market.Head.Spot));
        await page.Page.Locator("#profile-plot canvas").WaitForAsync();
        string[] rows = await File.ReadAllLinesAsync(await SaveAsync(page, "#strikes-csv", "default-strikes.csv"));
        Assert.Equal(1 + snapshot.Market.Strikes.Length, rows.Length);
        foreach ((string button, string name) in ((string, string)[])[("#stage-png", "SPX-gamma-by-strike"), ("#profile-png", "SPX-gamma-profile")])
        {
            byte[] picture = await File.ReadAllBytesAsync(await SaveAsync(page, button, name));
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture[..4]);
        }
        page.HasNoErrors();
    }

    [Fact]
    public async Task Every_number_leads_to_a_page_that_explains_it()
    {
        await using WatchedPage page = await chromium.OpenAsync(1440, 900);
        string address = StartDashboard().Address;
        await page.Page.GotoAsync(address);
        await page.ShowsAsync("#state-word", "NO FEED");
        string[] links = [.. (await page.AskAsync("() => [...new Set([...document.links].map(link => link.getAttribute('href')))].filter(href => href?.startsWith('/'))"))
            .EnumerateArray().Select(link => link.GetString()!)];
        Assert.True(links.Length >= 11, string.Join(' ', links));
        foreach (string link in links)
        {
            IAPIResponse answer = await page.Page.APIRequest.GetAsync(new Uri(new Uri(address), link).ToString());
            Assert.True(answer.Ok, $"{link}: {answer.Status}");
        }
        page.HasNoErrors();
    }

    [Fact]
    public async Task Without_control_the_page_offers_none()
    {
        FinishedFeed();
        await using WatchedPage page = await chromium.OpenAsync(1440, 900);
        await page.Page.GotoAsync(StartDashboard().Address);
        await page.ShowsAsync("#state-word", "CLOSED");
        await Assertions.Expect(page.Page.Locator("#replay")).ToBeHiddenAsync();
        page.HasNoErrors();
    }

    [Fact]
    public async Task Pictures_of_a_live_day_are_whole_in_both_widths_and_both_themes()
    {
        string? documentation = Environment.GetEnvironmentVariable("DEALERFLOW_PAGE_PICTURES");
        string folder = documentation is null ? _room.Path("pictures") : Path.GetFullPath(documentation, Repository.Root);
        Directory.CreateDirectory(folder);
        string tape = documentation is null ? SampleTape : LongerTape(), speed = documentation is null ? "2x" : "8x";
        string address = StartDashboard().Address;
        RunningProgram replay = _room.Start("replay", tape, "--speed", speed);
        OpenFeeds.Open(_room, replay).Dispose();
        // The history is of what the server has seen, so it is all there whenever the page comes.
        await using WatchedPage desktop = await chromium.OpenAsync(1440, 900);
        await desktop.Page.GotoAsync(address);
        await Assertions.Expect(desktop.Page.Locator("#event-clock")).ToHaveTextAsync(
            documentation is null ? LateInSample() : LateInLonger(), new LocatorAssertionsToHaveTextOptions { Timeout = 240_000 });
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            string name = scheme.ToString().ToLowerInvariant();
            await desktop.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await WholeAsync(desktop, 1440, Path.Combine(folder, $"dashboard-{name}.webp"));
        }
        desktop.HasNoErrors();
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await using WatchedPage phone = await chromium.OpenAsync(390, 844, scheme);
            await phone.Page.GotoAsync(address);
            await phone.ContainsAsync("#strip .spot .sub", "SPX");
            await WholeAsync(phone, 390, Path.Combine(folder, $"dashboard-phone-{scheme.ToString().ToLowerInvariant()}.webp"));
            phone.HasNoErrors();
        }
    }

    [Theory]
    [InlineData(ColorScheme.Dark)]
    [InlineData(ColorScheme.Light)]
    public async Task Text_stands_out_from_what_is_behind_it(ColorScheme scheme)
    {
        await using WatchedPage page = await chromium.OpenAsync(800, 600, scheme);
        await page.Page.GotoAsync(StartDashboard().Address);
        await page.ShowsAsync("#state-word", "NO FEED");
        JsonElement colours = await page.AskAsync("""
            () => {
                const probe = document.body.appendChild(document.createElement("span"));
                const of = name => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color.match(/[\d.]+/g).map(Number); };
                const names = ["ink", "muted", "faint", "plus", "minus", "zero", "warn", "bg", "panel", "raised", "bad-bg", "bad-ink", "warn-bg"];
                return Object.fromEntries(names.map(name => [name, of(name)]));
            }
            """);
        foreach (string text in (string[])["ink", "muted", "faint", "plus", "minus", "zero", "warn"])
            foreach (string behind in (string[])["panel", "raised", "bg"]) Contrasts(colours, text, behind);
        Contrasts(colours, "bad-ink", "bad-bg");
        Contrasts(colours, "warn", "warn-bg");
    }

    // The last snapshot of five seconds of the sample, whose writer has ended: it stands still while it is compared.
    private SnapshotBuffer FinishedFeed()
    {
        Assert.Equal(0, _room.Run("replay", SampleTape, "--to", "10:00:05").ExitCode);
        using FeedSubscriber feed = FeedSubscriber.Open(_room.FeedDirectory, "default");
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(snapshot));
        return snapshot;
    }

    private async Task<string> SaveAsync(WatchedPage page, string button, string name)
    {
        IDownload download = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.Locator(button).ClickAsync());
        Assert.StartsWith(name, download.SuggestedFilename, StringComparison.Ordinal);
        string path = _room.Path(download.SuggestedFilename);
        await download.SaveAsAsync(path);
        return path;
    }

    private string LongerTape()
    {
        string tape = _room.Path("ten-minutes.dftape");
        Assert.Equal(0, _room.Run("synth", "--seed", "3", "--minutes", "10", "--out", tape).ExitCode);
        return tape;
    }

    [GeneratedRegex("^10:00:4[78]$")]
    private static partial Regex At48();

    [GeneratedRegex("^10:00:1[12]$")]
    private static partial Regex At12();

    [GeneratedRegex("^10:00:5|^10:01")]
    private static partial Regex LateInSample();

    [GeneratedRegex("^10:09|^10:10")]
    private static partial Regex LateInLonger();

    private (RunningProgram Program, string Address) StartDashboard(int port = 0, params string[] options)
    {
        RunningProgram program = _room.StartOther("dealerflow-dashboard", ["--port", port.ToString(CultureInfo.InvariantCulture), "--store", _room.Path("history"), .. options]);
        Eventually.True(() => program.OutputSoFar.Contains('\n', StringComparison.Ordinal), "the address of the dashboard", program);
        return (program, program.OutputSoFar.Split('\n')[0].Trim());
    }

    private static IEnumerable<(string Element, string Text)> LevelsShown(SnapshotBuffer snapshot, PositionModel model, ExposureBucket bucket)
    {
        ref readonly ModelSection section = ref snapshot.Market.Head.Models[(int)model];
        ref readonly BucketSection levels = ref section.Buckets[(int)bucket];
        bool isLive = section.Status == ModelStatus.Live;
        string Wall(LevelRow level) => isLive && level.Present == 1 ? Strike(level.Strike) : "-";
        string regime = !isLive || levels.Regime == GammaRegime.None ? "No regime" : levels.Regime switch
        {
            GammaRegime.Positive => "▲ Positive",
            GammaRegime.Negative => "▼ Negative",
            _ => "◆ Transition",
        };
        return
        [
            ("#value-netGex", isLive ? Usd(levels.NetGex) : "-"),
            ("#value-regime", regime),
            ("#value-zeroGamma", !isLive ? "-" : levels.ZeroGamma.Status == ZeroGammaStatus.Found ? Moving(levels.ZeroGamma.Value) : "none"),
            ("#value-callWall", Wall(levels.Levels[(int)StrikeLevel.CallWall])),
            ("#value-putWall", Wall(levels.Levels[(int)StrikeLevel.PutWall])),
            ("#value-pin", isLive && bucket != ExposureBucket.ExZeroDte && section.Pin.Present == 1 ? Strike(section.Pin.Strike) : "-"),
        ];
    }

    private static async Task ShowsRowAsync(WatchedPage page, SnapshotBuffer snapshot, string strike)
    {
        await page.ShowsAsync("#tip b:first-child", strike);
        foreach (StrikeRow row in snapshot.Market.Strikes.ToArray().Where(row => Strike(row.Strike) == strike))
        {
            foreach (string text in (string[])[Usd(row.CallGex + row.PutGex), Usd(row.CallGex), Usd(row.PutGex), Count(row.CallOpenInterest), Count(row.PutOpenInterest)])
                await page.ContainsAsync("#tip", text);
            return;
        }
        Assert.Fail($"The feed has no strike '{strike}'.");
    }

    // Nothing sticks out of the screen, and no chart in view is empty.
    private static async Task WholeAsync(WatchedPage page, int width, string path)
    {
        await Assertions.Expect(page.Page.Locator("#heat-empty")).ToBeHiddenAsync(new LocatorAssertionsToBeHiddenOptions { Timeout = 60_000 });
        Assert.True((await page.AskAsync("() => document.documentElement.scrollWidth")).GetInt32() <= width, "the page is wider than the screen");
        JsonElement colours = await page.AskAsync("""
            () => Object.fromEntries([...document.querySelectorAll("#heat canvas, #ladder canvas")].map(canvas => {
                const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
                copy.drawImage(canvas, 0, 0);
                const data = new Uint32Array(copy.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
                return [canvas.parentElement.id, new Set(data).size];
            }))
            """);
        foreach (JsonProperty chart in colours.EnumerateObject()) Assert.True(chart.Value.GetInt32() > 20, $"{chart.Name} shows {chart.Value} colours");
        Assert.InRange(new FileInfo(await page.PictureAsync(path)).Length, 10_000, 200_000);
    }

    private static void Contrasts(JsonElement colours, string text, string behind)
    {
        double a = Luminance(colours.GetProperty(text)), b = Luminance(colours.GetProperty(behind));
        double contrast = (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
        Assert.True(contrast >= 4.5, $"{text} on {behind}: {contrast:0.00}");
    }

    // WCAG 2.2, relative luminance.
    private static double Luminance(JsonElement colour)
    {
        double Channel(int i)
        {
            double value = colour[i].GetDouble() / 255;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
        return (0.2126 * Channel(0)) + (0.7152 * Channel(1)) + (0.0722 * Channel(2));
    }

    private static string NewYorkClock(FeedSubscriber feed)
    {
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(snapshot));
        return NewYorkTime.TimeOf(snapshot.Market.Head.MarkTimeNanos).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
    }

    private static string Usd(long units)
    {
        double value = MoneyGrid.ToUsd(units);
        return Math.Abs(value) switch
        {
            >= 1e9 => $"{value / 1e9:+0.000;-0.000} bn",
            >= 1e6 => $"{value / 1e6:+0.000;-0.000} mn",
            >= 1e3 => $"{value / 1e3:+0.000;-0.000} k",
            0 => "0",
            _ => $"{value:+0.00;-0.00}",
        };
    }

    private static string Moving(double price) => price.ToString("#,0.00", CultureInfo.InvariantCulture);

    private static string Strike(double price) => price.ToString("#,0.####", CultureInfo.InvariantCulture);

    private static string Count(long contracts) => contracts.ToString("#,0", CultureInfo.InvariantCulture);
}
