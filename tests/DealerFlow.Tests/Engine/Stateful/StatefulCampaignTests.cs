using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// The streams of <see cref="StatefulEngineTests"/> for as long as one likes, seed after seed, and one seed once more up to an event. Run by
/// hand: <c>dotnet run -c Release --project tests/DealerFlow.Tests -- -explicit only -class DealerFlow.Tests.StatefulCampaignTests</c>.
/// </summary>
/// <remarks>
/// DEALERFLOW_STATEFUL_EVENTS bounds the events of the campaign, DEALERFLOW_STATEFUL_SECONDS its time, DEALERFLOW_STATEFUL_SEED is its first
/// seed. With DEALERFLOW_STATEFUL_UNTIL as well, that seed alone is run up to that event, compared after every one of the last thousand, and
/// then after every event: the first event that makes a difference is told.
/// </remarks>
public class StatefulCampaignTests(ITestOutputHelper output)
{
    private const int EventsPerSeed = 100_000;
    private const int BusyEventsPerSeed = 1_000_000;
    private const int CalmOnceIn = 16;

    private static readonly int[] Everies = [1000, 1000, 1000, 7, 1000, 1000, 1000, 1];

    [Fact(Explicit = true)]
    public void Seed_after_seed_the_engine_and_the_naive_models_agree()
    {
        long events = Number("EVENTS", 1_000_000_000), seconds = Number("SECONDS", 3600), first = Number("SEED", 1_000_000);
        long until = Number("UNTIL", 0);
        if (until > 0)
        {
            RunAgain((int)first, (int)until);
            return;
        }
        var watch = Stopwatch.StartNew();
        long done = 0, comparisons = 0, publications = 0, overflows = 0;
        int seed = (int)first;
        for (; done < events && watch.Elapsed.TotalSeconds < seconds; seed++)
        {
            StatefulRun run = new StatefulRun(SettingOf(seed)).Run();
            done += run.Events;
            comparisons += run.Comparisons;
            publications += run.Publications;
            overflows += run.ComparisonsAfterOverflow;
        }
        output.WriteLine($"{done} events, {comparisons} comparisons ({overflows} without books, beyond the grid), {publications} publications, seeds {first} to {seed - 1}, {watch.Elapsed.TotalSeconds:0} s, {done / watch.Elapsed.TotalSeconds:0} events/s");
    }

    private void RunAgain(int seed, int until)
    {
        StatefulSetting setting = SettingOf(seed);
        output.WriteLine($"{setting}");
        new StatefulRun(setting with { Every = 1 }).Run(until);
        output.WriteLine($"The first {until} events make no difference.");
    }

    // Fewer events where every one, or every seventh, is compared, or where snapshots are many: about as much time for each.
    private static StatefulSetting SettingOf(int seed)
    {
        int every = Everies[seed % Everies.Length];
        if (every == 1000 && seed % CalmOnceIn != 0) return StatefulSetting.Of(seed, BusyEventsPerSeed, every).Busy();
        return StatefulSetting.Of(seed, every == 1 ? EventsPerSeed / 20 : every == 7 ? EventsPerSeed / 5 : EventsPerSeed, every);
    }

    private static long Number(string name, long otherwise) =>
        long.Parse(Environment.GetEnvironmentVariable($"DEALERFLOW_STATEFUL_{name}") ?? otherwise.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
