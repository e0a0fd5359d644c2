package io.anyserve.chaos.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network of this machine with a namespace for each broker, from which one can be cut off: its
 * packets are lost in both directions and no connection is closed, as where a cable is pulled. The
 * bridge is in a namespace of its own, so that no firewall of this machine filters what it carries.
 *
 * @param name of the namespaces, before a dash
 * @param prefix of the addresses, in the range for tests of networks (RFC 2544)
 * @param brokers how many there are
 */
record BrokerNetwork(String name, String prefix, int brokers) {

  private static final String BRIDGE = "bridge";
  private static final int HOST = 254;
  private static final int SUBNETS = 256;

  /** Empty where the system does not let us, or lacks iproute2. */
  static Optional<BrokerNetwork> create(int brokers) {
    long id = ProcessHandle.current().pid();
    var network =
        new BrokerNetwork("asb" + id, "198.18.%d.".formatted((int) (id % SUBNETS)), brokers);
    try {
      network.lay();
      return Optional.of(network);
    } catch (IOException notAllowed) {
      network.release();
      return Optional.empty();
    }
  }

  private void lay() throws IOException {
    ip("netns add " + hub());
    inHub("link add " + BRIDGE + " type bridge");
    inHub("link set " + BRIDGE + " up");
    ip("link add " + name + " type veth peer name host netns " + hub());
    ip("addr add " + prefix + HOST + "/24 dev " + name);
    ip("link set " + name + " up");
    plug("host");
    for (int node = 1; node <= brokers; node++) {
      ip("netns add " + namespace(node));
      inHub("link add " + port(node) + " type veth peer name eth0 netns " + namespace(node));
      plug(port(node));
      ip("-n " + namespace(node) + " addr add " + address(node) + "/24 dev eth0");
      ip("-n " + namespace(node) + " link set eth0 up");
      ip("-n " + namespace(node) + " link set lo up");
    }
  }

  private void plug(String link) throws IOException {
    inHub("link set " + link + " master " + BRIDGE);
    inHub("link set " + link + " up");
  }

  /** Of a broker, from 1. */
  String address(int node) {
    return prefix + node;
  }

  /** The command line of a program that runs where a broker is. */
  List<String> inside(int node, List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace(node)));
    all.addAll(command);
    return all;
  }

  /** From now on nothing reaches the broker, and it reaches nothing. */
  void cut(int node) throws IOException {
    inHub("link set " + port(node) + " down");
  }

  void mend(int node) throws IOException {
    inHub("link set " + port(node) + " up");
  }

  /** What is not there is no mistake: a network may be half laid. */
  void release() {
    for (int node = 1; node <= brokers; node++) {
      remove(namespace(node));
    }
    remove(hub());
  }

  private static void remove(String namespace) {
    try {
      ip("netns del " + namespace);
    } catch (IOException notThere) {
      System.getLogger(BrokerNetwork.class.getName())
          .log(System.Logger.Level.DEBUG, namespace, notThere);
    }
  }

  private String hub() {
    return name + "-hub";
  }

  private String namespace(int node) {
    return name + "-" + node;
  }

  private static String port(int node) {
    return "broker" + node;
  }

  private void inHub(String arguments) throws IOException {
    ip("-n " + hub() + " " + arguments);
  }

  private static void ip(String arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ")));
    SystemCommands.run(command);
  }
}
