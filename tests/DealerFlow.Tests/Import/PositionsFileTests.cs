using CsCheck;
using DealerFlow.Import;
using DealerFlow.Market;
using Xunit;

namespace DealerFlow.Tests;

public class PositionsFileTests
{
    private static PositionsFile Read(string text) => PositionsFile.Read(new StringReader(text), "positions.csv");

    [Fact]
    public void A_file_gives_contracts_and_signed_nets_in_file_order()
    {
        PositionsFile file = Read(
            "# customers' net since listing\n"
            + "symbol,net\n"
            + "SPXW240119C04700000,-1200\n"
            + "\n"
            + "SPX   240119P04800000,350\n"
            + "  # the rest\n"
            + "O:AMD1250117P00012500, +7 \n"
            + "\"QQQ240119C00400000\",\"1,500\"\n"
            + "IWM240119C00200000,-18.0,,\n"
            + "AAPL  250221C00250000,0\n");
        Assert.Equal(
        [
            ("SPXW240119C04700000", -1_200L), ("SPX240119P04800000", 350L), ("AMD1250117P00012500", 7L), ("QQQ240119C00400000", 1_500L),
            ("IWM240119C00200000", -18L), ("AAPL250221C00250000", 0L),
        ], file.Positions.Select(position => (position.Contract.ToString(), position.Net)));
        Assert.Equal(("positions.csv", false), (file.Source, file.LastLineIsOpen));
    }

    [Theory]
    [InlineData("\uFEFFsymbol,net\r\nSPX240119P04800000,-5\r\n", false)]
    [InlineData("\uFEFFSPX240119P04800000,-5", true)]
    [InlineData("Symbol , NET\rSPX   240119P04800000,-5\r", false)]
    [InlineData("#\n\"symbol\",\"net\"\nSPX240119P04800000,-5.0\n", false)]
    public void Marks_line_ends_quotes_and_a_header_change_nothing(string text, bool isOpen)
    {
        PositionsFile file = Read(text);
        var put = new OsiContract("SPX", new DateOnly(2024, 1, 19), OptionRight.Put, 4_800_000);
        Assert.Equal(new OutsidePosition(put, -5), Assert.Single(file.Positions));
        Assert.Equal(isOpen, file.LastLineIsOpen);
    }

    [Theory]
    [InlineData("1000000000", 1_000_000_000)]
    [InlineData("-1000000000", -1_000_000_000)]
    [InlineData("-1e9", -1_000_000_000)]
    [InlineData("-0", 0)]
    public void A_net_may_be_as_large_as_a_billion_either_way(string net, long expected) =>
        Assert.Equal(expected, Assert.Single(Read($"SPX240119P04800000,{net}\n").Positions).Net);

    // Each message names the line, says what is wrong and what to write.
    public static TheoryData<string, int, string, string> Bad => new()
    {
        { "", 0, "the file is empty", "one contract a line as 'symbol,net'" },
        { "# nothing\n\nsymbol,net\n", 3, "ends without a position", "one contract a line" },
        { "symbol,net\nsymbol,net\n", 2, "'symbol' is no option symbol", "root, YYMMDD, C or P" },
        { "net,symbol\n-5,SPX240119P04800000\n", 1, "'net' is no option symbol", "as in SPXW240119C04700000" },
        { "SPX240119X04800000,5\n", 1, "'SPX240119X04800000' is no option symbol", "C or P" },
        { "SPX 240119P04800000,5\n", 1, "'SPX 240119P04800000' is no option symbol", "eight digits" },
        { "SPX240119P04800000,5\nSP\u0007X240119P04800000,5\n", 2, "'SP?X240119P04800000' is no option symbol", "root" },
        { "SPX240119P04800000\n", 1, "does not have two fields", "as in 'SPXW240119C04700000,-1200'" },
        { "SPX240119P04800000;5\n", 1, "does not have two fields", "separated by one comma" },
        { "SPX240119P04800000,1,500\n", 1, "does not have two fields", "one contract a line" },
        { "\"SPX240119P04800000,5\n", 1, "does not have two fields", "one contract a line" },
        { "SPX240119P04800000,\n", 1, "net is ''", "as in -1200" },
        { "SPX240119P04800000,x\n", 1, "net is 'x'", "no whole number" },
        { "SPX240119P04800000,5 # five\n", 1, "net is '5 # five'", "no whole number" },
        { "SPX240119P04800000,0.5\n", 1, "net is '0.5'", "no whole number" },
        { "SPX240119P04800000,(5)\n", 1, "net is '(5)'", "'-' where customers are short" },
        { "SPX240119P04800000,\u22125\n", 1, "net is '\u22125'", "as in -1200" },
        { "SPX240119P04800000,NaN\n", 1, "net is 'NaN'", "no whole number" },
        { "SPX240119P04800000,1e999\n", 1, "net is '1e999'", "no whole number" },
        { "SPX240119P04800000,1000000001\n", 1, "beyond 1,000,000,000 contracts", "correct the row" },
        { "SPX240119P04800000,-1000000001\n", 1, "beyond 1,000,000,000 contracts", "correct the row" },
        { "SPX240119P04800000,9223372036854775808\n", 1, "beyond 1,000,000,000 contracts", "correct the row" },
        { "#\nSPX240119P04800000,5\nSPX240119C04800000,5\nSPX   240119P04800000,5\n", 4, "SPX240119P04800000 stands in line 2", "add the two" },
        { "SPX240119P04800000,5\nSPX240119C04800000,\05\n", 2, "zero byte", "no plain text" },
        { "SPX240119P04800000,5\n" + new string('#', LineReader.MaxLineLength + 1) + "\n", 2, "longer than any row", "one contract a line" },
    };

