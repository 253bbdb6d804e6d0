using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Movements of index rows.</summary>
internal sealed partial class StateEdit
{
    private ulong _batch = 1;

    /// <summary>Writes a row, whatever it was.</summary>
    public void SetIndex(string name, ulong index)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(name);
        Write(key.Span, Index.Get(key.Span), name, index);
    }

    /// <summary>Moves a row forward; it never goes back.</summary>
    public void RaiseIndex(string name, ulong index)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(name);
        Raise(key.Span, prefix: "", name, index);
    }

    /// <summary>Raises the rows of a service's name and of its kind.</summary>
    public void RaiseService(string service, string kind, ulong index)
    {
        RaiseServiceName(service, index);
        RaiseKind(kind, index);
    }

    public void RaiseServiceName(string service, ulong index) => RaisePrefixed(IndexNames.ServicePrefix, service, index);

    public void RaiseKind(string kind, ulong index) =>
        RaisePrefixed(IndexNames.KindPrefix, kind.Length == 0 ? IndexNames.TypicalKind : kind, index);

    /// <summary>Replaces a service's row by its equal, so that answers kept with it are built again.</summary>
    public void RefreshService(string service) => RaiseServiceName(service, 0);

    /// <summary>Reports a change of what hangs on a service to those who watch for just that.</summary>
    public void ReportService(WatchTable table, string service)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(IndexNames.ServicePrefix);
        key.AddLower(service);
        Changes.Add(table, Index.Get(key.Span)?.TableKey ?? key.ToArray());
    }

    public void RemoveServiceRow(string service)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(IndexNames.ServicePrefix);
        key.AddLower(service);
        IndexRow? row = Index.Get(key.Span);
        if (row is null) return;
        Index.Remove(key.Span);
        Changes.Add(WatchTable.Index, row.TableKey);
    }

    private void RaisePrefixed(string prefix, string name, ulong index)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(prefix);
        key.AddLower(name);
        Raise(key.Span, prefix, name, index);
    }

    private void Raise(ReadOnlySpan<byte> key, string prefix, string name, ulong index)
    {
        IndexRow? row = Index.Get(key);
        if (row is null && index == 0) return;
        if (row is not null && index <= row.Value) Write(key, row, row.Name, row.Value);
        else if (row is not null && IsSame(row.Name, prefix, name)) Write(key, row, row.Name, index);
        else Write(key, row, prefix + name, index);
    }

    private void Write(ReadOnlySpan<byte> key, IndexRow? old, string name, ulong index)
    {
        byte[] tableKey = old?.TableKey ?? key.ToArray();
        Index.Set(tableKey, new IndexRow(tableKey, name, index, _batch));
        if (old is null || old.Batch != _batch) Changes.Add(WatchTable.Index, tableKey);
    }

    private static bool IsSame(string rowName, string prefix, string name) =>
        rowName.Length == prefix.Length + name.Length && rowName.AsSpan(prefix.Length).SequenceEqual(name);
}
