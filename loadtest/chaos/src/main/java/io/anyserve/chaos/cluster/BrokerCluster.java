package io.anyserve.chaos.cluster;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The brokers of a site, and how they are reached. */
sealed interface BrokerCluster {

  List<ServiceProcess> processes();

  /** Where every service finds them. */
  String bootstrapServers();

  /** Copies of each record. */
  default int replication() {
    return processes().size();
  }

  /** Before the processes are started. */
  void open();

  /** After the processes have ended. */
  void close() throws IOException;

  /** One broker behind a proxy, on a disk that can get full. */
  record Single(ServiceProcess process, TcpProxy proxy, BrokerDisk disk) implements BrokerCluster {

    @Override
    public List<ServiceProcess> processes() {
      return List.of(process);
    }

    @Override
    public String bootstrapServers() {
      return "127.0.0.1:" + proxy.port();
    }

    @Override
    public void open() {
      proxy.start();
    }

    @Override
    public void close() throws IOException {
      proxy.close();
      disk.release();
    }
  }

  /**
   * Brokers that hold each record several times, so that one of them may be missing.
   *
   * @param network of their own, where the system allows one
   */
  record Replicated(
      List<ServiceProcess> processes, String bootstrapServers, Optional<BrokerNetwork> network)
      implements BrokerCluster {

    public Replicated {
      processes = List.copyOf(processes);
    }

    @Override
    public void open() {}

    @Override
    public void close() throws IOException {
      if (network.isPresent()) {
        network.get().release();
      }
    }
  }
}
