namespace Workspaces.Tests.Review;

/// <summary>Programs in which everything happens at once; a failure prints the seed.</summary>
public sealed class MixedProgramTests
{
    private const int SeedsPerBatch = 50;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_byte_is_lost_and_no_cap_passed_whatever_a_program_mixes(int batch)
    {
        int planned = 0, online = 0, refused = 0, ended = 0;
        for (int i = 0; i < SeedsPerBatch; i++)
        {
            using var program = new MixedProgram((batch * SeedsPerBatch) + i);
            program.Run();
            planned += program.Planned;
            online += program.Online;
            refused += program.Refused;
            ended += program.Ended;
        }

        Assert.True(planned > 1000 && online > 1000 && refused > 0 && ended > 0, $"planned {planned}, online {online}, refused {refused}, ended {ended}");
    }
}
