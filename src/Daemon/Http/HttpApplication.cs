using System.Diagnostics;
using Consul.Fast.Daemon.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Http;

/// <summary>
/// Takes each request from the server through router, common headers, checks and handler in Consul's order. A request
/// whose handler need not wait is answered on the calling thread without an allocation.
/// </summary>
internal sealed class HttpApplication(RouteTable routes, HttpOptions options, ILogger logger) : IHttpApplication<HttpExchange>
{
    private volatile HttpOptions _options = options;

    /// <summary>The present settings; a reload replaces them for all later requests.</summary>
    public HttpOptions Options
    {
        get => _options;
        set => _options = value;
    }

    public HttpExchange CreateContext(IFeatureCollection contextFeatures)
    {
        var container = contextFeatures as IHostContextContainer<HttpExchange>;
        HttpExchange exchange = container?.HostContext ?? new HttpExchange();
        if (container is not null) container.HostContext = exchange;
        exchange.Begin(contextFeatures, _options);
        return exchange;
    }

    public Task ProcessRequestAsync(HttpExchange context)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            ValueTask handled = Handle(context);
            if (!handled.IsCompletedSuccessfully) return FinishAsync(context, handled, start);
            handled.GetAwaiter().GetResult();
            ValueTask completed = context.CompleteAsync();
            if (!completed.IsCompletedSuccessfully) return FinishAsync(context, completed, start);
            completed.GetAwaiter().GetResult();
            Report(context, start);
            return Task.CompletedTask;
        }
        catch (Exception exception) when (exception is not BadHttpRequestException)
        {
            Fail(context, exception);
            return Task.CompletedTask;
        }
    }

    public void DisposeContext(HttpExchange context, Exception? exception) => context.End();

    private async Task FinishAsync(HttpExchange exchange, ValueTask pending, long start)
    {
        try
        {
            await pending;
            await exchange.CompleteAsync();
            Report(exchange, start);
        }
        catch (Exception exception) when (exception is not BadHttpRequestException)
        {
            Fail(exchange, exception);
        }
    }

    private ValueTask Handle(HttpExchange exchange)
    {
        if (!exchange.TryRoute(routes)) return default;
        if (exchange.Route is not { } route)
        {
            SetConfiguredHeaders(exchange);
            exchange.Empty(StatusCodes.Status404NotFound);
            return default;
        }

        SetCommonHeaders(exchange, route);
        if (!exchange.TryParseQuery())
        {
            exchange.Empty(StatusCodes.Status500InternalServerError);
            return default;
        }

        return IsAdmitted(exchange, route) ? route.Handler(exchange) : default;
    }

    /// <summary>The checks between router and handler; false when the answer is set.</summary>
    private static bool IsAdmitted(HttpExchange exchange, Route route)
    {
        HttpOptions options = exchange.Options;
        foreach (string prefix in options.BlockEndpoints)
        {
            if (!exchange.PathStartsWith(prefix)) continue;
            exchange.Text(StatusCodes.Status403Forbidden, "Endpoint is blocked by agent configuration");
            return false;
        }

        string method = exchange.Method;
        if (route.DeclaresMethods && !route.Allows(method))
        {
            exchange.Headers.Allow = route.Allow;
            if (HttpMethods.IsOptions(method)) exchange.Empty();
            else exchange.Text(StatusCodes.Status405MethodNotAllowed, $"method {method} not allowed");
            return false;
        }

        if (options.AllowWriteFrom.Count == 0 || HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method))
            return true;
        if (exchange.RemoteAddress is not { } address)
        {
            exchange.Error("unable to parse remote addr: address @: missing port in address");
            return false;
        }

        foreach (System.Net.IPNetwork network in options.AllowWriteFrom)
        {
            if (network.Contains(address)) return true;
        }

        exchange.Text(StatusCodes.Status403Forbidden, "Access is restricted");
        return false;
    }

    private static void SetCommonHeaders(HttpExchange exchange, Route route)
    {
        SetConfiguredHeaders(exchange);
        if (!route.IsApi) return;
        HttpOptions options = exchange.Options;
        IHeaderDictionary headers = exchange.Headers;
        headers.Vary = "Accept-Encoding";
        if (options.TranslateWanAddresses) headers["X-Consul-Translate-Addresses"] = "true";
        headers["X-Consul-Default-Acl-Policy"] = options.DefaultAclPolicy;
    }

    private static void SetConfiguredHeaders(HttpExchange exchange)
    {
        IReadOnlyList<KeyValuePair<string, string>> configured = exchange.Options.ResponseHeaders;
        for (int i = 0; i < configured.Count; i++) exchange.Headers[configured[i].Key] = configured[i].Value;
    }

    private void Report(HttpExchange exchange, long start)
    {
        if (exchange.ErrorText is { } error)
            HttpLog.RequestError(logger, exchange.Method, LogUrl.Redact(exchange.RawTarget), exchange.RemoteEndPoint, error);
        exchange.Route?.Timings?.Record(exchange.Method, start);
        if (!logger.IsEnabled(LogLevel.Debug)) return;
        string latency = GoDuration.Format(Stopwatch.GetElapsedTime(start));
        HttpLog.RequestFinished(logger, exchange.Method, LogUrl.Redact(exchange.RawTarget), exchange.RemoteEndPoint, latency);
    }

    /// <summary>A handler's failure costs its connection, nothing else.</summary>
    private void Fail(HttpExchange exchange, Exception exception)
    {
        string url = LogUrl.Redact(exchange.RawTarget);
        // The client went away while its request was read or its answer written.
        if (exception is OperationCanceledException or IOException) HttpLog.Abandoned(logger, url, exchange.RemoteEndPoint);
        else HttpLog.HandlerFailed(logger, exception, exchange.Method, url, exchange.RemoteEndPoint);
        exchange.Abort();
    }
}
