package io.anyserve.contracts.topic;

import static org.apache.kafka.common.acl.AclOperation.ALL;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What each role may do in Kafka, and no more: the one source for the admin command and its
 * document. To read or write something includes to describe it.
 */
public record AccessRights(TopicNames topics) {

  private static final String ANY_HOST = "*";
  private static final String ANYTHING = "*";

  /** Who logs in to Kafka. */
  public enum Role {
    INGRESS,
    ROUTER,
    WORKER,
    METERING,
    /** Runs the commands that look after topics, routes, prices, quotas and dead letters. */
    OPERATOR,
    /** Submits requests through the topic {@code intake} and reads their results. */
    SUBMITTER
  }

  /** One right: an operation on a resource, or on all whose names begin alike. */
  public record Right(ResourcePattern resource, AclOperation operation) {

    /**
     * As Kafka keeps it.
     *
     * @param principal such as {@code User:ingress}
     */
    public AclBinding binding(String principal) {
      return new AclBinding(
          resource,
          new AccessControlEntry(principal, ANY_HOST, operation, AclPermissionType.ALLOW));
    }
  }

  /** All rights of a role. */
  public List<Right> of(Role role) {
    return switch (role) {
      case INGRESS -> ingress();
      case ROUTER -> router();
      case WORKER -> worker();
      case METERING -> metering();
      case OPERATOR -> operator();
      case SUBMITTER -> submitter();
    };
  }

  private List<Right> ingress() {
    return join(
        topics(
            READ,
            topics.tokens(),
            topics.workers(),
            topics.control(),
            topics.keys(),
            topics.prices(),
            topics.quotas(),
            topics.quotaSnapshots()),
        topics(
            WRITE,
            topics.intake(),
            topics.control(),
            topics.keys(),
            topics.quotas(),
            topics.quotaSnapshots()),
        topicsBelow(requests(), WRITE));
  }

  private List<Right> router() {
    return join(
        topics(
            READ,
            topics.intake(),
            topics.tokens(),
            topics.usage(),
            topics.workers(),
            topics.capabilities(),
            topics.conversations()),
        topics(
            WRITE,
            // Where intake has several partitions: a submission that lies in another than its id's.
            topics.intake(),
            topics.tokens(),
            topics.results(),
            topics.conversations(),
            topics.deadLetters()),
        topicsBelow(requests(), READ, WRITE),
        application("router-"),
        named(ResourceType.GROUP, workerGroups(), PatternType.PREFIXED, DESCRIBE));
  }

  private List<Right> worker() {
    return join(
        topics(READ, topics.control(), topics.tokens()),
        topics(WRITE, topics.tokens(), topics.workers(), topics.deadLetters()),
        topicsBelow(requests(), READ, WRITE, CREATE),
        named(
            ResourceType.GROUP,
            workerGroups(),
            PatternType.PREFIXED,
            READ,
            DELETE,
            DESCRIBE_CONFIGS,
            ALTER_CONFIGS),
        // How long records may be locked.
        named(ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL, DESCRIBE_CONFIGS));
  }

  private List<Right> metering() {
    return join(
        topics(
            READ,
            topics.tokens(),
            topics.usage(),
            topics.keys(),
            topics.prices(),
            topics.quotas(),
            topics.quotaSnapshots()),
        topics(
            WRITE,
            topics.usage(),
            topics.sessionUsage(),
            topics.tenantUsage(),
            topics.usageWindows(),
            topics.quotas(),
            topics.deadLetters()),
        application("metering"));
  }

  private List<Right> operator() {
    return join(
        topicsBelow(topics.prefix(), ALL),
        named(ResourceType.GROUP, topics.prefix(), PatternType.PREFIXED, READ, DELETE));
  }

  private List<Right> submitter() {
    return join(topics(WRITE, topics.intake()), topics(READ, topics.results()));
  }

  /** What an application of Kafka Streams keeps under its name. */
  private List<Right> application(String name) {
    String start = topics.prefix() + name;
    return join(
        topicsBelow(start, READ, WRITE, CREATE),
        named(ResourceType.GROUP, start, PatternType.PREFIXED, READ, DELETE),
        named(ResourceType.TRANSACTIONAL_ID, start, PatternType.PREFIXED, WRITE));
  }

  private String requests() {
    return topics.prefix() + "requests.";
  }

  private String workerGroups() {
    return topics.prefix() + "workers.";
  }

  private static List<Right> topics(AclOperation operation, String... names) {
    return Stream.of(names)
        .flatMap(name -> named(ResourceType.TOPIC, name, PatternType.LITERAL, operation).stream())
        .toList();
  }

  private static List<Right> topicsBelow(String start, AclOperation... operations) {
    return named(ResourceType.TOPIC, start, PatternType.PREFIXED, operations);
  }

  /** No name begins with nothing: an empty prefix stands for all names. */
  private static List<Right> named(
      ResourceType type, String name, PatternType pattern, AclOperation... operations) {
    ResourcePattern resource =
        name.isEmpty()
            ? new ResourcePattern(type, ANYTHING, PatternType.LITERAL)
            : new ResourcePattern(type, name, pattern);
    return Stream.of(operations).map(operation -> new Right(resource, operation)).toList();
  }

  @SafeVarargs
  private static List<Right> join(List<Right>... parts) {
    List<Right> all = new ArrayList<>();
    for (List<Right> part : parts) {
      all.addAll(part);
    }
    return List.copyOf(all);
  }
}
