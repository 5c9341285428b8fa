using System.Runtime.InteropServices;
using CsCheck;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Top;
using DealerFlow.Feed;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>The screen is a function of state and size: what is shown is what the feed says, in every window, and nothing else gets out.</summary>
public sealed class TopScreenTests
{
    public static TheoryData<int, int> ModelsAndBuckets
    {
        get
        {
            var all = new TheoryData<int, int>();
            for (int model = 0; model < PositionModels.Count; model++)
                for (int bucket = 0; bucket < 3; bucket++) all.Add(model, bucket);
            return all;
        }
    }

    [Fact]
    public void A_window_of_80_by_24_shows_what_matters()
    {
        string screen = TopMarket.Screen(TopMarket.State());
        foreach (string shown in (ReadOnlySpan<string>)
        [
            " SPX  6,802.50  2026-11-16 10:30:07 NY  all expiries", "spx  LIVE   250 ms",
            " Dealers short gamma: their hedging chases moves.", "net 1.1 % of gross 100.000 bn",
            " zero gamma  6,751.25  -0.75 % 1 of 2", " call wall      6,850  +0.70 % lead 34 %", " put wall       6,790  -0.18 % lead 7 %",
            " 0DTE pin       6,810  +0.11 % p 4 %", " 0DTE share      25 % of gross",
            "spot     6,802.50", "GEX     -1.100 bn per 1%", "DEX    -11.000 bn USD", "VEX   -110.000 mn /vol pt", "CHEX   -11.000 mn /day",
            "net GEX by strike, full bar 200.000 mn", "▶ 6,802.50 spot      ───", "     6,810 pin", "     6,790 put wall", "↑ call wall 6,850", "↓ zero gamma 6,751.25",
            "level changes under OpenInterest", "- ticks/s",
            " 1 OpenInterest: dealers long every open call, short every open put.", " Positions inferred, never reported. GEX in USD per 1% move of the underlying.",
            "q quit  m model  b bucket  e expiries  ↑↓ scroll  c centre  space freeze  ? help",
        ])
            Assert.Contains(shown, screen);
        Assert.Equal(24, screen.Split('\n').Length);
        Assert.DoesNotContain('…', screen);
    }

    [Fact]
    public void A_large_window_shows_everything_side_by_side()
    {
        string screen = TopMarket.Screen(TopMarket.State(), 200, 60);
        foreach (string shown in (ReadOnlySpan<string>)
        [
            "▶ 6,802.50 spot", "6,751.25 zero gamma ···", "     6,850 call wall", "     6,790 put wall", "+100.000 mn", "-200.000 mn",
            "expiry     root   settles        net GEX of gross  open int. max pain", "2026-11-16 SPXW   PM 0DTE      +1.000 mn   25.0 %    123,456    6,777",
            "2026-11-18 SPXW   PM            unpriced", "▶1 OpenInterest ●            -1.100 bn   6,751.25     6,790     6,850     6,810",
            " 2 ShortBoth                 +2.100 bn   6,761.25     6,775     6,865     6,815", " 5 OpenClose              no positions given",
            "level changes under OpenInterest", "- ticks/s   snapshot 250 ms", "4,610 nodes: 11 stale, 12 held, 13 interpolated",
        ])
            Assert.Contains(shown, screen);
        Assert.Equal(60, screen.Split('\n').Length);
    }

