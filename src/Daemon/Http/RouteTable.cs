namespace Consul.Fast.Daemon.Http;

/// <summary>Answers one request. It may complete later but never blocks the calling thread, which serves other connections.</summary>
internal delegate ValueTask HttpHandler(HttpExchange exchange);

/// <summary>
/// The patterns of the API. A pattern without a trailing slash matches exactly, one with it matches every path below;
/// the longest match wins. Filled at start, then read by all connections.
/// </summary>
internal sealed class RouteTable
{
    private readonly List<Route> _all = [];

    // Routes by the length of their pattern: a lookup compares a handful of candidates and hashes nothing.
    private Route[][] _byLength = [];

    /// <summary>All routes, in the order of registration.</summary>
    public IReadOnlyList<Route> Routes => _all;

    /// <summary>Registers a pattern.</summary>
    /// <param name="pattern">An absolute path; a trailing slash makes it a prefix pattern.</param>
    /// <param name="methods">
    /// Comma-separated, in the order of the <c>Allow</c> header; empty when the handler itself judges the method.
    /// </param>
    public void Add(string pattern, string methods, HttpHandler handler)
    {
        if (!pattern.StartsWith('/')) throw new ArgumentException($"pattern {pattern} is not an absolute path", nameof(pattern));
        if (_all.Any(r => r.Pattern == pattern)) throw new ArgumentException($"pattern {pattern} is registered twice", nameof(pattern));
        var route = new Route(pattern, methods, handler);
        _all.Add(route);
        if (_byLength.Length <= pattern.Length) Array.Resize(ref _byLength, pattern.Length + 1);
        _byLength[pattern.Length] = [.. _byLength[pattern.Length] ?? [], route];
    }

    /// <summary>The longest pattern that matches, or null.</summary>
    /// <param name="path">The decoded path, one character per byte.</param>
    public Route? Match(ReadOnlySpan<char> path)
    {
        if (Find(path) is { } exact) return exact;
        ReadOnlySpan<char> rest = path[..Math.Min(path.Length, _byLength.Length)];
        while (true)
        {
            int slash = rest.LastIndexOf('/');
            if (slash < 0) return null;
            if (Find(path[..(slash + 1)]) is { } prefix) return prefix;
            rest = rest[..slash];
        }
    }

    /// <summary>True for a path that is a prefix pattern without its slash and no pattern itself: it is redirected.</summary>
    public bool LacksSlash(ReadOnlySpan<char> path)
    {
        if (path.Length + 1 >= _byLength.Length || Find(path) is not null) return false;
        foreach (Route route in _byLength[path.Length + 1] ?? [])
        {
            if (route.IsPrefix && route.Pattern.AsSpan(0, path.Length).SequenceEqual(path)) return true;
        }

        return false;
    }

    private Route? Find(ReadOnlySpan<char> pattern)
    {
        if (pattern.Length >= _byLength.Length) return null;
        foreach (Route route in _byLength[pattern.Length] ?? [])
        {
            if (pattern.SequenceEqual(route.Pattern)) return route;
        }

        return null;
    }
}

/// <summary>One registered pattern.</summary>
internal sealed class Route
{
    private readonly string[] _methods;

    public Route(string pattern, string methods, HttpHandler handler)
    {
        Pattern = pattern;
        Handler = handler;
        IsApi = pattern.StartsWith("/v1/", StringComparison.Ordinal);
        Allow = "OPTIONS," + methods;
        _methods = methods.Length == 0 ? [] : methods.Split(',');
    }

    public string Pattern { get; }

    public HttpHandler Handler { get; }

    public bool IsPrefix => Pattern[^1] == '/';

    /// <summary>Replies of the API carry its common headers; others only the configured ones.</summary>
    public bool IsApi { get; }

    /// <summary>Value of the <c>Allow</c> header.</summary>
    public string Allow { get; }

    /// <summary>False when the handler judges the method itself.</summary>
    public bool DeclaresMethods => _methods.Length > 0;

    /// <summary>Null while nobody measures.</summary>
    public RouteTimings? Timings { get; set; }

    public bool Allows(string method)
    {
        foreach (string allowed in _methods)
        {
            if (allowed == method) return true;
        }

        return false;
    }
}
