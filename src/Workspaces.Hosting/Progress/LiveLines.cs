using System.Globalization;

namespace Workspaces.Hosting.Progress;

/// <summary>The words and the bar of a live display, for terminals of any width.</summary>
internal static class LiveLines
{
    private const int MostBar = 30, LeastBar = 6;

    /// <summary>Where the run stands with the bar, and throughput and memory below it; none before the run begins.</summary>
    /// <param name="state">Where the run stands.</param>
    /// <param name="columns">Columns of the terminal; the lines stay below.</param>
    /// <param name="unicode">False for terminals that have no other characters than ASCII.</param>
    internal static string[] Of(in LiveState state, int columns, bool unicode)
    {
        if (state.Where.Length == 0) return [];
        if (!state.HasFigures) return [state.HasEnded ? state.Where : WithBar(state, columns, unicode)];
        string figures = ProgressText.Figures(state.SamplesPerSecond, state.PeakBytes, state.ArenaBytes);
        if (figures.Length >= columns) figures = ProgressText.Figures(state.SamplesPerSecond, state.PeakBytes, null);
        if (!state.HasEnded) return [WithBar(state, columns, unicode), figures];
        string together = $"{state.Where}  {figures}";
        return together.Length < columns ? [together] : [state.Where, figures];
    }

    private static string WithBar(in LiveState state, int columns, bool unicode)
    {
        string left = state.Left is { } time ? $"  {Clock(time)} left" : "";
        string end = string.Create(CultureInfo.InvariantCulture, $" {Math.Floor(state.Done * 100),3:F0} %{left}");
        int width = Math.Min(MostBar, columns - 1 - state.Where.Length - "  ".Length - end.Length);
        if (width < LeastBar) return state.Where + end;
        int done = (int)(state.Done * width);
        return $"{state.Where}  {new string(unicode ? '━' : '#', done)}{new string(unicode ? '─' : '-', width - done)}{end}";
    }

    private static string Clock(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Min((long)time.TotalHours, 9999)}:{time.Minutes:00}:{time.Seconds:00}");
}
