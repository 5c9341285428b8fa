using Xunit;

namespace DealerFlow.Conformance;

/// <summary>The C reader compiles without a warning: two compilers, two languages, with and without optimization.</summary>
public sealed class ReaderCompileTests : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData("gcc", "c", "c11")]
    [InlineData("gcc", "c", "gnu2x")]
    [InlineData("gcc", "c++", "c++17")]
    [InlineData("clang", "c", "c11")]
    [InlineData("clang", "c", "gnu2x")]
    [InlineData("clang", "c++", "c++17")]
    public void The_C_reader_and_its_examples_compile_without_a_warning(string compiler, string language, string standard)
    {
        foreach (string example in (ReadOnlySpan<string>)["levels.c", "wait.c"])
            foreach (string optimization in (ReadOnlySpan<string>)["-O0", "-O2"])
                ReaderPrograms.Compile(_room, ReaderPrograms.C(example), compiler, "-x", language, $"-std={standard}", optimization);
    }

    [Fact]
    public void The_documented_command_makes_the_examples()
    {
        _ = ReaderPrograms.Compiler("gcc");
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(ReaderPrograms.C("levels.c"))!)) File.Copy(file, _room.Path(Path.GetFileName(file)));
        string[] commands = [.. File.ReadAllLines(_room.Path("README.md")).Where(line => line.StartsWith("cc ", StringComparison.Ordinal))];
        Assert.NotEmpty(commands);
        foreach (string command in commands) Assert.Equal(0, ReaderPrograms.Start(_room, "/bin/sh", "-c", command).WaitForEnd().ExitCode);
        Assert.Contains("there is no feed of this name", ReaderPrograms.Start(_room, _room.Path("levels")).WaitForEnd().Error);
    }
}
