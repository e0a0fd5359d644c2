package io.anyserve.chaos.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** One connection through the proxy, both directions. */
final class ProxyLink {

  private static final int BUFFER = 64 << 10;

  /** Headers come in smaller pieces than that. */
  private static final int LARGE_PIECE = 8 << 10;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Socket client;
  private final Socket server;
  private final Supplier<NetworkFault> weather;

  ProxyLink(Socket client, Socket server, Supplier<NetworkFault> weather) throws SocketException {
    this.client = client;
    this.server = server;
    this.weather = weather;
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
  }

  /** Returns when both directions are over. */
  void carry() {
    Thread up = Thread.ofVirtual().start(() -> copy(client, server));
    copy(server, client);
    try {
      up.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  private void copy(Socket from, Socket to) {
    try {
      byte[] buffer = new byte[BUFFER];
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length;
      while ((length = in.read(buffer)) >= 0) {
        suffer(buffer, length);
        out.write(buffer, 0, length);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      close();
    }
  }

  private void suffer(byte[] piece, int length) {
    switch (weather.get()) {
      case NetworkFault.Clear _, NetworkFault.Cut _, NetworkFault.HalfClosed _ -> {}
      case NetworkFault.Delayed(var by) -> pause(by.toNanos());
      case NetworkFault.Slow(int bytesPerSecond) ->
          pause(length * NANOS_PER_SECOND / bytesPerSecond);
      case NetworkFault.Corrupt _ -> {
        if (length >= LARGE_PIECE) {
          piece[length / 2] ^= 1;
        }
      }
    }
  }

  private static void pause(long nanos) {
    long until = System.nanoTime() + nanos;
    long left;
    while ((left = until - System.nanoTime()) > 0) {
      LockSupport.parkNanos(left);
    }
  }

  /** The client reads the end of the stream; what it writes still arrives. */
  void halfClose() {
    try {
      client.shutdownOutput();
    } catch (IOException e) {
      close();
    }
  }

  void close() {
    close(client);
    close(server);
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is gone either way
    }
  }
}
