using Microsoft.Extensions.Logging;

namespace Workspaces.Hosting.Logging;

/// <summary>The lines about hosting; their code is generated, and does nothing while their level is off.</summary>
internal static partial class HostLog
{
    internal const string Category = "Workspaces.Hosting";

    [LoggerMessage(LogEvents.HostStarted, LogLevel.Debug, "{Workspaces} workspaces are configured, with a limit of {MemoryLimit} bytes for all")]
    internal static partial void HostStarted(this ILogger log, int workspaces, long memoryLimit);

    [LoggerMessage(LogEvents.TopListens, LogLevel.Information, "top can attach at {Path}")]
    internal static partial void TopListens(this ILogger log, string path);

    [LoggerMessage(LogEvents.TopRefused, LogLevel.Warning, "{Text}")]
    internal static partial void TopRefused(this ILogger log, string text);
}
