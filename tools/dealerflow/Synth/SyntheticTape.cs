using System.Globalization;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>Writes a synthetic market to a tape: one thread makes the ticks, another one encodes them. Memory does not grow with the tape.</summary>
internal static class SyntheticTape
{
    public const string Generator = "dealerflow synth";

    /// <summary>Rises with every change that gives other bytes for the same options.</summary>
    public const int Version = 3;

    private const int Batch = 65_536;

    /// <summary>Writes the tape; on any failure nothing of that name appears.</summary>
    /// <param name="path">The file to make.</param>
    /// <param name="overwrite">Whether a file of that name may be replaced.</param>
    /// <param name="options">What to make.</param>
    /// <param name="chains">What is listed; the first is the index.</param>
    /// <param name="chainFile">File that the chain came from, without its folder; null for a calendar chain.</param>
    /// <param name="stop">Gives up and leaves nothing behind.</param>
    /// <returns>The realised mix.</returns>
    public static MarketMix Write(
        string path, bool overwrite, SynthOptions options, SyntheticChain[] chains, string? chainFile, CancellationToken stop)
    {
        InstrumentDefinition[] definitions = [.. chains.SelectMany(chain => chain.Definitions())];
        var mix = new MarketMix(definitions, options.StartNanos);
        using TapeWriter tape = TapeWriter.Create(path, definitions, Metadata(options, chainFile), overwrite);
        var market = new SyntheticMarket(options, chains);
        Tick[] made = new Tick[Batch], written = new Tick[Batch];
        Task writing = Task.CompletedTask;
        try
        {
            for (int count = market.Read(made); count > 0; count = market.Read(made))
            {
                writing.GetAwaiter().GetResult();
                stop.ThrowIfCancellationRequested();
                (made, written) = (written, made);
                ReadOnlyMemory<Tick> ticks = written.AsMemory(0, count);
                writing = Task.Run(() =>
                {
                    mix.Observe(ticks.Span);
                    tape.Append(ticks.Span);
                }, CancellationToken.None);
            }
        }
        finally
        {
            // Whatever happened, nobody writes to the tape once this method has returned.
            writing.GetAwaiter().GetResult();
        }
        tape.Complete();
        return mix;
    }

    public static Dictionary<string, string> Metadata(SynthOptions options, string? chainFile)
    {
        var metadata = new Dictionary<string, string>
        {
            ["generator"] = Generator,
            ["version"] = Version.ToString(CultureInfo.InvariantCulture),
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["minutes"] = options.Minutes.ToString("R", CultureInfo.InvariantCulture),
            ["rate"] = options.Rate.ToString(CultureInfo.InvariantCulture),
            ["date"] = options.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["start"] = options.Start.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            ["spot"] = options.Spot.ToString("R", CultureInfo.InvariantCulture),
        };
        if (options.Contracts > 0) metadata["contracts"] = options.Contracts.ToString(CultureInfo.InvariantCulture);
        if (options.IndexStep != 1) metadata["indexStep"] = options.IndexStep.ToString(CultureInfo.InvariantCulture);
        if (options.RealisticTrades) metadata["trades"] = "realistic";
        if (chainFile is not null) metadata["chain"] = chainFile;
        return metadata;
    }
}
