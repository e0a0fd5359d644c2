package io.anyserve.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Asks the services of this machine whether they are ready. A container's health check runs it
 * every few seconds, so it is a program of its own that loads next to nothing: no command line, no
 * HTTP client, no log.
 */
public final class ReadinessProbe {

  /** The services with the default ports of their metrics and health. */
  private static final Map<String, Integer> PORTS =
      Map.of("ingress", 7401, "worker", 7411, "router", 7421, "metering", 7431);

  private static final int MILLIS = 3000;
  private static final byte[] REQUEST =
      "GET /readiness HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Map<String, String> environment;
  private final PrintStream out;

  /**
   * @param environment in which the services were started: it may say other ports
   */
  public ReadinessProbe(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  public static void main(String[] services) {
    System.exit(new ReadinessProbe(System.getenv(), System.out).check(List.of(services)));
  }

  /** The names of the services, for help. */
  public static Stream<String> names() {
    return PORTS.keySet().stream().sorted();
  }

  /**
   * Prints a line or more for each service. Returns 0 when all are ready, 1 when one is not, 2 for
   * a name that no service has.
   *
   * @param services to ask; when empty, those that listen, and there must be one
   */
  public int check(List<String> services) {
    Optional<String> unknown =
        services.stream().filter(name -> !PORTS.containsKey(name)).findFirst();
    if (unknown.isPresent()) {
      out.printf("health: %s (expected: %s)%n", unknown.get(), String.join(", ", names().toList()));
      return 2;
    }
    List<String> asked = services.isEmpty() ? names().toList() : services;
    int ready = 0;
    int found = 0;
    for (String service : asked) {
      Optional<Boolean> answer = ask(service, !services.isEmpty());
      found += answer.isPresent() ? 1 : 0;
      ready += answer.orElse(false) ? 1 : 0;
    }
    if (found == 0) {
      out.printf("no service listens (looked for %s)%n", String.join(", ", asked));
    }
    return found > 0 && ready == found ? 0 : 1;
  }

  /** Empty where nothing listens and nothing was expected to. */
  private Optional<Boolean> ask(String service, boolean expected) {
    InetSocketAddress address = address(service);
    try (Socket socket = new Socket()) {
      socket.connect(address, MILLIS);
      socket.setSoTimeout(MILLIS);
      socket.getOutputStream().write(REQUEST);
      return Optional.of(report(service, socket.getInputStream()));
    } catch (ConnectException e) {
      if (!expected) {
        return Optional.empty();
      }
      out.printf("%s does not listen on %s%n", service, address);
      return Optional.of(false);
    } catch (IOException e) {
      out.printf("%s does not answer on %s: %s%n", service, address, e.getMessage());
      return Optional.of(false);
    }
  }

  private boolean report(String service, InputStream in) throws IOException {
    String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    boolean ready = answer.matches("(?s)HTTP/1\\.[01] 200 .*");
    int body = answer.indexOf("\r\n\r\n");
    String reasons = ready || body < 0 ? "" : ": " + answer.substring(body).strip();
    out.printf("%s is %s%s%n", service, ready ? "ready" : "not ready", reasons);
    return ready;
  }

  private InetSocketAddress address(String service) {
    String table = "ANYSERVE_" + service.toUpperCase(Locale.ROOT);
    String port = environment.get(table + "_HTTP_PORT");
    String host = environment.getOrDefault(table + "_HTTP_HOST", "");
    int number = port == null ? PORTS.getOrDefault(service, 0) : Integer.parseInt(port);
    boolean all = host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    return all
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), number)
        : new InetSocketAddress(host, number);
  }
}
