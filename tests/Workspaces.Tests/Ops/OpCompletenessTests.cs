using System.Reflection;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>No op without a line in a table of <see cref="OpConformance{TTable}"/>.</summary>
public sealed class OpCompletenessTests
{
    /// <summary>What has no line, and why: a line makes inputs of random floats, runs backward, and wants memory of the op's own.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["OneHot"] = "it takes whole numbers: IndexOpTests, GoldenIndexingTests",
    };

    /// <summary>What is compared with PyTorch elsewhere, or not at all, and why.</summary>
    private static readonly Dictionary<string, string> ComparedElsewhere = new()
    {
        ["AdaptiveAvgPool1d"] = Layer, ["AdaptiveAvgPool2d"] = Layer, ["AdaptiveMaxPool2d"] = Layer, ["AvgPool1d"] = Layer, ["AvgPool2d"] = Layer, ["MaxPool1d"] = Layer,
        ["MaxPool2d"] = Layer, ["Upsample"] = Layer, ["Conv1d"] = Layer, ["Conv2d"] = Layer, ["ConvTranspose1d"] = Layer, ["ConvTranspose2d"] = Layer, ["BatchNorm"] = Layer,
        ["GroupNorm"] = Layer, ["InstanceNorm"] = Layer, ["HeadAttention"] = "nn.MultiheadAttention: SequenceModuleTests", ["SelfAttention"] = "nn.MultiheadAttention: SequenceModuleTests",
        ["BatchNormBy"] = "through BatchNorm2d in evaluation: ConvolutionModuleTests",
        ["Dropout"] = "PyTorch draws other numbers",
    };

    private const string Layer = "through the layer of the same name: ConvolutionModuleTests";

    public static IEnumerable<OpCase> AllCases => typeof(OpCompletenessTests).Assembly.GetTypes()
        .Where(static type => !type.IsAbstract && typeof(IOpTable).IsAssignableFrom(type))
        .SelectMany(static type => (OpCase[])type.GetProperty(nameof(IOpTable.Cases), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);

    [Fact]
    public void Every_op_has_a_line_in_a_table_or_a_reason_why_not()
    {
        var called = new CalledMethods();
        foreach (OpCase op in AllCases) called.Add(op.Run);
        HashSet<string> tested = [.. called.Methods.Where(static method => OpNames.IsOps(method.DeclaringType)).Select(static method => method.Name)];
        string[] ops = [.. OpNames.All.Select(static method => method.Name).Distinct().Order(StringComparer.Ordinal)];
        Assert.True(ops.Length > 120, $"{ops.Length} ops were found.");
        Assert.Equal("", string.Join(", ", ops.Where(op => !tested.Contains(op) && !Elsewhere.ContainsKey(op))));
        Assert.Equal("", string.Join(", ", Elsewhere.Keys.Where(op => tested.Contains(op) || !ops.Contains(op))));
    }

    [Fact]
    public void Every_op_is_compared_with_PyTorch_or_has_a_reason_why_not()
    {
        var called = new CalledMethods();
        foreach (Type type in typeof(OpCompletenessTests).Assembly.GetTypes().Where(static type => type.Namespace == typeof(OpCompletenessTests).Namespace && IsGolden(type)))
        {
            foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)) called.Add(method);
        }

        HashSet<string> compared = [.. called.Methods.Where(static method => OpNames.IsOps(method.DeclaringType)).Select(static method => OpNames.NameOf(method.Name))];
        string[] ops = [.. OpNames.All.Where(method => !IsComposed(method, compared)).Select(static method => OpNames.NameOf(method.Name)).Distinct().Order(StringComparer.Ordinal)];
        Assert.True(ops.Length > 100, $"{ops.Length} ops were found.");
        Assert.Equal("", string.Join(", ", ops.Where(op => !compared.Contains(op) && !ComparedElsewhere.ContainsKey(op))));
        Assert.Equal("", string.Join(", ", ComparedElsewhere.Keys.Where(op => compared.Contains(op) || !ops.Contains(op))));
    }

    [Fact]
    public void The_names_of_lines_are_unique_in_their_table()
    {
        foreach (IGrouping<string, OpCase> same in AllCases.GroupBy(static op => $"{op.Run.Method.DeclaringType}: {op.Name}")) Assert.Single(same);
    }

    [Fact]
    public void A_line_is_named_after_an_op_that_it_calls()
    {
        foreach (OpCase op in AllCases) Assert.True(OpNames.CalledBy(op.Run).Contains(op.Op), $"'{op.Name}' says {op.Op} and calls {string.Join(", ", OpNames.CalledBy(op.Run))}");
    }

    /// <summary>An op that is made of compared ones, checks apart, is right when its line is.</summary>
    private static bool IsComposed(MethodInfo op, HashSet<string> compared)
    {
        MethodBase[] calls = [.. CalledMethods.DirectlyFrom(op).Where(called => called.Module == op.Module && called.DeclaringType!.Name is not ("Tensor" or "Dispatch" or "OpThrow"))];
        return calls.Length > 0 && calls.All(called => OpNames.IsOps(called.DeclaringType) && compared.Contains(OpNames.NameOf(called.Name)));
    }

    private static bool IsGolden(Type? type) => type is not null && ((type.Name.StartsWith("Golden", StringComparison.Ordinal) && !type.IsGenericType) || IsGolden(type.DeclaringType));
}
