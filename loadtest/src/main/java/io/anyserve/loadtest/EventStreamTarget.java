package io.anyserve.loadtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnector;

/**
 * Streams over HTTP: text completions as server-sent events, each over a connection that is kept
 * for the next. Of each event no more is read than what is measured. Thread-safe.
 */
public final class EventStreamTarget implements StreamTarget, AutoCloseable {

  private static final int OK = 200;
  private static final int MOST_CONNECTIONS = 4_096;
  private static final String SESSION = "anyserve-session";

  private final HttpClient client;
  private final URI address;
  private final Workload workload;
  private final byte[] body;

  private EventStreamTarget(HttpClient client, URI address, Workload workload) {
    this.client = client;
    this.address = address;
    this.workload = workload;
    this.body = workload.completion();
  }

  /**
   * Not connected; connects when streams are opened.
   *
   * @param port of the API over HTTP on this machine
   */
  public static EventStreamTarget of(int port, Workload workload) throws Exception {
    var connector = new ClientConnector();
    connector.setSelectors(1);
    var client = new HttpClient(new HttpClientTransportOverHTTP(connector));
    client.setMaxConnectionsPerDestination(MOST_CONNECTIONS);
    client.setMaxRequestsQueuedPerDestination(MOST_CONNECTIONS);
    client.start();
    return new EventStreamTarget(
        client, URI.create("http://127.0.0.1:" + port + "/v1/completions"), workload);
  }

  @Override
  public void open(StreamProbe probe) {
    var events = new Events(probe);
    client
        .POST(address)
        .headers(headers -> headers.put(SESSION, workload.session()))
        .body(new BytesRequestContent("application/json", body))
        .onResponseContent((_, content) -> events.add(content))
        .send(events::end);
  }

  /** The events of one answer. Called by one thread at a time. */
  private static final class Events {

    private static final String USAGE = "\"completion_tokens\":";
    private static final String NO_TEXT = "\"text\":\"\"";
    private static final String TEXT = "\"text\":";
    private static final String DONE = "[DONE]";

    private final StreamProbe probe;
    private final StringBuilder event = new StringBuilder(256);
    private boolean done;

    Events(StreamProbe probe) {
      this.probe = probe;
    }

    void add(ByteBuffer content) {
      byte[] bytes = new byte[content.remaining()];
      content.get(bytes);
      event.append(new String(bytes, ISO_8859_1));
      int from = 0;
      for (int to = event.indexOf("\n\n"); to >= 0; to = event.indexOf("\n\n", from)) {
        read(event.substring(from, to));
        from = to + 2;
      }
      event.delete(0, from);
    }

    private void read(String data) {
      int usage = data.indexOf(USAGE);
      if (usage >= 0) {
        probe.told(number(data, usage + USAGE.length()));
      } else if (data.contains(TEXT) && !data.contains(NO_TEXT)) {
        probe.chunk(0);
      }
      done |= data.endsWith(DONE);
    }

    private static int number(String text, int from) {
      int to = from;
      while (to < text.length() && Character.isDigit(text.charAt(to))) {
        to++;
      }
      return Integer.parseInt(text.substring(from, to));
    }

    void end(Result result) {
      if (result.isFailed()) {
        probe.failed(result.getFailure());
      } else if (result.getResponse().getStatus() != OK) {
        probe.failed(new IOException("status " + result.getResponse().getStatus()));
      } else if (done) {
        probe.completed();
      } else {
        probe.failed(new IOException("the events ended before " + DONE));
      }
    }
  }

  @Override
  public void close() throws Exception {
    client.stop();
  }
}
