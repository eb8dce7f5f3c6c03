using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Workspaces.Memory;
using Workspaces.Memory.Rings;
using Workspaces.Ops;
using Workspaces.Tensors;

namespace Workspaces.Tests.Checks;

/// <summary>
/// Programs that keep a raw pointer too long. They run in a process of their own, this assembly started with a variable that names program and mode, because
/// a fault ends it.
/// </summary>
internal static unsafe class PointerPrograms
{
    private const string Variable = "WORKSPACES_TESTS_POINTER_PROGRAM";
    private const int Length = 40_000;
    private static byte* _leaked;

    internal static readonly Dictionary<string, Action<WorkspaceManager, CheckMode>> All = new(StringComparer.Ordinal)
    {
        ["read after the pass"] = static (manager, checks) =>
        {
            using Workspace workspace = manager.Lease(Step(checks));
            using (workspace.Enter()) Leak(Make());
            Touch();
        },
        ["write after a planned pass"] = static (manager, checks) =>
        {
            using Workspace workspace = manager.Lease(Step(checks));
            for (int i = 0; i < 20; i++)
            {
                using Pass pass = workspace.Enter();
                using Tensor x = Make(), y = x * 2;
                Leak(y);
            }

            *_leaked = 3;
        },
        ["after a nested pass"] = static (manager, checks) =>
        {
            using Workspace workspace = manager.Lease(Step(checks));
            using Pass outer = workspace.Enter();
            using Tensor living = Make();
            using (workspace.Enter()) Leak(Make());
            if (living.Sum().Item() != Length) throw new InvalidOperationException("The outer pass has lost its bytes.");
            Touch();
        },
        ["after a lane"] = static (manager, checks) =>
        {
            using Workspace workspace = manager.Lease(Step(checks));
            using Pass pass = workspace.Enter();
            using (Lanes lanes = pass.Fork(1))
            {
                using Pass lane = lanes.Enter(0);
                Leak(Make());
            }

            Touch();
        },
        ["after the lease"] = static (manager, checks) =>
        {
            using (manager.Lease(Step(checks))) Leak(Make());
            Touch();
        },
        ["after Dispose, of a span that was only lent"] = static (manager, checks) =>
        {
            using Workspace workspace = manager.Lease(Step(checks));
            using Pass pass = workspace.Enter();
            Tensor x = Make();
            x.Read<float>(static span => _leaked = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span)));
            x.Dispose();
            Touch();
        },
        ["after the last use"] = static (manager, checks) =>
        {
            using Workspace workspace = manager.Lease(Step(checks) with { Lifetimes = LifetimePolicy.LastUse });
            for (int i = 0; i < 30; i++)
            {
                using Pass pass = workspace.Enter();
                Tensor x = Make();
                _leaked = (byte*)x.HeaderOrNull!.Address; // taking a span would keep it
                Tensor y = x * 2;
                if (i == 29) Touch();
            }
        },
        ["of a slot given back"] = static (manager, checks) =>
        {
            using Workspace ring = manager.Lease(Step(checks) with { PolicyReset = ResetPolicy.EndOfBufferReached, StepsNumber = 2 });
            RingSlot slot = ring.Ring.Acquire();
            Tensor batch;
            using (slot.Enter()) batch = Make();
            slot.Publish();
            using (ring.Ring.Take()) Leak(batch);
            Touch();
        },
        ["in a temporary file"] = static (manager, checks) =>
        {
            using Workspace workspace = manager.Lease(Step(checks) with { MaxSize = 64 << 10, PolicySpill = SpillPolicy.External });
            for (int i = 0; i < 3; i++)
            {
                using Pass pass = workspace.Enter();
                Leak(Make());
            }

            Touch();
        },
        ["in a mapped arena"] = static (manager, checks) =>
        {
            string file = Path.Combine(Path.GetTempPath(), $"arena-{Guid.NewGuid():N}.bin");
            using (Workspace workspace = manager.Lease(Step(checks) with { PolicyLocation = LocationPolicy.Mmap, TempFilePath = file }))
            {
                using (workspace.Enter()) Leak(Make());
                File.Delete(file);
                Touch();
            }
        },
    };

    /// <summary>Programs that end well in every mode: their bytes are alive, or share a page with such.</summary>
    internal static readonly Dictionary<string, Action<WorkspaceManager, CheckMode>> Harmless = new(StringComparer.Ordinal)
    {
        ["a span of a disposed tensor, in its pass"] = static (manager, checks) =>
        {
            using Workspace workspace = manager.Lease(Step(checks));
            using Pass pass = workspace.Enter();
            using (Tensor x = Make()) Leak(x);
            using Tensor y = Make();
            Touch();
        },
        ["beside living bytes of the page"] = static (manager, checks) =>
        {
            using Workspace workspace = manager.Lease(Step(checks));
            using Pass pass = workspace.Enter();
            using Tensor before = Tensor.Ones([16]), middle = Tensor.Ones([16]), after = Tensor.Ones([16]);
            middle.Read<float>(static span => _leaked = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span)));
            middle.Dispose();
            Touch();
            if (before.Sum().Item() + after.Sum().Item() != 32) throw new InvalidOperationException("A neighbour has lost its bytes.");
        },
    };

    /// <summary>Runs one program in a process of its own.</summary>
    internal static (int Code, string Output, string Errors) RunApart(string program, CheckMode checks)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(PointerPrograms).Assembly.Location);
        start.Environment[Variable] = $"{checks}:{program}";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    [ModuleInitializer]
    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } asked) return;
        string[] parts = asked.Split(':', 2);
        CheckMode checks = Enum.Parse<CheckMode>(parts[0]);
        foreach ((string name, Action<WorkspaceManager, CheckMode> program) in All.Concat(Harmless))
        {
            if (parts[1] != "*" && parts[1] != name) continue;
            using var manager = new WorkspaceManager();
            program(manager, checks);
            Console.WriteLine($"survived: {name}");
        }

        Environment.Exit(0);
    }

    private static WorkspaceConfiguration Step(CheckMode checks) => new() { Name = "step", Checks = checks };

    private static Tensor Make() => Tensor.Ones([Length]);

    private static void Leak(Tensor tensor) => _leaked = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.AsSpan<float>())) + 8192;

    private static void Touch()
    {
        if (Volatile.Read(ref *_leaked) == 1) Console.WriteLine("a byte of one");
    }
}