    [Theory, MemberData(nameof(ModelsAndBuckets))]
    public void Every_model_and_bucket_shows_its_own_numbers_from_the_same_snapshot(int model, int bucket)
    {
        TopState state = TopMarket.State();
        byte[] before = state.Snapshot!.MarketBytes.ToArray();
        state.Choices.Press(new KeyPress(Key.Character, (char)('1' + model)), state);
        for (int i = 0; i < bucket; i++) state.Choices.Press(new KeyPress(Key.Character, 'b'), state);
        string screen = TopMarket.Screen(state);
        Assert.Contains($"{model + 1} {(PositionModel)model}", screen);
        if ((PositionModel)model == PositionModel.OpenClose)
        {
            Assert.Contains("Model OpenClose has nothing to go by: no positions given.", screen);
            foreach (string name in (ReadOnlySpan<string>)["zero gamma         -", "call wall          -", "put wall           -", "GEX             -", "CHEX            -"])
                Assert.Contains(name, screen);
        }
        else
        {
            double net = TopMarket.NetGex(model, bucket);
            foreach (double sum in (ReadOnlySpan<double>)[net, net * 10, net / 10, net / 100]) Assert.Contains(Names.Usd(TopMarket.Usd(sum)), screen);
            Assert.Contains($"zero gamma  {TopMarket.ZeroGamma(model, bucket):#,0.00}", screen);
            Assert.Contains($"call wall      {TopMarket.CallWall(model, bucket):#,0}", screen);
            Assert.Contains($"put wall       {TopMarket.PutWall(model, bucket):#,0}", screen);
            Assert.Contains($"0DTE pin       {6_810 + (5 * model):#,0}", screen);
        }
        Assert.Equal(model == 0, !screen.Contains("(the feed: OpenInterest)", StringComparison.Ordinal));
        Assert.Contains((string[])["all expiries", "0DTE", "ex 0DTE"] is var names ? $"NY  {names[bucket]} " : "", screen);
        Assert.True(state.Snapshot.MarketBytes.SequenceEqual(before));
    }

    [Theory]
    [InlineData(GammaRegime.Positive, "Dealers long gamma: their hedging leans against moves.")]
    [InlineData(GammaRegime.Negative, "Dealers short gamma: their hedging chases moves.")]
    [InlineData(GammaRegime.Transition, "Gamma near zero: the sign is not telling.")]
    [InlineData(GammaRegime.None, "The model has no sign: magnitude only.")]
    public void How_hedging_acts_follows_from_the_published_sign(GammaRegime regime, string sentence) =>
        Assert.Contains(sentence, TopMarket.Screen(TopMarket.With((ref MarketSection head) => head.Models[0].Buckets[0].Regime = regime)));

    [Theory]
    [InlineData(FeedState.Recovering, "RECOVERING")]
    [InlineData(FeedState.Idle, "IDLE")]
    [InlineData(FeedState.Stalled, "STALLED")]
    [InlineData(FeedState.Dead, "DEAD")]
    [InlineData(FeedState.Closed, "CLOSED")]
    [InlineData(FeedState.Superseded, "REPLACED")]
    [InlineData(FeedState.NotFound, "REMOVED")]
    [InlineData(FeedState.Corrupt, "CORRUPT")]
    public void A_feed_that_is_not_live_says_so_twice_and_in_whole_sentences(FeedState feed, string word)
    {
        TopState state = TopMarket.State(feed);
        state.NowNanos += 59 * UnixNanos.PerSecond;
        string[] lines = TopMarket.Screen(state).Split('\n');
        Assert.EndsWith($" {word}     59 s", lines[0]);
        Assert.StartsWith($" {word}: ", lines[1]);
        Assert.EndsWith("59 s old.", lines[1]);
        Assert.Contains("SPX  6,802.50", lines[0]);
    }

    [Fact]
    public void A_feed_that_is_not_there_yet_is_waited_for_by_name()
    {
        var state = new TopState("day") { Others = ["day.NDX", "day.SPX"] };
        string screen = TopMarket.Screen(state);
        foreach (string shown in (ReadOnlySpan<string>)["NO FEED", "there is no feed 'day' yet", "dealerflow replay TAPE", "Feeds that are here: day.NDX, day.SPX."])
            Assert.Contains(shown, screen);
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(TopScreen.LeastWidth, TopScreen.LeastHeight)]
    [InlineData(116, 30)]
    [InlineData(140, 45)]
    [InlineData(80, 60)]
    [InlineData(300, 90)]
    public void Unit_assumption_and_state_are_stated_in_every_window(int width, int height)
    {
        foreach (PositionModel model in Enum.GetValues<PositionModel>())
        {
            TopState state = TopMarket.State(FeedState.Dead);
            state.Choices.Model = model;
            string screen = TopMarket.Screen(state, width, height);
            Assert.Contains($"{(int)model + 1} {model}", screen);
            Assert.Contains("inferred, never reported", screen);
            if (width >= 80) Assert.Contains(SnapshotNames.GexUnit, screen);
            Assert.Contains("DEAD", screen);
            Assert.All(screen.Split('\n'), line => Assert.True(line.Length <= width, line));
        }
    }

