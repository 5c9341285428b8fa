namespace DealerFlow.Dashboard;

/// <summary>Every address that is answered besides the files of the page.</summary>
internal static class Routes
{
    public const string Feeds = "/api/v1/feeds";
    public const string Levels = "/api/v1/levels";
    public const string Events = "/api/v1/events";
    public const string Control = "/api/v1/control";
}
