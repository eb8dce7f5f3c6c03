using System.Collections;
using System.Globalization;
using Workspaces.Tensors;

namespace Workspaces.NN;

/// <summary>
/// Runs modules one after the other: <c>Sequential model = [new Linear(784, 128), new ReLU(), new Linear(128, 10)];</c>. Parameters are named by
/// position: <c>0.weight</c>, <c>0.bias</c>, <c>2.weight</c> and so on.
/// </summary>
/// <remarks>
/// Results between modules are transferred to the tape: each is released as soon as the next module has returned, and its bytes are free when no
/// backward half needs them. Input and output are the caller's. A module that keeps its output for later use must keep a copy.
/// </remarks>
public sealed class Sequential : Module, IReadOnlyList<Module>
{
    /// <summary>
    /// Key of <see cref="Exception.Data"/> under which an exception that refuses arguments carries the position (<see cref="int"/>) of the module that threw it;
    /// of chains in chains, the position in the outermost one.
    /// </summary>
    public const string FailedPosition = "Workspaces.NN.Sequential.Position";

    /// <summary>
    /// Key of <see cref="Exception.Data"/> for the positions (<see cref="string"/>, joined by dots) of chains in chains, the outermost first: <c>2.0</c>.
    /// </summary>
    public const string FailedPath = "Workspaces.NN.Sequential.Path";

    private readonly List<Module> _modules = [];

    /// <summary>Makes an empty chain, which returns its input.</summary>
    public Sequential()
    {
    }

    /// <summary>Makes a chain.</summary>
    /// <param name="modules">The modules in order; the same one may come several times.</param>
    public Sequential(params ReadOnlySpan<Module> modules)
    {
        foreach (Module module in modules) Add(module);
    }

    /// <summary>Number of modules.</summary>
    public int Count => _modules.Count;

    /// <summary>One module.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public Module this[int index] => _modules[index];

    /// <summary>Appends a module, which the chain from now on owns.</summary>
    /// <param name="module">The module.</param>
    /// <exception cref="InvalidOperationException">The chain would contain itself.</exception>
    public void Add(Module module) => _modules.Add(Register(_modules.Count.ToString(CultureInfo.InvariantCulture), module));

    /// <summary>Runs the modules.</summary>
    /// <param name="input">Input of the first one.</param>
    /// <returns>Output of the last one; the input itself when there are none.</returns>
    public override Tensor Forward(Tensor input)
    {
        var intermediates = new Intermediates(TensorFrames.Current);
        return ForwardInChain(input, ref intermediates);
    }

    /// <inheritdoc/>
    internal override Tensor ForwardInChain(Tensor input, ref Intermediates chain) => Run(input, ref chain, observer: null);

    /// <inheritdoc/>
    internal override Tensor ForwardObserved(Tensor input, ref Intermediates chain, ModuleObserver observer) => Run(input, ref chain, observer);

    /// <summary>The modules in order.</summary>
    /// <returns>The enumerator.</returns>
    public IEnumerator<Module> GetEnumerator() => _modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Tensor Run(Tensor input, ref Intermediates chain, ModuleObserver? observer)
    {
        Tensor current = input;
        using PartScope parts = chain.Parts;
        int done = 0;
        try
        {
            for (; done < _modules.Count; done++)
            {
                Module module = _modules[done];
                parts.Name(module);
                if (observer is null && done + 1 < _modules.Count && module.TryForwardWith(_modules[done + 1], current, out Tensor both))
                {
                    current = both;
                    chain.Advance(current);
                    done++;
                    continue;
                }

                current = observer is null
                    ? module.ForwardInChain(current, ref chain)
                    : observer.Run(done.ToString(CultureInfo.InvariantCulture), module, current, ref chain);
                chain.Advance(current);
            }
        }
        catch (ArgumentException error) when (Mark(error, done))
        {
            throw;
        }
        finally
        {
            if (done < _modules.Count) chain.Release();
        }

        return current;
    }

    /// <summary>A filter that catches nothing: the outer chain's filter runs after the inner one's, so its position stays, and comes first in the path.</summary>
    private static bool Mark(ArgumentException error, int position)
    {
        error.Data[FailedPosition] = position;
        string place = position.ToString(CultureInfo.InvariantCulture);
        error.Data[FailedPath] = error.Data[FailedPath] is string inner ? $"{place}.{inner}" : place;
        return false;
    }
}
