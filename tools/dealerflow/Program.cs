using DealerFlow.Cli;

return CommandLine.Run(args);
