using System.Buffers.Binary;
using DealerFlow.Import;
using DealerFlow.Market;
using DealerFlow.Tape;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Live;

/// <summary>The day's contracts from a file, and what is open of each: a tape, or anything that import reads.</summary>
internal sealed class LiveContracts : ITickSink
{
    private readonly List<Tick> _opening = [];

    private LiveContracts(string path, SessionCalendar calendar)
    {
        Path = path;
        Import = new TickImport(this, new ImportOptions { Calendar = calendar });
    }

    public string Path { get; }

    /// <summary>The ids are those of a tape, which its sender uses too.</summary>
    public bool IsOfTape { get; private init; }

    /// <summary>The definitions of a tape, with its ids.</summary>
    public IReadOnlyList<InstrumentDefinition> Definitions { get; private set; } = [];

    /// <summary>Knows every contract by its symbol, with ids of its own.</summary>
    public TickImport Import { get; }

    /// <summary>Open interest, and the last spot, in the ids of <see cref="Import"/>.</summary>
    public IReadOnlyList<Tick> Opening => _opening;

    /// <summary>Takes the ticks that <see cref="Import"/> gives from now on; null while the file is read.</summary>
    public ITickSink? Sink { get; set; }

    public static LiveContracts Read(string path, SessionCalendar calendar)
    {
        if (!File.Exists(path)) throw new CliException(ExitCode.Failure, $"{path} does not exist; check the name of --definitions.");
        bool isTape = IsTape(path);
        var contracts = new LiveContracts(path, calendar) { IsOfTape = isTape };
        if (isTape) contracts.ReadTape();
        else contracts.ReadImport();
        int options = 0;
        foreach (InstrumentDefinition definition in contracts.Import.Definitions) if (definition.Kind != InstrumentKind.Underlying) options++;
        if (options == 0) throw new CliException(ExitCode.Failure, $"{path} names no contract, so there is nothing to compute; give the day's chain.");
        return contracts;
    }

    public void Add(in Tick tick)
    {
        if (Sink is not null) Sink.Add(in tick);
        else if (tick.Kind is TickKind.OpenInterest) _opening.Add(tick);
    }

    private static bool IsTape(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] head = new byte[sizeof(ulong)];
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && BinaryPrimitives.ReadUInt64LittleEndian(head) == TapeFileHeader.ExpectedMagic;
    }

    private void ReadImport()
    {
        using ImportFile file = ImportFile.Open(Path);
        Import.Begin(Path);
        TickFormats.Of(file).Read(file, Import);
        Import.End();
    }

    private void ReadTape()
    {
        using TapeReader tape = TapeReader.Open(Path);
        Definitions = tape.Definitions.ToArray();
        var ids = new Dictionary<uint, uint>();
        var roots = Definitions.Where(each => each.Kind == InstrumentKind.Underlying).ToDictionary(each => each.InstrumentId, each => each.Root.ToString());
        Import.Begin(Path);
        Import.BeginRow(1);
        foreach (InstrumentDefinition definition in Definitions)
        {
            if (definition.Kind == InstrumentKind.Underlying || !roots.TryGetValue(definition.UnderlyingId, out string? underlying)) continue;
            int date = definition.ExpiryDate;
            var contract = new OsiContract(
                definition.Root.ToString(), new DateOnly(date / 10_000, date / 100 % 100, date % 100),
                definition.Kind == InstrumentKind.Call ? OptionRight.Call : OptionRight.Put, definition.StrikeMills);
            if (Import.TryContract(in contract, underlying, definition, out uint id)) ids[definition.InstrumentId] = id;
        }
        Import.End();
        var ticks = new Tick[16_384];
        for (int read = tape.Read(ticks); read > 0; read = tape.Read(ticks))
        {
            foreach (Tick tick in ticks.AsSpan(0, read))
            {
                if (tick.Kind != TickKind.OpenInterest || !ids.TryGetValue(tick.InstrumentId, out uint id)) continue;
                _opening.Add(tick with { InstrumentId = id });
            }
        }
    }
}
