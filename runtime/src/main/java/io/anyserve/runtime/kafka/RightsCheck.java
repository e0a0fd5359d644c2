package io.anyserve.runtime.kafka;

import io.anyserve.contracts.topic.AccessRights.Right;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka what its user may do with each topic that exists, until nothing is missing: a right
 * that is used seldom is missed at the start, not with the first request that needs it. Where the
 * broker has no authoriser, nothing is missing. Groups and transactions are not asked for: who uses
 * them says so.
 */
public final class RightsCheck implements Component {

  private static final Logger log = LoggerFactory.getLogger(RightsCheck.class);
  private static final String NAME = "rights in Kafka";
  private static final long PAUSE_SECONDS = 5;
  private static final int CALL_MILLIS = 5_000;

  private final Supplier<Admin> admins;
  private final List<Right> needed;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile List<String> missing = List.of();

  /**
   * @param admins connects
   */
  public RightsCheck(Supplier<Admin> admins, List<Right> rights) {
    this.admins = admins;
    this.needed =
        rights.stream()
            .filter(right -> right.resource().resourceType() == ResourceType.TOPIC)
            .toList();
  }

  @Override
  public void start() {
    Thread.ofVirtual().name("rights-check").start(this::run);
  }

  private void run() {
    try (Admin admin = admins.get()) {
      while (!isComplete(admin) && !stopping.await(PAUSE_SECONDS, TimeUnit.SECONDS)) {
        // look again
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (KafkaException e) {
      log.warn("Failed to ask for the rights of this user", e);
    }
  }

  private boolean isComplete(Admin admin) throws InterruptedException {
    Optional<List<String>> found = look(admin);
    found.filter(now -> !now.equals(missing)).ifPresent(this::tell);
    return found.filter(List::isEmpty).isPresent();
  }

  private void tell(List<String> now) {
    missing = now;
    if (now.isEmpty()) {
      log.info("This user has all its rights in Kafka now");
    } else {
      log.warn("{}", why(now));
    }
  }

  /** Empty where the broker does not answer, or a topic is not there yet. */
  private Optional<List<String>> look(Admin admin) throws InterruptedException {
    var options =
        new DescribeTopicsOptions().includeAuthorizedOperations(true).timeoutMs(CALL_MILLIS);
    List<String> lacking = new ArrayList<>();
    try {
      var topics = admin.describeTopics(topics(admin), options).topicNameValues();
      for (var topic : topics.entrySet()) {
        Set<AclOperation> allowed = allowed(topic.getValue());
        needed.stream()
            .filter(right -> isMeant(right.resource(), topic.getKey()))
            .filter(right -> !allowed.contains(right.operation()))
            .map(right -> right.operation() + " on topic " + topic.getKey())
            .forEach(lacking::add);
      }
      return Optional.of(lacking.stream().sorted().toList());
    } catch (ExecutionException e) {
      return Optional.empty();
    }
  }

  /** Those that are named, and those that exist and begin as they should. */
  private Set<String> topics(Admin admin) throws InterruptedException, ExecutionException {
    Set<String> topics = new TreeSet<>();
    for (String topic :
        admin.listTopics(new ListTopicsOptions().timeoutMs(CALL_MILLIS)).names().get()) {
      if (needed.stream().anyMatch(right -> isMeant(right.resource(), topic))) {
        topics.add(topic);
      }
    }
    needed.stream()
        .map(Right::resource)
        .filter(resource -> resource.patternType() == PatternType.LITERAL)
        .forEach(resource -> topics.add(resource.name()));
    return topics;
  }

  private static boolean isMeant(ResourcePattern resource, String topic) {
    return resource.patternType() == PatternType.LITERAL
        ? topic.equals(resource.name())
        : topic.startsWith(resource.name());
  }

  private static Set<AclOperation> allowed(KafkaFuture<TopicDescription> topic)
      throws InterruptedException, ExecutionException {
    try {
      return topic.get().authorizedOperations();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return Set.of();
      }
      throw e;
    }
  }

  private static String why(List<String> lacking) {
    return "this user lacks "
        + String.join(", ", lacking)
        + " (expected: what ./anyserve topics acls prints)";
  }

  @Override
  public Health health() {
    List<String> lacking = missing;
    return lacking.isEmpty() ? Health.UP : new Health.Down(NAME, why(lacking));
  }

  @Override
  public void close() {
    stopping.countDown();
  }
}
