package io.anyserve.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A broker in a process of its own, which can be killed. It ends with its standard input. */
final class BrokerProcess {

  private static final String READY = "ready ";

  private BrokerProcess() {}

  static Process launch(Path directory) throws IOException {
    return launch(directory, List.of());
  }

  /** One of a cluster; they have to be launched together. */
  static Process launch(Path directory, int port, ClusterNode node) throws IOException {
    return launch(
        directory,
        List.of(
            Integer.toString(port),
            Integer.toString(node.id()),
            String.join(",", node.controllers())));
  }

  private static Process launch(Path directory, List<String> more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                directory.toString()));
    command.addAll(more);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** Waits until the broker serves clients. */
  static String bootstrapServers(Process process) throws IOException {
    String line = "";
    while (!line.startsWith(READY)) {
      line = Objects.requireNonNull(process.inputReader().readLine(), "the broker ended early");
    }
    return line.substring(READY.length());
  }

  /** Sends a signal, for example {@code STOP}. */
  static void signal(Process process, String name) throws IOException, InterruptedException {
    String pid = String.valueOf(process.pid());
    int status = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + " " + pid + " ended with " + status);
    }
  }

  public static void main(String[] args) throws IOException {
    try (var broker = start(args)) {
      System.out.println(READY + broker.bootstrapServers());
      System.in.transferTo(System.out);
    }
  }

  private static EmbeddedBroker start(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    return args.length == 1
        ? EmbeddedBroker.start(directory, 0)
        : EmbeddedBroker.start(
            directory,
            Integer.parseInt(args[1]),
            new ClusterNode(Integer.parseInt(args[2]), List.of(args[3].split(","))));
  }
}
