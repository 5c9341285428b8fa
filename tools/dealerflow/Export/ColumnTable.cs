namespace DealerFlow.Cli.Export;

/// <summary>A column with its name, which says the unit.</summary>
internal abstract record ExportColumn(string Name);

/// <summary>Numbers; null where there is none.</summary>
internal sealed record NumberColumn(string Name, double?[] Values) : ExportColumn(Name);

/// <summary>Whole numbers; null where there is none.</summary>
internal sealed record CountColumn(string Name, long?[] Values) : ExportColumn(Name);

/// <summary>Texts; empty where there is none.</summary>
internal sealed record TextColumn(string Name, string[] Values) : ExportColumn(Name);

/// <summary>Rows for other programs, as columns, with what is to be known of all of them.</summary>
/// <param name="Rows">How many rows every column has.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Provenance">Underlying, instant, position model, unit and where the numbers come from, by name.</param>
internal sealed record ColumnTable(int Rows, IReadOnlyList<ExportColumn> Columns, IReadOnlyList<KeyValuePair<string, string>> Provenance);
