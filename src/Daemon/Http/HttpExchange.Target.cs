using System.Text;
using Microsoft.AspNetCore.Http;

namespace Consul.Fast.Daemon.Http;

/// <content>From the request target to the route.</content>
internal sealed partial class HttpExchange
{
    /// <summary>Finds the route; false when the answer is already set.</summary>
    internal bool TryRoute(RouteTable routes)
    {
        if (_target == AnyPath)
        {
            Empty();
            return false;
        }

        ReadOnlySpan<char> path = _target.AsSpan(_pathStart, _pathEnd - _pathStart);
        if (!UrlPath.IsPlain(path))
        {
            if (!TryDecodePath(path, out bool cleaned)) return false;
            if (routes.LacksSlash(PathChars))
            {
                Redirect(UrlPath.Escape(_decoded) + "/");
                return false;
            }

            if (cleaned)
            {
                Redirect(UrlPath.Escape(_decoded));
                return false;
            }
        }

        _route = routes.Match(PathChars);
        if (_route is { IsPrefix: false } || !routes.LacksSlash(PathChars)) return true;
        Redirect(UrlPath.Escape(Encoding.Latin1.GetBytes(PathChars.ToString())) + "/");
        return false;
    }

    internal Route? Route => _route;

    /// <summary>Reads the query string; false when an escape in it is broken.</summary>
    internal bool TryParseQuery() => _query.Parse(_target, _pathEnd + 1);

    internal bool PathStartsWith(string prefix) => _decoded is null
        ? PathChars.StartsWith(prefix, StringComparison.Ordinal)
        : _decoded.AsSpan().StartsWith(Encoding.UTF8.GetBytes(prefix));

    private bool TryDecodePath(ReadOnlySpan<char> path, out bool cleaned)
    {
        cleaned = false;
        var bytes = new byte[Math.Max(1, path.Length * 3)];
        if (!UrlPath.TryDecode(path, bytes, out int length))
        {
            Headers.Connection = "close";
            Text(StatusCodes.Status400BadRequest, "400 Bad Request");
            return false;
        }

        if (!_options.DisableUnprintableFilter && UrlPath.HasUnprintable(bytes.AsSpan(0, length)))
        {
            Empty(StatusCodes.Status400BadRequest);
            return false;
        }

        int cleanedLength = UrlPath.Clean(bytes.AsSpan(0, length));
        cleaned = cleanedLength != length;
        _decoded = bytes[..cleanedLength];
        _decodedLatin1 = Encoding.Latin1.GetString(_decoded);
        return true;
    }

    private void Redirect(string path)
    {
        string location = path + _target[_pathEnd..];
        Headers.Location = location;
        if (Method != HttpMethods.Get)
        {
            Empty(StatusCodes.Status301MovedPermanently);
            return;
        }

        string link = location.Replace("&", "&amp;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
        Text(StatusCodes.Status301MovedPermanently, $"<a href=\"{link}\">Moved Permanently</a>.\n\n", "text/html; charset=utf-8");
    }
}
