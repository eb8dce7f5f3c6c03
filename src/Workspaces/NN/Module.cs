using Workspaces.Autograd;
using Workspaces.NN.Init;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// A layer or model: it maps a tensor to a tensor and owns parameters, of its own and of the modules in it. A new kind derives from it, registers
/// what it owns in its constructor and overrides <see cref="Forward"/>.
/// </summary>
/// <remarks>
/// Names are dotted paths, as PyTorch writes them: <c>0.weight</c> is the parameter <c>weight</c> of the child <c>0</c>. A module in several places
/// keeps its first name, and its parameters are listed once.
/// </remarks>
public abstract class Module : IDisposable
{
    private readonly List<Member> _members = [];
    private Module? _parent;
    private string? _localName;
    private Parameter[] _parameters = [];
    private int _listed;
    private ModuleBuffer[] _buffers = [];
    private int _buffersListed;

    /// <summary>Computes the output. Both the input and the output belong to the caller.</summary>
    /// <param name="input">The input, of the shape that the module documents.</param>
    /// <returns>The output; it may be the input or a view of it.</returns>
    public abstract Tensor Forward(Tensor input);

    /// <summary>
    /// As <see cref="Forward"/>, inside a chain that owns the input: what needs it no longer before it is done may release it with
    /// <see cref="Intermediates.Release"/>.
    /// </summary>
    internal virtual Tensor ForwardInChain(Tensor input, ref Intermediates chain) => Forward(input);

    /// <summary>Computes this module and the next one as one op, where there is one that gives the bits of both in a row.</summary>
    /// <param name="next">The module that takes the output of this one.</param>
    /// <param name="input">The input of this one.</param>
    /// <param name="output">The output of the next one.</param>
    /// <returns>False, and nothing done, when there is no such op.</returns>
    internal virtual bool TryForwardWith(Module next, Tensor input, out Tensor output)
    {
        output = default;
        return false;
    }

    /// <summary>The path from the outermost module, e.g. <c>encoder.0</c>; the type's name for the outermost one itself.</summary>
    public string Name => _parent is null ? GetType().Name : Path;

    /// <summary>True while training (the default), false for evaluation; <see cref="Train"/> and <see cref="Eval"/> switch.</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>All parameters, of this module and the ones in it, in the order of registration, each once.</summary>
    public IReadOnlyList<Parameter> Parameters
    {
        get
        {
            int revision = Revision;
            if (_listed == revision) return _parameters;
            var found = new List<Parameter>();
            Collect(found);
            _parameters = [.. found];
            _listed = revision;
            return _parameters;
        }
    }

    /// <summary>What this module and the ones in it keep from pass to pass without learning it, in the order of registration, each once.</summary>
    public IReadOnlyList<ModuleBuffer> Buffers
    {
        get
        {
            int revision = Revision;
            if (_buffersListed == revision) return _buffers;
            var found = new List<ModuleBuffer>();
            Collect(found);
            _buffers = [.. found];
            _buffersListed = revision;
            return _buffers;
        }
    }

    /// <summary>The modules registered directly in this one, in order.</summary>
    public IEnumerable<Module> Children => NamedChildren.Select(static child => child.Module);

    /// <summary>Number of learned elements.</summary>
    public long ParameterCount
    {
        get
        {
            long count = 0;
            foreach (Parameter parameter in Parameters) count += parameter.Length;
            return count;
        }
    }

    /// <summary>Switches this module and all in it to training.</summary>
    public void Train() => SetTraining(true);

    /// <summary>Switches this module and all in it to evaluation: dropout, for one, passes its input on.</summary>
    public void Eval() => SetTraining(false);

    /// <summary>
    /// Keeps a copy of every weight of linear layers and attention in the order in which products read it (<see cref="Ops.PackedWeight"/>), so that they copy nothing.
    /// It is used where a product would copy the weight, from five rows on, while no gradients are recorded, and takes as much memory again as those weights. A weight
    /// that changes is used as it is from then on, until this is called again. <see cref="Train"/> and <see cref="Dispose()"/> free the copies.
    /// </summary>
    /// <exception cref="Memory.OutOfWorkspaceException">Memory is refused; what was packed until then stays.</exception>
    public void PackWeights()
    {
        PackOwnWeights();
        foreach (Member member in _members) member.Module?.PackWeights();
    }

