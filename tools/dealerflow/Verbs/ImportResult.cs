using System.Text.Json;
using DealerFlow.Cli.Output;
using DealerFlow.Import;
using DealerFlow.Wire;
using Spectre.Console;

namespace DealerFlow.Cli.Verbs;

/// <summary>What an import made, and where every row went.</summary>
internal sealed record ImportResult(string Path, long Bytes, TickImport Import, int Spilled, double Seconds)
{
    private ImportReport Report => Import.Report;

    private int Underlyings
    {
        get
        {
            int count = 0;
            foreach (ref readonly InstrumentDefinition definition in Import.Definitions) if (definition.Kind == InstrumentKind.Underlying) count++;
            return count;
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("tape", Path);
        json.WriteNumber("bytes", Bytes);
        json.WriteNumber("bytesPerTick", (double)Bytes / Report.Ticks);
        json.WriteNumber("ticks", Report.Ticks);
        json.WriteNumber("underlyings", Underlyings);
        json.WriteNumber("contracts", Import.Definitions.Length - Underlyings);
        json.WriteNumber("seconds", Seconds);
        json.WriteNumber("ticksPerSecond", Report.Ticks / Seconds);
        json.WriteNumber("spilledRuns", Spilled);
        json.WriteNumber("rows", Report.Rows);
        json.WriteNumber("taken", Report.Taken);
        json.WriteNumber("lost", Report.Lost);
        json.WriteStartObject("passed");
        foreach (ImportPass kind in Enum.GetValues<ImportPass>()) json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), Report.Passed(kind));
        json.WriteEndObject();
        json.WriteStartObject("rejected");
        foreach (ImportRejection reason in Enum.GetValues<ImportRejection>()) json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(reason.ToString()), Report.Rejected(reason));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public void Write(IAnsiConsole console)
    {
        Table table = LevelsTable.NewTable("import", ">");
        void Row(string name, string value) => table.AddRow(new Text(name), LevelsTable.Right(value));
        Row("tape", Path);
        Row("bytes, per tick", $"{Bytes:#,0}, {(double)Bytes / Report.Ticks:0.00}");
        Row("ticks", $"{Report.Ticks:#,0}");
        Row("underlyings, contracts", $"{Underlyings:#,0}, {Import.Definitions.Length - Underlyings:#,0}");
        Row("seconds, ticks/s", $"{Seconds:0.00}, {Report.Ticks / Seconds:#,0}");
        Row("rows", $"{Report.Rows:#,0}");
        Row("  taken", $"{Report.Taken:#,0}");
        foreach (ImportPass kind in Enum.GetValues<ImportPass>()) if (Report.Passed(kind) > 0) Row($"  passed: {Words(kind)}", $"{Report.Passed(kind):#,0}");
        foreach (ImportRejection reason in Enum.GetValues<ImportRejection>())
            if (Report.Rejected(reason) > 0) Row($"  rejected: {Words(reason)}", $"{Report.Rejected(reason):#,0}");
        if (Report.Lost > 0) Row("lost before the capture, blocks or messages", $"{Report.Lost:#,0}");
        console.Write(table);
        console.WriteLine("Every row has an outcome: rows = taken + passed + rejected.");
    }

    private static string Words(ImportPass kind) => kind switch
    {
        ImportPass.Administrative => "messages of the session",
        ImportPass.OtherKind => "kinds that the engine has no use for",
        ImportPass.Repeated => "the same again",
        ImportPass.OtherInstrument => "neither option nor underlying",
        _ => "nothing in them",
    };

    private static string Words(ImportRejection reason) => reason switch
    {
        ImportRejection.Malformed => "not of the format's shape",
        ImportRejection.UnknownContract => "unknown contract",
        ImportRejection.NoCalendar => "outside of the calendar",
        ImportRejection.BadTime => "bad time",
        ImportRejection.BadPrice => "bad price",
        ImportRejection.BadQuantity => "bad quantity",
        _ => "terms that a definition cannot say",
    };
}
