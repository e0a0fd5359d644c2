package io.anyserve.embedded;

import java.util.Set;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.gaul.shaded.org.eclipse.jetty.http.HttpCompliance;
import org.gaul.shaded.org.eclipse.jetty.http.UriCompliance;
import org.gaul.shaded.org.eclipse.jetty.server.HttpConfiguration;
import org.gaul.shaded.org.eclipse.jetty.server.HttpConnectionFactory;
import org.gaul.shaded.org.eclipse.jetty.server.Server;
import org.gaul.shaded.org.eclipse.jetty.server.ServerConnector;
import org.gaul.shaded.org.eclipse.jetty.server.handler.GracefulHandler;
import org.gaul.shaded.org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * S3Proxy's handler in a Jetty server that reads no forms; not started yet. Thread-safe.
 *
 * <p>{@code curl --data-binary} names its body a form, whatever it is. Jetty would then read the
 * object's bytes as parameters of the request, and the signature of a presigned URL, which covers
 * the parameters, would not match.
 */
final class S3Server {

  private static final int MOST_THREADS = 64;
  private static final long STOP_MILLIS = 500;

  private final Server server;
  private final ServerConnector connector;

  /**
   * @param port 0 for any free one
   */
  S3Server(S3Servlet servlet, String host, int port) {
    var threads = new QueuedThreadPool(MOST_THREADS);
    threads.setName("object-store");
    server = new Server(threads);
    connector = new ServerConnector(server, new HttpConnectionFactory(http()));
    connector.setHost(host);
    connector.setPort(port);
    server.addConnector(connector);
    var context = new ServletContextHandler();
    context.addServlet(new ServletHolder(servlet), "/*");
    server.setHandler(new GracefulHandler(context));
    server.setStopTimeout(STOP_MILLIS);
  }

  /** As S3Proxy sets it up, and without forms. */
  private static HttpConfiguration http() {
    var http = new HttpConfiguration();
    http.setFormEncodedMethods(Set.of());
    http.setHttpCompliance(HttpCompliance.LEGACY);
    http.setUriCompliance(UriCompliance.LEGACY);
    http.setHeaderCacheCaseSensitive(true);
    http.setSendServerVersion(false);
    return http;
  }

  // Jetty declares Exception for both.

  void start() throws Exception {
    server.start();
  }

  /** Waits half a second for requests that are still running. Idempotent. */
  void stop() throws Exception {
    server.stop();
  }

  /** The one that was given or, once started, found. */
  int port() {
    return connector.getLocalPort();
  }
}
