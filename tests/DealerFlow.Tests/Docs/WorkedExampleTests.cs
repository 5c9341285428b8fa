using Xunit;

namespace DealerFlow.Tests;

/// <summary>
/// Every figure of the worked example in docs/methodology.md, to the digits printed there, from the inputs printed there: once by plain
/// formulas, once by the engine.
/// </summary>
public class WorkedExampleTests
{
    private static readonly string Path = System.IO.Path.Combine(Repository.Root, "docs", "methodology.md");
    private static readonly string[] InputTables = ["input", "expiry", "contract", "print"];

    // Steps on the way to a figure, which the engine does not publish.
    private static readonly (string Table, string Column)[] Steps =
    [
        ("node", "mid"), ("node", "c"), ("node", "h"), ("node", "d1"), ("print, signed", "why"), ("print, signed", "Δ"),
        ("pin candidate", "abs ln(K/S) / w_atm"), ("pin candidate", "score"), ("pin candidate", "gross there"),
    ];

    private static readonly ExamplePage Page = ExamplePage.Read(Path);

    [Fact]
    public void Every_figure_follows_from_the_inputs_by_plain_formulas() => Compare(PlainExample.Of(new ExampleInputs(Page)), isEngine: false);

    [Fact]
    public void Every_figure_is_what_the_engine_says() => Compare(EngineExample.Of(new ExampleInputs(Page)), isEngine: true);

    private static void Compare(Figures figures, bool isEngine)
    {
        var wrong = new List<string>();
        int compared = 0;
        foreach (PageTable table in Page.Tables.Where(table => !InputTables.Contains(table.Name)))
        {
            foreach ((string row, string[] cells) in table.Rows)
            {
                for (int i = 0; i < cells.Length; i++)
                {
                    string? expected = figures.Like(cells[i], table.Name, row, table.Columns[i]);
                    if (expected is null && isEngine && IsStep(table.Name, row, table.Columns[i])) continue;
                    compared++;
                    if (expected != cells[i]) wrong.Add($"{table.Name} | {row} | {table.Columns[i]}: the page says {cells[i]}, it is {expected ?? "unknown"}");
                }
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(compared > 250, $"Only {compared} figures were found on the page.");
    }

    private static bool IsStep(string table, string row, string column) =>
        Steps.Contains((table, column)) || (table, row) is ("pin", "w_atm") || (table == "payout, contracts × points" && row != "max pain");
}
