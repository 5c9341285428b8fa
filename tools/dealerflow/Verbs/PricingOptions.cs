using System.CommandLine;
using System.CommandLine.Parsing;
using DealerFlow.Cli.Pipeline;
using DealerFlow.Engine;
using DealerFlow.Kernels;
using DealerFlow.Wire;

namespace DealerFlow.Cli.Verbs;

/// <summary>The options that decide what the numbers mean; the same for every verb that computes levels.</summary>
internal sealed class PricingOptions
{
    private readonly Option<PositionModel> _model = new("--model")
    {
        Description = "Dealers' assumed position: OpenInterest (long calls, short puts), ShortBoth, Gross.",
        DefaultValueFactory = _ => PositionModel.OpenInterest,
        CustomParser = ParseModel,
    };

    private readonly Option<ForwardMode> _forward = new("--forward")
    {
        Description = "Forwards: parity, which is the default (from put-call parity per expiry), or carry (from spot, rate and dividend).",
        CustomParser = ParseForward,
    };

    private readonly Option<double> _rate = new("--rate") { Description = "Interest rate per year, continuously compounded: 0.05 is 5 %." };

    private readonly Option<double> _dividend = new("--dividend") { Description = "Dividend yield per year, continuously compounded." };

    private readonly Option<double> _liquidity = new("--liquidity")
    {
        Description = "USD of one-sided flow that moves the underlying by 100 %; gives the squeeze gain.",
    };

    public void AddTo(Command command)
    {
        _model.HelpName = "OpenInterest|ShortBoth|Gross";
        _forward.HelpName = "parity|carry";
        command.Options.Add(_model);
        command.Options.Add(_forward);
        command.Options.Add(_rate);
        command.Options.Add(_dividend);
        command.Options.Add(_liquidity);
    }

    public EngineOptions Read(ParseResult parsed)
    {
        // First, for the options ask the hardware themselves unless told.
        LaneWidth lanes = VectorWidth.Chosen;
        return new EngineOptions
        {
            Model = parsed.GetValue(_model),
            ForwardMode = parsed.GetValue(_forward),
            Rate = parsed.GetValue(_rate),
            Dividend = parsed.GetValue(_dividend),
            LiquidityUsd = parsed.GetValue(_liquidity),
            Lanes = lanes,
        };
    }

    private static PositionModel ParseModel(ArgumentResult result)
    {
        string text = result.Tokens[0].Value.Replace("-", "", StringComparison.Ordinal);
        if (char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out PositionModel model)) return model;
        result.AddError($"'{result.Tokens[0].Value}' is not a position model of this version; use OpenInterest, ShortBoth or Gross.");
        return default;
    }

    private static ForwardMode ParseForward(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text is "parity" or "carry") return text == "parity" ? ForwardMode.Parity : ForwardMode.Carry;
        result.AddError($"'{text}' is not a forward mode; use parity or carry.");
        return default;
    }
}
