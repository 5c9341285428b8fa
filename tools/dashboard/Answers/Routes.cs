namespace DealerFlow.Dashboard;

/// <summary>Every address that is answered besides the files of the page.</summary>
internal static class Routes
{
    public const string Feeds = "/api/v1/feeds";
    public const string Levels = "/api/v1/levels";
    public const string Strikes = "/api/v1/strikes";
    public const string Profile = "/api/v1/profile";
    public const string History = "/api/v1/history";
    public const string Heat = "/api/v1/heat";
    public const string Changes = "/api/v1/changes";
    public const string Events = "/api/v1/events";
    public const string Control = "/api/v1/control";
    public const string OpenApi = "/api/v1/openapi.json";
    public const string Metrics = "/metrics";
    public const string Health = "/healthz";
    public const string Learn = "/learn/{topic}";
}
