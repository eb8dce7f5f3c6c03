using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Workspaces.Memory.Sites;

/// <summary>
/// Finds places in the user's code while somebody has asked for them (<see cref="WorkspaceManager.RecordSites"/>). Walking a stack costs microseconds, so a place
/// is remembered under the number that a request has in its pass (<see cref="SiteBook"/>), and files and lines are read once for each place.
/// </summary>
/// <param name="oneIn">One in so many is looked up although it is known.</param>
internal sealed class AllocationSites(int oneIn)
{
    private static readonly ConcurrentDictionary<Assembly, bool> Inner = new();
    private static readonly ConcurrentDictionary<(MethodBase Method, int Offset), CodeSite> Known = new();

    internal int OneIn => oneIn;

    /// <summary>The place that called us, or null when nothing but our own code and the base library is on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Where the metadata of a method is trimmed away, its place is unknown, and the message shorter.")]
    internal static CodeSite? Capture()
    {
        var stack = new StackTrace(1, fNeedFileInfo: false);
        for (int i = 0; i < stack.FrameCount; i++)
        {
            if (stack.GetFrame(i) is not { } frame || frame.GetMethod() is not { } method || IsInner(method)) continue;
            (MethodBase Method, int Offset) key = (method, frame.GetILOffset());
            if (Known.TryGetValue(key, out CodeSite? known)) return known;
            StackFrame? detailed = new StackTrace(1, fNeedFileInfo: true).GetFrame(i); // the same stack
            return Known.GetOrAdd(key, Describe(method, detailed));
        }

        return null;
    }

    private static CodeSite Describe(MethodBase method, StackFrame? frame)
    {
        string name = method.DeclaringType is { } type ? $"{type.Name}.{method.Name}" : method.Name;
        string? file = frame?.GetFileName();
        return new CodeSite(name, file is null ? null : Path.GetFileName(file), frame?.GetFileLineNumber() ?? 0);
    }

    private static bool IsInner(MethodBase method)
    {
        Assembly assembly = method.Module.Assembly;
        return Inner.TryGetValue(assembly, out bool inner) ? inner : Inner.GetOrAdd(assembly, IsInner(assembly));
    }

    /// <summary>Our own assemblies are those that reach the internals of this one, but for the tests.</summary>
    private static bool IsInner(Assembly assembly) =>
        assembly.GetName().Name is "Workspaces.Memory" or "Workspaces" or "Workspaces.Hosting" or "Workspaces.Interop" or "System.Private.CoreLib";
}