    [Fact]
    public void Totals_and_spot_come_from_a_headline_that_is_newer_and_of_this_run()
    {
        TopState state = TopMarket.State();
        TopMarket.Headline(state, 6_811.5, -9e9, 200_000_000);
        string newer = TopMarket.Screen(state);
        foreach (string shown in (ReadOnlySpan<string>)["SPX  6,811.50", "▶ 6,811.50 spot", "GEX     -9.000 bn", "LIVE    50 ms"]) Assert.Contains(shown, newer);

        Assert.Contains("headline 50 ms, snapshot 250 ms", TopMarket.Screen(state, 200, 60));

        // Another model's totals stand in the snapshot alone.
        state.Choices.Model = PositionModel.ShortBoth;
        Assert.Contains("GEX     +2.100 bn", TopMarket.Screen(state));
        state.Choices.Model = null;

        TopMarket.Headline(state, 6_811.5, -9e9, -1);
        Assert.Contains("GEX     -1.100 bn", TopMarket.Screen(state));
        TopMarket.Headline(state, 6_811.5, -9e9, 200_000_000, epoch: 2);
        Assert.Contains("SPX  6,802.50", TopMarket.Screen(state));
    }

    [Fact]
    public void Bars_point_to_their_sign_and_are_as_long_as_their_share_of_the_largest()
    {
        string[] lines = TopMarket.Screen(TopMarket.State(), 80, 60).Split('\n');
        int Length(string strike)
        {
            string line = lines.Single(line => line.StartsWith(strike.PadLeft(10), StringComparison.Ordinal));
            int axis = line.IndexOf('│', StringComparison.Ordinal), halves = (2 * line.Count(c => c == '█')) + line.Count(c => c is '▌' or '▐');
            int middle = line.IndexOfAny(['█', '▌', '▐']);
            Assert.True(halves == 0 || middle < axis == line.Contains(" -", StringComparison.Ordinal), line);
            return halves;
        }
        // The largest of the chain is 200 mn, and either side of the axis has room for 46 halves of a cell.
        Assert.Equal((0, 2, 12, 23), (Length("6,800"), Length("6,805"), Length("6,825"), Length("6,850")));
        Assert.Equal((2, 12, 23), (Length("6,795"), Length("6,775"), Length("6,750")));
        Assert.EndsWith("+200.000 mn", TopLine(PositionModel.OpenInterestPlusTape, "6,825"));
        Assert.EndsWith("-20.000 mn", TopLine(PositionModel.ShortBoth, "6,795"));
    }

    [Fact]
    public void Spot_and_zero_gamma_stand_between_the_strikes_that_they_lie_between()
    {
        List<string> lines = [.. TopMarket.Screen(TopMarket.State(), 80, 60).Split('\n')];
        int spot = lines.FindIndex(line => line.StartsWith('▶')), zero = lines.FindIndex(line => line.Contains("zero gamma ··", StringComparison.Ordinal));
        Assert.StartsWith("     6,805", lines[spot - 1]);
        Assert.StartsWith("     6,800", lines[spot + 1]);
        Assert.StartsWith("     6,755", lines[zero - 1]);
        Assert.StartsWith("     6,750", lines[zero + 1]);
    }

