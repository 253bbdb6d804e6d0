using System.Text;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Serf;

internal sealed partial class SerfCore
{
    /// <summary>A base64 key takes at least this much of an answer, so more keys than limit / this cannot fit.</summary>
    private const int EncodedKeyBytesMin = 25;

    private static ReadOnlySpan<byte> ConflictQuery => "_serf_conflict"u8;

    private static ReadOnlySpan<byte> InstallKeyQuery => "_serf_install-key"u8;

    private static ReadOnlySpan<byte> UseKeyQuery => "_serf_use-key"u8;

    private static ReadOnlySpan<byte> RemoveKeyQuery => "_serf_remove-key"u8;

    private static ReadOnlySpan<byte> ListKeysQuery => "_serf_list-keys"u8;

    /// <summary>Answers a key query. A list that is too long is cut from its end, with a remark.</summary>
    public RespondResult RespondKey(QueryId id, KeyResponse response)
    {
        int total = response.Keys.Length;
        for (int count = Math.Min(total, _context.Serf.QueryResponseBytesMax / EncodedKeyBytesMin); ; count--)
        {
            bool isCut = count < total;
            KeyResponse shown = !isCut ? response : response with
            {
                Keys = response.Keys[..count],
                Message = Encoding.UTF8.GetBytes($"truncated key list response, showing first {count} of {total} keys"),
            };
            _context.Scratch.ResetWrittenCount();
            _context.Codec.Encode(shown, _context.Scratch);
            RespondResult result = Respond(id, _context.Scratch.WrittenSpan.ToArray());
            if (result != RespondResult.TooLarge || count == 0) return result;
        }
    }

    private void HandleInternal(in OpenQuery open, in Query query)
    {
        ReadOnlySpan<byte> name = query.Name.Span;
        if (name.SequenceEqual(ConflictQuery)) AnswerConflict(open, query.Payload);
        else if (name.SequenceEqual(InstallKeyQuery)) HandleKey(open, KeyOperation.Install, query.Payload);
        else if (name.SequenceEqual(UseKeyQuery)) HandleKey(open, KeyOperation.Use, query.Payload);
        else if (name.SequenceEqual(RemoveKeyQuery)) HandleKey(open, KeyOperation.Remove, query.Payload);
        else if (name.SequenceEqual(ListKeysQuery)) HandleKey(open, KeyOperation.List, query.Payload);
    }

    private void HandleKey(in OpenQuery open, KeyOperation operation, ReadOnlyMemory<byte> payload)
    {
        bool decoded = _context.Codec.TryDecode(payload, out KeyRequest request);
        if (decoded || operation == KeyOperation.List) _context.Output.KeyQuery(new IncomingKeyQuery(open.Id, operation, request.Key));
        else RespondKey(open.Id, default);
    }

    /// <summary>Tells what is known of a name that two nodes claim; they do not answer themselves.</summary>
    private void AnswerConflict(in OpenQuery open, ReadOnlyMemory<byte> name)
    {
        if (_context.IsMyName(name)) return;
        int slot = _members.Find(name.Span);
        ConflictResponse response = default;
        if (slot != MemberSlot.None && _members[slot].Status != StatusByte.None)
        {
            MemberView view = View(slot);
            response = new ConflictResponse(IsKnown: true, view.Name, view.Address, view.Meta, (int)view.Status, view.Vsn);
        }

        _context.Scratch.ResetWrittenCount();
        _context.Codec.Encode(response, _context.Scratch);
        Respond(open.Id, _context.Scratch.WrittenSpan.ToArray());
    }
}
