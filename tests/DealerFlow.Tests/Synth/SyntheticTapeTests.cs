using System.Globalization;
using DealerFlow.Cli;
using DealerFlow.Cli.Synth;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Tests;

public sealed class SyntheticTapeTests
{
    private static readonly SynthOptions Short = new() { Seed = 1, Minutes = 1.0 / 60 };

    [Fact]
    public void The_same_options_give_the_same_bytes_and_another_seed_gives_others()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("one"), Short);
        Write(folder.File("again"), Short);
        Write(folder.File("other"), Short with { Seed = 2 });

        byte[] one = File.ReadAllBytes(folder.File("one"));
        Assert.Equal(one, File.ReadAllBytes(folder.File("again")));
        Assert.NotEqual(one, File.ReadAllBytes(folder.File("other")));
    }

    [Fact]
    public void The_mix_is_what_a_recount_of_the_tape_gives()
    {
        using var folder = new TemporaryFolder();
        Dictionary<string, string> mix = new(Write(folder.File("tape"), Short).Entries());
        using TapeReader tape = TapeReader.Open(folder.File("tape"));
        var ticks = new Tick[tape.TickCount];
        Assert.Equal(ticks.Length, ReadAll(tape, ticks));
        InstrumentDefinition[] definitions = tape.Definitions.ToArray();

        long start = tape.FirstEventTimeNanos;
        Tick[] messages = [.. ticks.Where(tick => tick.EventTimeNanos > start && tick.Kind is TickKind.Quote or TickKind.Trade)];
        int changes = messages.Count(tick => (tick.Flags & TickFlags.NationalBest) != 0);
        int trades = messages.Count(tick => tick.Kind == TickKind.Trade);
        int zeroDte = messages.Count(tick => definitions[tick.InstrumentId].ExpiryDate == 20261116);
        var perWindow = new int[100];
        foreach (Tick tick in messages) perWindow[(tick.EventTimeNanos - start) / 10_000_000]++;
        double perWindowMean = messages.Length / 100.0;

        AssertWhole("ticks", ticks.Length);
        AssertWhole("messages", messages.Length);
        AssertWhole("bestChanges", changes);
        AssertWhole("trades", trades);
        AssertWhole("spots", ticks.Count(tick => tick.Kind == TickKind.Spot));
        AssertWhole("openInterest", ticks.Count(tick => tick.Kind == TickKind.OpenInterest));
        AssertWhole("openingQuotes", ticks.Count(tick => tick.Kind == TickKind.Quote && tick.EventTimeNanos == start));
        AssertWhole("contracts", definitions.Length - 1);
        AssertWhole("nodes", definitions.Skip(1).DistinctBy(row => (row.Root, row.SettlementNanos, row.StrikeMills)).Count());
        AssertWhole("expiries", definitions.Skip(1).DistinctBy(row => (row.Root, row.SettlementNanos)).Count());
        AssertWhole("burstWindows", perWindow.Count(count => count >= 3 * perWindowMean));
        AssertReal("bestChangeShare", (double)changes / messages.Length);
        AssertReal("otherQuoteShare", (double)(messages.Length - changes - trades) / messages.Length);
        AssertReal("tradeShare", (double)trades / messages.Length);
        AssertReal("zeroDteShare", (double)zeroDte / messages.Length);
        AssertReal("messagesPerSecond", messages.Length);
        AssertReal("fullestWindowRatio", perWindow.Max() / perWindowMean);
        AssertReal("spotLow", ticks.Where(tick => tick.Kind == TickKind.Spot).Min(tick => tick.Price) / 10_000.0);
        AssertReal("spotHigh", ticks.Where(tick => tick.Kind == TickKind.Spot).Max(tick => tick.Price) / 10_000.0);
        long atTheBest = long.Parse(Mix("sizeOnly")), off = long.Parse(Mix("offBest"));
        Assert.Equal(messages.Length - changes - trades, atTheBest + off);

        string Mix(string name) => mix[name];
        void AssertWhole(string name, long expected) => Assert.Equal(expected, long.Parse(Mix(name)));
        void AssertReal(string name, double expected) => Assert.Equal(expected, double.Parse(Mix(name), CultureInfo.InvariantCulture), 4);
    }

    [Fact]
    public void The_metadata_says_how_to_make_the_tape_again()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("tape"), Short with { Seed = ulong.MaxValue });
        using TapeReader tape = TapeReader.Open(folder.File("tape"));

        Assert.Equal("dealerflow synth", tape.Metadata["generator"]);
        Assert.Equal(SyntheticTape.Version.ToString(), tape.Metadata["version"]);
        Assert.Equal("18446744073709551615", tape.Metadata["seed"]);
        Assert.Equal(1.0 / 60, double.Parse(tape.Metadata["minutes"], CultureInfo.InvariantCulture));
        Assert.Equal("20000", tape.Metadata["rate"]);
        Assert.Equal("2026-11-16", tape.Metadata["date"]);
        Assert.Equal("10:00:00", tape.Metadata["start"]);
        Assert.Equal("6800", tape.Metadata["spot"]);
        Assert.DoesNotContain("chain", tape.Metadata.Keys);
    }

    [Fact]
    public void A_tick_takes_seven_bytes_or_less()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("short"), Short with { Minutes = 0.05 });
        Write(folder.File("long"), Short with { Minutes = 0.1 });
        using TapeReader three = TapeReader.Open(folder.File("short")), six = TapeReader.Open(folder.File("long"));

        // The difference of two lengths leaves definitions and opening quotes out.
        double bytesPerTick = (double)(six.SizeInBytes - three.SizeInBytes) / (six.TickCount - three.TickCount);
        Assert.InRange(bytesPerTick, 3, 7);
    }

    [Fact]
    public void The_shipped_tape_is_what_its_command_gives()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("tape"), new SynthOptions { Seed = 1, Minutes = 1 });

        // Not equal: make it again with 'dealerflow synth --seed 1 --minutes 1 --out data-samples/spx.dftape --force' and look at why.
        string shipped = Path.Combine(Repository.Root, "data-samples", "spx.dftape");
        Assert.True(File.ReadAllBytes(shipped).AsSpan().SequenceEqual(File.ReadAllBytes(folder.File("tape"))));
    }

    [Theory]
    [InlineData("--minutes", "0")]
    [InlineData("--minutes", "-1")]
    [InlineData("--minutes", "601")]
    [InlineData("--minutes", "NaN")]
    [InlineData("--rate", "99")]
    [InlineData("--rate", "100000001")]
    [InlineData("--contracts", "9300")]
    [InlineData("--contracts", "4000001")]
    [InlineData("--spot", "0")]
    [InlineData("--date", "2026-11-15")]
    [InlineData("--date", "2031-01-02")]
    [InlineData("--date", "tomorrow")]
    [InlineData("--start", "25:00")]
    public void Impossible_options_are_refused_and_nothing_is_written(string option, string value)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.Usage, CommandLine.Run(["synth", "--out", folder.File("tape"), option, value]));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(folder.File("tape"))!));
    }

    [Fact]
    public void An_existing_file_is_kept_unless_it_may_be_overwritten()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("tape");
        File.WriteAllText(path, "precious");

        Assert.Equal(ExitCode.Usage, CommandLine.Run(["synth", "--minutes", "0.001", "--out", path]));
        Assert.Equal("precious", File.ReadAllText(path));
        Assert.Equal(ExitCode.Success, CommandLine.Run(["synth", "--minutes", "0.001", "--out", path, "--force"]));
        using TapeReader tape = TapeReader.Open(path);
        Assert.Equal("0.001", tape.Metadata["minutes"]);
    }

    [Fact]
    public void A_chain_that_cannot_be_read_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("chain.csv"), "this is no chain\n");

        Assert.Equal(ExitCode.Failure, CommandLine.Run(["synth", "--from-chain", folder.File("chain.csv"), "--out", folder.File("tape")]));
        Assert.Equal(ExitCode.Failure, CommandLine.Run(["synth", "--from-chain", folder.File("absent.csv"), "--out", folder.File("tape")]));
        Assert.Equal([folder.File("chain.csv")], Directory.GetFiles(Path.GetDirectoryName(folder.File("tape"))!));
    }

    [Fact]
    public void A_request_to_stop_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            SyntheticTape.Write(folder.File("tape"), overwrite: false, Short, [CalendarChain.Build(Short)], chainFile: null, stop.Token));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(folder.File("tape"))!));
    }

    private static MarketMix Write(string path, SynthOptions options) =>
        SyntheticTape.Write(path, overwrite: false, options, [CalendarChain.Build(options)], chainFile: null, CancellationToken.None);

    private static int ReadAll(TapeReader tape, Span<Tick> ticks)
    {
        int total = 0;
        for (int count = tape.Read(ticks); count > 0; count = tape.Read(ticks[total..])) total += count;
        return total;
    }
}
