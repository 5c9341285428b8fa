using System.IO.Hashing;
using System.Text.Json;
using DealerFlow.Engine;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>One tape, one set of options: the same market bytes, whatever the machine and however the ticks are cut.</summary>
public sealed class ReplayDeterminismTests(SyntheticTape tape) : IDisposable
{
    private static readonly Lock Gate = new();
    private static string? firstHash;
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("DEALERFLOW_LANES", "1")]
    [InlineData("DEALERFLOW_LANES", "2")]
    [InlineData("DEALERFLOW_LANES", "4")]
    [InlineData("DEALERFLOW_LANES", "8")]
    [InlineData("DOTNET_EnableAVX512", "0")]
    [InlineData("DOTNET_EnableAVX2", "0")]
    [InlineData("DOTNET_EnableHWIntrinsic", "0")]
    public void The_market_bytes_do_not_depend_on_vector_width_or_hardware(string variable, string value)
    {
        string[] arguments = ["replay", tape.Path, "--json"];
        Outcome outcome = variable.Length == 0 ? _room.Run(arguments) : _room.RunWith(variable, value, arguments);
        Assert.Equal(HashOfThePlainReplay(), outcome.Json().GetProperty("snapshotHash").GetString());
    }

    [Theory]
    [InlineData(64)]
    [InlineData(1 << 10)]
    [InlineData(1 << 18)]
    public void The_market_bytes_do_not_depend_on_the_size_of_the_ring(int ringCapacity)
    {
        using TapeReader reader = TapeReader.Open(tape.Path);
        var options = new EngineOptions { RingCapacity = ringCapacity };
        var hash = new XxHash128();
        using var engine = new StreamEngine<TapeTicks, HashingSink>(
            new Calculation(reader.Definitions, 0, options), new TapeTicks(reader), new HashingSink(hash), options.RingCapacity);
        engine.Run(CancellationToken.None);
        Assert.True(engine.Ledger.Balances);
        Assert.Equal(HashOfThePlainReplay(), Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    [Fact]
    public void The_market_bytes_depend_on_the_options()
    {
        JsonElement replay = _room.Run("replay", tape.Path, "--rate", "0.01", "--json").Json();
        Assert.NotEqual(HashOfThePlainReplay(), replay.GetProperty("snapshotHash").GetString());
    }

    [Fact]
    public void A_paced_replay_gives_the_same_market_bytes()
    {
        string little = LittleMarket.WriteTape(_room.Path("little.dftape"), LittleMarket.Ticks(2));
        string? flatOut = _room.Run("replay", little, "--json").Json().GetProperty("snapshotHash").GetString();
        Assert.Equal(flatOut, _room.Run("replay", little, "--speed", "4x", "--json").Json().GetProperty("snapshotHash").GetString());
    }

    // One tick, and the next only when it is asked for: lines on stdin may come many at once.
    [Fact]
    public void C8_one_tick_at_a_time_gives_the_same_market_bytes()
    {
        Tick[] ticks = LittleMarket.Ticks(2);
        string little = LittleMarket.WriteTape(_room.Path("little.dftape"), ticks);
        using TapeReplayer replayer = TapeReplayer.Open([little]);
        replayer.Pause();
        var hash = new XxHash128();
        using var engine = new StreamEngine<SingleTicks, HashingSink>(
            new Calculation(replayer.Definitions, 0, new EngineOptions()), new SingleTicks(replayer), new HashingSink(hash), new EngineOptions().RingCapacity);
        engine.Run(CancellationToken.None);
        Assert.Equal(ticks.Length, (long)engine.Ledger.In);
        Assert.Equal(_room.Run("replay", little, "--json").Json().GetProperty("snapshotHash").GetString(), Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    private string? HashOfThePlainReplay()
    {
        lock (Gate)
        {
            if (firstHash is not null) return firstHash;
            using var room = new Workspace();
            return firstHash = room.Run("replay", tape.Path, "--json").Json().GetProperty("snapshotHash").GetString();
        }
    }

    private readonly struct TapeTicks(TapeReader reader) : ITickSource
    {
        public int Read(Span<Tick> ticks) => reader.Read(ticks);
    }

    private readonly struct SingleTicks(TapeReplayer replayer) : ITickSource
    {
        public int Read(Span<Tick> ticks)
        {
            replayer.Step(1);
            int count = replayer.Read(ticks);
            Assert.InRange(count, 0, 1);
            return count;
        }
    }

    private readonly struct HashingSink(XxHash128 hash) : ISnapshotSink
    {
        public void Publish(ReadOnlySpan<byte> marketSection, in Ledger ledger) => hash.Append(marketSection);

        public void PublishHeadline(in HeadlineSection headline, in Ledger ledger) { }

        public void Heartbeat(ulong eventSequence, long eventTimeNanos) { }
    }
}
