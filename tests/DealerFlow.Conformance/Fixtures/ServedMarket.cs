namespace DealerFlow.Conformance;

/// <summary>The little market in a feed whose writer has ended, and a dashboard that serves it; for tests that change neither.</summary>
public sealed class ServedMarket : IDisposable
{
    public ServedMarket()
    {
        Tape = LittleMarket.WriteTape(Room.Path("little.dftape"), LittleMarket.Ticks(2));
        Room.Run("replay", Tape).Succeeded();
        Dashboard = new RunningDashboard(Room);
    }

    public Workspace Room { get; } = new();

    public string Tape { get; }

    internal RunningDashboard Dashboard { get; }

    public void Dispose()
    {
        Dashboard.Dispose();
        Room.Dispose();
    }
}
