using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Workspaces.Memory;
using Workspaces.Tensors;

namespace Workspaces.Tests.Ops;

/// <summary>
/// Every op that takes a number besides its tensors is given numbers that do not fit: axes that there are not, negative and huge sizes, probabilities beyond 1.
/// Each is refused with the op's name, the shape, the number and a remedy, and nothing stays behind.
/// </summary>
public sealed class BadParameterTests
{
    /// <summary>Methods whose numbers mean something whatever they are, and why.</summary>
    private static readonly Dictionary<string, string> TakesAny = new()
    {
        ["Divide"] = "the quotient is a float, and that by 0 is infinite or NaN",
        ["FillInPlace"] = "the number is converted to the element type",
        ["Lerp"] = "a weight outside 0 to 1 goes beyond the ends",
        ["Pow"] = "the power is a float, and NaN where there is none",
        ["Tril"] = "a diagonal outside the matrix leaves all or nothing",
        ["Triu"] = "a diagonal outside the matrix leaves all or nothing",
    };

    public static TheoryData<string> Names => [.. BadParameters.Lines.Select(static line => line.Op).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_refusal_names_the_op_the_shape_the_number_and_the_remedy(string op)
    {
        foreach (BadParameter line in BadParameters.Lines.Where(line => line.Op == op))
        {
            using var workspace = WorkspaceManager.Create(new());
            Tensor x = Tensor.Full(new Shape(line.Dims), 1, line.Type);
            Tensor[] others = [.. line.Others.Select(dims => Tensor.Full(new Shape(dims), 1, line.OtherType))];
            long before = workspace.Memory.Allocated;
            string where = $"{op} with {line.Number} on {x.Shape}";
            Exception? error = Record.Exception(() => line.Run(x, others));
            Assert.True(error is ArgumentException or WorkspaceException, $"{where}: {error?.GetType().Name ?? "taken"}: {error?.Message}");
            Match parts = Regex.Match(error!.Message, @"^Cannot (?<asked>.+), asked by (?<by>\w+)(, \w+ \d+)?: (?<numbers>.+)\. Remedy: (?<remedy>.+)\.( \(Parameter '.+'\))?$");
            where += $": {error.Message}";
            Assert.True(parts.Success, where);
            Assert.True(parts.Groups["by"].Value == op, where);
            Assert.True(parts.Groups["asked"].Value.Contains(x.Shape.ToString(), StringComparison.Ordinal), where);
            Assert.True(parts.Groups["asked"].Value.Contains(line.Number, StringComparison.Ordinal), where);
            Assert.True(before == workspace.Memory.Allocated, $"{where}: {workspace.Memory.Allocated - before} bytes stay");
        }
    }

    [Fact]
    public void Every_op_that_takes_a_number_has_a_line_or_a_reason_why_not()
    {
        var called = new CalledMethods();
        foreach (BadParameter line in BadParameters.Lines) called.Add(line.Run);
        HashSet<string> tested = [.. called.Methods.Where(static method => OpNames.IsOps(method.DeclaringType)).Select(static method => OpNames.NameOf(method.Name))];
        string[] ops = [.. OpNames.All.Where(static method => method.GetParameters().Any(IsNumber)).Select(static method => OpNames.NameOf(method.Name)).Distinct().Order(StringComparer.Ordinal)];
        Assert.True(ops.Length > 60, string.Create(CultureInfo.InvariantCulture, $"{ops.Length} ops were found."));
        Assert.Equal("", string.Join(", ", ops.Where(op => !tested.Contains(op) && !TakesAny.ContainsKey(op))));
        Assert.Equal("", string.Join(", ", TakesAny.Keys.Where(op => tested.Contains(op) || !ops.Contains(op))));
    }

    [Theory]
    [InlineData(-1, 3, "[-1, 3]")]
    [InlineData(3, long.MinValue, "-9223372036854775808]")]
    [InlineData(long.MaxValue, 2, "[9223372036854775807, 2]")]
    public void Shapes_of_negative_and_of_too_many_sizes_are_refused(long rows, long columns, string shape)
    {
        using var workspace = WorkspaceManager.Create(new());
        var error = Assert.Throws<ShapeException>(() => Tensor.Zeros([rows, columns]));
        Assert.Contains(shape, error.Asked, StringComparison.Ordinal);
        Assert.Matches("Cannot make a shape .*, asked by Shape: .*Remedy: ", error.Message);
        Assert.Equal(0, workspace.Memory.Allocated);
    }

    [Fact]
    public void Tensors_larger_than_any_memory_are_refused_by_the_op_that_makes_them()
    {
        using var workspace = WorkspaceManager.Create(new());
        foreach (Func<Tensor> make in (Func<Tensor>[])[() => Tensor.Zeros([1L << 40, 1L << 20]), () => Tensor.Full([1L << 62], 1)])
        {
            var error = Assert.Throws<ShapeException>(() => make());
            Assert.Matches(@"Cannot make a float32 tensor of shape \[.*\], asked by (Zeros|Full): .*Remedy: ", error.Message);
        }

        Assert.Equal(0, workspace.Memory.Allocated);
    }

    private static bool IsNumber(ParameterInfo parameter) =>
        parameter.ParameterType.ToString() is "System.Int32" or "System.Int64" or "System.Double" or "System.Nullable`1[System.Double]" or "System.Nullable`1[System.Int32]"
            or "System.ReadOnlySpan`1[System.Int32]" or "System.ReadOnlySpan`1[System.Int64]" or "Workspaces.Ops.Size2" or "System.Nullable`1[Workspaces.Ops.Size2]";
}
