namespace DealerFlow.Dashboard;

/// <summary>What every answer carries, errors included: nothing foreign runs in the page, nobody frames it, no other site reads it.</summary>
internal static class AnswerHeaders
{
    public const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public static void Set(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        // Numbers of a moment: neither a browser nor anything between keeps them.
        headers.CacheControl = "no-store";
    }
}
