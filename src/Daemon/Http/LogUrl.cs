using System.Text;

namespace Consul.Fast.Daemon.Http;

/// <summary>Request targets without their secrets, for logs.</summary>
internal static class LogUrl
{
    private const string Hidden = "<hidden>";

    private static readonly string[] SecretPaths =
    [
        "/v1/acl/create/", "/v1/acl/update/", "/v1/acl/destroy/", "/v1/acl/info/", "/v1/acl/clone/", "/v1/acl/list/",
    ];

    /// <summary>Hides the values of <c>token</c> parameters and the ids of the older ACL endpoints.</summary>
    public static string Redact(string target)
    {
        int question = target.IndexOf('?');
        string path = question < 0 ? target : target[..question];
        foreach (string prefix in SecretPaths)
        {
            if (path.Length <= prefix.Length || !path.StartsWith(prefix, StringComparison.Ordinal)) continue;
            int end = path.IndexOf('/', prefix.Length);
            path = prefix + Hidden + (end < 0 ? "" : path[end..]);
        }

        if (question < 0) return path;
        string query = target[(question + 1)..];
        if (!query.Contains("token=", StringComparison.Ordinal)) return path + target[question..];
        var result = new StringBuilder(path).Append('?');
        foreach (string pair in query.Split('&'))
        {
            if (result[^1] != '?') result.Append('&');
            result.Append(pair.StartsWith("token=", StringComparison.Ordinal) ? "token=" + Hidden : pair);
        }

        return result.ToString();
    }
}
