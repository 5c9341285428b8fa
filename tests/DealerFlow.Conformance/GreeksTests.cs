using System.Globalization;
using DealerFlow.Tests;
using Xunit;

namespace DealerFlow.Conformance;

/// <summary><c>greeks</c>: a CSV file of prices becomes the same file with implied volatilities and Greeks.</summary>
public sealed class GreeksTests : IDisposable
{
    private const string Header = "spot,forward,strike,years,discount,right,price";
    private const string Added = "status,iv,delta,gamma,vega,theta,vanna,charm,vomma,speed,zomma,color";
    private readonly Workspace _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void Volatility_and_gamma_match_published_values()
    {
        string[] rows =
        [
            // Haug (1998), p. 39: S 55, K 60, r 0.10, b 0.10, T 0.75, sigma 0.30: gamma 0.0278.
            Row(55, 55 * Math.Exp(0.10 * 0.75), 60, 0.75, Math.Exp(-0.10 * 0.75), isCall: true, volatility: 0.30),
            // An in-the-money call on which Newton's method is known to fail; sigma by 60-digit arithmetic.
            string.Create(CultureInfo.InvariantCulture,
                $"4753.63,{4753.63 * Math.Exp(0.0525 * 0.13870843734533175):R},4085,0.13870843734533175,{Math.Exp(-0.0525 * 0.13870843734533175):R},C,701.3994"),
        ];
        string[][] answers = Solve(rows);
        Assert.Equal(0.30, Number(answers[0], "iv"), 1e-13);
        Assert.Equal(0.0278, Number(answers[0], "gamma"), 0.00005);
        Assert.Equal("Ok", answers[1][7]);
        Assert.Equal(0.215179753507, Number(answers[1], "iv"), 1e-11);
    }

    [Theory]
    [InlineData(6000, 6010, 6100, 0.05, 0.995, 0.14)]
    [InlineData(6000, 5990, 5200, 0.5, 0.97, 0.25)]
    [InlineData(100, 103, 100, 2, 0.9, 0.6)]
    [InlineData(6000, 6000.5, 6003, 0.0005, 0.99999, 0.2)]
    public void Greeks_are_the_derivatives_of_the_price(double spot, double forward, double strike, double years, double discount, double volatility)
    {
        string[][] answers = Solve(
            Row(spot, forward, strike, years, discount, isCall: true, volatility), Row(spot, forward, strike, years, discount, isCall: false, volatility));
        double rate = -Math.Log(discount) / years, carry = Math.Log(forward / spot) / years;
        for (int i = 0; i < 2; i++)
        {
            bool isCall = i == 0;
            double Price(double s, double sigma, double t) =>
                ScalarBlack.Price(isCall, s * Math.Exp(carry * t), strike, Math.Exp(-rate * t), sigma * Math.Sqrt(t));
            double ds = spot * 1e-4 * Math.Sqrt(years), dv = 1e-4, dt = years * 1e-4;
            double Delta(double sigma, double t) => (Price(spot + ds, sigma, t) - Price(spot - ds, sigma, t)) / (2 * ds);
            Assert.Equal("Ok", answers[i][7]);
            Near(volatility, Number(answers[i], "iv"), 1e-9);
            Near(Delta(volatility, years), Number(answers[i], "delta"), 1e-5);
            Near((Price(spot + ds, volatility, years) - (2 * Price(spot, volatility, years)) + Price(spot - ds, volatility, years)) / (ds * ds),
                Number(answers[i], "gamma"), 1e-3);
            Near((Price(spot, volatility + dv, years) - Price(spot, volatility - dv, years)) / (2 * dv), Number(answers[i], "vega"), 1e-5);
            Near(-(Price(spot, volatility, years + dt) - Price(spot, volatility, years - dt)) / (2 * dt), Number(answers[i], "theta"), 1e-5);
            Near((Delta(volatility + dv, years) - Delta(volatility - dv, years)) / (2 * dv), Number(answers[i], "vanna"), 1e-4);
            Near(-(Delta(volatility, years + dt) - Delta(volatility, years - dt)) / (2 * dt), Number(answers[i], "charm"), 1e-4);
        }
        foreach (string same in (ReadOnlySpan<string>)["gamma", "vega", "vanna"]) Near(Number(answers[0], same), Number(answers[1], same), 1e-9);
    }

