using System.Text.RegularExpressions;
using DealerFlow.Feed;
using DealerFlow.Tests;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary>What is committed for readers in other languages is what the program prints from the structs.</summary>
public sealed class LayoutTests : IDisposable
{
    private const string Remedy = "Run: dotnet run -c Release --project tools/dealerflow -- layout --write src/readers";

    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void The_committed_C_header_is_what_the_program_prints() =>
        Assert.True(_room.Run("layout", "--lang", "c").Succeeded() == File.ReadAllText(ReaderPrograms.C("dealerflow_layout.h")), Remedy);

    [Fact]
    public void The_committed_Python_reader_holds_what_the_program_prints() =>
        Assert.True(File.ReadAllText(ReaderPrograms.Python("dealerflow_feed.py")).Contains(_room.Run("layout", "--lang", "python").Succeeded(), StringComparison.Ordinal), Remedy);

    [Fact]
    public void As_text_it_is_what_the_hash_is_of() => Assert.Equal(FeedLayout.Text + "\n", _room.Run("layout", "--lang", "text").Succeeded());

    [Fact]
    public void Writing_puts_both_in_their_places_and_leaves_the_rest()
    {
        Directory.CreateDirectory(_room.Path("c"));
        Directory.CreateDirectory(_room.Path("python"));
        string reader = File.ReadAllText(ReaderPrograms.Python("dealerflow_feed.py")), old = reader.Replace($"{FeedLayout.Hash:X16}", "1", StringComparison.Ordinal);
        Assert.NotEqual(reader, old);
        _room.Write("c/dealerflow_layout.h", "");
        _room.Write("python/dealerflow_feed.py", old);
        Assert.Equal(0, _room.Run("layout", "--write", _room.Folder).ExitCode);
        Assert.Equal(File.ReadAllText(ReaderPrograms.C("dealerflow_layout.h")), File.ReadAllText(_room.Path("c/dealerflow_layout.h")));
        Assert.Equal(reader, File.ReadAllText(_room.Path("python/dealerflow_feed.py")));

        _room.Write("python/dealerflow_feed.py", "nothing");
        Assert.NotEqual(0, _room.Run("layout", "--write", _room.Folder).ExitCode);
        Assert.Equal("nothing", File.ReadAllText(_room.Path("python/dealerflow_feed.py")));
    }

    [Fact]
    public void A_layout_in_no_language_is_a_question_of_usage()
    {
        _room.Run("layout").Refused(2);
        _room.Run("layout", "--lang", "c", "--write", _room.Folder).Refused(2);
        _room.Run("layout", "--lang", "cobol").Refused(2);
    }

    [Fact]
    public void Every_field_of_the_layout_is_in_a_table_of_the_documentation_at_its_offset()
    {
        string[] rows = [.. File.ReadAllLines(Path.Combine(Repository.Root, "docs/wire-format.md")).Where(line => line.StartsWith('|'))];
        foreach (string line in FeedLayout.Text.Split('\n'))
        {
            string[] words = line.Split(' ');
            // Rows that fill a struct are explained in the sentence above the table of one row.
            if (words is [var offset, _, not "Rows" and var field])
                Assert.True(Array.Exists(rows, row => Regex.IsMatch(row, $@"^\| {offset} \|.*\b{field}\b")), $"docs/wire-format.md has no {field} at offset {offset}");
        }
    }

    [Fact]
    public void States_and_errors_have_one_name_in_every_language()
    {
        string header = _room.Run("layout", "--lang", "c").Succeeded(), python = _room.Run("layout", "--lang", "python").Succeeded();
        foreach (string name in (string[])[.. Enum.GetNames<FeedState>(), .. Enum.GetNames<FeedError>(), .. Enum.GetNames<SnapshotReadStatus>()])
        {
            Assert.Contains($"return \"{name}\";", header);
            Assert.Contains($", \"{name}\"\n", python);
        }
    }
}
