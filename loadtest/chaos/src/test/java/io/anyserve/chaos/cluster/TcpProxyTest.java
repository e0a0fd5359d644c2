package io.anyserve.chaos.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proxy before a server that answers with what it gets. */
@Timeout(60)
final class TcpProxyTest {

  @SuppressWarnings("NullAway.Init") // before every test
  private ServerSocket echo;

  @SuppressWarnings("NullAway.Init") // before every test
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
    proxy = TcpProxy.before(echo.getLocalPort(), 0);
    proxy.start();
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  @Test
  void clearWeatherChangesNothing() throws IOException {
    try (Socket client = connect()) {
      assertArrayEquals(bytes(300_000), echoed(client, bytes(300_000)));
    }
  }

  @Test
  void aCutEndsConnectionsAndRefusesNewOnes() throws IOException {
    try (Socket client = connect()) {
      echoed(client, bytes(10));
      proxy.weather(new NetworkFault.Cut());

      assertTrue(isOver(client));
      try (Socket second = connect()) {
        assertTrue(isOver(second));
      }
    }
    proxy.weather(new NetworkFault.Clear());
    try (Socket third = connect()) {
      assertArrayEquals(bytes(10), echoed(third, bytes(10)));
    }
  }

  @Test
  void aDelayHoldsBothWays() throws IOException {
    try (Socket client = connect()) {
      echoed(client, bytes(10));
      proxy.weather(new NetworkFault.Delayed(Duration.ofMillis(100)));

      long start = System.nanoTime();
      assertArrayEquals(bytes(10), echoed(client, bytes(10)));
      assertTrue(System.nanoTime() - start >= Duration.ofMillis(200).toNanos());
    }
  }

  @Test
  void slownessLimitsTheRate() throws IOException {
    try (Socket client = connect()) {
      proxy.weather(new NetworkFault.Slow(100_000));

      long start = System.nanoTime();
      assertArrayEquals(bytes(20_000), echoed(client, bytes(20_000)));
      assertTrue(System.nanoTime() - start >= Duration.ofMillis(200).toNanos());
    }
    assertThrows(IllegalArgumentException.class, () -> new NetworkFault.Slow(0));
  }

  @Test
  void corruptionTurnsOverLargePiecesAlone() throws IOException {
    try (Socket client = connect()) {
      proxy.weather(new NetworkFault.Corrupt());

      assertArrayEquals(bytes(100), echoed(client, bytes(100)));
      byte[] large = bytes(1 << 20);
      byte[] came = echoed(client, large);
      int different = 0;
      for (int i = 0; i < large.length; i++) {
        different += large[i] == came[i] ? 0 : 1;
      }
      assertTrue(different > 0 && different < 1000, different + " bytes differ");
    }
  }

  @Test
  void aHalfClosedConnectionEndsForTheClientAlone() throws IOException {
    try (Socket client = connect()) {
      echoed(client, bytes(10));
      proxy.weather(new NetworkFault.HalfClosed());

      assertEquals(-1, client.getInputStream().read());
      client.getOutputStream().write(bytes(10));
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
  }

  private static boolean isOver(Socket client) {
    try {
      return client.getInputStream().read() < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  private static byte[] echoed(Socket client, byte[] sent) throws IOException {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                client.getOutputStream().write(sent);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    return client.getInputStream().readNBytes(sent.length);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        Socket client = echo.accept();
        Thread.ofVirtual().start(() -> answer(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void answer(Socket client) {
    try (client) {
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // the client is gone
    }
  }
}
