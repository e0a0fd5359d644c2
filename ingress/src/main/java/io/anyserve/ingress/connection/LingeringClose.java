package io.anyserve.ingress.connection;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/**
 * Answers a call whose body is not read to its end, and drops the rest. If the connection were
 * closed at once, a client that sends before it reads would lose the answer. What is beyond the
 * limits is cut off. Thread-safe.
 */
public final class LingeringClose {

  private static final int PIECE = 16 << 10;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int CONTENT_TOO_LARGE = 413;

  private final Limits limits;
  private final Semaphore calls;

  /**
   * How much a client may still send.
   *
   * @param calls of which the rest is dropped at the same time; further ones are cut off
   * @param bytes of each body
   * @param silence until the next bytes
   * @param total from the answer to the end of the body
   */
  public record Limits(int calls, long bytes, Duration silence, Duration total) {

    public static final Limits DEFAULT =
        new Limits(256, 64 << 20, Duration.ofSeconds(5), Duration.ofSeconds(30));
  }

  public LingeringClose(Limits limits) {
    this.limits = limits;
    this.calls = new Semaphore(limits.calls);
  }

  /** Returns when the client has sent all, or was cut off. Does nothing where all was read. */
  public void end(Context http) {
    try {
      if (mayBeSending(http) && calls.tryAcquire()) {
        answerAndDrop(http);
      }
    } catch (IOException e) {
      endPoint(http.req()).close();
    }
  }

  private void answerAndDrop(Context http) throws IOException {
    try {
      answer(http);
      drop(http.req());
    } finally {
      calls.release();
    }
  }

  /** A client that expects to be asked for its body waits; one that was too slow had its time. */
  private static boolean mayBeSending(Context http) throws IOException {
    HttpServletRequest request = http.req();
    boolean sends =
        request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    boolean waits = request.getHeader("Expect") != null || http.statusCode() == REQUEST_TIMEOUT;
    boolean answered = http.resultInputStream() == null || http.res().isCommitted();
    return sends && !waits && !answered && !request.getInputStream().isFinished();
  }

  private static void answer(Context http) throws IOException {
    @Nullable InputStream result = http.resultInputStream();
    byte[] body = result == null ? new byte[0] : result.readAllBytes();
    if (http.statusCode() == CONTENT_TOO_LARGE) {
      http.header("Connection", "close");
    }
    http.res().setContentLength(body.length);
    http.res().getOutputStream().write(body);
    http.res().flushBuffer();
  }

  private void drop(HttpServletRequest request) throws IOException {
    EndPoint connection = endPoint(request);
    long idle = connection.getIdleTimeout();
    connection.setIdleTimeout(limits.silence.toMillis());
    drop(request.getInputStream());
    connection.setIdleTimeout(idle);
  }

  private void drop(InputStream body) throws IOException {
    byte[] piece = new byte[PIECE];
    long began = System.nanoTime();
    long dropped = 0;
    for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
      dropped += read;
      if (dropped > limits.bytes || System.nanoTime() - began > limits.total.toNanos()) {
        throw new IOException("more of a refused body than is waited for");
      }
    }
  }

  private static EndPoint endPoint(HttpServletRequest request) {
    return ServletContextRequest.getServletContextRequest(request)
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint();
  }
}
