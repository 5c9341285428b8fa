using System.Globalization;
using System.Threading.Channels;
using DealerFlow.Wire;
using Microsoft.Data.Sqlite;

namespace DealerFlow.Dashboard;

/// <summary>
/// The history of one feed in a file of its own (SQLite, write-ahead log): levels each second of event time, a column of the heat map each five
/// seconds, every notice. A thread of its own writes, so that no disk holds the reading of the feed up.
/// </summary>
/// <remarks>
/// The key is session and event time. Whoever replays the same market again writes the same rows over; whoever replays another one in the
/// place of it is found out by its spot, and what the earlier run left of that session goes.
/// </remarks>
internal sealed class HistoryStore : IDisposable
{
    /// <summary>Seconds of event time between two columns of the heat map.</summary>
    public const int HeatSeconds = 5;

    /// <summary>Rises when the tables change.</summary>
    private const int SchemaVersion = 1;

    private const int QueueCapacity = 4096;

    // Two runs of one market may have been looked at within one second at different marks; further apart it is another market.
    private const double SpotTolerance = 0.005;

    private readonly int _sessions;
    private readonly SqliteConnection _connection;
    private readonly Channel<HistoryEntry> _queue;
    private readonly Thread _thread;
    private long _dropped;
    private string? _failure;

    // Of the writing thread.
    private int _keptSession;
    private bool _isKnownMarket;
    private ulong _knownEpoch;

    private HistoryStore(string path, int sessions)
    {
        Path = path;
        _sessions = sessions;
        _connection = new SqliteConnection(ConnectionText(path));
        _connection.Open();
        Prepare();
        _queue = Channel.CreateBounded<HistoryEntry>(
            new BoundedChannelOptions(QueueCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
        _thread = new Thread(Run) { Name = "history", IsBackground = true };
        _thread.Start();
    }

    public string Path { get; }

    /// <summary>Rows that were not kept because the disk did not follow.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Why nothing is kept any more; null while all is well.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>Opens the history of a feed, and makes it where there is none.</summary>
    /// <exception cref="IOException">The file cannot be written; the message says where and what to do.</exception>
    public static HistoryStore Open(string folder, string feed, int sessions)
    {
        string path = System.IO.Path.Combine(folder, feed + ".history.db");
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            MakePrivate(path);
            PutForeignAside(path);
            return new HistoryStore(path, sessions);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new IOException($"The history {path} cannot be written ({refused.Message.TrimEnd('.')}): give another folder with --store DIR, or --store none to keep none.", refused);
        }
    }

    /// <summary>A connection for one reader.</summary>
    public SqliteConnection Read()
    {
        var connection = new SqliteConnection(ConnectionText(Path));
        connection.Open();
        return connection;
    }

    /// <summary>Lays an entry into the queue; never waits.</summary>
    public void Keep(HistoryEntry entry) => _queue.Writer.TryWrite(entry);

    /// <summary>Writes what is in the queue and closes the file.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
        _connection.Dispose();
        using var pooled = new SqliteConnection(ConnectionText(Path));
        SqliteConnection.ClearPool(pooled);
    }

