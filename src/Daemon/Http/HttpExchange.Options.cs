using System.Globalization;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Text;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http;

/// <content>The parameters and headers that all reads share.</content>
internal sealed partial class HttpExchange
{
    /// <summary>Follows the refusal of anything that names a namespace.</summary>
    internal const string EnterpriseSuffix = " - Namespaces are a Consul Enterprise feature";

    /// <summary>How the default consistency is called.</summary>
    private const string LeaderMode = "leader";

    private MetaState _meta;
    private KeyRequest? _keyRequest;

    /// <summary>The age that a cached answer may have at most, from <c>Cache-Control</c>; null when not given.</summary>
    public TimeSpan? MaxAge => _meta.MaxAge;

    /// <summary>Whether <c>?cached</c> asks for the agent's cache.</summary>
    public bool UseCache => _meta.UseCache;

    private bool AcceptsGzip
    {
        get
        {
            var accepted = RequestHeaders.AcceptEncoding;
            return accepted.Count > 0 && AcceptEncoding.AllowsGzip(accepted);
        }
    }

    /// <summary>A fresh request object that lives as long as this exchange: KV reads need no other allocation.</summary>
    public KeyRequest RentKeyRequest()
    {
        KeyRequest request = _keyRequest ??= new KeyRequest();
        request.Reset();
        return request;
    }

    /// <summary>
    /// Fills a request from the parameters that all reads share. The order of faults is consistency,
    /// <c>Cache-Control</c>, wait, index.
    /// </summary>
    /// <returns>False when the 400 answer is set.</returns>
    public bool TryParseQueryOptions(QueryRequest request)
    {
        if (_query.Count == 0 && _options.DiscoveryMaxStale == TimeSpan.Zero && RequestHeaders.CacheControl.Count == 0)
        {
            request.Token = Token();
            return true;
        }

        return TryParseConsistency(request) && TryParseCacheControl() && TryParseWait(request) && ParseTarget(request);
    }

    /// <summary>The consistency parameters alone, for calls that look at nothing else.</summary>
    /// <returns>False when the 400 answer is set.</returns>
    public bool TryParseConsistency(QueryRequest request)
    {
        bool explicitMode = _query.Has("leader");
        if (_query.Has("stale")) request.AllowStale = explicitMode = true;
        if (_query.Has("consistent")) request.RequireConsistent = explicitMode = true;
        if (_options.UseCache && _query.Has("cached")) _meta.UseCache = explicitMode = true;
        if (_query.Get("max_stale") is { Length: > 0 } maxStale)
        {
            if (!GoDuration.TryParse(maxStale, out long nanoseconds, out _))
            {
                Text(StatusCodes.Status400BadRequest, $"Invalid max_stale value {GoDuration.Quote(maxStale)}");
                return false;
            }

            request.MaxStale = GoDuration.ToTimeSpan(nanoseconds);
            if (nanoseconds > 0)
            {
                request.AllowStale = explicitMode = true;
                // A bound shorter than our clock can tell is still one.
                if (request.MaxStale == TimeSpan.Zero) request.MaxStale = new TimeSpan(1);
            }
        }

        if (!explicitMode && _options.DiscoveryMaxStale > TimeSpan.Zero
            && (PathStartsWith("/v1/catalog") || PathStartsWith("/v1/health")))
        {
            request.MaxStale = _options.DiscoveryMaxStale;
            request.AllowStale = true;
        }

        if (request.RequireConsistent && (request.AllowStale || _meta.UseCache))
        {
            string other = request.AllowStale ? "stale" : "cached";
            Text(StatusCodes.Status400BadRequest, $"Cannot specify ?{other} with ?consistent, conflicting semantics.");
            return false;
        }

        _meta.Mode = request.AllowStale ? "stale" : request.RequireConsistent ? "consistent" : LeaderMode;
        return true;
    }

    /// <summary>The ACL token: parameter, header, bearer, the agent's own.</summary>
    public string Token()
    {
        if (_query.Count > 0 && _query.Get("token") is { Length: > 0 } parameter) return parameter;
        IHeaderDictionary headers = RequestHeaders;
        string? header = headers["X-Consul-Token"];
        if (!string.IsNullOrEmpty(header)) return header;
        if (headers.Authorization.Count > 0 && BearerToken(headers.Authorization[0]) is { Length: > 0 } bearer) return bearer;
        return _options.UserToken;
    }

    /// <summary>The asked datacenter, empty for the agent's own.</summary>
    public string Datacenter() => _query.Count == 0 ? "" : _query.Get("dc") ?? "";

