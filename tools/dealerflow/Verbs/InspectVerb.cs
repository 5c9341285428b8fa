using System.CommandLine;
using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Market;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary><c>inspect</c>: what is on a tape; <c>verify</c>: whether it is sound.</summary>
internal static class InspectVerb
{
    public static Command CreateInspect()
    {
        Argument<string> tape = Tape();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("inspect",
            """
            What is on a tape: counts by kind, times, contracts, gaps, bytes per tick by column.

            Examples:
              dealerflow inspect data-samples/spx.dftape
              dealerflow inspect day.dftape --json

            The whole tape is read, and every checksum with it.
            """)
        { tape, json };
        command.SetAction(parsed =>
        {
            TapeInspection inspection = Look(parsed.GetValue(tape)!);
            if (parsed.GetValue(json)) Terminal.Json(writer => Write(writer, inspection));
            else Write(Terminal.Tables(), inspection);
            return ExitCode.Success;
        });
        return command;
    }

    public static Command CreateVerify()
    {
        Argument<string> tape = Tape();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("verify",
            """
            Whether a tape is sound: every checksum, the chain of its blocks, its index, its end, the order of its times.

            Examples:
              dealerflow verify day.dftape && dealerflow replay day.dftape
              dealerflow verify day.dftape --json

            Exit code 3 when it is not: the message says from which byte on, and how many ticks before it can be recovered.
            """)
        { tape, json };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(tape)!;
            TapeInspection inspection = Look(path);
            if (inspection.Findings.Count > 0)
                throw new CliException(ExitCode.Corrupt, $"{path}: {string.Join("; ", inspection.Findings)}. Record it again.");
            if (parsed.GetValue(json))
            {
                Terminal.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("tape", path);
                    writer.WriteBoolean("sound", true);
                    writer.WriteNumber("ticks", inspection.Ticks);
                    writer.WriteNumber("blocks", inspection.Blocks);
                    writer.WriteNumber("bytes", inspection.SizeInBytes);
                    writer.WriteNumber("timeRegressions", inspection.TimeRegressions);
                    writer.WriteNumber("ticksOfUnknownInstruments", inspection.UnknownTicks);
                    writer.WriteEndObject();
                });
                return ExitCode.Success;
            }
            IAnsiConsole console = Terminal.Tables();
            console.WriteLine($"{path}: sound. {inspection.Ticks:#,0} ticks in {inspection.Blocks:#,0} blocks, {inspection.SizeInBytes:#,0} bytes; every checksum, the chain, the index and the end agree.");
            console.WriteLine(inspection.TimeRegressions == 0
                ? "No time runs back."
                : $"{inspection.TimeRegressions:#,0} ticks are earlier than the tick before them; the engine takes them at the latest time seen.");
            if (inspection.UnknownTicks > 0)
                console.WriteLine($"{inspection.UnknownTicks:#,0} ticks of {inspection.UnknownInstruments:#,0} ids that the head does not define.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Argument<string> Tape() => new Argument<string>("TAPE") { Description = "The tape to read." }.RefusingOptions();

    private static TapeInspection Look(string path)
    {
        TapePart.CheckExists(path);
        using var signals = new StopSignals();
        try
        {
            return TapeInspection.Of(path, signals.Token);
        }
        catch (OperationCanceledException)
        {
            throw new CliException(ExitCode.Failure, "Stopped on request.");
        }
    }

    private static void Write(Utf8JsonWriter json, TapeInspection tape)
    {
        json.WriteStartObject();
        json.WriteString("tape", tape.Path);
        json.WriteNumber("bytes", tape.SizeInBytes);
        json.WriteNumber("ticks", tape.Ticks);
        json.WriteNumber("bytesPerTick", tape.Ticks == 0 ? 0 : (double)tape.SizeInBytes / tape.Ticks);
        json.WriteNumber("blocks", tape.Blocks);
        json.WriteNumber("compressedBlocks", tape.CompressedBlocks);
        json.WriteNumber("underlyings", tape.Underlyings);
        json.WriteNumber("contracts", tape.Contracts);
        json.WriteString("first", UnixNanos.ToIso(tape.EarliestNanos));
        json.WriteString("last", UnixNanos.ToIso(tape.LatestNanos));
        json.WriteNumber("timeRegressions", tape.TimeRegressions);
        json.WriteNumber("ticksOfUnknownInstruments", tape.UnknownTicks);
        json.WriteNumber("longestSilenceSeconds", tape.LongestSilence.Nanos / 1e9);
        json.WriteString("longestSilenceFrom", UnixNanos.ToIso(tape.LongestSilence.FromNanos));
        json.WriteStartObject("kinds");
        json.WriteNumber("nationalBestQuotes", tape.BestQuotes);
        json.WriteNumber("otherQuotes", tape.CountOf(TickKind.Quote) - tape.BestQuotes);
        json.WriteNumber("trades", tape.CountOf(TickKind.Trade));
        json.WriteNumber("spots", tape.CountOf(TickKind.Spot));
        json.WriteNumber("openInterests", tape.CountOf(TickKind.OpenInterest));
        json.WriteNumber("definitions", tape.CountOf(TickKind.Definition));
        json.WriteNumber("gaps", tape.CountOf(TickKind.Gap));
        json.WriteNumber("status", tape.CountOf(TickKind.Status));
        json.WriteNumber("other", Others(tape));
        json.WriteEndObject();
        json.WriteStartObject("columnBytes");
        foreach (TapeColumn column in Enum.GetValues<TapeColumn>()) json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(column.ToString()), tape.BytesOf(column));
        json.WriteEndObject();
        json.WriteStartObject("metadata");
        foreach ((string key, string value) in tape.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(IAnsiConsole console, TapeInspection tape)
    {
        Table table = LevelsTable.NewTable("tape", ">");
        void Row(string name, string value) => table.AddRow(new Text(name), LevelsTable.Right(value));
        Row("file", tape.Path);
        Row("bytes, per tick", $"{tape.SizeInBytes:#,0}, {(tape.Ticks == 0 ? 0 : (double)tape.SizeInBytes / tape.Ticks):0.00}");
        Row("first tick", UnixNanos.ToIso(tape.EarliestNanos));
        Row("last tick", UnixNanos.ToIso(tape.LatestNanos));
        Row("ticks", $"{tape.Ticks:#,0}");
        Row("  national best quotes", $"{tape.BestQuotes:#,0}");
        Row("  other quotes", $"{tape.CountOf(TickKind.Quote) - tape.BestQuotes:#,0}");
        Row("  trades", $"{tape.CountOf(TickKind.Trade):#,0}");
        Row("  prices of the underlying", $"{tape.CountOf(TickKind.Spot):#,0}");
        Row("  open interest", $"{tape.CountOf(TickKind.OpenInterest):#,0}");
        foreach ((TickKind kind, string name) in (ReadOnlySpan<(TickKind, string)>)[(TickKind.Definition, "quarters of definitions"), (TickKind.Gap, "gaps"), (TickKind.Status, "halts and resumes")])
            if (tape.CountOf(kind) > 0) Row($"  {name}", $"{tape.CountOf(kind):#,0}");
        if (Others(tape) > 0) Row("  kinds that nobody knows", $"{Others(tape):#,0}");
        Row("underlyings, contracts", $"{tape.Underlyings:#,0}, {tape.Contracts:#,0}");
        Row("blocks, with LZ4", $"{tape.Blocks:#,0}, {tape.CompressedBlocks:#,0}");
        Row("times that run back", $"{tape.TimeRegressions:#,0}");
        Row("ticks of unknown contracts", $"{tape.UnknownTicks:#,0}");
        Row("longest silence", tape.LongestSilence.Nanos == 0 ? "-" : $"{tape.LongestSilence.Nanos / 1e9:0.###} s from {UnixNanos.ToIso(tape.LongestSilence.FromNanos)}");
        console.Write(table);

        Table columns = LevelsTable.NewTable("column, before LZ4", ">bytes", ">per tick");
        foreach (TapeColumn column in Enum.GetValues<TapeColumn>())
        {
            if (tape.BytesOf(column) == 0) continue;
            columns.AddRow(new Text(column.ToString()), LevelsTable.Right($"{tape.BytesOf(column):#,0}"), LevelsTable.Right($"{(double)tape.BytesOf(column) / tape.Ticks:0.000}"));
        }
        console.Write(columns);
        foreach ((string key, string value) in tape.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) console.WriteLine($"{Printable.Of(key)}: {Printable.Of(value)}");
        foreach (string finding in tape.Findings) console.WriteLine($"Not so: {finding}.");
    }

    private static long Others(TapeInspection tape)
    {
        long known = 0;
        foreach (TickKind kind in Enum.GetValues<TickKind>()) if (kind != TickKind.None) known += tape.CountOf(kind);
        return tape.Ticks - known;
    }
}
