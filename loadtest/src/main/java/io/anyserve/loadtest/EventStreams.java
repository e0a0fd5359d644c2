package io.anyserve.loadtest;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
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
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Streams of server-sent events from one server, each over a connection that is kept for the next.
 * Thread-safe; one thread of its own does all the work.
 */
public final class EventStreams implements AutoCloseable {

  private final MultiThreadIoEventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop thread = threads.next();
  private final Deque<EventConnection> idle = new ArrayDeque<>();
  private final Bootstrap connections;

  /**
   * Not connected; connects when streams are opened.
   *
   * @param tls null to speak without it
   */
  public EventStreams(String host, int port, @Nullable SslContext tls) {
    connections =
        new Bootstrap()
            .group(thread)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress(InetSocketAddress.createUnresolved(host, port))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc(), host, port));
                    }
                    channel.pipeline().addLast(new HttpClientCodec(), new EventConnection(idle));
                  }
                });
  }

  /** One call: what is posted, and how its events read. */
  public record Call(EventFormat format, HttpHeaders headers, ByteBuf body) {

    private FullHttpRequest request() {
      return new DefaultFullHttpRequest(
          HttpVersion.HTTP_1_1,
          HttpMethod.POST,
          format.path(),
          body.duplicate(),
          headers,
          EmptyHttpHeaders.INSTANCE);
    }
  }

  /** Does not block; the probe hears of the stream by the thread of this. */
  public void open(Call call, StreamProbe probe) {
    if (thread.inEventLoop()) {
      begin(call, probe);
    } else {
      thread.execute(() -> begin(call, probe));
    }
  }

  private void begin(Call call, StreamProbe probe) {
    EventConnection kept = idle.pollLast();
    if (kept == null) {
      ChannelFutureListener begin = connecting -> begin(connecting, call, probe);
      var _ = connections.connect().addListener(begin);
    } else {
      kept.send(call.request(), call.format(), probe);
    }
  }

  private static void begin(ChannelFuture connecting, Call call, StreamProbe probe) {
    if (connecting.isSuccess()) {
      connecting
          .channel()
          .pipeline()
          .get(EventConnection.class)
          .send(call.request(), call.format(), probe);
    } else {
      probe.failed(connecting.cause());
    }
  }

  @Override
  public void close() {
    var _ = threads.shutdownGracefully();
  }
}