    /// <summary>Zeroes all gradients. Between steps it is not needed: a gradient that an optimizer has applied is overwritten.</summary>
    public void ZeroGrad()
    {
        foreach (Parameter parameter in Parameters) parameter.ZeroGrad();
    }

    /// <summary>
    /// Draws all parameters anew, sets buffers to their first values and restarts random layers. Each takes a seed derived from
    /// <paramref name="seed"/> and its name, so equal seeds give equal models, and a layer added at the end changes no other.
    /// </summary>
    /// <param name="seed">The seed of the model.</param>
    public void Initialize(ulong seed)
    {
        foreach (Member member in _members)
        {
            if (member.Module is { } child && child.IsNamedBy(this, member)) child.Initialize(seed);
            else if (member.Parameter is { } parameter) member.Initializer?.Initialize(parameter, DerivedSeed.Of(seed, parameter.Name));
            member.Buffer?.Reset();
        }

        Reseed(DerivedSeed.Of(seed, Path));
    }

    /// <summary>Frees all parameters, their gradients and all buffers. A second call does nothing.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The structure, one module a line, with the number of parameters of each.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => ModuleText.Of(this);

    /// <summary>Kind and settings in one line, without the modules inside, e.g. <c>Linear(784 → 10)</c>.</summary>
    /// <returns>The text.</returns>
    protected internal virtual string Describe() => GetType().Name;

    /// <summary>Frees what the module owns; overriders call the base.</summary>
    /// <param name="disposing">Always true: there is no finaliser.</param>
    protected virtual void Dispose(bool disposing)
    {
        ReleaseOwnPackedWeights();
        foreach (Member member in _members)
        {
            member.Module?.Dispose();
            member.Parameter?.Dispose();
            member.Buffer?.Dispose();
        }
    }

    /// <summary>Packs the weights of this module itself, for modules that have some to pack.</summary>
    internal virtual void PackOwnWeights()
    {
    }

    /// <summary>Frees what <see cref="PackOwnWeights"/> has made. A second call does nothing.</summary>
    internal virtual void ReleaseOwnPackedWeights()
    {
    }

    /// <summary>Takes a new seed for what the module draws in <see cref="Forward"/>.</summary>
    /// <param name="seed">The seed.</param>
    protected virtual void Reseed(ulong seed)
    {
    }

    /// <summary>Makes a module part of this one, which from now on owns it.</summary>
    /// <typeparam name="TModule">The module's type.</typeparam>
    /// <param name="name">Its name here: not empty, without dots, and not taken.</param>
    /// <param name="module">The module; one that lives in another model already is shared and keeps its name.</param>
    /// <returns>The module.</returns>
    /// <exception cref="ArgumentException">The name cannot be used.</exception>
    /// <exception cref="InvalidOperationException">The name is taken, or the module would contain itself.</exception>
    protected TModule Register<TModule>(string name, TModule module)
        where TModule : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        CheckName(name);
        if (module.Contains(this))
            NNErrors.ThrowRegistered($"register '{name}'", Describe(), "the module would contain itself", "build a tree of modules");
        _members.Add(new Member(name, module, null, null, null));
        if (module._parent is null)
        {
            module._parent = this;
            module._localName = name;
            module.RenameParameters();
        }

