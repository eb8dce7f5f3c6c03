using Spectre.Console;
using Spectre.Console.Rendering;

namespace Workspaces.Hosting.Progress;

/// <summary>
/// The figures of a run in front of its bar. Whenever it is drawn it also moves the bar to the last step: the bar remembers each move in an object, which the training
/// thread must not make.
/// </summary>
internal sealed class FiguresColumn(LiveFigures figures) : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        if (!task.IsFinished) task.Value = figures.Steps;
        (string where, string numbers) = figures.Read();
        return numbers.Length == 0 ? new Text(where) : new Text($"{where}\n{numbers}");
    }
}
