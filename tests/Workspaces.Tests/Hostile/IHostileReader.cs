using Workspaces.Memory;

namespace Workspaces.Tests.Hostile;

/// <summary>A reader of files from outside, for <see cref="HostileConformance{TReader}"/>.</summary>
public interface IHostileReader
{
    /// <summary>Correct files that mutations start from; at least one.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>Reads a file as a user would, all of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="manager">Where tensors go, so that what the file costs is counted apart from all else in the process.</param>
    void Read(string path, WorkspaceManager manager);

    /// <summary>Whether an exception is a documented refusal.</summary>
    /// <param name="error">What was thrown.</param>
    bool IsDocumented(Exception error) => error is InvalidDataException;

    /// <summary>Whether the message of a refusal must have the file's name in it.</summary>
    bool NamesFile => true;

    /// <summary>Managed bytes that one byte of the file may cost.</summary>
    int BytesPerByte => 64;

    /// <summary>Characters that a message may have: what it shows of the file is shortened.</summary>
    int LongestMessage => 4000;

    /// <summary>Managed bytes that any file may cost: buffers, messages, stack traces.</summary>
    int FixedBytes => 1 << 20;
}
