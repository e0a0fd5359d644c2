package io.anyserve.loadtest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;

/**
 * Streams over HTTP as a generator of load opens them, which shares its processors with what it
 * measures: text completions as server-sent events. The request is made up once for all, and of
 * each event no more is read than what is measured. Thread-safe.
 */
public final class EventStreamTarget implements StreamTarget, AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final String SESSION = "anyserve-session";

  private final EventStreams streams;
  private final EventStreams.Call call;

  /**
   * Not connected; connects when streams are opened.
   *
   * @param port of the API over HTTP on this machine
   */
  public EventStreamTarget(int port, Workload workload) {
    ByteBuf body = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(workload.completion()));
    streams = new EventStreams(HOST, port, null);
    call =
        new EventStreams.Call(
            EventFormat.COMPLETION,
            DefaultHttpHeadersFactory.headersFactory()
                .newHeaders()
                .set(HttpHeaderNames.HOST, HOST + ":" + port)
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(SESSION, workload.session()),
            body);
  }

  @Override
  public void open(StreamProbe probe) {
    streams.open(call, probe);
  }

  @Override
  public void close() {
    streams.close();
  }
}
