using Workspaces.Cli;

return CommandLine.Create().Parse(args).Invoke();
