namespace DealerFlow.Dashboard;

/// <summary>Fewer rows for a picture that keep every extreme.</summary>
internal static class Thinning
{
    /// <summary>
    /// Of rows in order, those that hold the least and the greatest of a column in each of equal parts, with the first and the last of all:
    /// a peak that a picture of all rows would show stays, however few are drawn.
    /// </summary>
    public static List<T> Thin<T>(List<T> rows, int points, IReadOnlyList<int> columns, Func<T, int, double> value)
    {
        if (rows.Count <= points) return rows;
        int parts = Math.Max(1, points / ((2 * columns.Count) + 1));
        var kept = new SortedSet<int> { 0, rows.Count - 1 };
        for (int part = 0; part < parts; part++)
        {
            int first = (int)((long)part * rows.Count / parts), end = (int)((long)(part + 1) * rows.Count / parts);
            kept.Add(first);
            foreach (int column in columns)
            {
                int least = -1, greatest = -1;
                for (int row = first; row < end; row++)
                {
                    double at = value(rows[row], column);
                    if (double.IsNaN(at)) continue;
                    if (least < 0 || at < value(rows[least], column)) least = row;
                    if (greatest < 0 || at > value(rows[greatest], column)) greatest = row;
                }
                if (least >= 0) kept.UnionWith([least, greatest]);
            }
        }
        return [.. kept.Select(row => rows[row])];
    }
}
