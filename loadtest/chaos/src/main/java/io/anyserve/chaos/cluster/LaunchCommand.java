package io.anyserve.chaos.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * How the services' program is started.
 *
 * @param java the launcher of a JDK
 * @param classPath with the main class and all that it needs
 * @param options of every JVM
 */
public record LaunchCommand(String java, String classPath, String mainClass, List<String> options) {

  /** Quick to start and small: many JVMs share few processors. */
  private static final List<String> SMALL =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xss512k");

  public LaunchCommand {
    options = List.copyOf(options);
  }

  /** The same with one more option. */
  LaunchCommand with(String option) {
    List<String> more = new ArrayList<>(options);
    more.add(option);
    return new LaunchCommand(java, classPath, mainClass, more);
  }

  /**
   * The command line.
   *
   * @param heapMegabytes at most
   */
  List<String> command(int heapMegabytes, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java);
    command.add("-Xmx" + heapMegabytes + "m");
    command.addAll(SMALL);
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return command;
  }
}
