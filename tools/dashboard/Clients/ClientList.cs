namespace DealerFlow.Dashboard;

/// <summary>The streams of one feed, and what became of them.</summary>
internal sealed class ClientList(TimeSpan stuckAfter)
{
    private readonly Lock _gate = new();
    private EventClient[] _clients = [];
    private long _conflated;
    private long _letGo;

    public int Count => Volatile.Read(ref _clients).Length;

    /// <summary>Events that some client did not get.</summary>
    public long Conflated => Interlocked.Read(ref _conflated);

    /// <summary>Clients whose connection was cut because they took nothing any more.</summary>
    public long LetGo => Interlocked.Read(ref _letGo);

    public EventClient Add(Action abort)
    {
        var client = new EventClient(abort, () => Interlocked.Increment(ref _conflated));
        // The list is replaced as a whole, so that whoever goes through it needs no lock.
        lock (_gate) Volatile.Write(ref _clients, [.. _clients, client]);
        return client;
    }

    public void Remove(EventClient client)
    {
        lock (_gate) Volatile.Write(ref _clients, [.. _clients.Where(other => other != client)]);
    }

    public void Show(ReadOnlyMemory<byte> snapshot)
    {
        foreach (EventClient client in Volatile.Read(ref _clients)) client.Show(snapshot);
    }

    public void Tell(ReadOnlyMemory<byte> notice)
    {
        foreach (EventClient client in Volatile.Read(ref _clients)) client.Tell(notice);
    }

    public void LetStuckOnesGo()
    {
        foreach (EventClient client in Volatile.Read(ref _clients))
            if (client.IsStuck(stuckAfter) && client.TryLetGo()) Interlocked.Increment(ref _letGo);
    }
}
