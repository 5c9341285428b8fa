using System.Reflection;

namespace DealerFlow.Dashboard;

/// <summary>
/// The files of the page by the address under which each is asked for. A request chooses among these names and never makes up a path, so
/// there is nothing to break out of.
/// </summary>
internal sealed class PageFiles
{
    private const string Prefix = "page/";

    private readonly string? _folder;
    private readonly Dictionary<string, (byte[] Bytes, string Type)> _files = new(StringComparer.Ordinal);

    /// <param name="folder">Where they are read anew for every request, for work on the page; null = those within the program.</param>
    public PageFiles(string? folder)
    {
        _folder = folder;
        var assembly = Assembly.GetExecutingAssembly();
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using Stream resource = assembly.GetManifestResourceStream(name)!;
            using var bytes = new MemoryStream();
            resource.CopyTo(bytes);
            Add(name[Prefix.Length..].Replace('\\', '/'), bytes.ToArray(), _files);
        }
    }

    public bool TryFind(string path, out byte[] bytes, out string type)
    {
        bool isThere = Files().TryGetValue(path, out (byte[] Bytes, string Type) file);
        (bytes, type) = file;
        return isThere;
    }

    private Dictionary<string, (byte[] Bytes, string Type)> Files()
    {
        if (_folder is null) return _files;
        var files = new Dictionary<string, (byte[] Bytes, string Type)>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
            Add(Path.GetRelativePath(_folder, file), File.ReadAllBytes(file), files);
        return files;
    }

    private static void Add(string name, byte[] bytes, Dictionary<string, (byte[] Bytes, string Type)> files)
    {
        files["/" + name] = (bytes, TypeOf(name));
        if (name == "index.html") files["/"] = files["/index.html"];
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        ".json" or ".webmanifest" => "application/json; charset=utf-8",
        ".txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
}
