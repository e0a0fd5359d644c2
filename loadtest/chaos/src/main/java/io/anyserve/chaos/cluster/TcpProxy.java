package io.anyserve.chaos.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands before a server on this machine and makes the weather on the way to it. Two virtual
 * threads carry each connection. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

  private final InetSocketAddress server;
  private final ServerSocket listener;
  private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
  private volatile NetworkFault weather = new NetworkFault.Clear();

  private TcpProxy(InetSocketAddress server, ServerSocket listener) {
    this.server = server;
    this.listener = listener;
  }

  /**
   * Takes its port; carries nothing until {@link #start}.
   *
   * @param port 0 for any free one
   */
  public static TcpProxy before(int serverPort, int port) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    var listener = new ServerSocket(port, 256, here);
    return new TcpProxy(new InetSocketAddress(here, serverPort), listener);
  }

  /** Carries connections from now on. */
  public void start() {
    Thread.ofPlatform().name("proxy-" + port()).daemon().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** For the connections that are open, as far as it concerns them, and for those to come. */
  public void weather(NetworkFault changed) {
    weather = changed;
    switch (changed) {
      case NetworkFault.Cut _ -> links().forEach(ProxyLink::close);
      case NetworkFault.HalfClosed _ -> links().forEach(ProxyLink::halfClose);
      case NetworkFault.Clear _,
          NetworkFault.Delayed _,
          NetworkFault.Slow _,
          NetworkFault.Corrupt _ -> {}
    }
  }

  private List<ProxyLink> links() {
    return List.copyOf(links);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        connect(listener.accept());
      } catch (IOException e) {
        // closed, or a connection that was gone before it was taken
      }
    }
  }

  private void connect(Socket client) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                if (weather instanceof NetworkFault.Cut) {
                  client.close();
                  return;
                }
                carry(client);
              } catch (IOException e) {
                ProxyLink.close(client);
              }
            });
  }

  /** Returns when the connection is over. */
  private void carry(Socket client) throws IOException {
    Socket upstream = new Socket();
    upstream.connect(server);
    ProxyLink link = new ProxyLink(client, upstream, () -> weather);
    links.add(link);
    try {
      if (weather instanceof NetworkFault.Cut) {
        link.close();
      }
      link.carry();
    } finally {
      links.remove(link);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    links().forEach(ProxyLink::close);
  }
}
