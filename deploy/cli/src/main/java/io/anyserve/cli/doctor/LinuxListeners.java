package io.anyserve.cli.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds a listener in {@code /proc}: the socket's inode by the port, and the process by the inode.
 * Other users' processes are invisible without privileges, and so is everything on other systems.
 */
final class LinuxListeners implements PortsCheck.Listeners {

  private static final String LISTEN = "0A";
  private static final int LOCAL_ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private final Path proc;

  /**
   * @param proc normally {@code /proc}
   */
  LinuxListeners(Path proc) {
    this.proc = proc;
  }

  @Override
  public Optional<String> of(int port) {
    return Stream.of("net/tcp", "net/tcp6")
        .flatMap(table -> inode(proc.resolve(table), port).stream())
        .flatMap(inode -> owner("socket:[" + inode + "]").stream())
        .findFirst();
  }

  private static Optional<String> inode(Path table, int port) {
    String suffix = String.format(":%04X", port);
    return lines(table).stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(row -> row.length > INODE && row[STATE].equals(LISTEN))
        .filter(row -> row[LOCAL_ADDRESS].endsWith(suffix))
        .map(row -> row[INODE])
        .findFirst();
  }

  private Optional<String> owner(String socket) {
    try (Stream<Path> processes = Files.list(proc)) {
      return processes
          .filter(process -> process.getFileName().toString().matches("\\d+"))
          .filter(process -> holds(process, socket))
          .map(LinuxListeners::describe)
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static boolean holds(Path process, String socket) {
    try (Stream<Path> files = Files.list(process.resolve("fd"))) {
      return files.anyMatch(file -> socket.equals(target(file)));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static String describe(Path process) {
    String name = String.join("", lines(process.resolve("comm"))).strip();
    return "process " + process.getFileName() + " (" + name + ")";
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
