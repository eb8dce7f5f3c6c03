using System.Reflection;
using Workspaces.Ops;
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

    public static IEnumerable<OpCase> AllCases => typeof(OpCompletenessTests).Assembly.GetTypes()
        .Where(static type => !type.IsAbstract && typeof(IOpTable).IsAssignableFrom(type))
        .SelectMany(static type => (OpCase[])type.GetProperty(nameof(IOpTable.Cases), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);

    [Fact]
    public void Every_op_has_a_line_in_a_table_or_a_reason_why_not()
    {
        var called = new CalledMethods();
        foreach (OpCase op in AllCases) called.Add(op.Run);
        HashSet<string> tested = [.. called.Methods.Where(static method => IsOps(method.DeclaringType)).Select(static method => method.Name)];
        string[] ops = [.. typeof(CrossEntropyOps).Assembly.GetExportedTypes().Where(IsOps).SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(static method => method.ReturnType == typeof(Tensor) || method.GetParameters().Any(static parameter => parameter.ParameterType == typeof(Tensor)))
            .Select(static method => method.Name).Distinct().Order(StringComparer.Ordinal)];
        Assert.True(ops.Length > 120, $"{ops.Length} ops were found.");
        Assert.Equal("", string.Join(", ", ops.Where(op => !tested.Contains(op) && !Elsewhere.ContainsKey(op))));
        Assert.Equal("", string.Join(", ", Elsewhere.Keys.Where(op => tested.Contains(op) || !ops.Contains(op))));
    }

    [Fact]
    public void The_names_of_lines_are_unique_in_their_table()
    {
        foreach (IGrouping<string, OpCase> same in AllCases.GroupBy(static op => $"{op.Run.Method.DeclaringType}: {op.Name}")) Assert.Single(same);
    }

    private static bool IsOps(Type? type) => type is { IsSealed: true, IsAbstract: true, Namespace: "Workspaces.Ops", IsNested: false };
}
