using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DealerFlow.Feed;
using DealerFlow.Tests;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance.Dashboard;

/// <summary>What the dashboard answers is what the feed says, whatever the feed says.</summary>
public sealed class DashboardApiTests(ServedMarket market) : IClassFixture<ServedMarket>
{
    private readonly RunningDashboard _dashboard = market.Dashboard;

    [Fact]
    public void Levels_are_the_document_that_snapshot_prints()
    {
        string printed = market.Room.Run("snapshot", "--json").Succeeded().TrimEnd('\n');
        Assert.Equal(printed, _dashboard.Get("/api/v1/levels").Body);
        Assert.Equal(printed, _dashboard.Get("/api/v1/levels?feed=default").Body);
    }

    [Fact]
    public void A_stream_begins_with_the_state_and_the_same_document()
    {
        using EventReader events = _dashboard.Events();
        (string name, _, string state) = events.Next()!.Value;
        Assert.Equal("state", name);
        Assert.Equal("Closed", JsonDocument.Parse(state).RootElement.GetProperty("state").GetString());
        (string? id, string data) = events.Next("snapshot")!.Value;
        Assert.Equal(_dashboard.Get("/api/v1/levels").Body, data);
        JsonElement feed = JsonDocument.Parse(data).RootElement.GetProperty("feed");
        Assert.Equal($"{feed.GetProperty("epoch")}:{feed.GetProperty("publishNumber")}", id);
    }

    [Fact]
    public void Strikes_and_profile_are_pieces_of_the_levels_byte_for_byte()
    {
        JsonElement levels = _dashboard.Json("/api/v1/levels");
        foreach ((string path, string[] names) in (ReadOnlySpan<(string, string[])>)[("/api/v1/strikes", ["spot", "asOf", "strikes"]), ("/api/v1/profile", ["spot", "asOf", "model", "profile", "roots"])])
        {
            JsonElement piece = _dashboard.Json(path);
            foreach (string name in names) Assert.Equal(levels.GetProperty(name).GetRawText(), piece.GetProperty(name).GetRawText());
        }
    }

