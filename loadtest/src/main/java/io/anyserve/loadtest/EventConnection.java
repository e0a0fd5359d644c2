package io.anyserve.loadtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

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
import org.jspecify.annotations.Nullable;

/**
 * A connection that has one stream of server-sent events at a time, and is idle between two. All by
 * the thread of its channel.
 */
final class EventConnection extends SimpleChannelInboundHandler<HttpObject> {

  private static final String END_OF_EVENT = "\n\n";
  private static final String USAGE = "\"completion_tokens\":";
  private static final String NO_TEXT = "\"text\":\"\"";
  private static final String TEXT = "\"text\":";
  private static final String DONE = "[DONE]";

  private final Deque<EventConnection> idle;
  private @Nullable ChannelHandlerContext channel;
  private @Nullable StreamProbe probe;
  private HttpResponseStatus status = HttpResponseStatus.OK;
  private boolean kept;
  private String partOfEvent = "";
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

  void send(FullHttpRequest request, StreamProbe next) {
    ChannelHandlerContext connected = Objects.requireNonNull(channel, "connected first");
    probe = next;
    partOfEvent = "";
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
      read(content.content(), probe);
    }
    if (message instanceof LastHttpContent) {
      end(context);
    }
  }

  private void read(ByteBuf content, StreamProbe probe) {
    String text = partOfEvent.concat(content.toString(ISO_8859_1));
    int from = 0;
    for (int to = text.indexOf(END_OF_EVENT); to >= 0; to = text.indexOf(END_OF_EVENT, from)) {
      read(text, from, to, probe);
      from = to + END_OF_EVENT.length();
    }
    partOfEvent = text.substring(from);
  }

  private void read(String text, int from, int to, StreamProbe probe) {
    int usage = text.indexOf(USAGE, from, to);
    if (usage >= 0) {
      probe.told(number(text, usage + USAGE.length()));
    } else if (text.indexOf(TEXT, from, to) >= 0 && text.indexOf(NO_TEXT, from, to) < 0) {
      probe.chunk(0);
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

  private void end(ChannelHandlerContext context) {
    if (kept) {
      idle.add(this);
    } else {
      var _ = context.close();
    }
    if (!status.equals(HttpResponseStatus.OK)) {
      fail(new IOException("status " + status));
    } else if (done) {
      ended().ifPresent(StreamProbe::completed);
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
