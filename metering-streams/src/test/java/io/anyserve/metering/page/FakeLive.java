package io.anyserve.metering.page;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Server-sent events to every page that is open. Thread-safe. */
final class FakeLive implements AutoCloseable {

  private static final String END = "";

  private final Set<BlockingQueue<String>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  void send(String event, String json) {
    open.forEach(queue -> queue.add("event: " + event + "\ndata: " + json + "\n\n"));
  }

  /** Writes events until the reader goes or this is closed. */
  void writeTo(OutputStream out) throws IOException, InterruptedException {
    BlockingQueue<String> queue = new LinkedBlockingQueue<>();
    queue.add(": hello\n\n");
    open.add(queue);
    try {
      while (!closed) {
        String text = queue.poll(5, TimeUnit.SECONDS);
        out.write((text == null ? ": ping\n\n" : text).getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } finally {
      open.remove(queue);
    }
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(queue -> queue.add(END));
  }
}