        if (!IsTraining) module.Eval();
        return module;
    }

    /// <summary>Makes a parameter part of this module, which from now on owns it, and draws its first values.</summary>
    /// <param name="name">Its name here: not empty, without dots, and not taken.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="initializer">Draws its values now and in <see cref="Initialize"/>; null keeps them.</param>
    /// <param name="seed">Seed of the module; the parameter's is derived from it and the name.</param>
    /// <returns>The parameter.</returns>
    /// <exception cref="ArgumentException">The name cannot be used.</exception>
    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    protected Parameter Register(string name, Parameter parameter, Initializer? initializer = null, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        CheckName(name);
        _members.Add(new Member(name, null, parameter, initializer, null));
        parameter.Name = Join(Path, name);
        initializer?.Initialize(parameter, DerivedSeed.Of(seed, name));
        return parameter;
    }

    /// <summary>Makes a buffer part of this module, which from now on owns it.</summary>
    /// <param name="name">Its name here: not empty, without dots, and not taken.</param>
    /// <param name="buffer">The buffer.</param>
    /// <returns>The buffer.</returns>
    /// <exception cref="ArgumentException">The name cannot be used.</exception>
    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    protected ModuleBuffer RegisterBuffer(string name, ModuleBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        CheckName(name);
        _members.Add(new Member(name, null, null, null, buffer));
        buffer.Name = Join(Path, name);
        return buffer;
    }

    /// <summary>As <see cref="ForwardInChain"/>, for modules that pass their input on to others: those run through the observer, which sees each output.</summary>
    internal virtual Tensor ForwardObserved(Tensor input, ref Intermediates chain, ModuleObserver observer) => ForwardInChain(input, ref chain);

    /// <summary>The modules registered directly in this one, with their names here.</summary>
    internal IEnumerable<(string Name, Module Module)> NamedChildren =>
        _members.Where(static member => member.Module is not null).Select(static member => (member.Name, member.Module!));

    /// <summary>
    /// The names of the parameters, buffers and modules in this one as they are called from here: each under the first place where it stands. Those of an outermost
    /// module are the ones that it has given them.
    /// </summary>
    internal Dictionary<object, string> NamesInside()
    {
        var names = new Dictionary<object, string>(ReferenceEqualityComparer.Instance);
        CollectNames("", names);
        return names;
    }

    /// <summary>Whether this module is part of another one, which has put its own path in front of all names.</summary>
    internal bool IsPart => _parent is not null;

    /// <summary>How something in this module is called from the outermost one.</summary>
    internal string NameOf(string member) => Join(Path, member);

    private string Path => _parent is null ? "" : Join(_parent.Path, _localName!);

    /// <summary>Rises with every registration in this module or below; tells whether the list of parameters is up to date.</summary>
    private int Revision
    {
        get
        {
            int revision = _members.Count;
            foreach (Member member in _members) revision += member.Module?.Revision ?? 0;
            return revision;
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    private bool IsNamedBy(Module parent, in Member member) => ReferenceEquals(_parent, parent) && _localName == member.Name;

    private bool Contains(Module module)
    {
        if (ReferenceEquals(this, module)) return true;
        foreach (Member member in _members)
        {
            if (member.Module?.Contains(module) == true) return true;
        }

        return false;
    }

    private void Collect(List<Parameter> found)
    {
        foreach (Member member in _members)
        {
            member.Module?.Collect(found);
            if (member.Parameter is { } parameter && !found.Contains(parameter)) found.Add(parameter);
        }
    }

    private void Collect(List<ModuleBuffer> found)
    {
        foreach (Member member in _members)
        {
            member.Module?.Collect(found);
            if (member.Buffer is { } buffer && !found.Contains(buffer)) found.Add(buffer);
        }
    }

    private void CollectNames(string path, Dictionary<object, string> names)
    {
        foreach (Member member in _members)
        {
            string name = Join(path, member.Name);
            if (member.Module is { } child && names.TryAdd(child, name)) child.CollectNames(name, names);
            else if (member.Parameter is { } parameter) names.TryAdd(parameter, name);
            else if (member.Buffer is { } buffer) names.TryAdd(buffer, name);
        }
    }

    private void RenameParameters()
    {
        foreach (Member member in _members)
        {
            if (member.Module is { } child && child.IsNamedBy(this, member)) child.RenameParameters();
            else if (member.Parameter is { } parameter) parameter.Name = Join(Path, member.Name);
            else if (member.Buffer is { } buffer) buffer.Name = Join(Path, member.Name);
        }
    }

    private void SetTraining(bool training)
    {
        IsTraining = training;
        if (training) ReleaseOwnPackedWeights();
        foreach (Member member in _members) member.Module?.SetTraining(training);
    }

    private void CheckName(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('.', StringComparison.Ordinal)) NNErrors.ThrowName(name, Describe());
        foreach (Member member in _members)
        {
            if (member.Name == name)
                NNErrors.ThrowRegistered($"register '{name}'", Describe(), "something is registered under that name", "choose another name");
        }
    }

    private readonly record struct Member(string Name, Module? Module, Parameter? Parameter, Initializer? Initializer, ModuleBuffer? Buffer);
}
