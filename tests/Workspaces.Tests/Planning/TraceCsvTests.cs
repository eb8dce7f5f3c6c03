using Workspaces.Memory.Planning;

namespace Workspaces.Tests.Planning;

/// <summary>Reading traces and plans: columns by name, and errors that name the line.</summary>
public sealed class TraceCsvTests
{
    [Theory]
    [InlineData("", "line 1", "empty")]
    [InlineData("   \n", "line 1", "empty")]
    [InlineData("id,lower,upper\n1,2,3\n", "line 1", "'size' is missing")]
    [InlineData("id,lower,upper,size,id\n", "line 1", "'id' comes twice")]
    [InlineData("id,lower,upper,size\n", "line 1", "no buffers")]
    [InlineData("id,lower,upper,size\n1,0,1,0\n", "line 2", "size is 0")]
    [InlineData("id,lower,upper,size\n1,0,1,5\n2,0,1,-64\n", "line 3", "size is -64")]
    [InlineData("id,lower,upper,size\n1,4,4,5\n", "line 2", "upper 4 is not above lower 4")]
    [InlineData("id,lower,upper,size\n1,4,3,5\n", "line 2", "upper 3 is not above lower 4")]
    [InlineData("id,lower,upper,size\n1,0,1,5\n2,0,1,5\n1,0,1,5\n", "line 4", "id 1 stands in line 2 too")]
    [InlineData("id,lower,upper,size\n1,0,1,x\n", "line 2", "size is 'x'")]
    [InlineData("id,lower,upper,size\n1,0,1,NaN\n", "line 2", "size is 'NaN'")]
    [InlineData("id,lower,upper,size\n1,0,1,1.5\n", "line 2", "size is '1.5'")]
    [InlineData("id,lower,upper,size\n1,0,1,99999999999999999999\n", "line 2", "size is '9999")]
    [InlineData("id,lower,upper,size\n1,0,1,9223372036854775807\n", "line 2", "more than 9223372036854775807")]
    [InlineData("id,lower,upper,size\n1,0,1\n", "line 2", "too few fields")]
    [InlineData("id,lower,upper,size\n1,0,1,5\n\n2,0,1,5\n", "line 3", "empty")]
    public void Bad_text_is_refused_with_its_line(string text, string line, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => TraceCsv.Read(new StringReader(text), "t.csv"));
        Assert.Contains("t.csv", error.Message, StringComparison.Ordinal);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("Remedy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_found_by_name_and_others_are_ignored()
    {
        PlanningProblem problem = TraceCsv.Read(new StringReader("shape,size,upper,name,ID,lower\r\n\"32, 32\",100,9,\"a \"\"b\"\", c\",7,-3\r\n,1,2,,8,1\r\n\r\n"), "t");
        Assert.Equal([new PlanBuffer(7, -3, 9, 100), new PlanBuffer(8, 1, 2, 1)], problem.Buffers.ToArray());
        Assert.Equal(192, problem.LowerBound);
    }

    [Fact]
    public void A_plan_comes_back_from_its_file()
    {
        PlanningProblem problem = TraceFiles.Read("lenet5_b64_train_adam");
        MemoryPlan plan = new GreedyPlanner().Plan(problem, new());
        var text = new StringWriter();
        TraceCsv.Write(text, problem, plan);

        MemoryPlan read = TraceCsv.ReadPlan(new StringReader(text.ToString()), "plan", problem);

        Assert.Equal(plan.Offsets.ToArray(), read.Offsets.ToArray());
        Assert.Equal(plan.Peak, read.Peak);
        Assert.Equal(problem.Buffers.ToArray(), TraceCsv.Read(new StringReader(text.ToString()), "trace").Buffers.ToArray());
    }

    [Theory]
    [InlineData("id,offset\n1,0\n1,0\n", "line 3", "comes twice")]
    [InlineData("id,offset\n5,0\n", "line 2", "no buffer")]
    [InlineData("id,offset\n1,9223372036854775807\n", "line 2", "beyond all memory")]
    [InlineData("id,offset\n", "line 1", "1 of 1 buffers")]
    [InlineData("id\n1\n", "line 1", "'offset' is missing")]
    public void A_plan_of_something_else_is_refused(string text, string line, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => TraceCsv.ReadPlan(new StringReader(text), "p.csv", new PlanningProblem([new(1, 0, 1, 64)])));
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-64)]
    [InlineData(48)]
    public void An_alignment_that_is_no_power_of_two_is_refused(int alignment) =>
        Assert.Throws<ArgumentException>(() => TraceCsv.Read(new StringReader("id,lower,upper,size\n1,0,1,5\n"), "t", alignment));
}
