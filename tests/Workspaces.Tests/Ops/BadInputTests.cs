using System.Text.RegularExpressions;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>
/// Every op of every table is given inputs that do not fit: another type, another rank, another size, nothing at all. It may take them, but if it refuses, it
/// says what was asked, by whom, the numbers and the remedy, and leaves nothing behind: the op is the one that was called, and the shape and type are those of
/// the input that does not fit.
/// </summary>
public sealed class BadInputTests
{
    private static readonly string[] Changes = ["bool", "int64", "float32", "wider", "longer", "an axis more", "an axis less", "empty", "a scalar"];

    public static TheoryData<string> Tables => [.. Ops.Keys];

    private static Dictionary<string, OpCase[]> Ops => OpCompletenessTests.AllCases.GroupBy(static op => op.Op)
        .ToDictionary(static group => group.Key, static group => group.DistinctBy(static op => string.Join(';', op.Inputs.Select(dims => string.Join(',', dims)))).ToArray());

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_refusal_names_the_op_the_shapes_and_the_remedy_and_leaves_nothing(string name)
    {
        foreach (OpCase op in Ops[name])
        {
            HashSet<string> called = OpNames.CalledBy(op.Run);
            for (int input = 0; input < op.Inputs.Length; input++)
            {
                foreach (string change in Changes) Try(op, called, input, change);
            }
        }
    }

    private static void Try(OpCase op, HashSet<string> called, int changed, string change)
    {
        using var workspace = WorkspaceManager.Create(new());
        Tensor[] inputs = [.. op.MakeInputs().Select(array => OpRun.Make(array, DType.F64))];
        if (Changed(inputs[changed], change) is not { } bad) return;
        inputs[changed] = bad;
        long before = workspace.Memory.Allocated;
        try
        {
            Tensor y = op.Run(inputs);
            if (Array.IndexOf(inputs, y) < 0) y.Dispose();
        }
        catch (IndexOutOfRangeException) when (op.Op == "Chunk")
        {
            // the line takes its second part, and what has no elements has one part only
        }
        catch (Exception error)
        {
            string where = $"{op.Name}, input {changed} {change}: {error.GetType().Name}: {error.Message}";
            Assert.True(error is ArgumentException or WorkspaceException, where);
            Match parts = Regex.Match(error.Message, @"^Cannot (?<asked>.+), asked by (?<by>\w+)(, \w+ \d+)?: (?<numbers>.+)\. Remedy: (?<remedy>.+)\.( \(Parameter '.+'\))?$");
            Assert.True(parts.Success, where);
            Assert.True(called.Contains(parts.Groups["by"].Value), $"{where} - which is none of {string.Join(", ", called)}");
            Assert.True(Shapes(bad, called).Any(shape => parts.Groups["asked"].Value.Contains(shape, StringComparison.Ordinal)), $"{where} - which shows no {bad.Shape}");
            bool isType = change is "bool" or "int64" or "float32";
            Assert.True(!isType || error.Message.Contains(bad.DType.Name, StringComparison.Ordinal), $"{where} - which shows no {bad.DType.Name}");
            Assert.True(before == workspace.Memory.Allocated, $"{where}: {workspace.Memory.Allocated - before} bytes stay");
        }
    }

    /// <summary>The shape as it was given, or as the line's own Transpose or Permute hands it on.</summary>
    private static IEnumerable<string> Shapes(Tensor bad, HashSet<string> called)
    {
        yield return bad.Shape.ToString();
        if (!called.Contains("Transpose") && !called.Contains("Permute")) yield break;
        long[] dims = bad.Shape.AsSpan().ToArray();
        for (int first = 0; first < dims.Length; first++)
        {
            for (int second = 0; second < first; second++)
            {
                long[] other = [.. dims];
                (other[first], other[second]) = (other[second], other[first]);
                yield return new Shape(other).ToString();
            }
        }
    }

    /// <summary>The input changed; null where the change is none.</summary>
    private static Tensor? Changed(Tensor x, string change)
    {
        long[] dims = x.Shape.AsSpan().ToArray();
        switch (change)
        {
            case "bool": return Tensor.Zeros(x.Shape, DType.Bool);
            case "int64": return Tensor.Ones(x.Shape, DType.I64);
            case "float32": return Tensor.Ones(x.Shape, DType.F32);
            case "an axis more": return dims.Length < Shape.MaxRank ? Tensor.Ones(new Shape([2, .. dims]), DType.F64) : null;
            case "a scalar": return dims.Length > 0 ? Tensor.Ones(new Shape(), DType.F64) : null;
        }

        if (dims.Length == 0) return null;
        switch (change)
        {
            case "wider": dims[^1] += 1; break;
            case "longer": dims[0] += 1; break;
            case "an axis less": dims = dims[1..]; break;
            default: dims[0] = 0; break;
        }

        return Tensor.Ones(new Shape(dims), DType.F64);
    }
}