    [Theory, MemberData(nameof(Bad))]
    public void A_wrong_row_refuses_the_file_and_says_line_trouble_and_remedy(string text, int line, string trouble, string remedy)
    {
        InputFormatException refusal = Assert.Throws<InputFormatException>(() => Read(text));
        Assert.Equal(("positions.csv", line), (refusal.SourceName, refusal.Line));
        Assert.Contains(trouble, refusal.Reason);
        Assert.Contains(remedy, refusal.Reason);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Fact]
    public void A_file_is_read_and_what_the_file_system_objects_to_is_said()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("positions.csv");
        Assert.Contains("no such file", Assert.Throws<InputFormatException>(() => PositionsFile.Read(path)).Message);
        Assert.Contains("directory", Assert.Throws<InputFormatException>(() => PositionsFile.Read(Path.GetDirectoryName(path)!)).Message);
        File.WriteAllText(path, "symbol,net\nSPX240119P04800000,x\n");
        Assert.StartsWith($"{path}, line 2: net is 'x'", Assert.Throws<InputFormatException>(() => PositionsFile.Read(path)).Message);
        File.WriteAllText(path, "symbol,net\nSPX240119P04800000,-3\n", System.Text.Encoding.Unicode);
        Assert.Equal(-3, Assert.Single(PositionsFile.Read(path).Positions).Net);
    }

    [Fact]
    public void A_text_without_end_is_refused() =>
        Assert.Contains("268,435,456", Assert.ThrowsAny<InputFormatException>(() => PositionsFile.Read(new EndlessLines(), "endless.csv")).Reason);

    private static readonly Gen<OutsidePosition[]> Some = Gen.Select(
        Gen.String[Gen.Char["ABCXYZ"], 1, 6], Gen.Int[0, 5_000], Gen.Bool, Gen.Long[1, 99_999_999],
        Gen.Long[-PositionsFile.MaxNet, PositionsFile.MaxNet],
        (root, days, call, mills, net) => new OutsidePosition(
            new OsiContract(root, new DateOnly(2015, 1, 1).AddDays(days), call ? OptionRight.Call : OptionRight.Put, mills), net))
        .Array[1, 20].Select(positions => positions.DistinctBy(position => position.Contract).ToArray());

    [Fact]
    public void What_is_written_in_either_spelling_reads_back() => Gen.Select(Some, Gen.Bool).Sample((positions, isPadded) =>
    {
        IEnumerable<string> rows = positions.Select(position =>
            $"{(isPadded ? OsiSymbol.FormatPadded(position.Contract) : position.Contract.ToString())},{position.Net}\n");
        return Read(string.Concat(rows)).Positions.SequenceEqual(positions);
    });

    [Fact]
    public void Any_text_is_read_or_refused_and_never_anything_else() =>
        Gen.Select(Some, Gen.Int[0, 1_000], Gen.Char).Sample((positions, at, c) =>
        {
            string text = string.Concat(positions.Select(position => $"{position.Contract},{position.Net}\n"));
            text = text.Insert(at % text.Length, c.ToString());
            try
            {
                Assert.All(Read(text).Positions, position => Assert.InRange(position.Net, -PositionsFile.MaxNet, PositionsFile.MaxNet));
            }
            catch (InputFormatException refusal)
            {
                Assert.InRange(refusal.Line, 0, positions.Length + 1);
            }
        });

    private sealed class EndlessLines : TextReader
    {
        public override int Read(Span<char> buffer)
        {
            buffer.Fill('\n');
            return buffer.Length;
        }
    }
}
