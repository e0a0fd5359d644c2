package io.anyserve.chaos.rolling;

import io.anyserve.chaos.client.ChaosClient;
import io.anyserve.chaos.client.ChunkTimes;
import io.anyserve.chaos.client.ClientPool;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Keeps a number of streams open: where one ends, the next begins. A thread of its own does it. */
final class ContinuousStreams implements AutoCloseable {

  private static final long PAUSE_NANOS = 10_000_000;

  private final RollingLoad load;
  private final ClientPool clients;
  private final Set<ChaosClient> all = ConcurrentHashMap.newKeySet();
  private final Thread thread = Thread.ofPlatform().name("streams").daemon().unstarted(this::run);
  private volatile boolean stopped;
  private volatile int ingresses;

  /**
   * @param ingresses to which streams come at first
   */
  ContinuousStreams(RollingLoad load, ClientPool clients, int ingresses) {
    this.load = load;
    this.clients = clients;
    this.ingresses = ingresses;
  }

  /** From now on new streams come to so many ingresses. */
  void spreadOver(int more) {
    ingresses = more;
  }

  void start() {
    thread.start();
  }

  private void run() {
    int begun = 0;
    while (!stopped) {
      Collection<ChaosClient> open = clients.open();
      all.addAll(open);
      if (open.size() < load.streams()) {
        clients.begin(load.at(begun++, ingresses));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** All are open, and have some of their tokens. */
  boolean running(int tokens) {
    Collection<ChaosClient> open = clients.open();
    return open.size() >= load.streams()
        && open.stream().filter(client -> client.tokens() >= tokens).count()
            >= load.streams() * 9L / 10;
  }

  /** Of every client that began. */
  List<ChunkTimes> times() {
    return all.stream().map(ChaosClient::chunkTimes).toList();
  }

  /** No more streams begin; those that are open go on. */
  @Override
  public void close() throws InterruptedException {
    stopped = true;
    thread.join();
    all.addAll(clients.open());
  }
}
