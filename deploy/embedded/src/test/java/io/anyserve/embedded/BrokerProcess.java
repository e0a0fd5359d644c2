package io.anyserve.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** A broker in a process of its own, which can be killed. It ends with its standard input. */
final class BrokerProcess {

  private static final String READY = "ready ";

  private BrokerProcess() {}

  static Process launch(Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            BrokerProcess.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
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
    try (var broker = EmbeddedBroker.start(Path.of(args[0]), 0)) {
      System.out.println(READY + broker.bootstrapServers());
      System.in.transferTo(System.out);
    }
  }
}
