package io.anyserve.loadtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection that has one stream of server-sent events at a time, and is idle between two. All by
 * the thread of its channel.
 */
final class EventConnection extends SimpleChannelInboundHandler<HttpObject> {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String END_OF_EVENT = "\n\n";
  private static final String USAGE = "\"completion_tokens\":";
  private static final String DONE = "[DONE]";
  private static final String ERROR = "event: error";
  private static final int LONGEST_ERROR = 4_096;

  private final Deque<EventConnection> idle;
  private @Nullable ChannelHandlerContext channel;
  private @Nullable StreamProbe probe;
  private ReadingStyle reading = ReadingStyle.PLAIN;
  private EventFormat format = EventFormat.COMPLETION;
  private HttpResponseStatus status = HttpResponseStatus.OK;
  private boolean kept;
  private String partOfEvent = "";
  private String error = "";
  private int chunks;
  private boolean done;

  /**
   * @param idle where it waits for its next stream
   */
  EventConnection(Deque<EventConnection> idle) {
    this.idle = idle;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context;
  }

  void send(FullHttpRequest request, EventFormat events, StreamProbe next) {
    ChannelHandlerContext connected = Objects.requireNonNull(channel, "connected first");
    probe = next;
    reading = next.reading();
    format = events;
    partOfEvent = "";
    error = "";
    chunks = 0;
    done = false;
    var _ = connected.writeAndFlush(request, connected.voidPromise());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      exceptionCaught(context, message.decoderResult().cause());
      return;
    }
    if (message instanceof HttpResponse response) {
      status = response.status();
      kept = HttpUtil.isKeepAlive(response);
    }
    if (message instanceof HttpContent content && probe != null) {
      read(context, content.content(), probe);
    }
    if (message instanceof LastHttpContent) {
      end(context);
    }
  }

  private void read(ChannelHandlerContext context, ByteBuf content, StreamProbe stream) {
    if (!status.equals(HttpResponseStatus.OK)) {
      error = shortened(error + content.toString(UTF_8));
      return;
    }
    int before = chunks;
    String text = partOfEvent.concat(content.toString(ISO_8859_1));
    int from = 0;
    for (int to = text.indexOf(END_OF_EVENT); to >= 0; to = text.indexOf(END_OF_EVENT, from)) {
      read(text, from, to, stream);
      from = to + END_OF_EVENT.length();
      if (reading.leaves(chunks)) {
        leave(context);
        return;
      }
    }
    partOfEvent = text.substring(from);
    if (reading.pauses() && chunks > before) {
      pause(context, chunks - before);
    }
  }

  private void read(String text, int from, int to, StreamProbe stream) {
    int usage = text.indexOf(USAGE, from, to);
    int content = usage >= 0 ? -1 : format.textIn(text, from, to);
    if (usage >= 0) {
      stream.told(number(text, usage + USAGE.length()));
    } else if (content >= 0) {
      stream.chunk(0);
      chunks++;
      if (reading.keepsText()) {
        stream.text(string(text, content, to));
      }
    } else if (text.startsWith(ERROR, from)) {
      error = shortened(text.substring(from, to));
    }
    done |= text.startsWith(DONE, to - DONE.length());
  }

  private static int number(String text, int from) {
    int to = from;
    while (to < text.length() && Character.isDigit(text.charAt(to))) {
      to++;
    }
    return Integer.parseInt(text.substring(from, to));
  }

  /** The JSON string that begins there. */
  private static String string(String text, int from, int to) {
    int end = from + 1;
    while (end < to && text.charAt(end) != '"') {
      end += text.charAt(end) == '\\' ? 2 : 1;
    }
    byte[] json = text.substring(from, Math.min(end + 1, to)).getBytes(ISO_8859_1);
    return JSON.readTree(json).asString();
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), LONGEST_ERROR));
  }

  /** What came meanwhile waits in the kernel, so that the server's writes wait, too. */
  private void pause(ChannelHandlerContext context, int times) {
    context.channel().config().setAutoRead(false);
    var _ =
        context
            .executor()
            .schedule(
                () -> context.channel().config().setAutoRead(true),
                times * reading.pause().toNanos(),
                TimeUnit.NANOSECONDS);
  }

  private void leave(ChannelHandlerContext context) {
    ended().ifPresent(StreamProbe::left);
    var _ = context.close();
  }

  private void end(ChannelHandlerContext context) {
    if (kept && context.channel().isOpen()) {
      idle.add(this);
    } else {
      var _ = context.close();
    }
    if (!status.equals(HttpResponseStatus.OK)) {
      fail(new RefusedException("status " + status, error));
    } else if (done) {
      ended().ifPresent(StreamProbe::completed);
    } else if (!error.isEmpty()) {
      fail(new RefusedException("the stream broke off:", error));
    } else {
      fail(new IOException("the events ended before " + DONE));
    }
  }

  private void fail(Throwable cause) {
    ended().ifPresent(stream -> stream.failed(cause));
  }

  private Optional<StreamProbe> ended() {
    Optional<StreamProbe> stream = Optional.ofNullable(probe);
    probe = null;
    return stream;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
    fail(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    idle.remove(this);
    fail(new IOException("the server closed the connection"));
  }
}
