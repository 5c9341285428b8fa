namespace DealerFlow.Dashboard;

/// <summary>A file with the token that callers must show.</summary>
internal static class TokenFile
{
    private const int LeastLength = 16;

    /// <exception cref="IOException">The file is not there, others may read it, or there is no good token in it.</exception>
    public static string Read(string path)
    {
        if (!File.Exists(path)) throw new IOException($"The token file {path} does not exist; make one with (umask 077; openssl rand -hex 32 > {path}).");
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(path) & others) != 0) throw new IOException($"Others may read or write the token file {path}; take that from them with chmod 600 {path}.");
        string token = File.ReadAllText(path).Trim();
        if (token.Length < LeastLength || !token.All(char.IsAsciiLetterOrDigit))
            throw new IOException($"The token in {path} is no good: it wants at least {LeastLength} letters and digits, and nothing else.");
        return token;
    }
}