    /// <summary>True when the request names a namespace, which this edition refuses; the answer is set.</summary>
    public bool RefusesNamespace()
    {
        if (_query.Count > 0 && _query.Get("ns") is { Length: > 0 })
        {
            BadRequest("Invalid query parameter: \"ns\"" + EnterpriseSuffix);
            return true;
        }

        if (string.IsNullOrEmpty(RequestHeaders["X-Consul-Namespace"])) return false;
        BadRequest("Invalid header: \"X-Consul-Namespace\"" + EnterpriseSuffix);
        return true;
    }

    /// <summary>
    /// Whether an answer is older than the request allows; the request then asks the leader, and has to be made once more.
    /// </summary>
    public bool IsTooStale<T>(QueryRequest request, in RpcResult<T> result)
    {
        if (request.MaxStale <= TimeSpan.Zero || !request.AllowStale) return false;
        if (result.Error is not null || result.Meta.LastContact <= request.MaxStale) return false;
        request.AllowStale = false;
        request.MaxStale = default;
        _meta.Mode = LeaderMode;
        return true;
    }

    /// <summary>Sets the headers of a read's metadata; the default value stands for a failed read.</summary>
    public void SetMeta(QueryMeta meta, bool effectiveConsistency)
    {
        SetMeta(meta, Math.Max(meta.Index, 1).ToString(CultureInfo.InvariantCulture));
        if (effectiveConsistency) Headers["X-Consul-Effective-Consistency"] = _meta.Mode ?? LeaderMode;
    }

    /// <summary>The same with a ready text of the index.</summary>
    public void SetMeta(in QueryMeta meta, string index)
    {
        IHeaderDictionary headers = Headers;
        headers["X-Consul-Index"] = index;
        headers["X-Consul-Knownleader"] = meta.KnownLeader ? "true" : "false";
        headers["X-Consul-Lastcontact"] = LastContact(meta);
        headers["X-Consul-Query-Backend"] = "blocking-query";
    }

    /// <summary>Known leader and last contact only, for the reads that report no index.</summary>
    public void SetContact(in QueryMeta meta)
    {
        Headers["X-Consul-Knownleader"] = meta.KnownLeader ? "true" : "false";
        Headers["X-Consul-Lastcontact"] = LastContact(meta);
    }

    private static string LastContact(in QueryMeta meta) =>
        meta.LastContactNs == 0 ? "0" : ((long)meta.LastContact.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private bool TryParseCacheControl()
    {
        foreach (string? header in RequestHeaders.CacheControl)
        {
            foreach (string directive in (header ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                int equals = directive.IndexOf('=');
                string name = (equals < 0 ? directive : directive[..equals]).Trim();
                if (name == "must-revalidate") _meta.MaxAge = TimeSpan.Zero;
                if (name is not ("max-age" or "stale-if-error")) continue;
                ReadOnlySpan<char> seconds = equals < 0 ? default : directive.AsSpan(equals + 1).Trim();
                if (!long.TryParse(seconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
                {
                    Text(StatusCodes.Status400BadRequest, "Invalid Cache-Control header.");
                    return false;
                }

                if (name == "max-age") _meta.MaxAge ??= TimeSpan.FromSeconds(Math.Clamp(value, 0, int.MaxValue));
            }
        }

        return true;
    }

    /// <summary>The parameters <c>wait</c> and <c>index</c> alone.</summary>
    /// <returns>False when the 400 answer is set.</returns>
    public bool TryParseWait(QueryRequest request)
    {
        if (_query.Get("wait") is { Length: > 0 } wait)
        {
            if (!GoDuration.TryParse(wait, out long nanoseconds, out _))
            {
                Text(StatusCodes.Status400BadRequest, "Invalid wait time");
                return false;
            }

            request.MaxQueryTime = GoDuration.ToTimeSpan(nanoseconds);
        }

        if (_query.Get("index") is { Length: > 0 } index)
        {
            if (!ulong.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            {
                Text(StatusCodes.Status400BadRequest, "Invalid index");
                return false;
            }

            request.MinQueryIndex = value;
            // The token of the connection is made on demand, so only a call that waits asks for it.
            if (value > 0) request.Cancellation = Aborted;
        }

        return true;
    }

    private bool ParseTarget(QueryRequest request)
    {
        request.Token = Token();
        request.Datacenter = Datacenter();
        request.Filter = _query.Get("filter") ?? "";
        if (_query.Has("node-meta")) request.NodeMetaFilters = [.. _query.GetAll("node-meta").Select(NodeMetaPair)];
        return true;
    }

    private static KeyValuePair<string, string> NodeMetaPair(string text)
    {
        int colon = text.IndexOf(':');
        return colon < 0 ? new(text, "") : new(text[..colon], text[(colon + 1)..]);
    }

    private static string BearerToken(string? authorization)
    {
        string[] words = (authorization ?? "").Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 && words[0].Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? words[1] : "";
    }

    private struct MetaState
    {
        public string? Mode;
        public bool UseCache;
        public TimeSpan? MaxAge;
    }
}
