using Workspaces.Memory.Recording;

namespace Workspaces.Tests.Recording;

/// <summary>Traces and plans in CSV as passes.</summary>
public sealed class RecordedPassCsvTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Columns_for_people_are_read_where_they_are()
    {
        RecordedPass pass = Read("op,size,kind,id,lower,upper,last_use,name,shape,more\n\"a,\"\"b\"\"\",100,scratch,7,0,4,2,w,\"[2, 3]\",x\n,64,block,8,1,3,9,,,\n,64,5,9,2,3,,,,\n");

        RecordedBlock first = pass.Blocks[0];
        Assert.Equal(("a,\"b\"", "w", "[2, 3]", BlockKind.Scratch, 2, 100L), (first.Op, first.Name, first.Shape, first.Kind, first.LastUse, first.Bytes));
        Assert.Equal((BlockKind.Temporary, null, 2), (pass.Blocks[1].Kind, pass.Blocks[1].Op, pass.Blocks[1].LastUse)); // a last use behind the end is none
        Assert.Equal(BlockKind.Temporary, pass.Blocks[2].Kind);
        Assert.Equal((4, null), (pass.Events, pass.PlanBytes));
    }

    [Fact]
    public void Times_that_are_no_small_numbers_are_replaced_by_their_order()
    {
        RecordedPass pass = Read($"id,lower,upper,size\n0,{long.MinValue},{long.MaxValue},64\n1,-5,1000000000000,64\n");
        Assert.Equal([(0, 3), (1, 2)], pass.Blocks.Select(static block => (block.Birth, block.Death)));
        Assert.Equal(128, pass.ToProblem().LowerBound);
    }

    [Fact]
    public void A_plan_gives_places_and_one_that_overlaps_is_refused()
    {
        RecordedPass pass = Read("id,lower,upper,size,offset\n0,0,2,64,64\n1,0,2,64,0\n");
        Assert.Equal([64L, 0L], pass.Blocks.Select(static block => block.Offset));
        Assert.Equal((128L, RecordedPassState.Planned), (pass.PlanBytes, pass.State));
        Assert.Contains("Remedy:", Assert.Throws<InvalidDataException>(() => Read("id,lower,upper,size,offset\n0,0,2,64,0\n1,0,2,64,32\n")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("id,lower,upper,size\n")]
    [InlineData("id,lower,upper\n0,0,1\n")]
    [InlineData("id,lower,upper,size\n0,2,1,64\n")]
    public void What_is_no_trace_is_refused_with_its_line(string text) =>
        Assert.Contains("line ", Assert.Throws<InvalidDataException>(() => Read(text)).Message, StringComparison.Ordinal);

    private RecordedPass Read(string text)
    {
        File.WriteAllText(_path, text);
        return RecordedPassCsv.Read(_path);
    }
}
