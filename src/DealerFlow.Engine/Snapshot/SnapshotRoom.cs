namespace DealerFlow.Engine;

/// <summary>How large a snapshot can become during a session.</summary>
/// <param name="Strikes">Strike rows.</param>
/// <param name="Expiries">Expiry rows.</param>
public readonly record struct SnapshotRoom(int Strikes, int Expiries);
