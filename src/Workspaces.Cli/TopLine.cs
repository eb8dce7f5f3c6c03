namespace Workspaces.Cli;

/// <summary>How a line is lifted out where the terminal has colours.</summary>
internal enum TopStyle
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>What stands above others.</summary>
    Head,

    /// <summary>What wants to be looked at.</summary>
    Warning,
}

/// <summary>One line of a screen, without control characters and no wider than asked for.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Style">How.</param>
internal readonly record struct TopLine(string Text, TopStyle Style = TopStyle.Plain);
