using System.Diagnostics;
using DealerFlow.Tests;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>The readers in C and Python, and the compilers and interpreters that they need. What is absent skips a test, with its name.</summary>
internal static class ReaderPrograms
{
    /// <summary>Every warning is an error.</summary>
    public static readonly string[] Strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wconversion"];

    private static readonly string Readers = Path.Combine(Repository.Root, "src/readers");
    private static readonly string TestReaders = Path.Combine(Repository.Root, "tests/DealerFlow.Conformance/Readers");

    /// <summary>A file of the C reader.</summary>
    public static string C(string file) => Path.Combine(Readers, "c", file);

    /// <summary>A file of the Python reader.</summary>
    public static string Python(string file) => Path.Combine(Readers, "python", file);

    /// <summary>A program of the tests that uses a reader.</summary>
    public static string OfTests(string file) => Path.Combine(TestReaders, file);

    /// <summary>gcc, or clang under whatever name the distribution gives it.</summary>
    public static string Compiler(string name)
    {
        string[] names = [name, .. Enumerable.Range(11, 20).Reverse().Select(version => $"{name}-{version}")];
        string? found = names.Select(OnPath).FirstOrDefault(path => path is not null);
        if (found is null) Repository.SkipOrFail($"There is no {name} on the path; install it to run this test (Debian: apt-get install {name}).");
        return found!;
    }

    /// <summary>Compiles one file of C and gives the program.</summary>
    public static string Compile(Workspace room, string source, string compiler = "gcc", params string[] flags)
    {
        string program = room.Path($"{Path.GetFileNameWithoutExtension(source)}-{Guid.NewGuid():N}");
        Outcome compiled = TryCompile(room, source, program, compiler, flags);
        Assert.True(compiled.ExitCode == 0, compiled.ToString());
        return program;
    }

    /// <summary>The same with checks of every access and every operation built in, where the compiler has them; once for each workspace.</summary>
    public static string CompileChecked(Workspace room, string source)
    {
        string program = room.Path($"{Path.GetFileNameWithoutExtension(source)}-checked");
        if (File.Exists(program)) return program;
        Outcome compiled = TryCompile(room, source, program, "gcc", ["-std=gnu11", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
        return compiled.ExitCode == 0 ? program : Compile(room, source, "gcc", "-std=gnu11", "-O1");
    }

    /// <summary>Starts a compiled program.</summary>
    public static RunningProgram Start(Workspace room, string program, params string[] arguments) => room.Start(new ProcessStartInfo(program, arguments));

    /// <summary>Starts a script with the Python reader in reach.</summary>
    public static RunningProgram StartPython(Workspace room, string script, params string[] arguments) => StartPython(room, "python3", script, arguments);

    /// <summary>The same with one of several interpreters.</summary>
    public static RunningProgram StartPython(Workspace room, string interpreter, string script, string[] arguments)
    {
        string? python = OnPath(interpreter);
        if (python is null) Repository.SkipOrFail("There is no python3 on the path; install Python 3 to run this test.");
        var start = new ProcessStartInfo(python!, [script, .. arguments]);
        start.Environment["PYTHONPATH"] = Path.Combine(Readers, "python");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return room.Start(start);
    }

    /// <summary>An interpreter that has NumPy: the one on the path, or the system's own.</summary>
    public static string PythonWithNumPy(Workspace room)
    {
        string script = room.Write("has_numpy.py", "import numpy\n");
        foreach (string interpreter in (ReadOnlySpan<string>)["python3", "/usr/bin/python3"])
            if (OnPath(interpreter) is not null && StartPython(room, interpreter, script, []).WaitForEnd().ExitCode == 0) return interpreter;
        Repository.SkipOrFail("No Python on the path has NumPy; install it to run this test (Debian: apt-get install python3-numpy).");
        throw new UnreachableException();
    }

    private static Outcome TryCompile(Workspace room, string source, string program, string compiler, string[] flags) =>
        Start(room, Compiler(compiler), [.. Strict, .. flags, "-I", Path.Combine(Readers, "c"), "-o", program, source]).WaitForEnd();

    private static string? OnPath(string name)
    {
        if (Path.IsPathRooted(name)) return File.Exists(name) ? name : null;
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
