using System.Runtime.InteropServices;
using DealerFlow.Cli.Top;
using DealerFlow.Feed;
using DealerFlow.Market;
using DealerFlow.Wire;

namespace DealerFlow.Tests;

/// <summary>A snapshot written by hand, in which every model and bucket has numbers of its own, so that one in the wrong place is seen.</summary>
internal static class TopMarket
{
    public const double Spot = 6_802.5;
    public const int FirstStrike = 6_700, StrikeStep = 5, Strikes = 41;
    public static readonly long MarkNanos = NewYorkTime.ToUnixNanos(new DateOnly(2026, 11, 16), new TimeOnly(10, 30, 7));
    private const long PublishedNanos = 1_000 * UnixNanos.PerSecond;

    /// <summary>So many USD on the grid.</summary>
    public static long Usd(double usd) => (long)(usd * MoneyGrid.UnitsPerUsd);

    /// <summary>Net GEX of a model and bucket: 1.1 bn for the first, and no two alike. Even models are short gamma.</summary>
    public static double NetGex(int model, int bucket) => (model % 2 == 0 ? -1e9 : 1e9) * (1 + model + (0.1 * (bucket + 1)));

    /// <summary>Zero gamma of a model and bucket.</summary>
    public static double ZeroGamma(int model, int bucket) => 6_751.25 + (10 * model) + bucket;

    /// <summary>Walls of a model and bucket.</summary>
    public static double CallWall(int model, int bucket) => 6_850 + (5 * ((3 * model) + bucket));

    public static double PutWall(int model, int bucket) => 6_790 - (5 * ((3 * model) + bucket));

    /// <summary>Net GEX of a strike: negative below 6,800, positive from there on, the largest at the ends.</summary>
    public static double StrikeGex(int model, int index) => (index - 20) * 10e6 * (model + 1);

    /// <summary>A state that shows this market, 250 ms after its snapshot was published.</summary>
    public static TopState State(FeedState? feed = FeedState.Live) => new("spx") { Feed = feed, Snapshot = Snapshot(Section()), NowNanos = PublishedNanos + 250_000_000 };

    /// <summary>The market section.</summary>
    public static byte[] Section()
    {
        byte[] bytes = new byte[MarketView.SizeOf(Strikes, 3)];
        ref MarketSection head = ref MemoryMarshal.AsRef<MarketSection>(bytes.AsSpan());
        (head.EventSequence, head.MarkTimeNanos, head.Spot, head.Underlying) = (1_000, MarkNanos, Spot, Ascii8.From("SPX"));
        (head.StrikeCount, head.ExpiryCount, head.SpotSource, head.Nodes) = (Strikes, 3, SpotSource.Quoted, 4_610);
        (head.Stale, head.Held, head.Interpolated) = (11, 12, 13);
        for (int model = 0; model < PositionModels.Count; model++)
        {
            ref ModelSection section = ref head.Models[model];
            section.Status = (PositionModel)model == PositionModel.OpenClose ? ModelStatus.NoPositions : ModelStatus.Live;
            section.Pin = new PinSection { Strike = 6_810 + (5 * model), Probability = 0.04, Share = 0.2, SettlementNanos = MarkNanos, Present = 1 };
            for (int bucket = 0; bucket < 3; bucket++) Fill(ref section.Buckets[bucket], model, bucket);
        }
        Span<StrikeRow> strikes = MemoryMarshal.Cast<byte, StrikeRow>(bytes.AsSpan(MarketSection.SizeInBytes, Strikes * StrikeRow.SizeInBytes));
        for (int i = 0; i < Strikes; i++)
        {
            strikes[i].Strike = FirstStrike + (i * StrikeStep);
            for (int model = 0; model < PositionModels.Count; model++) strikes[i].ModelNetGex[model] = Usd(StrikeGex(model, i));
            (strikes[i].ZeroDteCallGex, strikes[i].ZeroDtePutGex) = (Usd(7e6), Usd(-4e6));
        }
        Span<ExpiryRow> expiries = MemoryMarshal.Cast<byte, ExpiryRow>(bytes.AsSpan(MarketSection.SizeInBytes + (Strikes * StrikeRow.SizeInBytes)));
        for (int i = 0; i < 3; i++)
        {
            (expiries[i].Root, expiries[i].ExpiryDate, expiries[i].Settlement) = (Ascii8.From("SPXW"), 20_261_116 + i, SettlementKind.PM);
            (expiries[i].IsZeroDte, expiries[i].OpenInterest, expiries[i].MaxPain, expiries[i].GrossShare) = (i == 0 ? (byte)1 : (byte)0, 123_456 + i, 6_777, 0.25);
            for (int model = 0; model < PositionModels.Count; model++) expiries[i].ModelNetGex[model] = Usd(((model * 3) + i + 1) * 1e6);
        }
        expiries[2].Status = ExpiryStatus.Unpriced;
        return bytes;
    }

