using System.Runtime.InteropServices;
using DealerFlow.Wire;
using Microsoft.Data.Sqlite;

namespace DealerFlow.Dashboard;

/// <summary>What is asked of a history.</summary>
internal static class HistoryQuery
{
    /// <summary>The session that an instant lies in or comes after, as far as it is kept; null = none is.</summary>
    public static HistoryRange? SessionAt(HistoryStore store, long? nanos)
    {
        using SqliteConnection connection = store.Read();
        using SqliteCommand command = Command(
            connection,
            """
            SELECT min(time), max(time) FROM levels WHERE session = (SELECT session FROM levels WHERE second <= $now ORDER BY second DESC LIMIT 1)
            """,
            ("$now", (nanos ?? long.MaxValue) / UnixNanos.PerSecond));
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() && !row.IsDBNull(0) ? new HistoryRange(row.GetInt64(0), row.GetInt64(1)) : null;
    }

    /// <summary>Whether a second of a session has been kept of this epoch of the feed.</summary>
    public static bool Holds(HistoryStore store, int session, long second, ulong epoch)
    {
        using SqliteConnection connection = store.Read();
        using SqliteCommand command = Command(
            connection, "SELECT count(*) FROM levels WHERE session = $session AND second = $second AND epoch = $epoch", ("$session", session), ("$second", second), ("$epoch", (long)epoch));
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) > 0;
    }

    /// <summary>Rows of levels: unix milliseconds and the values of <see cref="HistoryColumns"/>, NaN where there is none.</summary>
    public static List<(long Time, double[] Values)> Levels(HistoryStore store, HistoryRange range)
    {
        using SqliteConnection connection = store.Read();
        string columns = string.Join(", ", HistoryColumns.Names.Select(name => $"\"{name}\""));
        using SqliteCommand command = Command(connection, $"SELECT time, {columns} FROM levels WHERE {Within} ORDER BY second", Bounds(range));
        using SqliteDataReader row = command.ExecuteReader();
        var rows = new List<(long, double[])>();
        while (row.Read())
        {
            var values = new double[HistoryColumns.Names.Count];
            for (int column = 0; column < values.Length; column++) values[column] = row.IsDBNull(column + 1) ? double.NaN : row.GetDouble(column + 1);
            rows.Add((row.GetInt64(0) / UnixNanos.PerMillisecond, values));
        }
        return rows;
    }

    /// <summary>Notices of a time.</summary>
    public static List<LevelChange> Changes(HistoryStore store, HistoryRange range)
    {
        using SqliteConnection connection = store.Read();
        using SqliteCommand command = Command(
            connection,
            "SELECT time, kind, bucket, model, epoch, number, before, after, spotBefore, spot FROM changes WHERE time BETWEEN $from AND $to ORDER BY time",
            ("$from", range.FromNanos), ("$to", range.ToNanos));
        using SqliteDataReader row = command.ExecuteReader();
        var changes = new List<LevelChange>();
        while (row.Read())
        {
            changes.Add(new LevelChange
            {
                EventTimeNanos = row.GetInt64(0),
                Kind = (LevelChangeKind)row.GetByte(1),
                Bucket = (ExposureBucket)row.GetByte(2),
                Model = (PositionModel)row.GetByte(3),
                Epoch = (ulong)row.GetInt64(4),
                Number = (ulong)row.GetInt64(5),
                HasBefore = row.IsDBNull(6) ? (byte)0 : (byte)1,
                Before = row.IsDBNull(6) ? 0 : row.GetDouble(6),
                HasAfter = row.IsDBNull(7) ? (byte)0 : (byte)1,
                After = row.IsDBNull(7) ? 0 : row.GetDouble(7),
                SpotBefore = row.GetDouble(8),
                Spot = row.GetDouble(9),
            });
        }
        return changes;
    }

    /// <summary>At most so many columns of the heat map, spread over a time, the last one among them.</summary>
    public static List<HeatEntry> Heat(HistoryStore store, HistoryRange range, int columns)
    {
        using SqliteConnection connection = store.Read();
        var seconds = new List<(long Session, long Second)>();
        using (SqliteCommand all = Command(connection, $"SELECT session, second FROM heat WHERE {Within} ORDER BY second", Bounds(range)))
        {
            using SqliteDataReader row = all.ExecuteReader();
            while (row.Read()) seconds.Add((row.GetInt64(0), row.GetInt64(1)));
        }
        int count = Math.Min(columns, seconds.Count);
        var heat = new List<HeatEntry>(count);
        for (int column = 0; column < count; column++)
        {
            (long session, long second) = seconds[count == 1 ? seconds.Count - 1 : (int)((long)column * (seconds.Count - 1) / (count - 1))];
            using SqliteCommand one = Command(connection, "SELECT time, epoch, spot, strikes, netGex FROM heat WHERE session = $session AND second = $second", ("$session", session), ("$second", second));
            using SqliteDataReader row = one.ExecuteReader();
            if (!row.Read()) continue;
            heat.Add(new HeatEntry
            {
                Session = (int)session,
                MarkTimeNanos = row.GetInt64(0),
                Epoch = (ulong)row.GetInt64(1),
                Spot = row.GetDouble(2),
                Strikes = MemoryMarshal.Cast<byte, double>(row.GetFieldValue<byte[]>(3)).ToArray(),
                NetGex = MemoryMarshal.Cast<byte, float>(row.GetFieldValue<byte[]>(4)).ToArray(),
            });
        }
        return heat;
    }

    private const string Within = "second BETWEEN $fromSecond AND $toSecond AND time BETWEEN $from AND $to";

    private static (string Name, object Value)[] Bounds(HistoryRange range) =>
    [
        // A column of the heat map bears the second with which its five begin.
        ("$fromSecond", (range.FromNanos / UnixNanos.PerSecond) - HistoryStore.HeatSeconds), ("$toSecond", range.ToNanos / UnixNanos.PerSecond),
        ("$from", range.FromNanos), ("$to", range.ToNanos),
    ];

    private static SqliteCommand Command(SqliteConnection connection, string text, params ReadOnlySpan<(string Name, object Value)> values)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        foreach ((string name, object value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
