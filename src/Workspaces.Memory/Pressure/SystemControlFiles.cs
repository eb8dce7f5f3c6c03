using Microsoft.Win32.SafeHandles;

namespace Workspaces.Memory.Pressure;

/// <summary>The files of this system.</summary>
internal sealed class SystemControlFiles : IControlFiles
{
    public IControlFile? Open(string path)
    {
        try
        {
            return File.Exists(path) ? new OpenFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)) : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed class OpenFile(SafeFileHandle handle) : IControlFile
    {
        public int Read(Span<byte> buffer)
        {
            try
            {
                int length = 0, more;
                while (length < buffer.Length && (more = RandomAccess.Read(handle, buffer[length..], length)) > 0) length += more;
                return length;
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                return 0; // the group was removed, or its reader closed meanwhile
            }
        }

        public void Dispose() => handle.Dispose();
    }
}
