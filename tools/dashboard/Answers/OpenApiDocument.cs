using System.Reflection;

namespace DealerFlow.Dashboard;

/// <summary>The description of the interface, OpenAPI 3.1, written by hand and compared with the routes by a test.</summary>
internal static class OpenApiDocument
{
    public static byte[] Bytes { get; } = Read();

    private static byte[] Read()
    {
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("openapi.json")!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
