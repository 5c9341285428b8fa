using System.Globalization;
using System.Runtime.InteropServices;
using DealerFlow.Feed;
using DealerFlow.PatternWriter;
using DealerFlow.Wire;

// DIRECTORY NAME STRIKES EXPIRIES flat                   publishes until it is killed
// DIRECTORY NAME STRIKES EXPIRIES end SNAPSHOTS          publishes so many and closes
// DIRECTORY NAME STRIKES EXPIRIES kill STEP TIMES        kills itself when it comes to this step for this time; publishes a little and closes until then
int strikes = int.Parse(args[2], CultureInfo.InvariantCulture), expiries = int.Parse(args[3], CultureInfo.InvariantCulture);
Action<WriterStep>? atStep = null;
long snapshots = long.MaxValue;
if (args[4] == "end") snapshots = long.Parse(args[5], CultureInfo.InvariantCulture);
if (args[4] == "kill")
{
    snapshots = 20;
    WriterStep last = Enum.Parse<WriterStep>(args[5]);
    int times = int.Parse(args[6], CultureInfo.InvariantCulture);
    atStep = step =>
    {
        if (step == last && --times == 0) Death.Now();
    };
}
using FeedWriter writer = FeedWriter.CreateStopping(args[0], args[1], [new FeedUnderlying(default, strikes, expiries)], clock: null, atStep);
FeedPublisher publisher = writer.Publishers[0];
byte[] market = new byte[MarketView.SizeOf(strikes, expiries)];
for (long snapshot = 0; snapshot < snapshots; snapshot++)
{
    ulong number = publisher.PublishNumber + 1;
    Pattern.Fill(market, number, strikes, expiries);
    publisher.Publish(market, Pattern.Runtime(number));
    for (int i = 0; i < 8; i++)
    {
        number = publisher.HeadlineNumber + 1;
        publisher.PublishHeadline(Pattern.Headline(number), Pattern.Runtime(number));
    }
}

internal static partial class Death
{
    private const int SigKill = 9;

    /// <summary>Here and now: nothing of this process runs after it.</summary>
    public static void Now() => _ = Kill(Environment.ProcessId, SigKill);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
