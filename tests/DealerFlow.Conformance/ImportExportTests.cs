using System.Runtime.InteropServices;
using System.Text.Json;
using DealerFlow.Tape;
using DealerFlow.Wire;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>import</c>, <c>export</c>, <c>inspect</c> and <c>verify</c> as processes.</summary>
public sealed class ImportExportTests(SyntheticTape tape) : IDisposable
{
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_tape_that_goes_out_as_csv_comes_back_with_the_same_ticks()
    {
        string csv = _room.Path("market.csv"), back = _room.Path("back.dftape");
        JsonElement exported = _room.Run("export", tape.Path, "--out", csv, "--json").Json();
        JsonElement imported = _room.Run("import", csv, "--out", back, "--json").Json();
        long ticks = exported.GetProperty("ticks").GetInt64();
        Assert.Equal((ticks, ticks, ticks), (imported.GetProperty("rows").GetInt64(), imported.GetProperty("taken").GetInt64(), imported.GetProperty("ticks").GetInt64()));
        using TapeReader one = TapeReader.Open(tape.Path), other = TapeReader.Open(back);
        Dictionary<uint, string> ofOne = Symbols(one), ofOther = Symbols(other);
        Tick[] left = ReadAll(one), right = ReadAll(other);
        Assert.Equal(left.Length, right.Length);
        for (int i = 0; i < left.Length; i++)
        {
            Assert.Equal(ofOne[left[i].InstrumentId], ofOther[right[i].InstrumentId]);
            // The import has four decimals, the market two.
            Tick scaled = left[i] with { InstrumentId = right[i].InstrumentId };
            if (scaled.Kind == TickKind.Quote) (scaled.Bid, scaled.Ask) = (scaled.Bid * 100, scaled.Ask * 100);
            else if (scaled.Kind is TickKind.Trade) scaled.Price *= 100;
            else if (scaled.Kind is TickKind.Spot) scaled.Price = right[i].Price;
            Assert.Equal(scaled, right[i]);
        }
    }

