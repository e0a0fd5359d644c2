package io.anyserve.contracts.topic;

/**
 * How large the topics are cut.
 *
 * @param tokens partitions of the reply topic, at least one for each ingress
 * @param requests partitions of each request topic
 * @param usage partitions of the ledger and of conversations, over which tenants are spread; fixed
 *     once they have records
 * @param quotas partitions of the topic that quotas are decided by; never to be changed, as a
 *     tenant's records would lie in two
 * @param replication copies of every partition
 */
public record TopicPartitioning(int tokens, int requests, int usage, int quotas, int replication) {

  /** One broker, one ingress. */
  public static final TopicPartitioning STANDALONE = new TopicPartitioning(2, 1, 1, 1, 1);

  public TopicPartitioning {
    require("tokens", tokens);
    require("requests", requests);
    require("usage", usage);
    require("quotas", quotas);
    require("replication", replication);
  }

  /** With one partition for the ledger and one for quotas. */
  public TopicPartitioning(int tokens, int requests, int replication) {
    this(tokens, requests, 1, 1, replication);
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
