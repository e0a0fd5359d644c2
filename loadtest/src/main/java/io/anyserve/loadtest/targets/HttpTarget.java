package io.anyserve.loadtest.targets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.loadtest.EventFormat;
import io.anyserve.loadtest.EventStreams;
import io.anyserve.loadtest.StreamProbe;
import io.anyserve.loadtest.scenario.HostPort;
import io.anyserve.loadtest.scenario.TargetSettings;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Server-sent events of several ingresses in turn: completions or chats. */
public final class HttpTarget implements LoadTarget {

  private static final String SESSION = "anyserve-session";

  private record Server(HostPort address, EventStreams streams) {}

  private final EventFormat format;
  private final JsonMapper json = new JsonMapper();
  private final List<Server> servers;
  private final AtomicInteger next = new AtomicInteger();

  /** Not connected. Throws IllegalArgumentException for TLS files that are not readable. */
  public HttpTarget(TargetSettings settings, EventFormat format) {
    this.format = format;
    @Nullable SslContext tls = settings.tls().map(HttpTarget::context).orElse(null);
    this.servers =
        settings.addresses().stream()
            .map(HostPort::parse)
            .map(at -> new Server(at, new EventStreams(at.host(), at.port(), tls)))
            .toList();
  }

  private static SslContext context(TargetSettings.Tls tls) {
    try {
      SslContextBuilder context =
          SslContextBuilder.forClient().trustManager(tls.authority().toFile());
      tls.identity()
          .ifPresent(own -> context.keyManager(own.certificate().toFile(), own.key().toFile()));
      return context.build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
    }
  }

  @Override
  public void send(LoadRequest request, StreamProbe probe) {
    Server server = servers.get(Math.floorMod(next.getAndIncrement(), servers.size()));
    byte[] body = body(request);
    HttpHeaders headers =
        DefaultHttpHeadersFactory.headersFactory()
            .newHeaders()
            .set(HttpHeaderNames.HOST, server.address().host() + ":" + server.address().port())
            .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
            .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
            .set(SESSION, request.session());
    request.key().ifPresent(key -> headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + key));
    server
        .streams()
        .open(new EventStreams.Call(format, headers, Unpooled.wrappedBuffer(body)), probe);
  }

  private byte[] body(LoadRequest request) {
    ObjectNode body =
        json.createObjectNode()
            .put("model", request.capability())
            .put("max_tokens", request.answerTokens())
            .put("temperature", 0)
            .put("seed", request.seed())
            .put("ignore_eos", true)
            .put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    switch (format) {
      case COMPLETION -> body.put("prompt", request.text());
      case CHAT -> {
        var messages = body.putArray("messages");
        request
            .messages()
            .forEach(
                message ->
                    messages
                        .addObject()
                        .put("role", message.role())
                        .put("content", message.content()));
      }
    }
    return body.toString().getBytes(UTF_8);
  }

  @Override
  public void close() {
    servers.forEach(server -> server.streams().close());
  }
}
