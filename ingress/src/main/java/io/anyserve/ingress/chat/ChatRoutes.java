package io.anyserve.ingress.chat;

import io.anyserve.ingress.http.RouteGroup;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.eclipse.jetty.ee10.websocket.server.JettyServerUpgradeRequest;
import org.eclipse.jetty.ee10.websocket.server.JettyServerUpgradeResponse;
import org.eclipse.jetty.ee10.websocket.server.JettyWebSocketServletFactory;

/** The paths of sessions, history and the WebSocket. */
final class ChatRoutes implements RouteGroup {

  private static final String SOCKET = "/chat/ws";
  private static final String SESSION = "/chat/history/{id}";

  /** Bytes of a frame, and of a message of several. */
  private static final long LONGEST_FRAME = 1 << 20;

  /** The pings of {@link SocketWriter} notice a lost client before. */
  private static final Duration IDLE = Duration.ofMinutes(2);

  private final SessionsHandler sessions;
  private final ChatCommandHandler commands;
  private final SocketUpgrade upgrade;
  private final LongSupplier clock;
  private final SocketCounts counts = new SocketCounts();

  /**
   * @param clock nanoseconds
   */
  ChatRoutes(
      SessionsHandler sessions,
      ChatCommandHandler commands,
      SocketUpgrade upgrade,
      LongSupplier clock) {
    this.sessions = sessions;
    this.commands = commands;
    this.upgrade = upgrade;
    this.clock = clock;
  }

  @Override
  public void addTo(JavalinConfig config) {
    RoutesConfig routes = config.routes;
    routes.get("/sessions", sessions::list);
    routes.get(SESSION, sessions::history);
    routes.patch(SESSION, sessions::change);
    routes.delete(SESSION, sessions::delete);
    routes.post(SESSION + "/rollback", sessions::rollback);
    routes.get(SESSION + "/export", sessions::export);
    routes.wsBeforeUpgrade(SOCKET, upgrade::check);
    routes.ws(SOCKET, _ -> {});
    config.jetty.modifyWebSocketServletFactory(this::addSocket);
  }

  /** The sockets are Jetty's own, as those of Javalin hear no pong. */
  private void addSocket(JettyWebSocketServletFactory factory) {
    factory.setMaxFrameSize(LONGEST_FRAME);
    factory.setMaxTextMessageSize(LONGEST_FRAME);
    factory.setMaxBinaryMessageSize(LONGEST_FRAME);
    factory.setIdleTimeout(IDLE);
    factory.addMapping(SOCKET, this::newSocket);
  }

  private ChatSocket newSocket(
      JettyServerUpgradeRequest request, JettyServerUpgradeResponse response) {
    HttpServletRequest http = request.getHttpServletRequest();
    response.setExtensions(List.of()); // no compression, as everywhere
    SocketUpgrade.accepted(http).ifPresent(response::setAcceptedSubProtocol);
    return new ChatSocket(SocketUpgrade.caller(http), commands, counts, clock);
  }
}
