using System.Globalization;
using DealerFlow.Feed;
using DealerFlow.Wire;

namespace DealerFlow.Conformance;

/// <summary>The example of src/DealerFlow.Feed/README.md, which a test compares with this file.</summary>
internal static class LevelsExample
{
    public static void Print(string directory, string name, TextWriter output)
    {
        // <example>
        using FeedSubscriber feed = FeedSubscriber.Open(directory, name);
        SnapshotBuffer snapshot = feed.CreateBuffer();
        SnapshotReadStatus status = feed.TryRead(snapshot);
        if (status != SnapshotReadStatus.Ok) throw new IOException($"{status}, and the feed is {feed.State()}");

        ref readonly MarketSection market = ref snapshot.Market.Head;
        BucketSection all = market.Buckets[(int)ExposureBucket.All];
        double spot = market.Spot;
        long published = snapshot.Runtime.PublishMonotonicNanos;
        // A headline, where the writer makes them, is newer in its totals and says the same of levels.
        if (feed.TryReadHeadline(out HeadlineSection headline, out RuntimeSection runtime) == SnapshotReadStatus.Ok
            && headline.EventSequence > market.EventSequence)
            (all, spot, published) = (headline.Buckets[(int)ExposureBucket.All], headline.Spot, runtime.PublishMonotonicNanos);

        Row("feed", name);
        Row("state", feed.State());
        Row("age", $"{(FeedClock.System.MonotonicNanos - published) / 1e9:F3} s");
        Row("underlying", market.Underlying);
        Row("spot", $"{spot:G10}");
        Row("regime", all.Regime);
        Row("net GEX", $"{MoneyGrid.ToUsd(all.NetGex):F0} USD per 1 %");
        Row("zero gamma", all.ZeroGamma.Status == ZeroGammaStatus.Found ? $"{all.ZeroGamma.Value:G10}" : "none");
        Row("call wall", Strike(all.Levels[(int)StrikeLevel.CallWall]));
        Row("put wall", Strike(all.Levels[(int)StrikeLevel.PutWall]));
        // </example>

        void Row(string what, object value) => output.Write(string.Create(CultureInfo.InvariantCulture, $"{what,-11} {value}\n"));

        static string Strike(LevelRow level) => level.Present != 0 ? $"{level.Strike:G10}" : "none";
    }
}