    [Theory]
    [InlineData(".parquet", "PAR1")]
    [InlineData(".arrow", "ARROW1")]
    [InlineData(".csv.gz", "\u001f")]
    public async Task Every_form_holds_the_rows_of_the_csv(string ending, string magic)
    {
        string path = _room.Path("market" + ending), csv = _room.Path("market.csv");
        _room.Run("export", tape.Path, "--out", path, "--json").Json();
        _room.Run("export", tape.Path, "--out", csv, "--json").Json();
        Assert.StartsWith(magic, System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(path)[..6]), StringComparison.Ordinal);
        string[][] expected = [.. File.ReadLines(csv).Skip(1).Select(line => line.Split(','))];
        List<string[]> rows = ending switch
        {
            ".parquet" => await ExportedFile.ReadParquet(path),
            ".arrow" => await ExportedFile.ReadArrow(path),
            _ => ExportedFile.ReadZippedCsv(path),
        };
        Assert.Equal(expected.Length, rows.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            for (int column = 0; column < expected[i].Length; column++)
            {
                // What a kind does not have is empty in a text and 0 in a column of numbers.
                string wanted = expected[i][column], found = rows[i][column];
                Assert.True(wanted == found || (wanted.Length == 0 && found == "0"), $"row {i}, column {column}: '{found}', not '{wanted}'");
            }
        }
        Assert.Contains("exists already", _room.Run("export", tape.Path, "--out", path).Refused(2));
        Assert.Contains("none of the endings", _room.Run("export", tape.Path, "--out", _room.Path("market.xls")).Refused(2));
    }

    [Fact]
    public void Inspect_counts_what_is_on_a_tape_and_verify_finds_it_sound()
    {
        JsonElement inspected = _room.Run("inspect", tape.Path, "--json").Json(), verified = _room.Run("verify", tape.Path, "--json").Json();
        using TapeReader reader = TapeReader.Open(tape.Path);
        Tick[] ticks = ReadAll(reader);
        JsonElement kinds = inspected.GetProperty("kinds");
        Assert.Equal(ticks.Length, inspected.GetProperty("ticks").GetInt32());
        Assert.Equal(ticks.Length, verified.GetProperty("ticks").GetInt32());
        Assert.Equal(ticks.Count(tick => tick.Kind == TickKind.Quote && (tick.Flags & TickFlags.NationalBest) != 0), kinds.GetProperty("nationalBestQuotes").GetInt32());
        Assert.Equal(ticks.Count(tick => tick.Kind == TickKind.Trade), kinds.GetProperty("trades").GetInt32());
        Assert.Equal(ticks.Count(tick => tick.Kind == TickKind.OpenInterest), kinds.GetProperty("openInterests").GetInt32());
        Assert.Equal(UnixNanos.ToIso(ticks[0].EventTimeNanos), inspected.GetProperty("first").GetString());
        long columns = inspected.GetProperty("columnBytes").EnumerateObject().Sum(column => column.Value.GetInt64());
        Assert.InRange(columns, ticks.Length, 10 * ticks.Length);
        Assert.Contains("bytes, per tick", _room.Run("inspect", tape.Path).Succeeded());
        Assert.Contains("sound", _room.Run("verify", tape.Path).Succeeded());

    }

    [Fact]
    public void C4_a_rotten_block_is_refused_or_passed_over_with_its_ticks_told()
    {
        using TapeReader reader = TapeReader.Open(tape.Path);
        Tick[] ticks = ReadAll(reader);
        string rotten = _room.Path("rotten.dftape");
        using (TapeWriter writer = TapeWriter.Create(rotten, reader.Definitions, reader.Metadata, ticksPerBlock: 5_000))
        {
            writer.Append(ticks);
            writer.Complete();
        }
        byte[] bytes = File.ReadAllBytes(rotten);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(rotten, bytes);
        Assert.Contains("is damaged", _room.Run("verify", rotten).Refused(3));
        Assert.Contains("is damaged", _room.Run("export", rotten, "--out", _room.Path("all.csv")).Refused(3));
        Outcome passed = _room.Run("export", rotten, "--skip-bad", "--out", _room.Path("rest.csv"), "--json");
        // A gap stands in the place of the 5,000.
        Assert.Equal(ticks.Length - 4_999, passed.Json().GetProperty("ticks").GetInt64());
        Assert.Contains("were passed over", Assert.Single(passed.Messages));
        Assert.Equal(ticks.Length - 4_999, _room.Run("replay", rotten, "--skip-bad", "--json").Json().GetProperty("ticks").GetInt64());
    }

    [Fact]
    public void Bad_rows_are_told_by_reason_and_strict_writes_nothing()
    {
        string csv = _room.Path("ticks.csv"), made = _room.Path("ticks.dftape");
        File.WriteAllText(csv, "ts_ns,kind,symbol,bid,ask,bid_size,ask_size,price,size\n1795532400000000000,S,SPX,,,,,6800,\nx,S,SPX,,,,,6800,\n1795532400000000000,T,SPX,,,,,1,1\n");
        Outcome outcome = _room.Run("import", csv, "--out", made, "--json");
        JsonElement imported = outcome.Json();
        Assert.Equal((3, 1), (imported.GetProperty("rows").GetInt32(), imported.GetProperty("taken").GetInt32()));
        Assert.Equal(1, imported.GetProperty("rejected").GetProperty("badTime").GetInt32());
        Assert.Equal(1, imported.GetProperty("rejected").GetProperty("unknownContract").GetInt32());
        Assert.Equal(2, outcome.Messages.Count);

        Outcome strict = _room.Run("import", csv, "--out", _room.Path("strict.dftape"), "--strict");
        Assert.Equal((3, 3), (strict.ExitCode, strict.Messages.Count));
        Assert.False(File.Exists(_room.Path("strict.dftape")));
        Assert.Contains("exists already", _room.Run("import", csv, "--out", made).Refused(2));
        Assert.Contains("'paper' is no format", _room.Run("import", csv, "--out", _room.Path("a.dftape"), "--format", "paper").Refused(2));
        File.WriteAllText(_room.Path("noise.txt"), "neither here nor there\n");
        Assert.Contains("none of the formats", _room.Run("import", _room.Path("noise.txt"), "--out", _room.Path("a.dftape")).Refused(1));
        Assert.Empty(Directory.GetFiles(_room.Path("."), "*.run*"));
    }

    // What somebody wrote into a tape is no formula of the spreadsheet that opens its export, and no second cell.
    [Theory]
    [InlineData("=1+2,3", "\"'=1+2,3\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@x", "\"'@x\"")]
    [InlineData("a\",=1", "\"'a',=1\"")]
    [InlineData("SPX", "SPX")]
    public void K7_a_symbol_that_looks_like_a_formula_is_quoted(string symbol, string cell)
    {
        string path = _room.Path("formula.dftape"), csv = _room.Path("formula.csv");
        using (TapeWriter writer = TapeWriter.Create(path, [new InstrumentDefinition { Root = Ascii8.From(symbol), PriceDecimals = 2 }], new Dictionary<string, string>()))
        {
            writer.Append([Tick.Spot(1_795_532_400_000_000_000, 0, 5)]);
            writer.Complete();
        }
        _room.Run("export", path, "--out", csv, "--json").Json();
        Assert.Contains($",S,{cell},", File.ReadAllText(csv), StringComparison.Ordinal);
    }

    // A terminal obeys what stands behind an escape: text from a file never brings one there.
    [Fact]
    public void K7_no_control_character_of_a_file_reaches_the_terminal()
    {
        const string escape = "\u001b[2J\u009b1m\u0007\r\u0008";
        string path = _room.Path("escape.dftape");
        Span<InstrumentDefinition> definitions = [new() { Root = Ascii8.From("SPX"), PriceDecimals = 2 }];
        MemoryMarshal.AsBytes(definitions).Slice((int)Marshal.OffsetOf<InstrumentDefinition>(nameof(InstrumentDefinition.Root)), 3).Fill(0x1B);
        using (TapeWriter writer = TapeWriter.Create(path, definitions, new Dictionary<string, string> { ["note" + escape] = "text" + escape + "[red]" }))
        {
            writer.Append([Tick.Spot(1_795_532_400_000_000_000, 0, 5)]);
            writer.Complete();
        }
        AssertPlain(_room.Run("inspect", path));
        AssertPlain(_room.Run("inspect", path, "--json"));
        AssertPlain(_room.Run("replay", path));
        AssertPlain(_room.Run("export", path, "--out", _room.Path("escape.csv")));
        Assert.DoesNotContain('\u001b', File.ReadAllText(_room.Path("escape.csv")));

        AssertPlain(_room.Run("import", _room.Write("escape-ticks.csv", $"ts_ns,kind,symbol,bid,ask,bid_size,ask_size,price,size\n1,T,{escape.Replace('\r', ' ')},,,,,{escape[..4]},1\n"), "--out", _room.Path("a.dftape")));
        AssertPlain(_room.Run("levels", _room.Write("escape-chain.csv", $"{escape}\nCboe,{escape}\n")));
        AssertPlain(_room.Run("greeks", _room.Write("escape-prices.csv", $"spot,{escape}\n"), _room.Path("greeks.csv")));
        AssertPlain(_room.Run("replay", path, "--calendar", _room.Write("escape-calendar.txt", $"{escape}\n")));
        AssertPlain(_room.Run("replay", path, "--positions", _room.Write("escape-positions.csv", $"{escape}\n")));
    }

    private static void AssertPlain(Outcome outcome)
    {
        // Progress ends its line with a return.
        string all = outcome.Output + outcome.Error.Replace("\r", "", StringComparison.Ordinal);
        Assert.True(all.All(c => c == '\n' || !char.IsControl(c)), outcome.ToString().Replace('\u001b', '^'));
        Assert.NotEmpty(all);
    }

    private static Tick[] ReadAll(TapeReader reader)
    {
        var ticks = new Tick[reader.TickCount];
        for (int read = 0; read < ticks.Length;) read += reader.Read(ticks.AsSpan(read));
        return ticks;
    }

    private static Dictionary<uint, string> Symbols(TapeReader reader)
    {
        var symbols = new Dictionary<uint, string>();
        foreach (InstrumentDefinition each in reader.Definitions)
            symbols[each.InstrumentId] = $"{each.Root} {each.ExpiryDate} {each.StrikeMills} {each.Kind} {each.SettlementNanos} {each.Multiplier}";
        return symbols;
    }
}