    [Fact]
    public void By_strike_a_bucket_is_shown_only_where_it_is_published()
    {
        TopState state = TopMarket.State();
        state.Choices.Bucket = ExposureBucket.ZeroDte;
        Assert.Contains("+3.000 mn", TopMarket.Screen(state));
        state.Choices.Bucket = ExposureBucket.ExZeroDte;
        Assert.EndsWith("+7.000 mn", TopMarket.Screen(state).Split('\n').Single(line => line.StartsWith("     6,805", StringComparison.Ordinal)));
        state.Choices.Model = PositionModel.ShortBoth;
        string screen = TopMarket.Screen(state);
        Assert.Contains("net GEX by strike of ALL expiries", screen);
        Assert.EndsWith("+20.000 mn", screen.Split('\n').Single(line => line.StartsWith("     6,805", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_ladder_scrolls_by_strikes_and_comes_back_to_spot()
    {
        TopState state = TopMarket.State();
        string centred = TopMarket.Screen(state);
        Press(state, Key.Up, Key.Up, Key.Up);
        Assert.NotEqual(centred, TopMarket.Screen(state));
        Press(state, Key.Down, Key.Down, Key.Down);
        for (int i = 0; i < 20; i++) Press(state, Key.PageUp);
        string top = TopMarket.Screen(state);
        Assert.Contains("     6,900 ", top);
        Assert.Contains("↓ spot 6,802.5", top);
        for (int i = 0; i < 40; i++) Press(state, Key.PageDown);
        string bottom = TopMarket.Screen(state);
        Assert.Contains("     6,700 ", bottom);
        Assert.Contains("↑ spot 6,802.5", bottom);
        state.Choices.Press(new KeyPress(Key.Character, 'c'), state);
        Assert.Equal(centred, TopMarket.Screen(state));
    }

    [Fact]
    public void The_ladder_follows_spot_only_when_it_has_left_the_middle()
    {
        TopState state = TopMarket.State();
        TopMarket.Screen(state);
        double anchor = state.Choices.Anchor;
        TopMarket.Headline(state, TopMarket.Spot + 9, -1e9, 1);
        TopMarket.Screen(state);
        Assert.Equal(anchor, state.Choices.Anchor);
        TopMarket.Headline(state, TopMarket.Spot + 15, -1e9, 2);
        TopMarket.Screen(state);
        Assert.Equal(TopMarket.Spot + 15, state.Choices.Anchor);
    }

    [Fact]
    public void Notices_are_those_of_the_bucket_that_is_looked_at()
    {
        TopState state = TopMarket.State();
        Notice(LevelChangeKind.CallWall, ExposureBucket.All, 6_815, 6_820);
        Notice(LevelChangeKind.PutWall, ExposureBucket.ZeroDte, 6_775, 6_770);
        Notice(LevelChangeKind.Regime, ExposureBucket.All, (double)GammaRegime.Negative, (double)GammaRegime.Transition);
        Notice(LevelChangeKind.ZeroGammaCrossed, ExposureBucket.All, 6_801, 6_801.5);
        string screen = TopMarket.Screen(state, 80, 40);
        foreach (string shown in (ReadOnlySpan<string>)
            ["10:30:07  call wall 6,815 → 6,820", "regime Negative → Transition", "spot rose through zero gamma 6,801.50", "spot 6,802.50", "2 missed"])
            Assert.Contains(shown, screen);
        Assert.DoesNotContain("6,770 ", screen.Split("level changes")[1]);
        state.Choices.Bucket = ExposureBucket.ZeroDte;
        Assert.Contains("0DTE put wall 6,775 → 6,770", TopMarket.Screen(state, 80, 40));

        void Notice(LevelChangeKind kind, ExposureBucket bucket, double before, double after) => state.Changes.Add(
            new LevelChange { EventTimeNanos = TopMarket.MarkNanos, Kind = kind, Bucket = bucket, Before = before, After = after, HasBefore = 1, HasAfter = 1, SpotBefore = 6_800, Spot = 6_802.5, Epoch = 1 },
            kind == LevelChangeKind.CallWall ? 2u : 0);
    }

    [Fact]
    public void What_is_doubtful_is_said_beside_the_numbers()
    {
        string screen = TopMarket.Screen(TopMarket.With((ref MarketSection head) => head.Quality = QualityFlags.Halted));
        Assert.Contains("Doubtful: trading is halted.", screen);
        string many = TopMarket.Screen(TopMarket.With((ref MarketSection head) => head.Quality = (QualityFlags)0x3F));
        Assert.Contains("Doubtful: trading is halted.", many);
        Assert.Contains(" more", many);
        Assert.Contains("inferred, never reported", many);
    }

    [Fact]
    public void Help_names_the_page_of_every_topic()
    {
        TopState state = TopMarket.State();
        state.Choices.Press(new KeyPress(Key.Character, '?'), state);
        var seen = new HashSet<string>();
        for (int i = 0; i < 60; i++)
        {
            foreach (string line in TopMarket.Screen(state).Split('\n')) seen.Add(line);
            Press(state, Key.Down);
        }
        string all = string.Join('\n', seen);
        foreach (string topic in (ReadOnlySpan<string>)
        [
            "hedging", "gamma-exposure", "positive-and-negative-gamma", "zero-gamma", "walls", "gamma-squeeze", "vanna-and-charm", "opex", "pinning", "zero-dte",
            "what-data-cannot-tell",
        ])
        {
            Assert.Contains($"docs/dealer-flow/{topic}.md", all);
            Assert.True(File.Exists(Path.Combine(Repository.Root, $"docs/dealer-flow/{topic}.md")), topic);
        }
        Assert.Contains("q Ctrl-C  quit", all);
        Assert.Contains("LIVE", all);
        Assert.DoesNotContain('…', all);
        Press(state, Key.Escape);
        Assert.Contains("net GEX by strike", TopMarket.Screen(state));
    }

    [Fact]
    public void Frozen_is_said_and_q_leaves()
    {
        TopState state = TopMarket.State();
        Assert.DoesNotContain("FROZEN", TopMarket.Screen(state));
        Assert.False(state.Choices.Press(new KeyPress(Key.Character, ' '), state));
        Assert.Contains("FROZEN", TopMarket.Screen(state));
        Assert.True(state.Choices.Press(new KeyPress(Key.Character, 'q'), state));
    }

    [Fact]
    public void A_sum_that_is_too_long_for_its_column_is_told_in_a_larger_unit()
    {
        string screen = TopMarket.Screen(TopMarket.With((ref MarketSection head) => head.Models[0].Buckets[0].Dex = TopMarket.Usd(-2_345_678e9)));
        Assert.Contains("DEX    -2345.7 tn USD", screen);
    }

    [Fact]
    public void Nothing_of_a_path_or_a_symbol_reaches_the_terminal_that_could_move_its_cursor()
    {
        TopState state = TopMarket.With((ref MarketSection head) =>
            MemoryMarshal.Cast<MarketSection, byte>(new Span<MarketSection>(ref head)).Slice(32, 8).Fill(0x1B));
        state.Trouble = "\e[2J\a\u009B31mbad\r\n\u202Epath 漢字 😀 \u200B.";
        foreach ((int width, int height) in (ReadOnlySpan<(int, int)>)[(80, 24), (30, 6), (200, 60)]) AssertClean(TopMarket.Screen(state, width, height));
        AssertClean(TopMarket.Screen(new TopState("x") { Trouble = state.Trouble, Others = ["\e]0;title\a"] }));
    }

    [Fact]
    public void Any_bytes_in_any_window_can_be_drawn()
    {
        Gen.Select(Gen.ULong, Gen.Int[1, 220], Gen.Int[1, 70], Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 60]).Sample((seed, width, height, model, bucket, keys, strikes) =>
        {
            byte[] section = new byte[MarketView.SizeOf(strikes, strikes / 4)];
            var random = new Random((int)(seed & 0x7FFF_FFFF));
            random.NextBytes(section);
            ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(section.AsSpan());
            (head.StrikeCount, head.ExpiryCount) = ((uint)strikes, (uint)(strikes / 4));
            if ((seed & 1) != 0) head.Model = (PositionModel)model;
            for (int i = 0; i < PositionModels.Count; i++) head.Models[i].Status = (ModelStatus)(seed >> i & 3);
            TopState state = TopMarket.State((FeedState)(seed % 9));
            state.Snapshot = TopMarket.Snapshot(section);
            (state.Choices.Model, state.Choices.Bucket) = ((PositionModel)model, (ExposureBucket)bucket);
            state.History.Sample(state);
            for (int key = 0; key < keys; key++)
            {
                AssertClean(TopMarket.Screen(state, width, height));
                Press(state, (Key)(1 + ((seed >> key) % 7)));
                state.Choices.Press(new KeyPress(Key.Character, "?e bc"[(int)((seed >> (8 * key)) % 5)]), state);
            }
            AssertClean(TopMarket.Screen(state, width, height));
        }, iter: 2_000);
    }

    private static string TopLine(PositionModel model, string strike)
    {
        TopState state = TopMarket.State();
        state.Choices.Model = model;
        return TopMarket.Screen(state, 80, 60).Split('\n').Single(line => line.StartsWith(strike.PadLeft(10), StringComparison.Ordinal));
    }

    private static void Press(TopState state, params Key[] keys)
    {
        foreach (Key key in keys) state.Choices.Press(new KeyPress(key), state);
        state.Choices.Follow(state);
    }

    private static void AssertClean(string screen) =>
        Assert.All(screen, glyph => Assert.True(glyph is >= ' ' and <= '~' or '\n' || Canvas.Drawn.Contains(glyph), $"U+{(int)glyph:X4}"));
}
