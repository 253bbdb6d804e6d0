using Consul.Fast.Daemon.Cli;

return await new CommandDispatcher(CommandList.All()).RunAsync(args, CommandContext.ForProcess());
