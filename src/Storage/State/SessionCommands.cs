using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.State;

/// <summary>Session create and destroy.</summary>
internal static class SessionCommands
{
    public static bool TryApply(StateEdit edit, ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        if (!CommandCodec.TryDecode(body, out SessionRequest? request)) return false;
        edit.Operation = request.Op;
        result = request.Op switch
        {
            SessionRequest.Create => Create(edit, index, request.Session),
            SessionRequest.Destroy => Destroy(edit, index, request.Session.Id),
            _ => new ApplyError($"Invalid Session operation '{request.Op}'"),
        };
        return true;
    }

    private static object Create(StateEdit edit, ulong index, Session session) =>
        SessionWriter.Create(edit, index, session) is { } error ? new ApplyError(error) : session.Id;

    private static ApplyError? Destroy(StateEdit edit, ulong index, string id)
    {
        if (UuidText.Check(id) is { } malformed) return new ApplyError($"failed session lookup: index error: {malformed}");
        SessionWriter.Invalidate(edit, index, id);
        return null;
    }
}