    /// <summary>A buffer that holds a market section as if it had been read.</summary>
    public static SnapshotBuffer Snapshot(byte[] section)
    {
        MarketView.TryOpen(section, out MarketView market);
        var buffer = new SnapshotBuffer(Math.Max(market.Strikes.Length, 1), Math.Max(market.Expiries.Length, 1));
        section.CopyTo(buffer.Spare);
        var runtime = new RuntimeSection { Epoch = 1, PublishNumber = 7, PublishMonotonicNanos = PublishedNanos, Ledger = new Ledger { In = 100, Applied = 100 } };
        MemoryMarshal.Write(buffer.Spare[section.Length..], in runtime);
        buffer.ShowSpare(section.Length);
        return buffer;
    }

    /// <summary>Changes the head of a state's market section.</summary>
    public static TopState With(Change change)
    {
        byte[] section = Section();
        change(ref MemoryMarshal.AsRef<MarketSection>(section.AsSpan()));
        TopState state = State();
        state.Snapshot = Snapshot(section);
        return state;
    }

    /// <summary>Lets a state take a headline that was published so long after its snapshot.</summary>
    public static void Headline(TopState state, double spot, double netGex, long afterNanos, ulong epoch = 1)
    {
        var headline = new HeadlineSection { EventSequence = 1_001, MarkTimeNanos = MarkNanos, Spot = spot, Underlying = Ascii8.From("SPX"), Buckets = state.Head.Buckets };
        headline.Buckets[0].NetGex = Usd(netGex);
        state.SetHeadline(in headline, new RuntimeSection { Epoch = epoch, PublishNumber = 1, PublishMonotonicNanos = PublishedNanos + afterNanos, Ledger = state.Snapshot!.Runtime.Ledger });
    }

    /// <summary>The screen as text.</summary>
    public static string Screen(TopState state, int width = 80, int height = 24)
    {
        var canvas = new Canvas(width, height);
        state.Choices.Follow(state);
        state.Choices.Page = TopScreen.Draw(canvas, state);
        return canvas.ToString();
    }

    private static void Fill(ref BucketSection section, int model, int bucket)
    {
        double net = NetGex(model, bucket);
        (section.NetGex, section.GrossGex) = (Usd(net), Usd(bucket == 1 ? 25e9 : 100e9));
        (section.Dex, section.Vex, section.Chex) = (Usd(net * 10), Usd(net / 10), Usd(net / 100));
        section.Regime = (PositionModel)model == PositionModel.Gross ? GammaRegime.None : net < 0 ? GammaRegime.Negative : GammaRegime.Positive;
        section.ZeroGamma = new ZeroGammaSection { Status = ZeroGammaStatus.Found, Value = ZeroGamma(model, bucket), RootCount = 2, Sign = (sbyte)Math.Sign(net) };
        section.Levels[(int)StrikeLevel.CallWall] = new LevelRow { Strike = CallWall(model, bucket), Size = Usd(1e9), Margin = 0.34, Present = 1 };
        section.Levels[(int)StrikeLevel.PutWall] = new LevelRow { Strike = PutWall(model, bucket), Size = Usd(-1e9), Margin = 0.07, Present = 1 };
    }

    internal delegate void Change(ref MarketSection head);
}
