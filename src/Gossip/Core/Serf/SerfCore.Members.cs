using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Swim;

namespace Consul.Fast.Gossip.Core.Serf;

internal sealed partial class SerfCore
{
    public void OnJoin(int slot)
    {
        ref MemberSlot member = ref _members[slot];
        if (member.Status == StatusByte.None)
        {
            member.Status = StatusByte.Alive;
            member.StatusLTime = 0;
            _outbox.MemberCount++;
            if (_intents.TryGet(member.Identity.Name, out Intent intent))
            {
                member.StatusLTime = intent.LTime;
                if (intent.IsLeave) BeginLeaving(ref member);
            }
        }
        else
        {
            RemoveFromLists(slot);
            member.Status = StatusByte.Alive;
        }

        Notify(MemberChange.Join, slot);
    }

    public void OnLeave(int slot)
    {
        ref MemberSlot member = ref _members[slot];
        switch (member.Status)
        {
            case StatusByte.Leaving:
                member.Status = StatusByte.Left;
                _left.Add(slot);
                Notify(MemberChange.Leave, slot);
                break;
            case StatusByte.Alive:
                member.Status = StatusByte.Failed;
                _failed.Add(slot);
                Notify(MemberChange.Failed, slot);
                break;
        }
    }

    public void OnUpdate(int slot)
    {
        if (_members[slot].Status != StatusByte.None) Notify(MemberChange.Update, slot);
    }

    public void OnConflict(int slot, in Alive other)
    {
        _context.Warn(WarningKind.NameConflict, _members[slot].Identity.Name, other.Addr);
        if (slot == SwimCore.SelfSlot && _context.Serf.ResolveNameConflicts) ResolveConflict();
    }

    private void Notify(MemberChange change, int slot) => _context.Output.Member(new MemberNotice(change, slot, View(slot)));

    private void BeginLeaving(ref MemberSlot member)
    {
        byte[] name = member.Identity.Name;
        _leaving.RemoveAll(leaving => ReferenceEquals(leaving.Name, name));
        member.Status = StatusByte.Leaving;
        _leaving.Add(new LeavingMember(member.Identity.Name, _context.Now));
    }

    private void RemoveFromLists(int slot)
    {
        switch (_members[slot].Status)
        {
            case StatusByte.Failed:
                RemoveFrom(_failed, slot);
                break;
            case StatusByte.Left:
                RemoveFrom(_left, slot);
                break;
        }
    }

    private static void RemoveFrom(List<int> list, int slot)
    {
        int index = list.IndexOf(slot);
        list[index] = list[^1];
        list.RemoveAt(list.Count - 1);
    }

    /// <summary>Forgets a member; the failure detector may still know it.</summary>
    private void Erase(int slot)
    {
        RemoveFromLists(slot);
        ref MemberSlot member = ref _members[slot];
        if (member.Coordinate != MemberSlot.None)
        {
            _places.Return(member.Coordinate);
            member.Coordinate = MemberSlot.None;
        }

        Notify(MemberChange.Reap, slot);
        member.Status = StatusByte.None;
        member.StatusLTime = 0;
        _outbox.MemberCount--;
        if (!member.IsListed) _members.Remove(slot);
    }
}
