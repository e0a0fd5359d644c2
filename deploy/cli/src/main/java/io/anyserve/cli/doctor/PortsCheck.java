package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Whether the ports of one process are free on 127.0.0.1, and who has those that are not. */
final class PortsCheck implements Check {

  private static final List<String> USES =
      List.of(
          "gRPC", "HTTP", "Kafka", "Kafka controller", "S3", "router", "usage page", "OpenAI API");

  private final int first;
  private final Listeners listeners;
  private final Neighbour neighbour;

  /** Who listens on a port of this machine, as far as the operating system tells. */
  @FunctionalInterface
  interface Listeners {
    Optional<String> of(int port);
  }

  /** What an AnyServe that serves its metrics on a port says of its readiness. */
  @FunctionalInterface
  interface Neighbour {
    Optional<String> readiness(int port) throws InterruptedException;
  }

  PortsCheck(int first, Listeners listeners, Neighbour neighbour) {
    this.first = first;
    this.listeners = listeners;
    this.neighbour = neighbour;
  }

  @Override
  public String name() {
    return "Ports";
  }

  @Override
  public List<Advice> findings() throws InterruptedException {
    List<Integer> taken =
        IntStream.range(first, first + USES.size()).filter(PortsCheck::isTaken).boxed().toList();
    if (taken.isEmpty()) {
      return List.of(new Ok("%d to %d are free".formatted(first, last())));
    }
    return neighbour
        .readiness(first + 1)
        .map(state -> List.of(running(state)))
        .orElseGet(() -> taken.stream().map(this::taken).toList());
  }

  private int last() {
    return first + USES.size() - 1;
  }

  private Advice running(String state) {
    return new Note(
        "an AnyServe runs on %d to %d: %s".formatted(first, last(), state),
        "Use it, stop it, or start another one with --port and --data.");
  }

  private Advice taken(int port) {
    return new Problem(
        "%d (%s) is taken by %s"
            .formatted(
                port, USES.get(port - first), listeners.of(port).orElse("an unknown process")),
        "Stop it, or choose other ports with --port.");
  }

  private static boolean isTaken(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