    private static string ConnectionText(string path) => new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 5 }.ToString();

    private static void MakePrivate(string path)
    {
        // SQLite gives its log the mode of the file.
        using (new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        })) { }
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    // Neither a history of another version nor a damaged one is written over: it keeps its numbers under another name.
    private static void PutForeignAside(string path)
    {
        if (new FileInfo(path).Length == 0) return;
        try
        {
            using var connection = new SqliteConnection(ConnectionText(path) + ";Pooling=False");
            connection.Open();
            if (Convert.ToInt32(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture) == SchemaVersion) return;
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is 11 or 26) { }
        string aside = $"{path}.{DateTime.UtcNow:yyyyMMddHHmmss}.old";
        File.Move(path, aside);
        foreach (string log in (string[])["-wal", "-shm"])
            if (File.Exists(path + log)) File.Move(path + log, aside + log);
        Console.Error.WriteLine($"dealerflow: {path} is damaged or of another version and is now called {aside}; a new history begins.");
        MakePrivate(path);
    }

    private void Prepare()
    {
        string columns = string.Join(", ", HistoryColumns.Names.Select(name => $"\"{name}\" REAL"));
        Execute(
            $"""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            PRAGMA busy_timeout = 5000;
            CREATE TABLE IF NOT EXISTS levels (session INTEGER, second INTEGER, time INTEGER, epoch INTEGER, underlying TEXT, {columns}, PRIMARY KEY (session, second)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS heat (session INTEGER, second INTEGER, time INTEGER, epoch INTEGER, spot REAL, strikes BLOB, netGex BLOB, PRIMARY KEY (session, second));
            CREATE TABLE IF NOT EXISTS changes (time INTEGER, kind INTEGER, bucket INTEGER, model INTEGER, epoch INTEGER, number INTEGER, before REAL, after REAL, spotBefore REAL, spot REAL, PRIMARY KEY (time, kind, bucket, model)) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS levels_by_second ON levels (second);
            CREATE INDEX IF NOT EXISTS heat_by_second ON heat (second);
            PRAGMA user_version = {SchemaVersion};
            """);
    }

    private void Run()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            int taken = 0;
            try { WriteQueued(ref taken); }
            catch (SqliteException failed)
            {
                // The dashboard goes on without; /healthz and /metrics say it.
                Volatile.Write(ref _failure, $"The history {Path} cannot be written: {failed.Message}");
                Interlocked.Add(ref _dropped, taken);
                // A disk that is full or gone is asked again once a second.
                Thread.Sleep(1000);
            }
            // A pause gathers what one transaction takes together.
            if (!_queue.Reader.Completion.IsCompleted) Thread.Sleep(100);
        }
    }

    private void WriteQueued(ref int taken)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        while (_queue.Reader.TryRead(out HistoryEntry? entry))
        {
            taken++;
            switch (entry)
            {
                case LevelsEntry levels: Write(levels); break;
                case HeatEntry heat: Write(heat); break;
                case ChangeEntry change: Write(change); break;
            }
        }
        transaction.Commit();
        Volatile.Write(ref _failure, null);
    }

    private void Write(LevelsEntry levels)
    {
        if (levels.Session != _keptSession) BeginSession(levels.Session);
        if (levels.Epoch != _knownEpoch) (_knownEpoch, _isKnownMarket) = (levels.Epoch, false);
        ForgetAnotherMarket(levels);
        SqliteCommand insert = Command(
            $"INSERT OR REPLACE INTO levels VALUES ($session, $second, $time, $epoch, $underlying, {string.Join(", ", HistoryColumns.Names.Select((_, column) => "$c" + column))})",
            ("$session", levels.Session), ("$second", Second(levels.MarkTimeNanos)), ("$time", levels.MarkTimeNanos), ("$epoch", (long)levels.Epoch), ("$underlying", levels.Underlying));
        for (int column = 0; column < levels.Values.Length; column++)
            insert.Parameters.AddWithValue("$c" + column, double.IsFinite(levels.Values[column]) ? levels.Values[column] : DBNull.Value);
        Run(insert);
    }

    private void Write(HeatEntry heat) => Run(Command(
        "INSERT OR REPLACE INTO heat VALUES ($session, $second, $time, $epoch, $spot, $strikes, $netGex)",
        ("$session", heat.Session), ("$second", Second(heat.MarkTimeNanos) / HeatSeconds * HeatSeconds), ("$time", heat.MarkTimeNanos), ("$epoch", (long)heat.Epoch), ("$spot", heat.Spot),
        ("$strikes", heat.StrikeBytes()), ("$netGex", heat.NetGexBytes())));

    private void Write(ChangeEntry entry)
    {
        LevelChange change = entry.Change;
        Run(Command(
            "INSERT OR REPLACE INTO changes VALUES ($time, $kind, $bucket, $model, $epoch, $number, $before, $after, $spotBefore, $spot)",
            ("$time", change.EventTimeNanos), ("$kind", (long)change.Kind), ("$bucket", (long)change.Bucket), ("$model", (long)change.Model), ("$epoch", (long)change.Epoch), ("$number", (long)change.Number),
            ("$before", change.HasBefore != 0 ? change.Before : DBNull.Value), ("$after", change.HasAfter != 0 ? change.After : DBNull.Value), ("$spotBefore", change.SpotBefore), ("$spot", change.Spot)));
    }

    private void BeginSession(int session)
    {
        _keptSession = session;
        Run(Command("DELETE FROM levels WHERE session NOT IN (SELECT DISTINCT session FROM levels UNION SELECT $session ORDER BY session DESC LIMIT $count)", ("$session", session), ("$count", _sessions)));
        Run(Command("DELETE FROM heat WHERE session <> $session AND session NOT IN (SELECT session FROM levels)", ("$session", session)));
        Run(Command("DELETE FROM changes WHERE time < (SELECT min(time) FROM levels)"));
    }

    private void ForgetAnotherMarket(LevelsEntry levels)
    {
        if (_isKnownMarket) return;
        using SqliteCommand seen = Command(
            "SELECT time, spot, underlying FROM levels WHERE session = $session AND second = $second AND epoch <> $epoch",
            ("$session", levels.Session), ("$second", Second(levels.MarkTimeNanos)), ("$epoch", (long)levels.Epoch));
        using SqliteDataReader row = seen.ExecuteReader();
        if (!row.Read() || row.IsDBNull(1)) return;
        double spot = levels.Values[0], before = row.GetDouble(1);
        bool isSameInstant = row.GetInt64(0) == levels.MarkTimeNanos;
        bool isSame = row.GetString(2) == levels.Underlying && (isSameInstant ? spot == before : Math.Abs(spot - before) <= SpotTolerance * before);
        row.Close();
        // Equal to the last bit at one instant: the same market, which need not be asked about again in this epoch.
        _isKnownMarket = isSame && isSameInstant;
        if (isSame) return;
        (string, object) session = ("$session", levels.Session), epoch = ("$epoch", (long)levels.Epoch);
        Run(Command("DELETE FROM changes WHERE epoch <> $epoch AND time BETWEEN (SELECT min(time) FROM levels WHERE session = $session) AND (SELECT max(time) FROM levels WHERE session = $session)", session, epoch));
        Run(Command("DELETE FROM levels WHERE session = $session AND epoch <> $epoch", session, epoch));
        Run(Command("DELETE FROM heat WHERE session = $session AND epoch <> $epoch", session, epoch));
    }

    private static long Second(long nanos) => nanos / UnixNanos.PerSecond;

    private SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> values)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        foreach ((string name, object value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }

    private static void Run(SqliteCommand command)
    {
        using (command) command.ExecuteNonQuery();
    }

    private void Execute(string text) => Run(Command(text));

    private static object? Scalar(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }
}
