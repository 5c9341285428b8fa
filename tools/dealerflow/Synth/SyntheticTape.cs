using System.Globalization;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Synth;

/// <summary>
/// Writes a synthetic market to a tape. The market is made twice: the first pass only counts, because the realised mix belongs into the
/// metadata at the head of the tape; the second writes. Nothing is kept in between, so memory does not grow with the tape.
/// </summary>
internal static class SyntheticTape
{
    public const string Generator = "dealerflow synth";

    /// <summary>Rises with every change that gives other bytes for the same options.</summary>
    public const int Version = 2;

    /// <summary>Keys of the realised mix in the metadata begin with this.</summary>
    public const string MixPrefix = "mix.";

    private const int Batch = 16_384;

    /// <summary>Writes the tape; on any failure nothing of that name appears.</summary>
    /// <param name="path">The file to make.</param>
    /// <param name="overwrite">Whether a file of that name may be replaced.</param>
    /// <param name="options">What to make.</param>
    /// <param name="chain">What is listed.</param>
    /// <param name="chainFile">File that the chain came from, without its folder; null for a calendar chain.</param>
    /// <param name="stop">Gives up and leaves nothing behind.</param>
    /// <returns>The realised mix.</returns>
    public static MarketMix Write(
        string path, bool overwrite, SynthOptions options, SyntheticChain chain, string? chainFile, CancellationToken stop)
    {
        InstrumentDefinition[] definitions = chain.Definitions(options.Spot);
        var ticks = new Tick[Batch];
        var mix = new MarketMix(definitions, options.StartNanos);
        var rehearsal = new SyntheticMarket(options, chain);
        for (int count = rehearsal.Read(ticks); count > 0; count = rehearsal.Read(ticks))
        {
            stop.ThrowIfCancellationRequested();
            mix.Observe(ticks.AsSpan(0, count));
        }

        using TapeWriter tape = TapeWriter.Create(path, definitions, Metadata(options, chainFile, mix), overwrite);
        var market = new SyntheticMarket(options, chain);
        for (int count = market.Read(ticks); count > 0; count = market.Read(ticks))
        {
            stop.ThrowIfCancellationRequested();
            tape.Append(ticks.AsSpan(0, count));
        }
        tape.Complete();
        return mix;
    }

    private static Dictionary<string, string> Metadata(SynthOptions options, string? chainFile, MarketMix mix)
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
        if (options.RealisticTrades) metadata["trades"] = "realistic";
        if (chainFile is not null) metadata["chain"] = chainFile;
        foreach ((string name, string value) in mix.Entries()) metadata[MixPrefix + name] = value;
        return metadata;
    }
}
