using Workspaces.Cli;

return CommandLine.Run(args);
