namespace Workspaces.Memory.Pressure;

/// <summary>Files in which the system tells figures.</summary>
internal interface IControlFiles
{
    /// <summary>Opens a file to be read many times; null when there is none or it cannot be read.</summary>
    IControlFile? Open(string path);
}