    [Fact]
    public void Strikes_as_CSV_have_the_numbers_of_the_feed()
    {
        using FeedSubscriber feed = FeedSubscriber.Open(market.Room.FeedDirectory, "default");
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(snapshot));
        string[] lines = _dashboard.Get("/api/v1/strikes?format=csv").Body.TrimEnd('\n').Split('\n');
        string[] names = lines[0].Split(',');
        Assert.Equal(snapshot.Market.Strikes.Length, lines.Length - 1);
        for (int i = 0; i < snapshot.Market.Strikes.Length; i++)
        {
            ref readonly StrikeRow row = ref snapshot.Market.Strikes[i];
            string[] cells = lines[i + 1].Split(',');
            double Cell(string name) => double.Parse(cells[Array.IndexOf(names, name)], CultureInfo.InvariantCulture);
            Assert.Equal("SPX", cells[0]);
            Assert.Equal(row.Strike, Cell("strike"));
            Assert.Equal(MoneyGrid.ToUsd(row.CallGex + row.PutGex), Cell("netGex"));
            Assert.Equal(MoneyGrid.ToUsd(row.Dex), Cell("dex"));
            Assert.Equal(row.CallOpenInterest, Cell("callOpenInterest"));
            Assert.Equal(MoneyGrid.ToUsd(row.ModelNetGex[(int)PositionModel.ShortBoth]), Cell("models.ShortBoth"));
        }
    }

    [Fact]
    public void The_last_row_of_the_history_has_the_numbers_of_the_feed()
    {
        JsonElement levels = _dashboard.Json("/api/v1/levels"), all = levels.GetProperty("buckets").GetProperty("all");
        Eventually.True(() => _dashboard.Json("/api/v1/history").GetProperty("rows").GetArrayLength() > 0, "a row of history", _dashboard.Program);
        JsonElement history = _dashboard.Json("/api/v1/history"), row = history.GetProperty("rows").EnumerateArray().Last();
        string[] columns = [.. history.GetProperty("columns").EnumerateArray().Select(name => name.GetString()!)];
        JsonElement Value(string name) => row[Array.IndexOf(columns, name)];
        Assert.Equal(levels.GetProperty("spot").GetRawText(), Value("spot").GetRawText());
        Assert.Equal(all.GetProperty("netGex").GetRawText(), Value("netGex").GetRawText());
        Assert.Equal(all.GetProperty("dex").GetRawText(), Value("dex").GetRawText());
        Assert.Equal(all.GetProperty("zeroGamma").GetProperty("value").GetRawText(), Value("zeroGamma").GetRawText());
        Assert.Equal(Strike(all.GetProperty("callWall")), Value("callWall").GetRawText());
        Assert.Equal(Strike(levels.GetProperty("pin")), Value("pin").GetRawText());
        Assert.Equal(levels.GetProperty("hedgeFlow").GetProperty("scenarios").GetProperty("spotDown100").GetProperty("all").GetProperty("flow").GetRawText(), Value("hedgeDown1").GetRawText());
        Assert.Equal(levels.GetProperty("models").GetProperty("ShortBoth").GetProperty("buckets").GetProperty("all").GetProperty("netGex").GetRawText(), Value("netGex.ShortBoth").GetRawText());
        Assert.Equal(DateTimeOffset.Parse(levels.GetProperty("asOf").GetString()!, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), row[0].GetInt64());

        static string Strike(JsonElement level) => level.ValueKind == JsonValueKind.Null ? "null" : level.GetProperty("strike").GetRawText();
    }

    [Fact]
    public void Feeds_are_listed_with_the_reason_why_one_cannot_be_read()
    {
        string broken = Path.Combine(market.Room.FeedDirectory, "broken.feed");
        File.WriteAllText(broken, "no feed at all");
        File.SetUnixFileMode(broken, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        JsonElement[] feeds = [.. _dashboard.Json("/api/v1/feeds").EnumerateArray()];
        JsonElement good = feeds.Single(feed => feed.GetProperty("name").GetString() == "default"), bad = feeds.Single(feed => feed.GetProperty("name").GetString() == "broken");
        Assert.Equal("SPX", good.GetProperty("underlying").GetString());
        Assert.Equal("Closed", good.GetProperty("state").GetString());
        Assert.Contains("broken.feed", bad.GetProperty("error").GetString());
        Assert.Contains("broken.feed", _dashboard.Refused("/api/v1/levels?feed=broken", 404));
    }

    [Theory]
    [InlineData("/api/v1/levels?feed=../x", 400, "no name of a feed")]
    [InlineData("/api/v1/levels?feed=elsewhere", 404, "There is no feed 'elsewhere'")]
    [InlineData("/api/v1/strikes?format=xml", 400, "json or csv")]
    [InlineData("/api/v1/history?points=1", 400, "2 to 20000")]
    [InlineData("/api/v1/history?from=yesterday", 400, "2026-11-16T15:00:30Z")]
    [InlineData("/api/v1/heat?columns=-1", 400, "1 to 3000")]
    [InlineData("/api/v1/changes?after=x", 400, "or 0")]
    [InlineData("/learn/astrology", 404, "no such topic")]
    public void What_cannot_be_meant_is_answered_with_a_sentence(string path, int status, string told) => Assert.Contains(told, _dashboard.Refused(path, status));

    [Fact]
    public void Every_route_is_described_and_every_description_is_a_route()
    {
        JsonElement document = _dashboard.Json("/api/v1/openapi.json");
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString());
        string[] described = [.. document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal)];
        string[] routes = [.. typeof(DealerFlow.Dashboard.Routes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal)];
        Assert.Equal(routes, described);
        // Each is answered, and asks for what it is said to ask for.
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            if (path.Name.Contains('{', StringComparison.Ordinal)) continue;
            RawAnswer answer = _dashboard.Send("HEAD", path.Name, $"Host: localhost:{_dashboard.Port}");
            Assert.True(answer.Status == 200, $"{path.Name}: {answer.Text}");
            foreach (JsonElement parameter in path.Value.GetProperty("get").TryGetProperty("parameters", out JsonElement all) ? all.EnumerateArray() : default)
                if (parameter.TryGetProperty("name", out JsonElement name)) Assert.Contains(name.GetString(), (IEnumerable<string>)["format", "from", "to", "points", "columns", "after"]);
        }
    }

    [Fact]
    public void Every_topic_is_a_page_that_the_policy_allows_and_whose_links_lead_somewhere()
    {
        string[] topics = [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs", "dealer-flow"), "*.md").Select(file => Path.GetFileNameWithoutExtension(file)!)];
        Assert.Contains("zero-gamma", topics);
        foreach (string topic in (string[])["", .. topics])
        {
            (int status, string html) = _dashboard.Get("/learn/" + topic);
            Assert.True(status == 200, topic);
            foreach (string forbidden in (ReadOnlySpan<string>)["style=", "<style", "<script", "onclick", ".md\""]) Assert.DoesNotContain(forbidden, html);
            foreach (string link in html.Split("href=\"").Skip(1).Select(rest => rest.Split('"')[0]).Where(link => link.StartsWith('/')).Distinct())
                Assert.True(_dashboard.Get(link.Split('#')[0]).Status == 200, $"{topic} leads to {link}");
        }
    }

    [Fact]
    public void Metrics_are_the_counts_of_the_feed()
    {
        using FeedSubscriber feed = FeedSubscriber.Open(market.Room.FeedDirectory, "default");
        SnapshotBuffer snapshot = feed.CreateBuffer();
        Assert.Equal(SnapshotReadStatus.Ok, feed.TryRead(snapshot));
        Ledger ledger = snapshot.Runtime.Ledger;
        const string Feed = "feed=\"default\"";
        Assert.Equal(ledger.In, _dashboard.Metric("dealerflow_ticks_total", Feed));
        Assert.Equal(ledger.Applied, _dashboard.Metric("dealerflow_messages_total", Feed, "outcome=\"applied\""));
        Assert.Equal(ledger.BestQuotes, _dashboard.Metric("dealerflow_applied_total", Feed, "kind=\"bestQuote\""));
        Assert.Equal(0, _dashboard.Metric("dealerflow_rejected_total", Feed, "reason=\"badPrice\""));
        Assert.Equal(feed.PublishNumber, _dashboard.Metric("dealerflow_publish_number", Feed));
        Assert.Equal(1, _dashboard.Metric("dealerflow_feed_state", Feed, "state=\"Closed\""));
        Assert.Equal(0, _dashboard.Metric("dealerflow_feed_state", Feed, "state=\"Live\""));
        Assert.True(_dashboard.Metric("dealerflow_publish_age_seconds", Feed) >= 0);
        Assert.Equal("ok", _dashboard.Json("/healthz").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("<script>")]
    [InlineData("=cmd|A1")]
    [InlineData("+1")]
    [InlineData("@SUM(1)")]
    [InlineData("-2+3")]
    [InlineData("a\"b,c")]
    [InlineData("\u0001\n\n")]
    public void Strange_symbols_are_text_in_JSON_and_no_formula_in_CSV(string symbol)
    {
        using var room = new Workspace();
        using (var feed = new HandPublished(room, HandPublished.SectionOf(market.Tape))) feed.Publish((ref MarketSection head) => Encoding.ASCII.GetBytes(symbol.PadRight(8, '\0'), MemoryMarshal.AsBytes(new Span<Ascii8>(ref head.Underlying))));
        using var dashboard = new RunningDashboard(room);
        (_, string json) = dashboard.Get("/api/v1/levels");
        // What cannot be printed is not handed on.
        Assert.Equal(string.Concat(symbol.Select(c => char.IsControl(c) ? '?' : c)), JsonDocument.Parse(json).RootElement.GetProperty("underlying").GetString());
        Assert.DoesNotContain("<script", json);
        Assert.DoesNotContain('\n', json);
        string csv = dashboard.Get("/api/v1/strikes?format=csv").Body;
        string cell = csv[(csv.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        if (symbol[0] is '=' or '+' or '-' or '@') Assert.StartsWith($"\"'{symbol}\"", cell);
        else if (symbol.Contains('"', StringComparison.Ordinal)) Assert.StartsWith("\"a\"\"b,c\"", cell);
        // A stream keeps its shape: the event after the snapshot is still one.
        using EventReader events = dashboard.Events();
        Assert.Equal(json, events.Next("snapshot")!.Value.Data);
        Assert.Equal("state", events.Next()!.Value.Name);
    }
}
