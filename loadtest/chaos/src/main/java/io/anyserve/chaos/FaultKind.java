package io.anyserve.chaos;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Every kind of fault, and how long one lasts before it is lifted. */
public enum FaultKind {
  /** SIGKILL, and started again. */
  WORKER_KILL(0, 0),
  /** SIGSTOP, later SIGCONT. */
  WORKER_STOP(5000, 8000),
  /** SIGTERM, and started again. */
  WORKER_RESTART(0, 0),
  INGRESS_KILL(0, 0),
  INGRESS_STOP(3000, 6000),
  INGRESS_RESTART(0, 0),
  ROUTER_KILL(0, 0),
  ROUTER_STOP(3000, 6000),
  ROUTER_RESTART(0, 0),
  METERING_KILL(0, 0),
  METERING_STOP(3000, 6000),
  METERING_RESTART(0, 0),
  BROKER_KILL(0, 0),
  BROKER_STOP(2000, 4000),
  BROKER_RESTART(0, 0),
  /** One of several brokers is cut off: what it sends and what is sent to it is lost. */
  BROKER_PARTITION(10000, 15000),
  /** Connections to the object store are refused. */
  STORE_DOWN(2000, 5000),
  STORE_SLOW(2000, 5000),
  /** A bit of large bodies is turned over. */
  STORE_CORRUPT(2000, 5000),
  BROKER_CUT(500, 2000),
  BROKER_DELAY(1000, 3000),
  BROKER_HALF_CLOSE(0, 200),
  INGRESS_CUT(500, 2000),
  INGRESS_DELAY(1000, 3000),
  INGRESS_HALF_CLOSE(0, 200),
  /** The calls of a worker to the routers are broken off while all live. */
  WORKER_ROUTER_CUT(200, 3000),
  /** SIGKILL to a router and a worker together, and both started again. */
  ROUTER_WORKER_KILL(0, 0),
  /** SIGKILL to the broker and a worker together, and both started again. */
  BROKER_WORKER_KILL(0, 0),
  /** Nothing fits on the broker's disk. */
  DISK_FULL(1000, 2000),
  /** A worker or an ingress is started with a wrong clock, and later with a right one. */
  CLOCK(2000, 5000),
  /** Records that nobody can read, in every topic that somebody reads. */
  MALFORMED(0, 0);

  private static final Set<FaultKind> WITH_ONE_BROKER =
      Set.of(BROKER_CUT, BROKER_DELAY, BROKER_HALF_CLOSE, DISK_FULL);

  private final int shortestMillis;
  private final int longestMillis;

  FaultKind(int shortestMillis, int longestMillis) {
    this.shortestMillis = shortestMillis;
    this.longestMillis = longestMillis;
  }

  /**
   * How long it lasts.
   *
   * @param part of the range, 0 to 1
   */
  Duration duration(double part) {
    return Duration.ofMillis(shortestMillis + Math.round(part * (longestMillis - shortestMillis)));
  }

  /** Whether it can be injected where there are that many brokers. */
  public boolean suits(int brokers) {
    return brokers == 1 ? this != BROKER_PARTITION : !WITH_ONE_BROKER.contains(this);
  }

  /** As the command line and the report write it. */
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Throws naming all kinds. */
  public static FaultKind of(String title) {
    return Arrays.stream(values())
        .filter(kind -> kind.title().equals(title))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "fault: \"%s\" (expected: one of %s)".formatted(title, titles())));
  }

  private static String titles() {
    return Arrays.stream(values()).map(FaultKind::title).collect(Collectors.joining(", "));
  }

  /** All that must be survived in a minute. */
  public static List<FaultKind> shortForm() {
    return List.of(WORKER_KILL, WORKER_STOP, INGRESS_KILL, MALFORMED);
  }
}
