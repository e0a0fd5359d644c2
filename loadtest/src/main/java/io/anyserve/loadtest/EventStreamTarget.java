package io.anyserve.loadtest;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Streams over HTTP as a generator of load opens them, which shares its processors with what it
 * measures: text completions as server-sent events, each over a connection that is kept for the
 * next. The request is made up once for all, and of each event no more is read than what is
 * measured. Thread-safe; one thread of its own does all the work.
 */
public final class EventStreamTarget implements StreamTarget, AutoCloseable {

  private static final String PATH = "/v1/completions";
  private static final String HOST = "127.0.0.1";
  private static final String SESSION = "anyserve-session";

  private final MultiThreadIoEventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop thread = threads.next();
  private final Deque<EventConnection> idle = new ArrayDeque<>();
  private final Bootstrap connections;
  private final HttpHeaders headers;
  private final ByteBuf body;

  /**
   * Not connected; connects when streams are opened.
   *
   * @param port of the API over HTTP on this machine
   */
  public EventStreamTarget(int port, Workload workload) {
    body = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(workload.completion()));
    headers =
        DefaultHttpHeadersFactory.headersFactory()
            .newHeaders()
            .set(HttpHeaderNames.HOST, HOST + ":" + port)
            .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
            .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
            .set(SESSION, workload.session());
    connections =
        new Bootstrap()
            .group(thread)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress(HOST, port)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new HttpClientCodec(), new EventConnection(idle));
                  }
                });
  }

  @Override
  public void open(StreamProbe probe) {
    if (thread.inEventLoop()) {
      begin(probe);
    } else {
      thread.execute(() -> begin(probe));
    }
  }

  private void begin(StreamProbe probe) {
    EventConnection kept = idle.pollLast();
    if (kept == null) {
      ChannelFutureListener begin = connecting -> begin(connecting, probe);
      var _ = connections.connect().addListener(begin);
    } else {
      kept.send(request(), probe);
    }
  }

  private void begin(ChannelFuture connecting, StreamProbe probe) {
    if (connecting.isSuccess()) {
      connecting.channel().pipeline().get(EventConnection.class).send(request(), probe);
    } else {
      probe.failed(connecting.cause());
    }
  }

  private FullHttpRequest request() {
    return new DefaultFullHttpRequest(
        HttpVersion.HTTP_1_1,
        HttpMethod.POST,
        PATH,
        body.duplicate(),
        headers,
        EmptyHttpHeaders.INSTANCE);
  }

  @Override
  public void close() {
    var _ = threads.shutdownGracefully();
  }
}
