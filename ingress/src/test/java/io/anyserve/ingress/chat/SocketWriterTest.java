package io.anyserve.ingress.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.anyserve.ingress.connection.LingeringClose;
import io.anyserve.ingress.http.HttpServer;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.websocket.api.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SocketWriterTest {

  private static final long STEP = Duration.ofSeconds(25).toNanos();

  private final List<String> calls = new ArrayList<>();
  private final SocketOutbox outbox = new SocketOutbox();
  private final AtomicLong clock = new AtomicLong();

  /** Each look at the clock is 25 seconds later. */
  private SocketWriter writer(Session session) {
    return new SocketWriter(session, outbox, () -> {}, () -> clock.getAndAdd(STEP));
  }

  private Session session(Runnable pinged) {
    return (Session)
        Proxy.newProxyInstance(
            Session.class.getClassLoader(),
            new Class<?>[] {Session.class},
            (_, method, _) -> {
              calls.add(method.getName());
              if (method.getName().equals("sendPing")) {
                pinged.run();
              }
              return null;
            });
  }

  @Test
  void aClientThatAnswersNoPingIsDisconnected() {
    writer(session(() -> {})).run();
    assertEquals(List.of("sendPing", "disconnect"), calls);
  }

  @Test
  void aClientThatAnswersStays() {
    SocketWriter[] writer = new SocketWriter[1];
    writer[0] =
        writer(
            session(
                () -> {
                  writer[0].sign();
                  if (calls.size() == 10) {
                    outbox.close();
                  }
                }));
    writer[0].run();
    assertFalse(calls.contains("disconnect"), calls::toString);
  }

  /** The deadline of the first request is that of HTTP alone. */
  @Test
  void aClientThatSaysNothingYetStays() throws Exception {
    var timeouts =
        new HttpServer.Timeouts(
            Duration.ofSeconds(60), Duration.ofMillis(300), LingeringClose.Limits.DEFAULT);
    try (ChatTestServer server = ChatTestServer.start(timeouts);
        TestSocket socket = TestSocket.of(server);
        Socket later =
            new Socket(InetAddress.getLoopbackAddress(), server.server.address().getPort())) {
      server.log.answers(server.log::tellStory);
      assertEquals(-1, later.getInputStream().read());
      socket.ask("c1", "m1", null, "Once");
      socket.next("accepted");
      assertEquals("w0 w1 ", TestSocket.text(socket.toEnd()));
    }
  }
}
