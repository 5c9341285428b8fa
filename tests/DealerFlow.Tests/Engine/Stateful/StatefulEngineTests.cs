using DealerFlow.Engine;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// Random streams of all kinds of events against naive models: the book, what is stored, the trades, the ledger and the sections. Together
/// they are more than a million events; the campaign beside them takes as many as it is given.
/// </summary>
public class StatefulEngineTests(ITestOutputHelper output)
{
    // Every event, every seventh, every thousandth; the recompute of every node is slow, so the fewer events the more often.
    public static TheoryData<int, int, int> Streams()
    {
        var rows = new TheoryData<int, int, int>();
        for (int seed = 101; seed <= 108; seed++) rows.Add(seed, 5_000, 1);
        for (int seed = 201; seed <= 208; seed++) rows.Add(seed, 20_000, 7);
        for (int seed = 301; seed <= 310; seed++) rows.Add(seed, 85_000, 1000);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Engine_and_naive_models_agree_after_every_K_events(int seed, int events, int every)
    {
        StatefulSetting setting = StatefulSetting.Of(seed, events, every);
        StatefulRun run = new StatefulRun(setting).Run();
        output.WriteLine($"{setting}");
        output.WriteLine($"{run.Comparisons} comparisons, {run.Publications} publications, {run.Work}");
        Assert.True(run.Comparisons >= events / every);
        Assert.Equal(0, run.ComparisonsAfterOverflow);
    }

    [Fact]
    public void The_streams_hold_every_kind_of_message_and_every_reason_to_refuse_one()
    {
        var seen = new Ledger();
        for (int seed = 151; seed <= 156; seed++)
        {
            Ledger ledger = new StatefulRun(StatefulSetting.Of(seed, 15_000, 1000)).Run().Ledger;
            seen.BestQuotes += ledger.BestQuotes;
            seen.OtherQuotes += ledger.OtherQuotes;
            seen.Trades += ledger.Trades;
            seen.Cancels += ledger.Cancels;
            seen.Spots += ledger.Spots;
            seen.OpenInterests += ledger.OpenInterests;
            seen.Definitions += ledger.Definitions;
            seen.Notices += ledger.Notices;
            seen.Conflated += ledger.Conflated;
            seen.TimeRegressions += ledger.TimeRegressions;
            seen.SuspectTimes += ledger.SuspectTimes;
            for (int reason = 0; reason < Ledger.RejectionCapacity; reason++) seen.Rejected[reason] += ledger.Rejected[reason];
        }
        output.WriteLine($"{seen.BestQuotes} best and {seen.OtherQuotes} other quotes, {seen.Trades} trades, {seen.Cancels} cancels, {seen.Spots} spots, {seen.OpenInterests} open interests, {seen.Definitions} quarters, {seen.Notices} notices");
        foreach (ulong count in (ulong[])[
            seen.BestQuotes, seen.OtherQuotes, seen.Trades, seen.Cancels, seen.Spots, seen.OpenInterests, seen.Definitions, seen.Notices,
            seen.Conflated, seen.TimeRegressions, seen.SuspectTimes])
            Assert.True(count > 20, $"{count}");
        // A quantity beyond the exact sums would end the comparison of the books, so none comes.
        foreach (Rejection reason in Enum.GetValues<Rejection>())
        {
            output.WriteLine($"{seen.Rejected[(int)reason]} {reason}");
            if (reason != Rejection.BadQuantity) Assert.True(seen.Rejected[(int)reason] > 5, $"{reason}");
        }
    }
}
