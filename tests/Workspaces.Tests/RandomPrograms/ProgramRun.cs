using Workspaces.Autograd;
using Workspaces.Memory;
using Workspaces.Memory.Passes;
using Workspaces.Memory.Persistent;
using Workspaces.Ops;
using Workspaces.Tensors;
using Workspaces.Tests.Planned;

namespace Workspaces.Tests.RandomPrograms;

/// <summary>One run of a program in some surroundings: several passes, with two parameters, a tensor of the outer pass, and tensors carried from pass to pass.</summary>
internal sealed class ProgramRun
{
    private readonly TensorProgram _program;
    private readonly Surroundings _where;
    private Relay? _relay;

    private ProgramRun(TensorProgram program, Surroundings where)
    {
        _program = program;
        _where = where;
    }

    /// <summary>Everything that the run has shown.</summary>
    internal List<Seen> Log { get; } = [];

    /// <summary>Steps taken.</summary>
    internal int Steps { get; set; }

    internal WorkspaceManager Manager { get; private set; } = null!;

    /// <summary>The workspace that passes are opened in.</summary>
    internal Workspace Workspace { get; private set; } = null!;

    /// <summary>Another one, leased inside it.</summary>
    internal Workspace Other { get; private set; } = null!;

    internal Parameter[] Parameters { get; private set; } = [];

    /// <summary>A tensor that all passes share.</summary>
    internal Tensor Outer { get; private set; }

    /// <summary>What the pass before had on top of its stack, most of it stale.</summary>
    internal List<Tensor> Carried { get; set; } = [];

    internal TensorProgram Program => _program;

    /// <summary>Runs a program.</summary>
    internal static ProgramRun Of(TensorProgram program, Surroundings where)
    {
        var run = new ProgramRun(program, where);
        if (!where.Awaits)
        {
            Task done = run.RunAsync();
            Assert.True(done.IsCompleted);
            done.GetAwaiter().GetResult();
            return run;
        }

        using var threads = new AlternatingThreads();
        threads.Run(run.RunAsync);
        return run;
    }

    /// <summary>A tensor of the program's size.</summary>
    internal Tensor Values(int number)
    {
        float[] values = new float[_program.Rows * _program.Columns];
        for (int i = 0; i < values.Length; i++) values[i] = (float)Math.Sin((number * 7) + i);
        return Tensor.From(values, new Shape(_program.Rows, _program.Columns));
    }

    /// <summary>Runs work on the other thread, if there is one, and waits for it.</summary>
    internal void Hop(Action work)
    {
        if (_relay is not { IsHere: false } relay)
        {
            work();
            return;
        }

        relay.Start(work);
        relay.Join();
    }

    /// <summary>Runs two pieces of work, at the same time if there is another thread.</summary>
    internal void Both(bool apart, Action first, Action second)
    {
        if (_relay is not { IsHere: false } relay || !apart)
        {
            first();
            second();
            return;
        }

        relay.Start(second);
        try
        {
            first();
        }
        finally
        {
            relay.Join();
        }
    }

    internal void Show(string what, Tensor tensor)
    {
        long bits = tensor.Length;
        foreach (float value in tensor.ToArray<float>()) bits = (bits * 1_000_003) ^ BitConverter.SingleToInt32Bits(value);
        Log.Add(new Seen(what, Steps, null, bits));
    }

    internal static void Update(Parameter parameter)
    {
        if (parameter.Grad is not { } gradient) return;
        using Tensor step = gradient * -0.05;
        using (Gradients.Off()) parameter.Value.AddInPlace(step);
        parameter.ZeroGrad();
    }

    private async Task RunAsync()
    {
        using var manager = new WorkspaceManager();
        Manager = manager;
        manager.KernelThreads = _where.Threads;
        using (_relay = _where.Threads > 1 ? new Relay() : null)
        {
            WorkspaceConfiguration configuration = _where.Configure(Granule.RoundUp(_program.Rows * _program.Columns * sizeof(float)));
            using (Workspace = manager.Lease(configuration with { Name = "program" }))
            using (Other = manager.Lease(configuration with { Name = "other" }))
            {
                Begin();
                for (int i = 0; i < TensorProgram.Passes; i++) await PassAsync(i);
                foreach (Parameter parameter in Parameters) Attempt("parameter at the end", () => Show("parameter at the end", parameter.Value));
                Attempt("outer tensor at the end", () => Show("outer tensor at the end", Outer));
            }

            foreach (Parameter parameter in Parameters) parameter.Dispose();
            Carried.Clear();
            AssertNothingIsLeft();
        }
    }

    private void Begin()
    {
        Outer = Values(11);
        var shape = new Shape(_program.Rows, _program.Columns);
        Parameters = [new Parameter(shape, name: "first", manager: Manager), new Parameter(shape, name: "second", manager: Manager)];
        for (int i = 0; i < Parameters.Length; i++)
        {
            using Tensor values = Values(i + 20);
            values.CopyTo(Parameters[i].Value);
        }
    }

    private async Task PassAsync(int number)
    {
        using (Pass pass = Workspace.Enter())
        {
            var machine = new ProgramMachine(this, pass, _program.CodesOf(number));
            try
            {
                for (int i = 0; machine.Step(); i++)
                {
                    if (_where.Awaits && i % 3 == 1) await Task.Yield();
                }

                machine.Finish();
            }
            catch (ProgramFailure)
            {
                Log.Add(new Seen("pass ended", Steps, "thrown", number));
            }

            Carried = machine.Carry();
        }

        if (!_program.Learns) return;
        foreach (Parameter parameter in Parameters) Attempt("update", () => Update(parameter));
    }

    private void AssertNothingIsLeft()
    {
        PersistentMemory persistent = Manager.Persistent;
        if (Manager.Memory is not { Allocated: 0, External: 0 }) LetGo(persistent);
        Assert.True(
            Manager.Memory is { Allocated: 0, External: 0 },
            $"bytes are left: {persistent.ParameterBytes} of parameters, {persistent.GradientBytes} of gradients, {persistent.StateBytes} of state, {Manager.Memory}");
    }

    /// <summary>What an op has saved that wrote in place to memory outside every pass is let go at the next such op once nobody knows its result.</summary>
    private void LetGo(PersistentMemory persistent)
    {
        foreach (string name in new[] { "program", "other" }) Manager.Destroy(name);
        (Parameters, Outer, Workspace, Other) = ([], default, null!, null!);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        while (persistent.Abandoned.TryDequeue(out IFrameAttachment? abandoned)) abandoned.EndPass();
    }

    private void Attempt(string what, Action action) => ProgramMachine.Attempt(what, Steps, Log, action);
}
