using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.State;

/// <summary>Changes of the autopilot's configuration. Moves no index row: the record's own index serves.</summary>
internal static class AutopilotCommands
{
    public static bool TryApply(StateEdit edit, ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        if (!CommandCodec.TryDecode(body, out AutopilotRequest? request)) return false;
        AutopilotConfiguration? stored = edit.Autopilot;
        bool applies = !request.Cas || (stored is not null && stored.ModifyIndex == request.Configuration.ModifyIndex);
        if (request.Cas) result = ApplyResults.Of(applies);
        if (applies)
            edit.Autopilot = request.Configuration with { CreateIndex = stored?.CreateIndex ?? index, ModifyIndex = index };
        return true;
    }
}