    [Theory]
    [InlineData("100,100,50,1,1,C,49", "BelowIntrinsic")]
    [InlineData("100,100,50,1,1,C,50", "BelowIntrinsic")]
    [InlineData("100,100,50,1,1,C,101", "AboveMax")]
    [InlineData("100,100,150,1,1,C,100", "AboveMax")]
    [InlineData("100,100,50,1,1,C,50.0000000001", "IllConditioned")]
    [InlineData("100,100,50,0,1,C,51", "Expired")]
    [InlineData("100,100,50,-1,1,C,51", "Expired")]
    [InlineData("100,NaN,50,1,1,C,51", "Invalid")]
    [InlineData("100,100,-50,1,1,C,51", "Invalid")]
    [InlineData("100,100,50,1,1,C,1e999", "Invalid")]
    [InlineData("100,100,50,1,0,C,51", "Invalid")]
    public void A_row_without_an_answer_has_a_status_and_empty_cells(string row, string status)
    {
        string[] answer = Solve(row)[0];
        Assert.Equal(row, string.Join(',', answer[..7]));
        Assert.Equal(status, answer[7]);
        Assert.All(answer[8..], cell => Assert.Equal("", cell));
        Assert.Equal(19, answer.Length);
    }

    [Fact]
    public void Rows_keep_their_bits_in_any_company()
    {
        // More than one block of columns, and no multiple of a vector: each row alone and in the crowd.
        string[] rows = [.. Enumerable.Range(0, 5003).Select(i =>
        {
            double unit = Math.Pow(10, (i % 13) - 6); // answers of every size, and so in every form of writing
            return Row(100 * unit, 101 * unit, (60 + (i % 83)) * unit, 0.01 + (i % 7), 0.99, i % 2 == 0, 0.1 + (i % 11 * 0.05));
        })];
        string[][] crowd = Solve(rows);
        Assert.Equal(rows.Length, crowd.Length);
        int[] some = [0, 1, 7, 8, 4095, 4096, 4097, 5002];
        string[][] few = Solve([.. some.Select(i => rows[i])]);
        for (int i = 0; i < some.Length; i++) Assert.Equal(crowd[some[i]], few[i]);
        // Round trip: what is printed is the shortest text of exactly that double.
        foreach (string cell in crowd.SelectMany(row => row[8..]).Where(cell => cell.Length > 0))
            Assert.Equal(cell, double.Parse(cell, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_pipe_is_as_good_as_a_file()
    {
        string row = Row(100, 101, 110, 0.5, 0.99, isCall: true, 0.2);
        string[][] fromFile = Solve(row);
        string piped = _room.RunReading($"{Header}\n{row}\n", "greeks", "-", "-").Succeeded();
        Assert.Equal($"{Header},{Added}\n{string.Join(',', fromFile[0])}\n", piped);
        // A device is written to and not replaced.
        Assert.Equal(piped, _room.RunReading($"{Header}\n{row}\n", "greeks", "-", "/dev/fd/1").Succeeded());
    }

    [Theory]
    [InlineData("spot,strike\n", "line 1")]
    [InlineData("", "line 1")]
    [InlineData(Header + "\n100,100,100,1,1,C,8\n100,100,100,1,1,X,8\n", "line 3: right is 'X'")]
    [InlineData(Header + "\n100,100,100,1,1,C,8\n\n100,100,100,1,1,C\n", "line 4: 6 cells")]
    [InlineData(Header + "\n100,100,hundred,1,1,C,8\n", "line 2: strike is 'hundred'; write a number")]
    public void A_file_that_cannot_be_read_is_refused_and_nothing_is_written(string text, string told)
    {
        string sentence = _room.Run("greeks", _room.Write("in.csv", text), "out.csv").Refused(1);
        Assert.Contains("in.csv, ", sentence);
        Assert.Contains(told, sentence);
        Assert.Equal(["in.csv"], Directory.GetFiles(_room.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void An_answer_is_not_overwritten_unless_asked()
    {
        string input = _room.Write("in.csv", $"{Header}\n{Row(100, 101, 110, 0.5, 0.99, true, 0.2)}\n");
        _room.Write("out.csv", "precious");
        Assert.Contains("--force", _room.Run("greeks", input, "out.csv").Refused(2));
        Assert.Equal("precious", File.ReadAllText(_room.Path("out.csv")));
        _room.Run("greeks", input, "out.csv", "--force").Succeeded();
        Assert.StartsWith(Header, File.ReadAllText(_room.Path("out.csv")));
        Assert.Contains("missing.csv does not exist", _room.Run("greeks", "missing.csv", "new.csv").Refused(1));
    }

    [Fact]
    public void A_file_larger_than_memory_passes()
    {
        // 24 MB in and more than 100 MB out with 8 MB for everything that the runtime keeps.
        const int Rows = 500_000;
        WriteRows("in.csv", Rows);
        Assert.True(new FileInfo(_room.Path("in.csv")).Length > 20_000_000);
        Outcome outcome = _room.RunWith("DOTNET_GCHeapHardLimit", "0x800000", "greeks", "in.csv", "out.csv");
        outcome.Succeeded();
        Assert.Contains("500,000 rows in ", outcome.Error);
        Assert.Contains(" rows/s: 400,000 Ok, 100,000 BelowIntrinsic.", outcome.Error);
        string[] firstAnswers = [], lastAnswers = [];
        int count = -1;
        foreach (string line in File.ReadLines(_room.Path("out.csv")))
        {
            count++;
            if (count is >= 1 and <= 5) firstAnswers = [.. firstAnswers, line];
            if (count > Rows - 5) lastAnswers = [.. lastAnswers, line];
        }
        Assert.Equal(Rows, count);
        Assert.Equal(firstAnswers, lastAnswers);
    }

    [Fact]
    public void A_file_without_line_ends_is_refused_at_once()
    {
        File.WriteAllBytes(_room.Path("in.csv"), [.. Enumerable.Repeat((byte)'1', 20_000_000)]);
        string sentence = _room.RunWith("DOTNET_GCHeapHardLimit", "0x800000", "greeks", "in.csv", "out.csv").Refused(1);
        Assert.Contains("in.csv, line 1: ", sentence);
        Assert.Contains("without a line end", sentence);
        Assert.Equal(["in.csv"], Directory.GetFiles(_room.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void An_interrupted_run_leaves_no_file_and_says_so()
    {
        WriteRows("in.csv", 500_000);
        RunningProgram program = _room.Start("greeks", "in.csv", "out.csv");
        Eventually.True(() => File.Exists(_room.Path("out.csv.partial")), "a first row", program);
        program.Interrupt();
        Assert.Contains("out.csv was not written", program.WaitForEnd().Refused(130));
        Assert.Equal(["in.csv"], Directory.GetFiles(_room.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_second_run_to_the_same_file_is_refused_and_leaves_the_first_alone()
    {
        WriteRows("in.csv", 10);
        // What a first run holds open.
        using (new FileStream(_room.Path("out.csv.partial"), FileMode.Create, FileAccess.Write, FileShare.None))
            Assert.Contains("another run may be writing to the same file", _room.Run("greeks", "in.csv", "out.csv").Refused(1));
        Assert.True(File.Exists(_room.Path("out.csv.partial")));
    }

    [Fact]
    public void A_file_in_shared_memory_is_a_file()
    {
        string path = $"/dev/shm/greeks-{Environment.ProcessId}.csv";
        try
        {
            WriteRows("in.csv", 10);
            Assert.Equal(0, _room.Run("greeks", "in.csv", path).ExitCode);
            Assert.Equal(11, File.ReadLines(path).Count());
            Assert.Contains("--force", _room.Run("greeks", "in.csv", path).Refused(2));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_bad_row_in_a_pipe_tells_how_many_rows_are_good()
    {
        string good = Row(100, 101, 110, 0.5, 0.99, isCall: true, 0.2);
        Outcome outcome = _room.RunReading($"{Header}\n{good}\n{good}\n100,100,1x0,1,1,C,8\n{good}\n", "greeks", "-", "-");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("stdin, line 4: strike is '1x0'; write a number", outcome.Messages.Single());
        Assert.EndsWith("Rows written before it: 2.", outcome.Messages.Single());
        Assert.Equal(3, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.EndsWith("\n", outcome.Output);
    }

    [Theory]
    [InlineData("6000", "6000.0")]
    [InlineData("6000.25", " 6000.25 ")]
    [InlineData("6000.25", "6.00025e3")]
    [InlineData("6000.25", "+06000.250000000000000000000")]
    [InlineData("0.1", ".1")]
    [InlineData("123456789012345678", "123456789012345678.0")]
    [InlineData("9007199254740993", "9007199254740993.0")]
    [InlineData("0.12345678901234567", "0.123456789012345670")]
    [InlineData("8.41", "8.4100")]
    public void A_number_may_be_written_in_any_way(string plain, string other)
    {
        string[][] answers = Solve($"{plain},{plain},{plain},0.5,0.99,C,0.001", $"{other},{other},{other},0.5,0.99, C ,0.001");
        Assert.Equal(answers[0][7..], answers[1][7..]);
        double spot = double.Parse(plain, CultureInfo.InvariantCulture);
        string[] exact = Solve($"{spot:E17},{spot:E17},{spot:E17},5e-1,9.9e-1,C,1e-3")[0];
        Assert.Equal(exact[7..], answers[0][7..]);
    }

    [Theory]
    [InlineData("strike", "")]
    [InlineData("strike", ".")]
    [InlineData("strike", "-")]
    [InlineData("strike", "1.2.3")]
    [InlineData("strike", "1_000")]
    [InlineData("strike", "100 000")]
    public void What_is_no_number_is_named_with_line_and_column(string column, string text)
    {
        string input = _room.Write("in.csv", $"{Header}\n100,100,{text},1,1,C,8\n");
        Assert.Contains($"in.csv, line 2: {column} is '{text}'; write a number", _room.Run("greeks", input, "out.csv").Refused(1));
    }

    [Fact]
    public void K5_a_number_that_ends_with_a_zero_byte_is_none() => Assert.Contains(
        "in.csv, line 2: strike is ", _room.Run("greeks", _room.Write("in.csv", $"{Header}\n100,100,1\0,1,1,C,8\n"), "out.csv").Refused(1));

    /// <summary>The same five rows again and again; the fifth is below intrinsic value.</summary>
    private void WriteRows(string name, int count)
    {
        string five = string.Concat(Enumerable.Range(0, 4).Select(i => Row(6000, 6010, 5600 + (200 * i), 0.25, 0.9875, i % 2 == 0, 0.2) + "\n"))
            + "6000,6010,5000,0.25,0.9875,C,900\n";
        using var file = new StreamWriter(_room.Path(name));
        file.Write(Header + "\n");
        for (int i = 0; i < count; i += 5) file.Write(five);
    }

    private string[][] Solve(params string[] rows)
    {
        string input = _room.Write("in.csv", $"{Header}\n{string.Concat(rows.Select(row => row + "\n"))}");
        Assert.Equal("", _room.Run("greeks", input, "out.csv", "--force").Succeeded());
        string[] lines = File.ReadAllLines(_room.Path("out.csv"));
        Assert.Equal($"{Header},{Added}", lines[0]);
        return [.. lines[1..].Select(line => line.Split(','))];
    }

    private static string Row(double spot, double forward, double strike, double years, double discount, bool isCall, double volatility)
    {
        double price = ScalarBlack.Price(isCall, forward, strike, discount, volatility * Math.Sqrt(years));
        return string.Create(CultureInfo.InvariantCulture, $"{spot:R},{forward:R},{strike:R},{years:R},{discount:R},{(isCall ? 'C' : 'P')},{price:R}");
    }

    private static double Number(string[] answer, string column) =>
        double.Parse(answer[7 + Array.IndexOf(Added.Split(','), column)], CultureInfo.InvariantCulture);

    private static void Near(double expected, double actual, double relative) =>
        Assert.True(Math.Abs(actual - expected) <= relative * Math.Max(Math.Abs(expected), 1e-6), $"expected {expected:R}, found {actual:R}");
}
