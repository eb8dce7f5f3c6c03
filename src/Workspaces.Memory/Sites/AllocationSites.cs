using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Sites;

/// <summary>
/// Finds places in the user's code while somebody has asked for them (<see cref="WorkspaceManager.RecordSites"/>). Walking a stack costs microseconds, so a place
/// is remembered under the number that a request has in its pass (<see cref="SiteBook"/>), and files and lines are read once for each place.
/// </summary>
/// <param name="oneIn">One in so many is looked up although it is known.</param>
internal sealed class AllocationSites(int oneIn)
{
    private static readonly string[] Inner =
    [
        "Workspaces.Memory,", "Workspaces,", "Workspaces.Hosting,", "Workspaces.Interop,", "Workspaces.Cli,", "System.CommandLine,", "System.Private.CoreLib,",
    ];
    private static readonly ConcurrentDictionary<(string Type, string Method, int Offset, int NativeOffset), CodeSite> Known = new();

    internal int OneIn => oneIn;

    /// <summary>The place that called us, or null when nothing but our own code and the base library is on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static CodeSite? Capture()
    {
        var stack = new StackTrace(1, fNeedFileInfo: false);
        for (int i = 0; i < stack.FrameCount; i++)
        {
            if (stack.GetFrame(i) is not { } frame || DiagnosticMethodInfo.Create(frame) is not { } method || IsInner(method)) continue;
            (string, string, int, int) key = (method.DeclaringTypeName ?? "", method.Name, frame.GetILOffset(), frame.GetNativeOffset());
            if (Known.TryGetValue(key, out CodeSite? known)) return known;
            StackFrame? detailed = new StackTrace(1, fNeedFileInfo: true).GetFrame(i); // the same stack
            return Known.GetOrAdd(key, Describe(method, detailed));
        }

        return null;
    }

    private static CodeSite Describe(DiagnosticMethodInfo method, StackFrame? frame)
    {
        string type = (method.DeclaringTypeName ?? "").Split('[')[0], file = frame?.GetFileName() ?? "";
        string name = type.Length == 0 ? method.Name : $"{type[(type.LastIndexOf('.') + 1)..]}.{method.Name}";
        return new CodeSite(name, file.Length == 0 ? null : Path.GetFileName(file), frame?.GetFileLineNumber() ?? 0);
    }

    private static bool IsInner(DiagnosticMethodInfo method)
    {
        string? assembly = method.DeclaringAssemblyName;
        foreach (string inner in Inner)
        {
            if (assembly?.StartsWith(inner, StringComparison.Ordinal) == true) return true;
        }

        return false;
    }
}
