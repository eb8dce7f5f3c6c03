using System.Diagnostics;
using System.Globalization;

namespace Workspaces.Tests.Soak;

/// <summary>How long soaks go on: as far as their own number of turns, and longer when the environment variable says for how many minutes; <c>tests/soak.sh</c> sets it.</summary>
internal static class SoakTime
{
    private const string Variable = "WORKSPACES_SOAK_MINUTES";

    internal static bool GoesOn(Stopwatch watch) =>
        double.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out double minutes) && watch.Elapsed.TotalMinutes < minutes;
}
